import { rpm } from "../../versions/rpm/rpm.ts";
import { distribution, isRpmName, rpmAdmits, rpmSource } from "../distribution.ts";
import { majorNumber, majorRelease } from "../distro-release.ts";
import type { Ecosystem } from "../ecosystem.ts";

export const mageia: Ecosystem = distribution({
  id: "Mageia",
  scheme: rpm,
  purlTypes: ["rpm/mageia"],
  sourceFromPurl: rpmSource,
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
