import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { describe, test } from "node:test";
import { bucketObjects } from "../../../tests/feed-server/bucket-objects.ts";
import type { Fault } from "../../../tests/feed-server/feed-server.ts";
import { ALL_IDS, idsOf, readArchive, readChanges, RECORDS, signal, standBucket } from "../../../tests/support/bucket-stand.ts";

const stand = standBucket();
const { open, waits, workDirectory } = stand;

/** Short only where silence is what is tested, so that a busy machine is not taken for a silent server. */
function patienceFor(fault: Fault, shortMs: number): number {
  return fault.neverAnswers === true || fault.stallAfterBytes !== undefined ? shortMs : 20_000;
}

describe("a faulty feed", () => {
  const mended: Readonly<Record<string, { readonly fault: Fault; readonly waits: number }>> = {
    "cut off once goes on where it stopped": { fault: { cutAfterBytes: 5000, times: 1 }, waits: 1 },
    "cut off time and again is still read": { fault: { cutAfterBytes: 5000, times: 4 }, waits: 4 },
    "cut off before the first byte is asked again": { fault: { cutAfterBytes: 0, times: 2 }, waits: 2 },
    "cut off where parts cannot be had starts over": { fault: { cutAfterBytes: 5000, times: 1, ignoresRange: true }, waits: 1 },
    "that falls silent is cut off and asked again": { fault: { stallAfterBytes: 5000, times: 1 }, waits: 1 },
    "that does not answer is asked again": { fault: { neverAnswers: true, times: 1 }, waits: 1 },
    "that is slow is waited for": { fault: { drip: { chunkBytes: 4000, everyMs: 20 } }, waits: 0 },
    "that states no length is read to its end": { fault: { chunked: true }, waits: 0 },
    "with 500 three times is asked again": { fault: { status: 500, times: 3 }, waits: 3 },
    "with 503 is asked again": { fault: { status: 503, times: 1 }, waits: 1 },
    "with 429 is asked again": { fault: { status: 429, times: 2 }, waits: 2 },
    "that redirects on its own host is followed": { fault: { status: 302, headers: { location: "/npm/copy.zip" } }, waits: 0 },
  };
  for (const [name, { fault, waits: expectedWaits }] of Object.entries(mended)) {
    test(name, async () => {
      stand.server.setObject("npm/copy.zip", bucketObjects("npm", RECORDS).get("npm/all.zip"));
      stand.server.setFault("npm/all.zip", fault);
      assert.deepEqual(idsOf(await readArchive(await open({ idleTimeoutMs: patienceFor(fault, 700) }))), ALL_IDS);
      assert.equal(waits.length, expectedWaits);
    });
  }

  test("is asked only for the rest after a cut, on condition that it is unchanged", async () => {
    stand.server.setFault("npm/all.zip", { cutAfterBytes: 5000, times: 1 });
    await readArchive(await open());
    const [, second] = stand.server.requests;
    assert.equal(second?.headers.range, "bytes=5000-");
    assert.match(String(second?.headers["if-range"]), /^"/);
  });

  test("is waited for longer each time, and as long as it asks", async () => {
    stand.server.setFault("npm/TEST-001.json", { status: 503, times: 3 });
    stand.server.setFault("npm/TEST-002.json", { status: 429, times: 1, headers: { "retry-after": "7" } });
    const inAMinute = new Date(Date.now() + 60_000).toUTCString();
    stand.server.setFault("npm/TEST-003.json", { status: 429, times: 1, headers: { "retry-after": inAMinute } });
    const feed = await open();
    assert.equal((await feed.record("TEST-001", signal))?.id, "TEST-001");
    assert.deepEqual(
      waits,
      [...waits].sort((a, b) => a - b),
    );
    assert.ok((waits[0] ?? 0) >= 375 && (waits[2] ?? 0) <= 2500);
    await feed.record("TEST-002", signal);
    assert.equal(waits[3], 7000);
    await feed.record("TEST-003", signal);
    assert.ok((waits[4] ?? 0) > 30_000 && (waits[4] ?? 0) <= 60_000);
  });

  const refused: Readonly<
    Record<string, { readonly fault: Fault; readonly code: string; readonly message: RegExp; readonly requests?: number }>
  > = {
    "with 500 for good": { fault: { status: 500 }, code: "feed-unreachable", message: /got status 500 \(tried 6 times\)/, requests: 6 },
    "that never answers": {
      fault: { neverAnswers: true },
      code: "feed-unreachable",
      message: /no answer within 150 ms \(tried 6 times\)/,
      requests: 6,
    },
    "that asks to come back in an hour": {
      fault: { status: 429, headers: { "retry-after": "3600" } },
      code: "feed-unreachable",
      message: /come back in 3600 s/,
      requests: 1,
    },
    "that forbids": { fault: { status: 403 }, code: "feed-unreachable", message: /status 200, got 403/, requests: 1 },
    "that is cut off for good": { fault: { cutAfterBytes: 0 }, code: "feed-unreachable", message: /got 0 and then/, requests: 6 },
    "cut off without anything to tell its states apart": {
      fault: { cutAfterBytes: 5000, headers: { etag: undefined, "last-modified": undefined } },
      code: "feed-unreachable",
      message: /got 5000 and then/,
      requests: 1,
    },
    "that states more bytes than it has": { fault: { lengthDifference: 10 }, code: "feed-invalid", message: /stated \d+ bytes, got \d+/ },
    "that states fewer bytes than it has": { fault: { lengthDifference: -10 }, code: "archive-invalid", message: /whole zip archive/ },
    "that changes between the parts": {
      fault: { cutAfterBytes: 5000, changesEachTime: true },
      code: "feed-changed",
      message: /changed while it was being read/,
    },
    "that changes under the same entity tag": {
      fault: { cutAfterBytes: 5000, headers: { etag: '"same"', "last-modified": undefined }, changesEachTime: true },
      code: "feed-changed",
      message: /changed while/,
    },
    "that compresses unasked": {
      fault: { headers: { "content-encoding": "gzip" } },
      code: "feed-invalid",
      message: /Content-Encoding, got gzip/,
    },
    "that redirects in a circle": {
      fault: { status: 302, headers: { location: "/npm/all.zip" } },
      code: "feed-unreachable",
      message: /at most 3 redirects/,
    },
    "that redirects to another host over http": {
      fault: { status: 302, headers: { location: "http://198.51.100.7/all.zip" } },
      code: "feed-unreachable",
      message: /stay on its host, got a redirect to http:\/\/198\.51\.100\.7\/all\.zip/,
      requests: 1,
    },
    "that redirects to a private address": {
      fault: { status: 302, headers: { location: "https://169.254.169.254/latest/meta-data" } },
      code: "feed-unreachable",
      message: /public address, got 169\.254\.169\.254/,
      requests: 1,
    },
  };
  for (const [name, { fault, code, message, requests }] of Object.entries(refused)) {
    test(`${name} is refused with the reason`, async () => {
      stand.server.setFault("npm/all.zip", fault);
      await assert.rejects(readArchive(await open({ idleTimeoutMs: patienceFor(fault, 150) })), { name: "CodedError", code, message });
      if (requests !== undefined) assert.equal(stand.server.requests.length, requests);
    });
  }

  test("that is no zip is refused, and is not kept for the next try", async () => {
    const good = bucketObjects("npm", RECORDS).get("npm/all.zip");
    stand.server.setObject("npm/all.zip", good?.subarray(0, 9000));
    await assert.rejects(readArchive(await open()), { code: "archive-invalid", place: "npm/all.zip" });
    assert.deepEqual(await readdir(workDirectory), []);
    stand.server.setObject("npm/all.zip", good);
    assert.deepEqual(idsOf(await readArchive(await open())), ALL_IDS);
  });

  test("cut off in its list of changes goes on where it stopped", async () => {
    stand.server.setFault("npm/modified_id.csv", { cutAfterBytes: 100, times: 3 });
    const { entries } = await readChanges(await open());
    assert.equal(entries?.length, 40);
  });

  test("whose record is larger than allowed says so for that record", async () => {
    stand.server.setObject("npm/TEST-001.json", "x".repeat(2001));
    const feed = await open({ limits: { maxEntryBytes: 2000 } });
    await assert.rejects(feed.record("TEST-001", signal), { code: "feed-invalid", place: "npm/TEST-001.json" });
  });
});
