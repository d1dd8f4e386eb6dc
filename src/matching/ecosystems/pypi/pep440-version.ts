import { MAX_KEY_BYTES, type KeyWriter } from "../../versions/key-writer.ts";
import type { CannotEncode, VersionScheme } from "../../versions/version-scheme.ts";

/** What begins with a number and is no version of PEP 440 lies below every one that is, in the order that setuptools gave to all versions before. */
const LEGACY = 0x00;

/** Slots after the release, whose numbers are above all of them. */
const DEVELOPMENT_ONLY = 0x01;
const PRE: Readonly<Record<PrePhase, number>> = { a: 0x02, b: 0x03, rc: 0x04 };
const FINAL = 0x05;
const POST = 0x06;

/** Slots after the number of a prerelease or post-release. */
const DEVELOPMENT = 0x02;
const NOTHING = 0x03;
const POST_OF_PRE = 0x04;

/** Slots in the local part; no local part lies below every one, and writes nothing. */
const LOCAL_END = 0x01;
const LOCAL_TEXT = 0x07;

/** The order of PEP 440; numbers with more behind them than it reads are ordered below all that it does, as setuptools did once. */
export const pep440: VersionScheme = { id: "pep440", encode, doubtOf };

type PrePhase = "a" | "b" | "rc";

/** A version's parts in PEP 440's words; numbers as digits without leading zeros. */
export type Pep440Version = {
  readonly epoch: string;
  readonly release: readonly string[];
  readonly pre: { readonly phase: PrePhase; readonly number: string } | undefined;
  readonly post: string | undefined;
  readonly dev: string | undefined;
  readonly local: readonly string[];
};

