import { rpm } from "../../versions/rpm/rpm.ts";
import { distribution, isRpmName, rpmAdmits } from "../distribution.ts";
import { majorNumber, majorRelease } from "../distro-release.ts";
import type { Ecosystem } from "../ecosystem.ts";

export const almalinux: Ecosystem = distribution({
  id: "AlmaLinux",
  scheme: rpm,
  purlTypes: ["rpm/almalinux", "rpm/alma"],
  releases: {
    fromPurl: majorRelease,
    covers: (stated, asked) => majorNumber(stated) === majorNumber(asked),
    whenUnknown: "every-release",
  },
  admits: rpmAdmits(rpm),
  isName: isRpmName,
  upgrade: (name) => [`dnf upgrade ${name}`],
  remove: (name) => [`dnf remove ${name}`],
});
