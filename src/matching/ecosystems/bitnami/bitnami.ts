import { leavesCaretRange } from "../../versions/semver/semver-parts.ts";
import type { Ecosystem } from "../ecosystem.ts";
import { encodePurlSegment } from "../purl-segment.ts";
import { constraintAdmits } from "./bitnami-constraint.ts";
import { bitnami as bitnamiOrder, isRevision, parseBitnamiVersion } from "./bitnami-version.ts";

export const bitnami: Ecosystem = {
  id: "Bitnami",
  scheme: bitnamiOrder,
  purlTypes: ["bitnami"],
  nameFromPurl: (_, name) => name.toLowerCase(),
  purlOf: (name) => `pkg:bitnami/${encodePurlSegment(name.toLowerCase())}`,
  normaliseName: (name) => name.toLowerCase(),
  admits: constraintAdmits,
  isBreaking: (from, to) => leavesCaretRange(parseBitnamiVersion(from), parseBitnamiVersion(to)),
  isPrerelease: (version) => {
    const suffix = parseBitnamiVersion(version)?.prerelease;
    return suffix !== undefined && !isRevision(suffix);
  },
  // The packages are parts of an image: which one to pull instead, or what to build it with, its packages do not say.
  commandsFor: () => [],
  removalCommands: () => [],
  feedSize: undefined,
};
