import { dpkg } from "../../versions/dpkg/dpkg.ts";
import { aptPattern, debAdmits, debSource, distribution, isDebName } from "../distribution.ts";
import type { Ecosystem } from "../ecosystem.ts";

/** Echo's own packages; what it rebuilds of other ecosystems (`Echo:PyPI`) has their order. */
export const echo: Ecosystem = distribution({
  id: "Echo",
  scheme: dpkg,
  purlTypes: ["deb/echo"],
  sourceFromPurl: debSource,
  admits: debAdmits(dpkg),
  isName: isDebName,
  preparation: "apt-get update",
  upgrade: (names) => [`apt-get install --only-upgrade ${names}`],
  remove: (names) => [`apt-get purge ${names}`],
  ofSource: aptPattern,
});
