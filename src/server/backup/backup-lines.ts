import { z } from "zod";
import type { CopyValue } from "../database/database.ts";

/**
 * The lines of a backup: a header, then a table's name and its rows, table by table, then counters, then sealed files with their pieces, then the
 * end. Rows are JSON arrays of text or null. Version 1 has no files.
 */
const header = z.object({
  kind: z.literal("header"),
  version: z.union([z.literal(1), z.literal(2)]),
  writtenAt: z.iso.datetime(),
  program: z.string(),
  migrations: z.array(z.object({ id: z.int().positive(), name: z.string(), sha256: z.string() })),
});
const table = z.object({ kind: z.literal("table"), name: z.string(), columns: z.array(z.string()) });
const counter = z.object({ kind: z.literal("counter"), table: z.string(), column: z.string(), last: z.string(), isCalled: z.boolean() });
const file = z.object({ kind: z.literal("file"), name: z.string(), bytes: z.int().nonnegative() });
const piece = z.object({ kind: z.literal("piece"), base64: z.base64() });
const end = z.object({ kind: z.literal("end"), rows: z.int().nonnegative(), files: z.int().nonnegative().default(0) });
const marker = z.discriminatedUnion("kind", [header, table, counter, file, piece, end]);

export type BackupHeader = z.infer<typeof header>;
export type BackupMarker = z.infer<typeof marker>;
export type BackupLine = BackupMarker | { readonly kind: "row"; readonly values: readonly CopyValue[] };

export function backupLine(line: BackupMarker): string {
  return JSON.stringify(line);
}

/** Undefined when it is no line of a backup that this program can read. */
export function parseBackupLine(line: string): BackupLine | undefined {
  const value = parseJson(line);
  if (Array.isArray(value)) return value.every(isStoredValue) ? { kind: "row", values: value } : undefined;
  const parsed = marker.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

function isStoredValue(value: unknown): value is string | null {
  return value === null || typeof value === "string";
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
