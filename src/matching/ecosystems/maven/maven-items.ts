/** The words that Maven ranks, lowest first; `other` are all the rest, among themselves by their text. */
export const RANK = { alpha: 1, beta: 2, milestone: 3, rc: 4, snapshot: 5, release: 6, sp: 7, other: 8 } as const;

export type MavenItem = {
  readonly kind: "zero" | "number" | "word";
  /** How many lists begin with it: 0 where it goes on in the list of the item before. */
  readonly listsOpened: number;
  /** Of a word; 0 for numbers. */
  readonly rank: number;
  /** Whether what begins with it lies below the end of the list: what counts as nothing by itself goes with the next that counts. */
  readonly belowEnd: boolean;
  /** The digits, or the word in lower case as it stands. */
  readonly text: string;
};

/**
 * The numbers and words that `ComparableVersion` parses a version into and keeps. `.` goes on in a list; `-` and every change between digits
 * and letters open one within it, and nothing follows a list within its own list, so that a count at each item says all of it.
 */
export function mavenItems(version: string): readonly MavenItem[] {
  const text = version.toLowerCase();
  const items: MavenItem[] = [];
  /** What counts as nothing at the end of a list: kept only if the list goes on with something that counts. */
  let undecided: Omit<MavenItem, "belowEnd">[] = [];
  let listsOpened = 0;
  let isFirstOfList = true;
  const openList = (): void => {
    // What was undecided began the lists that are now left with nothing but a further list.
    listsOpened += undecided[0]?.listsOpened ?? 0;
    undecided = [];
    listsOpened++;
    isFirstOfList = true;
  };
  const add = (kind: MavenItem["kind"], rank: number, itemText: string): void => {
    undecided.push({ kind, listsOpened, rank, text: itemText });
    listsOpened = 0;
    isFirstOfList = false;
    if (kind === "zero" || rank === RANK.release) return;
    const belowEnd = kind === "word" && rank < RANK.release;
    for (const item of undecided) items.push({ ...item, belowEnd });
    undecided = [];
  };
  for (let at = 0; at < text.length;) {
    const start = at;
    const code = text.charCodeAt(at);
    if (isDigit(code)) {
      while (isDigit(text.charCodeAt(at))) at++;
      let zeros = start;
      while (zeros < at && text.charCodeAt(zeros) === 0x30) zeros++;
      add(zeros === at ? "zero" : "number", 0, text.slice(start, at));
    } else if (isSeparator(code)) add("zero", 0, "0");
    else {
      while (at < text.length && !isDigit(text.charCodeAt(at)) && !isSeparator(text.charCodeAt(at))) at++;
      const meetsSeparator = at < text.length && isSeparator(text.charCodeAt(at));
      if (!meetsSeparator && !isFirstOfList) openList();
      const word = text.slice(start, at);
      add("word", rankOf(word, at < text.length && !meetsSeparator), word);
    }
    if (at === text.length) break;
    const next = text.charCodeAt(at);
    if (next !== DOT) openList();
    if (isSeparator(next)) at++;
  }
  return items;
}

const DOT = 0x2e;
const HYPHEN = 0x2d;

function rankOf(word: string, beforeDigit: boolean): number {
  if (beforeDigit) {
    if (word === "a") return RANK.alpha;
    if (word === "b") return RANK.beta;
    if (word === "m") return RANK.milestone;
  }
  switch (word) {
    case "alpha":
      return RANK.alpha;
    case "beta":
      return RANK.beta;
    case "milestone":
      return RANK.milestone;
    case "rc":
    case "cr":
      return RANK.rc;
    case "snapshot":
      return RANK.snapshot;
    case "ga":
    case "final":
    case "release":
      return RANK.release;
    case "sp":
      return RANK.sp;
    default:
      return RANK.other;
  }
}

function isSeparator(code: number): boolean {
  return code === DOT || code === HYPHEN;
}

/** False for NaN, which `charCodeAt` gives past the end. */
function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
