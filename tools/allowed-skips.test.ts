import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { type AllowedSkip, unlistedSkips } from "./allowed-skips.ts";

describe("skips", () => {
  const allowed = [{ title: "\\(postgres\\)$", reason: "DATABASE_URL is not set", because: "npm test needs no server" }];

  it("are agreed to by title and reason together", () => {
    const skips = [
      { title: "rows stay (postgres)", reason: "DATABASE_URL is not set", file: "a.test.ts" },
      { title: "rows stay", reason: "DATABASE_URL is not set", file: "a.test.ts" },
      { title: "rows stay (postgres)", reason: "", file: "a.test.ts" },
    ];
    assert.deepEqual(unlistedSkips(skips, allowed), skips.slice(1));
  });

  it("that are agreed to each have a reason for people, and a title that is a regular expression", () => {
    const list = JSON.parse(readFileSync(new URL("../tests/allowed-skips.json", import.meta.url), "utf8")) as readonly AllowedSkip[];
    for (const { title, reason, because } of list) {
      assert.ok(reason.length > 0 && because.length > 20);
      assert.doesNotThrow(() => new RegExp(title, "u"));
    }
  });
});
