import assert from "node:assert/strict";
import { test } from "node:test";
import { brotliCompressSync, constants, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { decodedCopy } from "./decoded-copy.ts";

const CODERS = { gzip: gzipSync, "x-gzip": gzipSync, deflate: deflateSync, br: quickBrotli, zstd: zstdCompressSync };

/** The default is the slowest of its levels. */
function quickBrotli(bytes: Buffer): Buffer {
  return brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
}

const TEXT = "écluse 🌊 ".repeat(1000);

for (const [coding, code] of Object.entries(CODERS)) {
  test(`${coding} is expanded, whatever the pieces it comes in`, async () => {
    for (const size of [1, 100, 1_000_000])
      assert.deepEqual(await expanded(coding, code(Buffer.from(TEXT)), size), { text: TEXT, isWhole: true });
  });

  test(`${coding} that is cut, damaged or missing ends, and is not taken for whole`, async () => {
    const bytes = code(Buffer.from(TEXT));
    assert.equal((await expanded(coding, bytes.subarray(0, bytes.length - 5), 10)).isWhole, false);
    assert.equal((await expanded(coding, Buffer.from("<html>not compressed</html>"), 10)).isWhole, false);
    const nothing = await expanded(coding, Buffer.alloc(0), 10);
    assert.equal(nothing.text, "");
  });

  test(`${coding} that expands without end is given up`, async () => {
    const bomb = code(Buffer.alloc(80 * 1024 * 1024));
    const { isWhole } = await expanded(coding, bomb, 64 * 1024);
    assert.equal(isWhole, false);
  });
}

test("a coding that is not known here is none", () => {
  for (const coding of ["compress", "gzip, br", "", "constructor"])
    assert.equal(
      decodedCopy(coding, () => undefined),
      undefined,
    );
});

async function expanded(coding: string, bytes: Buffer, size: number): Promise<{ text: string; isWhole: boolean }> {
  const parts: Buffer[] = [];
  const copy = decodedCopy(coding, (part) => void parts.push(part));
  assert.ok(copy !== undefined);
  for (let at = 0; at < bytes.length; at += size) copy.push(bytes.subarray(at, at + size));
  const isWhole = await copy.end();
  return { text: isWhole ? Buffer.concat(parts).toString() : "", isWhole };
}
