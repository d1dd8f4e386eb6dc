import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OwnedDatabase } from "../../src/server/database/database.ts";
import { sql } from "../../src/server/database/sql.ts";
import type { SyncState } from "../../src/contract/endpoints/feeds.ts";
import { loadSampleIfEmpty } from "../../src/server/feeds/load-sample.ts";
import type { SyncRequest } from "../../src/server/feeds/sync-request.ts";
import { createSyncService, type SyncService } from "../../src/server/feeds/sync-service.ts";
import { createSnapshotService, type SnapshotService } from "../../src/server/snapshot/snapshot-service.ts";
import { createMatcher } from "../../src/matching/match.ts";
import { ecosystemOf } from "../../src/matching/ecosystems/ecosystem-of.ts";
import { cannotSayReason } from "../../src/vocabulary/data-standing.ts";
import { withTestDatabase } from "../database/test-database.ts";
import { type BucketRecord, bucketObjects } from "../feed-server/bucket-objects.ts";
import { type FeedServer, startFeedServer } from "../feed-server/feed-server.ts";
import { writeZip } from "../feed-server/write-zip.ts";
import { osvRecord } from "../support/osv-records.ts";
import { recordDigests } from "../support/record-digest.ts";

type Installation = {
  readonly database: OwnedDatabase;
  readonly feed: FeedServer;
  readonly syncs: SyncService;
  readonly snapshots: SnapshotService;
  readonly directory: string;
  readonly sync: (request?: Partial<SyncRequest>) => Promise<SyncState>;
  /** Ids of the advisories that hit a version of an npm package, by the snapshot that answers. */
  readonly hits: (name: string, version: string) => readonly string[];
};

function withInstallation(title: string, records: readonly BucketRecord[], work: (installation: Installation) => Promise<void>): void {
  withTestDatabase(title, async (database) => {
    const directory = await mkdtemp(join(tmpdir(), "sluice-sync-"));
    const feed = await startFeedServer({ objects: bucketObjects("npm", records) });
    const snapshots = await createSnapshotService({ database, dataDirectory: directory });
    const config = {
      dataDirectory: directory,
      osvFeedUrl: feed.url,
      kevFeedUrl: `${feed.url}kev.json`,
      allowedPrivateHosts: ["127.0.0.1"],
      wait: async () => undefined,
    };
    const syncs = createSyncService({ database, config, snapshots });
    const sync = async (request: Partial<SyncRequest> = {}): Promise<SyncState> =>
      ended(syncs, syncs.start({ feed: "osv", ecosystem: "npm", full: false, ...request }));
    const hits = (name: string, version: string): readonly string[] => {
      const { snapshot } = snapshots.require();
      return createMatcher(
        snapshot,
        ecosystemOf,
      )({ ecosystem: "npm", name, version })
        .hits.map((hit) => snapshot.advisoryId(hit.advisory))
        .toSorted();
    };
    try {
      await work({ database, feed, syncs, snapshots, directory, sync, hits });
    } finally {
      await syncs.close();
      await snapshots.close();
      await feed.close();
      await rm(directory, { recursive: true, force: true });
    }
  });
}

async function ended(syncs: SyncService, started: SyncState): Promise<SyncState> {
  let state = started;
  while (state.endedAtMs === undefined) state = await syncs.read(started.sync, state.records, 1000);
  return state;
}

function counts({ phase, changed, unchanged, problems }: SyncState): object {
  return { phase, changed, unchanged, problems };
}

const LEFT = osvRecord("GHSA-left-left-left", "left-pad", "1.3.0", { aliases: ["CVE-2026-1001"], modified: "2026-11-01T00:00:00Z" });
const RIGHT = osvRecord("GHSA-rght-rght-rght", "right-pad", "2.0.0", { modified: "2026-11-02T00:00:00Z" });

