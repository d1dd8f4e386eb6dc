import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../package-root.ts";

/** One file of the migrations folder; `id` is its number, `text` is SQL of PostgreSQL 15. */
export type Migration = { readonly id: number; readonly name: string; readonly sha256: string; readonly text: string };

const fileName = /^(\d{6})_([a-z0-9_]+)\.sql$/;

export function migrationsDirectory(): string {
  return join(packageRoot, "migrations");
}

/** All migrations in order, from 1 without a gap. */
export function readMigrations(directory: string = migrationsDirectory()): readonly Migration[] {
  const names = readdirSync(directory).filter((name) => name.endsWith(".sql"));
  return names.sort().map((name, index) => {
    const match = fileName.exec(name);
    const id = Number(match?.[1]);
    if (match === null || id !== index + 1) {
      throw new Error(`${join(directory, name)}: expected ${String(index + 1).padStart(6, "0")}_name.sql`);
    }
    const bytes = readFileSync(join(directory, name));
    return { id, name: match[2] ?? "", sha256: createHash("sha256").update(bytes).digest("hex"), text: bytes.toString("utf8") };
  });
}
