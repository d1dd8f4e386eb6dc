import { randomUUID } from "node:crypto";
import type { Database, SignedActor } from "../../src/server/database/database.ts";
import { sql } from "../../src/server/database/sql.ts";
import { compilePackages } from "../../src/server/advisories/compile-advisory.ts";
import type { AffectedPackage } from "../../src/vocabulary/advisory.ts";
import { levelNumber, type DraftLevel } from "../../src/vocabulary/level.ts";
import { LEVEL_OF_PART, type PartBody } from "../../src/vocabulary/draft-advisory.ts";
import type { TestMember } from "./trusted-actors.ts";

/** A draft advisory written straight into its tables, as its owner: for tests of what comes after the writing. */
export async function writeDraft(
  database: Database,
  { actor, member, atMs }: { readonly actor: SignedActor; readonly member: TestMember; readonly atMs: number },
  parts: readonly PartBody[],
): Promise<{ readonly organisation: string; readonly draft: string; readonly advisory: string }> {
  const [organisation, draft, at] = [member.organisation, randomUUID(), new Date(atMs)];
  const advisory = `x_TEST-${draft.slice(0, 8)}`;
  await database.transaction(actor, async (transaction) => {
    await transaction.queryAll([
      sql`insert into confidential_record (organisation_id, id, kind, created_at) values (${organisation}, ${draft}, 'draft-advisory', ${at})`,
      sql`insert into opening (organisation_id, record_id, circle_id, level, opened_by, opened_at) values (${organisation}, ${draft}, ${organisation}, 1, 'owner', ${at})`,
      sql`insert into draft_advisory (organisation_id, id, advisory_id, state, created_by, created_at)
          values (${organisation}, ${draft}, ${advisory}, 'open', ${member.person}, ${at})`,
    ]);
    for (const part of parts) {
      const [id, level] = [randomUUID(), levelNumber(LEVEL_OF_PART[part.kind])];
      const body = part.kind === "research" ? null : JSON.stringify(part.body);
      await transaction.run(
        sql`insert into draft_part (organisation_id, draft_id, part_id, id, revision, level, kind, body, author_organisation_id, author_person_id, written_at)
            values (${organisation}, ${draft}, ${id}, ${randomUUID()}, 1, ${level}, ${part.kind}, ${body}, ${organisation}, ${member.person}, ${at})`,
      );
      if (part.kind === "affected") await stageAffected(transaction, { organisation, draft, part: id, level }, part.body);
      if (part.kind === "notice") {
        for (const { ecosystem, name } of part.body.packages) {
          await transaction.run(
            sql`insert into staged_package (organisation_id, draft_id, part_id, level, ecosystem, name) values (${organisation}, ${draft}, ${id}, ${level}, ${ecosystem}, ${name})`,
          );
        }
      }
    }
  });
  return { organisation, draft, advisory };
}

type Place = { readonly organisation: string; readonly draft: string; readonly part: string; readonly level: number };

async function stageAffected(
  transaction: Parameters<Parameters<Database["transaction"]>[1]>[0],
  { organisation, draft, part, level }: Place,
  affected: AffectedPackage,
): Promise<void> {
  for (const { ecosystem, name, scheme, compiled } of compilePackages([affected])) {
    await transaction.run(
      sql`insert into staged_package (organisation_id, draft_id, part_id, level, ecosystem, name, scheme, texts, set_aside)
          values (${organisation}, ${draft}, ${part}, ${level}, ${ecosystem}, ${name}, ${scheme ?? null}, ${[...compiled.texts]}::text[],
            ${compiled.setAside.map(({ reason }) => reason)}::text[])`,
    );
    for (const { lo, hi, loText, hiText, hiKind } of compiled.intervals) {
      await transaction.run(
        sql`insert into staged_interval (organisation_id, draft_id, part_id, level, ecosystem, name, lo, hi, lo_text, hi_text, hi_kind)
            values (${organisation}, ${draft}, ${part}, ${level}, ${ecosystem}, ${name}, ${lo}, ${hi}, ${loText}, ${hiText ?? null}, ${hiKind})`,
      );
    }
  }
}

/** A circle with members, made as the keeper. */
export async function makeCircle(
  database: Database,
  owner: string,
  name: string,
  members: readonly string[],
  { atMs, expiresMs }: { readonly atMs: number; readonly expiresMs?: number },
): Promise<string> {
  const at = new Date(atMs);
  const [row] = await database.query<{ id: string }>(
    "keeper",
    sql`insert into circle (organisation_id, name, purpose, needs_second_factor, needs_sponsor, members_listed, created_at) values (${owner}, ${name}, 'a test', false, false, false, ${at}) returning id`,
  );
  const id = row?.id ?? "";
  for (const member of members) {
    await database.query(
      "keeper",
      sql`insert into circle_member (organisation_id, circle_id, member_organisation_id, admitted_at, admitted_by, expires_at)
          values (${owner}, ${id}, ${member}, ${at}, ${randomUUID()}, coalesce(${expiresMs === undefined ? null : new Date(expiresMs)}::timestamptz, 'infinity'))`,
    );
  }
  return id;
}

/** The number of the level that an actor sees of a draft; undefined = it does not know of it. */
export async function levelSeen(database: Database, actor: SignedActor, draft: string): Promise<DraftLevel | undefined> {
  const [row] = await database.query<{ level: number | null }>(
    actor,
    sql`select min(level) as level from opening where record_id = ${draft}`,
  );
  const levels: readonly DraftLevel[] = ["case", "build", "fix", "notice", "public"];
  return row?.level === null || row === undefined ? undefined : levels[row.level - 1];
}
