import { cran as cranOrder } from "../../versions/cran/cran.ts";
import type { Ecosystem, UpgradeStep } from "../ecosystem.ts";
import { encodePurlSegment } from "../purl-segment.ts";
import { isRPackageName, rAdmits, rNumbers } from "../r-package.ts";

export const cran: Ecosystem = {
  id: "CRAN",
  scheme: cranOrder,
  purlTypes: ["cran"],
  nameFromPurl: (_, name) => name,
  purlOf: (name) => `pkg:cran/${encodePurlSegment(name)}`,
  normaliseName: (name) => name,
  admits: rAdmits,
  isBreaking,
  isPrerelease,
  commandsFor,
  removalCommands: ({ name }) => (isRPackageName(name) ? [`Rscript -e 'remove.packages("${name}")'`] : []),
  feedSize: undefined,
};

/** R promises nothing; its authors mostly keep to the first number, and in `0.x` to the second. */
function isBreaking(from: string, to: string): boolean {
  const [old, next] = [rNumbers(from), rNumbers(to)];
  if (old === undefined || next === undefined || old[0] !== next[0]) return true;
  return old[0] === "0" && (old[1] ?? "0") !== (next[1] ?? "0");
}

/** What is in development has a fourth number from 9000 on. */
function isPrerelease(version: string): boolean {
  const fourth = rNumbers(version)?.[3];
  return fourth !== undefined && Number(fourth) >= 9000;
}

/** CRAN has one version of a package, the newest: an older one is not installed by name. */
function commandsFor({ name, version }: UpgradeStep): readonly string[] {
  return isRPackageName(name) && rNumbers(version) !== undefined ? [`Rscript -e 'install.packages("${name}")'`] : [];
}
