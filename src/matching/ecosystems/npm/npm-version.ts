/** Numbers as npm reads them, from the left; `precision` of them are given, the others are 0. */
export type NpmVersion = {
  readonly precision: 0 | 1 | 2 | 3;
  readonly numbers: readonly [major: number, minor: number, patch: number];
  readonly prerelease: string | undefined;
  /** False when a given number follows an `x` (`1.x.3`). */
  readonly ordered: boolean;
};

const PART = "(\\d+|[xX*])";
const IDENTIFIERS = "[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*";
/** A prerelease without its hyphen begins with a letter, so that no number can be split between the two. */
const VERSION = new RegExp(
  `^[v=]*${PART}(?:\\.${PART}(?:\\.${PART}(?:-(${IDENTIFIERS})|((?!\\d)${IDENTIFIERS}))?(?:\\+${IDENTIFIERS})?)?)?$`,
);

/** npm's own limit on a version's length, in characters. */
const MAX_VERSION_LENGTH = 256;

/** A whole or partial version of npm's loose grammar: `1.2.3-rc.1`, `v1.2`, `1.x`, `*`; undefined when it is none. */
export function parseNpmVersion(text: string): NpmVersion | undefined {
  if (text.length > MAX_VERSION_LENGTH) return undefined;
  const match = VERSION.exec(text);
  if (match === null) return undefined;
  const parts = [match[1], match[2], match[3]].map((part) => (part === undefined || /^[xX*]$/.test(part) ? undefined : Number(part)));
  const [major, minor, patch] = parts;
  if (parts.some((part) => part !== undefined && !Number.isSafeInteger(part))) return undefined;
  const ordered = !((major === undefined && minor !== undefined) || (minor === undefined && patch !== undefined));
  if (major === undefined) return { precision: 0, numbers: [0, 0, 0], prerelease: undefined, ordered };
  if (minor === undefined) return { precision: 1, numbers: [major, 0, 0], prerelease: undefined, ordered };
  if (patch === undefined) return { precision: 2, numbers: [major, minor, 0], prerelease: undefined, ordered };
  return { precision: 3, numbers: [major, minor, patch], prerelease: match[4] ?? match[5], ordered };
}

/** The place of the number that a caret range holds still: the first that is not 0, otherwise the last one given. */
export function caretPlace({ precision, numbers }: NpmVersion): 0 | 1 | 2 {
  if (numbers[0] > 0 || precision <= 1) return 0;
  if (numbers[1] > 0 || precision === 2) return 1;
  return 2;
}

/** The version with the number at `place` raised by one, those behind it 0, and the given prerelease. */
export function raised({ numbers: [major, minor, patch] }: NpmVersion, place: 0 | 1 | 2, prerelease: string | undefined): NpmVersion {
  const numbers = (
    [
      [major + 1, 0, 0],
      [major, minor + 1, 0],
      [major, minor, patch + 1],
    ] as const
  )[place];
  return { precision: 3, numbers, prerelease, ordered: true };
}

/** `1.2.3` or `1.2.3-rc.1`: the spelling whose key is the version's place in the order. */
export function npmVersionText({ numbers, prerelease }: NpmVersion): string {
  return prerelease === undefined ? numbers.join(".") : `${numbers.join(".")}-${prerelease}`;
}
