import { orderOf, type Order } from "../encode-version.ts";
import { semver } from "./semver.ts";

/** A version as SemVer 2.0 writes it, without build metadata. */
export type SemverParts = {
  readonly numbers: readonly [major: number, minor: number, patch: number];
  readonly prerelease: string | undefined;
};

const NUMBER = "(0|[1-9]\\d*)";
const IDENTIFIER = "(?:0|[1-9]\\d*|\\d*[A-Za-z-][0-9A-Za-z-]*)";
const VERSION = new RegExp(
  `^${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-(${IDENTIFIER}(?:\\.${IDENTIFIER})*))?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?$`,
);

/** Longer texts are no version that anyone publishes, and cost time. */
const MAX_VERSION_LENGTH = 256;

/** Undefined for anything but a whole version in SemVer's own grammar, with numbers that a double holds exactly. */
export function parseSemver(text: string): SemverParts | undefined {
  const match = text.length > MAX_VERSION_LENGTH ? null : VERSION.exec(text);
  if (match === null) return undefined;
  const [major, minor, patch] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (![major, minor, patch].every(Number.isSafeInteger)) return undefined;
  return { numbers: [major, minor, patch], prerelease: match[4] };
}

/** `1.2.3` or `1.2.3-rc.1`. */
export function semverText({ numbers, prerelease }: SemverParts): string {
  return prerelease === undefined ? numbers.join(".") : `${numbers.join(".")}-${prerelease}`;
}

/** How `a` stands to `b`, build metadata aside. */
export function orderOfParts(a: SemverParts, b: SemverParts): Order {
  const order = orderOf(semverText(a), semverText(b), semver);
  if (typeof order === "string") return order;
  throw new Error(`invariant broken: a version of SemVer's grammar has no key: ${order.reason}`);
}

/**
 * Whether the change leaves the caret range of `from`: the first number that is not 0 carries SemVer's promise.
 * True for what cannot be read.
 */
export function leavesCaretRange(from: SemverParts | undefined, to: SemverParts | undefined): boolean {
  if (from === undefined || to === undefined) return true;
  const first = from.numbers.findIndex((number) => number > 0);
  const held = first === -1 ? 2 : first;
  return from.numbers.some((number, place) => place <= held && number !== to.numbers[place]);
}
