import { apk3 } from "../../versions/apk3/apk3.ts";
import { apkAdmits, distribution, isApkName } from "../distribution.ts";
import type { Ecosystem } from "../ecosystem.ts";

export const minimos: Ecosystem = distribution({
  id: "MinimOS",
  scheme: apk3,
  purlTypes: ["apk/minimos"],
  admits: apkAdmits(apk3),
  isName: isApkName,
  preparation: "apk update",
  upgrade: (name) => [`apk upgrade ${name}`],
  remove: (name) => [`apk del ${name}`],
});
