import { encodeVersion } from "../../versions/encode-version.ts";
import type { Ecosystem, UpgradeStep } from "../ecosystem.ts";
import { encodePurlSegment } from "../purl-segment.ts";
import { isPrerelease, specifierAdmits } from "./pep440-specifier.ts";
import { parsePep440, pep440, publicText } from "./pep440-version.ts";

export const pypi: Ecosystem = {
  id: "PyPI",
  scheme: pep440,
  purlTypes: ["pypi"],
  nameFromPurl: (_, name) => normaliseName(name),
  purlOf: (name) => `pkg:pypi/${encodePurlSegment(normaliseName(name))}`,
  normaliseName,
  admits: specifierAdmits,
  isBreaking,
  isPrerelease: (version) => {
    const parsed = parsePep440(version);
    return parsed !== undefined && isPrerelease(parsed);
  },
  commandsFor,
  removalCommands: ({ name, direct }) =>
    direct === true && isProjectName(name) ? [`# requirements.txt: no ${name}`, `pip uninstall ${name}`] : [],
  feedSize: undefined,
};

/** PEP 503. */
function normaliseName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}

/** PEP 440 promises nothing; what most projects keep is the first number, or in `0.x` the second. */
function isBreaking(from: string, to: string): boolean {
  const old = parsePep440(from);
  const next = parsePep440(to);
  if (old === undefined || next === undefined || old.epoch !== next.epoch || old.release[0] !== next.release[0]) return true;
  return old.release[0] === "0" && (old.release[1] ?? "0") !== (next.release[1] ?? "0");
}

function commandsFor({ name, version, above, direct, blocked }: UpgradeStep): readonly string[] {
  const specifier = specifierFor(version, above);
  if (!isProjectName(name) || specifier === undefined) return [];
  if (direct === true) return [`# requirements.txt: ${name}${specifier}`, "pip install -r requirements.txt"];
  return blocked ? [] : [`pip install "${name}${specifier}"`];
}

/** PEP 440 lets only `==` name a local version. */
function specifierFor(version: string, above: boolean): string | undefined {
  const parsed = parsePep440(version);
  if (parsed === undefined || !(encodeVersion(version, pep440) instanceof Uint8Array)) return undefined;
  if (parsed.local.length === 0) return `${above ? ">" : ">="}${publicText(parsed)}`;
  return above ? undefined : `==${publicText(parsed)}+${parsed.local.join(".")}`;
}

/** Names come from strangers: what is none of the index's (`-r`, `../x`, `git+https:…`) would mean something else on pip's command line. */
function isProjectName(name: string): boolean {
  return /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(name);
}
