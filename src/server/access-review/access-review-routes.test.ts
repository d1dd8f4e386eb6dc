import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { refused } from "../../../tests/support/refused.ts";
import { HOUR_MS, makeCircle, newDraft, read, type ReviewScene, scene } from "../../../tests/support/review-scene.ts";
import { seededRandom } from "../../../tests/support/seeded-random.ts";
import { type Seat, takeSeat } from "../../../tests/support/subject-desk.ts";
import { TEST_NOW } from "../../../tests/support/trusted-actors.ts";
import {
  exportAudit,
  listAuditEvents,
  listOwnReads,
  listReads,
  listReviewedDrafts,
  reviewDraft,
  reviewMember,
  reviewOrganisation,
} from "../../contract/endpoints/access-review.ts";
import { acceptInvitation, inviteToCircle, leaveCircle, revokeCircleMember } from "../../contract/endpoints/circles.ts";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import { type DraftLevel, levelNumber, parseLevel } from "../../vocabulary/level.ts";
import { sql } from "../database/sql.ts";
import { isStatementError } from "../database/statement-error.ts";

type Opened = { readonly circle: string; readonly level: DraftLevel; readonly by?: string; readonly closesAtMs?: number };

async function open(
  { database, actors, ferry }: ReviewScene,
  draft: string,
  { circle, level, by = "hour", closesAtMs }: Opened,
): Promise<void> {
  await database.query(
    "releaser",
    sql`insert into opening (organisation_id, record_id, circle_id, level, opened_by, opened_at, closes_at)
        values (${ferry.organisation}, ${draft}, ${circle}, ${levelNumber(level)}, ${by}, ${new Date(actors.clock())},
          coalesce(${closesAtMs === undefined ? null : new Date(closesAtMs)}::timestamptz, 'infinity'))`,
  );
}

async function admit({ desk, ferry }: ReviewScene, circle: string, seat: Seat, memberUntilMs?: number): Promise<void> {
  const body = { organisation: seat.organisation, ...(memberUntilMs === undefined ? {} : { memberUntilMs }) };
  const { id: invitation } = await desk.as(ferry)(inviteToCircle, { params: { circle }, body });
  await desk.as(seat)(acceptInvitation, { params: { invitation }, body: {} });
}

/** The most confidential level that the database shows a member of the organisation, asked as that member. */
async function shown({ database, actors }: ReviewScene, seat: Seat, draft: string): Promise<DraftLevel | undefined> {
  const [row] = await database.query<{ level: number | null }>(
    actors.as(seat),
    sql`select min(level) as level from opening where record_id = ${draft}`,
  );
  return row?.level === null || row === undefined ? undefined : parseLevel(row.level);
}

scene("a review says who reads a draft, by which rule and since when, and who does not and why", async (scene) => {
  const { desk, actors, database, ferry } = scene;
  const seat = async (name: string, excluded = false): Promise<Seat> =>
    takeSeat(actors, { id: await actors.makeOrganisation(name, excluded ? "agency" : "operator", excluded) });
  const [inside, gone, late, service, excepted, alone] = [
    await seat("Inside"),
    await seat("Gone"),
    await seat("Late"),
    await seat("Service", true),
    await seat("Excepted", true),
    await seat("Alone"),
  ];
  const circle = await makeCircle(scene);
  const { draft, advisory } = await newDraft(scene);
  for (const member of [inside, gone, late, service, excepted]) {
    await admit(scene, circle, member, member === late ? TEST_NOW + 2 * HOUR_MS : undefined);
  }
  actors.setClock(TEST_NOW + HOUR_MS);
  await open(scene, draft, { circle, level: "fix" });
  await open(scene, draft, { circle: alone.organisation, level: "build", by: "patch-ready" });
  await database.query(
    actors.as(ferry),
    sql`insert into exclusion_exception (organisation_id, record_id, excepted_organisation_id, reason, made_by, made_at)
        values (${ferry.organisation}, ${draft}, ${excepted.organisation}, 'runs the affected plant', ${ferry.person}, ${new Date(actors.clock())})`,
  );
  await read(scene, inside, draft, "fix");
  actors.setClock(TEST_NOW + 3 * HOUR_MS);
  await desk.as(ferry)(revokeCircleMember, { params: { circle, organisation: gone.organisation }, body: { reason: "task done" } });

  const review = await desk.as(ferry)(reviewDraft, { params: { draft } });
  assert.deepEqual(review.draft, { id: draft, advisory, state: "open" });
  const said = Object.fromEntries(
    review.organisations.map(({ organisation, reads, sinceMs, grounds, lastReadAtMs }) => [
      organisation.name ?? organisation.id,
      { reads, sinceMs, standings: grounds.map(({ standing }) => standing), words: grounds.map(({ words }) => words), lastReadAtMs },
    ]),
  );
  const since = "2026-11-25 09:00 UTC";
  const opened = `Member of Fixers since ${since}; level fix was opened to it on 2026-11-25 10:00 UTC, at its hour`;
  const nobody = { reads: undefined, sinceMs: undefined, lastReadAtMs: undefined };
  const at = TEST_NOW + HOUR_MS;
  assert.deepEqual(said, {
    Inside: { reads: "fix", sinceMs: at, standings: ["in-force"], words: [opened], lastReadAtMs: at },
    Gone: { ...nobody, standings: ["ended"], words: [`${opened}; the membership ended on 2026-11-25 12:00 UTC (task done)`] },
    Late: { ...nobody, standings: ["expired"], words: [`${opened}; the membership expired on 2026-11-25 11:00 UTC`] },
    Service: {
      ...nobody,
      standings: ["excluded"],
      words: [`${opened}; kept from it for its intelligence or law-enforcement function: there is no exception`],
    },
    Excepted: {
      reads: "fix",
      sinceMs: at,
      standings: ["in-force"],
      words: [`${opened}; by the owner's exception of 2026-11-25 10:00 UTC`],
      lastReadAtMs: undefined,
    },
    Alone: {
      reads: "build",
      sinceMs: at,
      standings: ["in-force"],
      words: ["Level build was opened to the organisation itself on 2026-11-25 10:00 UTC, because the patch was ready"],
      lastReadAtMs: undefined,
    },
  });
  assert.deepEqual(
    review.own.map(({ role, members, research }) => [role, members, research]),
    [
      ["administrator", 1, true],
      ["editor", 0, true],
      ["reader", 0, false],
      ["auditor", 0, false],
    ],
  );
  const [first] = (await desk.as(ferry)(listReviewedDrafts)).rows;
  assert.deepEqual([first?.id, first?.openedTo], [draft, 2]);
  const ofInside = await desk.as(ferry)(reviewOrganisation, { params: { organisation: inside.organisation } });
  assert.deepEqual(
    [ofInside.organisation.name, ofInside.drafts.map(({ draft: it, reads }) => [it.id, reads])],
    ["Inside", [[draft, "fix"]]],
  );
});

