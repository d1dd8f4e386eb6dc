import { isJsonObject, type JsonObject } from "../../vocabulary/json.ts";
import { pathBeside } from "../../vocabulary/path-beside.ts";
import type { Problem } from "../../vocabulary/problem.ts";
import { isPathBeside, placeIn, readBeside } from "../companions.ts";
import type { InputDocument } from "../inventory-format.ts";
import { asObject, below, describe } from "../json-reading.ts";
import { readJson, type JsonLimits } from "../read-json.ts";
import type { StatedNeed } from "./locked-entries.ts";

/** What a workspace asks for, as its package.json beside the lockfile has it. */
export type WorkspaceManifest = {
  /** Its path from the lockfile. */
  readonly file: string;
  readonly manifest: JsonObject;
  readonly needs: readonly StatedNeed[];
};

const MANIFEST_LIMITS: JsonLimits = { maxBytes: 4 * 1024 * 1024, maxDepth: 100, maxValues: 200_000 };

/** In the order in which yarn takes them: what is asked for in use is not for development only, wherever else it stands. */
const SECTIONS = ["dependencies", "optionalDependencies", "devDependencies"] as const;

/** The package.json in `folder` (`""` = the lockfile's own); undefined where there is none, and where it is refused: then a problem says so. */
export function readManifest(document: InputDocument, folder: string, problems: Problem[]): WorkspaceManifest | undefined {
  if (folder !== "" && !isPathBeside(folder)) return undefined;
  const file = folder === "" ? "package.json" : pathBeside(`${folder}/`, "package.json");
  const manifest = readBeside(document, file, problems, (bytes) => asObject(readJson(bytes, MANIFEST_LIMITS), ""));
  return manifest === undefined ? undefined : { file, manifest, needs: needsIn(manifest, file, problems) };
}

/** A text of the manifest as it may be shown; undefined where there is none. */
export function manifestText({ manifest }: WorkspaceManifest, key: "name" | "version"): string | undefined {
  const text = manifest[key];
  return typeof text === "string" && /^[^\s\p{Cc}\p{Cs}]{1,214}$/u.test(text) ? text : undefined;
}

function needsIn(manifest: JsonObject, file: string, problems: Problem[]): readonly StatedNeed[] {
  const needs = new Map<string, StatedNeed>();
  for (const section of SECTIONS) {
    const stated = manifest[section];
    if (stated === undefined) continue;
    if (!isJsonObject(stated)) {
      problems.push({ place: placeIn(file, section), reason: `Expected an object, found ${describe(stated)}` });
      continue;
    }
    for (const [name, range] of Object.entries(stated)) {
      if (typeof range !== "string" || needs.has(name)) continue;
      needs.set(name, { name, range, place: placeIn(file, below(section, name)), development: section === "devDependencies" });
    }
  }
  return [...needs.values()];
}
