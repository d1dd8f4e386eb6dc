import { encodeVersion, orderOf } from "../../versions/encode-version.ts";
import type { Ecosystem, UpgradeStep } from "../ecosystem.ts";
import { encodePurlSegment } from "../purl-segment.ts";
import { requirementAdmits } from "./gem-requirement.ts";
import { gem, parseGemVersion, type GemVersion } from "./gem-version.ts";

export const rubygems: Ecosystem = {
  id: "RubyGems",
  scheme: gem,
  purlTypes: ["gem"],
  nameFromPurl: (_, name) => name,
  purlOf: (name) => `pkg:gem/${encodePurlSegment(name)}`,
  normaliseName: (name) => name,
  admits: requirementAdmits,
  isBreaking,
  isPrerelease: (version) => parseGemVersion(version)?.isPrerelease === true,
  commandsFor,
  removalCommands: ({ name, direct }) => (direct === true && isGemName(name) ? [`bundle remove ${name}`, "bundle install"] : []),
  feedSize: undefined,
};

/** Semantic Versioning, which RubyGems asks of its authors: another first number, or in `0.x` another second one. */
function isBreaking(from: string, to: string): boolean {
  const old = parseGemVersion(from)?.release;
  const next = parseGemVersion(to)?.release;
  if (old === undefined || next === undefined || old[0] !== next[0]) return true;
  return old[0] === "0" && (old[1] ?? "0") !== (next[1] ?? "0");
}

function commandsFor({ name, version, above, direct, blocked }: UpgradeStep): readonly string[] {
  const target = parseGemVersion(version);
  if (!isGemName(name) || target === undefined || !(encodeVersion(target.text, gem) instanceof Uint8Array)) return [];
  const update = `bundle update --conservative ${name}`;
  if (direct !== true) return blocked ? [] : [update];
  const requirement = above ? `"> ${target.text}"` : requirementFor(target);
  return [`# Gemfile: gem "${name}", ${requirement}`, update];
}

/** At least the version, and no further than its own minor release: the smallest step that a Gemfile can state. */
function requirementFor({ text, release, isPrerelease }: GemVersion): string {
  const [major = "0", minor = "0", patch = "0"] = release;
  const minorRelease = `${major}.${minor}.${patch}${isPrerelease ? ".a" : ""}`;
  return orderOf(text, minorRelease, gem) === "=" ? `"~> ${minorRelease}"` : `"~> ${minorRelease}", ">= ${text}"`;
}

/** Names come from strangers: what is none of the registry's (`--all`, `../x`) would mean something else on Bundler's command line. */
function isGemName(name: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(name);
}
