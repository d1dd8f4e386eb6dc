import { isRebuilder } from "../rebuilds/rebuilds.ts";
import type { Ecosystem } from "./ecosystem.ts";
import type { BaseEcosystemName } from "./osv-ecosystems.ts";

/** Ecosystems of OSV whose versions nobody states an order of: an advisory meets those that it lists, by their text, and no range is compared. */
export const exactOnlyEcosystems: ReadonlyMap<BaseEcosystemName, string> = new Map<BaseEcosystemName, string>([
  ["Android", "its versions name platforms, branches and patch levels beside one another"],
  ["ConanCenter", "a recipe has its version as the project upstream writes it"],
  ["FreeBSD", "its releases, patch levels and ports are versioned in ways of their own"],
  ["GitHub Actions", "an action is used by a tag, a branch or a commit"],
  ["Kubernetes", "OSV states no order for it"],
  ["Linux", "OSV states no order for it"],
  ["OSS-Fuzz", "its advisories go by commits and by tags as each project writes them"],
  ["Photon OS", "OSV states no order for it"],
]);

/** What stands for an ecosystem without an order: no version has a place, nothing is promised, and no command is known. */
export const withoutOrder: Ecosystem = {
  id: "",
  scheme: { id: "none", encode: () => ({ reason: "no version order is known" }) },
  purlTypes: [],
  nameFromPurl: (_, name) => name,
  purlOf: () => undefined,
  normaliseName: (name) => name,
  admits: () => undefined,
  isBreaking: () => true,
  isPrerelease: () => false,
  commandsFor: () => [],
  removalCommands: () => [],
  feedSize: undefined,
};

/** OSV's word for records with ranges of commits: which commits lie between two others only the repository's history tells. */
const GIT_REASON = "whether a commit lies between two others only the repository's history tells";

/** Why the versions of an ecosystem have no order here, in a reader's words; to be asked only where `ecosystemOf` finds none. */
export function whyWithoutOrder(osvEcosystem: string): string {
  const colon = osvEcosystem.indexOf(":");
  const base = colon === -1 ? osvEcosystem : osvEcosystem.slice(0, colon);
  if (isRebuilder(base)) {
    const said = colon === -1 ? "nothing stands there" : `${JSON.stringify(osvEcosystem.slice(colon + 1, colon + 101))} is none`;
    return `${base} has the order of the ecosystem that its name goes on with (${base}:NAME), and ${said}`;
  }
  if (base === "GIT") return `no version order is known for GIT: ${GIT_REASON}; only what an advisory names itself is found`;
  const why = exactOnlyEcosystems.get(base as BaseEcosystemName);
  return why === undefined
    ? `no version order is known for ${osvEcosystem}`
    : `no version order is known for ${base}: ${why}; only versions that an advisory lists are found`;
}
