import type { UpperBoundKind } from "../../matching/interval.ts";
import type { DraftKey, PatchBody } from "../../vocabulary/draft-advisory.ts";
import type { Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";

/** What is looked up: a package by one of the names its ecosystem goes by; `key` is undefined where the version has none. */
export type StagedQuestion = {
  /** The number of the component that is asked about. */
  readonly number: number;
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string | undefined;
  readonly key: Uint8Array | undefined;
};

/** A range of a draft that holds a component. */
export type StagedHit = {
  readonly number: number;
  readonly organisation_id: string;
  readonly draft_id: string;
  readonly lo_text: string;
  readonly hi_text: string | null;
  readonly hi_kind: UpperBoundKind;
};

/** A draft about a component's package, at a level that the actor may see. */
export type StagedMention = {
  readonly number: number;
  readonly organisation_id: string;
  readonly draft_id: string;
  readonly level: number;
  readonly is_listed: boolean;
  readonly set_aside: readonly string[];
};

export type StagedFacts = {
  readonly draft_id: string;
  readonly advisory_id: string;
  readonly public_at: Date | null;
  readonly public_zone: string | null;
  readonly summary: string | null;
};

export type StagedPatch = { readonly draft_id: string; readonly body: PatchBody };

/**
 * What the drafts that the actor may see say of the packages. The join is by equality of ecosystem and name, from the questions' side; the tables' own
 * policies decide which rows there are.
 */
export async function matchStagedRows(
  transaction: Transaction,
  questions: readonly StagedQuestion[],
): Promise<{ readonly hits: readonly StagedHit[]; readonly mentions: readonly StagedMention[] }> {
  const keyed = questions.filter(({ key }) => key !== undefined);
  const [hits = [], mentions = []] = await transaction.queryAll([
    sql`select q.number, i.organisation_id, i.draft_id, i.lo_text, i.hi_text, i.hi_kind
        from unnest(${keyed.map(({ number }) => number)}::int[], ${keyed.map(({ ecosystem }) => ecosystem)}::text[], ${keyed.map(({ name }) => name)}::text[],
          ${keyed.map(({ key }) => key ?? new Uint8Array())}::bytea[]) as q (number, ecosystem, name, key)
        join staged_interval i on i.ecosystem = q.ecosystem and i.name = q.name and i.lo <= q.key and q.key < i.hi`,
    sql`select q.number, p.organisation_id, p.draft_id, p.level, coalesce(q.version = any (p.texts), false) as is_listed, p.set_aside
        from unnest(${questions.map(({ number }) => number)}::int[], ${questions.map(({ ecosystem }) => ecosystem)}::text[],
          ${questions.map(({ name }) => name)}::text[], ${questions.map(({ version }) => version ?? "")}::text[]) as q (number, ecosystem, name, version)
        join staged_package p on p.ecosystem = q.ecosystem and p.name = q.name`,
  ]);
  return { hits: hits as readonly StagedHit[], mentions: mentions as readonly StagedMention[] };
}

/** What the actor may know of these drafts: those that are no longer open are left out. */
export async function readStagedFacts(
  transaction: Transaction,
  drafts: readonly DraftKey[],
): Promise<{ readonly facts: readonly StagedFacts[]; readonly patches: readonly StagedPatch[] }> {
  const keys = sql`unnest(${drafts.map(({ organisation }) => organisation)}::uuid[], ${drafts.map(({ draft }) => draft)}::uuid[]) as k (organisation_id, draft_id)`;
  const [facts = [], patches = []] = await transaction.queryAll([
    sql`select k.draft_id, d.advisory_id, t.public_at, t.public_zone,
          (select string_agg(p.body::json ->> 'text', ' ') from draft_part p
            where p.organisation_id = k.organisation_id and p.draft_id = k.draft_id and p.kind = 'summary' and p.replaced_at is null) as summary
        from ${keys} join draft_advisory d on d.organisation_id = k.organisation_id and d.id = k.draft_id and d.state = 'open'
        left join staged_date t on t.organisation_id = k.organisation_id and t.draft_id = k.draft_id`,
    sql`select k.draft_id, p.body from ${keys} join draft_part p on p.organisation_id = k.organisation_id and p.draft_id = k.draft_id
        where p.kind = 'patch' and p.replaced_at is null order by p.written_at, p.id`,
  ]);
  return {
    facts: facts as readonly StagedFacts[],
    patches: (patches as readonly { readonly draft_id: string; readonly body: string }[]).map(({ draft_id, body }) => ({
      draft_id,
      body: JSON.parse(body) as PatchBody,
    })),
  };
}

export type StagedReading = DraftKey & { readonly level: number };

/** Into the read-in register, once an hour for a draft, a credential and a level; an owner that reads its own is not read in. */
export async function writeReadings(
  transaction: Transaction,
  readings: readonly StagedReading[],
  reader: { readonly organisation: string; readonly person: string; readonly credential: string; readonly atMs: number },
): Promise<void> {
  const others = readings.filter(({ organisation }) => organisation !== reader.organisation);
  if (others.length === 0) return;
  const at = new Date(reader.atMs);
  await transaction.run(
    sql`insert into read_event (organisation_id, draft_id, level, reader_organisation_id, reader_person_id, session_id, at)
        select k.organisation_id, k.draft_id, k.level, ${reader.organisation}, ${reader.person}, ${reader.credential}, ${at}
        from unnest(${others.map(({ organisation }) => organisation)}::uuid[], ${others.map(({ draft }) => draft)}::uuid[],
          ${others.map(({ level }) => level)}::smallint[]) as k (organisation_id, draft_id, level)
        where not exists (
          select from read_event e where e.reader_organisation_id = ${reader.organisation} and e.reader_person_id = ${reader.person}
            and e.organisation_id = k.organisation_id and e.draft_id = k.draft_id and e.level = k.level and e.session_id = ${reader.credential}
            and e.at > ${at}::timestamptz - interval '1 hour')`,
  );
}
