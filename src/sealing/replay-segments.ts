import { isRefusedContent } from "./sealing-error.ts";
import { type RecordAccess, withSegment } from "./segment-files.ts";
import type { OpenedSegment, PlacedFrame, SegmentEnd } from "./segment-reader.ts";

/** What no crash explains. */
export type RecordProblem = {
  readonly sequence: number;
  readonly kind: "altered" | "content-altered" | "digest-differs" | "head-differs" | "missing" | "refused";
  readonly reason: string;
};

/** The last segment of a replay; its end, if it could be read. */
export type LastSegment = { readonly sequence: number; readonly end: SegmentEnd | undefined };

export type SegmentRange = {
  readonly grantId: string;
  readonly from: number;
  readonly to: number;
  /** Whose contents are opened; without it all are. */
  readonly contentsOf?: (exchangeId: string) => boolean;
};

/**
 * Every frame of the segments from one to another, in order, each segment verified to follow the one before it. Goes on behind a problem, of
 * which `note` is told. A last segment that is torn is none: its end says so.
 */
export async function replaySegments(
  access: RecordAccess,
  { grantId, from, to, contentsOf }: SegmentRange,
  visit: (sequence: number, placed: PlacedFrame) => void,
  note: (problem: RecordProblem) => void,
): Promise<LastSegment | undefined> {
  let last: LastSegment | undefined;
  for (let sequence = from; sequence <= to; sequence += 1) last = { sequence, end: await replayOne(sequence) };
  return last;

  async function replayOne(sequence: number): Promise<SegmentEnd | undefined> {
    try {
      const end = await withSegment(access, sequence, (segment) => read(sequence, segment));
      if (typeof end === "object") return end;
      if (end === "missing") note({ sequence, kind: "missing", reason: "its file is gone" });
      if (end === "unfinished") note({ sequence, kind: "refused", reason: "its header line is unfinished" });
    } catch (error) {
      if (!isRefusedContent(error)) throw error;
      note({ sequence, kind: "refused", reason: error.message });
    }
    return undefined;
  }

  async function read(sequence: number, segment: OpenedSegment): Promise<SegmentEnd | undefined> {
    const { header } = segment;
    if (header.grantId !== grantId || header.sequence !== sequence) {
      const reason = `expected segment ${sequence} of grant ${grantId}, got ${header.sequence} of ${header.grantId}`;
      note({ sequence, kind: "refused", reason });
      return undefined;
    }
    if (last?.end !== undefined && header.previousHead !== last.end.stand?.head) {
      note({ sequence, kind: "missing", reason: `it does not follow segment ${last.sequence} as that is now` });
    }
    const end = await visited(segment.frames({ contentsOf }), (placed) => {
      if (placed.content === "altered") {
        note({ sequence, kind: "content-altered", reason: `a content in the block at ${placed.offset} is not what was recorded` });
      }
      visit(sequence, placed);
    });
    if (end.kind === "altered" || (end.kind === "torn" && sequence < to)) {
      note({ sequence, kind: "altered", reason: `${end.surplusBytes} bytes from ${end.place.offset} on: ${end.reason}` });
    }
    return end;
  }
}

async function visited(frames: AsyncGenerator<PlacedFrame, SegmentEnd>, visit: (placed: PlacedFrame) => void): Promise<SegmentEnd> {
  for (;;) {
    const { done, value } = await frames.next();
    if (done === true) return value;
    visit(value);
  }
}
