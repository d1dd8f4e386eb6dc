import assert from "node:assert/strict";
import { type Cipheriv, createCipheriv, createDecipheriv, type Decipheriv, randomBytes, randomInt, randomUUID } from "node:crypto";
import { test } from "node:test";
import { contentKey, contentSlotRange, SLOTS_IN_SEGMENT } from "./content-slots.ts";
import type { CloseFrame, ExchangeFrame, SpendFrame } from "./exchange-frame.ts";
import { beginSegment, blockNonce, blockPrefix, contentCipher, PREFIX_BYTES, TAG_BYTES } from "./exchange-segment.ts";
import { SealingError } from "./sealing-error.ts";
import { readSegmentHeader } from "./segment-header.ts";
import { segmentKeys } from "./segment-keys.ts";
import { openSegment, type PlacedFrame, type SegmentEnd } from "./segment-reader.ts";
import { segmentOfBytes } from "./segment-source.ts";

const recordKey = randomBytes(32);
const grantId = randomUUID();
const beginning = { grantId, gatewayId: "here", sequence: 1, previousHead: undefined, replayFrom: 1 };

type Written = {
  readonly frames: readonly ExchangeFrame[];
  readonly bytes: Buffer;
  readonly slots: Uint8Array;
  readonly ends: readonly number[];
};

/** Exchanges of two sessions, their frames mixed, so many of them in a block. */
function written(exchanges: number, chunks: number, framesInBlock = 1): Written {
  const sealer = beginSegment(recordKey, beginning);
  const frames: ExchangeFrame[] = [];
  const pieces: Uint8Array[] = [sealer.headerLine];
  const ids = Array.from({ length: exchanges }, () => randomUUID());
  const add = (frame: ExchangeFrame): void => {
    frames.push(frame);
    sealer.add(frame, 1_000 + frames.length);
    if (frames.length % framesInBlock === 0) pieces.push(sealer.seal() ?? assert.fail());
  };
  ids.forEach((exchangeId, n) => add(spend(exchangeId, `session ${n % 2}`)));
  for (const exchangeId of ids) add({ kind: "open", exchangeId, status: 200, headers: [["content-type", "text/event-stream"]] });
  for (let n = 0; n < chunks; n += 1) {
    for (const exchangeId of ids) add({ kind: "chunk", exchangeId, content: randomBytes(randomInt(0, 300)) });
  }
  for (const exchangeId of ids) add(close(exchangeId));
  add({ kind: "settled", exchangeIds: ids });
  const rest = sealer.seal();
  if (rest !== undefined) pieces.push(rest);
  const slots = sealer.slots.slice();
  const ends = pieces.map((_, n) => pieces.slice(0, n + 1).reduce((sum, { length }) => sum + length, 0));
  sealer.destroy();
  return { frames, bytes: Buffer.concat(pieces), slots, ends };
}

function spend(exchangeId: string, session: string): SpendFrame {
  return {
    kind: "spend",
    exchangeId,
    session,
    leaseId: randomUUID(),
    reserved: { requests: 1, tokens: 100 },
    facts: { model: "m", tokenId: "t" },
    method: "POST",
    path: "/v1/messages",
    headers: [["Accept", "*/*"]],
    requestDigest: "1".repeat(64),
    content: Buffer.from(`{"prompt":"of ${exchangeId}"}`),
  };
}

function close(exchangeId: string): CloseFrame {
  return {
    kind: "close",
    exchangeId,
    outcome: "complete",
    reason: undefined,
    usage: { inputTokens: 3 },
    charged: { requests: 1, tokens: 5 },
    answerDigest: "0".repeat(64),
    answerBytes: 7,
  };
}

async function read(bytes: Uint8Array, slots: Uint8Array | undefined, key: Uint8Array = recordKey): Promise<Reading> {
  const segment = await openSegment(segmentOfBytes("it", bytes), slots, key);
  if (segment === undefined) return { placed: [], end: undefined };
  const placed: PlacedFrame[] = [];
  const frames = segment.frames();
  for (;;) {
    const { done, value } = await frames.next();
    if (done === true) return { placed, end: value };
    placed.push(value);
  }
}

