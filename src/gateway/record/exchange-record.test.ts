import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHmac, hkdfSync, randomUUID } from "node:crypto";
import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { redactExchange } from "../../sealing/redact-exchange.ts";
import { segmentFrames } from "../../sealing/segment-files.ts";
import { grantDirectory, segmentPaths, sequencesIn } from "../../sealing/segment-paths.ts";
import { readTranscript } from "../../sealing/transcript.ts";
import { verifyRecord } from "../../sealing/verify-record.ts";
import { CodedError, isCodedError } from "../../vocabulary/coded-error.ts";
import { openExchangeRecord } from "./exchange-record.ts";
import {
  accessTo,
  all,
  answerOf,
  beginning,
  ending,
  exchanged,
  grantId,
  newDirectory,
  opened,
  recordKey,
} from "../../../tests/support/grant-record.ts";
import { recordedChunk } from "../../../tests/support/recorded-chunk.ts";

test("an exchange is read again as it was, from the place that its end names", async () => {
  const directory = newDirectory();
  const record = await opened(directory);
  const begun = beginning("a session", '{"prompt":"wie geht’s"}');
  const [ended] = await Promise.all([exchanged(record, begun, ["da", "ta: …", "\n\n"]), exchanged(record, beginning(), ["other"])]);
  await record.close();
  const transcript = await readTranscript(accessTo(directory), ended.place, begun.exchangeId);
  assert.ok(transcript !== undefined);
  assert.equal(answerOf(transcript), "data: …\n\n");
  assert.equal(Buffer.from(transcript.request.body).toString(), '{"prompt":"wie geht’s"}');
  assert.deepEqual(
    [transcript.session, transcript.answer?.status, transcript.end?.outcome, transcript.end?.usage, transcript.content],
    ["a session", 200, "complete", ending.usage, "whole"],
  );
  assert.deepEqual([ended.requestBytes, ended.answerBytes, ended.chunks, ended.isRecorded], [begun.body.length, 11, 3, true]);
  assert.equal(ended.requestDigest, transcript.request.digest);
  assert.equal(ended.answerDigest, transcript.end?.answerDigest);
  assert.equal(await readTranscript(accessTo(directory), ended.place, randomUUID()), undefined);
});

test("digests are HMAC under a key of the grant: equal for equal bytes, however they were split", async () => {
  const directory = newDirectory();
  const record = await opened(directory);
  const one = await exchanged(record, beginning("s", "same"), ["ab", "c"]);
  const two = await exchanged(record, beginning("t", "same"), ["a", "bc"]);
  await record.close();
  assert.deepEqual([two.requestDigest, two.answerDigest], [one.requestDigest, one.answerDigest]);
  const key = Buffer.from(hkdfSync("sha256", recordKey, "", `sluice-exchanges@2 grant ${grantId}`, 64)).subarray(32);
  assert.equal(one.answerDigest, createHmac("sha256", key).update("abc").digest("hex"));
});

test("exchanges go on over many segments, each of which follows the one before it", async () => {
  const directory = newDirectory();
  const record = await opened(directory, 4_000);
  const running = await Promise.all(Array.from({ length: 8 }, (_, n) => record.begin(beginning(`session ${n % 3}`))));
  for (let n = 0; n < 20; n += 1)
    await Promise.all(running.map((exchange, at) => recordedChunk(exchange, Buffer.from(`${at}:${n};`.padEnd(100)))));
  const ended = await Promise.all(running.map((exchange) => exchange.close(ending)));
  const heads = record.newHeads();
  await record.close();
  assert.ok(sequencesIn(grantDirectory(directory, grantId)).length > 4);
  const { problems, exchanges, running: left, sessions } = await verifyRecord(accessTo(directory), grantId, heads);
  assert.deepEqual({ problems, exchanges, left, sessions }, { problems: [], exchanges: 8, left: 0, sessions: 3 });
  for (const [at, { place, exchangeId }] of ended.entries()) {
    const transcript = await readTranscript(accessTo(directory), place, exchangeId);
    assert.equal(
      transcript === undefined ? "" : answerOf(transcript).replaceAll(/ +/g, ""),
      Array.from({ length: 20 }, (_, n) => `${at}:${n};`).join(""),
    );
  }
});

