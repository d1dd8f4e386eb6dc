import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { invariant } from "../vocabulary/invariant.ts";

/** The folder that holds package.json: a clone's root, or the installed package. */
export const packageRoot: string = findPackageRoot(import.meta.dirname);

/** True when run from a clone; the packed package has no sources. */
export const isClone: boolean = existsSync(join(packageRoot, "src"));

/** The `version` of package.json. */
export const packageVersion: string = readVersion();

function findPackageRoot(from: string): string {
  let folder = from;
  while (!existsSync(join(folder, "package.json"))) {
    const parent = dirname(folder);
    invariant(parent !== folder, `no package.json above ${from}`);
    folder = parent;
  }
  return folder;
}

function readVersion(): string {
  const { version } = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as { readonly version?: unknown };
  invariant(typeof version === "string", "package.json has no version");
  return version;
}
