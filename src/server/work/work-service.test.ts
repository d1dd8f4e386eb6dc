import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { withTestDatabase } from "../../../tests/database/test-database.ts";
import { TEST_NOW, withTrustedActors, type TestMember, type TrustedActors } from "../../../tests/support/trusted-actors.ts";
import { levelNumber, type DraftLevel } from "../../vocabulary/level.ts";
import { verbsOf, type MemberRole, type OrganisationKind, type Verb } from "../../vocabulary/organisation.ts";
import type { OwnedDatabase, Row } from "../database/database.ts";
import { sql, type SqlQuery } from "../database/sql.ts";
import { createNotificationService } from "../notifications/notification-service.ts";
import { createWorkService, type WorkParts, type WorkService } from "./work-service.ts";

const DAY = 24 * 60 * 60 * 1000;
const at = (days: number): Date => new Date(TEST_NOW + days * DAY);
const EVERYONE = "00000000-0000-0000-0000-000000000001";

type Read = Awaited<ReturnType<WorkService["read"]>>;
type Person = TestMember & { readonly role: MemberRole; readonly kind: OrganisationKind };
type Scene = {
  readonly database: OwnedDatabase;
  readonly actors: TrustedActors;
  readonly person: (name: string, kind?: OrganisationKind, role?: MemberRole) => Promise<Person>;
  readonly read: (
    person: Person,
    more?: { readonly floor?: number; readonly verbs?: readonly Verb[]; readonly isToken?: boolean },
  ) => Promise<Read>;
  readonly put: (query: SqlQuery) => Promise<string>;
};

function scene(
  title: string,
  work: (scene: Scene) => Promise<void>,
  installation: WorkParts["installation"] = { hasAddress: true, hasMail: true },
): void {
  withTestDatabase(title, (database) =>
    withTrustedActors(database, async (actors) => {
      const notifications = createNotificationService({
        database,
        keys: actors.keys,
        hasMail: true,
        allowedPrivateHosts: [],
        clock: actors.clock,
      });
      const service = createWorkService({ database, notifications, installation, clock: actors.clock });
      await work({
        database,
        actors,
        put: async (query) => (await database.query<{ id: string } & Row>("keeper", query))[0]?.id ?? "",
        person: async (name, kind = "vendor", role = "administrator") => {
          const member = await actors.makeMember(await actors.makeOrganisation(name, kind), role);
          // Two administrators and a recovery code: nothing of the setting up is left.
          await actors.makeMember(member.organisation);
          await database.query(
            "keeper",
            sql`insert into recovery_code (person_id, digest, made_at) values (${member.person}, ${Buffer.alloc(32)}, ${at(0)})`,
          );
          return { ...member, role, kind };
        },
        read: ({ organisation, person, role, kind }, { floor = 1, verbs = verbsOf(role, kind), isToken = false } = {}) =>
          service.read({
            organisation,
            person,
            role,
            organisationKind: kind,
            verbs,
            floor,
            isToken,
            credential: randomUUID(),
            secondFactor: true,
            actor: actors.as({ organisation, person }, { floor }),
          }),
      });
    }),
  );
}

async function makeDraft({ put, database }: Scene, owner: Person, summary?: string): Promise<string> {
  const id = await put(
    sql`insert into confidential_record (organisation_id, kind, created_at) values (${owner.organisation}, 'draft-advisory', ${at(-3)}) returning id`,
  );
  await database.transaction("keeper", async (transaction) => {
    await transaction.run(sql`insert into draft_advisory (organisation_id, id, advisory_id, state, created_by, created_at)
      values (${owner.organisation}, ${id}, ${`SLA-${id}`}, 'open', ${owner.person}, ${at(-3)})`);
    await transaction.run(sql`insert into opening (organisation_id, record_id, circle_id, level, opened_by, opened_at)
      values (${owner.organisation}, ${id}, ${owner.organisation}, 1, 'owner', ${at(-3)})`);
    if (summary !== undefined)
      await transaction.run(sql`insert into draft_part (organisation_id, draft_id, revision, level, kind, body, author_organisation_id, author_person_id, written_at)
        values (${owner.organisation}, ${id}, 1, 3, 'summary', ${JSON.stringify({ text: summary })}, ${owner.organisation}, ${owner.person}, ${at(-3)})`);
  });
  return id;
}

