import { rpm } from "../../versions/rpm/rpm.ts";
import { distribution, isRpmName, rpmAdmits } from "../distribution.ts";
import { distro } from "../distro-release.ts";
import type { Ecosystem } from "../ecosystem.ts";

export const redHat: Ecosystem = distribution({
  id: "Red Hat",
  scheme: rpm,
  purlTypes: ["rpm/redhat", "rpm/rhel"],
  releases: {
    fromPurl: distro,
    covers: (stated, asked) => stated === productOf(asked) || isOfRelease(stated, asked),
    // A repository of a product (`::appstream`) is no stream: a machine has several of them.
    streamOf: (stated) => stated.replace(/::(?!el\d).*$/, ""),
    whenUnknown: "every-release",
  },
  admits: rpmAdmits(rpm),
  isName: isRpmName,
  upgrade: (name) => [`dnf upgrade ${name}`],
  remove: (name) => [`dnf remove ${name}`],
});

/** A product as OSV has it: its CPE without `cpe:/o:redhat:` or `cpe:/a:redhat:`. */
function productOf(release: string): string {
  return release.replace(/^cpe:\/[oa]:redhat:/, "");
}

/** `9.4` or `9`: the product is that release of Enterprise Linux or a stream of it, or it is made for it (`openshift:4.12::el8`). */
function isOfRelease(stated: string, asked: string): boolean {
  const [, major, minor] = /^(\d+)(?:\.(\d+))?$/.exec(asked) ?? [];
  if (major === undefined) return false;
  const stream = /^(?:enterprise_linux|rhel_(?:aus|e4s|els|eus|eus_long_life|tus)):(\d+)(?:\.(\d+))?(?::|$)/.exec(stated);
  if (stream === null) return /::el(\d+)$/.exec(stated)?.[1] === major;
  return stream[1] === major && (stream[2] === undefined || minor === undefined || stream[2] === minor);
}
