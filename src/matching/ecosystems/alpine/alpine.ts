import { apk3 } from "../../versions/apk3/apk3.ts";
import { apkAdmits, apkSource, distribution, isApkName } from "../distribution.ts";
import { alpineBranch, alpineRelease } from "../distro-release.ts";
import type { Ecosystem } from "../ecosystem.ts";

export const alpine: Ecosystem = distribution({
  id: "Alpine",
  scheme: apk3,
  // The second is what generators wrote before the type `apk` was agreed on.
  purlTypes: ["apk/alpine", "alpine"],
  purlQualifiers: "arch=source",
  sourceFromPurl: apkSource,
  releases: {
    fromPurl: alpineRelease,
    covers: (stated, asked) => alpineBranch(stated) === alpineBranch(asked),
    whenUnknown: "cannot-compare",
  },
  admits: apkAdmits(apk3),
  isName: isApkName,
  preparation: "apk update",
  upgrade: (origin) => [`apk upgrade ${origin}`],
  remove: (origin) => [`apk del ${origin}`],
});