type Reading = { readonly placed: readonly PlacedFrame[]; readonly end: SegmentEnd | undefined };

const plain = (frame: ExchangeFrame): unknown =>
  "content" in frame ? { ...frame, content: Buffer.from(frame.content).toString("hex") } : frame;

test("what a segment's writer sealed is read again, frame by frame, with content, time and session, however many are in a block", async () => {
  for (const framesInBlock of [1, 2, 7, 100]) {
    const { frames, bytes, slots } = written(5, 4, framesInBlock);
    const { placed, end } = await read(bytes, slots);
    assert.deepEqual(
      placed.map(({ frame }) => plain(frame)),
      frames.map(plain),
    );
    assert.deepEqual(
      placed.map(({ atMs }) => atMs),
      frames.map((_, n) => 1_001 + n),
    );
    assert.equal(placed[1]?.session, "session 1");
    assert.deepEqual(
      { kind: end?.kind, frames: end?.stand?.frames, place: end?.place },
      { kind: "whole", frames: frames.length, place: { block: Math.ceil(frames.length / framesInBlock), offset: bytes.length } },
    );
    assert.deepEqual(end?.stand, placed.at(-1)?.stand);
  }
});

test("nothing of a frame stands in the file in the clear", () => {
  const { bytes } = written(3, 1);
  for (const text of ["prompt", "session", "/v1/messages", "complete", "event-stream"]) assert.equal(bytes.includes(text), false, text);
});

test("headers that carry credentials are left out, whoever forgot to", async () => {
  const sealer = beginSegment(recordKey, beginning);
  const exchangeId = randomUUID();
  const names = ["Authorization", "X-Api-Key", "api-key", "Cookie", "Set-Cookie", "Proxy-Authorization"];
  const headers = [...names.map((name) => [name, "secret"] as const), ["accept", "*/*"] as const];
  sealer.add({ ...spend(exchangeId, "s"), headers }, 1);
  sealer.add({ kind: "open", exchangeId, status: 200, headers }, 2);
  const { placed } = await read(Buffer.concat([sealer.headerLine, sealer.seal() ?? assert.fail()]), sealer.slots);
  assert.equal(placed.length, 2);
  for (const { frame } of placed) assert.deepEqual("headers" in frame && frame.headers, [["accept", "*/*"]]);
});

test("reading may begin at the place of any exchange's first frame", async () => {
  const { bytes, slots } = written(4, 3, 3);
  const { placed } = await read(bytes, slots);
  const first = placed.find(({ frame }) => frame.kind === "spend" && frame.session === "session 1");
  assert.ok(first !== undefined && first.frame.kind === "spend");
  const { exchangeId } = first.frame;
  const segment = await openSegment(segmentOfBytes("it", bytes), slots, recordKey);
  assert.ok(segment !== undefined);
  const ofIt = (one: PlacedFrame): boolean => "exchangeId" in one.frame && one.frame.exchangeId === exchangeId;
  const found: unknown[] = [];
  for await (const one of segment.frames({ from: first })) if (ofIt(one)) found.push(plain(one.frame));
  assert.deepEqual(
    found,
    placed.filter(ofIt).map(({ frame }) => plain(frame)),
  );
});

test("an emptied slot redacts one exchange's content, and every chain and digest still verifies", async () => {
  const { frames, bytes, slots } = written(4, 3);
  const { placed: before, end } = await read(bytes, slots);
  const { offset, length } = contentSlotRange(2);
  const { placed, end: after } = await read(bytes, slots.slice().fill(0, offset, offset + length));
  assert.deepEqual(after, end);
  const [, , third] = frames;
  assert.ok(third?.kind === "spend");
  for (const [n, { frame, content, digest }] of placed.entries()) {
    const isRedacted: boolean = "content" in frame && frame.exchangeId === third.exchangeId;
    assert.equal(content, isRedacted ? "redacted" : "whole");
    if (isRedacted && "content" in frame) assert.equal(frame.content.length, 0);
    assert.equal(digest, before[n]?.digest);
  }
  assert.deepEqual((await read(bytes, undefined)).end?.stand, end?.stand);
});