test("an altered or missing segment is told, and the record goes on behind it", async () => {
  const directory = newDirectory();
  const record = await opened(directory, 1_500);
  for (let n = 0; n < 6; n += 1) await exchanged(record, beginning(), ["answer ".repeat(20)]);
  await record.close();
  const grant = grantDirectory(directory, grantId);
  const sequences = sequencesIn(grant);
  const alter = (sequence: number): void => {
    const { segment } = segmentPaths(grant, sequence);
    const bytes = readFileSync(segment);
    bytes[bytes.length - 30] = (bytes.at(-30) ?? 0) ^ 1;
    writeFileSync(segment, bytes);
  };
  alter(2);
  rmSync(segmentPaths(grant, 4).segment);
  const next = await opened(directory);
  await exchanged(next, beginning(), ["after"]);
  const kinds = next.problems.map(({ sequence, kind }) => `${sequence} ${kind}`);
  assert.ok(kinds.includes("4 missing"), kinds.join());
  assert.ok(kinds.includes("2 altered"), kinds.join());
  assert.ok(next.recovered.length >= 3);
  await next.close();
  assert.equal(sequencesIn(grant).at(-1), (sequences.at(-1) ?? 0) + 1);
});

test("frames that were taken from the end of a segment are missed by the next", async () => {
  const directory = newDirectory();
  const record = await opened(directory, 1_500);
  for (let n = 0; n < 4; n += 1) await exchanged(record, beginning(), ["answer ".repeat(20)]);
  await record.close();
  const beginnings: number[] = [];
  for await (const { offset } of segmentFrames(accessTo(directory), 1)) beginnings.push(offset);
  truncateSync(segmentPaths(grantDirectory(directory, grantId), 1).segment, beginnings.at(-1));
  const { problems } = await verifyRecord(accessTo(directory), grantId);
  assert.deepEqual(
    problems.map(({ sequence, kind }) => `${sequence} ${kind}`),
    ["2 missing"],
  );
});

test("a head that was stated elsewhere tells that the end of a record was cut off, which nothing else can", async () => {
  const directory = newDirectory();
  const record = await opened(directory);
  await exchanged(record, beginning(), ["one"]);
  const [early] = record.newHeads();
  assert.deepEqual(record.newHeads(), []);
  await exchanged(record, beginning(), ["two"]);
  const [late] = record.newHeads();
  assert.ok(early !== undefined && late !== undefined && late.frames > early.frames);
  await record.close();
  assert.deepEqual((await verifyRecord(accessTo(directory), grantId, [early, late])).problems, []);
  const other = { ...early, head: late.head };
  assert.deepEqual(
    (await verifyRecord(accessTo(directory), grantId, [other])).problems.map(({ kind }) => kind),
    ["head-differs"],
  );
  const { segment } = segmentPaths(grantDirectory(directory, grantId), 1);
  truncateSync(segment, (await all(directory)).length === 2 ? readFileSync(segment).length - 300 : 0);
  assert.deepEqual(
    (await verifyRecord(accessTo(directory), grantId, [early, late])).problems.map(({ kind }) => kind),
    ["missing"],
  );
});

