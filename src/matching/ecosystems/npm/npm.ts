import { semver } from "../../versions/semver/semver.ts";
import type { Ecosystem, UpgradeStep } from "../ecosystem.ts";
import { encodePurlSegment } from "../purl-segment.ts";
import { parseNpmRange, rangeAdmits } from "./npm-range.ts";
import { caretPlace, parseNpmVersion } from "./npm-version.ts";

export const npm: Ecosystem = {
  id: "npm",
  scheme: semver,
  purlTypes: ["npm"],
  nameFromPurl: (namespace, name) => (namespace === undefined || namespace === "" ? name : `${namespace}/${name}`),
  purlOf: (name) => `pkg:npm/${name.split("/").map(encodePurlSegment).join("/")}`,
  normaliseName: (name) => name,
  admits,
  isBreaking,
  isPrerelease: (version) => /^v?\d[\d.]*[^\d.+]/.test(version),
  commandsFor,
  removalCommands: ({ name, direct }) => (direct === true && isPackageName(name) ? [`npm uninstall ${quoted(name)}`] : []),
  feedSize: { bytes: 142_300_000, seenOn: "2025-11-08" },
};

function admits(requirement: string, version: string): boolean | undefined {
  const range = parseNpmRange(rangeOfAlias(requirement.trim()));
  const whole = parseNpmVersion(version.trim());
  return range === undefined || whole?.precision !== 3 ? undefined : rangeAdmits(range, whole);
}

/** `npm:@scope/name@^1.2` asks for what stands behind the name; a bare name asks for any version. */
function rangeOfAlias(requirement: string): string {
  const [whole, range] = /^npm:@?[^@]+(?:@(.*))?$/s.exec(requirement) ?? [];
  return whole === undefined ? requirement : (range ?? "*");
}

/** The caret rule: the first number that is not 0 carries the promise, so that in `0.x` every minor release may break. */
function isBreaking(from: string, to: string): boolean {
  const old = parseNpmVersion(from);
  const next = parseNpmVersion(to);
  if (old === undefined || next === undefined) return true;
  const held = caretPlace({ ...old, precision: 3 });
  return old.numbers.some((number, place) => place <= held && number !== next.numbers[place]);
}

function commandsFor({ name, version, above, direct, development, blocked, within }: UpgradeStep): readonly string[] {
  if (!isPackageName(name) || parseNpmVersion(version)?.precision !== 3) return [];
  if (direct === true) {
    const install = `npm install ${development ? "--save-dev " : ""}${quoted(`${name}@${above ? ">" : ""}${version}`)}`;
    // `$name` is npm's word for "as the project itself asks for it"; without it the nested copies stay.
    return blocked ? [install, ...overrideCommands(name, within, `$${name}`)] : [install];
  }
  if (!blocked) return [`npm update ${quoted(name)}`];
  return direct === undefined || above ? [] : overrideCommands(name, within, version);
}

/** An override that is not held to those whose copies are meant would take every other copy along, and npm refuses one that contradicts the project's own requirement. */
function overrideCommands(name: string, within: readonly string[] | undefined, value: string): readonly string[] {
  if (within?.every(isPackageName) === false || within?.length === 0) return [];
  const keys = (within?.map((dependent) => [dependent, name]) ?? [[name]]).map((path) => `overrides${path.map(keySegment).join("")}`);
  return [`npm pkg set ${keys.map((key) => quoted(`${key}=${value}`)).join(" ")}`, "npm install"];
}

function keySegment(name: string): string {
  return name.includes(".") ? `[${name}]` : `.${name}`;
}

/** Names come from strangers: what is not a registry name (`-g`, `../x`, `https:…`) would mean something else on npm's command line. */
function isPackageName(name: string): boolean {
  return /^(?:@[A-Za-z0-9~!*'()-][A-Za-z0-9._~!*'()-]*\/)?[A-Za-z0-9~!*'()][A-Za-z0-9._~!*'()-]*$/.test(name);
}

/** Double quotes where every shell agrees on them, single quotes otherwise. */
function quoted(argument: string): string {
  if (/^[A-Za-z0-9@/._+-]+$/.test(argument)) return argument;
  if (!/["$`\\!%]/.test(argument)) return `"${argument}"`;
  return `'${argument.replaceAll("'", String.raw`'\''`)}'`;
}
