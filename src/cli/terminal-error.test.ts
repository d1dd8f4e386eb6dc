import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CodedError } from "../vocabulary/coded-error.ts";
import { colours } from "./colours.ts";
import { renderError, UsageError } from "./terminal-error.ts";

const plain = colours({ isTTY: false });

describe("errors on a terminal", () => {
  it("a refusal is its place and its words, without a stack", () => {
    const refusal = new CodedError("document-invalid", "expected an object, got 3", { place: "a.json: components[3]" });
    assert.deepEqual(renderError(refusal, plain), { text: "sluice: a.json: components[3]: expected an object, got 3\n", exitCode: 2 });
  });

  it("a place that the words name already is not said twice", () => {
    assert.equal(renderError(new CodedError("conflict", "/data is in use", { place: "/data" }), plain).text, "sluice: /data is in use\n");
  });

  it("a command line that is not understood is a refusal too", () => {
    assert.deepEqual(renderError(new UsageError("unknown flag --x"), plain), { text: "sluice: unknown flag --x\n", exitCode: 2 });
  });

  it("a bug shows its stack and its cause", () => {
    for (const bug of [
      new Error("outer", { cause: new Error("inner") }),
      new CodedError("internal", "outer", { cause: new Error("inner") }),
    ]) {
      const { text, exitCode } = renderError(bug, plain);
      assert.equal(exitCode, 70);
      assert.match(text, /outer[\s\S]*at .*terminal-error\.test[\s\S]*inner/);
    }
  });

  it("what comes from outside cannot move the cursor, recolour or reorder text", () => {
    const { text } = renderError(new CodedError("document-invalid", "got \u001B[2J\u009B31m\u202Etxt"), plain);
    assert.equal(text, "sluice: got \uFFFD[2J\uFFFD31m\uFFFDtxt\n");
  });
});
