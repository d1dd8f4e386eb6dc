import type { AnswerOf } from "../../contract/endpoint.ts";
import type { readPackage } from "../../contract/endpoints/record.ts";
import { countText } from "./count-text.ts";

type PackageAnswer = Pick<AnswerOf<typeof readPackage>, "answer" | "caution" | "counts" | "releases" | "version">;

/** How a package or one version of it stands, to follow its name. */
export function headingAfterName({ answer, caution, counts, releases, version }: PackageAnswer): string {
  const all = counts.vulnerabilities;
  if (version === undefined) return all === 0 ? ": no advisory held here" : `: ${countText(all, "vulnerability", "vulnerabilities")}`;
  const { affected = 0, cannotCompare = 0 } = counts.verdicts ?? {};
  if (affected > 0) {
    const things = countText(affected, "vulnerability", "vulnerabilities");
    // Of several releases, whose versions are not one another's.
    return caution !== undefined && releases.length > 0
      ? ` ${version} may be affected by ${things}`
      : ` ${version} is affected by ${things}`;
  }
  if (cannotCompare > 0) return ` ${version} cannot be compared`;
  const isOpen = answer.cannotSay !== undefined || (caution !== undefined && all === 0);
  return isOpen ? `: cannot say whether ${version} is affected` : `: nothing found for ${version}`;
}
