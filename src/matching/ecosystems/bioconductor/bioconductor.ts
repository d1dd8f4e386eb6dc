import { cran } from "../../versions/cran/cran.ts";
import type { Ecosystem, UpgradeStep } from "../ecosystem.ts";
import { isRPackageName, rAdmits, rNumbers } from "../r-package.ts";

export const bioconductor: Ecosystem = {
  id: "Bioconductor",
  scheme: cran,
  purlTypes: [],
  nameFromPurl: (_, name) => name,
  purlOf: () => undefined,
  normaliseName: (name) => name,
  admits: rAdmits,
  isBreaking,
  isPrerelease,
  commandsFor,
  removalCommands: ({ name }) => (isRPackageName(name) ? [`Rscript -e 'remove.packages("${name}")'`] : []),
  feedSize: undefined,
};

/** A release of Bioconductor is one `x.y` of each package, and only in it nothing breaks. */
function isBreaking(from: string, to: string): boolean {
  const [old, next] = [rNumbers(from), rNumbers(to)];
  return old === undefined || next === undefined || old[0] !== next[0] || (old[1] ?? "0") !== (next[1] ?? "0");
}

/** An odd second number is the branch in development. */
function isPrerelease(version: string): boolean {
  return /[13579]$/.test(rNumbers(version)?.[1] ?? "");
}

/** BiocManager takes the version of the release that is set: a requirement that asks for another release is not met by this line. */
function commandsFor({ name, version, blocked }: UpgradeStep): readonly string[] {
  if (blocked || !isRPackageName(name) || rNumbers(version) === undefined) return [];
  return [`Rscript -e 'BiocManager::install("${name}", update = FALSE)'`];
}
