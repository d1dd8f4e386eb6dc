import { semver } from "../../versions/semver/semver.ts";
import type { Ecosystem, UpgradeStep } from "../ecosystem.ts";
import { encodePurlSegment } from "../purl-segment.ts";
import { bunCommands } from "./bun-commands.ts";
import { npmCommands } from "./npm-commands.ts";
import { parseNpmRange, rangeAdmits } from "./npm-range.ts";
import { caretPlace, parseNpmVersion } from "./npm-version.ts";
import { pnpmCommands } from "./pnpm-commands.ts";
import { isPackageName, isWholeVersion, type ToolCommands } from "./tool-commands.ts";
import { yarnClassicCommands, yarnCommands } from "./yarn-commands.ts";

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
  removalCommands: (package_) => (isPackageName(package_.name) ? (TOOLS.get(package_.tool)?.removalCommands(package_) ?? []) : []),
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

/** By the names that formats give them; npm's also where no document says which it is. */
const TOOLS: ReadonlyMap<string | undefined, ToolCommands> = new Map([
  [undefined, npmCommands],
  ["npm", npmCommands],
  ["pnpm", pnpmCommands],
  ["yarn", yarnCommands],
  ["yarn-1", yarnClassicCommands],
  ["bun", bunCommands],
]);

function commandsFor(step: UpgradeStep): readonly string[] {
  return isPackageName(step.name) && isWholeVersion(step.version) ? (TOOLS.get(step.tool)?.commandsFor(step) ?? []) : [];
}
