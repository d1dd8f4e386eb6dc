import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { writeZip } from "../../../tests/feed-server/write-zip.ts";
import { ALL_IDS, idsOf, readArchive, readChanges, RECORDS, signal, standBucket } from "../../../tests/support/bucket-stand.ts";

const TESTDATA = join(import.meta.dirname, "testdata");

const { open, workDirectory } = standBucket();

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
