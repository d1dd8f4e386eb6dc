import { packageLock } from "../../src/formats/package-lock/package-lock.ts";
import type { Inventory } from "../../src/vocabulary/component.ts";

/** What is installed at a path: a version, or a version and what it asks for. */
type Installed = string | { readonly version?: string; readonly needs?: Needs; readonly dev?: boolean };
type Needs = Readonly<Record<string, string>>;

export type StatedProject = {
  readonly needs?: Needs;
  readonly devNeeds?: Needs;
  /** By path, nested ones apart by ` > `: `form-builder > lodash`. */
  readonly installed: Readonly<Record<string, Installed>>;
};

/** The bytes of a package-lock.json, version 3. */
export function lockfileOf({ needs, devNeeds, installed }: StatedProject): Uint8Array {
  const packages = Object.entries(installed).map(([path, entry]) => {
    const { version, needs: dependencies, dev } = typeof entry === "string" ? { version: entry } : entry;
    const folder = path
      .split(" > ")
      .map((name) => `node_modules/${name}`)
      .join("/");
    return [folder, { version, dependencies, dev }];
  });
  const root = { name: "project", version: "1.0.0", dependencies: needs, devDependencies: devNeeds };
  return new TextEncoder().encode(
    JSON.stringify({ name: "project", lockfileVersion: 3, packages: { "": root, ...Object.fromEntries(packages) } }),
  );
}

/** The project as Sluice reads it from its lockfile. */
export function projectOf(project: StatedProject): Inventory {
  return packageLock.read({ name: "package-lock.json", bytes: lockfileOf(project) }, () => undefined);
}