/** PEP 440, appendix B, on lower case. */
const VERSION =
  /^v?(?:([0-9]+)!)?([0-9]+(?:\.[0-9]+)*)(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?([0-9]+)?)?(?:-([0-9]+)|[-_.]?(post|rev|r)[-_.]?([0-9]+)?)?(?:[-_.]?(dev)[-_.]?([0-9]+)?)?(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?$/;

const PHASES: Readonly<Record<string, PrePhase>> = { a: "a", alpha: "a", b: "b", beta: "b", c: "rc", rc: "rc", pre: "rc", preview: "rc" };

/** Undefined for what PEP 440 does not read. */
export function parsePep440(version: string): Pep440Version | undefined {
  const match = VERSION.exec(version.trim().toLowerCase());
  if (match === null) return undefined;
  const [, epoch, release = "", phaseWord, preNumber, implicitPost, postWord, postNumber, devWord, devNumber, local] = match;
  const phase = phaseWord === undefined ? undefined : PHASES[phaseWord];
  return {
    epoch: normalNumber(epoch),
    release: release.split(".").map(normalNumber),
    pre: phase === undefined ? undefined : { phase, number: normalNumber(preNumber) },
    post: implicitPost !== undefined || postWord !== undefined ? normalNumber(implicitPost ?? postNumber) : undefined,
    dev: devWord === undefined ? undefined : normalNumber(devNumber),
    local: local === undefined ? [] : local.split(/[-_.]/).map((part) => (isNumber(part) ? normalNumber(part) : part)),
  };
}

/** The normal form without the local part, which packaging calls public. */
export function publicText({ epoch, release, pre, post, dev }: Pep440Version): string {
  const suffix = `${pre === undefined ? "" : `${pre.phase}${pre.number}`}${post === undefined ? "" : `.post${post}`}`;
  return `${epoch === "0" ? "" : `${epoch}!`}${release.join(".")}${suffix}${dev === undefined ? "" : `.dev${dev}`}`;
}

function encode(version: string, out: KeyWriter): CannotEncode | undefined {
  const text = version.trim();
  if (text === "") return { reason: "it is empty" };
  if (isNumbersOnly(text)) {
    out.smallNumber(0);
    writeRelease(text.split("."), out);
    out.byte(FINAL);
  } else {
    const parsed = parsePep440(text);
    const refused = parsed === undefined ? writeLegacy(text, out) : write(parsed, out);
    if (refused !== undefined) return refused;
  }
  return out.overflowed ? { reason: `its key is longer than ${MAX_KEY_BYTES} bytes` } : undefined;
}

function write({ epoch, release, pre, post, dev, local }: Pep440Version, out: KeyWriter): undefined {
  out.number(epoch);
  writeRelease(release, out);
  if (pre !== undefined) {
    out.byte(PRE[pre.phase]);
    out.number(pre.number);
    if (post !== undefined) {
      out.byte(POST_OF_PRE);
      out.number(post);
    }
    writeDevelopment(dev, out);
  } else if (post !== undefined) {
    out.byte(POST);
    out.number(post);
    writeDevelopment(dev, out);
  } else if (dev !== undefined) {
    out.byte(DEVELOPMENT_ONLY);
    out.number(dev);
  } else out.byte(FINAL);
  writeLocal(local, out);
}

/** Zeros at the end are left out: `1.0` is `1`. */
function writeRelease(release: readonly string[], out: KeyWriter): void {
  const last = release.findLastIndex((number) => /[1-9]/.test(number));
  for (const number of release.slice(0, last + 1)) out.number(number);
}

function writeDevelopment(dev: string | undefined, out: KeyWriter): void {
  out.byte(dev === undefined ? NOTHING : DEVELOPMENT);
  if (dev !== undefined) out.number(dev);
}

function writeLocal(local: readonly string[], out: KeyWriter): void {
  if (local.length === 0) return;
  for (const part of local) {
    if (isNumber(part)) out.number(part);
    else {
      out.byte(LOCAL_TEXT);
      out.text(part);
    }
  }
  out.byte(LOCAL_END);
}

/** Setuptools gave a place to `latest` and `trunk` as well; a word says nothing of what is older. */
function writeLegacy(text: string, out: KeyWriter): CannotEncode | undefined {
  if (!/^[0-9]/.test(text)) return { reason: "it is no version of PEP 440 and does not begin with a number" };
  if (text.includes("\0") || text.includes(PART_END)) return { reason: "it holds a control character" };
  if (!text.isWellFormed()) return { reason: "it is not well-formed Unicode" };
  if (text.length > MAX_KEY_BYTES) return { reason: `it is longer than ${MAX_KEY_BYTES} characters` };
  out.byte(LEGACY);
  out.text(legacyForm(text));
  return undefined;
}

function doubtOf(version: string): string | undefined {
  if (parsePep440(version) !== undefined) return undefined;
  return "PEP 440 does not read it, and pip of today would not order it; taken as setuptools ordered it before, below every version of PEP 440";
}

const LEGACY_WORDS: ReadonlyMap<string, string> = new Map([
  ["pre", "c"],
  ["preview", "c"],
  ["rc", "c"],
  ["-", "final-"],
  ["dev", "@"],
]);

/** Setuptools compared part by part, so that what parts are joined with lies below all that may stand in one. */
const PART_END = "\x01";

/** Parts that compare as text: numbers of 8 digits, words behind a `*`. */
function legacyForm(text: string): string {
  const parts: string[] = [];
  for (const part of [...text.toLowerCase().split(/(\p{Nd}+|[a-z]+|\.|-)/u), "final"]) {
    if (part === "" || part === ".") continue;
    if (/^[0-9]/.test(part)) {
      parts.push(part.padStart(8, "0"));
      continue;
    }
    const word = `*${LEGACY_WORDS.get(part) ?? part}`;
    if (word < "*final") while (parts.at(-1) === "*final-") parts.pop();
    while (parts.at(-1) === "00000000") parts.pop();
    parts.push(word);
  }
  return parts.join(PART_END);
}

/** Numbers between single dots: nearly every published version, and no expression is needed to read it. */
function isNumbersOnly(text: string): boolean {
  let expectsDigit = true;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 0x30 && code <= 0x39) expectsDigit = false;
    else if (code === 0x2e && !expectsDigit) expectsDigit = true;
    else return false;
  }
  return !expectsDigit;
}

function isNumber(part: string): boolean {
  return /^[0-9]+$/.test(part);
}

/** A missing number is 0. */
function normalNumber(digits = "0"): string {
  return digits.replace(/^0+(?=.)/, "");
}
