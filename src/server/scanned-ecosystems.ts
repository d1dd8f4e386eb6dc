import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Ecosystems whose documents were scanned here, in the order of their first scan: names only, never what was in a document. */
export function readScannedEcosystems(dataDirectory: string): readonly string[] {
  try {
    return [...new Set(readFileSync(fileOf(dataDirectory), "utf8").split("\n"))].filter((line) => line !== "");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** What `sluice sync` without names will take. Why it could not be noted, or undefined. */
export function noteScannedEcosystems(dataDirectory: string, ecosystems: readonly string[]): string | undefined {
  try {
    const known = new Set(readScannedEcosystems(dataDirectory));
    const fresh = ecosystems.filter((ecosystem) => !known.has(ecosystem));
    if (fresh.length === 0) return undefined;
    mkdirSync(dataDirectory, { recursive: true });
    appendFileSync(fileOf(dataDirectory), fresh.map((ecosystem) => `${ecosystem}\n`).join(""));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function fileOf(dataDirectory: string): string {
  return join(dataDirectory, "scanned-ecosystems");
}