test("a redacted exchange keeps its digests and its place in the chains, and nobody reads it again", async () => {
  const directory = newDirectory();
  const record = await opened(directory, 1_500);
  const exchange = await record.begin(beginning("s", "a secret question"));
  for (let n = 0; n < 30; n += 1) await recordedChunk(exchange, Buffer.from("a secret answer"));
  await assert.rejects(
    redactExchange(accessTo(directory), { sequence: 1, offset: 0, block: 0, endSequence: 9 }, randomUUID()),
    /to have ended/,
  );
  const ended = await exchange.close(ending);
  const other = await exchanged(record, beginning(), ["plain"]);
  assert.ok(ended.place.endSequence > ended.place.sequence);
  const { files, cannotReach } = await redactExchange(accessTo(directory), ended.place, ended.exchangeId);
  assert.ok(files.length >= 2 && cannotReach.length > 0);
  await exchanged(record, beginning(), ["after"]);
  await record.close();
  const transcript = await readTranscript(accessTo(directory), ended.place, ended.exchangeId);
  assert.deepEqual(
    [transcript?.content, transcript?.chunks, transcript?.request.body.length, transcript?.request.digest, transcript?.end?.answerDigest],
    ["redacted", [], 0, ended.requestDigest, ended.answerDigest],
  );
  assert.equal(answerOf((await readTranscript(accessTo(directory), other.place, other.exchangeId)) ?? assert.fail()), "plain");
  const { problems, redacted } = await verifyRecord(accessTo(directory), grantId);
  assert.deepEqual({ problems, redacted }, { problems: [], redacted: 1 });
});

test("two gateways never record in one directory", async () => {
  const directory = newDirectory();
  const record = await opened(directory);
  await assert.rejects(
    opened(directory),
    (error) => isCodedError(error, "directory-in-use") && error.message.includes(String(process.pid)),
  );
  await record.close();
  await (await opened(directory)).close();
});

test("without a record key nothing is begun, and what is there waits untouched", async () => {
  const directory = newDirectory();
  const record = await opened(directory);
  await recordedChunk(await record.begin(beginning()), Buffer.from("x"));
  await record.close();
  const keyless = await openExchangeRecord({ directory, gatewayId: "here", recordKey: () => undefined });
  await assert.rejects(keyless.begin(beginning()), (error) => isCodedError(error, "not-allowed"));
  await keyless.close();
  assert.deepEqual(keyless.recovered, []);
  const again = await opened(directory);
  assert.equal(again.recovered.length, 1);
  await again.close();
});

test("a key that appears after the start never lets a second record begin over the first", async () => {
  const directory = newDirectory();
  const record = await opened(directory);
  const ended = await exchanged(record, beginning(), ["x"]);
  await record.close();
  let key: Uint8Array | undefined;
  const late = await openExchangeRecord({ directory, gatewayId: "here", recordKey: () => key });
  key = recordKey;
  await assert.rejects(late.begin(beginning()), (error) => isCodedError(error, "conflict"));
  await late.close();
  assert.ok((await readTranscript(accessTo(directory), ended.place, ended.exchangeId)) !== undefined);
});

test("a grant that was released goes on in another segment when it is used again", async () => {
  const directory = newDirectory();
  const record = await opened(directory);
  await exchanged(record, beginning(), ["x"]);
  await record.releaseGrant(grantId);
  await exchanged(record, beginning(), ["y"]);
  const heads = record.newHeads();
  await record.close();
  assert.deepEqual(sequencesIn(grantDirectory(directory, grantId)), [1, 2]);
  const { problems, exchanges } = await verifyRecord(accessTo(directory), grantId, heads);
  assert.deepEqual({ problems, exchanges }, { problems: [], exchanges: 2 });
});

test("after a record key was destroyed nothing is sealed any more, under zeros least of all", async () => {
  const directory = newDirectory();
  let key: Uint8Array | undefined = Uint8Array.from(recordKey);
  const record = await openExchangeRecord({ directory, gatewayId: "here", recordKey: () => key });
  const exchange = await record.begin(beginning());
  await record.releaseGrant(grantId);
  key.fill(0);
  await assert.rejects(record.begin(beginning()), (error) => error instanceof Error && /destroyed/.test(error.message));
  key = undefined;
  await assert.rejects(recordedChunk(exchange, Buffer.from("x")), (error) => isCodedError(error, "not-allowed"));
  const cut = await exchange.cut("revoked");
  assert.equal(cut.isRecorded, false);
  await record.settled(grantId, [cut.exchangeId]);
  await record.close();
  assert.deepEqual(
    (await all(directory)).map(({ chunks, end }) => [chunks.length, end]),
    [[0, undefined]],
  );
});

