import { NESTING, type Syntax, syntaxOf, tokenOf } from "./document-syntax.ts";
import { seededRandom, type SeededRandom } from "./seeded-random.ts";

export type SourceDocument = { readonly name: string; readonly bytes: Uint8Array };

/** A document that is no longer what its writer wrote, and what was done to it. */
export type MutatedDocument = SourceDocument & { readonly steps: readonly string[] };

/** Number `number` of the documents that come of `seed`, whatever others are made: a failure names both. */
export function mutatedDocument(sources: readonly SourceDocument[], seed: number, number: number): MutatedDocument {
  const random = seededRandom(Math.imul(seed + number, 0x9e3779b1));
  const source = random.pick(sources);
  const syntax = syntaxOf(source.bytes);
  const isHeavy = random.oneIn(ONE_HEAVY_IN);
  const steps: string[] = [];
  let bytes = Buffer.from(source.bytes);
  do {
    const { say, make } = random.pick(isHeavy && steps.length === 0 ? HEAVY : LIGHT);
    bytes = make({ bytes, random, syntax, sources });
    steps.push(say);
  } while (!random.oneIn(2) && steps.length < 8);
  return { name: source.name, bytes, steps };
}

/** What takes a hundred times the reading of the others. */
const ONE_HEAVY_IN = 150;

type Material = {
  readonly bytes: Buffer<ArrayBuffer>;
  readonly random: SeededRandom;
  readonly syntax: Syntax;
  readonly sources: readonly SourceDocument[];
};
type Mutation = { readonly say: string; readonly make: (material: Material) => Buffer<ArrayBuffer> };

const LIGHT: readonly Mutation[] = [
  { say: "a bit flipped", make: ({ bytes, random }) => withByte(bytes, random, (byte) => byte ^ (1 << random.below(8))) },
  { say: "a byte replaced", make: ({ bytes, random }) => withByte(bytes, random, () => random.below(256)) },
  { say: "a range cut", make: ({ bytes, random }) => spliced(bytes, rangeIn(bytes, random), NOTHING) },
  {
    say: "a range doubled",
    make: ({ bytes, random }) => {
      const { start, end } = rangeIn(bytes, random);
      return spliced(bytes, { start: end, end }, bytes.subarray(start, end));
    },
  },
  { say: "two ranges swapped", make: ({ bytes, random }) => swapped(bytes, rangeIn(bytes, random), rangeIn(bytes, random)) },
  { say: "the end cut off", make: ({ bytes, random }) => Buffer.from(bytes.subarray(0, placeIn(bytes, random))) },
  { say: "a token inserted", make: insertedToken },
  { say: "a token inserted", make: insertedToken },
  {
    say: "a range replaced by a token",
    make: ({ bytes, random, syntax }) => spliced(bytes, rangeIn(bytes, random, 20), tokenOf(random, syntax)),
  },
  { say: "a word replaced by a token", make: (material) => replacedRun(material, /[A-Za-z0-9_.@/+-]+/g) },
  { say: "a number replaced by a token", make: (material) => replacedRun(material, /[0-9]+/g) },
  { say: "nesting around a range", make: nested },
  { say: "a line taken out", make: ({ bytes, random }) => spliced(bytes, lineIn(bytes, random), NOTHING) },
  { say: "a line twice", make: (material) => repeatedLine(material, 2) },
  { say: "two lines swapped", make: ({ bytes, random }) => swapped(bytes, lineIn(bytes, random), lineIn(bytes, random)) },
  {
    say: "a line indented otherwise",
    make: ({ bytes, random }) => {
      const { start } = lineIn(bytes, random);
      let end = start;
      while (bytes[end] === 0x20) end++;
      return spliced(bytes, { start, end }, Buffer.from(random.pick(["", " ", "  ", "   ", "    ", "\t", " ".repeat(50)])));
    },
  },
  {
    say: "a range of another document",
    make: ({ bytes, random, sources }) => {
      const other = Buffer.from(random.pick(sources).bytes);
      const { start, end } = rangeIn(other, random, 2000);
      const at = placeIn(bytes, random);
      return spliced(bytes, { start: at, end: at }, other.subarray(start, end));
    },
  },
  {
    say: "other line ends",
    make: ({ bytes, random }) => Buffer.from(bytes.toString("latin1").replaceAll("\n", random.pick(["\r\n", "\r"])), "latin1"),
  },
];

