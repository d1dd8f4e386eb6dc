import { dpkg } from "../../versions/dpkg/dpkg.ts";
import { aptPattern, debAdmits, debNoteOn, debSource, distribution, isDebName } from "../distribution.ts";
import { ubuntuNumber, ubuntuRelease } from "../distro-release.ts";
import type { Ecosystem } from "../ecosystem.ts";

export const ubuntu: Ecosystem = distribution({
  id: "Ubuntu",
  scheme: dpkg,
  purlTypes: ["deb/ubuntu"],
  purlQualifiers: "arch=source",
  sourceFromPurl: debSource,
  releases: {
    fromPurl: ubuntuRelease,
    covers: (stated, asked) => ubuntuNumber(stated) === ubuntuNumber(asked),
    whenUnknown: "cannot-compare",
  },
  admits: debAdmits(dpkg),
  isName: isDebName,
  noteOn: debNoteOn,
  preparation: "apt-get update",
  upgrade: (names) => [`apt-get install --only-upgrade ${names}`],
  remove: (names) => [`apt-get purge ${names}`],
  ofSource: aptPattern,
});
