import { segmentPaths } from "./segment-paths.ts";
import { openSegment, type OpenedSegment, type PlacedFrame, type ReadingOptions, type SegmentEnd } from "./segment-reader.ts";
import { openSegmentFile } from "./segment-source.ts";

/** Where a grant's segments are, and what opens them. */
export type RecordAccess = {
  /** The grant's own. */
  readonly directory: string;
  readonly recordKey: Uint8Array;
};

/**
 * `unfinished`: its header line is, as after a crash while it was made.
 * @throws SealingError `sealed-content-refused` for what is no segment
 */
export async function withSegment<T>(
  { directory, recordKey }: RecordAccess,
  sequence: number,
  use: (segment: OpenedSegment) => Promise<T>,
): Promise<T | "missing" | "unfinished"> {
  const file = await openSegmentFile(segmentPaths(directory, sequence));
  if (file === undefined) return "missing";
  let segment: OpenedSegment | undefined;
  try {
    segment = await openSegment(file.source, file.slots, recordKey);
    return segment === undefined ? "unfinished" : await use(segment);
  } finally {
    segment?.destroy();
    await file.close();
  }
}

/** The frames that can be read, none of a segment that is not there; returns how it ends. @throws SealingError `sealed-content-refused` */
export async function* segmentFrames(
  { directory, recordKey }: RecordAccess,
  sequence: number,
  options?: ReadingOptions,
): AsyncGenerator<PlacedFrame, SegmentEnd | undefined> {
  const file = await openSegmentFile(segmentPaths(directory, sequence));
  if (file === undefined) return undefined;
  let segment: OpenedSegment | undefined;
  try {
    segment = await openSegment(file.source, file.slots, recordKey);
    return segment === undefined ? undefined : yield* segment.frames(options);
  } finally {
    segment?.destroy();
    await file.close();
  }
}
