import type { OrganisationKind } from "../../vocabulary/organisation.ts";
import type { Transaction } from "../database/database.ts";
import { joined, sql, type SqlQuery } from "../database/sql.ts";
import type { NamePosition } from "../list-page.ts";

export type OrganisationRow = {
  readonly id: string;
  readonly kind: OrganisationKind;
  readonly name: string;
  readonly sector: string | null;
  readonly country: string | null;
  readonly has_intelligence_function: boolean;
  readonly created_at: Date;
};

export type StatedOrganisation = {
  readonly name: string;
  readonly sector: string | undefined;
  readonly country: string | undefined;
  readonly hasIntelligenceFunction: boolean;
};

export type OrganisationFilter = { readonly text: string | undefined; readonly kind: OrganisationKind | undefined };

const columns = sql`id, kind, name, sector, country, has_intelligence_function, created_at`;

export async function findOrganisation(transaction: Transaction, id: string): Promise<OrganisationRow | undefined> {
  const [row] = await transaction.query<OrganisationRow>(sql`select ${columns} from organisation where id = ${id}`);
  return row;
}

export async function readOrganisations(
  transaction: Transaction,
  { text, kind }: OrganisationFilter,
  after: NamePosition | undefined,
  limit: number,
): Promise<readonly OrganisationRow[]> {
  const conditions: SqlQuery[] = [sql`true`];
  if (text !== undefined) conditions.push(sql`position(lower(${text}::text) in lower(name)) > 0`);
  if (kind !== undefined) conditions.push(sql`kind = ${kind}`);
  if (after !== undefined) conditions.push(sql`(name, id) > (${after.name}, ${after.id}::uuid)`);
  return transaction.query<OrganisationRow>(
    sql`select ${columns} from organisation where ${joined(conditions, " and ")} order by name, id limit ${limit}`,
  );
}

export async function insertOrganisation(
  transaction: Transaction,
  organisation: StatedOrganisation & { readonly kind: OrganisationKind; readonly atMs: number },
): Promise<OrganisationRow | undefined> {
  const [row] = await transaction.query<OrganisationRow>(
    sql`insert into organisation (kind, name, sector, country, has_intelligence_function, created_at)
        values (${organisation.kind}, ${organisation.name}, ${organisation.sector ?? null}, ${organisation.country ?? null},
          ${organisation.hasIntelligenceFunction}, ${new Date(organisation.atMs)})
        returning ${columns}`,
  );
  return row;
}

/** As it stood, held until the transaction ends. */
export async function lockOrganisation(transaction: Transaction, id: string): Promise<OrganisationRow | undefined> {
  const [row] = await transaction.query<OrganisationRow>(sql`select ${columns} from organisation where id = ${id} for update`);
  return row;
}

export async function updateOrganisation(
  transaction: Transaction,
  id: string,
  organisation: StatedOrganisation,
): Promise<OrganisationRow | undefined> {
  const [row] = await transaction.query<OrganisationRow>(
    sql`update organisation set name = ${organisation.name}, sector = ${organisation.sector ?? null}, country = ${organisation.country ?? null},
          has_intelligence_function = ${organisation.hasIntelligenceFunction}
        where id = ${id} returning ${columns}`,
  );
  return row;
}
