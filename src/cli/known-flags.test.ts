import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ArgsDef } from "citty";
import { distanceBetween, refuseUnknownFlags } from "./known-flags.ts";

const args: ArgsDef = {
  path: { type: "positional" },
  "fail-on": { type: "string" },
  format: { type: "enum", options: ["table", "json"], alias: "f" },
  quiet: { type: "boolean" },
};

describe("flags that a command takes", () => {
  const taken: readonly (readonly string[])[] = [
    [],
    ["."],
    ["-"],
    ["--fail-on", "high", "."],
    ["--fail-on=--x"],
    ["-f", "json"],
    ["--quiet", "--no-quiet"],
    ["--quiet=false"],
    ["--", "--anything"],
  ];
  for (const line of taken) it(`takes ${JSON.stringify(line)}`, () => assert.equal(refuseUnknownFlags(line, args), undefined));

  const refused: readonly (readonly [line: readonly string[], message: RegExp])[] = [
    [["--fail-om", "high"], /^unknown flag --fail-om; did you mean --fail-on$/],
    [["--zzz"], /^unknown flag --zzz$/],
    [[".", "-q"], /^unknown flag -q/],
    [["--fail-on"], /^--fail-on: expected a value after it$/],
    [["--quiet=loud"], /^--quiet: expected no value, got "loud"$/],
    [["--no-format"], /^unknown flag --no-format/],
    [["--fail-on", "--", "--zzz"], /^unknown flag --zzz/],
  ];
  for (const [line, message] of refused) {
    it(`refuses ${JSON.stringify(line)}`, () => assert.throws(() => refuseUnknownFlags(line, args), { name: "UsageError", message }));
  }

  it("measures how far two words are apart", () => {
    for (const [a, b, distance] of [
      ["", "abc", 3],
      ["serve", "serve", 0],
      ["serv", "serve", 1],
      ["kitten", "sitting", 3],
    ] as const) {
      assert.equal(distanceBetween(a, b), distance);
    }
  });
});
