import type { ModelWire, OutsideFeature, ProbeOccasion, ProbeVerdict } from "../../vocabulary/exchange.ts";
import type { Custody } from "../../vocabulary/enrolment.ts";
import type { Transaction } from "../database/database.ts";
import { sql, type SqlQuery } from "../database/sql.ts";
import type { GatewayScope } from "./gateway-scope.ts";
import { destroyedBy } from "./destruction-store.ts";
import { servedBy } from "./served-store.ts";

export type OrderedWindowRow = {
  readonly organisation_id: string;
  readonly id: string;
  readonly enrolment_id: string;
  readonly custody: Custody;
  readonly wire: ModelWire;
  readonly terms: string;
  readonly sealed: string | null;
  readonly key_id: string | null;
  readonly probe_id: string | null;
  readonly probe_occasion: ProbeOccasion | null;
  readonly probe_verdict: ProbeVerdict | null;
  readonly probe_at: Date | null;
  readonly calls_today: number;
  readonly tokens_today: number;
};

/** What holds now of `e`, and what `g` was granted under: as in the store of the models, whose history of terms it is. */
const currentTerms = sql`coalesce((select t.terms from changed_terms t
  where t.organisation_id = e.organisation_id and t.enrolment_id = e.id order by t.version desc limit 1), e.terms)`;
const termsOfGrant = sql`coalesce((select t.terms from changed_terms t
  where t.organisation_id = g.organisation_id and t.enrolment_id = g.enrolment_id and t.version = g.terms_version), e.terms)`;

/** The windows of a gateway that are not over, with their newest probe. */
export async function readLiveWindows(transaction: Transaction, scope: GatewayScope, dayBegan: Date): Promise<readonly OrderedWindowRow[]> {
  // Where there is none, which is most of the time in most places, this is all that a question costs several times a second.
  const live = await transaction.query(sql`select id from access_window where ended_at is null and opened_at is not null limit 1`);
  if (live.length === 0) return [];
  return transaction.query<OrderedWindowRow>(
    sql`select w.organisation_id, w.id, w.enrolment_id, e.custody, e.wire, ${currentTerms} as terms, c.sealed, c.key_id,
          p.id as probe_id, p.occasion as probe_occasion, p.verdict as probe_verdict, p.at as probe_at,
          coalesce(d.calls, 0) as calls_today, coalesce(d.tokens, 0)::bigint as tokens_today
        from access_window w join enrolment e on e.organisation_id = w.organisation_id and e.id = w.enrolment_id
        left join sealed_credential c on c.organisation_id = w.organisation_id and c.window_id = w.id
        left join lateral (
          select id, occasion, verdict, at from identity_probe where organisation_id = w.organisation_id and window_id = w.id order by at desc limit 1) p on true
        left join lateral (
          select sum(calls) as calls, sum(tokens) as tokens from identity_probe
          where organisation_id = w.organisation_id and window_id = w.id and at >= ${dayBegan}) d on true
        where w.ended_at is null and w.opened_at is not null and e.withdrawn_at is null and ${servedBy(scope)}
        order by w.organisation_id, w.id`,
  );
}

export type DueKeys = {
  readonly credentials: readonly { readonly window: string }[];
  readonly records: readonly { readonly grant: string; readonly window: string }[];
};

/**
 * What one of a lab's own gateways may keep of windows that are over, and has not stated as destroyed: credentials, and records when their retention
 * is over. Another gateway's certificate is of another key.
 */
export async function readDueKeys(transaction: Transaction, lab: string, gateway: string, at: Date): Promise<DueKeys> {
  const stated = sql`c.organisation_id = w.organisation_id and ${destroyedBy(gateway)}`;
  const [credentials = [], records = []] = await transaction.queryAll([
    sql`select w.id as window from access_window w join enrolment e on e.organisation_id = w.organisation_id and e.id = w.enrolment_id
        where w.organisation_id = ${lab} and e.custody = 'premises' and w.ended_at is not null and not exists (
          select from destruction_certificate c where ${stated} and c.window_id = w.id and c.what = 'credential')
        order by w.ended_at desc, w.id limit 1000`,
    sql`select g.id as grant, g.window_id as window from access_grant g
        join access_window w on w.organisation_id = g.organisation_id and w.id = g.window_id
        join enrolment e on e.organisation_id = g.organisation_id and e.id = g.enrolment_id
        where g.organisation_id = ${lab} and e.custody = 'premises'
          and w.ended_at <= ${at}::timestamptz - ((${termsOfGrant}::jsonb ->> 'retentionDays')::int * interval '24 hours') and not exists (
            select from destruction_certificate c where ${stated} and c.grant_id = g.id and c.what = 'record')
        order by w.ended_at desc, g.id limit 1000`,
  ]);
  return { credentials: credentials as DueKeys["credentials"], records: records as DueKeys["records"] };
}

