import { rpm } from "../../versions/rpm/rpm.ts";
import { distribution, isRpmName, rpmAdmits, rpmSource } from "../distribution.ts";
import { distro } from "../distro-release.ts";
import type { Ecosystem } from "../ecosystem.ts";

export const openeuler: Ecosystem = distribution({
  id: "openEuler",
  scheme: rpm,
  purlTypes: ["rpm/openeuler"],
  sourceFromPurl: rpmSource,
  releases: {
    fromPurl: (qualifiers) => {
      const release = distro(qualifiers);
      return release === undefined ? undefined : releaseOf(release);
    },
    covers: (stated, asked) => releaseOf(stated) === releaseOf(asked) || (isNumber(asked) && stated.startsWith(`${asked}-`)),
    streamOf: releaseOf,
    whenUnknown: "every-release",
  },
  admits: rpmAdmits(rpm),
  isName: isRpmName,
  upgrade: (name) => [`dnf upgrade ${name}`],
  remove: (name) => [`dnf remove ${name}`],
});

/** As OSV has it: `22.03-LTS-SP1`. `PRETTY_NAME` is `openEuler 22.03 (LTS-SP1)`. */
function releaseOf(release: string): string {
  const [, number, name] = /^(?:openEuler[ -])?(\d+\.\d+) \(([A-Z0-9-]+)\)$/i.exec(release) ?? [];
  return number === undefined || name === undefined ? release.replace(/^openEuler[ -](?=.)/i, "") : `${number}-${name}`;
}

/** `VERSION_ID` says nothing of the service pack. */
function isNumber(release: string): boolean {
  return /^\d+\.\d+$/.test(release);
}
