import type { SqlQuery } from "./sql.ts";

/**
 * Who a transaction acts as when nobody's request is behind it; each is one database role (see `migrations/`).
 * `reader` answers requests and may only read public data; `importer` writes what feeds state; `keeper` backs up and keeps house;
 * `gatekeeper` knows who signs in; `registrar` writes who reads research; `releaser` opens stages; `courier` delivers notifications; `notary` keeps the ledger.
 */
export type SystemActor = (typeof SYSTEM_ACTORS)[number];
export const SYSTEM_ACTORS = [
  "reader",
  "importer",
  "keeper",
  "gatekeeper",
  "registrar",
  "releaser",
  "courier",
  "notary",
  "custodian",
  "gateway",
] as const;

/** A member of an organisation, as the server signed it (`actors/sign-actor.ts`); the database verifies it and policies trust nothing else. */
export type SignedActor = { readonly signed: string };

export type Actor = SystemActor | SignedActor;

export type Row = Readonly<Record<string, unknown>>;

/** One round of statements inside a transaction. Statements begin with select, insert, update, delete, merge, values or with: nothing that changes the role. */
export type Transaction = {
  readonly query: <R extends Row>(query: SqlQuery) => Promise<readonly R[]>;
  /** Statement that returns no rows; the number of rows it touched. */
  readonly run: (query: SqlQuery) => Promise<number>;
  /** Several statements sent together and run in order: the rows of each. The first that fails rejects, and none behind it counts. */
  readonly queryAll: (queries: readonly SqlQuery[]) => Promise<readonly (readonly Row[])[]>;
  /** Bulk insert of any number of rows in bounded memory, one array of column values a row; the number of rows. Policies check each row. */
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
  /** ANALYZE of everything: what the planner believes of the tables is what they hold. */
  readonly analyze: () => Promise<void>;
  /** Writes dirty pages and recycles the log; after bulk loads. */
  readonly checkpoint: () => Promise<void>;
  readonly close: () => Promise<void>;
};

export type TransactionOptions = { readonly timeoutMs?: number; readonly signal?: AbortSignal };

/** What start-up, backup and tests may do besides: act as the owner of every table. Stores never see it. */
export type OwnedDatabase = Database & {
  /** A transaction without a role. No time limit unless one is given. */
  readonly asOwner: <T>(work: (transaction: OwnerTransaction) => Promise<T>, options?: OwnerOptions) => Promise<T>;
  /** Runs `work` while no other process does so on this database: for what must happen once, such as migrating. */
  readonly exclusively: <T>(work: () => Promise<T>) => Promise<T>;
};

export type OwnerTransaction = Transaction & {
  /** Any statements, separated by semicolons. */
  readonly script: (text: string) => Promise<void>;
};

export type OwnerOptions = TransactionOptions & {
  /** One unchanging view of everything, for reading only. */
  readonly snapshot?: boolean;
};
