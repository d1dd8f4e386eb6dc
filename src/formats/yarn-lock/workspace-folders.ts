import type { Json, JsonObject } from "../../vocabulary/json.ts";
import { isJsonObject } from "../../vocabulary/json.ts";
import { isPathBeside } from "../companions.ts";
import type { Beside } from "../inventory-format.ts";

/** No project has more; patterns that match one another's folders could otherwise ask for any number. */
const MAX_LOOKS = 10_000;

/**
 * The folders that the `workspaces` of a package.json name, by literal names, `*` and `**`, those of packages aside. Undefined where a pattern says
 * more than these do, or too much: a part of them would say of what only the others ask for that nothing does.
 */
export function workspaceFolders(beside: Beside, manifest: JsonObject): readonly string[] | undefined {
  const patterns = patternsOf(manifest["workspaces"]);
  if (patterns === undefined) return undefined;
  const found = new Set<string>();
  let looks = MAX_LOOKS;
  for (const pattern of patterns) {
    const parts = pattern.split("/").filter((part) => part !== "" && part !== ".");
    if (!isPathBeside(pattern) || parts.includes("..") || parts.some((part) => !/^(?:\*\*|[^*?![\]{}()|]*\*?[^*?![\]{}()|]*)$/.test(part)))
      return undefined;
    expand("", parts);
    if (looks < 0) return undefined;
  }
  found.delete("");
  return [...found].toSorted();

  function expand(folder: string, [part, ...rest]: readonly string[]): void {
    if (looks-- < 0) return;
    if (part === undefined) {
      found.add(folder);
      return;
    }
    const into = (name: string): string => (folder === "" ? name : `${folder}/${name}`);
    if (!part.includes("*")) return expand(into(part), rest);
    const names = beside.folders(folder).filter((name) => name !== "node_modules" && !name.startsWith("."));
    if (part === "**") {
      expand(folder, rest);
      for (const name of names) expand(into(name), [part, ...rest]);
      return;
    }
    const [start = "", end = ""] = part.split("*");
    for (const name of names)
      if (name.length >= start.length + end.length && name.startsWith(start) && name.endsWith(end)) expand(into(name), rest);
  }
}

/** A list, or an object with the list under `packages`. */
function patternsOf(workspaces: Json | undefined): readonly string[] | undefined {
  const stated = isJsonObject(workspaces) ? workspaces["packages"] : workspaces;
  if (stated === undefined || stated === null) return [];
  if (!Array.isArray(stated)) return undefined;
  const patterns = stated.flatMap((pattern) => (typeof pattern === "string" ? [pattern] : []));
  return patterns.length === stated.length ? patterns : undefined;
}
