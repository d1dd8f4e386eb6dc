import type { PartBody } from "../vocabulary/draft-advisory.ts";
import type { Problem } from "../vocabulary/problem.ts";
import type { TlpLabel } from "../vocabulary/tlp.ts";

/** A document about one vulnerability, as the parts of a draft advisory. */
export type DraftDocument = {
  readonly format: "osv" | "csaf";
  /** The document's own id. */
  readonly id: string;
  /** How it is marked; undefined = not at all. */
  readonly tlp: TlpLabel | undefined;
  readonly parts: readonly PartBody[];
  /** What it says and a draft has no part for. */
  readonly leftOut: readonly Problem[];
};

/** Collects what is left out: the first hundred with their places, the rest by number. */
export type LeftOut = { readonly add: (place: string, reason: string) => void; readonly list: () => readonly Problem[] };

const MOST_LEFT_OUT = 100;

export function createLeftOut(): LeftOut {
  const kept: Problem[] = [];
  let more = 0;
  return {
    add: (place, reason) => {
      if (kept.length < MOST_LEFT_OUT) kept.push({ place, reason });
      else more++;
    },
    list: () => (more === 0 ? kept : [...kept, { place: "", reason: `${more} more of the kind` }]),
  };
}

const LONGEST_TEXT = 100_000;

/** A text as parts of a kind, none longer than a part may be; cut at line ends where there are any. */
export function textParts(kind: "details" | "research", text: string): readonly PartBody[] {
  const parts: PartBody[] = [];
  let rest = text.trim();
  while (rest !== "") {
    const piece = rest.length <= LONGEST_TEXT ? rest : rest.slice(0, cutOf(rest)).toWellFormed();
    parts.push({ kind, body: { text: piece } });
    rest = rest.slice(piece.length).trim();
  }
  return parts;
}

function cutOf(text: string): number {
  const line = text.lastIndexOf("\n", LONGEST_TEXT);
  return line > LONGEST_TEXT / 2 ? line : LONGEST_TEXT - 1;
}

const LONGEST_SUMMARY = 300;

/** A title as a summary; one that is too long is cut, and said whole in the details. */
export function summaryParts(title: string): readonly PartBody[] {
  const line = title.replaceAll(/\s+/g, " ").trim();
  if (line === "") return [];
  if (line.length <= LONGEST_SUMMARY) return [{ kind: "summary", body: { text: line } }];
  return [{ kind: "summary", body: { text: `${line.slice(0, LONGEST_SUMMARY - 1).toWellFormed()}…` } }, ...textParts("details", line)];
}
