import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { withTestDatabase } from "../../../tests/database/test-database.ts";
import { type ReleaseDesk, withReleaseDesk } from "../../../tests/support/release-desk.ts";
import { writeDraft } from "../../../tests/support/staged-drafts.ts";
import { sql } from "../database/sql.ts";
import { type MachineTime, openClockMarks } from "./clock-marks.ts";
import { readDatabaseMs } from "./opening-store.ts";

const HOUR = 3_600_000;

/** A draft whose public stage opens in a day. */
async function planned({ database, actors, releases, caller, hour }: ReleaseDesk): Promise<string> {
  await actors.makeMember(await actors.makeOrganisation("Clearinghouse", "coordinator"));
  const owner = await actors.makeMember(await actors.makeOrganisation("Harbour desk"));
  const { draft } = await writeDraft(database, { actor: caller(owner).actor, member: owner, atMs: hour(0) }, [
    { kind: "summary", body: { text: "A length is trusted" } },
  ]);
  const stages = [{ level: "public" as const, opens: { instantMs: hour(24), zone: "UTC" }, on: [] }];
  const { revision } = await releases.write(caller(owner), draft, { stages });
  await releases.agree(caller(owner), draft, revision);
  return draft;
}

async function isPublic({ database }: ReleaseDesk, draft: string): Promise<boolean> {
  const rows = await database.query("keeper", sql`select from opening where record_id = ${draft} and level = 5`);
  return rows.length === 1;
}

async function toldOfHalt({ database }: ReleaseDesk): Promise<number> {
  return (await database.query("keeper", sql`select from announcement where kind = 'openings-halted'`)).length;
}

withTestDatabase(
  "a clock that was set ahead while no server ran holds openings until somebody trusts it, also after another start",
  async (database) => {
    const dataDirectory = mkdtempSync(join(tmpdir(), "sluice-clock-"));
    try {
      await withReleaseDesk(database, async (desk) => {
        const draft = await planned(desk);
        const { actors, hour, anotherJob } = desk;
        let elapsedMs = 0;
        const machine = (): MachineTime => ({ boot: "a start", uptimeMs: elapsedMs, monotonicMs: elapsedMs });
        const marks = openClockMarks({ dataDirectory, clock: actors.clock, machine });
        const start = () => anotherJob({ marks, monotonic: machineMs });
        const machineMs = (): number => elapsedMs;

        const first = await anotherJob({ marks, monotonic: machineMs, lookEveryMs: 5 });
        assert.equal(first.clockHeld(), undefined);
        first.start();
        while (marks.known().lastWallMs === undefined) await sleep(5);
        await first.close();

        // An hour passes, and the clock says a day more.
        elapsedMs = HOUR;
        actors.setClock(hour(25));
        const second = await start();
        assert.match(second.clockHeld() ?? "", /moved forward by 1440 minutes while no server ran/);
        await second.settle();
        assert.equal(await isPublic(desk, draft), false);
        assert.equal(await toldOfHalt(desk), 1);
        await second.close();

        const third = await anotherJob({ marks, monotonic: machineMs, lookEveryMs: 5 });
        assert.match(third.clockHeld() ?? "", /while no server ran/, "a second start does not make it right");
        assert.equal(await third.trustClock(), true);
        assert.equal(await isPublic(desk, draft), true);
        third.start();
        while (marks.known().lastWallMs !== hour(25)) await sleep(5);
        await third.close();
        assert.equal((await start()).clockHeld(), undefined, "what somebody trusted is what the next start goes by");
      });
    } finally {
      rmSync(dataDirectory, { recursive: true });
    }
  },
);

withTestDatabase("a disk that takes no mark of the clock keeps nothing from being published", async (database) => {
  await withReleaseDesk(database, async (desk) => {
    const draft = await planned(desk);
    const { actors, hour, anotherJob } = desk;
    const keep = (): never => {
      throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
    };
    actors.setClock(hour(25));
    const job = await anotherJob({ marks: { known: () => ({}), keep }, lookEveryMs: 5 });
    job.start();
    const isPublished = async (): Promise<boolean> =>
      (await database.query("keeper", sql`select from draft_advisory where id = ${draft} and published_at is not null`)).length === 1;
    while (!(await isPublished())) await sleep(5);
    await job.close();
  });
});

withTestDatabase(
  "a clock that is not the database server's by more than a minute holds openings until somebody trusts it",
  async (database) => {
    await withReleaseDesk(database, async (desk) => {
      const draft = await planned(desk);
      const { actors, hour, anotherJob } = desk;
      let aheadMs = 30_000;
      const job = await anotherJob({ readDatabaseMs: async () => actors.clock() - aheadMs });
      assert.equal(job.clockHeld(), undefined);
      aheadMs = 2 * HOUR;
      actors.setClock(hour(24));
      await job.settle();
      assert.match(job.clockHeld() ?? "", /is 120 minutes ahead of the database server's/);
      assert.deepEqual([await isPublic(desk, draft), await toldOfHalt(desk)], [false, 1]);
      aheadMs = 0;
      await job.settle();
      assert.equal(await isPublic(desk, draft), false, "somebody must have looked");
      aheadMs = 2 * HOUR;
      await job.settle();
      assert.equal(await job.trustClock(), true);
      assert.equal(await isPublic(desk, draft), true);
      await job.settle();
      assert.equal(job.clockHeld(), undefined);
      await job.close();
      const behind = await anotherJob({ readDatabaseMs: async () => actors.clock() + 2 * HOUR });
      assert.match(behind.clockHeld() ?? "", /is 120 minutes behind the database server's/, "from the start");
      await behind.close();
    });
  },
);

withTestDatabase("a clock behind the newest batch of the ledger was moved back", async (database) => {
  await withReleaseDesk(database, async (desk) => {
    const { hour, anotherJob } = desk;
    await database.query(
      "keeper",
      sql`insert into ledger (origin, size, root, started_at, last_batch_at) values ('test', 0, sha256(''), ${new Date(hour(0))}, ${new Date(hour(3))})`,
    );
    const job = await anotherJob();
    assert.match(job.clockHeld() ?? "", /moved back by 180 minutes or more: what is on record is later/);
    await job.close();
  });
});

withTestDatabase("the database server tells its time", async (database) => {
  const askedMs = Date.now();
  const databaseMs = await readDatabaseMs(database);
  assert.ok(databaseMs > askedMs - 60_000 && databaseMs < Date.now() + 60_000, String(databaseMs - askedMs));
});
