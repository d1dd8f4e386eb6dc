import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { bucketObjects } from "../../../tests/feed-server/bucket-objects.ts";
import {
  ALL_IDS,
  idsOf,
  LAST_MODIFIED,
  readArchive,
  readChanges,
  RECORDS,
  signal,
  standBucket,
} from "../../../tests/support/bucket-stand.ts";
import { parseInstant } from "../../vocabulary/instant.ts";
import type { OsvBucketOptions } from "./osv-bucket.ts";

const TESTDATA = join(import.meta.dirname, "testdata");

const stand = standBucket();
const { open, waits, workDirectory } = stand;

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
    stand.server.setObject("npm/modified_id.csv", undefined);
    assert.equal(await (await open()).changes(signal), undefined);
  });

  test("states its time by its list, else by its archive, else not at all", async () => {
    const feed = await open();
    assert.equal(await feed.statedAtMs(signal), LAST_MODIFIED.getTime());
    stand.server.setObject("npm/modified_id.csv", undefined);
    assert.equal(await feed.statedAtMs(signal), LAST_MODIFIED.getTime());
    stand.server.setFault("npm/all.zip", { headers: { "last-modified": undefined } });
    assert.equal(await (await open()).statedAtMs(signal), undefined);
    assert.equal(await (await open({ statedAtMs: 5 })).statedAtMs(signal), 5);
  });

  test("says how large its archive is before it is taken", async () => {
    const feed = await open();
    const bytes = bucketObjects("npm", RECORDS).get("npm/all.zip")?.length;
    assert.deepEqual(await feed.estimate(signal), { bytes, records: undefined });
    assert.deepEqual(
      stand.server.requests.map(({ method }) => method),
      ["HEAD"],
    );
  });

  test("is asked again only whether it changed", async () => {
    const feed = await open();
    const first = await feed.statedAtMs(signal);
    assert.equal(await feed.statedAtMs(signal), first);
    assert.ok(stand.server.requests.at(-1)?.headers["if-none-match"] !== undefined);
    stand.server.setObject("npm/modified_id.csv", "", new Date("2026-08-21T00:00:00Z"));
    assert.equal(await feed.statedAtMs(signal), Date.parse("2026-08-21T00:00:00Z"));
  });

  test("escapes names in its URLs and leaves off a release suffix", async () => {
    stand.server.setObjects(bucketObjects("Red Hat", [{ id: "RHSA-2026:1", modified: "2026-01-01T00:00:00Z" }]));
    const feed = await open({ ecosystem: "Red Hat:enterprise_linux:9::appstream" });
    assert.deepEqual(idsOf(await readArchive(feed)), ["RHSA-2026:1"]);
    assert.equal((await feed.record("RHSA-2026:1", signal))?.id, "RHSA-2026:1");
    assert.ok(stand.server.requests.every(({ path }) => path.startsWith("Red Hat/")));
  });

  test("may have a path and a query, which stays on every request and out of every message", async () => {
    stand.server.setObjects(new Map([...bucketObjects("npm", RECORDS)].map(([path, bytes]) => [`mirror/${path}`, bytes])));
    const feed = await open({ place: `${stand.server.url.replace("//", "//me:secret@")}mirror?token=hidden` });
    assert.equal(feed.location, `${stand.server.url}mirror`);
    assert.deepEqual(idsOf(await readArchive(feed)), ALL_IDS);
    assert.equal(stand.server.requests[0]?.headers.authorization, `Basic ${Buffer.from("me:secret").toString("base64")}`);
    stand.server.setFault("mirror/npm/TEST-001.json", { status: 403 });
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
      assert.deepEqual(stand.server.requests, []);
      assert.deepEqual(waits, []);
    });
  }
});

test("odd lines of a list become problems with their place, and the others are given", async () => {
  stand.server.setObject(
    "npm/modified_id.csv",
    Buffer.concat([await readFile(join(TESTDATA, "odd-lines.csv")), Buffer.from(`\n${"x".repeat(9000)}\n2026-01-01T00:00:00Z,LAST`)]),
  );
  stand.server.setFault("npm/modified_id.csv", { drip: { chunkBytes: 7, everyMs: 0 } });
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
