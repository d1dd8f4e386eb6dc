import type { Order } from "../../src/matching/versions/encode-version.ts";

/** SemVer's identifiers of a prerelease or of build metadata: numbers, and words. */
export type Identifiers = readonly (bigint | string)[];

/** SemVer's precedence read from its text, without keys: identifier by identifier, numbers below words, fewer below more. */
export function compareIdentifiers(a: Identifiers, b: Identifiers): number {
  for (let place = 0; place < Math.max(a.length, b.length); place++) {
    const [left, right] = [a[place], b[place]];
    if (left === right) continue;
    if (left === undefined) return -1;
    if (right === undefined) return 1;
    if (typeof left === "bigint") return typeof right === "bigint" ? compareNumbers(left, right) : -1;
    if (typeof right === "bigint") return 1;
    return left < right ? -1 : 1;
  }
  return 0;
}

/** The sign of the first place where the numbers differ. */
export function compareNumberLists(a: readonly bigint[], b: readonly bigint[]): number {
  for (const [place, number] of a.entries()) {
    const difference = compareNumbers(number, b[place] ?? 0n);
    if (difference !== 0) return difference;
  }
  return 0;
}

export function orderOfSign(difference: number): Order {
  return difference === 0 ? "=" : difference < 0 ? "<" : ">";
}

function compareNumbers(a: bigint, b: bigint): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
