import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { withTestDatabase } from "../../../tests/database/test-database.ts";
import type { BucketRecord } from "../../../tests/feed-server/bucket-objects.ts";
import { importAndGroup } from "../../../tests/support/import-and-group.ts";
import { saidBy } from "../../../tests/support/random-snapshot.ts";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import type { KevEntry } from "../../formats/kev/kev.ts";
import { unlistAdvisories } from "../advisories/advisory-store.ts";
import type { Database } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import { replaceExploited } from "../exploited/exploited-store.ts";
import { MAX_GROUP_MEMBERS } from "../vulnerabilities/alias-groups.ts";
import { groupAdvisories } from "../vulnerabilities/grouping-service.ts";
import { createSnapshotService, type SnapshotService } from "./snapshot-service.ts";

const AT = new Date("2026-11-02T00:00:00Z");

/** Enough of them that one change is a small one. */
const RECORDS = Array.from({ length: 30 }, (_, number) => recordOf(number));

function recordOf(number: number, more: Partial<BucketRecord> = {}): BucketRecord {
  return {
    id: `GHSA-${String(number).padStart(4, "0")}`,
    modified: "2026-11-01T00:00:00Z",
    summary: `number ${number}`,
    aliases: number % 3 === 0 ? [`CVE-2026-${number}`] : [],
    affected: [
      {
        package: { ecosystem: "npm", name: `package-${number % 7}` },
        ranges: [{ type: "SEMVER", events: [{ introduced: "0" }, { fixed: `1.0.${number}` }] }],
      },
    ],
    ...more,
  };
}

const EXPLOITED: KevEntry = {
  cve: "CVE-2026-3",
  name: "n",
  dateAdded: "2026-10-01",
  dueDate: "",
  vendor: "v",
  product: "p",
  requiredAction: "r",
  ransomware: "unknown",
};

