import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile, mkdir, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { bucketObjects, type BucketRecord } from "../../../tests/feed-server/bucket-objects.ts";
import { startFeedServer, type Fault, type FeedServer } from "../../../tests/feed-server/feed-server.ts";
import { writeZip } from "../../../tests/feed-server/write-zip.ts";
import { parseInstant } from "../../vocabulary/instant.ts";
import type { AdvisoryFeed, FeedEntry, FeedProblem, FeedRecord } from "../advisory-feed.ts";
import { openOsvBucket, type OsvBucketOptions } from "./osv-bucket.ts";

const TESTDATA = join(import.meta.dirname, "testdata");
const LAST_MODIFIED = new Date("2026-08-20T06:00:00Z");
const RECORDS: readonly BucketRecord[] = Array.from({ length: 40 }, (_, index) => ({
  id: `TEST-${String(index).padStart(3, "0")}`,
  modified: `2026-08-${String(1 + (index % 20)).padStart(2, "0")}T00:00:00Z`,
  details: Array.from({ length: 40 }, (_, word) => Math.sin(index * 41 + word)).join(" "),
}));

let workDirectory = "";
let server: FeedServer;
const opened: AdvisoryFeed[] = [];
const waits: number[] = [];
const signal = AbortSignal.timeout(120_000);

before(async () => {
  workDirectory = await mkdtemp(join(tmpdir(), "sluice-osv-bucket-"));
});
after(async () => rm(workDirectory, { recursive: true }));

beforeEach(async () => {
  waits.length = 0;
  server = await startFeedServer({ objects: bucketObjects("npm", RECORDS), lastModified: LAST_MODIFIED });
});
afterEach(async () => {
  for (const feed of opened.splice(0)) await feed.close();
  await server.close();
  for (const name of await readdir(workDirectory)) await rm(join(workDirectory, name), { recursive: true });
});

async function open(options: Partial<OsvBucketOptions> = {}): Promise<AdvisoryFeed> {
  const feed = await openOsvBucket({
    place: server.url,
    ecosystem: "npm",
    workDirectory,
    allowedPrivateHosts: ["127.0.0.1"],
    connectTimeoutMs: 20_000,
    idleTimeoutMs: 20_000,
    wait: async (ms) => {
      waits.push(ms);
    },
    ...options,
  });
  opened.push(feed);
  return feed;
}

type Read = {
  readonly count: number | undefined;
  readonly records: readonly FeedRecord[];
  readonly problems: readonly FeedProblem[];
  readonly progress: readonly (readonly [number, number | undefined])[];
};

async function readArchive(feed: AdvisoryFeed, stopSignal = signal): Promise<Read> {
  let count: number | undefined;
  const onCount = (entries: number): void => {
    count = entries;
  };
  const records: FeedRecord[] = [];
  const problems: FeedProblem[] = [];
  const progress: (readonly [number, number | undefined])[] = [];
  const onProblem = (problem: FeedProblem): void => void problems.push(problem);
  const onProgress = (taken: number, total: number | undefined): void => void progress.push([taken, total]);
  for await (const record of feed.archive({ signal: stopSignal, onProblem, onProgress, onCount })) records.push(record);
  return { count, records, problems, progress };
}

async function readChanges(
  feed: AdvisoryFeed,
): Promise<{ readonly entries: readonly FeedEntry[] | undefined; readonly problems: readonly FeedProblem[] }> {
  const problems: FeedProblem[] = [];
  const changes = await feed.changes(signal, (problem) => problems.push(problem));
  return { entries: changes === undefined ? undefined : await Array.fromAsync(changes), problems };
}

function idsOf(read: Read): readonly string[] {
  return read.records.map(({ id }) => id);
}

/** Short only where silence is what is tested, so that a busy machine is not taken for a silent server. */
function patienceFor(fault: Fault, shortMs: number): number {
  return fault.neverAnswers === true || fault.stallAfterBytes !== undefined ? shortMs : 20_000;
}

const ALL_IDS = RECORDS.map(({ id }) => id);

