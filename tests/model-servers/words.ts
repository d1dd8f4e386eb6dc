import { createHash } from "node:crypto";

/** Words with characters of one to four bytes, so that a split anywhere hits the inside of one. */
const WORDS = [
  "gate",
  "sluice",
  "écluse",
  "Schütz",
  "шлюз",
  "水門",
  "수문",
  "🌊",
  "weir",
  "lock",
  "boezem",
  "قفل",
  "stream",
  '"quoted"',
  "back\\slash",
  "two\nlines",
];

/** The same words for the same prompt and voice, always. */
export function wordsFor(prompt: string, voice: string, count: number): readonly string[] {
  const words: string[] = [];
  for (let block = 0; words.length < count; block++) {
    const digest = createHash("sha256").update(`${voice}\0${block}\0${prompt}`).digest();
    for (const byte of digest) words.push(`${WORDS[byte % WORDS.length] ?? ""} `);
  }
  return words.slice(0, count);
}

/** Tokens as this server counts them: one for every four bytes begun. */
export function tokensOf(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 4);
}
