import type { Json, JsonObject } from "../../vocabulary/json.ts";
import { asObject, below, optionalList, optionalObject, optionalText, refusal, requiredText } from "../json-reading.ts";

/** A product of the tree: its name for people, and what says which package at which versions it is. */
export type Product = {
  readonly name: string;
  readonly purl: string | undefined;
  readonly purlPlace: string;
  /** Of the branch it ends: one version, or a range as text. */
  readonly version: string | undefined;
  readonly range: string | undefined;
};

/**
 * Every product by its id: those of branches, of `full_product_names`, and of relationships, which are what they refer to in the setting they
 * relate it to. @throws CodedError `document-invalid`, also for relationships that refer to one another in a circle
 */
export function readProducts(document: JsonObject): ReadonlyMap<string, Product> {
  const tree = optionalObject(document, "product_tree", "");
  const products = new Map<string, Product>();
  if (tree === undefined) return products;
  for (const [index, value] of optionalList(tree, "full_product_names", "product_tree").entries()) {
    take(products, asObject(value, `product_tree.full_product_names[${index}]`), `product_tree.full_product_names[${index}]`, NO_BRANCH);
  }
  readBranches(products, tree, "product_tree", NO_BRANCH);
  takeRelationships(products, tree);
  return products;
}

type Branch = Pick<Product, "version" | "range">;
const NO_BRANCH: Branch = { version: undefined, range: undefined };

/** Depth is bounded by the reader of the JSON. */
function readBranches(products: Map<string, Product>, parent: JsonObject, place: string, above: Branch): void {
  for (const [index, value] of optionalList(parent, "branches", place).entries()) {
    const at = `${below(place, "branches")}[${index}]`;
    const branch = asObject(value, at);
    const category = optionalText(branch, "category", at);
    const name = optionalText(branch, "name", at);
    const inside: Branch =
      category === "product_version"
        ? { version: name, range: undefined }
        : category === "product_version_range"
          ? { version: undefined, range: name }
          : above;
    const product = optionalObject(branch, "product", at);
    if (product !== undefined) take(products, product, below(at, "product"), inside);
    readBranches(products, branch, at, inside);
  }
}

function take(products: Map<string, Product>, product: JsonObject, place: string, { version, range }: Branch): void {
  const id = requiredText(product, "product_id", place);
  if (products.has(id)) throw refusal(below(place, "product_id"), "an id that no other product has", id);
  const helper = optionalObject(product, "product_identification_helper", place);
  const helperPlace = below(place, "product_identification_helper");
  products.set(id, {
    name: requiredText(product, "name", place),
    purl: helper === undefined ? undefined : optionalText(helper, "purl", helperPlace),
    purlPlace: below(helperPlace, "purl"),
    version,
    range,
  });
}

type Relationship = { readonly product: JsonObject; readonly reference: string; readonly place: string };

function takeRelationships(products: Map<string, Product>, tree: JsonObject): void {
  const relationships = new Map<string, Relationship>();
  for (const [index, value] of optionalList(tree, "relationships", "product_tree").entries()) {
    const place = `product_tree.relationships[${index}]`;
    const relationship = asObject(value, place);
    const product = asObject(relationship["full_product_name"] as Json | undefined, `${place}.full_product_name`);
    const id = requiredText(product, "product_id", `${place}.full_product_name`);
    if (products.has(id) || relationships.has(id))
      throw refusal(`${place}.full_product_name.product_id`, "an id that no other product has", id);
    relationships.set(id, { product, reference: requiredText(relationship, "product_reference", place), place });
  }
  for (const id of relationships.keys()) resolve(products, relationships, id);
}

/** What a relationship is of stands at the end of its references; each is followed once, however long the chain. */
function resolve(products: Map<string, Product>, relationships: ReadonlyMap<string, Relationship>, id: string): void {
  const chain: string[] = [];
  const seen = new Set<string>();
  let at = id;
  while (!products.has(at)) {
    const relationship = relationships.get(at);
    if (relationship === undefined || seen.has(at)) {
      const last = relationships.get(chain.at(-1) ?? id);
      const expected = relationship === undefined ? "the id of a product" : "references that end at a product, not in a circle";
      throw refusal(`${last?.place ?? "product_tree"}.product_reference`, expected, at);
    }
    seen.add(at);
    chain.push(at);
    at = relationship.reference;
  }
  for (const link of chain.toReversed()) {
    const of = products.get(at);
    const relationship = relationships.get(link);
    if (of === undefined || relationship === undefined) return;
    const place = `${relationship.place}.full_product_name`;
    take(products, relationship.product, place, of);
    const taken = products.get(link);
    if (taken !== undefined && taken.purl === undefined) products.set(link, { ...taken, purl: of.purl, purlPlace: of.purlPlace });
    at = link;
  }
}
