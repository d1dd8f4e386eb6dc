import { encodeVersion } from "../../versions/encode-version.ts";
import { compareKeys } from "../../versions/key-writer.ts";
import { maven39 } from "./maven39-version.ts";

/** From one version to another; undefined = without end. */
type Restriction = {
  readonly lower: Uint8Array | undefined;
  readonly upper: Uint8Array | undefined;
  readonly lowerIncluded: boolean;
  readonly upperIncluded: boolean;
};

/**
 * Whether Maven takes a version for a requirement, as `VersionRange` decides it: one of the ranges `[1.0,2.0),[3.0,)` holds it, and a bare version
 * is only a wish that never stands in the way. Undefined for what Maven refuses or does not compare without contradiction.
 */
export function rangeAdmits(requirement: string, version: string): boolean | undefined {
  const key = keyOf(version);
  const restrictions = parseRequirement(requirement);
  if (restrictions === undefined || !(encodeVersion(version, maven39) instanceof Uint8Array)) return undefined;
  if (restrictions.length === 0) return true;
  return key === undefined ? undefined : restrictions.some((restriction) => holds(restriction, key));
}

/** No restrictions for a bare version. */
function parseRequirement(requirement: string): readonly Restriction[] | undefined {
  const restrictions: Restriction[] = [];
  let rest = requirement;
  while (/^[[(]/.test(rest)) {
    const length = rest.search(/[\])]/) + 1;
    const restriction = length === 0 ? undefined : parseRestriction(rest.slice(0, length));
    if (restriction === undefined || (restrictions.length > 0 && !isBehind(restrictions.at(-1), restriction))) return undefined;
    restrictions.push(restriction);
    rest = rest.slice(length).trim();
    if (rest.startsWith(",")) rest = rest.slice(1).trim();
  }
  if (restrictions.length > 0) return rest === "" ? restrictions : undefined;
  // Gradle's `1.0!!` is no wish.
  return !rest.includes("!!") && encodeVersion(rest.trim(), maven39) instanceof Uint8Array ? [] : undefined;
}

function parseRestriction(text: string): Restriction | undefined {
  const lowerIncluded = text.startsWith("[");
  const upperIncluded = text.endsWith("]");
  const inner = text.slice(1, -1).trim();
  const comma = inner.indexOf(",");
  if (comma === -1) {
    const only = keyOf(inner);
    return only !== undefined && lowerIncluded && upperIncluded ? { lower: only, upper: only, lowerIncluded, upperIncluded } : undefined;
  }
  const [lowerText, upperText] = [inner.slice(0, comma).trim(), inner.slice(comma + 1).trim()];
  const [lower, upper] = [keyOf(lowerText), keyOf(upperText)];
  if ((lower === undefined && lowerText !== "") || (upper === undefined && upperText !== "")) return undefined;
  if (lower !== undefined && upper !== undefined) {
    const order = compareKeys(lower, upper);
    if (order > 0 || (order === 0 && (!lowerIncluded || !upperIncluded))) return undefined;
  }
  return { lower, upper, lowerIncluded, upperIncluded };
}

/** Ranges stand in their order, and meet at most in a bound; only behind one without end Maven does not look. */
function isBehind(before: Restriction | undefined, { lower }: Restriction): boolean {
  return before?.upper === undefined || (lower !== undefined && compareKeys(lower, before.upper) >= 0);
}

function holds({ lower, upper, lowerIncluded, upperIncluded }: Restriction, key: Uint8Array): boolean {
  const above = lower === undefined ? 1 : compareKeys(key, lower);
  const below = upper === undefined ? -1 : compareKeys(key, upper);
  return (lowerIncluded ? above >= 0 : above > 0) && (upperIncluded ? below <= 0 : below < 0);
}

/** Undefined also where the order contradicts itself: an answer either way would be a guess. */
function keyOf(version: string): Uint8Array | undefined {
  const key = encodeVersion(version, maven39);
  return key instanceof Uint8Array ? key : undefined;
}
