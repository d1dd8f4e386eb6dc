import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { openBytes, openStream, sealBytes, sealStream } from "./attachment.ts";
import { openKeyRing } from "./key-ring.ts";
import { SealingError } from "./sealing-error.ts";

const directory = mkdtempSync(join(tmpdir(), "sluice-attachment-"));
after(() => rmSync(directory, { recursive: true, force: true }));
const ring = await openKeyRing({ directory, master: new Uint8Array(32) });
const refused = (error: unknown) => error instanceof SealingError && error.code === "sealed-content-refused";
const content = Uint8Array.from({ length: 200_000 }, (_, index) => index % 251);

test("what was sealed opens after a rotation, and no longer once the key is retired", async () => {
  const old = ring.current("sealing");
  const sealed = await sealBytes(old, content);
  assert.equal(Buffer.from(sealed).includes(Buffer.from(content.subarray(0, 64))), false);
  assert.deepEqual(await openBytes(ring.accepted("sealing"), sealed), content);
  await ring.rotate("sealing");
  assert.deepEqual(await openBytes(ring.accepted("sealing"), sealed), content);
  ring.retire(old.id);
  await assert.rejects(openBytes(ring.accepted("sealing"), sealed), refused);
});

test("a stream is sealed and opened in pieces", async () => {
  const sealed = await sealStream(ring.current("sealing"), pieces(content, 7000));
  const opened = await openStream(ring.accepted("sealing"), sealed);
  assert.deepEqual(await whole(opened), content);
});

test("a stream with one bit changed, or cut at any of these places, does not open to its end", async () => {
  const sealed = await sealBytes(ring.current("sealing"), content);
  for (const at of [30, 250, 70_000, sealed.length - 1]) {
    const changed = sealed.with(at, (sealed[at] ?? 0) ^ 1);
    await assert.rejects(opened(changed), refused, `changed at ${at}`);
    await assert.rejects(opened(sealed.subarray(0, at)), refused, `cut at ${at}`);
  }
});

async function opened(sealed: Uint8Array): Promise<Uint8Array> {
  return whole(await openStream(ring.accepted("sealing"), pieces(sealed, 9000)));
}

function pieces(bytes: Uint8Array, size: number): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull: (controller) => {
      if (at >= bytes.length) controller.close();
      else controller.enqueue(bytes.slice(at, (at += size)));
    },
  });
}

async function whole(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return new Uint8Array(Buffer.concat(parts));
}