async function open({ put }: Scene, owner: Person, draft: string, circle: string, level: DraftLevel): Promise<void> {
  await put(sql`insert into opening (organisation_id, record_id, circle_id, level, opened_by, opened_at)
    values (${owner.organisation}, ${draft}, ${circle}, ${levelNumber(level)}, 'hour', ${at(-1)})`);
}

async function makePlan(
  { put }: Scene,
  owner: Person,
  draft: string,
  state: "writing" | "agreed",
  consenters: readonly Person[] = [],
): Promise<void> {
  await put(
    sql`insert into release_plan (organisation_id, draft_id, state, revision) values (${owner.organisation}, ${draft}, ${state}, 1)`,
  );
  for (const { organisation } of consenters)
    await put(
      sql`insert into release_consenter (organisation_id, draft_id, consenter_organisation_id) values (${owner.organisation}, ${draft}, ${organisation})`,
    );
}

async function addStage(
  { put }: Scene,
  owner: Person,
  draft: string,
  more: { revision?: number; circle?: string; level: DraftLevel; opensAt: Date },
): Promise<string> {
  return put(sql`insert into release_stage (organisation_id, draft_id, revision, position, circle_id, level, opens_at, opens_zone) values (${owner.organisation},
    ${draft}, ${more.revision ?? 1}, 1, ${more.circle ?? null}, ${levelNumber(more.level)}, ${more.opensAt}, 'Europe/Berlin') returning id`);
}

async function makeCircle(
  { put }: Scene,
  owner: Person,
  members: readonly { readonly of: Person; readonly until?: Date }[],
  agreement = false,
): Promise<string> {
  const circle =
    await put(sql`insert into circle (organisation_id, name, purpose, agreement_text, agreement_sha256, needs_second_factor, needs_sponsor, members_listed, created_at)
    values (${owner.organisation}, 'Responders', 'x', ${agreement ? "text" : null}, ${agreement ? Buffer.alloc(32) : null}, false, false, false, ${at(-9)}) returning id`);
  for (const { of, until } of members)
    await put(sql`insert into circle_member (organisation_id, circle_id, member_organisation_id, admitted_at, admitted_by, expires_at)
      values (${owner.organisation}, ${circle}, ${of.organisation}, ${at(-9)}, ${owner.person}, ${until?.toISOString() ?? "infinity"}::timestamptz)`);
  return circle;
}

const kinds = ({ items }: Read): readonly string[] => items.map(({ kind }) => kind);

scene("nothing waits for whom nothing waits", async (stage) => {
  const person = await stage.person("Fennel", "operator");
  const { items, coming, unseen, nowMs } = await stage.read(person);
  assert.deepEqual([items, coming, unseen, nowMs], [[], [], [], TEST_NOW]);
});

scene("a change of a release plan waits for the consenter who sees the case and has not answered, and for nobody else", async (stage) => {
  const [owner, asked, reader, outside] = [
    await stage.person("Owner"),
    await stage.person("Asked"),
    await stage.person("Reader", "vendor", "reader"),
    await stage.person("Outside"),
  ];
  const draft = await makeDraft(stage, owner, "Heap overflow in halyard");
  await makePlan(stage, owner, draft, "agreed", [owner, asked, reader, outside]);
  for (const { organisation } of [asked, reader]) await open(stage, owner, draft, organisation, "case");
  await open(stage, owner, draft, outside.organisation, "fix");
  assert.deepEqual(kinds(await stage.read(asked)), []);
  await addStage(stage, owner, draft, { revision: 2, level: "public", opensAt: at(30) });
  await stage.put(
    sql`insert into draft_event (organisation_id, draft_id, level, kind, at) values (${owner.organisation}, ${draft}, 1, 'amendment-proposed', ${at(-2)})`,
  );
  assert.deepEqual((await stage.read(asked)).items, [
    {
      kind: "consent",
      id: `consent/${draft}/2`,
      draft: { id: draft, title: "Heap overflow in halyard" },
      who: "Owner",
      sinceMs: at(-2).getTime(),
    },
  ]);
  // A reader decides nothing, a mailed link shows no case, and an opening at fix shows no plan.
  assert.deepEqual(
    [kinds(await stage.read(reader)), kinds(await stage.read(asked, { floor: 4 })), kinds(await stage.read(outside))],
    [[], [], []],
  );
  await stage.put(sql`insert into release_consent (organisation_id, draft_id, revision, consenter_organisation_id, agrees, person_id, at)
    values (${owner.organisation}, ${draft}, 2, ${asked.organisation}, true, ${asked.person}, ${at(0)})`);
  assert.deepEqual(kinds(await stage.read(asked)), []);
});

