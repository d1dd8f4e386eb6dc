import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { withTestDatabase } from "../../../tests/database/test-database.ts";
import { withReleaseDesk, type ReleaseDesk } from "../../../tests/support/release-desk.ts";
import { levelSeen, makeCircle, writeDraft } from "../../../tests/support/staged-drafts.ts";
import type { TestMember } from "../../../tests/support/trusted-actors.ts";
import { isCodedError, type RefusalCode } from "../../vocabulary/coded-error.ts";
import type { DraftLevel } from "../../vocabulary/level.ts";
import type { PartBody } from "../../vocabulary/draft-advisory.ts";
import { sql } from "../database/sql.ts";
import type { StatedStage } from "../../contract/endpoints/releases.ts";

const parts: readonly PartBody[] = [
  { kind: "notice", body: { packages: [{ ecosystem: "npm", name: "halyard" }] } },
  { kind: "summary", body: { text: "A length is trusted" } },
  {
    kind: "affected",
    body: {
      package: { ecosystem: "npm", name: "halyard" },
      purl: undefined,
      ranges: [
        {
          type: "SEMVER",
          repository: undefined,
          events: [
            { kind: "introduced", version: "0" },
            { kind: "fixed", version: "2.4.1" },
          ],
        },
      ],
      versions: [],
    },
  },
];

type Cast = Record<"owner" | "maintainer" | "distributor" | "operator" | "agency" | "stranger", TestMember> & {
  readonly draft: string;
  readonly circles: Record<"case" | "build" | "fix" | "notice", string>;
};

async function cast({ database, actors, caller }: ReleaseDesk): Promise<Cast> {
  const named = async (name: string, excluded = false): Promise<TestMember> =>
    actors.makeMember(await actors.makeOrganisation(name, "vendor", excluded));
  const members = {
    owner: await named("Harbour desk"),
    maintainer: await named("Halyard project"),
    distributor: await named("Meridian Linux"),
    operator: await named("Northgate"),
    agency: await named("Service", true),
    stranger: await named("Stranger"),
  };
  const atMs = actors.clock();
  const circle = (name: string, ...inside: readonly TestMember[]): Promise<string> =>
    makeCircle(
      database,
      members.owner.organisation,
      name,
      inside.map(({ organisation }) => organisation),
      { atMs },
    );
  const circles = {
    case: await circle("Finder and maintainers", members.maintainer),
    build: await circle("Distributors", members.distributor),
    fix: await circle("Critical operators", members.operator, members.agency),
    notice: await circle("Sector agencies", members.agency),
  };
  const { draft } = await writeDraft(database, { actor: caller(members.owner).actor, member: members.owner, atMs }, parts);
  return { ...members, draft, circles };
}

type Stages = (desk: ReleaseDesk, cast: Cast) => readonly StatedStage[];

const plan: Stages = ({ hour }, { circles }) => [
  { circle: circles.case, level: "case", opens: { instantMs: hour(1), zone: "UTC" }, on: [] },
  { circle: circles.build, level: "build", on: ["patch-ready"] },
  { circle: circles.fix, level: "fix", opens: { instantMs: hour(24), zone: "UTC" }, on: [] },
  { level: "public", opens: { instantMs: hour(24 * 5), zone: "UTC" }, on: ["leak"] },
];

async function agreed(desk: ReleaseDesk, people: Cast, stages: Stages = plan): Promise<void> {
  const { releases, caller } = desk;
  const consenters = [people.maintainer.organisation];
  const written = await releases.write(caller(people.owner), people.draft, { stages: [...stages(desk, people)], consenters });
  await releases.agree(caller(people.owner), people.draft, written.revision);
}

async function seen({ database, actors }: ReleaseDesk, { draft, ...people }: Cast): Promise<Record<string, DraftLevel | undefined>> {
  const names = ["owner", "maintainer", "distributor", "operator", "agency", "stranger"] as const;
  const levels: Record<string, DraftLevel | undefined> = {};
  for (const name of names) levels[name] = await levelSeen(database, actors.as(people[name]), draft);
  return levels;
}

async function refusedWith(code: RefusalCode, work: Promise<unknown>, words?: RegExp): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(isCodedError(error, code), String(error));
    if (words !== undefined) assert.match(error.message, words);
    return true;
  });
}

