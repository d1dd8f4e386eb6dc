import { baseEcosystemName } from "./ecosystems/ecosystem-of.ts";
import type { Ecosystem } from "./ecosystems/ecosystem.ts";
import type { Snapshot } from "./snapshot/snapshot.ts";

/** What a snapshot has of one package: more than one entry where several releases of a distribution are meant. */
export type FoundPackages = {
  /** The package's numbers in the snapshot. */
  readonly packages: readonly number[];
  /** Why its ranges cannot be compared, in a reader's words; only where some release has advisories of the package, or nobody can tell which package it is. */
  readonly obstacle: string | undefined;
  /** Why what hits it may be another release's, in a reader's words; only where advisories of some release are among them. */
  readonly doubt: string | undefined;
};

/**
 * Finds a package by its OSV ecosystem, release suffix included, and its name as a document or a reader spells it.
 * `sourceUnsaid`: the name may be a binary package's, while the advisories go by source packages.
 */
export type PackageLookup = (osvEcosystem: string, name: string, sourceUnsaid?: boolean) => FoundPackages;

/** Where one ecosystem of a document is looked up: under which of the snapshot's names, and what is to be said with it. */
type Places = {
  readonly normaliseName: (name: string) => string;
  readonly names: readonly string[];
  /** Every release's names, to tell a package that no advisory knows from one that cannot be compared. */
  readonly releases: readonly string[];
  /** Whether the snapshot has anything of the ecosystem; where not, that is said of the whole ecosystem, once. */
  readonly hasData: boolean;
  readonly streamOf: ((stated: string) => string) | undefined;
  readonly obstacle: string | undefined;
  readonly doubt: string | undefined;
};

const MAX_STREAMS = 4;

const NOT_FOUND: FoundPackages = { packages: [], obstacle: undefined, doubt: undefined };
const SOURCE_UNSAID: FoundPackages = { ...NOT_FOUND, obstacle: "the document does not name the source package" };

/** `ecosystemOf` gives the version order of an OSV ecosystem; undefined = none is known, and the package is looked up as it is spelt. */
export function createPackageLookup(snapshot: Snapshot, ecosystemOf: (ecosystem: string) => Ecosystem | undefined): PackageLookup {
  const known = new Map<string, Places>();
  return (osvEcosystem, spelt, sourceUnsaid = false) => {
    let places = known.get(osvEcosystem);
    if (places === undefined) known.set(osvEcosystem, (places = placesOf(snapshot, ecosystemOf(osvEcosystem), osvEcosystem)));
    const name = places.normaliseName(spelt);
    const packages = numbersOf(snapshot, places.names, name);
    const isKnown = packages.length > 0 || (places.obstacle !== undefined && numbersOf(snapshot, places.releases, name).length > 0);
    if (!isKnown) return sourceUnsaid && places.hasData ? SOURCE_UNSAID : NOT_FOUND;
    if (places.obstacle !== undefined) return { packages, obstacle: places.obstacle, doubt: undefined };
    const isOfOne = packages.some((index) => suffixOf(snapshot.packageEcosystem(index)) !== undefined);
    return { packages, obstacle: undefined, doubt: (isOfOne ? places.doubt : undefined) ?? doubtOfStreams(snapshot, places, packages) };
  };
}

/** Whether what is stated of `stated` (`Ubuntu:22.04:LTS`) is about the packages of `asked` (`Ubuntu:22.04`; `Ubuntu` = of any release). */
export function isSameRelease(ecosystem: Ecosystem | undefined, stated: string, asked: string): boolean {
  if (stated === asked) return true;
  if (baseEcosystemName(stated) !== baseEcosystemName(asked)) return false;
  const [ofStated, ofAsked] = [suffixOf(stated), suffixOf(asked)];
  return ofAsked === undefined || (ofStated !== undefined && ecosystem?.releases?.covers(ofStated, ofAsked) === true);
}

/** Whether a question about `asked` is answered by what is stated of `stated`: what follows the colon is a release only where the ecosystem has them. */
export function isMeant(ecosystem: Ecosystem | undefined, stated: string, asked: string): boolean {
  return stated === asked || (ecosystem?.releases !== undefined && isSameRelease(ecosystem, stated, asked));
}

function placesOf(snapshot: Snapshot, ecosystem: Ecosystem | undefined, osvEcosystem: string): Places {
  const normaliseName = ecosystem?.normaliseName ?? ((name: string) => name);
  const base = baseEcosystemName(osvEcosystem);
  const hasData = snapshot.header.ecosystems.some(({ name }) => baseEcosystemName(name) === base);
  const streamOf = ecosystem?.releases?.streamOf;
  const alone: Places = { normaliseName, names: [osvEcosystem], releases: [], hasData, streamOf, obstacle: undefined, doubt: undefined };
  if (ecosystem?.releases === undefined) return alone;
  const releases = snapshot.header.ecosystems.map(({ name }) => name).filter((name) => baseEcosystemName(name) === ecosystem.id);
  const names = releases.filter((stated) => isSameRelease(ecosystem, stated, osvEcosystem));
  const asked = suffixOf(osvEcosystem);
  const word = ecosystem.releases.word ?? "release";
  if (asked !== undefined) {
    const obstacle = names.length === 0 && releases.length > 0 ? `no advisory is about the ${word} ${asked} of ${ecosystem.id}` : undefined;
    return { ...alone, names, releases, obstacle };
  }
  if (releases.every((name) => suffixOf(name) === undefined)) return alone;
  const unnamed = `the document does not name the ${word} of ${ecosystem.id}`;
  return ecosystem.releases.whenUnknown === "every-release"
    ? { ...alone, names, doubt: `${unnamed}: these are the advisories of every ${word}` }
    : {
        ...alone,
        names,
        releases,
        obstacle: `${unnamed}, and versions of different ${word === "release" ? "releases" : "repositories"} cannot be compared`,
      };
}

function doubtOfStreams(snapshot: Snapshot, { streamOf }: Places, packages: readonly number[]): string | undefined {
  if (streamOf === undefined || packages.length < 2) return undefined;
  const streams = new Set(packages.map((index) => streamOf(suffixOf(snapshot.packageEcosystem(index)) ?? "")));
  if (streams.size < 2) return undefined;
  const named = [...streams].toSorted().slice(0, MAX_STREAMS).join(", ");
  const more = streams.size > MAX_STREAMS ? ` and ${streams.size - MAX_STREAMS} more` : "";
  return `the document does not say which of ${named}${more} the machine follows: these are the advisories of each`;
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