withInstallation(
  "a first sync takes the whole archive, and the next only what changed",
  [LEFT, RIGHT],
  async ({ feed, sync, hits, snapshots, database }) => {
    assert.deepEqual(counts(await sync()), { phase: "done", changed: 2, unchanged: 0, problems: 0 });
    assert.deepEqual(hits("left-pad", "1.2.0"), ["GHSA-left-left-left"]);
    const changed = { ...LEFT, modified: "2026-11-10T00:00:00Z", affected: osvRecord("x", "left-pad", "1.4.0")["affected"] ?? null };
    feed.setObjects(bucketObjects("npm", [changed, RIGHT]));
    feed.requests.length = 0;
    const second = await sync();
    assert.equal(second.changed, 1);
    assert.ok(
      !feed.requests.some((request) => request.method === "GET" && request.path.endsWith("all.zip")),
      "the archive is not taken again",
    );
    assert.deepEqual(hits("left-pad", "1.3.5"), ["GHSA-left-left-left"]);
    const revisions = await database.query<{ revision: number }>(
      "reader",
      sql`select revision from advisory_revision where advisory_id = 'GHSA-left-left-left' order by revision`,
    );
    assert.deepEqual(
      revisions.map((row) => row.revision),
      [1, 2],
      "what was received before is kept",
    );
    assert.ok(snapshots.require().snapshot.header.standings[0]?.statedAtMs !== undefined);
  },
);

withInstallation("importing the same feed again changes nothing", [LEFT, RIGHT], async ({ sync, database }) => {
  await sync();
  const before = await recordDigests(database);
  assert.deepEqual(counts(await sync({ full: true })), { phase: "done", changed: 0, unchanged: 2, problems: 0 });
  assert.deepEqual(await recordDigests(database), before);
});

withInstallation(
  "a record that the archive no longer has matches nothing, and is still findable",
  [LEFT, RIGHT],
  async ({ feed, sync, hits, database }) => {
    await sync();
    feed.setObjects(bucketObjects("npm", [RIGHT]));
    await sync({ full: true });
    assert.deepEqual(hits("left-pad", "1.0.0"), []);
    const rows = await database.query<{ gone: boolean }>(
      "reader",
      sql`select gone_at is not null as gone from advisory where id = 'GHSA-left-left-left'`,
    );
    assert.deepEqual(rows, [{ gone: true }]);
    feed.setObjects(bucketObjects("npm", [LEFT, RIGHT]));
    await sync({ full: true });
    assert.deepEqual(hits("left-pad", "1.0.0"), ["GHSA-left-left-left"], "a record that comes back matches again");
  },
);

withInstallation("a withdrawn record matches nothing", [LEFT, { ...RIGHT, withdrawn: "2026-11-03T00:00:00Z" }], async ({ sync, hits }) => {
  await sync();
  assert.deepEqual(hits("right-pad", "1.0.0"), []);
  assert.deepEqual(hits("left-pad", "1.0.0"), ["GHSA-left-left-left"]);
});

withInstallation("a record that cannot be read is kept aside and ends nothing", [LEFT, RIGHT], async ({ feed, sync, hits, database }) => {
  await sync();
  const broken = { ...LEFT, modified: "yesterday" };
  feed.setObject(
    "npm/all.zip",
    writeZip([
      { name: `${LEFT.id}.json`, bytes: JSON.stringify(broken) },
      { name: `${RIGHT.id}.json`, bytes: "{" },
    ]),
  );
  assert.equal((await sync({ full: true })).problems, 2);
  const problems = await database.query<{ record_id: string; place: string }>(
    "reader",
    sql`select record_id, place from feed_problem order by record_id`,
  );
  assert.deepEqual(
    problems.map((problem) => problem.record_id),
    [LEFT.id, RIGHT.id],
  );
  assert.match(problems[0]?.place ?? "", /all\.zip!GHSA-left-left-left\.json.*modified/);
  assert.deepEqual(hits("left-pad", "1.0.0"), [LEFT.id], "what was readable before stays in force");
  feed.setObjects(bucketObjects("npm", [LEFT, RIGHT]));
  await sync({ full: true });
  assert.deepEqual(await database.query("reader", sql`select 1 as still from feed_problem`), [], "a problem that is mended is over");
});

const HOSTILE: readonly BucketRecord[] = [
  { ...RIGHT, id: "GHSA-null-null-null", summary: "a\u0000b" },
  JSON.parse(
    `{"id":"GHSA-prot-prot-prot","modified":"2026-11-02T00:00:00Z","__proto__":{"aliases":["CVE-2026-9"]},"affected":[]}`,
  ) as BucketRecord,
  { ...RIGHT, id: "GHSA-half-half-half", summary: "\uD800" },
];

