import { isRebuilder, rebuiltEcosystem } from "../rebuilds/rebuilds.ts";
import * as registered from "./all.ts";
import type { Ecosystem } from "./ecosystem.ts";
import { baseEcosystemNames, purlMappings, type PurlNameForm } from "./osv-ecosystems.ts";

/** The parts of a purl that tell its package, percent-decoded. */
export type PurlParts = {
  readonly type: string;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly qualifiers: Readonly<Record<string, string>>;
  readonly subpath: string | undefined;
};

/** A package as OSV names it; the ecosystem with its release suffix. */
export type OsvPackage = {
  readonly ecosystem: string;
  readonly name: string;
  /** The source package's own version, where the purl gives it beside the binary's. */
  readonly version?: string;
  /** Where advisories go by source packages: whether the purl names its source. Absent where they do not, and for a source package. */
  readonly source?: "stated" | "unstated";
};

/** Every ecosystem whose versions Sluice can compare. */
export const allEcosystems: readonly Ecosystem[] = Object.values(registered);

const byId: ReadonlyMap<string, Ecosystem> = new Map(allEcosystems.map((ecosystem) => [ecosystem.id, ecosystem]));
const osvNames: ReadonlySet<string> = new Set<string>([...baseEcosystemNames, "GIT"]);
const byPurlType: ReadonlyMap<string, Ecosystem> = new Map(
  allEcosystems.flatMap((ecosystem) => ecosystem.purlTypes.map((type): [string, Ecosystem] => [type, ecosystem])),
);

/** The ecosystem of an OSV name such as `npm` or `Debian:12`; undefined when Sluice has no version order for it. */
export function ecosystemOf(osvEcosystem: string): Ecosystem | undefined {
  const base = baseEcosystemName(osvEcosystem);
  if (base.length === osvEcosystem.length || !isRebuilder(base)) return byId.get(base);
  return rebuiltEcosystem(base, osvEcosystem.slice(base.length + 1), allEcosystems);
}

/** Whether OSV's feeds have records under this name, without a release. `GIT` has those with ranges of commits. */
export function isOsvEcosystem(name: string): boolean {
  return byId.has(name) || osvNames.has(name);
}

/** The OSV name that somebody means by another: the same in other letters (`pypi`), or a purl type (`cargo`); undefined = none is near. */
export function ecosystemMeant(name: string): string | undefined {
  const base = baseEcosystemName(name).toLowerCase();
  return [...osvNames].find((known) => known.toLowerCase() === base) ?? byPurlType.get(base)?.id ?? purlMappings.get(base)?.ecosystem;
}

/** `Debian:12` without its suffix. */
export function baseEcosystemName(osvEcosystem: string): string {
  const colon = osvEcosystem.indexOf(":");
  return colon === -1 ? osvEcosystem : osvEcosystem.slice(0, colon);
}

/**
 * The package that a purl names, in OSV's words, whether or not Sluice has data or an order for it;
 * undefined when OSV has no ecosystem for its type.
 */
export function packageOfPurl(purl: PurlParts): OsvPackage | undefined {
  for (const key of [`${purl.type}/${purl.namespace ?? ""}`, purl.type]) {
    const ecosystem = byPurlType.get(key);
    const mapping = purlMappings.get(key);
    const release = (ecosystem?.releases?.fromPurl ?? mapping?.release)?.(purl.qualifiers);
    const base = ecosystem?.id ?? mapping?.ecosystem;
    if (base === undefined) continue;
    const name = ecosystem?.nameFromPurl(purl.namespace, purl.name, purl.subpath) ?? joined(purl, mapping?.name ?? "name");
    const own = { ecosystem: release === undefined || release === "" ? base : `${base}:${release}`, name };
    if (ecosystem?.sourceFromPurl === undefined || isSourcePackage(purl)) return own;
    const source = ecosystem.sourceFromPurl(purl.qualifiers);
    if (source === undefined) return { ...own, source: "unstated" };
    const named = { ...own, name: source.name, source: "stated" } as const;
    return source.version === undefined ? named : { ...named, version: source.version };
  }
  return undefined;
}

/** dpkg's and apk's word, and rpm's. */
function isSourcePackage({ qualifiers }: PurlParts): boolean {
  return /^(?:source|(?:no)?src)$/.test(qualifiers["arch"] ?? "");
}

function joined({ namespace, name, subpath }: PurlParts, form: PurlNameForm): string {
  const before =
    namespace === undefined || namespace === "" || form === "name" ? "" : `${namespace}${form === "namespace:name" ? ":" : "/"}`;
  const after = form === "namespace/name/subpath" && subpath !== undefined && subpath !== "" ? `/${subpath}` : "";
  return `${before}${name}${after}`;
}
