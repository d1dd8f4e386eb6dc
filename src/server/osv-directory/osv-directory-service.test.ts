import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { type BucketRecord, bucketObjects } from "../../../tests/feed-server/bucket-objects.ts";
import { type HeldRecords, openHeldRecords } from "../../../tests/support/held-records.ts";
import { osvRecord } from "../../../tests/support/osv-records.ts";
import { takeRecords } from "../../../tests/support/take-records.ts";
import { zipEntries } from "../../../tests/support/zip-entries.ts";
import { loadSampleIfEmpty } from "../feeds/load-sample.ts";
import { writeOsvDirectory } from "./osv-directory-service.ts";

const inForce = osvRecord("GHSA-1", "lodash", "4.17.21", { details: "é \u2028 as received" });
const withdrawn = osvRecord("GHSA-2", "lodash", "4.17.21", { withdrawn: "2026-01-03T00:00:00Z" });
const redHat = osvRecord("RHSA-1", "git-lfs", "2.0", {
  affected: [{ package: { ecosystem: "Red Hat:9", name: "git-lfs" }, versions: ["1"] }],
});

let held: HeldRecords;
let root: string;
before(async () => {
  root = await mkdtemp(join(tmpdir(), "sluice-osv-directory-"));
  held = await openHeldRecords();
});
after(async () => {
  await held.close();
  await rm(root, { recursive: true });
});

const take = (ecosystem: string, records: readonly BucketRecord[]): Promise<void> =>
  takeRecords(held.syncs, records, { ecosystem, statedAt: "2026-01-04" });

async function recordsIn(path: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for await (const { name, bytes } of zipEntries(path)) found.set(name, Buffer.from(bytes).toString());
  return found;
}

test("with nothing but the sample there is nothing to write: it would speak for what it has not", async () => {
  await loadSampleIfEmpty(held.database);
  await assert.rejects(writeOsvDirectory(held.database, join(root, "none")), { code: "not-found" });
});

test("each ecosystem's records are where osv-scanner looks, as received, with the withdrawn ones", async () => {
  await take("npm", [inForce, withdrawn]);
  await take("Red Hat", [redHat]);
  const directory = join(root, "one", "two");
  const { ecosystems, leftOut, untouched } = await writeOsvDirectory(held.database, directory);
  assert.deepEqual(
    ecosystems.map(({ ecosystem, records, statedAtMs, includesMalware }) => [ecosystem, records, statedAtMs, includesMalware]),
    [
      ["Red Hat", 1, Date.UTC(2026, 0, 4), false],
      ["npm", 2, Date.UTC(2026, 0, 4), false],
    ],
  );
  assert.deepEqual([leftOut, untouched], [[], []]);
  for (const layout of ["osv-scalibr", "osv-scanner"]) {
    const npm = join(directory, layout, "npm");
    assert.deepEqual(await readdir(npm), ["all.zip"]);
    assert.deepEqual(
      await recordsIn(join(npm, "all.zip")),
      new Map([
        ["GHSA-1.json", JSON.stringify(inForce)],
        ["GHSA-2.json", JSON.stringify(withdrawn)],
      ]),
    );
    assert.deepEqual([...(await recordsIn(join(directory, layout, "Red Hat", "all.zip"))).keys()], ["RHSA-1.json"]);
  }
  assert.equal(ecosystems[1]?.bytes, (await stat(join(directory, "osv-scanner", "npm", "all.zip"))).size);
});

test("what the feed no longer lists is gone from the next, and what another installation wrote is named", async () => {
  const directory = join(root, "again");
  await writeOsvDirectory(held.database, directory);
  await mkdir(join(directory, "osv-scalibr", "PyPI"), { recursive: true });
  await writeFile(join(directory, "osv-scalibr", "PyPI", "all.zip"), "of another time");
  await take("npm", [withdrawn]);
  const { untouched } = await writeOsvDirectory(held.database, directory);
  assert.deepEqual(untouched, ["PyPI"]);
  assert.equal(await readFile(join(directory, "osv-scalibr", "PyPI", "all.zip"), "utf8"), "of another time");
  assert.deepEqual([...(await recordsIn(join(directory, "osv-scanner", "npm", "all.zip"))).keys()], ["GHSA-2.json"]);
});

test("an ecosystem that was never taken whole is left out by name", async () => {
  const bucket = join(root, "bucket");
  for (const [path, bytes] of bucketObjects("PyPI", [inForce])) {
    await mkdir(dirname(join(bucket, path)), { recursive: true });
    await writeFile(join(bucket, path), bytes);
  }
  let state = held.syncs.start({ feed: "osv", ecosystem: "PyPI", from: bucket, full: true });
  held.syncs.cancel(state.sync);
  while (state.endedAtMs === undefined) state = await held.syncs.read(state.sync, state.records, 20_000);
  assert.equal(state.phase, "cancelled");
  const { ecosystems, leftOut } = await writeOsvDirectory(held.database, join(root, "left-out"));
  assert.ok(!ecosystems.some(({ ecosystem }) => ecosystem === "PyPI"));
  assert.deepEqual(leftOut, [{ ecosystem: "PyPI", reason: "it was never taken whole" }]);
});

test("where it cannot be written that is said, and nothing half is left", async () => {
  const file = join(root, "file");
  await writeFile(file, "");
  await assert.rejects(writeOsvDirectory(held.database, join(file, "below")), { code: "input-invalid", message: /can write to/ });
  const directory = join(root, "blocked");
  await mkdir(join(directory, "osv-scanner", "npm", "all.zip", "in the way"), { recursive: true });
  await assert.rejects(writeOsvDirectory(held.database, directory));
  const left = (await readdir(directory, { recursive: true })).filter((name) => name.endsWith(".partial") || name.endsWith(".list"));
  assert.deepEqual(left, []);
});

test("what a write that was killed has left is in nobody's way, and goes when it has lain for a day", async () => {
  const directory = join(root, "killed");
  // In a container the next process has the same number.
  const left = Array.from({ length: 20 }, (_, n) => `all.zip.${process.pid}-${n}.partial`);
  for (const layout of ["osv-scalibr", "osv-scanner"]) {
    const npm = join(directory, layout, "npm");
    await mkdir(npm, { recursive: true });
    for (const name of [...left, `${left[0]}.list`]) await writeFile(join(npm, name), "half");
  }
  await writeOsvDirectory(held.database, directory);
  for (const name of (await readdir(directory, { recursive: true })).filter((one) => /\.partial/.test(one)))
    await utimes(join(directory, name), 0, 0);
  await writeOsvDirectory(held.database, directory);
  for (const layout of ["osv-scalibr", "osv-scanner"]) assert.deepEqual(await readdir(join(directory, layout, "npm")), ["all.zip"]);
});

test("two at a time do not write over one another", async () => {
  const directory = join(root, "twice");
  await Promise.all([writeOsvDirectory(held.database, directory), writeOsvDirectory(held.database, directory)]);
  assert.equal((await recordsIn(join(directory, "osv-scalibr", "npm", "all.zip"))).size, 1);
  assert.deepEqual(await readdir(join(directory, "osv-scalibr", "npm")), ["all.zip"]);
});
