import type { Ecosystem } from "../ecosystems/ecosystem.ts";
import { withoutPatchNumber, withPatchNumber } from "./patch-number.ts";

/** A vendor that publishes other ecosystems' packages anew: what follows the colon is theirs (`TuxCare:npm`, `Root:Alpine:3.18`). */
export type Rebuilder = {
  /** The vendor's name in OSV. */
  readonly id: string;
  /** What it rebuilds, as OSV names it; absent = anything. */
  readonly of?: readonly string[];
  /** How a version says which of the vendor's patches it has; absent = versions are as they were. */
  readonly mark?: RegExp;
};

/** Local versions of PyPI have a place in its own order already: `1.0 < 1.0+echo.1`. */
const ORDERS_MARKS_ITSELF: ReadonlySet<string> = new Set(["PyPI"]);

export const rebuilders: readonly Rebuilder[] = [
  { id: "Docker Hardened Images", of: ["Alpine", "Debian"] },
  { id: "Echo", of: ["PyPI", "Maven", "npm"], mark: /\+echo\.(\d+)$/ },
  { id: "Root", mark: /[.+-](?:root\.io|rootio)\.(\d+)$/ },
  { id: "TuxCare" },
];

const byId: ReadonlyMap<string, Rebuilder> = new Map(rebuilders.map((rebuilder) => [rebuilder.id, rebuilder]));
const derived = new Map<string, Ecosystem>();

/** Whether packages of this name are some other ecosystem's, which only what follows the colon tells. */
export function isRebuilder(baseName: string): boolean {
  return byId.has(baseName);
}

/**
 * The ecosystem of what `vendor` makes of another's packages (`suffix`: `npm`, `Alpine:3.18`): the other's order, names and promises, and no
 * command, since the vendor's registry is not known. Undefined where the vendor does not rebuild it, or it has no order.
 */
export function rebuiltEcosystem(vendor: string, suffix: string, ecosystems: readonly Ecosystem[]): Ecosystem | undefined {
  const rebuilder = byId.get(vendor);
  const wanted = suffix.replace(/:.*$/s, "").toLowerCase();
  const inner = ecosystems.find(({ id }) => id.toLowerCase() === wanted);
  if (rebuilder === undefined || inner === undefined || rebuilder.of?.includes(inner.id) === false) return undefined;
  const key = `${vendor}:${inner.id}`;
  const known = derived.get(key);
  if (known !== undefined) return known;
  const made = rebuilt(rebuilder, inner);
  derived.set(key, made);
  return made;
}

function rebuilt({ id, mark }: Rebuilder, inner: Ecosystem): Ecosystem {
  const original = (version: string): string => (mark === undefined ? version : withoutPatchNumber(version, mark));
  return {
    id,
    scheme: mark === undefined || ORDERS_MARKS_ITSELF.has(inner.id) ? inner.scheme : patchedScheme(inner, id, mark),
    purlTypes: [],
    nameFromPurl: inner.nameFromPurl,
    purlOf: () => undefined,
    normaliseName: inner.normaliseName,
    admits: (requirement, version) => inner.admits(requirement, original(version)),
    isBreaking: (from, to) => inner.isBreaking(original(from), original(to)),
    isPrerelease: (version) => inner.isPrerelease(original(version)),
    commandsFor: () => [],
    removalCommands: () => [],
    feedSize: undefined,
  };
}

const schemes = new Map<string, Ecosystem["scheme"]>();

/** One object for one id: ecosystems with the same order have the same patched one. */
function patchedScheme({ scheme }: Ecosystem, vendor: string, mark: RegExp): Ecosystem["scheme"] {
  const key = `${scheme.id}+${vendor}`;
  const made = schemes.get(key) ?? withPatchNumber(scheme, vendor.toLowerCase(), mark);
  schemes.set(key, made);
  return made;
}
