import type { Component, Inventory } from "../../vocabulary/component.ts";

/** One that needs a component: its own component, undefined for the root, and the requirement as written. */
export type Dependent = { readonly component: Component | undefined; readonly range: string | undefined };

/** Who needs what in one document, seen from what is needed. */
export type DependencyGraph = {
  /** Undefined = the document does not say what its root needs, and something else needs this one. */
  readonly isDirect: (ref: string) => boolean | undefined;
  readonly dependentsOf: (ref: string) => readonly Dependent[];
  /** Names of the root's own dependencies through which `ref` comes, at most `limit`, without itself; of what needs it directly when the root's are not known. */
  readonly throughOf: (ref: string, limit: number) => readonly string[];
  /** Every component of the same package, whatever its version. */
  readonly copiesOf: (package_: Pick<Component, "ecosystem" | "name">) => readonly string[];
};

const ROOT = "";

/** Turns an inventory's edges around once; each question is then linear in what it walks. */
export function dependencyGraphOf(inventory: Inventory): DependencyGraph {
  const byRef = new Map(inventory.components.map((component) => [component.ref, component]));
  const above = new Map<string, { readonly ref: string; readonly range: string | undefined }[]>();
  for (const [ref, needs] of inventory.dependencies) {
    for (const need of needs) {
      const known = above.get(need.ref);
      if (known === undefined) above.set(need.ref, [{ ref, range: need.range }]);
      else known.push({ ref, range: need.range });
    }
  }
  const copies = Map.groupBy(inventory.components, packageKey);
  const rootNeeds = inventory.dependencies.get(ROOT);
  const direct = rootNeeds === undefined ? undefined : new Set(rootNeeds.map((need) => need.ref));
  return {
    // In a document with edges, what nothing else needs can only be there because the root needs it.
    isDirect: (ref) => direct?.has(ref) ?? (inventory.dependencies.size > 0 && !above.has(ref) ? true : undefined),
    dependentsOf: (ref) => (above.get(ref) ?? []).map(({ ref: from, range }) => ({ component: byRef.get(from), range })),
    throughOf: (ref, limit) =>
      direct === undefined
        ? [...new Set((above.get(ref) ?? []).flatMap(({ ref: from }) => nameIn(byRef, from) ?? []))].slice(0, limit)
        : walkUp(ref, limit, above, direct, byRef),
    copiesOf: (package_) => (copies.get(packageKey(package_)) ?? []).map(({ ref }) => ref),
  };
}

/** The name by which people know it. */
function nameIn(byRef: ReadonlyMap<string, Component>, ref: string): string | undefined {
  const component = byRef.get(ref);
  return component?.installedAs ?? component?.name;
}

function packageKey({ ecosystem, name }: Pick<Component, "ecosystem" | "name">): string {
  return `${ecosystem ?? ""}\0${name}`;
}

function walkUp(
  start: string,
  limit: number,
  above: ReadonlyMap<string, readonly { readonly ref: string }[]>,
  direct: ReadonlySet<string>,
  byRef: ReadonlyMap<string, Component>,
): readonly string[] {
  const names = new Set<string>();
  const seen = new Set([start]);
  const queue = [start];
  for (let ref = queue.shift(); ref !== undefined && names.size < limit; ref = queue.shift()) {
    if (ref !== start && direct.has(ref)) {
      names.add(nameIn(byRef, ref) ?? ref);
      continue;
    }
    for (const { ref: from } of above.get(ref) ?? []) {
      if (seen.has(from)) continue;
      seen.add(from);
      queue.push(from);
    }
  }
  return [...names];
}
