import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { seededRandom } from "../../../tests/support/seeded-random.ts";
import { createDecoder, encodeTexts, LONGEST_SYMBOL, recodeTexts, trainSymbols } from "./text-codec.ts";

describe("texts in symbols", () => {
  const cases: Readonly<Record<string, readonly string[]>> = {
    "no texts": [],
    "the empty text": [""],
    "one byte": ["a"],
    "texts that are alike": Array.from({ length: 300 }, (_, number) => `GHSA-${number}-of-a-package allows attackers to run code`),
    "every character of a script": ["ünïcode 日本語 \u{1F600} \u0000 \u00ff", "日本", "\u{10FFFF}"],
    "more different bytes than there are symbols": [
      Buffer.from(Uint8Array.from({ length: 256 }, (_, byte) => byte)).toString("latin1"),
      "x",
    ],
    "one text far longer than the others": ["a", "long ".repeat(10_000), "b"],
  };
  for (const [name, texts] of Object.entries(cases))
    test(`${name}: come out as they went in`, () => assert.deepEqual(roundTrip(texts), texts));

  test("random bytes come out as they went in, in their own symbols and in any others", () => {
    const random = seededRandom(3);
    for (let round = 0; round < 100; round++) {
      const alphabet = 1 + random.below(256);
      const pieces = Array.from({ length: random.below(30) }, () =>
        Uint8Array.from({ length: random.below(40) }, () => random.below(alphabet)),
      );
      const encoded = encodeTexts(...joined(pieces));
      assert.deepEqual(decoded(encoded), pieces.map(hexOf));
      const other = trainSymbols(Array.from({ length: random.below(5) }, () => Uint8Array.from({ length: 30 }, () => random.below(256))));
      assert.deepEqual(decoded({ ...recodeTexts(encoded, other), symbolStart: other.start, symbolBytes: other.bytes }), pieces.map(hexOf));
    }
  });

  test("titles and ids take about half their bytes", () => {
    const words = [
      "cross-site",
      "scripting",
      "denial",
      "of",
      "service",
      "in",
      "package",
      "remote",
      "code",
      "execution",
      "prototype",
      "pollution",
    ];
    const random = seededRandom(5);
    const titles = Array.from({ length: 5000 }, () => Array.from({ length: 8 }, () => random.pick(words)).join(" "));
    const [starts, bytes] = joined(titles.map((title) => new TextEncoder().encode(title)));
    const { stringBytes } = encodeTexts(starts, bytes);
    assert.ok(stringBytes.length < bytes.length * 0.5, `${stringBytes.length} of ${bytes.length}`);
  });

  test("codes that no encoder writes give a text of bounded length", () => {
    const decode = createDecoder({ start: Uint32Array.of(0, 1000), bytes: new Uint8Array(1000).fill(65) });
    const codes = Uint8Array.of(0, 1, 200, 255);
    assert.equal(Buffer.from(decode(codes, 0, codes.length)).toString(), "A".repeat(LONGEST_SYMBOL));
  });
});

function roundTrip(texts: readonly string[]): readonly string[] {
  return decoded(encodeTexts(...joined(texts.map((text) => new TextEncoder().encode(text))))).map((hex) =>
    Buffer.from(hex, "hex").toString(),
  );
}

function decoded({ symbolStart, symbolBytes, stringStart, stringBytes }: ReturnType<typeof encodeTexts>): readonly string[] {
  const decode = createDecoder({ start: symbolStart, bytes: symbolBytes });
  return Array.from({ length: stringStart.length - 1 }, (_, text) =>
    hexOf(decode(stringBytes, stringStart[text] ?? 0, stringStart[text + 1] ?? 0)),
  );
}

function joined(pieces: readonly Uint8Array[]): [Uint32Array, Uint8Array] {
  const starts = new Uint32Array(pieces.length + 1);
  for (const [index, piece] of pieces.entries()) starts[index + 1] = (starts[index] ?? 0) + piece.length;
  return [starts, Uint8Array.from(Buffer.concat(pieces))];
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