scene("a hold is the holder's to lift and the others' to know", async (stage) => {
  const [owner, holder] = [await stage.person("Owner"), await stage.person("Holder")];
  const draft = await makeDraft(stage, owner);
  await makePlan(stage, owner, draft, "agreed");
  await open(stage, owner, draft, holder.organisation, "case");
  const hold =
    await stage.put(sql`insert into release_hold (organisation_id, draft_id, held_by_organisation_id, held_by_person_id, reason, held_at)
    values (${owner.organisation}, ${draft}, ${holder.organisation}, ${holder.person}, 'wait', ${at(-1)}) returning id`);
  const item = { id: `hold/${hold}`, draft: { id: draft, title: "a draft advisory" }, sinceMs: at(-1).getTime() };
  assert.deepEqual((await stage.read(holder)).items, [{ kind: "own-hold", ...item, who: "Holder" }]);
  assert.deepEqual(kinds(await stage.read(owner)), ["held"]);
  await stage.put(sql`update release_hold set lifted_at = ${at(0)}`);
  assert.deepEqual([kinds(await stage.read(holder)), kinds(await stage.read(owner))], [[], []]);
});

scene("the next 14 days show the stages of plans that one sees, and otherwise only the public hour", async (stage) => {
  const [owner, member, told] = [await stage.person("Owner"), await stage.person("Member"), await stage.person("Told", "operator")];
  const circle = await makeCircle(stage, owner, [{ of: member }]);
  const draft = await makeDraft(stage, owner);
  await makePlan(stage, owner, draft, "agreed");
  const first = await addStage(stage, owner, draft, { circle, level: "fix", opensAt: at(2) });
  const opened = await addStage(stage, owner, draft, { circle, level: "notice", opensAt: at(1) });
  const open_ = await addStage(stage, owner, draft, { level: "public", opensAt: at(14) });
  await addStage(stage, owner, draft, { circle, level: "build", opensAt: at(14.1) });
  await addStage(stage, owner, draft, { revision: 2, level: "public", opensAt: at(3) });
  await stage.put(
    sql`insert into opening (organisation_id, record_id, circle_id, level, stage_id, opened_by, opened_at) values (${owner.organisation}, ${draft}, ${circle}, 4, ${opened}, 'hour', ${at(-1)})`,
  );
  await open(stage, owner, draft, told.organisation, "notice");
  await stage.put(
    sql`insert into staged_date (organisation_id, draft_id, level, public_at, public_zone) values (${owner.organisation}, ${draft}, 4, ${at(14)}, 'UTC')`,
  );
  await stage.put(
    sql`insert into staged_package (organisation_id, draft_id, part_id, level, ecosystem, name) values (${owner.organisation}, ${draft}, ${randomUUID()}, 4, 'npm', 'halyard')`,
  );
  const titled = { draft: { id: draft, title: "halyard" } };
  assert.deepEqual((await stage.read(owner)).coming, [
    { id: first, kind: "opens", atMs: at(2).getTime(), ...titled, circle: { id: circle, name: "Responders" }, level: "fix" },
    { id: open_, kind: "public", atMs: at(14).getTime(), ...titled, level: "public" },
  ]);
  for (const person of [told, member])
    assert.deepEqual((await stage.read(person)).coming, [{ id: draft, kind: "public", atMs: at(14).getTime(), ...titled }]);
  assert.deepEqual((await stage.read(await stage.person("Outside"))).coming, []);
});