withInstallation("values that no database takes cost their own record only", [LEFT, ...HOSTILE], async ({ sync, hits, database }) => {
  const state = await sync();
  assert.equal(state.phase, "done");
  assert.deepEqual(hits("left-pad", "1.0.0"), [LEFT.id]);
  const named = await database.query("reader", sql`select 1 as found from advisory_relation where other_id = 'CVE-2026-9'`);
  assert.deepEqual(named, [], "a __proto__ key is a key like any other");
});

withInstallation(
  "malware records are a choice of their own, remembered until it is changed",
  [LEFT, osvRecord("MAL-2026-1", "evil", "9.0.0")],
  async ({ sync, hits, snapshots }) => {
    await sync();
    assert.deepEqual(hits("evil", "1.0.0"), []);
    assert.match(snapshots.require().snapshot.header.standings[0]?.source ?? "", /without malware records$/);
    await sync({ malware: true });
    assert.deepEqual(hits("evil", "1.0.0"), ["MAL-2026-1"]);
    await sync();
    assert.deepEqual(hits("evil", "1.0.0"), ["MAL-2026-1"]);
    await sync({ malware: false });
    assert.deepEqual(hits("evil", "1.0.0"), []);
  },
);

withInstallation(
  "a source that fails leaves what was there before, with its own age",
  [LEFT, RIGHT],
  async ({ feed, sync, hits, snapshots, database }) => {
    await sync();
    const statedAtMs = snapshots.require().snapshot.header.standings[0]?.statedAtMs;
    for (const fault of [{ status: 404 }, { status: 403 }, { headers: { "content-length": undefined }, cutAfterBytes: 10 }]) {
      feed.setFault("npm/modified_id.csv", fault);
      feed.setFault("npm/all.zip", fault);
      const state = await sync({ full: true });
      assert.equal(state.phase, "failed", JSON.stringify(fault));
      assert.deepEqual(hits("left-pad", "1.0.0"), [LEFT.id]);
      assert.equal(snapshots.require().snapshot.header.standings[0]?.statedAtMs, statedAtMs);
    }
    const states = await database.query<{ state: string; last_error: string }>(
      "reader",
      sql`select state, last_error from feed_state where feed = 'osv'`,
    );
    assert.equal(states[0]?.state, "failed");
    assert.notEqual(states[0]?.last_error, null);
  },
);

withInstallation("a directory's age is what a person states, and unknown otherwise", [LEFT], async ({ directory, sync, snapshots }) => {
  const archive = join(directory, "all.zip");
  await writeFile(archive, bucketObjects("npm", [LEFT]).get("npm/all.zip") ?? "");
  await sync({ from: archive });
  assert.equal(cannotSayReason(snapshots.require().snapshot.header.standings[0], Date.now()), "undated");
  await sync({ from: archive, statedAt: "2026-11-20" });
  assert.equal(snapshots.require().snapshot.header.standings[0]?.statedAtMs, Date.parse("2026-11-20T00:00:00Z"));
  await sync();
  assert.equal(
    cannotSayReason(snapshots.require().snapshot.header.standings[0], Date.now()),
    "undated",
    "an age that was stated once is not stated for the next time",
  );
});

withInstallation(
  "the sample finds but cannot say, and gives way to the first real sync",
  [LEFT],
  async ({ database, sync, snapshots, hits }) => {
    assert.equal(await loadSampleIfEmpty(database), true);
    await snapshots.rebuild();
    assert.ok(hits("lodash", "4.17.15").length > 0);
    assert.equal(cannotSayReason(snapshots.require().snapshot.header.standings[0], Date.now()), "sample");
    await sync();
    assert.deepEqual(hits("lodash", "4.17.15"), []);
    assert.equal(cannotSayReason(snapshots.require().snapshot.header.standings[0], Date.now()), undefined);
    assert.equal(await loadSampleIfEmpty(database), false, "it does not come back");
  },
);

const CATALOGUE = {
  title: "t",
  catalogVersion: "2026.11.01",
  dateReleased: "2026-11-01T00:00:00.000Z",
  count: 1,
  vulnerabilities: [
    {
      cveID: "CVE-2026-1001",
      vendorProject: "Left",
      product: "Pad",
      vulnerabilityName: "n",
      dateAdded: "2026-10-01",
      shortDescription: "s",
      requiredAction: "Update",
      dueDate: "2026-10-22",
      knownRansomwareCampaignUse: "Unknown",
      notes: "",
    },
  ],
};

