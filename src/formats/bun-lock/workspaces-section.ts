import { isJsonObject, type JsonObject } from "../../vocabulary/json.ts";
import type { Problem } from "../../vocabulary/problem.ts";
import { localPlace, type InstallTree, type Need, type Place } from "../install-tree.ts";
import { asObject, below, keepingAside } from "../json-reading.ts";
import { withoutAlias } from "../npm-alias.ts";
import { needsIn } from "./packages-section.ts";

/** Two ways to see the project: by what it asks for when it is used, and by all that it asks for. */
export type ProjectNeeds = { readonly inUse: () => void; readonly all: () => void };

type Workspace = { readonly place: Place; readonly inUse: readonly Need[]; readonly development: readonly Need[] };

/** Reads what the project (`""`) and its workspaces ask for; nothing of it is in the tree before one of the two is called. */
export function readWorkspaces(tree: InstallTree, lock: JsonObject, workspaces: JsonObject, problems: Problem[]): ProjectNeeds {
  const found: Workspace[] = [];
  for (const [path, value] of Object.entries(workspaces)) {
    keepingAside(problems, () => {
      const workspace = asObject(value, below("workspaces", path));
      const needs = (section: string): readonly Need[] => needsIn(workspace[section]).map((need) => withoutCatalog(need, lock));
      found.push({
        place: localPlace(tree, path),
        inUse: ["optionalDependencies", "dependencies", "peerDependencies"].flatMap(needs),
        development: needs("devDependencies"),
      });
    });
  }
  return {
    inUse: () => {
      for (const { place, inUse } of found) place.needs = inUse;
    },
    all: () => {
      for (const { place, inUse, development } of found) place.needs = [...inUse, ...development];
    },
  };
}

/** `catalog:` and `catalog:name` stand for what a catalogue of the lockfile asks for. */
function withoutCatalog(need: Need, lock: JsonObject): Need {
  const [, name] = /^catalog:(.*)$/s.exec(need.range ?? "") ?? [];
  if (name === undefined) return need;
  const catalogs = lock["catalogs"];
  const catalog = name === "" ? lock["catalog"] : isJsonObject(catalogs) ? catalogs[name] : undefined;
  const range = isJsonObject(catalog) ? catalog[need.name] : undefined;
  return typeof range === "string" ? { name: need.name, range: withoutAlias(range) } : need;
}