const nobodyElse = { maintainer: undefined, distributor: undefined, operator: undefined, agency: undefined, stranger: undefined };

withTestDatabase("stages open at their hours and on their events, to their circles and to nobody else", async (database) => {
  await withReleaseDesk(database, async (desk) => {
    const people = await cast(desk);
    const { releases, caller, toHour } = desk;
    await agreed(desk, people);
    assert.deepEqual(await seen(desk, people), { owner: "case", ...nobodyElse });
    await toHour(0.99);
    assert.deepEqual(await seen(desk, people), { owner: "case", ...nobodyElse });
    await toHour(1);
    assert.deepEqual(await seen(desk, people), { owner: "case", ...nobodyElse, maintainer: "case" });
    await toHour(3);
    await releases.stateEvent(caller(people.owner), people.draft, "patch-ready", "built");
    assert.deepEqual(await seen(desk, people), { owner: "case", ...nobodyElse, maintainer: "case", distributor: "build" });
    await toHour(24);
    const atFix = { owner: "case", ...nobodyElse, maintainer: "case", distributor: "build", operator: "fix" };
    assert.deepEqual(await seen(desk, people), atFix);
    await releases.except(caller(people.owner), people.draft, people.agency.organisation, "it runs the affected service");
    assert.deepEqual(await seen(desk, people), { ...atFix, agency: "fix" });
    await toHour(24 * 5);
    const answer = await releases.read(caller(people.owner), people.draft);
    assert.equal(answer.state, "ended");
    assert.deepEqual(
      answer.opened.map(({ by }) => by),
      ["hour", "patch-ready", "hour", "hour"],
    );
    const [draft] = await database.query("keeper", sql`select state from draft_advisory where id = ${people.draft}`);
    assert.deepEqual(draft, { state: "published" });
  });
});

withTestDatabase("a late server opens what it missed in the planned order, and two servers open each stage once", async (database) => {
  await withReleaseDesk(database, async (desk) => {
    const people = await cast(desk);
    const { actors, hour } = desk;
    await agreed(desk, people);
    const other = await desk.anotherJob();
    actors.setClock(hour(24 * 6));
    await Promise.all([desk.job.settle(), other.settle(), desk.job.settle(), other.settle()]);
    await other.close();
    const events = await database.query<{ details: string; at: Date }>(
      "keeper",
      sql`select details, at from draft_event where draft_id = ${people.draft} and kind = 'stage-opened' order by (details::json ->> 'plannedMs')::bigint`,
    );
    const opened = events.map(({ details, at }) => ({
      ...(JSON.parse(details) as { level: string; plannedMs: number }),
      atMs: at.getTime(),
    }));
    assert.deepEqual(
      opened.map(({ level, plannedMs, atMs }) => [level, plannedMs, atMs]),
      [
        ["case", hour(1), hour(24 * 6)],
        ["fix", hour(24), hour(24 * 6)],
        ["public", hour(24 * 5), hour(24 * 6)],
      ],
    );
    const published = await database.query(
      "keeper",
      sql`select from draft_event where draft_id = ${people.draft} and kind = 'advisory-published'`,
    );
    assert.equal(published.length, 1);
  });
});

withTestDatabase("a hold stops every opening until whoever holds lifts it, and a leak goes over it", async (database) => {
  await withReleaseDesk(database, async (desk) => {
    const people = await cast(desk);
    const { releases, caller, toHour } = desk;
    await agreed(desk, people);
    await toHour(1);
    assert.equal((await releases.hold(caller(people.maintainer), people.draft, "the patch is wrong")).state, "held");
    await toHour(30);
    assert.equal((await seen(desk, people))["operator"], undefined);
    const held = await releases.read(caller(people.owner), people.draft);
    assert.deepEqual(
      held.problems.filter(({ severity }) => severity === "refused"),
      [],
      "an hour that a hold let pass is no fault of the plan",
    );
    await refusedWith("conflict", releases.lift(caller(people.owner), people.draft));
    await refusedWith("conflict", releases.hold(caller(people.maintainer), people.draft, "again"));
    assert.equal((await releases.hold(caller(people.owner), people.draft, "we look at it")).state, "held");
    assert.equal((await releases.lift(caller(people.maintainer), people.draft)).state, "held");
    assert.equal((await releases.lift(caller(people.owner), people.draft)).state, "agreed");
    assert.equal((await seen(desk, people))["operator"], "fix");
    await releases.hold(caller(people.maintainer), people.draft, "wait");
    await refusedWith("not-found", releases.hold(caller(people.operator), people.draft, "not mine"));
    await releases.endEarly(caller(people.owner), people.draft, "leak", "it is on a mailing list");
    assert.equal((await seen(desk, people))["stranger"], "public");
  });
});

