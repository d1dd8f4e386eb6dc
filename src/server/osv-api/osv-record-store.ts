import type { Database } from "../database/database.ts";
import { sql } from "../database/sql.ts";

/** An advisory by what a batch answers of it. */
export type ListedAdvisory = { readonly id: string; readonly modified: string };

/** A package under each name that its ecosystem goes by: those of a distribution's releases. */
export type NamedPackage = { readonly ecosystems: readonly string[]; readonly name: string; readonly after: string | undefined };

/**
 * For each package, in order, the advisories that name it, whatever versions they say, in id order, at most `limit` each.
 * Among them are those without any range or list, which no version can match.
 */
export async function readAdvisoriesNaming(
  database: Database,
  packages: readonly NamedPackage[],
  limit: number,
): Promise<readonly (readonly ListedAdvisory[])[]> {
  const asked = packages.flatMap(({ ecosystems, name, after }, index) =>
    ecosystems.map((ecosystem) => ({ ecosystem, name, after, index })),
  );
  const found = packages.map((): ListedAdvisory[] => []);
  const rows = await database.query<{ ordinal: number; id: string; modified: string }>(
    "reader",
    sql`select distinct w.ordinal, f.id, f.modified
        from unnest(${asked.map(({ index }) => index)}::int4[], ${asked.map(({ ecosystem }) => ecosystem)}::text[],
          ${asked.map(({ name }) => name)}::text[], ${asked.map(({ after }) => after ?? "")}::text[]) as w (ordinal, ecosystem, name, after)
        cross join lateral (
          select a.id, a.modified from affected_package p join advisory a on a.id = p.advisory_id
          where p.ecosystem = w.ecosystem and p.name = w.name and a.id > w.after and a.withdrawn_at is null and a.gone_at is null
          order by a.id limit ${limit}
        ) f
        order by w.ordinal, f.id`,
  );
  for (const { ordinal, id, modified } of rows) found[ordinal]?.push({ id, modified });
  return found.map((listed) => listed.slice(0, limit));
}

export type StoredBody = { readonly id: string; readonly body: string };

/** Bodies as received, in id order, until together they have reached `maxBytes`: at least one, when any of `ids` is still in force. */
export async function readBodiesInForce(database: Database, ids: readonly string[], maxBytes: number): Promise<readonly StoredBody[]> {
  return database.query<StoredBody>(
    "reader",
    sql`select id, body from (
          select a.id, v.body, sum(octet_length(v.body)) over (order by a.id) - octet_length(v.body) as bytes_before
          from advisory a join advisory_revision v on v.advisory_id = a.id and v.revision = a.revision
          where a.id = any (${ids}::text[]) and a.withdrawn_at is null and a.gone_at is null
        ) page where bytes_before < ${maxBytes}::int8 order by id`,
  );
}

/** The body as received, of withdrawn records too; undefined when there is none under this id. */
export async function readRecordBody(database: Database, id: string): Promise<string | undefined> {
  const rows = await database.query<{ body: string }>(
    "reader",
    sql`select v.body from advisory a join advisory_revision v on v.advisory_id = a.id and v.revision = a.revision where a.id = ${id}`,
  );
  return rows[0]?.body;
}

/** The records held under other ids of the vulnerability that also goes by `id`. */
export async function readOtherRecords(database: Database, id: string, limit: number): Promise<readonly string[]> {
  const rows = await database.query<{ id: string }>(
    "reader",
    sql`select a.id from vulnerability_name n join advisory a on a.vulnerability_id = n.vulnerability_id
        where n.name = ${id} and a.id <> ${id} order by a.id limit ${limit}`,
  );
  return rows.map((row) => row.id);
}
