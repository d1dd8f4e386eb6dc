import { leavesCaretRange, parseSemver, semverText } from "../../versions/semver/semver-parts.ts";
import { semver } from "../../versions/semver/semver.ts";
import type { Ecosystem, UpgradeStep } from "../ecosystem.ts";
import { encodePurlSegment } from "../purl-segment.ts";

export const vscode: Ecosystem = {
  id: "VSCode",
  scheme: semver,
  purlTypes: ["vscode-extension"],
  nameFromPurl: (namespace, name) => (namespace === undefined || namespace === "" ? name : `${namespace}.${name}`),
  purlOf,
  normaliseName: (name) => name.toLowerCase(),
  admits: () => undefined,
  isBreaking: (from, to) => leavesCaretRange(parseSemver(from), parseSemver(to)),
  isPrerelease: (version) => parseSemver(version)?.prerelease !== undefined,
  commandsFor,
  removalCommands: ({ name }) => (isExtensionId(name) ? [`code --uninstall-extension ${name}`] : []),
  feedSize: undefined,
};

/** A publisher has no dot in its name; an extension may. */
function purlOf(name: string): string {
  const dot = name.indexOf(".");
  const segments = dot === -1 ? [name] : [name.slice(0, dot), name.slice(dot + 1)];
  return `pkg:vscode-extension/${segments.map(encodePurlSegment).join("/")}`;
}

/** Without a version the newest is taken, over the one that is installed. */
function commandsFor({ name, version, above }: UpgradeStep): readonly string[] {
  const target = parseSemver(version);
  if (!isExtensionId(name) || target === undefined) return [];
  return [above ? `code --install-extension ${name} --force` : `code --install-extension ${name}@${semverText(target)} --force`];
}

function isExtensionId(name: string): boolean {
  return /^[a-z0-9][a-z0-9-]*\.[a-z0-9][a-z0-9._-]*$/i.test(name);
}
