import type { Ecosystem, UpgradeStep } from "../ecosystem.ts";
import { parseNpmVersion } from "./npm-version.ts";

/** How one program of those that install from the registry is told what to do. Names and versions are checked before. */
export type ToolCommands = Pick<Ecosystem, "commandsFor" | "removalCommands">;

/** Names come from strangers: what is not a registry name (`-g`, `../x`, `https:…`) would mean something else on a command line. */
export function isPackageName(name: string): boolean {
  return /^(?:@[A-Za-z0-9~!*'()-][A-Za-z0-9._~!*'()-]*\/)?[A-Za-z0-9~!*'()][A-Za-z0-9._~!*'()-]*$/.test(name);
}

export function isWholeVersion(version: string): boolean {
  return parseNpmVersion(version)?.precision === 3;
}

/** `name@version` as one word, `name@>version` where any version above is meant. */
export function packageWord({ name, version, above }: Pick<UpgradeStep, "name" | "version" | "above">): string {
  return quoted(`${name}@${above ? ">" : ""}${version}`);
}

/** Double quotes where every shell agrees on them, single quotes otherwise. */
export function quoted(argument: string): string {
  if (/^[A-Za-z0-9@/._+-]+$/.test(argument)) return argument;
  if (!/["$`\\!%]/.test(argument)) return `"${argument}"`;
  return `'${argument.replaceAll("'", String.raw`'\''`)}'`;
}

/**
 * The paths of an override, from whoever holds a copy that is meant to the package. Not held to them, it would take every
 * other copy along. Undefined = it cannot be said.
 */
export function overridePaths(name: string, within: readonly string[] | undefined): readonly (readonly string[])[] | undefined {
  if (within?.every(isPackageName) === false || within?.length === 0) return undefined;
  return within?.map((dependent) => [dependent, name]) ?? [[name]];
}

/** A member in the words of `npm pkg set` and `bun pm pkg set`. */
export function memberWord(name: string): string {
  return /[./]/.test(name.replace(/^@[^/.]+\//, "")) ? `[${name}]` : `.${name}`;
}
