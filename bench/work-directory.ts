import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where one run of the bench keeps what it makes. */
export type WorkDirectory = {
  readonly path: string;
  /** A folder under this name, made by `make` the first time it is asked for; a folder that is there is whole. */
  readonly made: (name: string, make: (folder: string) => void | Promise<void>) => Promise<string>;
  /** An empty folder, for what is not asked for twice. */
  readonly fresh: (name: string) => string;
  readonly close: () => void;
};

/** `kept` stays for the next run, so that it need not make everything anew; without it a temporary folder that goes when the run ends. */
export function openWorkDirectory(kept: string | undefined): WorkDirectory {
  if (kept !== undefined) mkdirSync(kept, { recursive: true });
  const path = kept ?? mkdtempSync(join(tmpdir(), "sluice-bench-"));
  return {
    path,
    made: async (name, make) => {
      const folder = join(path, name);
      if (existsSync(folder)) return folder;
      const partial = `${folder}.partial`;
      rmSync(partial, { recursive: true, force: true });
      mkdirSync(partial, { recursive: true });
      await make(partial);
      renameSync(partial, folder);
      return folder;
    },
    fresh: (name) => {
      const folder = join(path, name);
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
      return folder;
    },
    close: () => {
      if (kept === undefined) rmSync(path, { recursive: true, force: true });
    },
  };
}