test("no credential and nothing of an exchange stands in the directory in the clear", async () => {
  const directory = newDirectory();
  const record = await opened(directory);
  const begun = beginning("named session", "the question");
  const exchange = await record.begin({ ...begun, headers: [["authorization", "Bearer sk-of-the-lab"]] });
  await recordedChunk(exchange, Buffer.from("the answer"));
  await exchange.close(ending);
  await record.close();
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const written = Buffer.concat(files.map(({ parentPath, name }) => readFileSync(join(parentPath, name))));
  for (const text of ["named session", "the question", "the answer", "sk-of-the-lab", begun.exchangeId, recordKey]) {
    assert.equal(written.indexOf(text), -1, String(text));
  }
  assert.equal((await all(directory)).flatMap(({ request }) => request.headers).length, 0);
});

const FULL_CHILD = `
  const { openExchangeRecord } = await import(${JSON.stringify(import.meta.resolve("./exchange-record.ts"))});
  const { recordedChunk } = await import(${JSON.stringify(import.meta.resolve("../../../tests/support/recorded-chunk.ts"))});
  const [directory, key, grantId] = process.argv.slice(1);
  const record = await openExchangeRecord({ directory, gatewayId: "here", recordKey: () => Buffer.from(key, "hex") });
  const refused = async (work) => { try { await work; return undefined; } catch (error) { return error.code; } };
  const begin = (exchangeId, bytes) => record.begin({ grantId, exchangeId, session: "s", leaseId: "l", reserved: { requests: 1, tokens: 50 },
    facts: {}, method: "POST", path: "/", headers: [], body: Buffer.alloc(bytes) });
  const exchange = await begin("00000000-0000-4000-8000-000000000001", 10);
  let passed = 0;
  const first = await refused((async () => { for (;;) { await recordedChunk(exchange, Buffer.alloc(20000, 97)); passed += 20000; } })());
  const small = await refused(recordedChunk(exchange, Buffer.from("small enough")));
  const close = await refused(exchange.close({ outcome: "complete", usage: {}, charged: { requests: 1, tokens: 1 } }));
  const { outcome, isRecorded, charged, answerBytes } = await exchange.cut("disk-full");
  const second = await refused(begin("00000000-0000-4000-8000-000000000002", 400000));
  const third = await refused(begin("00000000-0000-4000-8000-000000000003", 10));
  console.log(JSON.stringify({ first, close, outcome, isRecorded, charged, passed, answerBytes, second, small, third }));
  process.exit(0);`;

/** A file may grow to 300 KiB in the child: the kernel refuses the rest, as it does on a full disk. */
test(
  "a disk that is full refuses what it cannot record, cuts what runs, and keeps the record whole",
  { skip: process.platform === "win32" && "Windows has no file size limits" },
  async () => {
    const directory = newDirectory();
    const answer = JSON.parse(
      await output("bash", [
        "-c",
        'ulimit -f 300; exec "$0" --input-type=module -e "$1" "$2" "$3" "$4"',
        process.execPath,
        FULL_CHILD,
        directory,
        recordKey.toString("hex"),
        grantId,
      ]),
    ) as Record<string, unknown>;
    const { passed } = answer;
    assert.deepEqual(answer, {
      first: "disk-full",
      small: "disk-full",
      close: "disk-full",
      outcome: "cut",
      isRecorded: true,
      charged: { requests: 1, tokens: 50 },
      passed,
      answerBytes: passed,
      second: "disk-full",
    });
    const next = await opened(directory);
    assert.deepEqual(next.problems, []);
    assert.deepEqual(
      next.recovered.map(({ outcome, answerBytes }) => [outcome, answerBytes]),
      [
        ["cut", passed],
        ["cut", 0],
      ],
    );
    await next.close();
    assert.deepEqual((await verifyRecord(accessTo(directory), grantId)).problems, []);
    const [first] = await all(directory);
    assert.equal(first === undefined ? 0 : answerOf(first).length, passed);
  },
);

function output(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve(text) : reject(new CodedError("internal", `exit ${code}`))));
  });
}