test("a slot that was altered, not emptied, is noticed, and takes no other exchange's content with it", async () => {
  const { bytes, slots, frames } = written(3, 2);
  const altered = slots.slice();
  const { offset } = contentSlotRange(1);
  altered[offset + 5] = (altered[offset + 5] ?? 0) ^ 4;
  const { placed, end } = await read(bytes, altered);
  const [, second] = frames;
  const states = placed.map(({ frame, content }) =>
    "content" in frame && second?.kind === "spend" && frame.exchangeId === second.exchangeId ? content : "other",
  );
  assert.deepEqual([new Set(states), end?.kind], [new Set(["other", "altered"]), "whole"]);
  assert.equal(placed.filter(({ content }) => content === "altered").length, 3);
});

test("a segment cut anywhere gives the frames before the cut, and says that the rest is torn", async () => {
  const { bytes, slots, ends } = written(1, 1);
  for (let length = 0; length < bytes.length; length += 1) {
    const { placed, end } = await read(bytes.subarray(0, length), slots);
    const whole = ends.filter((at) => at <= length).length;
    assert.equal(placed.length, Math.max(0, whole - 1), `cut at ${length}`);
    assert.equal(end?.kind, whole === 0 ? undefined : ends.includes(length) ? "whole" : "torn", `cut at ${length}`);
    if (end?.kind === "torn") assert.equal(end.surplusBytes, length - (ends[whole - 1] ?? 0));
  }
});

test("zeros behind the last frame are blocks that were never written: torn, not altered", async () => {
  const { bytes, slots, frames } = written(2, 1);
  const { placed, end } = await read(Buffer.concat([bytes, Buffer.alloc(5000)]), slots);
  assert.deepEqual([placed.length, end?.kind, end?.surplusBytes], [frames.length, "torn", 5000]);
});

test("every flipped bit is noticed: nothing is read as something else, and what is not read is said to be altered", async () => {
  for (const framesInBlock of [1, 3]) await flipEveryByte(written(1, 1, framesInBlock));
});

async function flipEveryByte({ bytes, slots, frames }: Written): Promise<void> {
  const whole = frames.map(plain);
  for (let at = 0; at < bytes.length; at += 1) {
    const flipped = Buffer.from(bytes);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << randomInt(8));
    try {
      const { placed, end } = await read(flipped, slots);
      const altered = placed.filter(({ content }) => content === "altered").length;
      placed.forEach(({ frame, content }, n) => content === "whole" && assert.deepEqual(plain(frame), whole[n], `bit in byte ${at}`));
      assert.ok(end?.kind === "altered" || altered === 1, `bit in byte ${at}: ${end?.kind}, ${altered}`);
    } catch (error) {
      assert.ok(error instanceof SealingError, `bit in byte ${at}: ${String(error)}`);
    }
  }
}

test("frames that were moved, taken out or put in twice are noticed at that place", async () => {
  const { bytes, slots, ends } = written(3, 2);
  const frame = (n: number): Buffer => bytes.subarray(ends[n] ?? 0, ends[n + 1]);
  const head = bytes.subarray(0, ends[0]);
  const all = ends.slice(1).map((_, n) => frame(n));
  const forged: readonly (readonly [string, readonly Buffer[], number])[] = [
    ["the third is gone", all.toSpliced(2, 1), 2],
    ["the third and fourth changed places", all.toSpliced(2, 2, frame(3), frame(2)), 2],
    ["the third is there twice", all.toSpliced(2, 0, frame(2)), 3],
  ];
  for (const [name, pieces, index] of forged) {
    const { end } = await read(Buffer.concat([head, ...pieces]), slots);
    assert.deepEqual([end?.kind, end?.place.block], ["altered", index], name);
  }
});

