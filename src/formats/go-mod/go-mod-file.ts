import type { Problem } from "../../vocabulary/problem.ts";
import { keepingAside, refusal } from "../json-reading.ts";
import { asWord, linesOf } from "../text-lines.ts";
import { type GoModLine, splitLine } from "./go-mod-line.ts";

export type Requirement = { readonly path: string; readonly version: string; readonly indirect: boolean; readonly place: string };

/** What a go.mod says, as far as it decides which modules are built. */
export type GoModFile = {
  readonly module: string | undefined;
  readonly go: Stated | undefined;
  readonly toolchain: Stated | undefined;
  readonly requirements: readonly Requirement[];
  /** By `path`, or `path@version` where only that version is replaced. Without a version the replacement is a directory. */
  readonly replacements: ReadonlyMap<string, { readonly path: string; readonly version: string | undefined; readonly place: string }>;
  /** `path@version`. */
  readonly exclusions: ReadonlySet<string>;
};

type Stated = { readonly version: string; readonly place: string };

type Draft = {
  module: string | undefined;
  go: Stated | undefined;
  toolchain: Stated | undefined;
  requirements: Requirement[];
  replacements: Map<string, { path: string; version: string | undefined; place: string }>;
  exclusions: Set<string>;
};

/** Directives that do not change which modules are built. */
const OF_NO_CONCERN: ReadonlySet<string> = new Set(["retract", "tool", "ignore", "godebug"]);

/** Reads line by line; one that cannot be read is kept aside. @throws CodedError `document-invalid` */
export function readGoModFile(text: string, problems: Problem[]): GoModFile {
  const file: Draft = {
    module: undefined,
    go: undefined,
    toolchain: undefined,
    requirements: [],
    replacements: new Map(),
    exclusions: new Set(),
  };
  let block: string | undefined;
  for (const line of linesOf(text)) {
    keepingAside(problems, () => {
      const { words, comment } = splitLine(line);
      if (words.length === 0) return;
      if (block !== undefined) {
        if (words[0] === ")" && words.length === 1) block = undefined;
        else readDirective(file, block, { words, comment }, line.place);
        return;
      }
      const [directive = "", ...rest] = words;
      if (rest.length === 1 && rest[0] === "(") block = directive;
      else if (!(rest.length === 2 && rest[0] === "(" && rest[1] === ")"))
        readDirective(file, directive, { words: rest, comment }, line.place);
    });
  }
  if (block !== undefined) throw refusal("", `a ) that ends the block of ${block}`, undefined);
  return file;
}

function readDirective(file: Draft, directive: string, { words, comment }: GoModLine, place: string): void {
  switch (directive) {
    case "module":
      file.module = asWord(only(words, place, "the module's path"), place, "the module's path");
      return;
    case "go":
      file.go = { version: asGoVersion(only(words, place, "a version of Go"), place), place };
      return;
    case "toolchain": {
      const name = only(words, place, "a toolchain such as go1.21.3");
      // `default`: no other than the go line says.
      if (name !== "default") file.toolchain = { version: asToolchain(name, place), place };
      return;
    }
    case "require": {
      const { path, version } = moduleVersion(words, place);
      file.requirements.push({ path, version, indirect: /^\s*indirect\s*(?:;|$)/.test(comment), place });
      return;
    }
    case "exclude": {
      const { path, version } = moduleVersion(words, place);
      file.exclusions.add(`${path}@${version}`);
      return;
    }
    case "replace":
      readReplacement(file, words, place);
      return;
    default:
      if (!OF_NO_CONCERN.has(directive)) throw refusal(place, "a directive of go.mod", directive);
  }
}

function readReplacement({ replacements }: Draft, words: readonly string[], place: string): void {
  const arrow = words.indexOf("=>");
  const [oldPath, oldVersion, ...moreOld] = words.slice(0, arrow === -1 ? words.length : arrow);
  const [newPath, newVersion, ...moreNew] = arrow === -1 ? [] : words.slice(arrow + 1);
  if (oldPath === undefined || newPath === undefined || moreOld.length > 0 || moreNew.length > 0)
    throw refusal(place, "module => module version, or module => directory", words.join(" "));
  if (newVersion === undefined && !isDirectory(newPath)) throw refusal(place, "a version behind the module that replaces", newPath);
  replacements.set(oldVersion === undefined ? asPath(oldPath, place) : `${asPath(oldPath, place)}@${asVersion(oldVersion, place)}`, {
    path: newVersion === undefined ? newPath : asPath(newPath, place),
    version: newVersion === undefined ? undefined : asVersion(newVersion, place),
    place,
  });
}

function isDirectory(path: string): boolean {
  return /^(?:\.{1,2}(?:[\\/]|$)|[\\/]|[A-Za-z]:[\\/])/.test(path);
}

function moduleVersion(words: readonly string[], place: string): { readonly path: string; readonly version: string } {
  const [path, version, ...more] = words;
  if (path === undefined || version === undefined || more.length > 0)
    throw refusal(place, "a module and its version", words.length === 0 ? undefined : words.join(" "));
  return { path: asPath(path, place), version: asVersion(version, place) };
}

function asPath(word: string, place: string): string {
  return asWord(word, place, "a module's path");
}

/** A branch or commit stands here until the go command writes its version; then it cannot be compared, which is said of it. */
function asVersion(word: string, place: string): string {
  return asWord(word, place, "a version");
}

function asGoVersion(word: string, place: string): string {
  if (/^\d+(?:\.\d+){0,2}(?:(?:rc|beta)\d+)?$/.test(word)) return word;
  throw refusal(place, "a version of Go such as 1.21.3", word);
}

function asToolchain(word: string, place: string): string {
  const [, release] = /^go(\d+(?:\.\d+){0,2}(?:(?:rc|beta)\d+)?)(?:-[\w.+-]+)?$/.exec(word) ?? [];
  // What a vendor builds is called after the release that it is built from.
  if (release !== undefined) return release;
  throw refusal(place, "a toolchain such as go1.21.3", word);
}

function only(words: readonly string[], place: string, expected: string): string {
  const [word, ...more] = words;
  if (word === undefined || more.length > 0) throw refusal(place, expected, word === undefined ? undefined : words.join(" "));
  return word;
}
