import { apk3 } from "../../versions/apk3/apk3.ts";
import { apkAdmits, apkSource, distribution, isApkName } from "../distribution.ts";
import { distro } from "../distro-release.ts";
import type { Ecosystem } from "../ecosystem.ts";

export const alpaquita: Ecosystem = distribution({
  id: "Alpaquita",
  scheme: apk3,
  purlTypes: ["apk/alpaquita"],
  sourceFromPurl: apkSource,
  releases: {
    fromPurl: distro,
    covers: (stated, asked) => stated === asked,
    whenUnknown: "every-release",
  },
  admits: apkAdmits(apk3),
  isName: isApkName,
  preparation: "apk update",
  upgrade: (name) => [`apk upgrade ${name}`],
  remove: (name) => [`apk del ${name}`],
});
