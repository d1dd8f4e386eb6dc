import type { Inventory } from "../../vocabulary/component.ts";
import type { Problem } from "../../vocabulary/problem.ts";
import { formatWith } from "../companions.ts";
import type { InputDocument } from "../inventory-format.ts";
import { keepingAside, refusal } from "../json-reading.ts";
import { withoutControls } from "../looked-up-text.ts";
import { refOf } from "../unique-refs.ts";
import { dependenciesOf, needsOfProject, resolverOf } from "../locked-packages.ts";
import { isLocal, parseDescriptor, parseRequirement, type Descriptor } from "../npm-descriptor.ts";
import { parseClassic, type ClassicEntry } from "./classic-syntax.ts";
import { componentsOf, packagesOf, type LockedEntry, type Requirements, type StatedNeed } from "./locked-entries.ts";
import { workspaceFolders } from "./workspace-folders.ts";
import { manifestText, readManifest, type WorkspaceManifest } from "./workspace-manifest.ts";

/** Reads a lockfile of yarn 1. It does not say what the project itself asks for: edges from `""` are there only where package.json beside it says so. */
export function readClassicLock(text: string, document: InputDocument): Inventory {
  const problems: Problem[] = [];
  const taken = new Set<string>();
  const entries: LockedEntry[] = [];
  const requirements = new Map<string, LockedEntry>();
  for (const stated of parseClassic(text)) {
    keepingAside(problems, () => {
      const entry = entryOf(stated, taken);
      entries.push(entry);
      for (const pattern of stated.patterns) requirements.set(pattern, entry);
    });
  }
  const workspaces = workspacesOf(document, problems);
  const packages = packagesOf([...entries, ...workspaceEntries(workspaces, requirements)], requirements, problems);
  const resolve = resolverOf(packages);
  const needs = workspaces.length === 0 ? undefined : needsOfProject(packages);
  return {
    format: formatWith(
      "yarn.lock 1",
      workspaces.map(({ file }) => file),
    ),
    tool: "yarn-1",
    root: rootOf(workspaces),
    components: componentsOf(packages, needs ?? [], resolve),
    dependencies: dependenciesOf(packages, resolve, needs),
    problems,
  };
}

/** The project's package.json and those of all its workspaces; none where one cannot be read, for what only that one asks for would be nobody's. */
function workspacesOf(document: InputDocument, problems: Problem[]): readonly WorkspaceManifest[] {
  const root = readManifest(document, "", problems);
  const folders = root === undefined || document.beside === undefined ? undefined : workspaceFolders(document.beside, root.manifest);
  if (root === undefined || folders === undefined) return [];
  const workspaces = [root];
  for (const folder of folders) {
    const earlier = problems.length;
    const workspace = readManifest(document, folder, problems);
    if (workspace !== undefined) workspaces.push(workspace);
    // A folder that a pattern names may well be no package.
    else if (problems.length > earlier) return [];
  }
  return workspaces;
}

/** What workspaces ask for, without one another and directories: these are in no lockfile. */
function workspaceEntries(workspaces: readonly WorkspaceManifest[], requirements: Requirements): readonly LockedEntry[] {
  const own = new Set(workspaces.map((workspace) => workspace.manifest["name"]));
  return workspaces.map(({ file, needs }) => ({
    key: ` ${file}`,
    names: new Set(),
    component: undefined,
    needs: needs.filter(({ name, range }) => !isLocal(range) && (!own.has(name) || requirements.has(`${name}@${range}`))),
  }));
}

function rootOf([root]: readonly WorkspaceManifest[]): Inventory["root"] {
  const name = root === undefined ? undefined : manifestText(root, "name");
  return root === undefined || name === undefined ? undefined : { name, version: manifestText(root, "version") };
}

function entryOf(stated: ClassicEntry, taken: Set<string>): LockedEntry {
  const { fields, place } = stated;
  const asked = stated.patterns.map((pattern): Descriptor => {
    // A package that is asked for without a range stands there by its name alone.
    const descriptor = parseDescriptor(pattern) ?? (/^(?:@[^/@\s]+\/)?[^/@\s]+$/.test(pattern) ? { name: pattern, range: "" } : undefined);
    if (descriptor === undefined) throw refusal(place, "a requirement such as name@^1.0.0", pattern);
    return descriptor;
  });
  const [first] = asked;
  if (first === undefined) throw refusal(place, "a requirement such as name@^1.0.0", undefined);
  const real = asked.map(({ range }) => parseRequirement(range).name).find((name) => name !== undefined);
  const name = withoutControls(real ?? first.name, place);
  const version = fields.get("version");
  if (version === undefined || version === "") throw refusal(place, "a version", version);
  const ref = refOf(taken, name, withoutControls(version, place), place);
  const isOwn = asked.every(({ range }) => isLocal(range));
  return {
    key: ref,
    names: new Set(asked.map((descriptor) => descriptor.name)),
    component: isOwn ? undefined : { ref, ecosystem: "npm", packageType: "npm", name, version, purl: undefined, place, development: false },
    needs: ["dependencies", "optionalDependencies"].flatMap((section) => needsOf(stated, section)),
  };
}

function needsOf({ sections, place }: ClassicEntry, section: string): readonly StatedNeed[] {
  return [...(sections.get(section) ?? [])].map(([name, range]) => ({ name, range, place: `${place} ${section}` }));
}
