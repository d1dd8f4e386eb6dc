import assert from "node:assert/strict";
import { test } from "node:test";

import { encodePurlSegment } from "./purl-segment.ts";

test("only letters, digits and the four unreserved marks stand in a segment as they are", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["aZ09-._~", "aZ09-._~"],
    ["@babel", "%40babel"],
    ["a/b c", "a%2Fb%20c"],
    ["!'()*", "%21%27%28%29%2A"],
    ["a+b%", "a%2Bb%25"],
    ["é", "%C3%A9"],
    ["\ud800", "%EF%BF%BD"],
  ];
  for (const [segment, expected] of cases) assert.equal(encodePurlSegment(segment), expected);
});
