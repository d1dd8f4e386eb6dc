import type { OwnedDatabase } from "../../src/server/database/database.ts";

export const PARTS = 1_000_000;
const ORGANISATIONS = 1_000;
const CIRCLES = 1_200;
const PARTS_A_DRAFT = 20;
const DRAFTS = PARTS / PARTS_A_DRAFT;
const STEP = 5_000;

/** Organisations that own nothing and see much or little, by their number, with how many of the parts' drafts are opened to one of their circles. */
export const READERS = { many: 1, mid: 2, old: 3, few: 4, none: 5 } as const;
export type Reader = keyof typeof READERS;

/** Drafts that each reader may ask for by id; `none` asks for one that it does not see. */
export const KNOWN_DRAFT: Readonly<Record<Reader, number>> = { many: 40_002, mid: 107 * 300, old: 33 * 300, few: 25_001, none: 40_002 };

/** Fills an empty database: 50,000 drafts of 995 organisations, 20 parts each, each draft opened to one of 1,200 circles at a level of its own. */
export async function makeMillionParts(database: OwnedDatabase, onStep: (done: number) => void): Promise<void> {
  await asKeeper(database, PEOPLE);
  for (let first = 1; first <= DRAFTS; first += STEP) {
    await asKeeper(database, draftsFrom(first, first + STEP - 1));
    onStep((first + STEP - 1) * PARTS_A_DRAFT);
  }
  await database.vacuum();
  await database.checkpoint();
}

/** The id of the nth thing of a kind. */
export function idOf(kind: "organisation" | "person" | "circle" | "draft", number: number): string {
  return `${PREFIXES[kind]}-0000-4000-8000-${number.toString(16).padStart(12, "0")}`;
}

const PREFIXES = { organisation: "0a000000", person: "0b000000", circle: "0c000000", draft: "0d000000" } as const;

function idSql(kind: keyof typeof PREFIXES, number: string): string {
  return `('${PREFIXES[kind]}-0000-4000-8000-' || lpad(to_hex(${number}), 12, '0'))::uuid`;
}

async function asKeeper(database: OwnedDatabase, script: string): Promise<void> {
  await database.asOwner((transaction) => transaction.script(`set local role sluice_keeper; ${script}`));
}

/** Drafts come a minute apart. */
const hour = (number: string): string => `timestamptz '2026-01-01' + ${number} * interval '5 minutes'`;

const PEOPLE = `
  insert into organisation (id, kind, name, created_at) select ${idSql("organisation", "o")}, 'vendor', 'Organisation ' || o, ${hour("0")} from generate_series(1, ${ORGANISATIONS}) o;
  insert into person (id, created_at) select ${idSql("person", "o")}, ${hour("0")} from generate_series(1, ${ORGANISATIONS}) o;
  insert into member (organisation_id, person_id, name, role, since)
    select ${idSql("organisation", "o")}, ${idSql("person", "o")}, 'Member ' || o, 'editor', ${hour("0")} from generate_series(1, ${ORGANISATIONS}) o;
  insert into circle (organisation_id, id, name, purpose, needs_second_factor, needs_sponsor, members_listed, created_at)
    select ${idSql("organisation", `6 + c % ${ORGANISATIONS - 5}`)}, ${idSql("circle", "c")}, 'Circle ' || c, '', false, false, false, ${hour("0")} from generate_series(1, ${CIRCLES}) c;
  insert into circle_member (organisation_id, circle_id, member_organisation_id, admitted_at, admitted_by)
    select ${idSql("organisation", `6 + c % ${ORGANISATIONS - 5}`)}, ${idSql("circle", "c")}, ${idSql("organisation", "o")}, ${hour("0")}, ${idSql("person", "1")}
    from (select c, 1 as o from generate_series(1, 108) c union all select c, 2 from generate_series(109, 111) c union all values (112, 3), (113, 4)
          union all select c, 6 + (c * k * 37) % ${ORGANISATIONS - 5} from generate_series(1, ${CIRCLES}) c, generate_series(1, 3) k) member group by c, o;
`;

function draftsFrom(first: number, last: number): string {
  const [owner, draft] = [idSql("organisation", `6 + d % ${ORGANISATIONS - 5}`), idSql("draft", "d")];
  const each = `generate_series(${first}, ${last}) d`;
  const circle = `case when d in (100, 25001, 49000) then 113 when d % 33 = 0 and d < 16500 then 112 when d % 107 = 0 then 109 + d % 3
    when d % 2 = 0 then 1 + (d / 2) % 108 else 114 + (d / 2) % ${CIRCLES - 113} end`;
  return `
    insert into confidential_record (organisation_id, id, kind, created_at) select ${owner}, ${draft}, 'draft-advisory', ${hour("d")} from ${each};
    insert into draft_advisory (organisation_id, id, advisory_id, state, created_by, created_at) select ${owner}, ${draft}, 'SLU-' || d, 'open', ${idSql("person", "6")}, ${hour("d")} from ${each};
    insert into opening (organisation_id, record_id, circle_id, level, opened_by, opened_at) select ${owner}, ${draft}, ${owner}, 1, 'owner', ${hour("d")} from ${each};
    insert into opening (organisation_id, record_id, circle_id, level, opened_by, opened_at, stage_id)
      select ${owner}, ${draft}, ${idSql("circle", circle)}, 2 + d % 3, 'hour', ${hour("d")}, ${draft} from ${each};
    insert into draft_part (organisation_id, draft_id, revision, level, kind, body, author_organisation_id, author_person_id, written_at)
      select ${owner}, ${draft}, 1, case k when 1 then 4 when 2 then 3 else 1 + k % 5 end, case k when 1 then 'notice' when 2 then 'summary' else 'details' end,
        json_build_object('text', 'part ' || k || ' of draft ' || d || repeat(' lorem', 12)), ${owner}, ${idSql("person", "6")}, ${hour("d")}
      from ${each}, generate_series(1, ${PARTS_A_DRAFT}) k;
    insert into staged_package (organisation_id, draft_id, part_id, level, ecosystem, name) select ${owner}, ${draft}, ${draft}, 4, 'npm', 'package-' || d from ${each};
    insert into staged_date (organisation_id, draft_id, level, public_at, public_zone) select ${owner}, ${draft}, 4, ${hour("d")}, 'UTC' from ${each};
  `;
}