withTestDatabase("what widens waits for every consenter who sees the case; what narrows binds at once", async (database) => {
  await withReleaseDesk(database, async (desk) => {
    const people = await cast(desk);
    const { releases, caller, toHour, hour } = desk;
    await agreed(desk, people);
    await toHour(1);
    const running = await releases.read(caller(people.owner), people.draft);
    const moved = (fixHour: number): StatedStage[] =>
      running.stages.map((stage) => (stage.level === "fix" ? { ...stage, opens: { instantMs: hour(fixHour), zone: "UTC" } } : stage));

    const later = await releases.propose(caller(people.owner), people.draft, { stages: moved(48), revision: running.revision });
    assert.equal(later.inForce, true);
    const earlier = await releases.propose(caller(people.owner), people.draft, { stages: moved(10), revision: later.revision });
    assert.equal(earlier.inForce, false);
    const asked = await releases.read(caller(people.maintainer), people.draft);
    assert.deepEqual(
      asked.problems.map(({ code }) => code),
      ["members-unknown", "members-unknown"],
      "circles that it does not know are no fault of the plan",
    );
    assert.deepEqual([asked.proposed?.mayAnswer, asked.proposed?.waitingFor], [true, ["Halyard project"]]);
    await refusedWith(
      "conflict",
      releases.propose(caller(people.owner), people.draft, { stages: moved(9), revision: later.revision }),
      /waits for consent/,
    );
    await toHour(11);
    assert.equal((await seen(desk, people))["operator"], undefined);
    const answer = await releases.answer(caller(people.maintainer), people.draft, asked.proposed?.revision ?? 0, true);
    assert.equal(answer.inForce, true);
    assert.equal((await seen(desk, people))["operator"], "fix");

    await refusedWith(
      "conflict",
      releases.propose(caller(people.owner), people.draft, { stages: moved(60), revision: answer.revision }),
      /has opened/,
    );
  });
});

withTestDatabase("a refused or withdrawn change never binds, and its answers are not taken for the next one's", async (database) => {
  await withReleaseDesk(database, async (desk) => {
    const people = await cast(desk);
    const { releases, caller, toHour, hour } = desk;
    await agreed(desk, people);
    await toHour(1);
    const running = await releases.read(caller(people.owner), people.draft);
    const stages = running.stages.map((stage) =>
      stage.level === "fix" ? { ...stage, opens: { instantMs: hour(10), zone: "UTC" } } : stage,
    );
    await releases.propose(caller(people.owner), people.draft, { stages, revision: running.revision });
    const { proposed } = await releases.read(caller(people.maintainer), people.draft);
    const revision = proposed?.revision ?? 0;
    assert.equal((await releases.answer(caller(people.maintainer), people.draft, revision, false)).inForce, false);
    await toHour(12);
    assert.equal((await seen(desk, people))["operator"], undefined);
    await releases.withdraw(caller(people.owner), people.draft, revision);
    await refusedWith("conflict", releases.answer(caller(people.maintainer), people.draft, revision, true));
    const again = await releases.propose(caller(people.owner), people.draft, {
      stages: stages.map((stage) => (stage.level === "fix" ? { ...stage, opens: { instantMs: hour(20), zone: "UTC" } } : stage)),
      revision: running.revision,
    });
    assert.equal(again.inForce, false);
    const next = await releases.read(caller(people.maintainer), people.draft);
    assert.ok((next.proposed?.revision ?? 0) > revision);
    assert.equal(next.proposed?.mayAnswer, true);
  });
});

