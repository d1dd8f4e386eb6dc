import { baseEcosystemName } from "./ecosystems/ecosystem-of.ts";
import type { Ecosystem } from "./ecosystems/ecosystem.ts";
import type { Snapshot } from "./snapshot/snapshot.ts";

/** What a snapshot has of one package: more than one entry where several releases of a distribution are meant. */
export type FoundPackages = {
  /** The package's numbers in the snapshot. */
  readonly packages: readonly number[];
  /** Why its ranges cannot be compared, in a reader's words; only where some release has advisories of the package. */
  readonly obstacle: string | undefined;
  /** Why what hits it may be another release's, in a reader's words. */
  readonly doubt: string | undefined;
};

/** Finds a package by its OSV ecosystem, release suffix included, and its name as a document or a reader spells it. */
export type PackageLookup = (osvEcosystem: string, name: string) => FoundPackages;

/** Where one ecosystem of a document is looked up: under which of the snapshot's names, and what is to be said with it. */
type Places = {
  readonly normaliseName: (name: string) => string;
  readonly names: readonly string[];
  /** Every release's names, to tell a package that no advisory knows from one that cannot be compared. */
  readonly releases: readonly string[];
  readonly obstacle: string | undefined;
  readonly doubt: string | undefined;
};

const NOT_FOUND: FoundPackages = { packages: [], obstacle: undefined, doubt: undefined };

/** `ecosystemOf` gives the version order of an OSV ecosystem; undefined = none is known, and the package is looked up as it is spelt. */
export function createPackageLookup(snapshot: Snapshot, ecosystemOf: (ecosystem: string) => Ecosystem | undefined): PackageLookup {
  const known = new Map<string, Places>();
  return (osvEcosystem, spelt) => {
    let places = known.get(osvEcosystem);
    if (places === undefined) known.set(osvEcosystem, (places = placesOf(snapshot, ecosystemOf(osvEcosystem), osvEcosystem)));
    const name = places.normaliseName(spelt);
    const packages = numbersOf(snapshot, places.names, name);
    if (places.obstacle === undefined) return packages.length === 0 ? NOT_FOUND : { packages, obstacle: undefined, doubt: places.doubt };
    if (packages.length === 0 && numbersOf(snapshot, places.releases, name).length === 0) return NOT_FOUND;
    return { packages, obstacle: places.obstacle, doubt: undefined };
  };
}

/** Whether what is stated of `stated` (`Ubuntu:22.04:LTS`) is about the packages of `asked` (`Ubuntu:22.04`; `Ubuntu` = of any release). */
export function isSameRelease(ecosystem: Ecosystem | undefined, stated: string, asked: string): boolean {
  if (stated === asked) return true;
  if (baseEcosystemName(stated) !== baseEcosystemName(asked)) return false;
  const [ofStated, ofAsked] = [suffixOf(stated), suffixOf(asked)];
  return ofAsked === undefined || (ofStated !== undefined && ecosystem?.releases?.covers(ofStated, ofAsked) === true);
}

function placesOf(snapshot: Snapshot, ecosystem: Ecosystem | undefined, osvEcosystem: string): Places {
  const normaliseName = ecosystem?.normaliseName ?? ((name: string) => name);
  const alone: Places = { normaliseName, names: [osvEcosystem], releases: [], obstacle: undefined, doubt: undefined };
  if (ecosystem?.releases === undefined) return alone;
  const releases = snapshot.header.ecosystems.map(({ name }) => name).filter((name) => baseEcosystemName(name) === ecosystem.id);
  const names = releases.filter((stated) => isSameRelease(ecosystem, stated, osvEcosystem));
  const asked = suffixOf(osvEcosystem);
  if (asked !== undefined) {
    const obstacle = names.length === 0 && releases.length > 0 ? `no advisory is about the release ${asked} of ${ecosystem.id}` : undefined;
    return { ...alone, names, releases, obstacle };
  }
  if (releases.every((name) => suffixOf(name) === undefined)) return alone;
  const unnamed = `the document does not name the release of ${ecosystem.id}`;
  return ecosystem.releases.whenUnknown === "every-release"
    ? { ...alone, names, doubt: `${unnamed}: these are the advisories of every release` }
    : { ...alone, names, releases, obstacle: `${unnamed}, and versions of different releases cannot be compared` };
}

function suffixOf(osvEcosystem: string): string | undefined {
  const suffix = osvEcosystem.slice(baseEcosystemName(osvEcosystem).length + 1);
  return suffix === "" ? undefined : suffix;
}

function numbersOf(snapshot: Snapshot, ecosystems: readonly string[], name: string): readonly number[] {
  const [only] = ecosystems;
  if (ecosystems.length === 1 && only !== undefined) {
    const index = snapshot.findPackage(only, name);
    return index < 0 ? [] : [index];
  }
  return ecosystems.map((ecosystem) => snapshot.findPackage(ecosystem, name)).filter((index) => index >= 0);
}
