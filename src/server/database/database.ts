import type { SqlQuery } from "./sql.ts";

/**
 * Who a transaction acts as; each maps to one database role (see `migrations/000001_actors.sql`).
 * `reader` answers requests and may only read public data; `importer` writes what feeds state; `keeper` runs jobs and housekeeping; `owner` migrates.
 */
export type Actor = "reader" | "importer" | "keeper";

export type Row = Readonly<Record<string, unknown>>;

/** One round of statements inside a transaction. */
export type Transaction = {
  readonly query: <R extends Row>(query: SqlQuery) => Promise<readonly R[]>;
  /** Statement that returns no rows; the number of rows it touched. */
  readonly run: (query: SqlQuery) => Promise<number>;
  /** COPY in: `rows` as text, one array of column values a row (null = NULL, Uint8Array = bytea). Public tables only: COPY does not work under a policy that must check each row. */
  readonly copyIn: (table: string, columns: readonly string[], rows: Iterable<readonly CopyValue[]>) => Promise<number>;
};

export type CopyValue = string | number | bigint | boolean | Uint8Array | Date | null;

/**
 * The one way to the database. Two drivers: PGlite in a worker thread, and `pg`. int8 arrives as bigint-safe number
 * (refused when above 2^53), bytea as Uint8Array, timestamptz as Date, json as text.
 */
export type Database = {
  readonly kind: "embedded" | "postgres";
  /** Short, one round of statements, never awaiting the network inside. Rolled back when `work` throws.
   * @throws CodedError `statement-timeout`, `database-unavailable`, `disk-full` */
  readonly transaction: <T>(actor: Actor, work: (transaction: Transaction) => Promise<T>, options?: TransactionOptions) => Promise<T>;
  /** One statement in a transaction of its own. */
  readonly query: <R extends Row>(actor: Actor, query: SqlQuery, options?: TransactionOptions) => Promise<readonly R[]>;
  /** A hint that something may have happened on `channel`; never needed for correctness. Returns a function that stops listening. */
  readonly listen: (channel: string, onHint: () => void) => Promise<() => Promise<void>>;
  /** VACUUM (ANALYZE) of everything, outside any transaction. */
  readonly vacuum: () => Promise<void>;
  /** Writes dirty pages and recycles the log; after bulk loads. */
  readonly checkpoint: () => Promise<void>;
  readonly close: () => Promise<void>;
};

export type TransactionOptions = { readonly timeoutMs?: number; readonly signal?: AbortSignal };
