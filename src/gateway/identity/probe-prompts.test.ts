import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { PROBE_PROMPTS, PROBE_SET } from "./probe-prompts.ts";

describe("the probe prompts", () => {
  it("are what their set's name stands for: other prompts need another name", () => {
    const digest = createHash("sha256").update(JSON.stringify(PROBE_PROMPTS)).digest("hex");
    assert.deepEqual([PROBE_SET, digest.slice(0, 16)], ["sluice-probes-1", "460b07ef222d45d1"]);
  });

  it("are distinct, short and cheap", () => {
    assert.equal(new Set(PROBE_PROMPTS.map(({ id }) => id)).size, PROBE_PROMPTS.length);
    for (const { id, text, maxTokens } of PROBE_PROMPTS) {
      assert.ok(text.length < 160, id);
      assert.match(text, /^[ -~]+$/, id);
      assert.ok(maxTokens >= 16 && maxTokens <= 32, id);
    }
  });
});