test("whoever has the keys, but leaves the digests, can neither take a frame out nor change a content unseen", async () => {
  const { bytes, slots, ends } = written(1, 2);
  const opened = readSegmentHeader(bytes);
  assert.ok(opened !== undefined);
  const { header, line } = opened;
  const keys = segmentKeys(recordKey, header.salt, grantId, line);
  const key = contentKey(keys.contents, slots, 0) ?? assert.fail();
  const opening = contentCipher(createDecipheriv, key);
  const frames = ends.slice(1).map((end, n) => unsealedFrame(bytes.subarray(ends[n] ?? 0, end), n, keys.frames, opening));
  const again = (kept: readonly Unsealed[]): Buffer => {
    const cipher = contentCipher(createCipheriv, key);
    return Buffer.concat([line, ...kept.map((frame, n) => resealed(frame, n, keys.frames, cipher))]);
  };
  const same = await read(again(frames), slots);
  assert.deepEqual([same.end?.kind, same.placed.length], ["whole", frames.length]);
  const without = await read(again(frames.toSpliced(2, 1)), slots);
  assert.deepEqual([without.end?.kind, without.end?.reason], ["altered", "a frame does not follow the one before it in its session"]);
  const other = await read(again(frames.map((frame, n) => (n === 2 ? { ...frame, content: Buffer.from("other") } : frame))), slots);
  assert.deepEqual([other.end?.kind, other.placed[2]?.content], ["whole", "altered"]);
});

type Unsealed = { readonly description: Buffer; readonly content: Buffer };

/** Of a block with one frame. */
function unsealedFrame(bytes: Buffer, block: number, frames: Uint8Array, content: Decipheriv): Unsealed {
  const at = PREFIX_BYTES + bytes.readUInt32BE(0);
  const decipher = createDecipheriv("aes-256-gcm", frames, blockNonce(block), { authTagLength: TAG_BYTES });
  decipher.setAAD(bytes.subarray(0, PREFIX_BYTES)).setAuthTag(bytes.subarray(at, at + TAG_BYTES));
  const description = Buffer.concat([decipher.update(bytes.subarray(PREFIX_BYTES, at)), decipher.final()]);
  return { description, content: content.update(bytes.subarray(at + TAG_BYTES)) };
}

function resealed({ description, content }: Unsealed, block: number, frames: Uint8Array, cipher: Cipheriv): Buffer {
  const prefix = blockPrefix(description.length, content.length, block);
  const described = createCipheriv("aes-256-gcm", frames, blockNonce(block), { authTagLength: TAG_BYTES }).setAAD(prefix);
  return Buffer.concat([prefix, described.update(description), described.final(), described.getAuthTag(), cipher.update(content)]);
}

test("random damage of any kind and size never does more than end the reading", async () => {
  const { bytes, slots, frames } = written(6, 6);
  const whole = frames.map(plain);
  for (let round = 0; round < 250; round += 1) {
    const at = randomInt(bytes.length);
    const size = randomInt(1, 400);
    const damaged = [
      () => Buffer.concat([bytes.subarray(0, at), randomBytes(size), bytes.subarray(at)]),
      () => Buffer.concat([bytes.subarray(0, at), randomBytes(size), bytes.subarray(at + size)]),
      () => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + size)]),
      () => Buffer.concat([bytes, randomBytes(size)]),
      () => randomBytes(size * 10),
    ][round % 5]?.();
    assert.ok(damaged !== undefined);
    try {
      const { placed, end } = await read(damaged, slots);
      placed.forEach(({ frame, content }, n) => content === "whole" && assert.deepEqual(plain(frame), whole[n]));
      assert.ok(
        end === undefined ||
          end.kind !== "whole" ||
          placed.length === frames.length ||
          damaged.equals(bytes.subarray(0, damaged.length)) ||
          placed.some(({ content }) => content === "altered"),
      );
    } catch (error) {
      assert.ok(error instanceof SealingError, String(error));
    }
  }
});

test("another record key opens nothing", async () => {
  const { bytes, slots } = written(2, 1);
  const { placed, end } = await read(bytes, slots, randomBytes(32));
  assert.deepEqual([placed.length, end?.kind], [0, "altered"]);
});

test("a segment has room for as many exchanges as it has slots", () => {
  const sealer = beginSegment(recordKey, beginning);
  for (let n = 0; n < SLOTS_IN_SEGMENT; n += 1) {
    assert.equal(sealer.hasFreeSlot(), true);
    sealer.add({ kind: "resume", exchangeId: randomUUID(), session: "s", spendSequence: 1 }, n);
  }
  assert.equal(sealer.hasFreeSlot(), false);
  assert.throws(() => sealer.add(spend(randomUUID(), "s"), 1), /invariant/);
});