scene("a draft of one's own without an agreed plan waits for one", async (stage) => {
  const [owner, other] = [await stage.person("Owner"), await stage.person("Other")];
  const [bare, written, planned, shared] = [
    await makeDraft(stage, owner),
    await makeDraft(stage, owner),
    await makeDraft(stage, owner),
    await makeDraft(stage, other),
  ];
  await makePlan(stage, owner, written, "writing");
  await makePlan(stage, owner, planned, "agreed");
  await open(stage, other, shared, owner.organisation, "case");
  const waiting = (await stage.read(owner)).items.map(({ kind, draft }) => [kind, draft?.id]).toSorted();
  assert.deepEqual(
    waiting,
    [
      ["plan-missing", bare],
      ["plan-missing", written],
    ].toSorted(),
  );
});

scene("invitations, agreements and memberships that end wait for whoever may answer for the organisation", async (stage) => {
  const [owner, person] = [await stage.person("Owner", "coordinator"), await stage.person("Fennel", "operator")];
  const reader = { ...(await stage.actors.makeMember(person.organisation, "reader")), role: "reader", kind: "operator" } as const;
  await stage.put(sql`insert into recovery_code (person_id, digest, made_at) values (${reader.person}, ${Buffer.alloc(32)}, ${at(0)})`);
  const asked = await makeCircle(stage, owner, []);
  const unsigned = await makeCircle(stage, owner, [{ of: person }], true);
  const ending = await makeCircle(stage, owner, [{ of: person, until: at(5) }]);
  await makeCircle(stage, owner, [{ of: person, until: at(20) }]);
  for (const answerBy of [at(3)])
    await stage.put(sql`insert into invitation (organisation_id, circle_id, invited_organisation_id, invited_by, invited_at, answer_by) values (${owner.organisation},
      ${asked}, ${person.organisation}, ${owner.person}, ${at(-1)}, ${answerBy})`);
  const found = await stage.read(person);
  assert.deepEqual(
    found.items.map(({ kind, circle, who, dueMs }) => [kind, circle?.id, who, dueMs]),
    [
      ["invitation", asked, "Owner", at(3).getTime()],
      ["agreement", unsigned, "Owner", undefined],
      ["membership-ends", ending, "Owner", at(5).getTime()],
    ],
  );
  assert.deepEqual(
    found.coming.map(({ kind, atMs }) => [kind, atMs]),
    [
      ["answer-by", at(3).getTime()],
      ["membership-ends", at(5).getTime()],
    ],
  );
  assert.deepEqual(kinds(await stage.read(reader)), ["membership-ends"]);
  assert.deepEqual((await stage.read(owner)).items, []);
  stage.actors.setClock(at(3).getTime());
  assert.deepEqual(kinds(await stage.read(person)), ["agreement", "membership-ends"]);
});

scene("what a desk asks of a lab waits for whoever may answer, until it is answered or over", async (stage) => {
  const [lab, desk] = [await stage.person("Example Lab", "lab"), await stage.person("Harbour desk", "agency")];
  const reader = { ...(await stage.actors.makeMember(lab.organisation, "reader")), role: "reader", kind: "lab" } as const;
  await stage.put(sql`insert into recovery_code (person_id, digest, made_at) values (${reader.person}, ${Buffer.alloc(32)}, ${at(0)})`);
  const enrolment =
    await stage.put(sql`insert into enrolment (organisation_id, desk_organisation_id, name, wire, custody, partner_release_at, partner_release_zone,
      terms, created_by, created_at) values (${lab.organisation}, ${desk.organisation}, 'large-2', 'openai', 'here', ${at(30)}, 'UTC', '{}', ${lab.person}, ${at(-9)}) returning id`);
  const request =
    await stage.put(sql`insert into access_request (organisation_id, enrolment_id, desk_organisation_id, kind, for_organisation_id, words, asked_by, asked_at)
      values (${lab.organisation}, ${enrolment}, ${desk.organisation}, 'grant', ${desk.organisation}, 'Please.', ${desk.person}, ${at(-1)}) returning id`);
  const item = { kind: "access-request", id: `access-request/${request}`, model: { id: enrolment, name: "large-2" } };
  assert.deepEqual((await stage.read(lab)).items, [{ ...item, who: "Harbour desk", sinceMs: at(-1).getTime() }]);
  assert.deepEqual([kinds(await stage.read(reader)), kinds(await stage.read(desk))], [[], []]);
  await stage.put(sql`update enrolment set withdrawn_at = ${at(0)}`);
  assert.deepEqual(kinds(await stage.read(lab)), []);
  await stage.put(sql`update enrolment set withdrawn_at = null`);
  await stage.put(sql`update access_request set answered_at = ${at(0)}, answered_by = ${lab.person}, outcome = 'declined'`);
  assert.deepEqual(kinds(await stage.read(lab)), []);
});

