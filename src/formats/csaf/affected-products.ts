import type { AffectedPackage, AffectedRange, PackageName } from "../../vocabulary/advisory.ts";
import type { PartBody } from "../../vocabulary/draft-advisory.ts";
import type { JsonObject } from "../../vocabulary/json.ts";
import { type LeftOut, textParts } from "../draft-document.ts";
import type { PurlResolver } from "../inventory-format.ts";
import { below, optionalObject, refusal, textList } from "../json-reading.ts";
import { isPurlRefusal, parsePurl } from "../purl/purl.ts";
import type { Product } from "./product-tree.ts";
import { readVersRange } from "./vers-range.ts";

const AFFECTED = ["known_affected", "first_affected", "last_affected"] as const;
const FIXED = ["fixed", "first_fixed"] as const;

/**
 * What a vulnerability's product status amounts to: a part for each package with the versions of it that are affected, one for each version that
 * fixes, and a list in words of products that no package is known for.
 */
export function affectedParts(
  vulnerability: JsonObject,
  place: string,
  products: ReadonlyMap<string, Product>,
  resolvePurl: PurlResolver,
  leftOut: LeftOut,
): readonly PartBody[] {
  const status = optionalObject(vulnerability, "product_status", place);
  if (status === undefined) return [];
  const at = below(place, "product_status");
  const packages = new Map<string, Collected>();
  const unnamed = new Set<string>();
  for (const product of listedProducts(status, AFFECTED, at, products)) {
    const found = packageOf(product, resolvePurl, leftOut);
    if (found === undefined) unnamed.add(wordsOf(product));
    else collect(packages, found, product, leftOut);
  }
  const fixes = new Map<string, PartBody>();
  for (const product of listedProducts(status, FIXED, at, products)) {
    const found = packageOf(product, resolvePurl, leftOut);
    if (found?.version === undefined) continue;
    const { name, version } = found;
    fixes.set(`${name.ecosystem}\0${name.name}\0${version}`, {
      kind: "patch",
      body: { kind: "fixed-version", ecosystem: name.ecosystem, name: name.name, text: version },
    });
  }
  if (unnamed.size > 0)
    leftOut.add(at, `${unnamed.size} affected products have no package that scans could match; they are named in the details`);
  return [
    ...[...packages.values()].map((collected): PartBody => ({ kind: "affected", body: affectedOf(collected) })),
    ...fixes.values(),
    ...productWords([...unnamed]),
  ];
}

type NamedPackage = { readonly name: PackageName; readonly purl: string; readonly version: string | undefined };
type Collected = { readonly name: PackageName; readonly purl: string; readonly versions: Set<string>; readonly ranges: AffectedRange[] };

function* listedProducts(
  status: JsonObject,
  lists: readonly string[],
  place: string,
  products: ReadonlyMap<string, Product>,
): Generator<Product> {
  const seen = new Set<string>();
  for (const list of lists) {
    for (const [index, id] of textList(status, list, place).entries()) {
      const product = products.get(id);
      if (product === undefined) throw refusal(`${below(place, list)}[${index}]`, "the id of a product in product_tree", id);
      if (!seen.has(id)) yield product;
      seen.add(id);
    }
  }
}

function packageOf(product: Product, resolvePurl: PurlResolver, leftOut: LeftOut): NamedPackage | undefined {
  if (product.purl === undefined) return undefined;
  const parsed = parsePurl(product.purl);
  if (isPurlRefusal(parsed)) {
    leftOut.add(product.purlPlace, parsed.reason);
    return undefined;
  }
  const resolved = resolvePurl(parsed);
  if (resolved === undefined) return undefined;
  const { ecosystem, name, version } = resolved;
  const unversioned = product.purl.replace(/@[^?#/]*(?=$|[?#])/, "");
  return { name: { ecosystem, name }, purl: unversioned, version: version ?? parsed.version ?? product.version };
}

/** A product that says no version at all is affected in every one. */
function collect(packages: Map<string, Collected>, found: NamedPackage, product: Product, leftOut: LeftOut): void {
  const key = `${found.name.ecosystem}\0${found.name.name}`;
  const collected = packages.get(key) ?? { name: found.name, purl: found.purl, versions: new Set<string>(), ranges: [] };
  packages.set(key, collected);
  if (product.range === undefined) {
    if (found.version === undefined)
      collected.ranges.push({ type: "ECOSYSTEM", repository: undefined, events: [{ kind: "introduced", version: "0" }] });
    else collected.versions.add(found.version);
    return;
  }
  const range = readVersRange(product.range);
  if (range === undefined) {
    leftOut.add(
      product.purlPlace,
      `${JSON.stringify(product.range.slice(0, 100))} is no range of VERS: which versions of ${found.name.name} are affected is not known`,
    );
    return;
  }
  for (const version of range.versions) collected.versions.add(version);
  for (const reason of range.unsaid) leftOut.add(product.purlPlace, reason);
  if (range.events.length > 0) collected.ranges.push({ type: "ECOSYSTEM", repository: undefined, events: range.events });
}

function affectedOf({ name, purl, versions, ranges }: Collected): AffectedPackage {
  return { package: name, purl, ranges: withoutRepeats(ranges), versions: [...versions] };
}

function withoutRepeats(ranges: readonly AffectedRange[]): readonly AffectedRange[] {
  return [...new Map(ranges.map((range) => [JSON.stringify(range.events), range])).values()];
}

function wordsOf({ name, range }: Product): string {
  return range === undefined || name.includes(range) ? name : `${name} (${range})`;
}

function productWords(names: readonly string[]): readonly PartBody[] {
  return names.length === 0
    ? []
    : textParts("details", `Affected products:\n\n${names.map((name) => `- ${name.replaceAll(/\s+/g, " ")}`).join("\n")}`);
}
