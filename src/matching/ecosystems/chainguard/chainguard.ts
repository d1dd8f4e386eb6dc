import { apk3 } from "../../versions/apk3/apk3.ts";
import { apkAdmits, apkSource, distribution, isApkName } from "../distribution.ts";
import type { Ecosystem } from "../ecosystem.ts";

export const chainguard: Ecosystem = distribution({
  id: "Chainguard",
  scheme: apk3,
  purlTypes: ["apk/chainguard"],
  sourceFromPurl: apkSource,
  admits: apkAdmits(apk3),
  isName: isApkName,
  preparation: "apk update",
  upgrade: (origin) => [`apk upgrade ${origin}`],
  remove: (origin) => [`apk del ${origin}`],
});
