import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { grantDirectory, segmentPaths } from "../../sealing/segment-paths.ts";
import { verifyRecord } from "../../sealing/verify-record.ts";
import { GATEWAY_DIED } from "./recover-grant.ts";
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
} from "../../../tests/support/grant-record.ts";
import { recordedChunk } from "../../../tests/support/recorded-chunk.ts";

test("what a gateway left without an end gets one, charged in full; what it had not settled is told again until it is", async () => {
  const directory = newDirectory();
  const first = await opened(directory);
  const [settled, left] = [await exchanged(first, beginning(), ["x"]), await exchanged(first, beginning(), ["y"])];
  const cut = beginning("cut off");
  await recordedChunk(await first.begin(cut), Buffer.from("half an ans"));
  await first.settled(grantId, [settled.exchangeId]);
  await first.close();

  const second = await opened(directory);
  assert.deepEqual(second.problems, []);
  assert.deepEqual(
    second.recovered.map(({ exchangeId, outcome, reason, charged }) => ({ exchangeId, outcome, reason, charged })),
    [
      { exchangeId: left.exchangeId, outcome: "complete", reason: undefined, charged: ending.charged },
      { exchangeId: cut.exchangeId, outcome: "cut", reason: GATEWAY_DIED, charged: cut.reserved },
    ],
  );
  assert.deepEqual(second.recovered[0], left);
  await second.close();

  const third = await opened(directory);
  assert.deepEqual(third.recovered, second.recovered);
  await third.settled(grantId, [left.exchangeId, cut.exchangeId]);
  await third.close();
  const fourth = await opened(directory);
  assert.deepEqual(fourth.recovered, []);
  await fourth.close();
  assert.deepEqual((await verifyRecord(accessTo(directory), grantId)).problems, []);
  assert.equal(answerOf((await all(directory)).find(({ exchangeId }) => exchangeId === cut.exchangeId) ?? assert.fail()), "half an ans");
});

test("an exchange that a recovery cut is told by every later recovery, too, until it is settled", async () => {
  const directory = newDirectory();
  const first = await opened(directory);
  const cut = beginning();
  await first.begin(cut);
  await first.close();
  for (let n = 0; n < 3; n += 1) {
    const next = await opened(directory);
    assert.deepEqual(
      next.recovered.map(({ exchangeId, outcome }) => [exchangeId, outcome]),
      [[cut.exchangeId, "cut"]],
    );
    await exchanged(next, beginning(), ["another"]).then(({ exchangeId }) => next.settled(grantId, [exchangeId]));
    await next.close();
  }
});

test("a gateway that dies at any byte leaves a record that the next one takes up", async () => {
  const directory = newDirectory();
  const record = await opened(directory);
  const ended = await exchanged(record, beginning(), ["one", "two"]);
  await record.close();
  const { segment } = segmentPaths(grantDirectory(directory, grantId), 1);
  const { length } = readFileSync(segment);
  for (let at = 0; at < length; at += 41) {
    const copy = newDirectory();
    cpSync(directory, copy, { recursive: true });
    truncateSync(segmentPaths(grantDirectory(copy, grantId), 1).segment, at);
    const next = await opened(copy);
    await exchanged(next, beginning(), ["after"]);
    const { recovered, problems } = next;
    await next.close();
    assert.deepEqual(problems, [], `cut at ${at}`);
    if (recovered.length > 0)
      assert.deepEqual([recovered[0]?.exchangeId, recovered[0]?.outcome], [ended.exchangeId, "cut"], `cut at ${at}`);
    assert.equal((await all(copy)).length, recovered.length + 1);
    assert.deepEqual((await verifyRecord(accessTo(copy), grantId)).problems, [], `cut at ${at}`);
    rmSync(copy, { recursive: true });
  }
});

test("a table whose segment was never made does not stand in the way of the next one", async () => {
  const directory = newDirectory();
  const record = await opened(directory);
  const begun = beginning();
  await record.begin(begun);
  await record.close();
  const { segment, slots } = segmentPaths(grantDirectory(directory, grantId), 2);
  for (const tables of [1, 2]) {
    // As after a kill between the two files of a segment; in the second turn also after one whose first line was not whole.
    if (tables === 2) writeFileSync(segment, '{"format":');
    writeFileSync(slots, randomBytes(131_072));
    const next = await opened(directory);
    assert.deepEqual(next.problems, []);
    assert.deepEqual(
      next.recovered.map(({ exchangeId, outcome }) => [exchangeId, outcome]),
      [[begun.exchangeId, "cut"]],
    );
    await exchanged(next, beginning(), ["after"]);
    await next.close();
    assert.deepEqual((await verifyRecord(accessTo(directory), grantId)).problems, []);
    for (const path of [segment, slots]) rmSync(path);
  }
});
