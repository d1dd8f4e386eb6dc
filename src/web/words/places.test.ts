import assert from "node:assert/strict";
import { test } from "node:test";
import { MEMBER_ROLES, ORGANISATION_KINDS, verbsOf } from "../../vocabulary/organisation.ts";
import { isRecord, placesOf } from "./places.ts";

test("nobody has more than five words in the top bar, the record included, and the first is what waits", () => {
  for (const kind of ORGANISATION_KINDS) {
    for (const role of MEMBER_ROLES) {
      const places = placesOf(kind, verbsOf(role, kind), true);
      assert.ok(places.length + 1 <= 5, `${kind} ${role}`);
      assert.deepEqual([places[0]?.to, places[0]?.counts], ["/", "work"]);
    }
  }
});

test("a coordinator has a queue, releases and models, a lab its windows, an operator a list and notices", () => {
  assert.deepEqual(
    placesOf("coordinator", verbsOf("administrator", "coordinator")).map(({ label }) => label),
    ["Queue", "Releases", "Models", "Notifications"],
  );
  assert.deepEqual(
    placesOf("lab", verbsOf("editor", "lab")).map(({ label }) => label),
    ["To do", "Drafts", "Windows", "Notifications"],
  );
  assert.deepEqual(
    placesOf("agency", verbsOf("auditor", "agency")).map(({ label }) => label),
    ["To do", "Notices", "Models", "Notifications"],
  );
  assert.deepEqual(
    placesOf("operator", verbsOf("reader", "operator")).map(({ label }) => label),
    ["To do", "Notices", "Notifications"],
  );
});

test("whoever may use a model has its windows in the top bar, once it may; labs and desks have their own word for models", () => {
  const labels = (kind: "vendor" | "agency", hasGrants: boolean) =>
    placesOf(kind, verbsOf("editor", kind), hasGrants).map(({ label }) => label);
  assert.deepEqual(labels("vendor", true), ["To do", "Drafts", "Windows", "Notifications"]);
  assert.deepEqual(labels("vendor", false), ["To do", "Drafts", "Notifications"]);
  assert.deepEqual(labels("agency", true), labels("agency", false));
});

for (const [path, expected] of [
  ["/vulnerabilities", true],
  ["/packages/npm/lodash", true],
  ["/scan", true],
  ["/record", true],
  ["/records", false],
  ["/", false],
  ["/drafts/1", false],
] as const) {
  test(`${path} is ${expected ? "" : "not "}a page of the record`, () => assert.equal(isRecord(path), expected));
}