describe("a bucket at a URL", () => {
  test("gives every record of its archive, with bytes and place", async () => {
    const read = await readArchive(await open());
    assert.deepEqual(idsOf(read), ALL_IDS);
    assert.deepEqual(JSON.parse(Buffer.from(read.records[3]?.bytes ?? []).toString()), RECORDS[3]);
    assert.equal(read.records[3]?.place, "npm/all.zip!TEST-003.json");
    assert.deepEqual(read.problems, []);
    assert.equal(read.progress.at(-1)?.[0], read.progress.at(-1)?.[1]);
    assert.equal(read.count, 40);
  });

  test("gives its list of changes newest first, and one record", async () => {
    const feed = await open();
    const { entries } = await readChanges(feed);
    assert.equal(entries?.length, 40);
    assert.deepEqual(entries?.[0], { id: "TEST-019", modified: "2026-08-20T00:00:00Z" });
    assert.deepEqual(JSON.parse(Buffer.from((await feed.record("TEST-007", signal))?.bytes ?? []).toString()), RECORDS[7]);
    assert.equal(await feed.record("TEST-404", signal), undefined);
  });

  test("without a list of changes has none", async () => {
    server.setObject("npm/modified_id.csv", undefined);
    assert.equal(await (await open()).changes(signal), undefined);
  });

  test("states its time by its list, else by its archive, else not at all", async () => {
    const feed = await open();
    assert.equal(await feed.statedAtMs(signal), LAST_MODIFIED.getTime());
    server.setObject("npm/modified_id.csv", undefined);
    assert.equal(await feed.statedAtMs(signal), LAST_MODIFIED.getTime());
    server.setFault("npm/all.zip", { headers: { "last-modified": undefined } });
    assert.equal(await (await open()).statedAtMs(signal), undefined);
    assert.equal(await (await open({ statedAtMs: 5 })).statedAtMs(signal), 5);
  });

  test("says how large its archive is before it is taken", async () => {
    const feed = await open();
    const bytes = bucketObjects("npm", RECORDS).get("npm/all.zip")?.length;
    assert.deepEqual(await feed.estimate(signal), { bytes, records: undefined });
    assert.deepEqual(
      server.requests.map(({ method }) => method),
      ["HEAD"],
    );
  });

  test("is asked again only whether it changed", async () => {
    const feed = await open();
    const first = await feed.statedAtMs(signal);
    assert.equal(await feed.statedAtMs(signal), first);
    assert.ok(server.requests.at(-1)?.headers["if-none-match"] !== undefined);
    server.setObject("npm/modified_id.csv", "", new Date("2026-08-21T00:00:00Z"));
    assert.equal(await feed.statedAtMs(signal), Date.parse("2026-08-21T00:00:00Z"));
  });

  test("escapes names in its URLs and leaves off a release suffix", async () => {
    server.setObjects(bucketObjects("Red Hat", [{ id: "RHSA-2026:1", modified: "2026-01-01T00:00:00Z" }]));
    const feed = await open({ ecosystem: "Red Hat:enterprise_linux:9::appstream" });
    assert.deepEqual(idsOf(await readArchive(feed)), ["RHSA-2026:1"]);
    assert.equal((await feed.record("RHSA-2026:1", signal))?.id, "RHSA-2026:1");
    assert.ok(server.requests.every(({ path }) => path.startsWith("Red Hat/")));
  });

  test("may have a path and a query, which stays on every request and out of every message", async () => {
    server.setObjects(new Map([...bucketObjects("npm", RECORDS)].map(([path, bytes]) => [`mirror/${path}`, bytes])));
    const feed = await open({ place: `${server.url.replace("//", "//me:secret@")}mirror?token=hidden` });
    assert.equal(feed.location, `${server.url}mirror`);
    assert.deepEqual(idsOf(await readArchive(feed)), ALL_IDS);
    assert.equal(server.requests[0]?.headers.authorization, `Basic ${Buffer.from("me:secret").toString("base64")}`);
    server.setFault("mirror/npm/TEST-001.json", { status: 403 });
    await assert.rejects(feed.record("TEST-001", signal), (error: Error) => {
      assert.match(error.message, /status 200, got 403/);
      assert.doesNotMatch(error.message, /secret|hidden/);
      return true;
    });
  });

  test("without the ecosystem is a refusal that says so", async () => {
    const feed = await open({ ecosystem: "PyPI" });
    await assert.rejects(readArchive(feed), { code: "feed-unreachable", message: /PyPI\/all\.zip.*404/ });
    await assert.rejects(feed.estimate(signal), { code: "feed-unreachable" });
  });

  test("leaves nothing in the working directory once it is read and closed", async () => {
    const feed = await open();
    await readArchive(feed);
    await feed.close();
    assert.deepEqual(await readdir(workDirectory), []);
  });
});

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
      server.setObject("npm/copy.zip", bucketObjects("npm", RECORDS).get("npm/all.zip"));
      server.setFault("npm/all.zip", fault);
      assert.deepEqual(idsOf(await readArchive(await open({ idleTimeoutMs: patienceFor(fault, 700) }))), ALL_IDS);
      assert.equal(waits.length, expectedWaits);
    });
  }

  test("is asked only for the rest after a cut, on condition that it is unchanged", async () => {
    server.setFault("npm/all.zip", { cutAfterBytes: 5000, times: 1 });
    await readArchive(await open());
    const [, second] = server.requests;
    assert.equal(second?.headers.range, "bytes=5000-");
    assert.match(String(second?.headers["if-range"]), /^"/);
  });

  test("is waited for longer each time, and as long as it asks", async () => {
    server.setFault("npm/TEST-001.json", { status: 503, times: 3 });
    server.setFault("npm/TEST-002.json", { status: 429, times: 1, headers: { "retry-after": "7" } });
    const inAMinute = new Date(Date.now() + 60_000).toUTCString();
    server.setFault("npm/TEST-003.json", { status: 429, times: 1, headers: { "retry-after": inAMinute } });
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
      server.setFault("npm/all.zip", fault);
      await assert.rejects(readArchive(await open({ idleTimeoutMs: patienceFor(fault, 150) })), { name: "CodedError", code, message });
      if (requests !== undefined) assert.equal(server.requests.length, requests);
    });
  }

  test("that is no zip is refused, and is not kept for the next try", async () => {
    const good = bucketObjects("npm", RECORDS).get("npm/all.zip");
    server.setObject("npm/all.zip", good?.subarray(0, 9000));
    await assert.rejects(readArchive(await open()), { code: "archive-invalid", place: "npm/all.zip" });
    assert.deepEqual(await readdir(workDirectory), []);
    server.setObject("npm/all.zip", good);
    assert.deepEqual(idsOf(await readArchive(await open())), ALL_IDS);
  });

  test("cut off in its list of changes goes on where it stopped", async () => {
    server.setFault("npm/modified_id.csv", { cutAfterBytes: 100, times: 3 });
    const { entries } = await readChanges(await open());
    assert.equal(entries?.length, 40);
  });

  test("whose record is larger than allowed says so for that record", async () => {
    server.setObject("npm/TEST-001.json", "x".repeat(2001));
    const feed = await open({ limits: { maxEntryBytes: 2000 } });
    await assert.rejects(feed.record("TEST-001", signal), { code: "feed-invalid", place: "npm/TEST-001.json" });
  });
});

