import { encodeVersion } from "../../versions/encode-version.ts";
import type { Ecosystem, UpgradeStep } from "../ecosystem.ts";
import { encodePurlSegment } from "../purl-segment.ts";
import { mavenItems, RANK } from "./maven-items.ts";
import { rangeAdmits } from "./maven-range.ts";
import { maven39 } from "./maven39-version.ts";

export const maven: Ecosystem = {
  id: "Maven",
  scheme: maven39,
  purlTypes: ["maven", "gradle"],
  nameFromPurl: (namespace, name) => (namespace === undefined ? name : `${namespace}:${name}`),
  purlOf: (name) => `pkg:maven/${name.split(":").map(encodePurlSegment).join("/")}`,
  normaliseName: (name) => name,
  admits: rangeAdmits,
  isBreaking,
  isPrerelease,
  commandsFor,
  removalCommands,
  feedSize: undefined,
};

/**
 * Maven promises nothing; what most projects keep is the first number, or in `0.x` the second. Another flavour is another build:
 * `31.1-jre` and `32.0.0-android` are not for the same users.
 */
function isBreaking(from: string, to: string): boolean {
  const [old, next] = [partsOf(from), partsOf(to)];
  if (old === undefined || next === undefined || old.major !== next.major) return true;
  if (old.major === "0" && old.minor !== next.minor) return true;
  return old.flavour !== "" && old.flavour !== next.flavour;
}

/** Maven's own words for what comes before a release, and three that people write although Maven does not rank them. */
function isPrerelease(version: string): boolean {
  if (!hasKey(version)) return false;
  return mavenItems(version).some(
    ({ kind, rank, text }) => kind === "word" && (rank < RANK.release || (rank === RANK.other && UNRANKED_PRERELEASE.has(text))),
  );
}

const UNRANKED_PRERELEASE: ReadonlySet<string> = new Set(["pre", "preview", "ea"]);

type Parts = { readonly major: string; readonly minor: string; readonly flavour: string };

function partsOf(version: string): Parts | undefined {
  if (!hasKey(version)) return undefined;
  const [, major, minor = "0"] = /^0*(\d+)(?:\.0*(\d+))?/.exec(version) ?? [];
  if (major === undefined) return undefined;
  const words = mavenItems(version).flatMap(({ rank, text }) => (rank === RANK.other && !UNRANKED_PRERELEASE.has(text) ? [text] : []));
  return { major, minor, flavour: words.join("-") };
}

function hasKey(version: string): boolean {
  return encodeVersion(version, maven39) instanceof Uint8Array;
}

function commandsFor({ name, version, above, direct, blocked, tool = "maven", statedIn }: UpgradeStep): readonly string[] {
  if (!isMavenName(name) || !isWritable(version)) return [];
  if (tool === "gradle") return gradleLines(name, above ? `${name} above ${version}` : `${name}:${version}`);
  if (tool !== "maven") return [];
  const wanted = above ? `${name} above ${version}` : `${name}:${version}`;
  // The plugin changes no parent.
  if (statedIn !== undefined) return [`# ${statedIn}: ${wanted} where its version stands`];
  const managed = `# pom.xml: ${wanted} in dependencyManagement`;
  if (direct === false) return [managed];
  if (direct === undefined) return [`${managed}, or in the project's own dependency where it has one`];
  const own = above
    ? `mvn versions:use-latest-releases "-Dincludes=${name}"`
    : `mvn versions:use-dep-version "-Dincludes=${name}" "-DdepVersion=${version}" -DprocessProperties=true`;
  // A range that another dependency asks for binds Maven even beside the project's own version, unless the version is managed.
  return blocked ? [own, managed] : [own];
}

/** A gradle.lockfile does not say what the project asks for; a constraint holds either way, unless the project's own version is higher. */
function gradleLines(name: string, wanted: string): readonly string[] {
  return [
    `# build.gradle: ${wanted} in constraints, or in the project's own dependency where it has one`,
    `gradle dependencies --update-locks ${name}`,
  ];
}

function removalCommands({ name, direct, tool = "maven" }: Pick<UpgradeStep, "name" | "direct" | "tool">): readonly string[] {
  if (tool === "gradle" && isMavenName(name))
    return [`# build.gradle: no dependency ${name}, and an exclusion of it where another brings it in`];
  if (tool !== "maven") return [];
  if (direct === undefined || !isMavenName(name)) return [];
  return [direct ? `# pom.xml: no dependency ${name}` : `# pom.xml: an exclusion of ${name} in each dependency that brings it in`];
}

/** Names come from strangers: Maven takes these characters in an id, and the plugin reads others (`*`, `,`) as a pattern. */
function isMavenName(name: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]*:[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name);
}

function isWritable(version: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9._+-]*$/.test(version) && hasKey(version);
}
