import { randomUUID } from "node:crypto";
import { seededRandom } from "../../tests/support/seeded-random.ts";
import { compilePackages } from "../../src/server/advisories/compile-advisory.ts";
import type { OwnedDatabase, Transaction } from "../../src/server/database/database.ts";
import { sql } from "../../src/server/database/sql.ts";
import { packageName, popularRank } from "./osv-records.ts";

export const STAGED = 10_000;
const STEP = 1_000;

/** Somebody who scans. */
export type StagedReader = { readonly organisation: string; readonly person: string };

/** Two operators: half of the drafts are open to the first at fix, the other half at notice; nothing is open to the second. */
export type StagedReaders = { readonly informed: StagedReader; readonly stranger: StagedReader };

/** Fills an empty database with 10,000 draft advisories of one owner, each about one package of the synthetic feed. */
export async function makeStagedAdvisories(database: OwnedDatabase, packages: number, atMs: number): Promise<StagedReaders> {
  const at = new Date(atMs);
  const owner = await makeReader(database, "Owner", at);
  const readers = { informed: await makeReader(database, "Informed", at), stranger: await makeReader(database, "Stranger", at) };
  const circle = await makeCircle(database, owner, readers.informed, at);
  const random = seededRandom(STAGED);
  for (let first = 0; first < STAGED; first += STEP) {
    const drafts = Array.from({ length: STEP }, (_, index) => {
      const level = (first + index) % 2 === 0 ? 3 : 4;
      const name = packageName(popularRank(random, packages));
      const fixed = `${1 + random.below(11)}.${random.below(30)}.${random.below(20)}`;
      return { id: randomUUID(), number: first + index, level, name, fixed };
    });
    await database.transaction("keeper", (transaction) => writeDrafts(transaction, owner, circle, drafts, at));
  }
  await database.vacuum();
  return readers;
}

export async function makeReader(database: OwnedDatabase, name: string, at: Date): Promise<StagedReader> {
  return database.transaction("keeper", async (transaction) => {
    const [organisation] = await transaction.query<{ id: string }>(
      sql`insert into organisation (kind, name, created_at) values ('operator', ${name}, ${at}) returning id`,
    );
    const [person] = await transaction.query<{ id: string }>(sql`insert into person (created_at) values (${at}) returning id`);
    if (organisation === undefined || person === undefined) throw new Error("an insert returned nothing");
    await transaction.run(
      sql`insert into member (organisation_id, person_id, name, role, since) values (${organisation.id}, ${person.id}, ${name}, 'editor', ${at})`,
    );
    return { organisation: organisation.id, person: person.id };
  });
}

async function makeCircle(database: OwnedDatabase, owner: StagedReader, member: StagedReader, at: Date): Promise<string> {
  return database.transaction("keeper", async (transaction) => {
    const [circle] = await transaction.query<{ id: string }>(
      sql`insert into circle (organisation_id, name, purpose, needs_second_factor, needs_sponsor, members_listed, created_at)
          values (${owner.organisation}, 'Operators', 'a bench', false, false, false, ${at}) returning id`,
    );
    if (circle === undefined) throw new Error("an insert returned nothing");
    await transaction.run(
      sql`insert into circle_member (organisation_id, circle_id, member_organisation_id, admitted_at, admitted_by)
          values (${owner.organisation}, ${circle.id}, ${member.organisation}, ${at}, ${owner.person})`,
    );
    return circle.id;
  });
}

type Draft = { readonly id: string; readonly number: number; readonly level: number; readonly name: string; readonly fixed: string };

async function writeDrafts(
  transaction: Transaction,
  owner: StagedReader,
  circle: string,
  drafts: readonly Draft[],
  at: Date,
): Promise<void> {
  const { organisation, person } = owner;
  await transaction.copyIn(
    "confidential_record",
    ["organisation_id", "id", "kind", "created_at"],
    drafts.map(({ id }) => [organisation, id, "draft-advisory", at]),
  );
  await transaction.copyIn(
    "draft_advisory",
    ["organisation_id", "id", "advisory_id", "state", "created_by", "created_at"],
    drafts.map(({ id, number }) => [organisation, id, `x_BENCH-${number}`, "open", person, at]),
  );
  await transaction.copyIn(
    "opening",
    ["organisation_id", "record_id", "circle_id", "level", "stage_id", "opened_by", "opened_at"],
    drafts.map(({ id, level }) => [organisation, id, circle, level, id, "hour", at]),
  );
  await transaction.copyIn(
    "draft_part",
    ["organisation_id", "draft_id", "revision", "level", "kind", "body", "author_organisation_id", "author_person_id", "written_at"],
    drafts.map(({ id, number }) => [
      organisation,
      id,
      1,
      3,
      "summary",
      JSON.stringify({ text: `What draft ${number} is about` }),
      organisation,
      person,
      at,
    ]),
  );
  await transaction.copyIn(
    "staged_date",
    ["organisation_id", "draft_id", "level", "public_at", "public_zone"],
    drafts.map(({ id }) => [organisation, id, 4, new Date(at.getTime() + 86_400_000), "UTC"]),
  );
  await transaction.copyIn(
    "staged_package",
    ["organisation_id", "draft_id", "part_id", "level", "ecosystem", "name", "scheme"],
    drafts.flatMap(({ id, name }) => [
      [organisation, id, id, 4, "npm", name, null],
      [organisation, id, id, 3, "npm", name, "semver"],
    ]),
  );
  await transaction.copyIn(
    "staged_interval",
    ["organisation_id", "draft_id", "part_id", "level", "ecosystem", "name", "lo", "hi", "lo_text", "hi_text", "hi_kind"],
    drafts.flatMap(({ id, name, fixed }) =>
      compilePackages([
        {
          package: { ecosystem: "npm", name },
          purl: undefined,
          ranges: [
            {
              type: "SEMVER",
              repository: undefined,
              events: [
                { kind: "introduced", version: "0" },
                { kind: "fixed", version: fixed },
              ],
            },
          ],
          versions: [],
        },
      ]).flatMap(({ compiled }) =>
        compiled.intervals.map(({ lo, hi, loText, hiText, hiKind }) => [
          organisation,
          id,
          id,
          3,
          "npm",
          name,
          lo,
          hi,
          loText,
          hiText ?? null,
          hiKind,
        ]),
      ),
    ),
  );
}
