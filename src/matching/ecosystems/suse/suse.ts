import { rpm } from "../../versions/rpm/rpm.ts";
import { distribution, isRpmName, rpmAdmits, rpmSource } from "../distribution.ts";
import { distro } from "../distro-release.ts";
import type { Ecosystem } from "../ecosystem.ts";

export const suse: Ecosystem = distribution({
  id: "SUSE",
  scheme: rpm,
  purlTypes: ["rpm/suse", "rpm/sles"],
  sourceFromPurl: rpmSource,
  releases: {
    fromPurl: distro,
    covers: (stated, asked) => stated === productOf(asked) || (enterpriseRelease(stated) ?? stated) === enterpriseRelease(asked),
    whenUnknown: "every-release",
  },
  admits: rpmAdmits(rpm),
  isName: isRpmName,
  upgrade: (name) => [`zypper update ${name}`],
  remove: (name) => [`zypper remove ${name}`],
});

/** `PRETTY_NAME` begins with the vendor, OSV's products do not. */
function productOf(release: string): string {
  return release.replace(/^SUSE (?=.)/, "");
}

/** `15.5` for `15.5`, `Linux Enterprise Server 15 SP5` and the modules of that service pack; undefined for other products. */
function enterpriseRelease(release: string): string | undefined {
  const number = /^\d+(?:\.\d+)?$/.exec(release)?.[0];
  if (number !== undefined) return number;
  const [, version, servicePack] = /\bLinux Enterprise\b.*? (\d+)(?: SP(\d+))?(?:[ -]|$)/.exec(release) ?? [];
  return version === undefined || servicePack === undefined ? version : `${version}.${servicePack}`;
}
