import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import { addAttachment } from "../../contract/endpoints/draft-attachments.ts";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import { readBody } from "./request-body.ts";

const endpoint = { ...addAttachment, bodyLimitBytes: 1000 };
const headers = { contentType: undefined, contentEncoding: undefined, contentLength: undefined };

test("a body that is taken as it comes is given on piece by piece, before its end is there", async () => {
  const { promise: end, resolve } = Promise.withResolvers<void>();
  const body = Readable.from(
    (async function* () {
      yield Buffer.from("first");
      await end;
      yield Buffer.from("second");
    })(),
  );
  const pieces = (await readBody(endpoint, body, headers)) as AsyncIterable<Uint8Array>;
  const seen: string[] = [];
  for await (const piece of pieces) {
    seen.push(Buffer.from(piece).toString());
    resolve();
  }
  assert.deepEqual(seen, ["first", "second"]);
});

test("what is larger than the endpoint takes is refused at once when it says so, else with the first byte too many", async () => {
  await assert.rejects(readBody(endpoint, Readable.from([]), { ...headers, contentLength: "1001" }), tooLarge);
  const pieces = (await readBody(endpoint, Readable.from([Buffer.alloc(600), Buffer.alloc(600)]), headers)) as AsyncIterable<Uint8Array>;
  let taken = 0;
  await assert.rejects(async () => {
    for await (const piece of pieces) taken += piece.length;
  }, tooLarge);
  assert.equal(taken, 600);
});

test("what is kept as it comes is not taken compressed: nobody could say how large it is", async () => {
  await assert.rejects(readBody(endpoint, Readable.from([]), { ...headers, contentEncoding: "gzip" }), (error) =>
    isCodedError(error, "document-unknown"),
  );
});

function tooLarge(error: unknown): boolean {
  return isCodedError(error, "document-too-large");
}
