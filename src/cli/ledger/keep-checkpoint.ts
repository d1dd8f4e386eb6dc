import { randomBytes } from "node:crypto";
import { realpath, rename, rm, stat, writeFile } from "node:fs/promises";

/**
 * Writes the newest checkpoint of a ledger where its reader keeps it. Threat: whoever keeps it in one file has nothing else to hold the ledger to, so
 * that the one before must not be gone before this one is there.
 */
export async function keepCheckpoint(path: string, text: string): Promise<void> {
  const isOther = (await stat(path).catch(() => undefined))?.isFile() === false;
  if (isOther) return writeFile(path, text);
  const target = await realpath(path).catch(() => path);
  const beside = `${target}.${randomBytes(6).toString("hex")}.new`;
  try {
    await writeFile(beside, text, { mode: 0o600, flush: true });
    await rename(beside, target);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