scene("what a review says an organisation reads is what the database shows it, whatever happened before", async (scene) => {
  const { desk, actors, database, ferry } = scene;
  const { pick } = seededRandom(20261125);
  const seats: Seat[] = [];
  for (let index = 0; index < 6; index++) {
    seats.push(await takeSeat(actors, { id: await actors.makeOrganisation(`Organisation ${index}`, "operator", index % 3 === 2) }));
  }
  const circles = [
    await makeCircle(scene),
    await makeCircle(scene, { agreement: "Keep it." }),
    await makeCircle(scene, { needsSecondFactor: true }),
  ];
  const drafts = [await newDraft(scene), await newDraft(scene)].map(({ draft }) => draft);
  const openToCircle = () => open(scene, pick(drafts), { circle: pick(circles), level: pick(["build", "fix", "notice"] as const) });
  const join = async () => {
    const [circle, seat] = [pick(circles), pick(seats)];
    const { id: invitation } = await desk.as(ferry)(inviteToCircle, {
      params: { circle },
      body: { organisation: seat.organisation, memberUntilMs: actors.clock() + 5 * HOUR_MS },
    });
    const received = await database.query<{ sha: string | null }>(
      actors.as(seat),
      sql`select encode(agreement_sha256, 'hex') as sha from circle where id = ${circle}`,
    );
    const agreementSha256 = received[0]?.sha ?? undefined;
    await desk.as(seat)(acceptInvitation, { params: { invitation }, body: agreementSha256 === undefined ? {} : { agreementSha256 } });
  };
  const moves: readonly (() => Promise<unknown>)[] = [
    openToCircle,
    openToCircle,
    join,
    join,
    join,
    join,
    () => open(scene, pick(drafts), { circle: pick(seats).organisation, level: "notice", closesAtMs: actors.clock() + 3 * HOUR_MS }),
    () =>
      open(scene, pick(drafts), { circle: "00000000-0000-0000-0000-000000000001", level: "notice", closesAtMs: actors.clock() + HOUR_MS }),
    () => desk.as(pick(seats))(leaveCircle, { params: { circle: pick(circles) } }),
    () =>
      desk.as(ferry)(revokeCircleMember, {
        params: { circle: pick(circles), organisation: pick(seats).organisation },
        body: { reason: "x" },
      }),
    () =>
      database.query(
        actors.as(ferry),
        sql`insert into exclusion_exception (organisation_id, record_id, excepted_organisation_id, reason, made_by, made_at)
            values (${ferry.organisation}, ${pick(drafts)}, ${pick(seats).organisation}, 'x', ${ferry.person}, ${new Date(actors.clock())})`,
      ),
    () =>
      database.query(
        actors.as(ferry),
        sql`update circle set agreement_text = ${`Keep it until ${actors.clock()}.`},
              agreement_sha256 = sha256(convert_to(${`Keep it until ${actors.clock()}.`}, 'UTF8')) where id = ${circles[1]}`,
      ),
  ];
  let told = 0;
  for (let step = 0; step < 36; step++) {
    actors.setClock(actors.clock() + HOUR_MS / 4);
    // What was opened, made or ended before is refused a second time.
    await pick(moves)().catch((error: unknown) => assert.ok(isCodedError(error) || isStatementError(error, "23505"), String(error)));
    const draft = pick(drafts);
    const { organisations, everyone } = await desk.as(ferry)(reviewDraft, { params: { draft } });
    for (const seat of seats) {
      const reviewed = organisations.find(({ organisation }) => organisation.id === seat.organisation);
      const isExcluded = seats.indexOf(seat) % 3 === 2;
      const says = reviewed === undefined ? (isExcluded ? undefined : everyone) : reviewed.reads;
      assert.equal(says, await shown(scene, seat, draft), `step ${step}: ${JSON.stringify(reviewed)}`);
      told += Number(says !== undefined);
    }
  }
  assert.ok(told > 15 && told < 180, `too few were shown something, or kept from it: ${told} of 216`);
});

