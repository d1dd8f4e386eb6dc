import { existsSync } from "node:fs";
import { join } from "node:path";
import { seededRandom } from "../../tests/support/seeded-random.ts";
import { zipEntries } from "../../tests/support/zip-entries.ts";
import { readOsvRecord } from "../../src/formats/osv/osv.ts";
import { ecosystemOf } from "../../src/matching/ecosystems/ecosystem-of.ts";
import type { Ecosystem } from "../../src/matching/ecosystems/ecosystem.ts";

export type MixedComponent = { readonly ecosystem: string; readonly name: string; readonly version: string; readonly purl: string };

/** What a system of many parts is made of; each has an archive in the feeds and needs no release in its purls. */
const ECOSYSTEMS = ["npm", "PyPI", "Go", "crates.io", "RubyGems", "Maven", "Packagist", "NuGet", "Hackage", "CRAN"] as const;

/** So many components in turn of every ecosystem: half are packages that a record of the feeds names, at versions that it names or that lie near. */
export async function mixedComponents(feeds: string, count: number): Promise<readonly MixedComponent[]> {
  const random = seededRandom(count);
  const pools = await Promise.all(ECOSYSTEMS.map((id) => packagesIn(feeds, id)));
  return Array.from({ length: count }, (_, index) => {
    const { ecosystem, packages } = pools[index % pools.length] ?? expectPool();
    const [name, versions] = random.pick(packages);
    const isKnown = random.below(2) === 0;
    const stated = { name: isKnown ? name : `${name}-own-${index}`, version: random.pick(versions) };
    return { ecosystem: ecosystem.id, ...stated, purl: `${ecosystem.purlOf(stated.name)}@${encodeURIComponent(stated.version)}` };
  });
}

/** The same as a CycloneDX 1.5 document. */
export function mixedCycloneDx(components: readonly MixedComponent[]): string {
  return JSON.stringify({
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    version: 1,
    components: components.map(({ name, version, purl }, index) => ({ type: "library", "bom-ref": `c${index}`, name, version, purl })),
  });
}

type Pool = { readonly ecosystem: Ecosystem; readonly packages: readonly (readonly [string, readonly string[]])[] };

async function packagesIn(feeds: string, id: string): Promise<Pool> {
  const ecosystem = ecosystemOf(id);
  const archive = join(feeds, "osv", id, "all.zip");
  if (ecosystem === undefined || !existsSync(archive)) throw new Error(`expected ${id}/all.zip in ${feeds}/osv and an order for ${id}`);
  const packages = new Map<string, Set<string>>();
  for await (const { name, bytes } of zipEntries(archive)) {
    for (const { package: named, ranges, versions } of readOsvRecord(bytes, name).affected) {
      if (named === undefined || named.ecosystem !== id) continue;
      const known = packages.get(named.name) ?? new Set();
      packages.set(named.name, known);
      for (const version of versions.slice(-5)) known.add(version);
      for (const { type, events } of ranges) if (type !== "GIT") for (const { version } of events) if (version !== "0") known.add(version);
    }
  }
  return {
    ecosystem,
    packages: [...packages].flatMap(([name, versions]) => (versions.size === 0 ? [] : [[name, [...versions]] as const])),
  };
}

function expectPool(): never {
  throw new Error("expected a pool for each ecosystem");
}
