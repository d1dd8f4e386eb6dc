import { CodedError } from "../../vocabulary/coded-error.ts";
import type { Inventory } from "../../vocabulary/component.ts";
import type { JsonObject } from "../../vocabulary/json.ts";
import type { Problem } from "../../vocabulary/problem.ts";
import { baseName, firstText } from "../document-start.ts";
import type { InputDocument, InventoryFormat } from "../inventory-format.ts";
import { asObject, describe, optionalList, optionalObject, readEach, refusal } from "../json-reading.ts";
import { dependenciesOf, developmentRefs, needsOfProject, resolverOf } from "../locked-packages.ts";
import { readToml, TOML_LIMITS } from "../read-toml.ts";
import { readUvPackage, requirementsIn, type UvPackage } from "./uv-package.ts";

const FILE_NAME = "uv.lock";

/** uv's lockfile. */
export const uvLock: InventoryFormat = {
  id: "uv-lock",
  title: "uv.lock, version 1",
  fileNames: [FILE_NAME, "*.py.lock"],
  recognises: ({ name, bytes }) => baseName(name) === FILE_NAME || looksSo(firstText(bytes)),
  read: readUvLock,
};

/** uv writes no remark about itself, but these two lines before anything else. */
function looksSo(text: string): boolean {
  return /^\s*version = \d+\n(?:revision = \d+\n)?requires-python = "/.test(text);
}

function readUvLock(document: InputDocument): Inventory {
  const lock = readToml(document.bytes, TOML_LIMITS);
  const format = formatOf(lock);
  const problems: Problem[] = [];
  const packages: UvPackage[] = [];
  const taken = new Set<string>();
  readEach(optionalList(lock, "package", ""), "package", problems, (entry, place) => {
    packages.push(readUvPackage(asObject(entry, place), place, taken));
  });
  const manifest = optionalObject(lock, "manifest", "") ?? {};
  const own = packages.filter(({ component }) => component === undefined);
  // A script has no package of its own: what it asks for stands in the manifest.
  const asked = requirementsIn(optionalList(manifest, "requirements", "manifest"));
  const projectNeeds = own.length === 0 && asked.length === 0 ? undefined : [...asked, ...needsOfProject(own)];
  const resolve = resolverOf(packages);
  const development = developmentRefs(projectNeeds ?? [], resolve);
  return {
    format,
    tool: "uv",
    root: rootOf(own),
    components: packages.flatMap(({ component }) =>
      component === undefined ? [] : { ...component, development: development.has(component.ref) },
    ),
    dependencies: dependenciesOf(packages, resolve, projectNeeds),
    problems,
  };
}

/** The version says what the file holds, the revision what was added that a reader may do without. */
function formatOf(lock: JsonObject): string {
  const { version, revision } = lock;
  if (version === 1) return typeof revision === "number" ? `uv.lock 1.${revision}` : "uv.lock 1";
  if (version === undefined) throw refusal("version", "1", version);
  throw new CodedError("document-unknown", `Expected version 1, found ${describe(version)}`, { place: "version" });
}

/** The one at the lockfile's own directory. */
function rootOf(own: readonly UvPackage[]): Inventory["root"] {
  const root = own.find(({ directory }) => directory === ".");
  return root === undefined ? undefined : { name: root.name, version: root.version };
}
