import type { Inventory } from "../../vocabulary/component.ts";
import type { ScanAnswer } from "../../vocabulary/scan-answer.ts";
import type { StagedAnswer } from "../../vocabulary/staged-answer.ts";

/** A package version that is asked about, once however often it occurs. */
export type AskedComponent = { readonly ecosystem: string; readonly name: string; readonly version: string | undefined };

type Document = { readonly name: string; readonly inventory: Pick<Inventory, "components"> };

const MAX_PLACES = 20;

/** Every package version of the documents that has an ecosystem. */
export function componentsToAsk(documents: readonly Document[]): readonly AskedComponent[] {
  const asked = new Map<string, AskedComponent>();
  for (const { inventory } of documents) {
    for (const { ecosystem, name, version } of inventory.components) {
      if (ecosystem !== undefined) asked.set(keyOf({ ecosystem, name, version }), { ecosystem, name, version });
    }
  }
  return [...asked.values()];
}

/**
 * The answer to a scan with what is staged in it, each at its places. What a finding of the answer says already is left out:
 * a draft that was published a moment ago is no secret any more.
 */
export function withStaged(answer: ScanAnswer, staged: StagedAnswer, documents: readonly Document[]): ScanAnswer {
  const places = placesOf(documents);
  const isPublic = idsOf(answer);
  const ofComponent = (asked: AskedComponent): readonly string[] => places.ofVersion.get(keyOf(asked)) ?? [];
  return {
    ...answer,
    staged: {
      findings: staged.findings
        .filter(({ advisory }) => !isPublic.has(advisory))
        .map((finding) => ({
          ...finding,
          components: finding.components.map((component) => ({ ...component, places: ofComponent(component) })),
        })),
      notices: staged.notices.map((notice) => ({ ...notice, places: places.ofPackage.get(packageKey(notice)) ?? [] })),
      cannotCompare: staged.cannotCompare
        .filter(({ advisory }) => !isPublic.has(advisory))
        .map((entry) => ({ ...entry, places: ofComponent(entry) })),
    },
  };
}

function idsOf({ findings }: ScanAnswer): ReadonlySet<string> {
  return new Set(findings.flatMap(({ ids, components }) => [...ids, ...components.map(({ advisory }) => advisory)]));
}

function placesOf(documents: readonly Document[]): {
  readonly ofVersion: ReadonlyMap<string, string[]>;
  readonly ofPackage: ReadonlyMap<string, string[]>;
} {
  const [ofVersion, ofPackage] = [new Map<string, string[]>(), new Map<string, string[]>()];
  for (const document of documents) {
    for (const { ecosystem, name, version, place } of document.inventory.components) {
      if (ecosystem === undefined) continue;
      addPlace(ofVersion, keyOf({ ecosystem, name, version }), `${document.name}: ${place}`);
      addPlace(ofPackage, packageKey({ ecosystem, name }), `${document.name}: ${place}`);
    }
  }
  return { ofVersion, ofPackage };
}

function addPlace(places: Map<string, string[]>, key: string, place: string): void {
  const known = places.get(key);
  if (known === undefined) places.set(key, [place]);
  else if (known.length < MAX_PLACES && !known.includes(place)) known.push(place);
}

function keyOf({ ecosystem, name, version }: AskedComponent): string {
  return `${ecosystem}\0${name}\0${version ?? ""}`;
}

function packageKey({ ecosystem, name }: Pick<AskedComponent, "ecosystem" | "name">): string {
  return `${ecosystem}\0${name}`;
}
