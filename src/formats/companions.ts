import { isCodedError } from "../vocabulary/coded-error.ts";
import type { Problem } from "../vocabulary/problem.ts";
import type { InputDocument } from "./inventory-format.ts";
import { keepingAside } from "./json-reading.ts";

/** How many files may lead to one another, the document itself left out. */
export const MAX_CHAIN = 10;
const LONGEST_PATH = 1024;

/**
 * Reads a file that the document names. Undefined where there is none, where its path leads anywhere but beside the document, and
 * where it is refused: then a problem with its place is kept aside.
 */
export function readBeside<T>(document: InputDocument, path: string, problems: Problem[], take: (bytes: Uint8Array) => T): T | undefined {
  if (document.beside === undefined || !isPathBeside(path)) return undefined;
  try {
    const bytes = document.beside.file(path);
    return bytes === undefined ? undefined : take(bytes);
  } catch (error) {
    if (!isCodedError(error, "document-invalid", "document-too-large", "document-unknown")) throw error;
    problems.push({ place: placeIn(path, error.place ?? ""), reason: error.message });
    return undefined;
  }
}

/** A path from the document's folder: no address, nothing from the root of a disk, no text that would break a line of a message. */
export function isPathBeside(path: string): boolean {
  return path !== "" && path.length <= LONGEST_PATH && !/^[/~]|[\\:\p{Cc}\p{Cs}]/u.test(path);
}

/** A place in a file beside the document; without a file, in the document. */
export function placeIn(file: string, place: string): string {
  return [file, place].filter((part) => part !== "").join(" ");
}

/** As `keepingAside`, of what stands in `file`. */
export function keepingAsideIn(file: string, problems: Problem[], read: () => void): void {
  const own: Problem[] = [];
  keepingAside(own, read);
  problems.push(...own.map(({ place, reason }) => ({ place: placeIn(file, place), reason })));
}

const MAX_NAMES = 3;

/** An inventory's format, with the names of the files that were read with the document. */
export function formatWith(format: string, files: Iterable<string>): string {
  const names = [...files];
  if (names.length === 0) return format;
  const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : "";
  return `${format}, with ${names.slice(0, MAX_NAMES).join(", ")}${more}`;
}
