import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { OwnedDatabase } from "../../src/server/database/database.ts";
import { migrate } from "../../src/server/database/migrate.ts";
import { openEmbedded } from "../../src/server/database/open-embedded.ts";
import { openPostgres } from "../../src/server/database/open-postgres.ts";
import { sql } from "../../src/server/database/sql.ts";
import { withPostgresDatabase } from "../database/test-database.ts";
import { createCorrectionService } from "../../src/server/drafts/correction-service.ts";
import { type ReleaseDesk, withReleaseDesk } from "../support/release-desk.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { makeCircle, writeDraft } from "../support/staged-drafts.ts";
import type { TestMember } from "../support/trusted-actors.ts";

const CHILD = fileURLToPath(new URL("release-kill-child.ts", import.meta.url));
const soak = process.env["SLUICE_SOAK"] !== undefined;
const DRAFTS = soak ? 100 : 8;
const CORRECTED = soak ? 40 : 4;
const HOURS = [1, 2, 3];

test("a server killed while stages open and corrections are published leaves each done once, with its event, its announcement and its place in the ledger (embedded)", async () => {
  const root = await mkdtemp(join(tmpdir(), "sluice-release-kill-"));
  try {
    const directory = join(root, "database");
    await killedOver({ place: directory, open: () => openEmbedded({ directory }), kills: soak ? 5 : 1 }, root);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});

const server = process.env["DATABASE_URL"];
test("the same, with servers beside each other (postgres)", { skip: server === undefined && "DATABASE_URL is not set" }, async () => {
  const root = await mkdtemp(join(tmpdir(), "sluice-release-kill-"));
  try {
    await withPostgresDatabase((url) => killedOver({ place: url, open: () => openPostgres({ url }), kills: soak ? 100 : 3 }, root));
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});

type Killed = { readonly place: string; readonly open: () => Promise<OwnedDatabase>; readonly kills: number };

async function killedOver({ place, open, kills }: Killed, root: string): Promise<void> {
  const database = await open();
  await migrate(database);
  let endMs = 0;
  await withReleaseDesk(database, async (desk) => {
    endMs = desk.hour(10);
    await plan(desk);
    await correct(desk);
  });
  // The embedded database belongs to one process.
  await database.close();
  const random = seededRandom(20_261_125);
  let died = 0;
  for (let kill = 0; kill < kills; kill++) {
    const children = place.startsWith("postgres") ? [start(place, root, endMs), start(place, root, endMs)] : [start(place, root, endMs)];
    await Promise.all(children.map(untilLooking));
    await delay(random.below(soak ? 300 : 120));
    for (const child of children) child.kill("SIGKILL");
    for (const code of await Promise.all(children.map(exitOf))) if (code === null) died++;
  }
  assert.ok(died > 0, "at least one was really killed in the middle");
  assert.equal(await exitOf(start(place, root, endMs)), 0);
  const again = await open();
  try {
    await holdsTogether(again);
  } finally {
    await again.close();
  }
}

async function plan({ database, actors, caller, releases, hour }: ReleaseDesk): Promise<void> {
  const named = async (name: string): Promise<TestMember> => actors.makeMember(await actors.makeOrganisation(name));
  const [owner, member] = [await named("Owner"), await named("Member")];
  const atMs = actors.clock();
  const circle = (name: string): Promise<string> => makeCircle(database, owner.organisation, name, [member.organisation], { atMs });
  const [build, fix] = [await circle("Build"), await circle("Fix")];
  for (let number = 0; number < DRAFTS; number++) {
    const { draft } = await writeDraft(database, { actor: actors.as(owner), member: owner, atMs }, [
      { kind: "summary", body: { text: `draft ${number}` } },
      {
        kind: "affected",
        body: {
          package: { ecosystem: "npm", name: `package-${number}` },
          purl: undefined,
          ranges: [{ type: "SEMVER", repository: undefined, events: [{ kind: "introduced", version: "0" }] }],
          versions: [],
        },
      },
    ]);
    const at = (index: number) => ({ instantMs: hour(HOURS[index] ?? 0), zone: "UTC" });
    await releases.write(caller(owner), draft, {
      stages: [
        { circle: build, level: "build", opens: at(0), on: [] },
        { circle: fix, level: "fix", opens: at(1), on: [] },
        { level: "public", opens: at(2), on: ["leak"] },
      ],
    });
    await releases.agree(caller(owner), draft, 1);
  }
}

/** Drafts that are published, each corrected twice, of which nothing is in the record yet. */
async function correct({ database, actors, caller, releases, hour, toHour }: ReleaseDesk): Promise<void> {
  const owner = await actors.makeMember(await actors.makeOrganisation("Owner of what is wrong"));
  const drafts: string[] = [];
  for (let number = 0; number < CORRECTED; number++) {
    const { draft } = await writeDraft(database, { actor: actors.as(owner), member: owner, atMs: actors.clock() }, [
      { kind: "summary", body: { text: `wrong ${number}` } },
    ]);
    const stages = [{ level: "public" as const, opens: { instantMs: hour(0.5), zone: "UTC" }, on: [] }];
    await releases.write(caller(owner), draft, { stages });
    await releases.agree(caller(owner), draft, 1);
    drafts.push(draft);
  }
  await toHour(0.5);
  const corrections = createCorrectionService({ database, publish: async () => {} });
  for (const draft of drafts) {
    for (const reason of ["too little", "too little still"])
      await corrections.correct(caller(owner).actor, draft, {
        reason,
        write: [{ kind: "details", body: { text: reason } }],
        change: [],
        remove: [],
      });
  }
}

async function holdsTogether(database: OwnedDatabase): Promise<void> {
  const count = async (query: ReturnType<typeof sql>): Promise<number> =>
    (await database.query<{ n: number }>("keeper", query))[0]?.n ?? -1;
  const counts = {
    openings: await count(sql`select count(*)::int as n from opening where stage_id is not null`),
    events: await count(sql`select count(*)::int as n from draft_event where kind = 'stage-opened'`),
    announcements: await count(sql`select count(*)::int as n from announcement where kind = 'stage-opened'`),
    statements: await count(sql`select count(*)::int as n from ledger_statement where kind = 'release.stage-opened'`),
    published: await count(sql`select count(*)::int as n from draft_advisory where state = 'published'`),
    publications: await count(sql`select count(*)::int as n from draft_event where kind = 'advisory-published'`),
    records: await count(sql`select count(*)::int as n from advisory where feed = 'sluice'`),
    ended: await count(sql`select count(*)::int as n from release_plan where state = 'ended'`),
    staged: await count(sql`select count(*)::int as n from staged_interval`),
    corrections: await count(sql`select count(*)::int as n from draft_correction where version = 2`),
    corrected: await count(sql`select count(*)::int as n from draft_event where kind = 'advisory-corrected'`),
    toldOfCorrections: await count(sql`select count(*)::int as n from announcement where kind = 'advisory-corrected'`),
    revisions: await count(sql`select count(*)::int as n from ledger_revision`),
    signed: await count(sql`select count(distinct (advisory_id, version))::int as n from advisory_signature`),
    asTheLedgerHasThem: await count(sql`select count(*)::int as n from advisory a where exists (
      select from ledger_revision r where r.advisory_id = a.id and r.sha256 = encode(a.hash, 'hex')
        and not exists (select from ledger_revision n where n.advisory_id = r.advisory_id and n.version > r.version))`),
  };
  assert.deepEqual(counts, {
    openings: DRAFTS * 3 + CORRECTED,
    events: DRAFTS * 3 + CORRECTED,
    announcements: DRAFTS * 2,
    statements: DRAFTS * 3 + CORRECTED,
    published: DRAFTS + CORRECTED,
    publications: DRAFTS + CORRECTED,
    records: DRAFTS + CORRECTED,
    ended: DRAFTS + CORRECTED,
    staged: 0,
    corrections: CORRECTED * 2,
    corrected: CORRECTED,
    toldOfCorrections: CORRECTED,
    revisions: DRAFTS + CORRECTED * 2,
    signed: DRAFTS + CORRECTED * 2,
    asTheLedgerHasThem: DRAFTS + CORRECTED,
  });
}

function start(place: string, root: string, clockMs: number): ChildProcess {
  return spawn(process.execPath, [CHILD, place, root, String(clockMs)], { stdio: ["ignore", "pipe", "inherit"] });
}

async function untilLooking({ stdout }: ChildProcess): Promise<void> {
  assert.ok(stdout !== null);
  for await (const chunk of stdout) if (String(chunk).includes("looking")) return;
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const [code] = (await once(child, "exit")) as [number | null];
  return code;
}