const HEAVY: readonly Mutation[] = [
  { say: "a line 10,000 times", make: (material) => repeatedLine(material, 10_000) },
  {
    say: "a short range 10,000 times",
    make: ({ bytes, random }) => {
      const { start, end } = rangeIn(bytes, random, 40);
      return spliced(bytes, { start: end, end }, repeated(bytes.subarray(start, end), 10_000));
    },
  },
  {
    say: "a token 10,000 times",
    make: ({ bytes, random, syntax }) => {
      const at = placeIn(bytes, random);
      return spliced(bytes, { start: at, end: at }, repeated(tokenOf(random, syntax).subarray(0, 100), 10_000));
    },
  },
  { say: "the whole 50 times", make: ({ bytes }) => repeated(bytes, Math.min(50, Math.ceil(1_000_000 / Math.max(1, bytes.length)))) },
];

const NOTHING = Buffer.alloc(0);

type Range = { readonly start: number; readonly end: number };

function spliced(bytes: Buffer, { start, end }: Range, by: Uint8Array): Buffer<ArrayBuffer> {
  return Buffer.concat([bytes.subarray(0, start), by, bytes.subarray(end)]);
}

function swapped(bytes: Buffer, one: Range, other: Range): Buffer<ArrayBuffer> {
  const [a, b] = one.start <= other.start ? [one, other] : [other, one];
  const start = Math.max(a.end, b.start);
  return Buffer.concat([
    bytes.subarray(0, a.start),
    bytes.subarray(start, b.end),
    bytes.subarray(a.end, start),
    bytes.subarray(a.start, a.end),
    bytes.subarray(Math.max(b.end, start)),
  ]);
}

function withByte(bytes: Buffer<ArrayBuffer>, random: SeededRandom, change: (byte: number) => number): Buffer<ArrayBuffer> {
  const changed = Buffer.from(bytes);
  const at = random.below(bytes.length);
  if (at < bytes.length) changed[at] = change(changed[at] ?? 0);
  return changed;
}

function insertedToken({ bytes, random, syntax }: Material): Buffer<ArrayBuffer> {
  const at = placeIn(bytes, random);
  return spliced(bytes, { start: at, end: at }, tokenOf(random, syntax));
}

function replacedRun({ bytes, random, syntax }: Material, runs: RegExp): Buffer<ArrayBuffer> {
  const from = random.below(bytes.length);
  const [found] = bytes
    .subarray(from, from + 2000)
    .toString("latin1")
    .matchAll(runs);
  if (found === undefined) return Buffer.from(bytes);
  const start = from + found.index;
  return spliced(bytes, { start, end: start + found[0].length }, tokenOf(random, syntax));
}

function nested({ bytes, random, syntax }: Material): Buffer<ArrayBuffer> {
  const [open, close] = random.pick(NESTING[syntax]);
  const levels = random.pick([1, 3, 60, 99, 101, 250, 3000]);
  const { start, end } = rangeIn(bytes, random);
  const inside = Buffer.concat([Buffer.from(open.repeat(levels)), bytes.subarray(start, end), Buffer.from(close.repeat(levels))]);
  return spliced(bytes, { start, end }, inside);
}

function repeatedLine({ bytes, random }: Material, times: number): Buffer<ArrayBuffer> {
  const { start, end } = lineIn(bytes, random);
  return spliced(bytes, { start: end, end }, repeated(bytes.subarray(start, Math.min(end, start + 400)), times - 1));
}

function repeated(bytes: Uint8Array, times: number): Buffer<ArrayBuffer> {
  const whole = Buffer.alloc(bytes.length * times);
  for (let time = 0; time < times; time++) whole.set(bytes, time * bytes.length);
  return whole;
}

/** Half of them beside what the syntax gives a meaning. */
function placeIn(bytes: Buffer, random: SeededRandom): number {
  const at = random.below(bytes.length + 1);
  if (random.oneIn(2)) return at;
  for (let near = at; near < Math.min(bytes.length, at + 200); near++) {
    if (DELIMITERS.has(bytes[near] ?? 0)) return near + random.below(2);
  }
  return at;
}

const DELIMITERS: ReadonlySet<number> = new Set(Buffer.from("\n\"'{}[]<>(),:;=@#&|/ "));

function rangeIn(bytes: Buffer, random: SeededRandom, longest = 400): Range {
  const start = placeIn(bytes, random);
  return { start, end: Math.min(bytes.length, start + 1 + random.below(random.oneIn(3) ? longest : Math.min(longest, 20))) };
}

function lineIn(bytes: Buffer, random: SeededRandom): Range {
  const at = random.below(bytes.length);
  const start = at === 0 ? 0 : bytes.lastIndexOf(0x0a, at - 1) + 1;
  const newline = bytes.indexOf(0x0a, at);
  return { start, end: newline === -1 ? bytes.length : newline + 1 };
}