scene("only administrators and auditors of the owner review, each as itself, and another's draft is not there", async (scene) => {
  const { desk, actors, ferry } = scene;
  const { draft } = await newDraft(scene);
  const other = await takeSeat(actors, { id: await actors.makeOrganisation("Other") });
  const asks = (seat: Seat | undefined): readonly (readonly [string, () => Promise<unknown>])[] => {
    const ask = desk.as(seat);
    return [
      ["drafts", () => ask(listReviewedDrafts)],
      ["draft", () => ask(reviewDraft, { params: { draft } })],
      ["organisation", () => ask(reviewOrganisation, { params: { organisation: other.organisation } })],
      ["member", () => ask(reviewMember, { params: { member: ferry.person } })],
      ["reads", () => ask(listReads)],
      ["events", () => ask(listAuditEvents)],
      ["export", () => ask(exportAudit)],
    ];
  };
  for (const role of ["editor", "reader"] as const) {
    const seat = await takeSeat(actors, { id: ferry.organisation }, role);
    for (const [what, ask] of asks(seat)) await assert.rejects(ask(), refused("not-allowed"), `${role} ${what}`);
  }
  for (const [what, ask] of asks(undefined)) await assert.rejects(ask(), refused("sign-in-needed"), what);
  for (const role of ["administrator", "auditor"] as const) {
    const seat = await takeSeat(actors, { id: ferry.organisation }, role);
    assert.equal((await desk.as(seat)(reviewDraft, { params: { draft } })).draft.id, draft);
  }
  assert.deepEqual((await desk.as(other)(listReviewedDrafts)).rows, []);
  for (const id of [draft, randomUUID()]) {
    await assert.rejects(desk.as(other)(reviewDraft, { params: { draft: id } }), refused("not-found"));
  }
  for (const organisation of [ferry.organisation, randomUUID()]) {
    await assert.rejects(desk.as(other)(reviewOrganisation, { params: { organisation } }), refused("not-found"));
  }
  for (const member of [ferry.person, randomUUID()]) {
    await assert.rejects(desk.as(other)(reviewMember, { params: { member } }), refused("not-found"));
  }
});

scene("the register says who read what, to the owner and to whoever read", async (scene) => {
  const { desk, actors, ferry } = scene;
  const reader = await takeSeat(actors, { id: await actors.makeOrganisation("Reader", "operator"), kind: "operator" });
  const [first, second] = [await newDraft(scene), await newDraft(scene)];
  for (const { draft } of [first, second]) await open(scene, draft, { circle: reader.organisation, level: "fix" });
  await read(scene, reader, first.draft, "fix");
  actors.setClock(TEST_NOW + 1000);
  await read(scene, reader, second.draft, "notice");
  await read(scene, ferry, first.draft, "case");

  const { rows } = await desk.as(ferry)(listReads);
  assert.deepEqual(
    rows.map((row) => [row.draft.advisory, row.level, row.organisation.name, row.person.name]).sort(),
    [
      [first.advisory, "case", "Ferry", "A member"],
      [first.advisory, "fix", "Reader", undefined],
      [second.advisory, "notice", "Reader", undefined],
    ].sort(),
  );
  const ofFirst = await desk.as(ferry)(listReads, { query: { draft: first.draft, organisation: reader.organisation } });
  assert.deepEqual(
    ofFirst.rows.map(({ level, atMs }) => [level, atMs]),
    [["fix", TEST_NOW]],
  );
  const own = await desk.as(reader)(listOwnReads);
  assert.deepEqual(
    own.rows.map(({ advisory, owner, level }) => [advisory, owner.name, level]),
    [
      [second.advisory, "Ferry", "notice"],
      [first.advisory, "Ferry", "fix"],
    ],
  );
  assert.deepEqual((await desk.as(reader)(listReads)).rows, []);
  const review = await desk.as(ferry)(reviewMember, { params: { member: ferry.person } });
  assert.deepEqual([review.ownDrafts, review.research, review.lastReadAtMs], ["case", true, TEST_NOW + 1000]);
});