withInstallation(
  "the catalogue of exploited vulnerabilities marks them, and unmarks what it drops",
  [LEFT, RIGHT],
  async ({ feed, sync, snapshots }) => {
    await sync();
    feed.setObject("kev.json", JSON.stringify(CATALOGUE));
    const marked = (): readonly boolean[] => {
      const { snapshot } = snapshots.require();
      return Array.from({ length: snapshot.advisoryCount }, (_, index) => snapshot.advisory(index).exploited);
    };
    assert.equal((await sync({ feed: "kev", ecosystem: "" })).error, undefined);
    assert.deepEqual(marked(), [true, false]);
    const [entry] = CATALOGUE.vulnerabilities;
    feed.setObject("kev.json", JSON.stringify({ ...CATALOGUE, vulnerabilities: [{ ...entry, cveID: "CVE-2026-2002" }] }));
    await sync({ feed: "kev", ecosystem: "" });
    assert.deepEqual(marked(), [false, false]);
    feed.setObject("kev.json", JSON.stringify({ ...CATALOGUE, count: 0, vulnerabilities: [] }));
    assert.equal((await sync({ feed: "kev", ecosystem: "" })).phase, "failed", "an empty catalogue is taken for a mistake");
  },
);

withInstallation("groups that join and part keep their ids, and old ids redirect", [LEFT, RIGHT], async ({ feed, sync, database }) => {
  const groupOf = async (id: string): Promise<string | undefined> =>
    (await database.query<{ vulnerability_id: string }>("reader", sql`select vulnerability_id from advisory where id = ${id}`))[0]
      ?.vulnerability_id;
  await sync();
  const [left, right] = [await groupOf(LEFT.id), await groupOf(RIGHT.id)];
  assert.notEqual(left, right);
  feed.setObjects(bucketObjects("npm", [LEFT, { ...RIGHT, aliases: ["CVE-2026-1001"], modified: "2026-11-11T00:00:00Z" }]));
  await sync();
  assert.equal(await groupOf(RIGHT.id), left);
  assert.deepEqual(await database.query("reader", sql`select from_id, to_id from vulnerability_redirect`), [
    { from_id: right, to_id: left },
  ]);
  feed.setObjects(bucketObjects("npm", [LEFT, { ...RIGHT, modified: "2026-11-12T00:00:00Z" }]));
  await sync();
  assert.deepEqual([await groupOf(LEFT.id), await groupOf(RIGHT.id)], [left, right], "parted, each has its first id again");
  assert.deepEqual(await database.query("reader", sql`select from_id from vulnerability_redirect`), []);
});

withInstallation("a sync that is stopped says so, and two of the same are one", [LEFT, RIGHT], async ({ feed, syncs, sync }) => {
  feed.setFault("npm/all.zip", { stallAfterBytes: 10 });
  const first = syncs.start({ feed: "osv", ecosystem: "npm", full: false });
  assert.equal(syncs.start({ feed: "osv", ecosystem: "npm", full: false }).sync, first.sync);
  syncs.cancel(first.sync);
  assert.equal((await ended(syncs, first)).phase, "cancelled");
  feed.setFault("npm/all.zip", undefined);
  assert.equal((await sync()).changed, 2);
});

withInstallation("a request that cannot be meant is refused before anything is asked", [], async ({ syncs, feed }) => {
  const cases: readonly (readonly [Partial<SyncRequest>, RegExp])[] = [
    [{ ecosystem: "Nowhere" }, /expected an ecosystem/],
    [{ ecosystem: "" }, /expected an ecosystem/],
    [{ feed: "kev" }, /not of one ecosystem/],
    [{ statedAt: "last week" }, /--stated-at: expected a date/],
    [{ from: "https://user:secret@feed.example/" }, /without a user and a password/],
  ];
  for (const [request, reason] of cases) {
    assert.throws(() => syncs.start({ feed: "osv", ecosystem: "npm", full: false, ...request }), reason);
  }
  assert.equal(feed.requests.length, 0);
});
