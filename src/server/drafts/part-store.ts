import { type DraftKey, PART_KINDS, type PartBody, type PartKind } from "../../vocabulary/draft-advisory.ts";
import { invariant } from "../../vocabulary/invariant.ts";
import { type DraftLevel, levelNumber, levelOf } from "../../vocabulary/level.ts";
import type { Transaction } from "../database/database.ts";
import { sql, type SqlQuery } from "../database/sql.ts";

/** One revision of a part as an actor sees it. */
export type DraftPart = {
  readonly part: string;
  readonly kind: PartKind;
  readonly level: DraftLevel;
  readonly revision: number;
  /** Undefined for research. */
  readonly body: PartBody["body"] | undefined;
  readonly author: { readonly organisation: string; readonly name: string | undefined };
  /** Written by the actor's organisation. */
  readonly isMine: boolean;
  readonly writtenAtMs: number;
  readonly replacedAtMs: number | undefined;
};

/** Parts in force at levels that the actor sees, in the order in which they were first written. */
export async function readParts(transaction: Transaction, { organisation, draft }: DraftKey): Promise<readonly DraftPart[]> {
  const rows = await transaction.query<PartRow>(
    sql`select p.part_id, p.kind, p.level, p.revision, p.body, p.author_organisation_id, g.name as author_name,
          p.author_organisation_id = (select actor_organisation()) as is_mine, p.written_at, p.replaced_at
        from draft_part p left join organisation g on g.id = p.author_organisation_id
        where p.organisation_id = ${organisation} and p.draft_id = ${draft} and p.replaced_at is null
        order by p.written_at, p.part_id`,
  );
  return rows.map(toPart);
}

/** The part's revision in force; undefined = there is none that the actor sees. */
export async function findPart(transaction: Transaction, { organisation, draft }: DraftKey, part: string): Promise<DraftPart | undefined> {
  const rows = await transaction.query<PartRow>(
    sql`select p.part_id, p.kind, p.level, p.revision, p.body, p.author_organisation_id, g.name as author_name,
          p.author_organisation_id = (select actor_organisation()) as is_mine, p.written_at, p.replaced_at
        from draft_part p left join organisation g on g.id = p.author_organisation_id
        where p.organisation_id = ${organisation} and p.draft_id = ${draft} and p.part_id = ${part} and p.replaced_at is null`,
  );
  return rows[0] === undefined ? undefined : toPart(rows[0]);
}

/** All revisions, newest first. */
export async function readRevisions(
  transaction: Transaction,
  { organisation, draft }: DraftKey,
  part: string,
): Promise<readonly DraftPart[]> {
  const rows = await transaction.query<PartRow>(
    sql`select p.part_id, p.kind, p.level, p.revision, p.body, p.author_organisation_id, g.name as author_name,
          p.author_organisation_id = (select actor_organisation()) as is_mine, p.written_at, p.replaced_at
        from draft_part p left join organisation g on g.id = p.author_organisation_id
        where p.organisation_id = ${organisation} and p.draft_id = ${draft} and p.part_id = ${part}
        order by p.revision desc`,
  );
  return rows.map(toPart);
}

export type PartCounts = { readonly inForce: number; readonly revisions: number };

/** For whoever sees the case, and so every part. */
export async function countParts(transaction: Transaction, { organisation, draft }: DraftKey): Promise<PartCounts> {
  const rows = await transaction.query<{ in_force: number; revisions: number }>(
    sql`select count(*) filter (where replaced_at is null) as in_force, count(*) as revisions
        from draft_part where organisation_id = ${organisation} and draft_id = ${draft}`,
  );
  return { inForce: rows[0]?.in_force ?? 0, revisions: rows[0]?.revisions ?? 0 };
}

export type NewRevision = { readonly part: string; readonly id: string; readonly revision: number; readonly level: DraftLevel } & PartBody;

