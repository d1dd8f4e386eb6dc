import { orderOf, type Order } from "../../versions/encode-version.ts";
import { parsePubVersion, pub, VERSION, type PubVersion } from "./pub-version.ts";

type Bound = { readonly version: string; readonly parts: PubVersion; readonly inclusive: boolean };
type Range = { readonly from: Bound | undefined; readonly to: Bound | undefined };

const CARET = new RegExp(`^\\^\\s*(${VERSION})$`);
const PART = new RegExp(`^(?:([<>]=?)\\s*)?(${VERSION})\\s*`);

/** No published constraint is as long. */
const MAX_CONSTRAINT_LENGTH = 1000;

/**
 * Whether a constraint such as `^1.2.3` or `>=1.0.0 <2.0.0` admits a version, as `VersionConstraint` of `pub_semver` decides it.
 * Undefined when Dart reads the version, or a part of the constraint, not.
 */
export function constraintAdmits(constraint: string, version: string): boolean | undefined {
  const range = parseConstraint(constraint);
  if (range === undefined || parsePubVersion(version) === undefined) return undefined;
  const { from, to } = range;
  const above = from === undefined || admits(order(version, from.version), ">", from);
  return above && (to === undefined || admits(order(version, to.version), "<", to));
}

/** The first version that may break users of `version`: of `0.x` the next minor, otherwise the next major. */
export function nextBreaking({ numbers: [major, minor] }: PubVersion): string {
  return major === "0" ? `0.${BigInt(minor) + 1n}.0` : `${BigInt(major) + 1n}.0.0`;
}

function parseConstraint(constraint: string): Range | undefined {
  const text = constraint.trim();
  if (text.length > MAX_CONSTRAINT_LENGTH || text === "") return undefined;
  if (text === "any") return { from: undefined, to: undefined };
  const [, careted] = CARET.exec(text) ?? [];
  if (careted === undefined) return parseParts(text);
  const from = boundAt(careted, true);
  const to = from === undefined ? undefined : boundAt(`${nextBreaking(from.parts)}-0`, false);
  return to === undefined ? undefined : { from, to };
}

/** Versions and comparisons one behind another, blanks between them or not: all have to hold. */
function parseParts(text: string): Range | undefined {
  let from: Bound | undefined;
  let to: Bound | undefined;
  for (let rest = text; rest !== "";) {
    const [part, sign, version = ""] = PART.exec(rest) ?? [];
    if (part === undefined) return undefined;
    rest = rest.slice(part.length);
    const bound = boundAt(version, sign === undefined || sign.endsWith("="));
    if (bound === undefined) return undefined;
    if (sign?.startsWith("<") !== true) from = narrower(from, bound, ">");
    if (sign?.startsWith(">") !== true) to = narrower(to, bound, "<");
  }
  return { from, to: to === undefined ? undefined : withoutPrereleases(to, from) };
}

function boundAt(version: string, inclusive: boolean): Bound | undefined {
  const parts = parsePubVersion(version);
  return parts === undefined ? undefined : { version, parts, inclusive };
}

function narrower(known: Bound | undefined, next: Bound, direction: "<" | ">"): Bound {
  if (known === undefined) return next;
  const found = order(next.version, known.version);
  if (found === "=") return known.inclusive ? next : known;
  return found === direction ? next : known;
}

/** `<2.0.0` shuts out the prereleases of 2.0.0, unless the lower bound is one of them. */
function withoutPrereleases(to: Bound, from: Bound | undefined): Bound {
  if (to.inclusive || to.parts.prerelease !== undefined || to.parts.build !== undefined) return to;
  const numbers = to.parts.numbers.join(".");
  if (from?.parts.prerelease !== undefined && from.parts.numbers.join(".") === numbers) return to;
  return { version: `${numbers}-0`, parts: { ...to.parts, prerelease: "0" }, inclusive: false };
}

function admits(found: Order, direction: "<" | ">", { inclusive }: Bound): boolean {
  return found === direction || (inclusive && found === "=");
}

function order(a: string, b: string): Order {
  const found = orderOf(a, b, pub);
  if (typeof found === "string") return found;
  throw new Error(`invariant broken: a version that Dart reads has no key: ${found.reason}`);
}
