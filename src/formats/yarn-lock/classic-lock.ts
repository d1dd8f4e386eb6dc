import type { Inventory } from "../../vocabulary/component.ts";
import type { Problem } from "../../vocabulary/problem.ts";
import { keepingAside, refusal } from "../json-reading.ts";
import { refOf, withoutControls } from "../locked-component.ts";
import { dependenciesOf, resolverOf } from "../locked-packages.ts";
import { parseClassic, type ClassicEntry } from "./classic-syntax.ts";
import { isLocal, parseDescriptor, parseRequirement, type Descriptor } from "../npm-descriptor.ts";
import { packagesOf, type LockedEntry, type StatedNeed } from "./locked-entries.ts";

/** Reads a lockfile of yarn 1. It does not say what the project itself asks for: no edges from `""`. */
export function readClassicLock(text: string): Inventory {
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
  const packages = packagesOf(entries, requirements, problems);
  return {
    format: "yarn.lock 1",
    tool: "yarn-1",
    root: undefined,
    components: packages.flatMap(({ component }) => component ?? []),
    dependencies: dependenciesOf(packages, resolverOf(packages), undefined),
    problems,
  };
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
