import type { Ecosystem, UpgradeStep } from "../ecosystem.ts";
import type { Pep440Version } from "./pep440-version.ts";
import { publicText } from "./pep440-version.ts";

/** What is to be changed, with its version read; the name is one of the index's. */
export type PypiStep = Omit<UpgradeStep, "version"> & { readonly version: Pep440Version };

/** How one program of those that install from the index is told what to do. */
export type ToolCommands = {
  readonly commandsFor: (step: PypiStep) => readonly string[];
  readonly removalCommands: Ecosystem["removalCommands"];
};

/** Names come from strangers: what is none of the index's (`-r`, `../x`, `git+https:…`) would mean something else on a command line. */
export function isProjectName(name: string): boolean {
  return /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(name);
}

/** `name>=version`, or `name>version`; PEP 440 lets only `==` name a local version. Undefined = there is no such requirement. */
export function atLeast({ name, version, above }: PypiStep): string | undefined {
  if (version.local.length === 0) return `${name}${above ? ">" : ">="}${publicText(version)}`;
  return above ? undefined : exactly({ name, version });
}

/** `name==version`. */
export function exactly({ name, version }: Pick<PypiStep, "name" | "version">): string {
  return `${name}==${publicText(version)}${version.local.length === 0 ? "" : `+${version.local.join(".")}`}`;
}

/** That version where it can be named, else any above it. */
export function target(step: PypiStep): string | undefined {
  return step.above ? atLeast(step) : exactly(step);
}

/** `==` is a plain word everywhere; of quotes, double ones where every shell agrees on them. */
export function quoted(requirement: string): string {
  if (/^[A-Za-z0-9._+=-]+$/.test(requirement)) return requirement;
  return requirement.includes("!") ? `'${requirement}'` : `"${requirement}"`;
}
