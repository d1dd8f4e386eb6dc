import { readdirSync } from "node:fs";
import { join } from "node:path";

/** The two files of a segment. */
export type SegmentPaths = { readonly segment: string; readonly slots: string };

/** A grant's directory in a gateway's record. */
export function grantDirectory(directory: string, grantId: string): string {
  return join(directory, grantId);
}

/** `directory` is the grant's own. */
export function segmentPaths(directory: string, sequence: number): SegmentPaths {
  const name = String(sequence).padStart(8, "0");
  return { segment: join(directory, `${name}.segment`), slots: join(directory, `${name}.slots`) };
}

/** The sequences of a grant's segments, in order. */
export function sequencesIn(directory: string): readonly number[] {
  return readdirSync(directory)
    .flatMap((name) => /^(\d{8,})\.segment$/.exec(name)?.[1] ?? [])
    .map(Number)
    .toSorted((a, b) => a - b);
}

/** The grants that a gateway's record holds. */
export function grantsIn(directory: string): readonly string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}
