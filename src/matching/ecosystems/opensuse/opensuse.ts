import { rpm } from "../../versions/rpm/rpm.ts";
import { distribution, isRpmName, rpmAdmits, rpmSource } from "../distribution.ts";
import type { Ecosystem } from "../ecosystem.ts";

export const opensuse: Ecosystem = distribution({
  id: "openSUSE",
  scheme: rpm,
  purlTypes: ["rpm/opensuse", "rpm/opensuse-leap", "rpm/opensuse-tumbleweed"],
  sourceFromPurl: rpmSource,
  releases: {
    fromPurl: releaseFromPurl,
    covers: (stated, asked) => releaseOf(stated) === releaseOf(asked),
    whenUnknown: "every-release",
  },
  admits: rpmAdmits(rpm),
  isName: isRpmName,
  upgrade: (name) => [`zypper update ${name}`],
  remove: (name) => [`zypper remove ${name}`],
});

/** `opensuse-leap-15.5` and `opensuse-tumbleweed-20240101` say more than their numbers. */
function releaseFromPurl(qualifiers: Readonly<Record<string, string>>): string | undefined {
  const value = qualifiers["distro"]?.trim();
  return value === undefined || value === "" ? undefined : releaseOf(value);
}

/** As OSV has it: `Leap 15.5`, `Leap Micro 5.3`, `Tumbleweed`. */
function releaseOf(release: string): string {
  const words = release.replace(/^opensuse[ -]?/i, "");
  if (/^tumbleweed(?:[ -]|$)/i.test(words)) return "Tumbleweed";
  const [, micro, number] = /^(?:leap)?[ -]?(micro)?[ -]?(\d+\.\d+)$/i.exec(words) ?? [];
  return number === undefined ? words : `Leap ${micro === undefined ? "" : "Micro "}${number}`;
}
