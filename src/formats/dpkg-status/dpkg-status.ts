import type { Component, Inventory } from "../../vocabulary/component.ts";
import type { Problem } from "../../vocabulary/problem.ts";
import { firstText } from "../document-start.ts";
import type { InputDocument, InventoryFormat, PurlResolver } from "../inventory-format.ts";
import { keepingAside, refusal } from "../json-reading.ts";
import { DOCUMENT_LIMITS } from "../read-json.ts";
import { readText } from "../read-text.ts";
import { claimRef } from "../unique-refs.ts";
import { readInstalledPackage, type InstalledPackage, type SourcePackage } from "./installed-package.ts";
import { edgesBetween, type Installed } from "./package-relations.ts";
import { stanzasOf } from "./stanzas.ts";

/** dpkg's list of what is installed, whole or in the fragments that images without dpkg have. */
export const dpkgStatus: InventoryFormat = {
  id: "dpkg-status",
  title: "dpkg status",
  fileNames: ["dpkg/status", "dpkg/status.d/*", "!*.md5sums"],
  recognises: ({ name, bytes }) => {
    const text = firstText(bytes);
    if (!/^Package:[ \t]*\S/m.test(text)) return false;
    return /^Status:[ \t]*[a-z]+[ \t]+[a-z]+[ \t]+[a-z-]+[ \t]*\r?$/m.test(text) || (isFragment(name) && /^Version:/m.test(text));
  },
  read: readDpkgStatus,
};

/** A fragment has no Status: it is there because the package is. An index of an archive has none either, and is no list of what is installed. */
function isFragment(name: string): boolean {
  return /(?:^|[\\/])dpkg[\\/]status\.d[\\/][^\\/]+$/.test(name);
}

function readDpkgStatus(document: InputDocument, resolvePurl: PurlResolver): Inventory {
  const text = readText(document.bytes, DOCUMENT_LIMITS.maxBytes);
  const problems: Problem[] = [];
  const packages: InstalledPackage[] = [];
  let stanzas = 0;
  for (const stanza of stanzasOf(text, problems)) {
    stanzas++;
    keepingAside(problems, () => {
      const found = readInstalledPackage(stanza, isFragment(document.name));
      if (found !== undefined) packages.push(found);
    });
  }
  if (stanzas === 0) throw refusal("", "a stanza with Package", undefined);
  const nativeArchitecture = packages.find(({ name }) => name === "dpkg")?.architecture;
  const taken = new Set<string>();
  const installed = packages.flatMap((entry) => componentsOf(entry, nativeArchitecture, document, resolvePurl, taken, problems));
  const components = installed.map(({ component }) => component);
  return {
    format: isFragment(document.name) ? "dpkg status fragment" : "dpkg status",
    root: undefined,
    components,
    dependencies: edgesBetween(installed),
    ...(components.some(({ ecosystem }) => ecosystem === undefined) ? { lacksRelease: true as const } : {}),
    problems,
  };
}

/** One a source package: the package's own, and the one that a signed package was built from. */
function componentsOf(
  entry: InstalledPackage,
  nativeArchitecture: string | undefined,
  { system }: InputDocument,
  resolvePurl: PurlResolver,
  taken: Set<string>,
  problems: Problem[],
): readonly Installed[] {
  const { name, version, architecture, place } = entry;
  const isNative =
    nativeArchitecture === undefined || architecture === undefined || architecture === "all" || architecture === nativeArchitecture;
  const installedAs = isNative ? name : `${name}:${architecture}`;
  const ofSource = (source: SourcePackage): Component | undefined => {
    if (system?.packageType !== "deb") return undefined;
    const resolved = resolvePurl({
      type: "deb",
      namespace: system.vendor,
      name,
      version,
      qualifiers: {
        ...(architecture === undefined ? {} : { arch: architecture }),
        ...(system.release === undefined ? {} : { distro: system.release }),
        upstream: source.version === version ? source.name : `${source.name}@${source.version}`,
      },
      subpath: undefined,
    });
    if (resolved === undefined) return undefined;
    return {
      ref: source === entry.source ? installedAs : `${installedAs} built from ${source.name}`,
      ecosystem: resolved.ecosystem,
      packageType: "deb",
      name: resolved.name,
      version: resolved.version ?? version,
      purl: undefined,
      ...(resolved.source === undefined ? {} : { source: resolved.source }),
      installedAs,
      place: installedAs,
      development: false,
    };
  };
  const unnamed: Component = {
    ref: installedAs,
    ecosystem: undefined,
    packageType: "deb",
    name,
    version,
    purl: undefined,
    place: installedAs,
    development: false,
  };
  const own = ofSource(entry.source) ?? unnamed;
  const others = own === unnamed ? [] : entry.builtFrom.flatMap((source) => ofSource(source) ?? []);
  return [own, ...others].map((component) => ({
    component: { ...component, ref: claimRef(taken, component.ref, place, place, problems) },
    entry,
  }));
}
