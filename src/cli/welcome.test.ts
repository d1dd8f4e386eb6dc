import assert from "node:assert/strict";
import { test } from "node:test";
import { readConfig } from "../server/config.ts";
import type { Status } from "../server/system/system-service.ts";
import { colours } from "./colours.ts";
import { welcome } from "./welcome.ts";

const status: Status = {
  version: "0.0.0",
  database: "embedded",
  requestLogin: "none",
  gateway: { connected: false },
  nowMs: 0,
  advisories: 0,
  vulnerabilities: 0,
  problems: 0,
  ecosystems: [],
};
const server = { url: "http://localhost:8080", listensOn: "http://localhost:8080", madeKeysIn: undefined };
const link = "http://localhost:8080/first-administrator#secret";
const paint = colours({});

test("the link for the first administrator is shown while there is none", () => {
  const lines = welcome(server, readConfig({}), status, paint, link);
  assert.ok(lines.includes(`  ${link}`));
  assert.match(
    lines.join("\n"),
    /No administrator yet\. Whoever opens this link first becomes one \(once, within 24 hours; a restart prints another\)/,
  );
});

test("nothing is said of administrators once there is one", () => {
  assert.doesNotMatch(welcome(server, readConfig({}), status, paint).join("\n"), /administrator/i);
});
