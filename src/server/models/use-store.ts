import type { DestroyedKey } from "../../vocabulary/enrolment.ts";
import type { Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import type { TimePosition } from "../list-page.ts";
import { keyPlacesOf } from "./key-place-store.ts";

export type UseRow = {
  readonly grant_id: string;
  readonly grantee_organisation_id: string;
  readonly grantee_name: string | null;
  readonly purpose: string;
  readonly hour: Date;
  readonly requests: number;
  readonly incomplete: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly charged_tokens: number;
  readonly unknown_usage: number;
};

export type UsePosition = { readonly hourMs: number; readonly grant: string; readonly purpose: string };

/** By grant, purpose and hour, the newest hour first, as far as the actor sees it. */
export async function readUse(
  transaction: Transaction,
  { lab, model, grant }: { readonly lab: string; readonly model: string; readonly grant: string | undefined },
  after: UsePosition | undefined,
  limit: number,
): Promise<readonly UseRow[]> {
  const behind =
    after === undefined
      ? sql`true`
      : sql`(u.hour < ${new Date(after.hourMs)}::timestamptz or u.hour = ${new Date(after.hourMs)}::timestamptz and (u.grant_id, u.purpose) > (${after.grant}::uuid, ${after.purpose}))`;
  return transaction.query<UseRow>(
    sql`select u.*, o.name as grantee_name from (
          select u.grant_id, u.grantee_organisation_id, u.purpose, u.hour, sum(u.requests)::bigint as requests, sum(u.incomplete)::bigint as incomplete,
            sum(u.input_tokens)::bigint as input_tokens, sum(u.output_tokens)::bigint as output_tokens, sum(u.charged_tokens)::bigint as charged_tokens,
            sum(u.unknown_usage)::bigint as unknown_usage
          from access_use u
          where u.organisation_id = ${lab} and u.enrolment_id = ${model} and ${grant === undefined ? sql`true` : sql`u.grant_id = ${grant}`} and ${behind}
          group by u.grant_id, u.grantee_organisation_id, u.purpose, u.hour
          order by u.hour desc, u.grant_id, u.purpose limit ${limit}) u
        left join organisation o on o.id = u.grantee_organisation_id
        order by u.hour desc, u.grant_id, u.purpose`,
  );
}

export type CertificateRow = {
  readonly organisation_id: string;
  readonly id: string;
  readonly enrolment_id: string;
  readonly model_name: string;
  readonly desk_organisation_id: string;
  readonly window_id: string;
  readonly grant_id: string | null;
  readonly grantee_organisation_id: string | null;
  readonly grantee_name: string | null;
  readonly what: DestroyedKey;
  readonly key_id: string;
  readonly file: string;
  readonly gateway: string | null;
  /** JSON for `keyPlaceAnswers`; null = this server's key. */
  readonly places: string | null;
  readonly destroyed_at: Date;
  readonly cannot_reach: readonly string[];
  readonly revoked_upstream_at: Date | null;
};

const selectedCertificate = sql`select c.organisation_id, c.id, c.enrolment_id, e.name as model_name, c.desk_organisation_id, c.window_id, c.grant_id,
    c.grantee_organisation_id, o.name as grantee_name, c.what, c.key_id, c.file, c.gateway, c.destroyed_at, c.cannot_reach, c.revoked_upstream_at,
    case when c.gateway is not null
      then ${keyPlacesOf({ lab: sql`c.organisation_id`, window: sql`c.window_id`, grant: sql`c.grant_id`, what: sql`c.what` })} end as places
  from destruction_certificate c
  join enrolment e on e.organisation_id = c.organisation_id and e.id = c.enrolment_id
  left join organisation o on o.id = c.grantee_organisation_id`;

/** The newest first, as far as the actor sees them. */
export async function readCertificates(
  transaction: Transaction,
  model: string | undefined,
  after: TimePosition | undefined,
  limit: number,
): Promise<readonly CertificateRow[]> {
  const behind = after === undefined ? sql`true` : sql`(c.destroyed_at, c.id) < (${new Date(after.atMs)}::timestamptz, ${after.id}::uuid)`;
  return transaction.query<CertificateRow>(
    sql`${selectedCertificate} where ${model === undefined ? sql`true` : sql`c.enrolment_id = ${model}`} and ${behind}
        order by c.destroyed_at desc, c.id desc limit ${limit}`,
  );
}

export async function findCertificate(transaction: Transaction, id: string): Promise<CertificateRow | undefined> {
  const [row] = await transaction.query<CertificateRow>(sql`${selectedCertificate} where c.id = ${id}`);
  return row;
}

/** False when it was marked before. */
export async function markRevoked(
  transaction: Transaction,
  { lab, certificate }: { readonly lab: string; readonly certificate: string },
  by: string,
  atMs: number,
): Promise<boolean> {
  const changed = await transaction.run(
    sql`update destruction_certificate set revoked_upstream_at = ${new Date(atMs)}, revoked_upstream_by = ${by}
        where organisation_id = ${lab} and id = ${certificate} and what = 'credential' and revoked_upstream_at is null`,
  );
  return changed === 1;
}
