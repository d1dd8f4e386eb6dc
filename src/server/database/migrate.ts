import { CodedError } from "../../vocabulary/coded-error.ts";
import type { OwnedDatabase, OwnerTransaction } from "./database.ts";
import { readMigrations, type Migration } from "./migrations.ts";
import { sql } from "./sql.ts";

/** A migration as the database remembers it. */
export type AppliedMigration = { readonly id: number; readonly name: string; readonly sha256: string };

export type MigrateOptions = {
  readonly migrations?: readonly Migration[];
  /** Called once before the first pending migration of a database that has had some, outside any transaction: the moment for a backup. */
  readonly beforeUpgrade?: (pending: readonly Migration[]) => Promise<void>;
};

/**
 * Brings the database up to this program's schema, each migration in one transaction; the migrations it applied.
 * @throws CodedError `conflict` when an applied migration differs from its file, or when the database is newer than the program.
 */
export async function migrate(database: OwnedDatabase, options: MigrateOptions = {}): Promise<readonly Migration[]> {
  const migrations = options.migrations ?? readMigrations();
  return database.exclusively(async () => {
    const applied = await appliedMigrations(database);
    const pending = pendingMigrations(migrations, applied);
    if (pending.length > 0 && applied.length > 0) await options.beforeUpgrade?.(pending);
    for (const migration of pending) await database.asOwner((transaction) => applyMigration(transaction, migration));
    return pending;
  });
}

/** What the database has had, in order; nothing on a database that was never migrated. */
export async function appliedMigrations(database: OwnedDatabase): Promise<readonly AppliedMigration[]> {
  return database.asOwner(readApplied);
}

export async function readApplied(transaction: OwnerTransaction): Promise<readonly AppliedMigration[]> {
  const [table] = await transaction.query<{ exists: boolean }>(sql`select to_regclass('public.migration') is not null as exists`);
  if (table?.exists !== true) return [];
  return transaction.query<AppliedMigration>(sql`select id, name, sha256 from public.migration order by id`);
}

/** The part of `migrations` that is still to do. @throws CodedError `conflict` */
export function pendingMigrations(migrations: readonly Migration[], applied: readonly AppliedMigration[]): readonly Migration[] {
  for (const [index, done] of applied.entries()) {
    const migration = migrations[index];
    if (migration === undefined) {
      throw new CodedError(
        "conflict",
        `the database is newer than this program: it has migration ${migrationLabel(done)}, and this program knows ${migrations.length}. Start the version of Sluice that last used it, or a newer one`,
      );
    }
    if (migration.id !== done.id || migration.name !== done.name || migration.sha256 !== done.sha256) {
      throw new CodedError(
        "conflict",
        `migration ${migrationLabel(done)} was applied with SHA-256 ${done.sha256}, but this program's ${migrationLabel(migration)} has ${migration.sha256}: a migration must not change once it is applied`,
      );
    }
  }
  return migrations.slice(applied.length);
}

/** `000002_advisories` */
export function migrationLabel({ id, name }: { readonly id: number; readonly name: string }): string {
  return `${String(id).padStart(6, "0")}_${name}`;
}

/** One step, inside a transaction of the caller's. */
export async function applyMigration(transaction: OwnerTransaction, migration: Migration): Promise<void> {
  await transaction.script(`create table if not exists public.migration (
    id integer primary key, name text not null, sha256 text not null, applied_at timestamptz not null default now())`);
  await transaction.script(migration.text);
  // It may have moved rows as the keeper.
  await transaction.script("reset role");
  await transaction.run(
    sql`insert into public.migration (id, name, sha256) values (${migration.id}, ${migration.name}, ${migration.sha256})`,
  );
}
