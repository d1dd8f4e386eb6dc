import assert from "node:assert/strict";
import { test } from "node:test";
import { NOTIFICATION_KINDS } from "../../vocabulary/notification.ts";
import { wayOf } from "./notification-words.ts";

test("what is about windows leads those who use models to what is granted, and labs and desks to their models", () => {
  const about = NOTIFICATION_KINDS.filter((kind) => wayOf(kind, undefined, "vendor").to === "/grants");
  assert.deepEqual(about, ["window-opened", "window-closed", "model-withdrawn", "terms-changed", "probe-different"]);
  for (const kind of about) assert.equal(wayOf(kind, undefined, "agency").to, "/models");
  assert.deepEqual(wayOf("revocation-asked", undefined, "lab"), { to: "/models", word: "Open the windows" });
});

test("what is about a draft leads to it, or to its release plan", () => {
  assert.equal(wayOf("stage-opened", "d", "vendor").to, "/drafts/d");
  assert.equal(wayOf("consent-asked", "d", "vendor").to, "/drafts/d/release-plan");
});
