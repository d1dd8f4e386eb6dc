import type { Transaction } from "../database/database.ts";
import { sql, type SqlQuery } from "../database/sql.ts";
import type { NamePosition } from "../list-page.ts";

/** A circle as the actor sees it, with its own organisation's newest membership. `expires_at` is null where it never ends. */
export type CircleRow = {
  readonly organisation_id: string;
  readonly owner_name: string | null;
  readonly id: string;
  readonly name: string;
  readonly purpose: string;
  readonly agreement_text: string | null;
  readonly agreement_sha256: Uint8Array | null;
  readonly needs_second_factor: boolean;
  readonly needs_sponsor: boolean;
  readonly members_listed: boolean;
  readonly longest_days: number | null;
  readonly created_at: Date;
  readonly closed_at: Date | null;
  readonly membership_id: string | null;
  readonly admitted_at: Date | null;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
  readonly revoked_reason: string | null;
  readonly signed_at: Date | null;
  readonly invitation_id: string | null;
};

export type CircleContent = {
  readonly name: string;
  readonly purpose: string;
  readonly agreement: string | undefined;
  readonly needsSecondFactor: boolean;
  readonly needsSponsor: boolean;
  readonly membersListed: boolean;
  readonly longestDays: number | undefined;
};

/** Those that the organisation owns, is or was in, or may answer an invitation to, from its own side of each. */
export async function readCircles(
  transaction: Transaction,
  own: string,
  after: NamePosition | undefined,
  limit: number,
): Promise<readonly CircleRow[]> {
  const behind = after === undefined ? sql`true` : sql`(c.name, c.id) > (${after.name}, ${after.id}::uuid)`;
  return transaction.query<CircleRow>(
    sql`with known as (
          select organisation_id, id from circle where organisation_id = ${own}
          union select organisation_id, circle_id from circle_member where member_organisation_id = ${own}
          union select organisation_id, circle_id from invitation where invited_organisation_id = ${own} and ${answerable})
        ${selectCircles(own)}
        join known k on k.organisation_id = c.organisation_id and k.id = c.id
        ${ownSide(own)}
        where ${behind} order by c.name, c.id limit ${limit}`,
  );
}

export async function findCircle(transaction: Transaction, own: string, id: string): Promise<CircleRow | undefined> {
  const [row] = await transaction.query<CircleRow>(sql`${selectCircles(own)} ${ownSide(own)} where c.id = ${id}`);
  return row;
}

/** Keeps a circle of the actor's own organisation as it is until the transaction ends. False when it has none like that. */
export async function lockCircle(transaction: Transaction, own: string, id: string): Promise<boolean> {
  const rows = await transaction.query(
    sql`select id from circle where organisation_id = ${own} and id = ${id} and closed_at is null for update`,
  );
  return rows.length === 1;
}

export async function insertCircle(
  transaction: Transaction,
  own: string,
  content: CircleContent,
  atMs: number,
): Promise<string | undefined> {
  const text = content.agreement ?? null;
  const [row] = await transaction.query<{ id: string }>(
    sql`insert into circle (organisation_id, name, purpose, agreement_text, agreement_sha256, needs_second_factor, needs_sponsor,
          members_listed, longest_days, created_at)
        values (${own}, ${content.name}, ${content.purpose}, ${text}, ${digestOf(text)}, ${content.needsSecondFactor},
          ${content.needsSponsor}, ${content.membersListed}, ${content.longestDays ?? null}, ${new Date(atMs)})
        returning id`,
  );
  return row?.id;
}

export async function updateCircle(transaction: Transaction, own: string, id: string, content: CircleContent): Promise<void> {
  const text = content.agreement ?? null;
  await transaction.run(
    sql`update circle set name = ${content.name}, purpose = ${content.purpose}, agreement_text = ${text},
          agreement_sha256 = ${digestOf(text)}, needs_second_factor = ${content.needsSecondFactor},
          needs_sponsor = ${content.needsSponsor}, members_listed = ${content.membersListed}, longest_days = ${content.longestDays ?? null}
        where organisation_id = ${own} and id = ${id}`,
  );
}

export async function endCircle(transaction: Transaction, own: string, id: string, atMs: number): Promise<void> {
  await transaction.run(sql`update circle set closed_at = ${new Date(atMs)} where organisation_id = ${own} and id = ${id}`);
}

export async function insertVetting(
  transaction: Transaction,
  own: string,
  vetting: { readonly circle: string; readonly organisation: string; readonly note: string; readonly by: string; readonly atMs: number },
): Promise<void> {
  await transaction.run(
    sql`insert into circle_vetting (organisation_id, circle_id, vetted_organisation_id, note, written_by, written_at)
        values (${own}, ${vetting.circle}, ${vetting.organisation}, ${vetting.note}, ${vetting.by}, ${new Date(vetting.atMs)})`,
  );
}

/** Of an invitation, at the actor's clock. */
export const answerable: SqlQuery = sql`state = 'open' and (select actor_clock()) < answer_by`;

function digestOf(text: string | null): SqlQuery {
  return sql`sha256(convert_to(${text}::text, 'UTF8'))`;
}

function selectCircles(own: string): SqlQuery {
  return sql`select c.organisation_id, o.name as owner_name, c.id, c.name, c.purpose, c.agreement_text, c.agreement_sha256, c.needs_second_factor,
      c.needs_sponsor, c.members_listed, c.longest_days, c.created_at, c.closed_at,
      m.id as membership_id, m.admitted_at, nullif(m.expires_at, 'infinity') as expires_at, m.revoked_at, m.revoked_reason, s.signed_at,
      (select i.id from invitation i where i.organisation_id = c.organisation_id and i.circle_id = c.id
        and i.invited_organisation_id = ${own} and c.closed_at is null and ${answerable}) as invitation_id
    from circle c`;
}

function ownSide(own: string): SqlQuery {
  return sql`left join organisation o on o.id = c.organisation_id
    left join lateral (
      select * from circle_member where organisation_id = c.organisation_id and circle_id = c.id and member_organisation_id = ${own}
      order by revoked_at is not null, admitted_at desc limit 1) m on true
    left join circle_signature s on s.organisation_id = c.organisation_id and s.circle_id = c.id
      and s.member_organisation_id = ${own} and s.agreement_sha256 = c.agreement_sha256`;
}