/** Revisions, in the actor's own name, a microsecond apart so that they keep their order. Research goes to its own table, which nobody reads but through `read_research()`. */
export function revisionStatements({ organisation, draft }: DraftKey, parts: readonly NewRevision[]): readonly SqlQuery[] {
  const write = sql`insert into draft_part (organisation_id, draft_id, part_id, id, revision, level, kind, body, author_organisation_id, author_person_id, written_at)
      select ${organisation}, ${draft}, n.part, n.id, n.revision, n.level, n.kind, n.body, (select actor_organisation()), (select actor_person()),
        (select actor_clock()) + n.place * interval '1 microsecond'
      from unnest(${parts.map(({ part }) => part)}::uuid[], ${parts.map(({ id }) => id)}::uuid[], ${parts.map(({ revision }) => revision)}::integer[],
        ${parts.map(({ level }) => levelNumber(level))}::smallint[], ${parts.map(({ kind }) => kind)}::text[],
        ${parts.map((part) => (part.kind === "research" ? null : JSON.stringify(part.body)))}::text[]) with ordinality as n (part, id, revision, level, kind, body, place)`;
  const research = parts.flatMap((part) => (part.kind === "research" ? [{ id: part.id, text: part.body.text }] : []));
  if (research.length === 0) return [write];
  return [
    write,
    sql`insert into draft_research (organisation_id, draft_id, id, body)
        select ${organisation}, ${draft}, n.id, n.text
        from unnest(${research.map(({ id }) => id)}::uuid[], ${research.map(({ text }) => text)}::text[]) as n (id, text)`,
  ];
}

/** Ends a revision. False = it is not in force any more. */
export async function endRevision(
  transaction: Transaction,
  { organisation, draft }: DraftKey,
  part: string,
  revision: number,
): Promise<boolean> {
  const changed = await transaction.run(
    sql`update draft_part set replaced_at = actor_clock()
        where organisation_id = ${organisation} and draft_id = ${draft} and part_id = ${part} and revision = ${revision} and replaced_at is null`,
  );
  return changed === 1;
}

/** Writes down that the actor reads it, then shows it; undefined = nothing that the actor may read. */
export async function readResearch(
  transaction: Transaction,
  { organisation, draft }: DraftKey,
  part: string,
): Promise<{ readonly text: string; readonly revision: number } | undefined> {
  const rows = await transaction.query<{ body: string; revision: number }>(
    sql`select r.body, r.revision from read_research(${organisation}, ${draft}, ${part}) r`,
  );
  return rows[0] === undefined ? undefined : { text: rows[0].body, revision: rows[0].revision };
}

/** Writes down that the actor was shown parts of a draft, the most confidential of them at `level`. */
export async function writeReadEvent(transaction: Transaction, { organisation, draft }: DraftKey, level: DraftLevel): Promise<void> {
  await transaction.run(
    sql`insert into read_event (organisation_id, draft_id, level, reader_organisation_id, reader_person_id, session_id, at)
        values (${organisation}, ${draft}, ${levelNumber(level)}, actor_organisation(), actor_person(), nullif((actor_claims())[4], '')::uuid, actor_clock())`,
  );
}

/** The same for a list, in one statement. */
export async function writeReadEvents(
  transaction: Transaction,
  reads: readonly { readonly key: DraftKey; readonly level: DraftLevel }[],
): Promise<void> {
  if (reads.length === 0) return;
  await transaction.run(
    sql`insert into read_event (organisation_id, draft_id, level, reader_organisation_id, reader_person_id, session_id, at)
        select shown.organisation, shown.draft, shown.level, (select actor_organisation()), (select actor_person()),
          (select nullif((actor_claims())[4], '')::uuid), (select actor_clock())
        from unnest(${reads.map(({ key }) => key.organisation)}::uuid[], ${reads.map(({ key }) => key.draft)}::uuid[],
          ${reads.map(({ level }) => levelNumber(level))}::smallint[]) as shown (organisation, draft, level)`,
  );
}

type PartRow = {
  readonly part_id: string;
  readonly kind: string;
  readonly level: number;
  readonly revision: number;
  readonly body: string | null;
  readonly author_organisation_id: string;
  readonly author_name: string | null;
  readonly is_mine: boolean;
  readonly written_at: Date;
  readonly replaced_at: Date | null;
};

function toPart(row: PartRow): DraftPart {
  const kind = PART_KINDS.find((one) => one === row.kind);
  invariant(kind !== undefined, `a part of kind ${row.kind} is none`);
  return {
    part: row.part_id,
    kind,
    level: levelOf(row.level),
    revision: row.revision,
    body: row.body === null ? undefined : (JSON.parse(row.body) as PartBody["body"]),
    author: { organisation: row.author_organisation_id, name: row.author_name ?? undefined },
    isMine: row.is_mine,
    writtenAtMs: row.written_at.getTime(),
    replacedAtMs: row.replaced_at?.getTime(),
  };
}