scene("a token of one's own that ends soon, failed deliveries and what one was told wait too", async (stage) => {
  const person = await stage.person("Fennel", "operator");
  const other = await stage.actors.makeMember(person.organisation);
  for (const [owner, name, days] of [
    [person.person, "ci", 3],
    [person.person, "later", 20],
    [other.person, "theirs", 3],
  ] as const)
    await stage.put(sql`insert into access_token (organisation_id, person_id, digest, name, verbs, floor, second_factor, issued_by, issued_at, expires_at) values
      (${person.organisation}, ${owner}, ${Buffer.alloc(32, name)}, ${name}, array['scan'], 1, false, ${owner}, ${at(-1)}, ${at(days)})`);
  const notification = await stage.put(
    sql`insert into notification (organisation_id, kind, level, at) values (${person.organisation}, 'circle-invitation', 5, ${at(0)}) returning id`,
  );
  await stage.put(
    sql`insert into delivery (organisation_id, notification_id, person_id, state, next_at, tried_at) values (${person.organisation}, ${notification}, ${person.person}, 'failed', ${at(-1)}, ${at(-1)})`,
  );
  await stage.put(
    sql`insert into delivery (organisation_id, notification_id, person_id, state, next_at, tried_at) values (${person.organisation}, ${notification}, ${other.person}, 'failed', ${at(-1)}, ${at(-1)})`,
  );
  const { items, unseen } = await stage.read(person);
  assert.deepEqual(
    items.map(({ kind, name, count, dueMs }) => [kind, name ?? count, dueMs]),
    [
      ["delivery-failed", 1, undefined],
      ["token-ends", "ci", at(3).getTime()],
    ],
  );
  assert.deepEqual(
    unseen.map(({ id }) => id),
    [notification],
  );
  assert.deepEqual(await stage.read(person, { verbs: ["scan"], isToken: true }), {
    nowMs: TEST_NOW,
    items: [],
    coming: [],
    unseen: [],
    hasMoreUnseen: false,
  });
});

scene(
  "the first administrator is led through the setting up, and nobody else",
  async (stage) => {
    const organisation = await stage.actors.makeOrganisation("Harbour desk", "coordinator");
    const first = { ...(await stage.actors.makeMember(organisation)), role: "administrator", kind: "coordinator" } as const;
    const all = ["second-way-in", "setup-administrator", "setup-address", "setup-mail", "setup-circle"];
    assert.deepEqual(kinds(await stage.read(first)), all);
    assert.deepEqual(kinds(await stage.read(first, { isToken: true })), []);
    await stage.put(sql`insert into recovery_code (person_id, digest, made_at) values (${first.person}, ${Buffer.alloc(32)}, ${at(0)})`);
    await stage.actors.makeMember(organisation);
    await makeCircle(stage, first, []);
    assert.deepEqual(kinds(await stage.read(first)), ["setup-address", "setup-mail"]);
    assert.deepEqual(kinds(await stage.read(await stage.person("Fennel", "operator"))), []);
  },
  { hasAddress: false, hasMail: false },
);

scene("everyone's circle brings what was opened to everyone", async (stage) => {
  const [owner, person] = [await stage.person("Owner"), await stage.person("Fennel", "operator")];
  const draft = await makeDraft(stage, owner);
  await open(stage, owner, draft, EVERYONE, "notice");
  await stage.put(
    sql`insert into staged_date (organisation_id, draft_id, level, public_at, public_zone) values (${owner.organisation}, ${draft}, 4, ${at(1)}, 'UTC')`,
  );
  assert.deepEqual(
    (await stage.read(person)).coming.map(({ kind, draft: named }) => [kind, named?.title]),
    [["public", "a draft advisory"]],
  );
});
