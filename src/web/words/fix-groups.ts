import type { AnswerOf } from "../../contract/endpoint.ts";
import type { readVulnerability } from "../../contract/endpoints/record.ts";
import type { NamedPackage } from "./affected-axis.ts";
import { sourceName } from "./source-words.ts";

type Vulnerability = Pick<AnswerOf<typeof readVulnerability>, "packages" | "patches" | "statements">;

/** Packages of one ecosystem that the same versions fix, as the packages built of one source do. */
export type FixGroup = {
  readonly ecosystem: string;
  readonly names: readonly string[];
  /** Highest first, each with who says so. */
  readonly versions: readonly { readonly version: string; readonly sources: readonly string[] }[];
};

/** Fixed versions, once for all packages that share them; the group of the package that is shown goes first, then the largest. */
export function fixGroups(vulnerability: Vulnerability, chosen: Pick<NamedPackage, "ecosystem" | "name"> | undefined): readonly FixGroup[] {
  const saying = sourcesByFix(vulnerability);
  const fixed = vulnerability.patches.filter(({ kind }) => kind === "fixed-version");
  const packages = Map.groupBy(fixed, ({ ecosystem = "", name = "" }) => `${ecosystem}\0${name}`);
  const bounds = new Map(vulnerability.packages.map((known) => [`${known.ecosystem}\0${known.name}`, known.bounds]));
  const each = [...packages].map(([key, patches]): FixGroup => {
    const { ecosystem = "", name = "" } = patches[0] ?? {};
    const order = bounds.get(key) ?? [];
    const versions = [...new Set(patches.map(({ value }) => value))].sort((a, b) => order.indexOf(b) - order.indexOf(a));
    return {
      ecosystem,
      names: [name],
      versions: versions.map((version) => ({ version, sources: [...(saying.get(`${key}\0${version}`) ?? [])] })),
    };
  });
  const groups = Map.groupBy(each, ({ ecosystem, versions }) => JSON.stringify([ecosystem, versions]));
  const isChosen = ({ ecosystem, names }: FixGroup): boolean => ecosystem === chosen?.ecosystem && names.includes(chosen.name);
  return [...groups.values()]
    .flatMap((same) => (same[0] === undefined ? [] : [{ ...same[0], names: same.flatMap(({ names }) => names) }]))
    .sort((a, b) => Number(isChosen(b)) - Number(isChosen(a)) || b.names.length - a.names.length);
}

function sourcesByFix({ statements }: Vulnerability): ReadonlyMap<string, ReadonlySet<string>> {
  const saying = new Map<string, Set<string>>();
  for (const { advisory, source, affected } of statements) {
    for (const { ecosystem, name, intervals } of affected) {
      for (const { hi, hiKind } of intervals) {
        if (hiKind !== "fixed" || hi === undefined) continue;
        const key = `${ecosystem}\0${name}\0${hi}`;
        const known = saying.get(key) ?? new Set();
        saying.set(key, known.add(sourceName(advisory, source)));
      }
    }
  }
  return saying;
}
