import type { ProgrammeRecord } from "../../vocabulary/access-window.ts";
import type { Custody } from "../../vocabulary/enrolment.ts";
import type { ModelWire } from "../../vocabulary/exchange.ts";
import type { OrganisationKind } from "../../vocabulary/organisation.ts";
import type { ZonedInstant } from "../../vocabulary/release-plan.ts";
import type { Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import type { NamePosition, TimePosition } from "../list-page.ts";
import { currentTerms, currentTermsVersion } from "./terms-store.ts";

export type ModelKey = { readonly lab: string; readonly model: string };

export type ModelRow = {
  readonly organisation_id: string;
  readonly id: string;
  readonly desk_organisation_id: string;
  readonly lab_name: string | null;
  readonly desk_name: string | null;
  readonly name: string;
  readonly wire: ModelWire;
  readonly custody: Custody;
  readonly partner_release_at: Date;
  readonly partner_release_zone: string;
  readonly public_release_at: Date | null;
  readonly public_release_zone: string | null;
  readonly terms: string;
  readonly terms_version: number;
  readonly created_at: Date;
  readonly withdrawn_at: Date | null;
};

const selected = sql`select e.organisation_id, e.id, e.desk_organisation_id, l.name as lab_name, d.name as desk_name, e.name, e.wire, e.custody,
    e.partner_release_at, e.partner_release_zone, e.public_release_at, e.public_release_zone, ${currentTerms} as terms,
    ${currentTermsVersion} as terms_version, e.created_at, e.withdrawn_at
  from enrolment e
  left join organisation l on l.id = e.organisation_id
  left join organisation d on d.id = e.desk_organisation_id`;

/** The newest first, as far as the actor sees them. */
export async function readModels(transaction: Transaction, after: TimePosition | undefined, limit: number): Promise<readonly ModelRow[]> {
  const behind = after === undefined ? sql`true` : sql`(e.created_at, e.id) < (${new Date(after.atMs)}::timestamptz, ${after.id}::uuid)`;
  return transaction.query<ModelRow>(sql`${selected} where ${behind} order by e.created_at desc, e.id desc limit ${limit}`);
}

export async function findModel(transaction: Transaction, id: string): Promise<ModelRow | undefined> {
  const [row] = await transaction.query<ModelRow>(sql`${selected} where e.id = ${id}`);
  return row;
}

/** Keeps a model of the actor's own as it is until the transaction ends. False when it has none like that, or it is withdrawn. */
export async function lockModel(transaction: Transaction, { lab, model }: ModelKey): Promise<boolean> {
  const rows = await transaction.query(
    sql`select id from enrolment where organisation_id = ${lab} and id = ${model} and withdrawn_at is null for update`,
  );
  return rows.length === 1;
}

export type NewModel = {
  readonly lab: string;
  readonly desk: string;
  readonly name: string;
  readonly wire: ModelWire;
  readonly custody: Custody;
  readonly partnerRelease: ZonedInstant;
  readonly publicRelease: ZonedInstant | undefined;
  readonly terms: string;
  readonly by: string;
  readonly atMs: number;
};

export async function insertModel(transaction: Transaction, id: string, model: NewModel): Promise<void> {
  const { partnerRelease, publicRelease } = model;
  await transaction.run(
    sql`insert into enrolment (organisation_id, id, desk_organisation_id, name, wire, custody, partner_release_at, partner_release_zone,
          public_release_at, public_release_zone, terms, created_by, created_at)
        values (${model.lab}, ${id}, ${model.desk}, ${model.name}, ${model.wire}, ${model.custody}, ${new Date(partnerRelease.instantMs)},
          ${partnerRelease.zone}, ${dateOf(publicRelease)}, ${publicRelease?.zone ?? null}, ${model.terms}, ${model.by}, ${new Date(model.atMs)})`,
  );
}

export async function updateReleases(
  transaction: Transaction,
  { lab, model }: ModelKey,
  { partnerRelease, publicRelease }: { readonly partnerRelease: ZonedInstant; readonly publicRelease: ZonedInstant | undefined },
): Promise<void> {
  await transaction.run(
    sql`update enrolment set partner_release_at = ${new Date(partnerRelease.instantMs)}, partner_release_zone = ${partnerRelease.zone},
          public_release_at = ${dateOf(publicRelease)}, public_release_zone = ${publicRelease?.zone ?? null}
        where organisation_id = ${lab} and id = ${model}`,
  );
}

export async function markWithdrawn(transaction: Transaction, { lab, model }: ModelKey, atMs: number): Promise<boolean> {
  const changed = await transaction.run(
    sql`update enrolment set withdrawn_at = ${new Date(atMs)} where organisation_id = ${lab} and id = ${model} and withdrawn_at is null`,
  );
  return changed === 1;
}

export type VersionRow = {
  readonly id: string;
  readonly name: string;
  readonly added_at: Date;
  readonly retired_at: Date | null;
  readonly asks_stream_usage: boolean;
  /** Null for whoever may not know. */
  readonly base_url: string | null;
  readonly upstream_name: string | null;
};

export async function readVersions(transaction: Transaction, { lab, model }: ModelKey): Promise<readonly VersionRow[]> {
  return transaction.query<VersionRow>(
    sql`select v.id, v.name, v.added_at, v.retired_at, v.asks_stream_usage, p.base_url, p.upstream_name
        from model_version v
        left join model_endpoint p on p.organisation_id = v.organisation_id and p.enrolment_id = v.enrolment_id and p.version_id = v.id
        where v.organisation_id = ${lab} and v.enrolment_id = ${model} order by v.added_at, v.name`,
  );
}

export type NewVersion = {
  readonly id: string;
  readonly desk: string;
  readonly name: string;
  readonly baseUrl: string;
  readonly upstreamName: string;
  readonly asksStreamUsage: boolean;
  readonly atMs: number;
};

export async function insertVersion(transaction: Transaction, { lab, model }: ModelKey, version: NewVersion): Promise<void> {
  await transaction.run(
    sql`insert into model_version (organisation_id, enrolment_id, desk_organisation_id, id, name, added_at, asks_stream_usage)
        values (${lab}, ${model}, ${version.desk}, ${version.id}, ${version.name}, ${new Date(version.atMs)}, ${version.asksStreamUsage})`,
  );
  await transaction.run(
    sql`insert into model_endpoint (organisation_id, enrolment_id, version_id, base_url, upstream_name)
        values (${lab}, ${model}, ${version.id}, ${version.baseUrl}, ${version.upstreamName})`,
  );
}

export async function retireVersion(transaction: Transaction, { lab, model }: ModelKey, version: string, atMs: number): Promise<boolean> {
  const changed = await transaction.run(
    sql`update model_version set retired_at = ${new Date(atMs)}
        where organisation_id = ${lab} and enrolment_id = ${model} and id = ${version} and retired_at is null`,
  );
  return changed === 1;
}

/** What an organisation is to whoever asks; undefined where it is not known to them. */
export async function findTester(transaction: Transaction, id: string): Promise<DeskRow | undefined> {
  const [row] = await transaction.query<DeskRow>(sql`select id, name, kind from organisation where id = ${id}`);
  return row;
}

export type DeskRow = { readonly id: string; readonly name: string; readonly kind: OrganisationKind };

export async function readDesks(transaction: Transaction, after: NamePosition | undefined, limit: number): Promise<readonly DeskRow[]> {
  const behind = after === undefined ? sql`true` : sql`(name, id) > (${after.name}, ${after.id}::uuid)`;
  return transaction.query<DeskRow>(
    sql`select id, name, kind from organisation where kind in ('coordinator', 'agency') and ${behind} order by name, id limit ${limit}`,
  );
}

const programmeColumns = sql`r.id, r.name, r.title, r.citation, r.cited_on::text as "citedOn", r.source, r.rule, r.days`;

/** Those that the database has, by the day of the instrument. */
export async function readProgrammes(transaction: Transaction): Promise<readonly ProgrammeRecord[]> {
  return transaction.query<ProgrammeRecord>(sql`select ${programmeColumns} from programme_record r order by r.cited_on, r.id`);
}

export async function findProgramme(transaction: Transaction, id: string): Promise<ProgrammeRecord | undefined> {
  const [row] = await transaction.query<ProgrammeRecord>(sql`select ${programmeColumns} from programme_record r where r.id = ${id}`);
  return row;
}

export async function insertProgramme(transaction: Transaction, record: ProgrammeRecord): Promise<void> {
  await transaction.run(
    sql`insert into programme_record (id, name, title, citation, cited_on, source, rule, days)
        values (${record.id}, ${record.name}, ${record.title}, ${record.citation}, ${record.citedOn}::date, ${record.source}, ${record.rule}, ${record.days})`,
  );
}

export async function readAccepted(transaction: Transaction, { lab, model }: ModelKey): Promise<readonly ProgrammeRecord[]> {
  return transaction.query<ProgrammeRecord>(
    sql`select ${programmeColumns} from accepted_programme a join programme_record r on r.id = a.programme_id
        where a.organisation_id = ${lab} and a.enrolment_id = ${model} order by a.accepted_at, r.id`,
  );
}

export async function insertAccepted(
  transaction: Transaction,
  { lab, model }: ModelKey,
  accepted: { readonly desk: string; readonly programme: string; readonly by: string; readonly atMs: number },
): Promise<void> {
  await transaction.run(
    sql`insert into accepted_programme (organisation_id, enrolment_id, desk_organisation_id, programme_id, accepted_by, accepted_at)
        values (${lab}, ${model}, ${accepted.desk}, ${accepted.programme}, ${accepted.by}, ${new Date(accepted.atMs)})`,
  );
}

function dateOf(hour: ZonedInstant | undefined): Date | null {
  return hour === undefined ? null : new Date(hour.instantMs);
}
