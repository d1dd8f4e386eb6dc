import { MAX_KEY_BYTES, type KeyWriter } from "../../versions/key-writer.ts";
import type { CannotEncode, VersionScheme } from "../../versions/version-scheme.ts";

/** Slots: a word that PHP does not know < `dev` < alpha < beta < RC < END < a number < a patch. */
const OTHER_WORD = 0x01;
const END = 0x10;

/** As `version_compare` knows them: by how they begin, in this case. */
const WORDS: readonly (readonly [beginning: RegExp, slot: number])[] = [
  [/^dev/, 0x02],
  [/^a/, 0x03],
  [/^b/, 0x04],
  [/^(?:RC|rc)/, 0x05],
  [/^p/, 0xf0],
];

/** The order of PHP's `version_compare` on what Composer's `VersionParser` makes of a version. */
export const composer: VersionScheme = { id: "composer", encode };

/** What may follow the numbers: a word, its numbers, `dev`. `VersionParser` repeats groups of digits; single digits read the same, in linear time. */
export const MODIFIER = "[._-]?(?:(stable|beta|b|RC|alpha|a|patch|pl|p)((?:[.-]?\\d)*))?([.-]?dev)?";

const CLASSICAL = new RegExp(`^v?(\\d{1,5})(\\.\\d+)?(\\.\\d+)?(\\.\\d+)?${MODIFIER}$`, "i");
const DATED = new RegExp(`^v?(\\d{4}(?:[.:-]?\\d{2}){1,6}(?:[.:-]?\\d{1,3})?)${MODIFIER}$`, "i");
const BRANCH = /^v?(\d+)(\.(?:\d+|[xX*]))?(\.(?:\d+|[xX*]))?(\.(?:\d+|[xX*]))?$/i;

/** No published version is as long, and `VersionParser` looks for an ending from every place. */
const MAX_VERSION_LENGTH = 256;

/**
 * `1.2-b3` is `1.2.0.0-beta3`, `1.x-dev` is `1.9999999.9999999.9999999-dev`. A branch (`dev-main`) stays one and has no place in the order.
 * Undefined for what `VersionParser` refuses.
 */
export function normaliseComposer(version: string): string | undefined {
  if (version.length > MAX_VERSION_LENGTH) return undefined;
  let text = trimmed(version);
  text = /^([^,\s]+) +as +[^,\s]+$/.exec(text)?.[1] ?? text;
  text = text.replace(/@(?:stable|RC|beta|alpha|dev)$/i, "");
  if (text === "master" || text === "trunk" || text === "default") return `dev-${text}`;
  if (/^dev-/i.test(text)) return `dev-${text.slice(4)}`;
  text = /^([^,\s+]+)\+\S+$/.exec(text)?.[1] ?? text;
  return classical(text) ?? dated(text) ?? numericBranch(text);
}

/** The key of a normalised version; undefined for a branch. */
export function writeNormalised(normalised: string, out: KeyWriter): CannotEncode | undefined {
  if (normalised.startsWith("dev-")) return { reason: "it names a branch" };
  for (const [token] of normalised.matchAll(/\d+|[A-Za-z]+/g)) {
    if (/^\d/.test(token)) out.number(token);
    else out.byte(WORDS.find(([beginning]) => beginning.test(token))?.[1] ?? OTHER_WORD);
  }
  out.byte(END);
  return out.overflowed ? { reason: `its key is longer than ${MAX_KEY_BYTES} bytes` } : undefined;
}

/** By the normalised version: a patch is as stable as a release. */
export function isStable(normalised: string): boolean {
  return !/^dev-|-(?:dev|alpha|beta|RC)/.test(normalised);
}

function encode(version: string, out: KeyWriter): CannotEncode | undefined {
  if (version === "") return { reason: "it is empty" };
  const normalised = normaliseComposer(version);
  return normalised === undefined ? { reason: "Composer reads no version in it" } : writeNormalised(normalised, out);
}

function classical(text: string): string | undefined {
  const [whole, major, minor = ".0", patch = ".0", fourth = ".0", word, number, dev] = CLASSICAL.exec(text) ?? [];
  return whole === undefined ? undefined : withModifier(`${major}${minor}${patch}${fourth}`, word, number, dev);
}

/** Dates keep the count of their numbers: `2010-01-02` is `2010.01.02`. */
function dated(text: string): string | undefined {
  const [, numbers, word, number, dev] = DATED.exec(text) ?? [];
  return numbers === undefined ? undefined : withModifier(numbers.replace(/\D/g, "."), word, number, dev);
}

function withModifier(numbers: string, word: string | undefined, number: string | undefined, dev: string | undefined): string {
  // Only in lower case: `-STABLE` stays, and is a word that PHP does not know.
  if (word === "stable") return numbers;
  const stability = word?.toLowerCase();
  const modifier = stability === undefined ? "" : `-${expanded(stability)}${(number ?? "").replace(/^[.-]+/, "")}`;
  return `${numbers}${modifier}${dev === undefined ? "" : "-dev"}`;
}

function expanded(stability: string): string {
  switch (stability) {
    case "a":
      return "alpha";
    case "b":
      return "beta";
    case "p":
    case "pl":
      return "patch";
    case "rc":
      return "RC";
    default:
      return stability;
  }
}

/** `1.2.x-dev` lies above all that the branch has released. */
function numericBranch(text: string): string | undefined {
  const [, name] = /^(.*?)[.-]?dev$/i.exec(text) ?? [];
  const parts = name === undefined ? null : BRANCH.exec(trimmed(name));
  if (parts === null) return undefined;
  const numbers = [parts[1] ?? "", ...[parts[2], parts[3], parts[4]].map((part) => (part ?? ".x").replace(/[xX*]/, "9999999"))];
  return `${numbers.join("")}-dev`;
}

/** What PHP's `trim` takes off. */
function trimmed(text: string): string {
  return text.replace(/^[ \t\n\r\0\v]+/, "").replace(/[ \t\n\r\0\v]+$/, "");
}