describe("an archive that was not taken to its end", () => {
  test("is gone on with by the next feed, as after a kill", async () => {
    server.setFault("npm/all.zip", { cutAfterBytes: 8000 });
    await assert.rejects(readArchive(await open({ attempts: 1 })), { code: "feed-unreachable" });
    server.setFault("npm/all.zip", undefined);
    server.requests.length = 0;
    assert.deepEqual(idsOf(await readArchive(await open())), ALL_IDS);
    assert.deepEqual(
      server.requests.map(({ headers }) => headers.range),
      ["bytes=8000-"],
    );
  });

  test("is taken anew when it has changed since", async () => {
    server.setFault("npm/all.zip", { cutAfterBytes: 8000 });
    await assert.rejects(readArchive(await open({ attempts: 1 })), { code: "feed-unreachable" });
    server.setFault("npm/all.zip", undefined);
    server.setObjects(bucketObjects("npm", RECORDS.slice(0, 39)));
    assert.deepEqual(idsOf(await readArchive(await open())), ALL_IDS.slice(0, 39));
  });

  test("is taken anew when what is held is longer than it is", async () => {
    server.setFault("npm/all.zip", { cutAfterBytes: 8000 });
    await assert.rejects(readArchive(await open({ attempts: 1 })), { code: "feed-unreachable" });
    server.setFault("npm/all.zip", undefined);
    await truncate(join(workDirectory, "osv-bucket-npm.zip.part"), 9_000_000);
    assert.deepEqual(idsOf(await readArchive(await open())), ALL_IDS);
  });

  test("is not taken again when it is whole and unchanged", async () => {
    const first = await open();
    const controller = new AbortController();
    await assert.rejects(async () => {
      for await (const _ of first.archive({ signal: controller.signal, onProblem: () => undefined, onProgress: () => undefined })) {
        controller.abort(new Error("stopped"));
      }
    }, /stopped/);
    await first.close();
    server.requests.length = 0;
    const read = await readArchive(await open());
    assert.deepEqual(idsOf(read), ALL_IDS);
    assert.equal(server.requests.length, 1);
    assert.ok(server.requests[0]?.headers["if-none-match"] !== undefined);
  });

  test("is taken anew when its note beside it is damaged", async () => {
    server.setFault("npm/all.zip", { cutAfterBytes: 8000 });
    await assert.rejects(readArchive(await open({ attempts: 1 })), { code: "feed-unreachable" });
    server.setFault("npm/all.zip", undefined);
    await writeFile(join(workDirectory, "osv-bucket-npm.zip.json"), "{");
    assert.deepEqual(idsOf(await readArchive(await open())), ALL_IDS);
  });

  test("stops at once when it is aborted during the download", async () => {
    server.setFault("npm/all.zip", { stallAfterBytes: 8000 });
    const controller = new AbortController();
    const reading = readArchive(await open({ idleTimeoutMs: 60_000 }), controller.signal);
    const poll = setInterval(() => {
      if (server.requests.length > 0) controller.abort(new Error("stopped"));
    }, 20);
    await assert.rejects(reading, /stopped/);
    clearInterval(poll);
  });
});

