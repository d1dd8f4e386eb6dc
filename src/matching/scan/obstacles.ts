import type { Fix } from "../../vocabulary/scan-answer.ts";
import type { Ecosystem } from "../ecosystems/ecosystem.ts";
import type { DependencyGraph } from "./dependency-graph.ts";
import type { Exposure } from "./exposures.ts";

/** What stands in the way of a version that some copies of one package are to go to. */
export type Obstacles = {
  /** Requirements that do not admit it, at most 5, as `form-builder 1.0.0 asks for ~4.16.0`. */
  readonly blockedBy: readonly string[];
  /** True when one is known, or must be taken to be: the step may break and the requirements are not in the document. */
  readonly blocked: boolean;
  /** Names of those whose copies they are, when the document has other copies, which must stay; undefined = these are all there are. */
  readonly within: readonly string[] | undefined;
};

type Copy = Exposure["component"];

const MAX_BLOCKERS = 5;
const NOBODY: ReadonlySet<string> = new Set();
const NONE: Obstacles = { blockedBy: [], blocked: false, within: undefined };

/** `copies` are either all direct or none, or go along with a direct one; what the components `along` ask for changes with them. */
export function obstaclesTo(
  ecosystem: Ecosystem,
  graph: DependencyGraph,
  copies: readonly Copy[],
  fix: Fix,
  along: ReadonlySet<string> = NOBODY,
): Obstacles {
  if (fix.kind !== "version" && fix.kind !== "above") return NONE;
  const needs = copies.flatMap((copy) => needsOf(ecosystem, graph, copy, fix.version, along));
  const inTheWay = needs.filter(({ admitted }) => admitted === false || (admitted === undefined && fix.majorChange));
  const blockers = new Set(inTheWay.flatMap(({ words }) => words ?? []));
  const isAlone = copies.some(({ ref }) => graph.isDirect(ref) === undefined && graph.dependentsOf(ref).length === 0);
  const isDirect = copies.some(({ ref }) => graph.isDirect(ref) === true);
  const refs = new Set(copies.map(({ ref }) => ref));
  const hasOthers = copies.some((copy) => graph.copiesOf(copy).some((ref) => !refs.has(ref)));
  return {
    blockedBy: [...blockers].slice(0, MAX_BLOCKERS),
    blocked: inTheWay.length > 0 || (isAlone && fix.majorChange),
    within: hasOthers ? [...new Set((isDirect ? inTheWay : needs).map(({ name }) => name))] : undefined,
  };
}

type OneNeed = { readonly name: string; readonly admitted: boolean | undefined; readonly words: string | undefined };

/** What others ask of a copy. The root's own requirement is left out: the command itself rewrites it. */
function needsOf(
  ecosystem: Ecosystem,
  graph: DependencyGraph,
  { ref }: Copy,
  version: string,
  along: ReadonlySet<string>,
): readonly OneNeed[] {
  return graph.dependentsOf(ref).flatMap(({ component, range }): readonly OneNeed[] => {
    if (component === undefined || along.has(component.ref)) return [];
    const admitted = range === undefined ? undefined : ecosystem.admits(range, version);
    const words =
      admitted === false ? `${component.installedAs ?? component.name} ${component.version ?? ""} asks for ${range ?? ""}` : undefined;
    return [{ name: component.name, admitted, words }];
  });
}
