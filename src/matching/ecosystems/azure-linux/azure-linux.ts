import { rpm } from "../../versions/rpm/rpm.ts";
import { distribution, isRpmName, rpmAdmits, rpmSource } from "../distribution.ts";
import { majorNumber, majorRelease } from "../distro-release.ts";
import type { Ecosystem } from "../ecosystem.ts";

export const azureLinux: Ecosystem = distribution({
  id: "Azure Linux",
  scheme: rpm,
  purlTypes: ["rpm/azure-linux", "rpm/azurelinux", "rpm/mariner", "rpm/cbl-mariner"],
  sourceFromPurl: rpmSource,
  releases: {
    fromPurl: majorRelease,
    covers: (stated, asked) => majorNumber(stated) === majorNumber(asked),
    whenUnknown: "every-release",
  },
  admits: rpmAdmits(rpm),
  isName: isRpmName,
  upgrade: (name) => [`tdnf upgrade ${name}`],
  remove: (name) => [`tdnf remove ${name}`],
});
