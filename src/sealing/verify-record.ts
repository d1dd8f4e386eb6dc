import { type LastSegment, type RecordProblem, replaySegments } from "./replay-segments.ts";
import type { RecordAccess } from "./segment-files.ts";
import { contentAddressOf, type RunningAddress } from "./segment-keys.ts";
import { sequencesIn } from "./segment-paths.ts";
import type { PlacedFrame } from "./segment-reader.ts";

/** The digest over a segment's first `frames` frames, in hex, as somebody kept it: a statement of the ledger, for one. */
export type StatedHead = { readonly sequence: number; readonly frames: number; readonly head: string };

export type RecordVerification = {
  readonly segments: number;
  readonly frames: number;
  readonly exchanges: number;
  /** Without an end. */
  readonly running: number;
  readonly redacted: number;
  readonly sessions: number;
  /** Of the last segment: what a later verification can be held to. */
  readonly head: StatedHead | undefined;
  /** At the end of the last segment: an unfinished write. */
  readonly tornBytes: number;
  readonly problems: readonly RecordProblem[];
};

/**
 * What a stranger who has a grant's segments and its record key can know: that no frame was altered, moved or taken out, down to the last one
 * there is. Whether the end was cut off only a head that was stated elsewhere tells.
 */
export async function verifyRecord(access: RecordAccess, grantId: string, stated: readonly StatedHead[] = []): Promise<RecordVerification> {
  const problems: RecordProblem[] = [];
  const sequences = sequencesIn(access.directory);
  const exchanges = new Map<string, { readonly digest: RunningAddress; hasEnded: boolean; isRedacted: boolean }>();
  const sessions = new Set<string>();
  const address = contentAddressOf(access.recordKey, grantId);
  const open = new Map(stated.map((head) => [placeOf(head), head]));
  let frames = 0;
  const last = await replaySegments(access, { grantId, from: 1, to: sequences.at(-1) ?? 0 }, visit, (problem) => problems.push(problem));
  for (const { sequence, frames: count } of open.values()) {
    problems.push({ sequence, kind: "missing", reason: `it was stated to have ${count} frames` });
  }
  const all = [...exchanges.values()];
  return {
    segments: sequences.length,
    frames,
    exchanges: all.length,
    running: all.filter(({ hasEnded }) => !hasEnded).length,
    redacted: all.filter(({ isRedacted }) => isRedacted).length,
    sessions: sessions.size,
    head: headOf(last),
    tornBytes: last?.end?.kind === "torn" ? last.end.surplusBytes : 0,
    problems,
  };

  function visit(sequence: number, placed: PlacedFrame): void {
    frames += 1;
    compareHead(sequence, placed);
    const { frame, session, content } = placed;
    if (frame.kind === "settled") return;
    sessions.add(session);
    if (frame.kind === "spend")
      exchanges.set(frame.exchangeId, { digest: address.begin(), hasEnded: false, isRedacted: content === "redacted" });
    const exchange = exchanges.get(frame.exchangeId);
    if (exchange === undefined) return;
    if (content === "redacted") exchange.isRedacted = true;
    if (frame.kind === "chunk") exchange.digest.add(frame.content);
    if (frame.kind === "close") {
      exchange.hasEnded = true;
      if (!exchange.isRedacted && frame.answerDigest !== undefined && exchange.digest.digest() !== frame.answerDigest) {
        problems.push({ sequence, kind: "digest-differs", reason: `the answer of exchange ${frame.exchangeId} is not what its end says` });
      }
    }
  }

  function compareHead(sequence: number, { stand }: PlacedFrame): void {
    if (stand === undefined) return;
    const place = placeOf({ sequence, frames: stand.frames });
    const known = open.get(place);
    if (known === undefined) return;
    open.delete(place);
    if (known.head !== stand.head) {
      problems.push({ sequence, kind: "head-differs", reason: `its first ${known.frames} frames are not those whose head was stated` });
    }
  }
}

function headOf(last: LastSegment | undefined): StatedHead | undefined {
  const stand = last?.end?.stand;
  return last === undefined || stand === undefined ? undefined : { sequence: last.sequence, ...stand };
}

function placeOf({ sequence, frames }: Pick<StatedHead, "sequence" | "frames">): string {
  return `${sequence}:${frames}`;
}
