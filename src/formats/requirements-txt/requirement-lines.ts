import { CodedError } from "../../vocabulary/coded-error.ts";
import { checkSize, readText } from "../read-text.ts";
import { linesOf } from "../text-lines.ts";

/** One instruction of a requirements file: its lines joined, without comments. */
export type RequirementLine = {
  readonly text: string;
  readonly place: string;
  /** What is remarked behind it, and in the indented lines below it, each without its `#`. */
  readonly remarks: readonly string[];
};

export type RequirementsText = {
  readonly lines: readonly RequirementLine[];
  /** The remarks before the first instruction. */
  readonly heading: readonly string[];
};

const MAX_BYTES = 64 * 1024 * 1024;
const MAX_LINES = 1_000_000;

/**
 * Splits a requirements file as pip does: a backslash at the end of a line joins the next to it, `#` begins a comment at the start of a line or
 * behind a blank.
 * @throws CodedError `document-invalid` where it is not text, `document-too-large`.
 */
export function readRequirementLines(bytes: Uint8Array): RequirementsText {
  const lines: { text: string; readonly place: string; readonly remarks: string[] }[] = [];
  const heading: string[] = [];
  let joined: { text: string; readonly place: string; readonly remarks: string[] } | undefined;
  let count = 0;
  for (const { text: whole, place } of linesOf(decode(bytes))) {
    count++;
    if (count > MAX_LINES) throw new CodedError("document-too-large", `Expected at most ${MAX_LINES} lines, found more`);
    const { text, remark } = withoutComment(whole);
    const current: { text: string; readonly place: string; readonly remarks: string[] } = joined ?? { text: "", place, remarks: [] };
    const continues = remark === undefined && text.endsWith("\\");
    current.text += continues ? `${text.slice(0, -1)} ` : text;
    if (remark !== undefined) current.remarks.push(remark);
    joined = continues ? current : undefined;
    if (continues) continue;
    if (current.text.trim() !== "") lines.push({ ...current, text: current.text.trim() });
    else if (lines.length === 0) heading.push(...current.remarks);
    else if (/^\s/.test(whole)) lines.at(-1)?.remarks.push(...current.remarks);
  }
  if (joined !== undefined && joined.text.trim() !== "") lines.push({ ...joined, text: joined.text.trim() });
  return { lines, heading };
}

/** PowerShell writes what `pip freeze` says in UTF-16, and pip reads it by its mark. */
function decode(bytes: Uint8Array): string {
  const mark = bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : undefined;
  if (mark === undefined) return readText(bytes, MAX_BYTES);
  checkSize(bytes, MAX_BYTES);
  try {
    return new TextDecoder(mark, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new CodedError("document-invalid", "Expected UTF-16, as its first bytes say, found something else", { place: "byte 0", cause });
  }
}

function withoutComment(line: string): { readonly text: string; readonly remark: string | undefined } {
  for (let at = line.indexOf("#"); at !== -1; at = line.indexOf("#", at + 1)) {
    if (at === 0 || /\s/.test(line[at - 1] ?? "")) return { text: line.slice(0, at), remark: line.slice(at + 1).trim() };
  }
  return { text: line, remark: undefined };
}
