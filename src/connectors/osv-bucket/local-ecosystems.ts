import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { isBucketFolder } from "./local-bucket.ts";

/**
 * Names under which a copy of the bucket on this machine may hold records, sorted: its folders that hold any; for the folder of one ecosystem
 * its own name; for a zip its name and its folder's. Whether they are ecosystems is for the caller to say.
 * @throws CodedError `input-invalid` when nothing is there.
 */
export async function localEcosystems(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() === true) return [basename(path).replace(/\.zip$/i, ""), basename(dirname(path))];
  if (found?.isDirectory() !== true)
    throw new CodedError("input-invalid", `expected a directory or a zip, got nothing at ${path}`, { place: path });
  const names: string[] = [];
  for (const entry of await readdir(path)) if (await isBucketFolder(join(path, entry))) names.push(entry);
  if (names.length > 0) return names.toSorted();
  return (await isBucketFolder(path)) ? [basename(path)] : [];
}