withTestDatabase("a plan that a check refuses is not agreed, and each refusal says why", async (database) => {
  await withReleaseDesk(database, async (desk) => {
    const people = await cast(desk);
    const { releases, caller, hour } = desk;
    const [first, ...rest] = plan(desk, people);
    assert.ok(first !== undefined);
    const write = (stages: readonly StatedStage[]) => releases.write(caller(people.owner), people.draft, { stages: [...stages] });
    await write(rest.slice(0, -1));
    await refusedWith("conflict", releases.agree(caller(people.owner), people.draft, 1), /last stage that opens to everyone/);
    await write([{ ...first, circle: randomUUID() }, ...rest]);
    await refusedWith("conflict", releases.agree(caller(people.owner), people.draft, 1), /a circle of this installation that you can see/);
    await refusedWith(
      "input-invalid",
      write([{ ...first, opens: { local: "2027-03-28T02:30", zone: "Europe/Berlin" } }]),
      /does not exist there/,
    );
    await refusedWith(
      "input-invalid",
      write([{ ...first, opens: { local: "2027-10-31T02:30", zone: "Europe/Berlin" } }]),
      /comes twice there/,
    );
    await refusedWith("input-invalid", write([{ ...first, opens: { instantMs: hour(3), zone: "Middle/Earth" } }]), /IANA/);
    const dry = await releases.check(caller(people.owner), people.draft, { stages: [first, ...rest] });
    assert.deepEqual(
      dry.openings.map(({ by, plannedMs }) => [by, plannedMs]),
      [
        ["hour", hour(1)],
        ["hour", hour(24)],
        ["hour", hour(24 * 5)],
      ],
    );
    assert.deepEqual(
      dry.problems.map(({ severity, code }) => [severity, code]),
      [
        ["warned", "case-by-hour"],
        ["warned", "excluded-member"],
      ],
    );
    await write([first, ...rest]);
    await refusedWith("conflict", releases.agree(caller(people.owner), people.draft, 2), /revision 1/);
    await releases.agree(caller(people.owner), people.draft, 1);
    await refusedWith("conflict", write([first, ...rest]));
  });
});

withTestDatabase("who does not see the case is told the same as of a draft that is not there", async (database) => {
  await withReleaseDesk(database, async (desk) => {
    const people = await cast(desk);
    const { releases, caller, toHour } = desk;
    await agreed(desk, people);
    await toHour(24);
    const words = async (work: Promise<unknown>): Promise<string> => work.then(String, (error: unknown) => (error as Error).message);
    for (const member of [people.operator, people.distributor, people.stranger]) {
      const [hidden, missing] = [people.draft, randomUUID()];
      assert.equal(await words(releases.read(caller(member), hidden)), await words(releases.read(caller(member), missing)));
      await refusedWith("not-found", releases.endEarly(caller(member), hidden, "leak", "mine now"));
      await refusedWith("not-found", releases.answer(caller(member), hidden, 2, true));
    }
    await refusedWith("conflict", releases.endEarly(caller(people.maintainer), people.draft, "leak", "mine now"), /Only the owner/);
    await refusedWith("not-allowed", releases.except(caller(people.owner, "editor"), people.draft, people.agency.organisation, "reason"));
  });
});

withTestDatabase("a moved clock holds what opens by the hour, not what a person states, until somebody trusts it", async (database) => {
  await withReleaseDesk(database, async (desk) => {
    const people = await cast(desk);
    const { actors, hour, releases, caller } = desk;
    await agreed(desk, people);
    let monotonic = 0;
    const job = await desk.anotherJob({ monotonic: () => monotonic });
    await job.settle();
    actors.setClock(hour(30));
    monotonic += 5000;
    await job.settle();
    assert.match(job.clockHeld() ?? "", /moved forward by 1799.9 minutes/);
    assert.equal((await seen(desk, people))["operator"], undefined);
    const told = await database.query("keeper", sql`select from announcement where kind = 'openings-halted'`);
    assert.equal(told.length, 0);
    assert.equal(desk.errors.length, 1);
    assert.equal(await job.trustClock(), true);
    assert.equal((await seen(desk, people))["operator"], "fix");
    assert.equal(await job.trustClock(), false);
    // Moved back: what has opened stays open.
    actors.setClock(hour(2));
    monotonic += 5000;
    await job.settle();
    assert.match(job.clockHeld() ?? "", /moved back/);
    assert.equal((await seen(desk, people))["operator"], "fix");
    await job.close();
    assert.equal((await releases.read(caller(people.owner), people.draft)).opened.length, 2);
  });
});
