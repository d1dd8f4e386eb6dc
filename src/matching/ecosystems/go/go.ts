import { encodeVersion, orderOf } from "../../versions/encode-version.ts";
import type { Ecosystem, UpgradeStep } from "../ecosystem.ts";
import { encodePurlSegment } from "../purl-segment.ts";
import { goOrder, isPseudoVersion, parseGoVersion, type GoVersion } from "./go-version.ts";

/** OSV's names for Go's standard library and for the go command. */
const GO_ITSELF: ReadonlySet<string> = new Set(["stdlib", "toolchain"]);

export const go: Ecosystem = {
  id: "Go",
  scheme: goOrder,
  purlTypes: ["golang"],
  nameFromPurl: (namespace, name, subpath) => [namespace, name, subpath].filter((part) => part !== undefined && part !== "").join("/"),
  purlOf: (name) => `pkg:golang/${name.split("/").map(encodePurlSegment).join("/")}`,
  normaliseName: (name) => name,
  admits,
  isBreaking,
  isPrerelease: (version) => {
    const parsed = parseGoVersion(version);
    return parsed?.prerelease !== undefined && !isPseudoVersion(parsed);
  },
  commandsFor,
  removalCommands: ({ name, direct }) => (direct === true && isModulePath(name) ? [`go get ${name}@none`, "go mod tidy"] : []),
  noteOn: ({ name }) =>
    name === "stdlib" ? "a go.mod states the least version of Go: what the project is built with may be newer" : undefined,
  feedSize: undefined,
};

/** A requirement of go.mod is the least that will do; another module may ask for more. */
function admits(requirement: string, version: string): boolean | undefined {
  if (parseGoVersion(requirement) === undefined || parseGoVersion(version) === undefined) return undefined;
  const order = orderOf(version, requirement, goOrder);
  return typeof order === "string" ? order !== "<" : undefined;
}

/** Go promises that a module path stays compatible, from v1 on; in `v0` every minor version may break. */
function isBreaking(from: string, to: string): boolean {
  // The go line of a go.mod names a release of Go without its patch, and without `go`.
  const [old, next] = [from, to].map((version) => parseGoVersion(version) ?? parseGoVersion(`go${version}`));
  if (old === undefined || next === undefined || old.major !== next.major) return true;
  return old.major === "0" && old.minor !== next.minor;
}

/** A requirement of go.mod is a minimum, and what is in use meets them all: none shuts out a higher version. */
function commandsFor({ name, version, above }: UpgradeStep): readonly string[] {
  const target = parseGoVersion(version);
  if (target === undefined || !(encodeVersion(version, goOrder) instanceof Uint8Array)) return [];
  if (GO_ITSELF.has(name)) return above ? [] : toolchainCommands(target);
  if (!isModulePath(name) || version.startsWith("go")) return [];
  const query = `${name}@${above ? ">" : ""}${version.startsWith("v") ? "" : "v"}${version}`;
  return [`go get ${above ? `"${query}"` : query}`, "go mod tidy"];
}

/** The go command fetches toolchains since 1.21. */
function toolchainCommands({ major, minor, patch, prerelease }: GoVersion): readonly string[] {
  if (major !== "1" || Number(minor) < 21) return [];
  if (prerelease === undefined) return [`go get toolchain@go1.${minor}.${patch}`];
  const [, kind, number] = /^(rc|beta)\.(\d+)$/.exec(prerelease) ?? [];
  return kind === undefined || patch !== "0" ? [] : [`go get toolchain@go1.${minor}${kind}${number}`];
}

/** Names come from strangers: what is no module path (`-u`, `./x`, `all`) would mean something else on the go command's line. */
function isModulePath(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9-]*(?:\.[A-Za-z0-9-]+)+(?:\/[A-Za-z0-9_~-]+(?:\.+[A-Za-z0-9_~-]+)*)*$/.test(name);
}
