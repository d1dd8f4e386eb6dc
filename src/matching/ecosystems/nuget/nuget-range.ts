import { orderOf } from "../../versions/encode-version.ts";
import { nuget, parseNugetVersion, type NugetVersion } from "./nuget-version.ts";

type Bound = { readonly version: NugetVersion; readonly included: boolean };

/** What may rise above the lower bound: every number behind `held` of them, and of a prerelease what follows `prefix`. */
type Floating = {
  readonly from: NugetVersion;
  readonly held: number;
  /** Lower case; undefined = no prerelease is taken. */
  readonly prefix: string | undefined;
};

type Range = { readonly lower: Bound | undefined; readonly upper: Bound | undefined; readonly floating: Floating | undefined };

/**
 * Whether NuGet takes a version for a requirement: `1.0` for that or any higher, an interval such as `[1.0,2.0)`, or a floating version such as
 * `1.*` or `1.0.0-rc.*` by what it floats over. Undefined when NuGet reads the version, or the requirement, not.
 */
export function rangeAdmits(requirement: string, version: string): boolean | undefined {
  const candidate = parseNugetVersion(version);
  const range = parseRange(requirement.trim());
  if (candidate === undefined || range === undefined) return undefined;
  const { lower, upper, floating } = range;
  return (
    (lower === undefined || isAbove(candidate, lower)) &&
    (upper === undefined || isBelow(candidate, upper)) &&
    (floating === undefined || floatsTo(floating, candidate))
  );
}

function parseRange(text: string): Range | undefined {
  if (!/^[[(]/.test(text)) return rangeFrom(text, true);
  const [, open, inner = "", close] = /^([[(])([^\])]*)([\])])$/.exec(text) ?? [];
  const parts = inner.split(",");
  // `[,]` is refused and `[ , ]` is every version, as in NuGet.
  if (open === undefined || parts.length > 2 || parts.every((part) => part === "")) return undefined;
  const [lowerText = "", upperText = lowerText] = parts;
  if (parts.length === 1 && (open !== "[" || close !== "]")) return undefined;
  const from = lowerText.trim() === "" ? EVERYTHING : rangeFrom(lowerText, open === "[");
  const end = upperText.trim() === "" ? undefined : parseNugetVersion(upperText);
  if (from === undefined || (end === undefined && upperText.trim() !== "")) return undefined;
  const upper = end === undefined ? undefined : { version: end, included: close === "]" };
  return from.lower === undefined || upper === undefined || isInOrder(from.lower, upper) ? { ...from, upper } : undefined;
}

const EVERYTHING: Range = { lower: undefined, upper: undefined, floating: undefined };

function rangeFrom(text: string, included: boolean): Range | undefined {
  if (!text.includes("*")) {
    const version = parseNugetVersion(text);
    return version === undefined ? undefined : { lower: { version, included }, upper: undefined, floating: undefined };
  }
  const floating = parseFloating(text);
  return floating === undefined ? undefined : { lower: { version: floating.from, included }, upper: undefined, floating };
}

/** `*`, `1.*`, `1.0.*-rc*`, `1.0.0-*`: the star ends the numbers, the prerelease or both. */
function parseFloating(text: string): Floating | undefined {
  const [, numbers, star, prerelease] = /^((?:\d+\.){0,3})(\*)(?:-([0-9A-Za-z.-]*)\*)?$/.exec(text) ?? [];
  if (numbers !== undefined && star !== undefined) {
    const from = lowestOf(`${numbers}0`, prerelease);
    return from === undefined ? undefined : { from, held: numbers.split(".").length - 1, prefix: prerelease?.toLowerCase() };
  }
  const [, whole = "", prefix] = /^(\d+(?:\.\d+){0,3})-([0-9A-Za-z.-]*)\*$/.exec(text) ?? [];
  const from = prefix === undefined ? undefined : lowestOf(whole, prefix);
  return from === undefined ? undefined : { from, held: 4, prefix: prefix?.toLowerCase() };
}

/** A label that the star begins is at its lowest 0. */
function lowestOf(numbers: string, prefix: string | undefined): NugetVersion | undefined {
  if (prefix === undefined) return parseNugetVersion(numbers);
  return parseNugetVersion(`${numbers}-${prefix}${prefix === "" || prefix.endsWith(".") ? "0" : ""}`);
}

function floatsTo({ from, held, prefix }: Floating, { numbers, prerelease }: NugetVersion): boolean {
  if (from.numbers.some((number, place) => place < held && number !== numbers[place])) return false;
  return prerelease === undefined || (prefix !== undefined && prerelease.toLowerCase().startsWith(prefix));
}

function isInOrder(lower: Bound, upper: Bound): boolean {
  const order = orderOf(lower.version.text, upper.version.text, nuget);
  return order === "<" || (order === "=" && lower.included === upper.included);
}

function isAbove({ text }: NugetVersion, { version, included }: Bound): boolean {
  const order = orderOf(text, version.text, nuget);
  return order === ">" || (order === "=" && included);
}

function isBelow({ text }: NugetVersion, { version, included }: Bound): boolean {
  const order = orderOf(text, version.text, nuget);
  return order === "<" || (order === "=" && included);
}