const CHANGES: Readonly<Record<string, (database: Database) => Promise<void>>> = {
  "a record was changed": (database) =>
    importAndGroup(database, [
      recordOf(5, { summary: "another text", severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" }] }),
    ]),
  "a record names another package": (database) =>
    importAndGroup(database, [
      recordOf(5, { affected: [{ package: { ecosystem: "npm", name: "new-one" }, versions: ["1.0.0", "latest"] }] }),
    ]),
  "a record came": (database) => importAndGroup(database, [recordOf(31)]),
  "a record came that joins one": (database) => importAndGroup(database, [recordOf(31, { aliases: ["CVE-2026-3"] })]),
  "a record joins two": (database) => importAndGroup(database, [recordOf(31, { aliases: ["CVE-2026-3", "CVE-2026-6"] })]),
  "a record was withdrawn": (database) => importAndGroup(database, [recordOf(5, { withdrawn: "2026-11-02T00:00:00Z" })]),
  "a record is gone": async (database) => {
    await unlistAdvisories(database, ["GHSA-0005"], { feed: "osv", ecosystem: "npm", receivedAt: AT });
    await groupAdvisories(database);
  },
  "one is exploited": (database) => replaceExploited(database, [EXPLOITED]),
  "nothing happened": async () => undefined,
};

for (const [title, change] of Object.entries(CHANGES)) {
  withTestDatabase(`when ${title}, the file says what one read whole from the database says`, async (database) => {
    await importAndGroup(database, RECORDS);
    await withSnapshots(database, async (snapshots) => {
      await snapshots.rebuild();
      await change(database);
      await snapshots.rebuild();
      const { snapshot } = snapshots.require();
      await withSnapshots(database, async (anew) => {
        await anew.rebuild();
        assert.deepEqual(saidBy(snapshot), saidBy(anew.require().snapshot));
      });
    });
  });
}

withTestDatabase("changes one after the other, and groups that part again, leave nothing behind", async (database) => {
  await importAndGroup(database, RECORDS);
  await withSnapshots(database, async (snapshots) => {
    await snapshots.rebuild();
    const before = saidBy(snapshots.require().snapshot);
    await importAndGroup(database, [recordOf(1, { aliases: ["CVE-2026-3"] })]);
    await replaceExploited(database, [EXPLOITED]);
    await snapshots.rebuild();
    assert.notDeepEqual(saidBy(snapshots.require().snapshot), before);
    await importAndGroup(database, [recordOf(1)]);
    await replaceExploited(database, []);
    await snapshots.rebuild();
    assert.deepEqual(saidBy(snapshots.require().snapshot), before);
  });
});

withTestDatabase(
  "a group that becomes too large to be believed takes its ids from its members, which themselves did not change",
  async (database) => {
    await importAndGroup(
      database,
      Array.from({ length: 250 }, (_, number) => recordOf(number)),
    );
    await withSnapshots(database, async (snapshots) => {
      await snapshots.rebuild();
      assert.deepEqual(idsOf(snapshots, "GHSA-0003"), ["CVE-2026-3", "GHSA-0003"]);
      const claimants = Array.from({ length: MAX_GROUP_MEMBERS }, (_, number) => recordOf(1000 + number, { aliases: ["CVE-2026-3"] }));
      await importAndGroup(database, claimants);
      await snapshots.rebuild();
      assert.deepEqual(idsOf(snapshots, "GHSA-0003"), ["GHSA-0003"]);
    });
  },
);

withTestDatabase("what holds is taken from the file before, and all of it is read again when that file is damaged", async (database) => {
  await importAndGroup(database, RECORDS);
  await withSnapshots(database, async (snapshots, path) => {
    await snapshots.rebuild();
    await setTitleBehindItsBack(database, "GHSA-0007", "read again");
    await importAndGroup(database, [recordOf(5, { summary: "another text" })]);
    await snapshots.rebuild();
    assert.deepEqual(titlesOf(snapshots, ["GHSA-0005", "GHSA-0007"]), ["another text", "number 7"]);
    const file = await readFile(path);
    file[file.length - 1] = (file.at(-1) ?? 0) ^ 1;
    await writeFile(path, file);
    await snapshots.rebuild();
    assert.deepEqual(titlesOf(snapshots, ["GHSA-0005", "GHSA-0007"]), ["another text", "read again"]);
  });
});

withTestDatabase("a file that cannot be written is said, and the one before stays in use", async (database) => {
  await importAndGroup(database, RECORDS);
  await withSnapshots(database, async (snapshots, path) => {
    await snapshots.rebuild();
    const before = snapshots.require();
    await rm(dirname(path), { recursive: true });
    await writeFile(dirname(path), "a file where the directory should be");
    await assert.rejects(snapshots.rebuild(), (error) => isCodedError(error, "internal") && error.message.includes("EEXIST"));
    assert.equal(snapshots.require(), before);
  });
});

async function withSnapshots(database: Database, work: (snapshots: SnapshotService, path: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-snapshot-"));
  const snapshots = await createSnapshotService({ database, dataDirectory: directory });
  try {
    await work(snapshots, join(directory, "snapshot", "current.sluice"));
  } finally {
    await snapshots.close();
    await rm(directory, { recursive: true });
  }
}

/** A change that no import makes: without another record and without grouping. */
async function setTitleBehindItsBack(database: Database, id: string, title: string): Promise<void> {
  await database.transaction("keeper", (transaction) => transaction.run(sql`update advisory set title = ${title} where id = ${id}`));
}

function idsOf(snapshots: SnapshotService, id: string): readonly string[] | undefined {
  const { snapshot } = snapshots.require();
  const all = Array.from({ length: snapshot.advisoryCount }, (_, index) => snapshot.advisory(index));
  return all.find((advisory) => advisory.id === id)?.vulnerabilityIds;
}

function titlesOf(snapshots: SnapshotService, ids: readonly string[]): readonly (string | undefined)[] {
  const { snapshot } = snapshots.require();
  const all = Array.from({ length: snapshot.advisoryCount }, (_, index) => snapshot.advisory(index));
  return ids.map((id) => all.find((advisory) => advisory.id === id)?.title);
}