export type VersionRow = {
  readonly organisation_id: string;
  readonly enrolment_id: string;
  readonly name: string;
  readonly base_url: string;
  readonly upstream_name: string;
  readonly asks_stream_usage: boolean;
};
export type GrantRow = {
  readonly organisation_id: string;
  readonly id: string;
  readonly window_id: string;
  readonly enrolment_id: string;
  readonly grantee_organisation_id: string;
  readonly requests_per_minute: number;
  readonly outside: readonly OutsideFeature[];
};
export type TokenRow = {
  readonly id: string;
  readonly grant_id: string;
  readonly lab_organisation_id: string;
  readonly purpose: string;
  readonly digest: Uint8Array;
  readonly expires_at: Date;
};
export type StopRow = {
  readonly organisation_id: string;
  readonly enrolment_id: string;
  readonly grantee_organisation_id: string | null;
  readonly token_id: string | null;
};

/** What belongs to windows: versions to be reached, grants that stand and have not spent more than they may, their tokens in force, stops. */
export async function readUse(
  transaction: Transaction,
  windows: readonly string[],
  at: Date,
): Promise<{
  readonly versions: readonly VersionRow[];
  readonly grants: readonly GrantRow[];
  readonly tokens: readonly TokenRow[];
  readonly stops: readonly StopRow[];
}> {
  const ofWindows = (alias: "v" | "s"): SqlQuery => {
    const [organisation, enrolment] =
      alias === "v" ? [sql`v.organisation_id`, sql`v.enrolment_id`] : [sql`s.organisation_id`, sql`s.enrolment_id`];
    return sql`exists (select from access_window w where w.organisation_id = ${organisation} and w.enrolment_id = ${enrolment} and w.id = any (${windows}::uuid[]))`;
  };
  const [versions = [], grants = [], tokens = [], stops = []] = await transaction.queryAll([
    sql`select v.organisation_id, v.enrolment_id, v.name, m.base_url, m.upstream_name, v.asks_stream_usage
        from model_version v join model_endpoint m on m.organisation_id = v.organisation_id and m.enrolment_id = v.enrolment_id and m.version_id = v.id
        where v.retired_at is null and ${ofWindows("v")} order by v.organisation_id, v.enrolment_id, v.name`,
    sql`select g.organisation_id, g.id, g.window_id, g.enrolment_id, g.grantee_organisation_id, g.requests_per_minute, g.outside
        from access_grant g where ${standing(windows)} order by g.organisation_id, g.id`,
    sql`select t.id, t.grant_id, t.lab_organisation_id, t.purpose, t.digest, t.expires_at
        from access_grant g join gateway_token t on t.grant_id = g.id and t.lab_organisation_id = g.organisation_id
          and t.organisation_id = g.grantee_organisation_id
        where t.revoked_at is null and t.expires_at > ${at} and t.purpose = any (g.purposes) and ${standing(windows)} order by t.id`,
    sql`select s.organisation_id, s.enrolment_id, s.grantee_organisation_id, s.token_id from access_stop s
        where s.lifted_at is null and ${ofWindows("s")}`,
  ]);
  return {
    versions: versions as readonly VersionRow[],
    grants: grants as readonly GrantRow[],
    tokens: tokens as readonly TokenRow[],
    stops: stops as readonly StopRow[],
  };
}

/** Usage is the upstream's to say: what went over the budget closes the grant until the lab raises it. */
function standing(windows: readonly string[]): SqlQuery {
  return sql`g.ended_at is null and g.window_id = any (${windows}::uuid[]) and g.spent_tokens <= g.budget_tokens and g.spent_requests <= g.budget_requests`;
}
