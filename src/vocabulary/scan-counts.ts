import type { CannotSayReason } from "./data-standing.ts";

/** How the components of a scan divide: each is counted once, under the first word that holds. */
export type ScanCounts = {
  readonly components: number;
  /** Inside an affected range. */
  readonly found: number;
  readonly cannotCompare: number;
  /** Of an ecosystem whose data or order cannot carry an answer. */
  readonly cannotSay: number;
  readonly nothingFound: number;
  /** Entries of the documents that could not be read; they are not among the components. */
  readonly leftOut: number;
};

/** What the counts are made from: an answer, or its wire form. */
export type CountedAnswer = {
  readonly documents: readonly { readonly components: number; readonly problems: readonly unknown[] }[];
  readonly findings: readonly { readonly components: readonly { readonly ecosystem: string; readonly places: readonly string[] }[] }[];
  readonly cannotCompare: readonly { readonly ecosystem: string; readonly place: string }[];
  readonly ecosystems: readonly {
    readonly ecosystem: string;
    readonly components: number;
    readonly cannotSay?: CannotSayReason | undefined;
  }[];
};

export function scanCounts(answer: CountedAnswer): ScanCounts {
  const found = new PlacesByEcosystem();
  for (const { components } of answer.findings) for (const { ecosystem, places } of components) found.add(ecosystem, places);
  const incomparable = new PlacesByEcosystem();
  for (const { ecosystem, place } of answer.cannotCompare) if (!found.has(ecosystem, place)) incomparable.add(ecosystem, [place]);
  let [cannotSay, nothingFound] = [0, 0];
  for (const { ecosystem, components, cannotSay: reason } of answer.ecosystems) {
    const rest = Math.max(0, components - found.countOf(ecosystem) - incomparable.countOf(ecosystem));
    if (reason === undefined) nothingFound += rest;
    else cannotSay += rest;
  }
  return {
    components: sum(answer.documents.map(({ components }) => components)),
    found: found.count,
    cannotCompare: incomparable.count,
    cannotSay,
    nothingFound,
    leftOut: sum(answer.documents.map(({ problems }) => problems.length)),
  };
}

/** Places by the ecosystem's name without its release suffix, under which components are counted. */
class PlacesByEcosystem {
  readonly #places = new Map<string, Set<string>>();

  get count(): number {
    return sum([...this.#places.values()].map(({ size }) => size));
  }

  add(ecosystem: string, places: readonly string[]): void {
    const known = this.#places.get(baseOf(ecosystem)) ?? new Set();
    for (const place of places) known.add(place);
    this.#places.set(baseOf(ecosystem), known);
  }

  has(ecosystem: string, place: string): boolean {
    return this.#places.get(baseOf(ecosystem))?.has(place) === true;
  }

  countOf(ecosystem: string): number {
    return this.#places.get(ecosystem)?.size ?? 0;
  }
}

function baseOf(ecosystem: string): string {
  return ecosystem.split(":", 1)[0] ?? ecosystem;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
