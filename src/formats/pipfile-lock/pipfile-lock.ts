import { CodedError } from "../../vocabulary/coded-error.ts";
import type { Component, Inventory } from "../../vocabulary/component.ts";
import type { JsonObject } from "../../vocabulary/json.ts";
import type { Problem } from "../../vocabulary/problem.ts";
import { baseName, firstText } from "../document-start.ts";
import type { InputDocument, InventoryFormat } from "../inventory-format.ts";
import { asObject, below, describe, keepingAside, optionalObject, refusal } from "../json-reading.ts";
import { optionalWord, withoutControls } from "../looked-up-text.ts";
import { refOf } from "../unique-refs.ts";
import { pinnedVersion, projectKey } from "../python-project.ts";
import { DOCUMENT_LIMITS, readJson } from "../read-json.ts";

const FILE_NAME = "pipfile.lock";

/** Pipenv's lockfile. */
export const pipfileLock: InventoryFormat = {
  id: "pipfile-lock",
  title: "Pipfile.lock, specification 6",
  fileNames: [FILE_NAME],
  recognises: ({ name, bytes }) => baseName(name) === FILE_NAME || /^\s*\{\s*"_meta"\s*:[^]*"pipfile-spec"\s*:/.test(firstText(bytes)),
  read: readPipfileLock,
};

function readPipfileLock(document: InputDocument): Inventory {
  const lock = asObject(readJson(document.bytes, DOCUMENT_LIMITS), "");
  const version = specification(asObject(lock["_meta"], "_meta"));
  const problems: Problem[] = [];
  const components = new Map<string, Component>();
  const taken = new Set<string>();
  // Beside these two a project may have categories of its own.
  const categories = Object.keys(lock).filter((key) => !["_meta", "default", "develop"].includes(key));
  for (const section of ["default", ...categories, "develop"]) {
    for (const [name, value] of Object.entries(optionalObject(lock, section, "") ?? {})) {
      keepingAside(problems, () => readEntry(components, taken, section, name, asObject(value, below(section, name))));
    }
  }
  // Pipenv states neither what needs what nor what the Pipfile asks for.
  return {
    format: `Pipfile.lock ${version}`,
    tool: "pipenv",
    root: undefined,
    components: [...components.values()],
    dependencies: new Map(),
    problems,
  };
}

function specification(meta: JsonObject): 6 {
  const version = meta["pipfile-spec"];
  if (version === 6) return version;
  const place = "_meta.pipfile-spec";
  if (version === undefined) throw refusal(place, "6", version);
  throw new CodedError("document-unknown", `Expected specification 6, found ${describe(version)}`, { place });
}

/** One that is in several sections at one version is one component, at the first place; `develop` comes last. */
function readEntry(components: Map<string, Component>, taken: Set<string>, section: string, name: string, entry: JsonObject): void {
  const place = below(section, name);
  if (withoutControls(name, place) === "") throw refusal(place, "a name", name);
  if (isOwnDirectory(entry)) return;
  const specifier = optionalWord(entry, "version", place);
  const version = specifier === undefined ? undefined : pinnedVersion(specifier);
  const key = `${projectKey(name)}@${version ?? ""}`;
  if (components.has(key)) return;
  components.set(key, {
    ref: refOf(taken, `${section}.${name}`, undefined, place),
    ecosystem: "PyPI",
    packageType: "pypi",
    name,
    version,
    purl: undefined,
    place,
    development: section === "develop",
  });
}

/** What `path` brings is the project's own code, unless it is a packed one. */
function isOwnDirectory({ path }: JsonObject): boolean {
  return typeof path === "string" && !/\.(?:whl|zip|tar\.gz|tar\.bz2|tgz)$/.test(path);
}
