import { setTimeout as sleep } from "node:timers/promises";
import { Pool, type ClientConfig, type PoolClient } from "pg";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { becomeActor, DEFAULT_TIMEOUT_MS, IDLE_TIMEOUT_MS, isRequest } from "./actor-role.ts";
import type { Actor, OwnedDatabase, OwnerOptions, OwnerTransaction, Row, TransactionOptions } from "./database.ts";
import { nestingGuard } from "./nesting-guard.ts";
import { postgresListener } from "./postgres-listener.ts";
import { expectLoss, refusalOfPostgres, sessionOver, withConnection } from "./postgres-connection.ts";
import { sql, type SqlQuery } from "./sql.ts";
import { runTransaction, type Session, type Step } from "./transaction.ts";
import { untilAborted } from "./until-aborted.ts";

export type PostgresOptions = {
  /** `postgresql://login@host/database`; its login owns the tables, and has been granted every actor's role. */
  readonly url: string;
  /** The same database for requests: its login is a member of `sluice_actor` and `sluice_reader` and nothing else. Undefined = `url` serves them too. */
  readonly requestUrl?: string | undefined;
  readonly connections?: number;
  readonly idleTimeoutMs?: number;
};

const connectTimeoutMs = 10_000;
/** Any number, the same in every process that migrates: the guarded work of one database is one lock. */
const exclusiveLock = 5_170_246_113;

/** A database on a PostgreSQL server, 15 or newer. @throws CodedError `database-unavailable` */
export async function openPostgres({
  url,
  requestUrl,
  connections = 10,
  idleTimeoutMs = IDLE_TIMEOUT_MS,
}: PostgresOptions): Promise<OwnedDatabase> {
  const config: ClientConfig = {
    connectionString: url,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    application_name: "sluice",
  };
  const requestConfig: ClientConfig = { ...config, connectionString: requestUrl ?? url };
  const pool = openPool(config, connections);
  const requestPool = requestUrl === undefined ? pool : openPool(requestConfig, connections);
  const listener = postgresListener(config);
  const holding = nestingGuard();
  let closing: Promise<void> | undefined;

  async function lease<T>(place: Lease, signal: AbortSignal | undefined, work: (session: Session) => Promise<T>): Promise<T> {
    if (closing !== undefined) throw new CodedError("shutting-down", "the database is closing");
    signal?.throwIfAborted();
    const client = await connect(place.pool);
    const session = sessionOver(client);
    const cancellation = cancelOnAbort(place.config, client, signal);
    try {
      return await work(session);
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      // A cancellation that arrives late would hit whoever has the connection next.
      const isCancelled = await cancellation.stop();
      client.release(session.isBroken() || isCancelled);
    }
  }

  async function close(): Promise<void> {
    await listener.close();
    await pool.end();
    if (requestPool !== pool) await requestPool.end();
  }

  const owned: Lease = { pool, config };
  const requested: Lease = { pool: requestPool, config: requestConfig };
  const inTurn = <T>(place: Lease, signal: AbortSignal | undefined, work: (session: Session) => Promise<T>): Promise<T> =>
    untilAborted(
      holding(() => lease(place, signal, work)),
      signal,
    );

  const outsideTransaction = (text: string): Promise<void> =>
    withConnection(config, async (client) => void (await sessionOver(client).send([noLimit, { text }])));

  const database: OwnedDatabase = {
    kind: "postgres",
    transaction: (actor, work, options = {}) =>
      inTurn(isRequest(actor) ? requested : owned, options.signal, (session) =>
        runTransaction(
          session,
          {
            begin: begin(becomeActor(actor), options.timeoutMs ?? DEFAULT_TIMEOUT_MS, idleTimeoutMs),
            owner: false,
            signal: options.signal,
          },
          work,
        ),
      ),
    query: <R extends Row>(actor: Actor, query: SqlQuery, options?: TransactionOptions) =>
      database.transaction(actor, (transaction) => transaction.query<R>(query), options),
    asOwner: <T>(work: (transaction: OwnerTransaction) => Promise<T>, options: OwnerOptions = {}) =>
      inTurn(owned, options.signal, (session) =>
        runTransaction(
          session,
          { begin: begin(undefined, options.timeoutMs ?? 0, 0, options.snapshot), owner: true, signal: options.signal },
          work,
        ),
      ),
    exclusively: (work) =>
      withConnection(config, async (client) => {
        await sessionOver(client).send([noLimit, { text: "select pg_advisory_lock($1)", values: [String(exclusiveLock)] }]);
        return work();
      }),
    listen: listener.listen,
    vacuum: () => outsideTransaction("vacuum (analyze)"),
    analyze: () => outsideTransaction("analyze"),
    // The server writes its pages by its own clock, and only its administrators may ask for it.
    checkpoint: () => Promise.resolve(),
    close: () => (closing ??= close()),
  };
  try {
    const [server] = await database.asOwner((transaction) =>
      transaction.query<{ version: number }>(sql`select current_setting('server_version_num')::int as version`),
    );
    assertServerVersion(server?.version ?? 0);
  } catch (error) {
    await database.close();
    throw error;
  }
  return database;
}

