import type { Component, Dependency, Inventory } from "../../vocabulary/component.ts";
import type { Problem } from "../../vocabulary/problem.ts";
import { firstText } from "../document-start.ts";
import type { InputDocument, InventoryFormat, PurlResolver } from "../inventory-format.ts";
import { keepingAside, refusal } from "../json-reading.ts";
import { DOCUMENT_LIMITS } from "../read-json.ts";
import { readText } from "../read-text.ts";
import { asWord } from "../text-lines.ts";
import { claimRef } from "../unique-refs.ts";
import { type ApkEntry, entriesOf } from "./apk-entries.ts";

/** apk's list of what is installed. */
export const apkInstalled: InventoryFormat = {
  id: "apk-installed",
  title: "apk installed",
  fileNames: ["apk/db/installed"],
  recognises: ({ name, bytes }) => {
    const text = firstText(bytes);
    // A repository's index has the same entries without files, and is no list of what is installed.
    return /^[CP]:\S/.test(text) && /^P:\S/m.test(text) && /^V:\S/m.test(text) && (isNamedSo(name) || /^F:/m.test(text));
  },
  read: readApkInstalled,
};

function isNamedSo(name: string): boolean {
  return /(?:^|[\\/])apk[\\/]db[\\/]installed$/.test(name);
}

type Installed = { readonly component: Component; readonly origin: string; readonly entry: ApkEntry };

function readApkInstalled(document: InputDocument, resolvePurl: PurlResolver): Inventory {
  const text = readText(document.bytes, DOCUMENT_LIMITS.maxBytes);
  const problems: Problem[] = [];
  const installed: Installed[] = [];
  const taken = new Set<string>();
  let entries = 0;
  for (const entry of entriesOf(text, problems)) {
    entries++;
    keepingAside(problems, () => installed.push(installedOf(entry, document, resolvePurl, taken, problems)));
  }
  if (entries === 0) throw refusal("", "an entry with P", undefined);
  const components = installed.map(({ component }) => component);
  return {
    format: "apk installed",
    root: undefined,
    components,
    dependencies: edgesBetween(installed),
    ...(components.some(({ ecosystem }) => ecosystem === undefined) ? { lacksRelease: true as const } : {}),
    problems,
  };
}

function installedOf(
  entry: ApkEntry,
  { system }: InputDocument,
  resolvePurl: PurlResolver,
  taken: Set<string>,
  problems: Problem[],
): Installed {
  const name = asWord(entry.fields.get("P"), entry.place, "a package's name behind P:");
  const place = `${entry.place}: ${name}`;
  const version = asWord(entry.fields.get("V"), place, "a version behind V:");
  const stated = entry.fields.get("o");
  const origin = stated === undefined || stated === "" ? name : asWord(stated, place, "an origin behind o:");
  const resolved =
    system?.packageType !== "apk"
      ? undefined
      : resolvePurl({
          type: "apk",
          namespace: system.vendor,
          name,
          version,
          qualifiers: { ...(system.release === undefined ? {} : { distro: system.release }), upstream: origin },
          subpath: undefined,
        });
  const component: Component = {
    ref: claimRef(taken, name, place, place, problems),
    ecosystem: resolved?.ecosystem,
    packageType: "apk",
    name: resolved?.name ?? name,
    version: resolved?.version ?? version,
    purl: undefined,
    ...(resolved === undefined ? {} : { installedAs: name }),
    ...(resolved?.source === undefined ? {} : { source: resolved.source }),
    place: name,
    development: false,
  };
  return { component, origin, entry };
}

/** What is asked for by a name that several packages have or provide leads to each of them, up to this many. */
const MAX_ANSWERS = 8;

/** Who needs whom. Packages of one origin are changed together: between them there are no edges. */
function edgesBetween(installed: readonly Installed[]): ReadonlyMap<string, readonly Dependency[]> {
  const byName = new Map<string, (Installed & { readonly isOwnName: boolean })[]>();
  const note = (name: string, each: Installed, isOwnName: boolean): void => {
    const known = byName.get(name);
    if (known === undefined) byName.set(name, [{ ...each, isOwnName }]);
    else if (known.length < MAX_ANSWERS) known.push({ ...each, isOwnName });
  };
  for (const each of installed) note(each.entry.fields.get("P") ?? "", each, true);
  for (const each of installed) for (const { name } of requirementsOf(each.entry.fields.get("p"))) note(name, each, false);
  return new Map(
    installed.map(({ component, origin, entry }): [string, readonly Dependency[]] => {
      const found = new Map<string, Dependency>();
      for (const { name, range } of requirementsOf(entry.fields.get("D"))) {
        for (const target of byName.get(name) ?? []) {
          if (target.origin === origin) continue;
          // What is asked of a library's own version says nothing of the package's.
          const dependency = { ref: target.component.ref, range: target.isOwnName ? range : undefined };
          found.set(`${dependency.ref} ${dependency.range ?? ""}`, dependency);
        }
      }
      return [component.ref, [...found.values()]];
    }),
  );
}

/** `musl>=1.2 so:libssl.so.3 !conflicting`: names, each with what is asked of its version. */
function requirementsOf(field: string | undefined): readonly { readonly name: string; readonly range: string | undefined }[] {
  return (field ?? "").split(/\s+/).flatMap((word) => {
    const [, name, range] = /^([^!<>=~@\s][^<>=~@\s]*)([<>=~]+[^@\s]+)?(?:@\S*)?$/.exec(word) ?? [];
    return name === undefined ? [] : [{ name, range }];
  });
}
