import assert from "node:assert/strict";
import { withTestDatabase } from "../../../tests/database/test-database.ts";
import { TEST_NOW, type TestMember, type TrustedActors, withTrustedActors } from "../../../tests/support/trusted-actors.ts";
import type { Actor, OwnedDatabase, Row } from "../database/database.ts";
import { sql, type SqlQuery } from "../database/sql.ts";
import { isStatementError } from "../database/statement-error.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const at = new Date(TEST_NOW);
const inDays = (days: number): Date => new Date(TEST_NOW + days * DAY_MS);

type Scene = {
  readonly database: OwnedDatabase;
  readonly actors: TrustedActors;
  readonly owner: TestMember;
  readonly invited: TestMember;
  /** An editor beside the invited organisation's administrator. */
  readonly editor: TestMember;
  readonly stranger: TestMember;
  readonly circle: string;
};

/** What statements can do that got past every service: only the policies stand before these. */
function scene(title: string, work: (scene: Scene) => Promise<void>): void {
  withTestDatabase(title, (database) =>
    withTrustedActors(database, async (actors) => {
      const owner = await actors.makeMember(await actors.makeOrganisation("Owner"));
      const organisation = await actors.makeOrganisation("Invited");
      const [invited, editor] = [await actors.makeMember(organisation), await actors.makeMember(organisation, "editor")];
      const stranger = await actors.makeMember(await actors.makeOrganisation("Stranger"));
      const circle = await idOf(
        database,
        actors.as(owner),
        sql`insert into circle (organisation_id, name, purpose, agreement_text, agreement_sha256, needs_second_factor, needs_sponsor, members_listed,
              longest_days, created_at)
            values (${owner.organisation}, 'Fixers', 'x', 'a', sha256('a'), false, true, true, 30, ${at}) returning id`,
      );
      await work({ database, actors, owner, invited, editor, stranger, circle });
    }),
  );
}

async function idOf(database: OwnedDatabase, actor: Actor, query: SqlQuery): Promise<string> {
  const [row] = await database.query<{ id: string } & Row>(actor, query);
  return row?.id ?? "";
}

type Offer = {
  readonly by?: TestMember;
  readonly sponsor?: string | null;
  readonly until?: Date;
  readonly invitedAt?: Date;
  readonly owner?: string;
};

function offer({ owner, invited, circle }: Scene, more: Offer = {}): SqlQuery {
  const { by = owner, sponsor = owner.organisation, until = inDays(30), invitedAt = at } = more;
  return sql`insert into invitation (organisation_id, circle_id, invited_organisation_id, invited_by, invited_at, answer_by, member_until, sponsor_organisation_id)
    values (${more.owner ?? owner.organisation}, ${circle}, ${invited.organisation}, ${by.person}, ${invitedAt}, ${inDays(14)}, ${until}, ${sponsor}) returning id`;
}

type Joining = {
  readonly invitation: string;
  readonly member?: TestMember;
  readonly until?: Date;
  readonly sponsor?: string;
  readonly admittedAt?: Date;
};

function join(
  { owner, invited, circle }: Scene,
  { invitation, member = invited, until = inDays(30), sponsor = owner.organisation, admittedAt = at }: Joining,
): SqlQuery {
  return sql`insert into circle_member (organisation_id, circle_id, member_organisation_id, admitted_at, admitted_by, expires_at, sponsor_organisation_id, invitation_id)
    values (${owner.organisation}, ${circle}, ${member.organisation}, ${admittedAt}, ${owner.person}, ${until}, ${sponsor}, ${invitation === "" ? null : invitation})`;
}

const accept = (invitation: string, by: TestMember): SqlQuery =>
  sql`update invitation set state = 'accepted', answered_by = ${by.person}, answered_at = ${at} where id = ${invitation}`;

const denied = (error: unknown): boolean => isStatementError(error, "42501");

scene("an invitation is written by the owner's administrator, in its own name, now, within the circle's conditions", async (all) => {
  const { database, actors, owner, invited, stranger } = all;
  const ownEditor = await actors.makeMember(owner.organisation, "editor");
  const refusals: readonly (readonly [string, TestMember, SqlQuery])[] = [
    ["by another organisation", stranger, offer(all, { by: stranger })],
    ["by another organisation as its own", stranger, offer(all, { by: stranger, owner: stranger.organisation })],
    ["by an editor", ownEditor, offer(all, { by: ownEditor })],
    ["in another's name", owner, offer(all, { by: invited })],
    ["in the past", owner, offer(all, { invitedAt: inDays(-1) })],
    ["longer than the circle allows", owner, offer(all, { until: inDays(31) })],
    ["without a sponsor", owner, offer(all, { sponsor: null })],
    ["with a sponsor outside", owner, offer(all, { sponsor: stranger.organisation })],
  ];
  for (const [what, member, query] of refusals) await assert.rejects(database.query(actors.as(member), query), denied, what);
  await assert.rejects(
    database.query(actors.as(owner), offer(all, { sponsor: invited.organisation })),
    (error) => isStatementError(error, "42501", "23514"),
    "its own sponsor",
  );
  assert.notEqual(await idOf(database, actors.as(owner), offer(all)), "");
});

