import type { SystemRelease } from "../../vocabulary/system-release.ts";
import { allEcosystems, baseEcosystemName, ecosystemOf } from "./ecosystem-of.ts";

/** How a system is named, for people. */
export const SYSTEM_EXAMPLES = "Debian:12, Ubuntu:22.04 or Alpine:v3.18";

/** Package formats of whose systems a list of what is installed is read. */
const LISTED = /^(deb|apk)\/(.+)$/;

/** The system that an OSV ecosystem such as `Debian:12` names; undefined when it is none, or lacks its release. */
export function systemOfEcosystem(osvEcosystem: string): SystemRelease | undefined {
  const ecosystem = ecosystemOf(osvEcosystem);
  const [, packageType, vendor] = LISTED.exec(ecosystem?.purlTypes[0] ?? "") ?? [];
  if (ecosystem === undefined || packageType === undefined || vendor === undefined) return undefined;
  const release = osvEcosystem.slice(baseEcosystemName(osvEcosystem).length + 1).trim();
  if (ecosystem.releases === undefined) return { packageType, vendor, release: undefined };
  return release === "" ? undefined : { packageType, vendor, release };
}

/** The system that an os-release file describes; undefined when it is none whose packages have an order here. */
export function systemOfOsRelease({
  id,
  versionId,
  codename,
}: {
  readonly id: string;
  readonly versionId: string | undefined;
  readonly codename: string | undefined;
}): SystemRelease | undefined {
  for (const ecosystem of allEcosystems) {
    for (const purlType of ecosystem.purlTypes) {
      const [, packageType, vendor] = LISTED.exec(purlType) ?? [];
      if (packageType === undefined || vendor !== id) continue;
      if (ecosystem.releases === undefined) return { packageType, vendor, release: undefined };
      const release = isOfNoBranch(packageType, versionId) ? "edge" : (versionId ?? codename);
      return release === undefined ? undefined : { packageType, vendor, release };
    }
  }
  return undefined;
}

/** Alpine's edge gives the number of the branch that is to come: `3.21.0_alpha20240807`. */
function isOfNoBranch(packageType: string, versionId: string | undefined): boolean {
  return packageType === "apk" && versionId?.includes("_") === true;
}
