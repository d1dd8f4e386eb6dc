import { existsSync } from "node:fs";
import { readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { grantDirectory, removedDirectory } from "../../sealing/segment-paths.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";

/** What was on the disk until now; of a removal that goes on after a crash, what the one before had left. */
export type RemovedGrant = { readonly grantId: string; readonly files: number; readonly bytes: number };

/**
 * Removes a grant's directory, or what an earlier removal left of it. It loses its name first: no start takes half of it for a record.
 * @throws CodedError `internal`
 */
export async function removeGrant(directory: string, grantId: string): Promise<RemovedGrant> {
  const removed = removedDirectory(directory, grantId);
  try {
    const left = existsSync(removed) ? await emptied(removed) : { files: 0, bytes: 0 };
    if (!existsSync(grantDirectory(directory, grantId))) return { grantId, ...left };
    await rename(grantDirectory(directory, grantId), removed);
    const { files, bytes } = await emptied(removed);
    return { grantId, files: left.files + files, bytes: left.bytes + bytes };
  } catch (cause) {
    const actual = cause instanceof Error ? cause.message : String(cause);
    throw new CodedError("internal", `expected to remove what was recorded in ${removed}, got ${actual}`, { cause, place: removed });
  }
}

async function emptied(path: string): Promise<{ readonly files: number; readonly bytes: number }> {
  const entries = await readdir(path, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  let bytes = 0;
  for (const { name } of files) bytes += (await stat(join(path, name))).size;
  await rm(path, { recursive: true });
  return { files: files.length, bytes };
}