/** `server_version_num`: 150018 is 15.18. @throws CodedError `database-unavailable` for what this program's SQL is too new for */
export function assertServerVersion(version: number): void {
  const major = Math.floor(version / 10_000);
  if (major < 15) throw new CodedError("database-unavailable", `expected PostgreSQL 15 or newer, got ${major}`);
}

/** An administrator's default would otherwise end what may take long. */
const noLimit: Step = { text: "set statement_timeout = 0" };

/** One message: everything a transaction needs costs one round trip. UTC, ISO and hex are what the column parsers read. */
function begin(become: string | undefined, timeoutMs: number, idleTimeoutMs: number, snapshot = false): string {
  return [
    snapshot ? "begin isolation level repeatable read read only" : "begin",
    ...(become === undefined ? [] : [become]),
    `set local statement_timeout = ${Math.ceil(timeoutMs)}`,
    `set local idle_in_transaction_session_timeout = ${idleTimeoutMs}`,
    "set local timezone = 'UTC'",
    "set local datestyle = 'ISO'",
    "set local bytea_output = 'hex'",
  ].join("; ");
}

type Lease = { readonly pool: Pool; readonly config: ClientConfig };

function openPool(config: ClientConfig, connections: number): Pool {
  const pool = new Pool({ ...config, max: connections });
  // A connection lost while idle is replaced by the pool; one lost in use rejects its statement.
  pool.on("error", () => {});
  pool.on("connect", expectLoss);
  return pool;
}

async function connect(pool: Pool): Promise<PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw refusalOfPostgres(error);
  }
}

type Cancellation = {
  /** Resolves when no cancellation is under way any more, with whether there was one. */
  readonly stop: () => Promise<boolean>;
};

const cancelAgainAfterMs = 100;

function cancelOnAbort(config: ClientConfig, client: PoolClient, signal: AbortSignal | undefined): Cancellation {
  const stopped = new AbortController();
  let cancelling: Promise<void> | undefined;
  const onAbort = (): void => {
    cancelling = cancelUntil(stopped.signal, config, client);
  };
  signal?.addEventListener("abort", onAbort, { once: true });
  return {
    stop: async () => {
      signal?.removeEventListener("abort", onAbort);
      stopped.abort();
      await cancelling;
      return cancelling !== undefined;
    },
  };
}

/** Again and again, because one that arrives between two statements is ignored; from a connection of its own, because the pool may be full. */
async function cancelUntil(stopped: AbortSignal, config: ClientConfig, client: PoolClient): Promise<void> {
  const { processID } = client as PoolClient & { readonly processID: number | null };
  if (processID === null) return;
  try {
    await withConnection(config, async (other) => {
      const session = sessionOver(other);
      while (!stopped.aborted) {
        await session.send([{ text: "select pg_cancel_backend($1)", values: [String(processID)] }]);
        await sleep(cancelAgainAfterMs, undefined, { signal: stopped }).catch(() => {});
      }
    });
  } catch {
    // The caller has stopped waiting already, and the statement's own time limit ends it.
  }
}
