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

test("a gateway is started beside the server unless it is off, and nobody elsewhere is told of an address on this machine", () => {
  assert.deepEqual(readConfig({}).gateway, { host: "127.0.0.1", port: 8788, url: "http://localhost:8788" });
  assert.equal(readConfig({ SLUICE_GATEWAY: "off" }).gateway, undefined);
  assert.equal(readConfig({ PUBLIC_URL: "https://sluice.example" }).gateway?.url, undefined);
  assert.equal(
    readConfig({ PUBLIC_URL: "https://sluice.example", GATEWAY_URL: "https://models.example" }).gateway?.url,
    "https://models.example/",
  );
  assert.throws(() => readConfig({ SLUICE_GATEWAY: "maybe" }), /SLUICE_GATEWAY: expected one of on, off/);
});
