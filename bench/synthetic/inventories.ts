import { seededRandom } from "../../tests/support/seeded-random.ts";
import { packageName, plausibleVersion, popularRank } from "./osv-records.ts";

export type SyntheticComponent = { readonly ecosystem: "npm"; readonly name: string; readonly version: string };

/** Components of one system, most of them distinct: three in ten are packages that some advisory names, skewed to the popular ones. */
export function syntheticComponents(count: number, packages: number): readonly SyntheticComponent[] {
  const random = seededRandom(count);
  return Array.from({ length: count }, (_, index) => ({
    ecosystem: "npm",
    name: random.below(10) < 3 ? packageName(popularRank(random, packages)) : `own-package-${index}`,
    version: plausibleVersion(random),
  }));
}

/** The same as a CycloneDX 1.5 document. */
export function cycloneDxOf(components: readonly SyntheticComponent[]): string {
  const document = {
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    version: 1,
    metadata: { component: { type: "application", "bom-ref": "app", name: "app", version: "1.0.0" } },
    components: components.map(({ name, version }, index) => ({
      type: "library",
      "bom-ref": `c${index}`,
      name,
      version,
      purl: `pkg:npm/${name.split("/").map(encodeURIComponent).join("/")}@${version}`,
    })),
    dependencies: [
      { ref: "app", dependsOn: components.slice(0, 50).map((_, index) => `c${index}`) },
      ...components.map((_, index) => ({ ref: `c${index}`, dependsOn: index + 50 < components.length ? [`c${index + 50}`] : [] })),
    ],
  };
  return JSON.stringify(document);
}
