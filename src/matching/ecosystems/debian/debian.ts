import { dpkg } from "../../versions/dpkg/dpkg.ts";
import { aptPattern, debAdmits, debNoteOn, debSource, distribution, isDebName } from "../distribution.ts";
import { debianNumber, debianRelease } from "../distro-release.ts";
import type { Ecosystem } from "../ecosystem.ts";

export const debian: Ecosystem = distribution({
  id: "Debian",
  scheme: dpkg,
  purlTypes: ["deb/debian"],
  purlQualifiers: "arch=source",
  sourceFromPurl: debSource,
  releases: {
    fromPurl: debianRelease,
    covers: (stated, asked) => debianNumber(stated) === debianNumber(asked),
    whenUnknown: "every-release",
  },
  admits: debAdmits(dpkg),
  isName: isDebName,
  noteOn: debNoteOn,
  preparation: "apt-get update",
  upgrade: (names) => [`apt-get install --only-upgrade ${names}`],
  remove: (names) => [`apt-get purge ${names}`],
  ofSource: aptPattern,
});
