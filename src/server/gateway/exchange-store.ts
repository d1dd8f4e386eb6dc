import type { Custody } from "../../vocabulary/enrolment.ts";
import type { ExchangeOutcome } from "../../vocabulary/exchange.ts";
import type { Transaction } from "../database/database.ts";
import { sql, type SqlQuery } from "../database/sql.ts";
import type { TimePosition } from "../list-page.ts";

export type SessionRow = {
  readonly session: string;
  readonly exchanges: number;
  readonly incomplete: number;
  readonly charged_tokens: number;
  readonly first_at: Date;
  readonly last_at: Date;
  readonly after_different: boolean;
};

export type SessionPosition = { readonly lastMs: number; readonly session: string };

/** The actor's own, the one used last first. */
export async function readSessions(
  transaction: Transaction,
  grant: string,
  after: SessionPosition | undefined,
  limit: number,
): Promise<readonly SessionRow[]> {
  const behind = after === undefined ? sql`true` : sql`(s.last_at, s.session) < (${new Date(after.lastMs)}, ${after.session})`;
  return transaction.query<SessionRow>(
    sql`select * from (
          select session, count(*) as exchanges, count(*) filter (where outcome <> 'complete') as incomplete, sum(charged_tokens)::bigint as charged_tokens,
            min(started_at) as first_at, max(started_at) as last_at, bool_or(after_different) as after_different
          from exchange where organisation_id = (select actor_organisation()) and grant_id = ${grant} group by session) s
        where ${behind} order by s.last_at desc, s.session desc limit ${limit}`,
  );
}

export type ExchangeRow = {
  readonly id: string;
  readonly lab_organisation_id: string;
  readonly grant_id: string;
  readonly token_id: string;
  readonly session: string;
  readonly segment: string;
  readonly purpose: string;
  readonly model: string;
  readonly path: string;
  readonly started_at: Date;
  readonly ended_at: Date;
  readonly status: number | null;
  readonly outcome: ExchangeOutcome;
  readonly reason: string | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly charged_tokens: number;
  readonly request_digest: Uint8Array;
  readonly answer_digest: Uint8Array | null;
  readonly after_different: boolean;
  readonly custody: Custody;
  /** There is a certificate of the key that had sealed it. */
  readonly is_destroyed: boolean;
};

const exchanges = sql`select x.id, x.lab_organisation_id, x.grant_id, x.token_id, x.session, x.segment, x.purpose, x.model, x.path,
    x.started_at, x.ended_at, x.status, x.outcome, x.reason, x.input_tokens, x.output_tokens, x.charged_tokens,
    x.request_digest, x.answer_digest, x.after_different, e.custody,
    exists (select from destruction_certificate c where c.organisation_id = x.lab_organisation_id and c.grant_id = x.grant_id and c.what = 'record') as is_destroyed
  from exchange x
  join access_grant g on g.organisation_id = x.lab_organisation_id and g.id = x.grant_id
  join enrolment e on e.organisation_id = g.organisation_id and e.id = g.enrolment_id
  where x.organisation_id = (select actor_organisation())`;

export type ExchangesAsked = {
  readonly grant: string;
  readonly session: string | undefined;
  readonly order: "newest-first" | "oldest-first";
  readonly after: TimePosition | undefined;
  readonly limit: number;
};

/** The actor's own of one grant, or of one session with it. */
export async function readExchanges(transaction: Transaction, asked: ExchangesAsked): Promise<readonly ExchangeRow[]> {
  const session = asked.session === undefined ? sql`true` : sql`x.session = ${asked.session}`;
  return transaction.query<ExchangeRow>(
    sql`${exchanges} and x.grant_id = ${asked.grant} and ${session} and ${behind(asked)} ${sorted(asked)} limit ${asked.limit}`,
  );
}

/** Either way along the index of an organisation's newest exchanges; what is stated is of whole milliseconds. */
function behind({ order, after }: ExchangesAsked): SqlQuery {
  if (after === undefined) return sql`true`;
  const at = new Date(after.atMs);
  return order === "newest-first"
    ? sql`x.started_at <= ${at} and (x.started_at < ${at} or x.id > ${after.id}::uuid)`
    : sql`x.started_at >= ${at} and (x.started_at > ${at} or x.id < ${after.id}::uuid)`;
}

function sorted({ order }: ExchangesAsked): SqlQuery {
  return order === "newest-first" ? sql`order by x.started_at desc, x.id` : sql`order by x.started_at, x.id desc`;
}

export async function findExchange(transaction: Transaction, exchange: string): Promise<ExchangeRow | undefined> {
  const [row] = await transaction.query<ExchangeRow>(sql`${exchanges} and x.id = ${exchange}`);
  return row;
}
