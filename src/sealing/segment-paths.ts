import { readdirSync } from "node:fs";
import { join } from "node:path";

/** The two files of a segment. */
export type SegmentPaths = { readonly segment: string; readonly slots: string };

/** A grant's directory in a gateway's record. */
export function grantDirectory(directory: string, grantId: string): string {
  return join(directory, grantId);
}

/** What a grant's directory is called from the moment on that it is to be gone: its name says so after a crash, too. */
export function removedDirectory(directory: string, grantId: string): string {
  return join(directory, `${grantId}${REMOVED}`);
}

/** `directory` is the grant's own. */
export function segmentPaths(directory: string, sequence: number): SegmentPaths {
  const name = String(sequence).padStart(8, "0");
  return { segment: join(directory, `${name}.segment`), slots: join(directory, `${name}.slots`) };
}

/** The sequences of a grant's segments, in order. */
export function sequencesIn(directory: string): readonly number[] {
  return numbersOf(directory, /^(\d{8,})\.segment$/);
}

/** The sequences of which a grant's directory has the table, in order. */
export function tablesIn(directory: string): readonly number[] {
  return numbersOf(directory, /^(\d{8,})\.slots$/);
}

/** The grants that a gateway's record holds. */
export function grantsIn(directory: string): readonly string[] {
  return directoriesIn(directory).filter((name) => !name.endsWith(REMOVED));
}

/** The grants whose removal has begun and has not ended. */
export function removedIn(directory: string): readonly string[] {
  return directoriesIn(directory).flatMap((name) => /^([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})\.removed$/.exec(name)?.[1] ?? []);
}

const REMOVED = ".removed";

function numbersOf(directory: string, name: RegExp): readonly number[] {
  return readdirSync(directory)
    .flatMap((file) => name.exec(file)?.[1] ?? [])
    .map(Number)
    .toSorted((a, b) => a - b);
}

function directoriesIn(directory: string): readonly string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}
