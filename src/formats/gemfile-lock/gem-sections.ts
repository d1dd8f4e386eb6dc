import type { Problem } from "../../vocabulary/problem.ts";
import { keepingAside, refusal } from "../json-reading.ts";
import { asWord, linesOf } from "../text-lines.ts";

/** A requirement: `rails (~> 7.0, >= 7.0.4)`. */
export type GemNeed = { readonly name: string; readonly range: string };

/** What RubyGems takes for a requirement without a version. */
const ANY = ">= 0";

/** One gem of one platform that Bundler chose; `isLocal`: it lies in a directory of the project. */
export type GemSpec = {
  readonly name: string;
  readonly version: string;
  readonly isLocal: boolean;
  readonly needs: readonly GemNeed[];
  readonly place: string;
};

export type GemSections = {
  readonly specs: readonly GemSpec[];
  /** What the Gemfile itself asks for; undefined = there is no such section. */
  readonly needs: readonly GemNeed[] | undefined;
};

const SOURCES: ReadonlySet<string> = new Set(["GEM", "GIT", "PATH", "PLUGIN SOURCE"]);

type Draft = {
  readonly specs: GemSpec[];
  needs: GemNeed[] | undefined;
  section: string;
  /** Needs of the gem that is being read; undefined = its line could not be used, and what it needs is its. */
  open: GemNeed[] | undefined;
};

/** Reads line by line, by how far each is indented; one that cannot be used is kept aside. @throws CodedError `document-invalid` */
export function readGemSections(text: string, problems: Problem[]): GemSections {
  const draft: Draft = { specs: [], needs: undefined, section: "", open: undefined };
  let sections = 0;
  for (const { text: line, place } of linesOf(text)) {
    if (line.trim() === "") continue;
    if (/^(?:<{7}|={7}|>{7}|\|{7})/.test(line)) throw refusal(place, "a lockfile without merge conflicts", line);
    if (/^\S/.test(line)) {
      if (!/^[A-Z][A-Z ]*$/.test(line)) throw refusal(place, "a section of Gemfile.lock", line);
      draft.section = line;
      draft.open = undefined;
      if (SOURCES.has(line) || line === "DEPENDENCIES") sections++;
      if (line === "DEPENDENCIES") draft.needs ??= [];
    } else {
      keepingAside(problems, () => readEntry(draft, line, place));
    }
  }
  if (sections === 0) throw refusal("", "a section GEM, GIT, PATH or DEPENDENCIES", undefined);
  return draft;
}

function readEntry(draft: Draft, line: string, place: string): void {
  const indent = line.length - line.trimStart().length;
  if (draft.section === "DEPENDENCIES" && indent === 2) {
    draft.needs?.push(needOf(line, place));
  } else if (SOURCES.has(draft.section) && indent === 4) {
    draft.open = undefined;
    draft.open = openSpec(draft, line, place);
  } else if (SOURCES.has(draft.section) && indent === 6) {
    draft.open?.push(needOf(line, place));
  }
}

function openSpec(draft: Draft, line: string, place: string): GemNeed[] {
  const { name, inParentheses } = entryOf(line, place);
  // A version has no hyphen: behind the first one the platform stands.
  const version = asWord(inParentheses?.split("-", 1)[0], place, "a version in parentheses");
  const needs: GemNeed[] = [];
  draft.specs.push({ name, version, isLocal: draft.section === "PATH", needs, place });
  return needs;
}

function needOf(line: string, place: string): GemNeed {
  const { name, inParentheses } = entryOf(line, place);
  return { name, range: inParentheses ?? ANY };
}

/** `name`, `name (…)` or `name (…)!`, where `!` says that it comes from a source of its own. */
function entryOf(line: string, place: string): { readonly name: string; readonly inParentheses: string | undefined } {
  const entry = line.trim().replace(/!$/, "");
  const open = entry.indexOf(" (");
  const name = asWord(open === -1 ? entry : entry.slice(0, open), place, "a gem's name");
  if (open === -1) return { name, inParentheses: undefined };
  const inside = entry.slice(open + 2, -1);
  if (!entry.endsWith(")") || inside === "" || /[()\p{Cc}]/u.test(inside)) throw refusal(place, "a gem's name and (version)", line.trim());
  return { name, inParentheses: inside };
}