describe("what a feed may reach", () => {
  const cases: Readonly<Record<string, Partial<OsvBucketOptions>>> = {
    "a loopback address": { allowedPrivateHosts: [], place: "https://127.0.0.1/" },
    "a loopback address in another spelling": { allowedPrivateHosts: [], place: "https://0x7f.1/" },
    "a loopback address of IPv6": { allowedPrivateHosts: [], place: "https://[::1]/" },
    "a mapped address": { allowedPrivateHosts: [], place: "https://[::ffff:10.0.0.1]/" },
    "plain http to a host that is not listed": { allowedPrivateHosts: ["127.0.0.2"] },
    "a listed host's neighbour by suffix": { allowedPrivateHosts: ["0.0.1"] },
    "a name that resolves to a private address": {
      allowedPrivateHosts: [],
      place: "https://feed.example/",
      resolve: (_hostname, _options, callback) => callback(null, [{ address: "192.168.0.9", family: 4 }]),
    },
  };
  for (const [name, options] of Object.entries(cases)) {
    test(`${name} is refused before anything is sent`, async () => {
      await assert.rejects((await open(options)).record("TEST-001", signal), {
        code: "feed-unreachable",
        message: /ALLOWED_PRIVATE_HOSTS/,
      });
      assert.deepEqual(server.requests, []);
      assert.deepEqual(waits, []);
    });
  }
});

