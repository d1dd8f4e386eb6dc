import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

/** No writer is silent for so long. */
const LIES_MS = 24 * 60 * 60 * 1000;

/** Removes the files of such names that nobody has written to for a day: what writers that were killed have left. A directory that is not there has none. */
export function removeAbandoned(directory: string, isUnfinished: (name: string) => boolean): void {
  for (const name of namesIn(directory).filter(isUnfinished)) {
    const path = join(directory, name);
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isFile() === true && Date.now() - found.mtimeMs >= LIES_MS) rmSync(path, { force: true });
  }
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
