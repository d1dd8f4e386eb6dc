import assert from "node:assert/strict";
import { test } from "node:test";
import { readConfig } from "./config.ts";

const SMTP_URL = "smtps://user:secretword@mail.example";

test("no mail goes out unless a server is named", () => {
  for (const environment of [{}, { SMTP_URL: "" }, { MAIL_FROM: "a@b.example" }]) assert.equal(readConfig(environment).mail, undefined);
});

test("mail comes from MAIL_FROM, else from sluice at the host that people use", () => {
  assert.deepEqual(readConfig({ SMTP_URL, MAIL_FROM: "desk@harbour.example", PUBLIC_URL: "https://sluice.example" }).mail, {
    url: SMTP_URL,
    from: "desk@harbour.example",
  });
  assert.equal(readConfig({ SMTP_URL, PUBLIC_URL: "https://sluice.example:8443/" }).mail?.from, "sluice@sluice.example");
});

test("a mail server without an address to come from is refused, without its password", () => {
  assert.throws(
    () => readConfig({ SMTP_URL }),
    (error: Error) => error.message.startsWith("MAIL_FROM: expected") && !error.message.includes("secretword"),
  );
});