describe("a bucket on this machine", () => {
  async function fill(objects: ReadonlyMap<string, Uint8Array>): Promise<string> {
    const directory = join(workDirectory, "bucket");
    for (const [path, bytes] of objects) {
      await mkdir(join(directory, path, ".."), { recursive: true });
      await writeFile(join(directory, path), bytes);
    }
    return directory;
  }

  test("has the layout of the bucket", async () => {
    const feed = await open({ place: join(TESTDATA, "bucket") });
    assert.equal(feed.location, join(TESTDATA, "bucket"));
    const zip = await readFile(join(TESTDATA, "bucket/npm/all.zip"));
    assert.deepEqual(await feed.estimate(signal), { bytes: zip.length, records: 3 });
    const read = await readArchive(feed);
    assert.deepEqual(idsOf(read), ["TEST-2026-1", "TEST-2026-2", "TEST-2026-3"]);
    assert.equal(read.records[0]?.place, "npm/all.zip!TEST-2026-1.json");
    const { entries } = await readChanges(feed);
    assert.deepEqual(
      entries?.map(({ id }) => id),
      ["TEST-2026-3", "TEST-2026-1", "TEST-2026-2"],
    );
    assert.equal((await feed.record("TEST-2026-2", signal))?.place, "npm/TEST-2026-2.json");
    assert.equal(await feed.record("TEST-2026-4", signal), undefined);
    assert.equal(await feed.statedAtMs(signal), undefined);
  });

  test("may be one zip, which has no list of changes and states its age only when told", async () => {
    const feed = await open({ place: join(TESTDATA, "bucket/npm/all.zip"), statedAtMs: 17 });
    assert.equal((await readArchive(feed)).records[0]?.place, "all.zip!TEST-2026-1.json");
    assert.equal(await feed.changes(signal), undefined);
    assert.equal((await feed.record("TEST-2026-3", signal))?.place, "all.zip!TEST-2026-3.json");
    assert.equal(await feed.record("TEST-2026-4", signal), undefined);
    assert.equal(await feed.statedAtMs(signal), 17);
  });

  test("may be the ecosystem's own folder", async () => {
    const feed = await open({ place: join(TESTDATA, "bucket/npm") });
    assert.equal((await readArchive(feed)).records.length, 3);
    assert.equal((await readChanges(feed)).entries?.length, 3);
  });

  test("may have loose records only, and a name that is no record's is left aside", async () => {
    const objects = new Map<string, Uint8Array>([
      ["npm/.json", Buffer.from("{}")],
      ["npm/big.json", Buffer.alloc(5000)],
      ["npm/readme.txt", Buffer.from("")],
    ]);
    for (const { id } of RECORDS) objects.set(`npm/${id}.json`, Buffer.from(`{"id":"${id}"}`));
    const place = await fill(objects);
    await mkdir(join(place, "npm/folder.json"));
    const read = await readArchive(await open({ place, limits: { maxEntryBytes: 4000 } }));
    assert.deepEqual(idsOf(read), ALL_IDS);
    assert.deepEqual(
      read.problems.map((problem) => problem.place),
      ["npm/.json", "npm/big.json", "npm/folder.json"],
    );
    assert.equal(await (await open({ place })).changes(signal), undefined);
  });

  test("takes its own lines out of a list of all ecosystems", async () => {
    const place = await fill(
      new Map([
        ["all.zip", writeZip([])],
        ["modified_id.csv", Buffer.from("2026-01-01T00:00:00Z,PyPI/A\n2026-01-01T00:00:00Z,npm/B\n")],
      ]),
    );
    assert.deepEqual((await readChanges(await open({ place }))).entries, [{ id: "B", modified: "2026-01-01T00:00:00Z" }]);
  });

  test("never reaches outside itself by an id", async () => {
    const feed = await open({ place: join(TESTDATA, "bucket") });
    for (const id of ["../npm/TEST-2026-1", "..", "npm/TEST-2026-1", "a\\b", "a\u0000", ""]) {
      await assert.rejects(feed.record(id, signal), { code: "input-invalid" }, id);
    }
  });

  test("that is not there is a refusal that says what was expected", async () => {
    await assert.rejects(open({ place: join(workDirectory, "nothing") }), { code: "input-invalid", message: /directory or a zip/ });
    await assert.rejects(open({ place: workDirectory }), { code: "input-invalid", message: /npm.all\.zip, all\.zip or records/ });
    for (const ecosystem of ["", "..", "a/b", ":x"]) await assert.rejects(open({ ecosystem }), { code: "input-invalid" }, ecosystem);
  });
});

test("odd lines of a list become problems with their place, and the others are given", async () => {
  server.setObject(
    "npm/modified_id.csv",
    Buffer.concat([await readFile(join(TESTDATA, "odd-lines.csv")), Buffer.from(`\n${"x".repeat(9000)}\n2026-01-01T00:00:00Z,LAST`)]),
  );
  server.setFault("npm/modified_id.csv", { drip: { chunkBytes: 7, everyMs: 0 } });
  const { entries, problems } = await readChanges(await open());
  assert.deepEqual(
    entries?.map(({ id }) => id),
    ["TEST-1", "TEST-2", "TEST-4", "TEST-8,extra", "TEST-9", "LAST"],
  );
  assert.deepEqual(
    problems.map(({ place, id }) => [place, id]),
    [
      ["npm/modified_id.csv:5", undefined],
      ["npm/modified_id.csv:7", "TEST-5"],
      ["npm/modified_id.csv:8", undefined],
      ["npm/modified_id.csv:10", undefined],
      ["npm/modified_id.csv:11", undefined],
      ["npm/modified_id.csv:12", undefined],
      ["npm/modified_id.csv:15", undefined],
    ],
  );
  assert.ok(entries?.every(({ modified }) => parseInstant(modified) !== undefined));
});

const feeds = process.env["SLUICE_FEEDS"];
test("every archive of the real sample is read whole", { skip: feeds === undefined ? "SLUICE_FEEDS is not set" : false }, async () => {
  const place = join(feeds ?? "", "osv");
  for (const ecosystem of (await readFile(join(place, "ecosystems.txt"), "utf8")).trim().split("\n")) {
    const feed = await open({ place, ecosystem });
    const read = await readArchive(feed);
    const { entries, problems } = await readChanges(feed);
    assert.deepEqual([read.problems, problems], [[], []]);
    assert.equal(read.records.length, read.count);
    assert.equal(read.records.length, (await feed.estimate(signal)).records);
    assert.deepEqual(new Set(idsOf(read)), new Set(entries?.map(({ id }) => id)));
    const last = read.records.at(-1);
    assert.deepEqual((await feed.record(last?.id ?? "", signal))?.bytes, last?.bytes);
  }
});
