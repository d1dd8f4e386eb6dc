import { pathBeside } from "../../vocabulary/path-beside.ts";
import type { Problem } from "../../vocabulary/problem.ts";
import { isPathBeside, keepingAsideIn, MAX_CHAIN, readBeside } from "../companions.ts";
import type { InputDocument } from "../inventory-format.ts";
import { refusal } from "../json-reading.ts";
import { parseOption } from "./pip-option.ts";
import { parseRequirement, type Requirement } from "./requirement.ts";
import { readRequirementLines, type RequirementLine, type RequirementsText } from "./requirement-lines.ts";

/** A requirement with the line and the file that it stands in; the document itself is `""`. */
export type FoundRequirement = { readonly requirement: Requirement; readonly line: RequirementLine; readonly file: string };

export type FoundRequirements = {
  readonly required: readonly FoundRequirement[];
  /** What bounds a project wherever it is asked for, and asks for nothing itself. */
  readonly constraints: readonly FoundRequirement[];
  /** The files that were read with the document. */
  readonly files: readonly string[];
};

/** As a file is included: what stands in it is asked for, or only bounds what is. */
type Role = "include" | "constraint";
type Source = { readonly file: string; readonly role: Role; readonly depth: number };

/** Reads the document's lines and, in their place, those of the files beside it that it includes; each file once in each role. */
export function findRequirements(document: InputDocument, text: RequirementsText, problems: Problem[]): FoundRequirements {
  const found: Readonly<Record<Role, FoundRequirement[]>> = { include: [], constraint: [] };
  const files = new Set<string>();
  const known = new Map<string, boolean>([[keyOf("include", ownName(document)), true]]);
  readLines(text, { file: "", role: "include", depth: 0 }, problems);
  return { required: found.include, constraints: found.constraint, files: [...files] };

  function readLines({ lines }: RequirementsText, source: Source, aside: Problem[]): void {
    for (const line of lines) keepingAsideIn(source.file, aside, () => readLine(line, source, aside));
  }

  function readLine(line: RequirementLine, source: Source, aside: Problem[]): void {
    const { text: written, place } = line;
    const option = written.startsWith("-") ? parseOption(written, place) : undefined;
    if (option?.kind === "other") return;
    if (option?.kind === "include" || option?.kind === "constraint") {
      const path = isPathBeside(option.value) ? pathBeside(source.file, option.value) : undefined;
      const isSaid = path !== undefined && readFile({ file: path, role: option.kind, depth: source.depth + 1 }, aside);
      // What is asked for and not read must be said; a constraint asks for nothing.
      if (!isSaid && option.kind === "include") throw refusal(place, placesThatAreRead(document), written);
      return;
    }
    const requirement = parseRequirement(option === undefined ? withoutOptions(written) : option.value, place);
    if (requirement !== undefined) found[source.role].push({ requirement, line, file: source.file });
  }

  /** False where there is no such file; one that is there is read, or a problem says why not. */
  function readFile(source: Source, aside: Problem[]): boolean {
    const { file, role, depth } = source;
    const key = keyOf(role, file);
    const isKnown = known.get(key);
    if (isKnown !== undefined) return isKnown;
    const own: Problem[] = [];
    const text = depth > MAX_CHAIN ? undefined : readBeside(document, file, own, readRequirementLines);
    if (depth > MAX_CHAIN) own.push({ place: file, reason: `Expected at most ${MAX_CHAIN} files one inside another, found more` });
    known.set(key, text !== undefined || own.length > 0);
    const before = found.include.length + found.constraint.length;
    if (text !== undefined) {
      files.add(file);
      readLines(text, source, own);
    }
    const isProse = found.include.length + found.constraint.length === before;
    // Whoever wrote the document must not have any text shown line by line.
    aside.push(...(isProse ? own.slice(0, 1) : own));
    return text !== undefined || own.length > 0;
  }
}

function keyOf(role: Role, file: string): string {
  return `${role} ${file}`;
}

function ownName({ name }: InputDocument): string {
  return name.slice(Math.max(name.lastIndexOf("/"), name.lastIndexOf("\\")) + 1);
}

function placesThatAreRead({ beside }: InputDocument): string {
  return beside === undefined
    ? "requirements in this document, for others are not opened"
    : "requirements in this document or in a file beside it, inside what is scanned";
}

/** `--hash=…` and others that belong to one requirement stand behind it. */
function withoutOptions(text: string): string {
  const at = text.search(/\s--[a-z]/);
  return at === -1 ? text : text.slice(0, at);
}