scene("a membership follows from an invitation that its own administrator has just accepted, and says what that said", async (all) => {
  const { database, actors, owner, invited, editor, stranger, circle } = all;
  const invitation = await idOf(database, actors.as(owner), offer(all));
  const attempt = (
    member: TestMember,
    answered: boolean,
    joining: Omit<Joining, "invitation"> & { readonly none?: boolean },
  ): Promise<void> =>
    database.transaction(actors.as(member), async (transaction) => {
      if (answered) await transaction.run(accept(invitation, member));
      await transaction.run(join(all, { invitation, ...joining, ...(joining.none === true ? { invitation: "" } : {}) }));
    });
  await assert.rejects(attempt(owner, false, {}), denied, "the owner puts somebody in");
  await assert.rejects(attempt(owner, false, { member: owner, none: true }), denied, "the owner puts itself in");
  await assert.rejects(attempt(invited, false, {}), denied, "not accepted");
  await assert.rejects(attempt(invited, false, { none: true }), denied, "no invitation");
  await assert.rejects(attempt(editor, true, {}), denied, "an editor");
  await assert.rejects(attempt(stranger, true, { member: stranger }), denied, "another organisation");
  await assert.rejects(attempt(invited, true, { until: inDays(60) }), denied, "a later end");
  await assert.rejects(attempt(invited, true, { sponsor: stranger.organisation }), denied, "another sponsor");
  await assert.rejects(attempt(invited, true, { admittedAt: inDays(-10) }), denied, "since before");
  await attempt(invited, true, {});
  await assert.rejects(attempt(invited, false, {}), (error) => isStatementError(error, "23505"), "twice");
  const counted = await database.query(actors.as(invited), sql`select 1 as one where ${circle}::uuid = any (circles())`);
  assert.equal(counted.length, 0, "nothing is seen before the agreement is signed");
});

scene("an answer is the invited administrator's, once, in time; an end is final", async (all) => {
  const { database, actors, owner, invited, editor, stranger } = all;
  const invitation = await idOf(database, actors.as(owner), offer(all));
  const set = (state: string, by: TestMember): SqlQuery =>
    sql`update invitation set state = ${state}, answered_by = ${by.person}, answered_at = ${at} where id = ${invitation} returning id`;
  const touched = async (member: TestMember, query: SqlQuery): Promise<number> => (await database.query(actors.as(member), query)).length;
  assert.equal(await touched(stranger, set("accepted", stranger)), 0);
  assert.equal(await touched(editor, set("accepted", editor)), 0);
  await assert.rejects(touched(owner, set("accepted", owner)), denied);
  await assert.rejects(touched(invited, set("withdrawn", invited)), denied);
  await assert.rejects(touched(invited, set("accepted", editor)), denied, "in another's name");
  await assert.rejects(touched(invited, sql`update invitation set member_until = 'infinity' where id = ${invitation}`), denied);
  actors.setClock(TEST_NOW + 14 * DAY_MS);
  assert.equal(await touched(invited, set("declined", invited)), 0, "too late");
  actors.setClock(TEST_NOW);
  await database.transaction(actors.as(invited), async (transaction) => {
    await transaction.run(accept(invitation, invited));
    await transaction.run(join(all, { invitation }));
  });
  assert.equal(await touched(invited, set("declined", invited)), 0);
  const end = (by: TestMember): SqlQuery =>
    sql`update circle_member set revoked_at = ${at}, revoked_by = ${by.person}, revoked_reason = 'x' where invitation_id = ${invitation} returning id`;
  assert.equal(await touched(stranger, end(stranger)), 0);
  assert.equal(await touched(editor, end(editor)), 0);
  assert.equal(await touched(owner, end(owner)), 1);
  const again = sql`update circle_member set revoked_at = null where invitation_id = ${invitation} returning id`;
  for (const member of [owner, invited]) assert.equal(await touched(member, again), 0);
});

scene("nobody but the owner and the invited sees an invitation; vetting is the owner's alone", async (all) => {
  const { database, actors, owner, invited, editor, stranger, circle } = all;
  await database.query(actors.as(owner), offer(all));
  await database.query(
    actors.as(owner),
    sql`insert into circle_vetting (organisation_id, circle_id, vetted_organisation_id, note, written_by, written_at)
        values (${owner.organisation}, ${circle}, ${invited.organisation}, 'found', ${owner.person}, ${at})`,
  );
  const auditor = await actors.makeMember(owner.organisation, "auditor");
  const ownEditor = await actors.makeMember(owner.organisation, "editor");
  const seen = async (member: TestMember): Promise<readonly number[]> =>
    Promise.all(
      [
        sql`select id from invitation`,
        sql`select id from circle_vetting`,
        sql`select id from circle`,
        sql`select id from organisation`,
      ].map(async (query) => (await database.query(actors.as(member), query)).length),
    );
  assert.deepEqual(await seen(owner), [1, 1, 1, 1], "whom it invited is not known by name");
  assert.deepEqual(await seen(auditor), [1, 1, 1, 1]);
  assert.deepEqual(await seen(ownEditor), [1, 0, 1, 1]);
  for (const member of [invited, editor]) assert.deepEqual(await seen(member), [1, 0, 1, 2], "it sees who asks, and into what");
  assert.deepEqual(await seen(stranger), [0, 0, 0, 1]);
});
