import type { SettledExchange } from "../../contract/endpoints/gateway.ts";
import type { CopyValue, Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import type { MeteredGrant } from "./lease-store.ts";

export type SettlingToken = { readonly id: string; readonly grant_id: string; readonly organisation_id: string; readonly purpose: string };

/** Tokens by id, revoked ones too: what they did before is settled after. */
export async function readTokensById(
  transaction: Transaction,
  organisations: readonly string[],
  tokens: readonly string[],
): Promise<readonly SettlingToken[]> {
  return transaction.query<SettlingToken>(
    sql`select id, grant_id, organisation_id, purpose from gateway_token
        where organisation_id = any (${organisations}::uuid[]) and id = any (${tokens}::uuid[])`,
  );
}

/** Which of these exchanges the books have already. */
export async function readSettled(
  transaction: Transaction,
  organisations: readonly string[],
  exchanges: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await transaction.query<{ id: string }>(
    sql`select id from exchange where organisation_id = any (${organisations}::uuid[]) and id = any (${exchanges}::uuid[])`,
  );
  return new Set(rows.map(({ id }) => id));
}

/** An exchange with the grant and the token that it was made by. */
export type BookedExchange = { readonly stated: SettledExchange; readonly grant: MeteredGrant; readonly token: SettlingToken };

export async function insertExchanges(transaction: Transaction, gateway: string, exchanges: readonly BookedExchange[]): Promise<void> {
  await transaction.copyIn(
    "exchange",
    EXCHANGE_COLUMNS,
    exchanges.map(({ stated, grant, token }) => {
      const row: Readonly<Record<(typeof EXCHANGE_COLUMNS)[number], CopyValue>> = {
        organisation_id: grant.grantee_organisation_id,
        id: stated.id,
        lab_organisation_id: grant.organisation_id,
        grant_id: grant.id,
        lease_id: stated.lease,
        token_id: token.id,
        session: stated.session,
        gateway,
        segment: stated.segment,
        purpose: token.purpose,
        model: stated.model,
        path: stated.path,
        started_at: new Date(stated.startedMs),
        ended_at: new Date(stated.endedMs),
        status: stated.status ?? null,
        outcome: stated.outcome,
        reason: stated.reason ?? null,
        input_tokens: stated.inputTokens ?? null,
        output_tokens: stated.outputTokens ?? null,
        charged_tokens: stated.chargedTokens,
        request_digest: Buffer.from(stated.requestDigest, "hex"),
        answer_digest: stated.answerDigest === undefined ? null : Buffer.from(stated.answerDigest, "hex"),
        after_different: stated.afterDifferent,
      };
      return EXCHANGE_COLUMNS.map((column) => row[column]);
    }),
  );
}

const EXCHANGE_COLUMNS = [
  "organisation_id",
  "id",
  "lab_organisation_id",
  "grant_id",
  "lease_id",
  "token_id",
  "session",
  "gateway",
  "segment",
  "purpose",
  "model",
  "path",
  "started_at",
  "ended_at",
  "status",
  "outcome",
  "reason",
  "input_tokens",
  "output_tokens",
  "charged_tokens",
  "request_digest",
  "answer_digest",
  "after_different",
] as const;

/** What came together in an hour, by grant, token and purpose. */
export type HourOfUse = {
  readonly organisation: string;
  readonly grant: string;
  readonly enrolment: string;
  readonly desk: string;
  readonly grantee: string;
  readonly token: string;
  readonly purpose: string;
  readonly hour: string;
  readonly requests: number;
  readonly incomplete: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly chargedTokens: number;
  readonly unknownUsage: number;
  readonly firstAt: string;
  readonly lastAt: string;
};

export async function addUse(transaction: Transaction, hours: readonly HourOfUse[]): Promise<void> {
  await transaction.run(
    sql`insert into access_use as u (organisation_id, grant_id, enrolment_id, desk_organisation_id, grantee_organisation_id, token_id, purpose, hour, requests,
          incomplete, input_tokens, output_tokens, charged_tokens, unknown_usage, first_at, last_at)
        select organisation, "grant", enrolment, desk, grantee, token, purpose, hour, requests, incomplete, "inputTokens", "outputTokens", "chargedTokens",
          "unknownUsage", "firstAt", "lastAt"
        from jsonb_to_recordset(${JSON.stringify(hours)}::jsonb) as c (organisation uuid, "grant" uuid, enrolment uuid, desk uuid, grantee uuid, token uuid,
          purpose text, hour timestamptz, requests bigint, incomplete bigint, "inputTokens" bigint, "outputTokens" bigint, "chargedTokens" bigint,
          "unknownUsage" bigint, "firstAt" timestamptz, "lastAt" timestamptz)
        on conflict (organisation_id, grant_id, token_id, purpose, hour) do update set
          requests = u.requests + excluded.requests, incomplete = u.incomplete + excluded.incomplete, input_tokens = u.input_tokens + excluded.input_tokens,
          output_tokens = u.output_tokens + excluded.output_tokens, charged_tokens = u.charged_tokens + excluded.charged_tokens,
          unknown_usage = u.unknown_usage + excluded.unknown_usage, first_at = least(u.first_at, excluded.first_at), last_at = greatest(u.last_at, excluded.last_at)`,
  );
}

export type TokenUse = { readonly organisation: string; readonly token: string; readonly at: string };

export async function touchTokens(transaction: Transaction, uses: readonly TokenUse[]): Promise<void> {
  await transaction.run(
    sql`update gateway_token t set last_used_at = c.at from jsonb_to_recordset(${JSON.stringify(uses)}::jsonb) as c (organisation uuid, token uuid, at timestamptz)
        where t.organisation_id = c.organisation and t.id = c.token and (t.last_used_at is null or t.last_used_at < c.at)`,
  );
}

export type HeadRow = {
  readonly organisation_id: string;
  readonly grant_id: string;
  readonly segment: string;
  readonly frames: number;
  readonly sha256: Uint8Array;
};

export async function readHeads(
  transaction: Transaction,
  gateway: string,
  organisations: readonly string[],
  segments: readonly string[],
): Promise<readonly HeadRow[]> {
  return transaction.query<HeadRow>(
    sql`select organisation_id, grant_id, segment, frames, sha256 from segment_head
        where organisation_id = any (${organisations}::uuid[]) and gateway = ${gateway} and segment = any (${segments}::text[])`,
  );
}

export type NewHead = {
  readonly organisation: string;
  readonly lab: string;
  readonly grant: string;
  readonly segment: string;
  readonly frames: number;
  readonly sha256: string;
  readonly statement: string;
};

export async function keepHeads(transaction: Transaction, gateway: string, heads: readonly NewHead[], at: Date): Promise<void> {
  await transaction.run(
    sql`insert into segment_head (organisation_id, lab_organisation_id, grant_id, gateway, segment, frames, sha256, statement_id, stated_at)
        select organisation, lab, "grant", ${gateway}, segment, frames, decode(sha256, 'hex'), statement, ${at}
        from jsonb_to_recordset(${JSON.stringify(heads)}::jsonb)
          as c (organisation uuid, lab uuid, "grant" uuid, segment text, frames bigint, sha256 text, statement uuid)
        on conflict (organisation_id, grant_id, gateway, segment) do update set
          frames = excluded.frames, sha256 = excluded.sha256, statement_id = excluded.statement_id, stated_at = excluded.stated_at`,
  );
}
