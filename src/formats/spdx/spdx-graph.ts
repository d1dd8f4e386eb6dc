import type { Inventory } from "../../vocabulary/component.ts";
import { addEdge, toDependencies, type EdgeList } from "../edge-list.ts";
import type { Relationship } from "./relationships.ts";

/** The element needs the related one. */
const FORWARD: ReadonlySet<string> = new Set(["DEPENDS_ON", "DYNAMIC_LINK", "STATIC_LINK", "HAS_PREREQUISITE"]);
/** The related element needs this one. */
const BACKWARD: ReadonlySet<string> = new Set([
  "DEPENDENCY_OF",
  "RUNTIME_DEPENDENCY_OF",
  "OPTIONAL_DEPENDENCY_OF",
  "PROVIDED_DEPENDENCY_OF",
  "BUILD_DEPENDENCY_OF",
  "PREREQUISITE_FOR",
]);
/** The same, in development or tests. */
const DEVELOPMENT: ReadonlySet<string> = new Set(["DEV_DEPENDENCY_OF", "TEST_DEPENDENCY_OF", "DEV_TOOL_OF", "TEST_TOOL_OF"]);

/** The graph of the packages, and which of them are needed in development or tests alone. */
export function toGraph(
  relationships: readonly Relationship[],
  packages: ReadonlySet<string>,
  root: string | undefined,
): { readonly dependencies: Inventory["dependencies"]; readonly development: ReadonlySet<string> } {
  const edges: EdgeList = new Map();
  const needed = new Set<string>();
  const development = new Set<string>();

  const connect = (from: string, to: string): boolean => {
    // Files, the document and elements of other documents are no packages; nothing needs the root.
    if (!packages.has(from) || !packages.has(to) || to === root) return false;
    addEdge(edges, from === root ? "" : from, to);
    return true;
  };
  for (const { from, type, to } of relationships) {
    if (FORWARD.has(type) && connect(from, to)) needed.add(to);
    else if (BACKWARD.has(type) && connect(to, from)) needed.add(from);
    else if (DEVELOPMENT.has(type) && connect(to, from)) development.add(from);
  }
  // An image contains all its packages, also those that it has only because another needs them.
  const reached = new Set([...needed, ...development]);
  for (const { from, type, to } of relationships) {
    if (type === "CONTAINS" && !reached.has(to)) connect(from, to);
    if (type === "CONTAINED_BY" && !reached.has(from)) connect(to, from);
  }
  return { dependencies: toDependencies(edges), development: development.difference(needed) };
}
