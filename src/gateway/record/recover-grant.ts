import { open, rename } from "node:fs/promises";
import { type LastSegment, type RecordProblem, replaySegments } from "../../sealing/replay-segments.ts";
import { isRefusedContent } from "../../sealing/sealing-error.ts";
import { withSegment } from "../../sealing/segment-files.ts";
import { segmentPaths, sequencesIn, tablesIn } from "../../sealing/segment-paths.ts";
import type { EndedExchange } from "./exchange.ts";
import { continueExchange, type ExchangeProgress } from "./recorded-exchange.ts";
import { newReplay } from "./replay.ts";
import { openSegmentWriter, type SegmentWriter, type SegmentWriterOptions } from "./segment-writer.ts";

export type RecoveredGrant = {
  readonly writer: SegmentWriter;
  /** Those not settled, each with its end. */
  readonly exchanges: readonly EndedExchange[];
  /** What could not be read is lost to the gateway: whoever keeps the leases charges what is left of them. */
  readonly problems: readonly RecordProblem[];
};

/** The reason of an end that a recovery wrote. */
export const GATEWAY_DIED = "gateway-died";

/**
 * Replays what a gateway that is gone left of one grant. An exchange without an end gets one in a new segment: nothing is ever written to a
 * segment that another process began. No content is opened, so that such an end has no digest of the whole answer.
 * @throws CodedError `disk-full`, `internal`
 */
export async function recoverGrant(
  options: Omit<SegmentWriterOptions, "last" | "unsettled">,
  recordKey: Uint8Array,
  clock: () => number,
): Promise<RecoveredGrant> {
  const { directory, grantId } = options;
  const access = { directory, recordKey };
  const replay = newReplay(grantId);
  const problems: RecordProblem[] = [];
  const last = await replayAll();
  const left = [
    ...[...replay.ended].map(([id, { place }]) => [id, place.sequence] as const),
    ...[...replay.running].map(([id, { place }]) => [id, place.sequence] as const),
  ];
  const before = last === undefined ? undefined : { sequence: last.sequence, head: last.end?.stand?.head };
  const writer = openSegmentWriter({ ...options, last: before, unsettled: new Map(left) });
  const cut = await Promise.all([...replay.running.values()].map((progress) => cutOff(writer, clock, progress)));
  return { writer, exchanges: [...replay.ended.values(), ...cut], problems };

  async function replayAll(): Promise<LastSegment | undefined> {
    const sequences = [...sequencesIn(directory)];
    let newest = sequences.pop();
    let from = await replayFromOf(newest);
    if (from === "unfinished" && newest !== undefined) {
      await putAside(newest);
      newest = sequences.pop();
      from = await replayFromOf(newest);
    }
    await putTablesAside(newest ?? 0);
    if (newest === undefined) return undefined;
    const range = { grantId, from: typeof from === "number" ? from : (sequences[0] ?? newest), to: newest };
    const last = await replaySegments(access, { ...range, contentsOf: () => false }, replay.take, (problem) => {
      problems.push(problem);
    });
    if (last?.end?.kind === "torn") await cutDurably(segmentPaths(directory, newest).segment, last.end.place.offset);
    return last;
  }

  /** Undefined when its header cannot tell: then all segments are replayed. */
  async function replayFromOf(sequence: number | undefined): Promise<number | "missing" | "unfinished" | undefined> {
    if (sequence === undefined) return undefined;
    try {
      return await withSegment(access, sequence, async ({ header }) => Math.min(header.replayFrom, sequence));
    } catch (error) {
      if (isRefusedContent(error)) return undefined;
      throw error;
    }
  }

  /** Its maker died before the first line was whole: nothing in it was ever acknowledged. */
  async function putAside(sequence: number): Promise<void> {
    const { segment } = segmentPaths(directory, sequence);
    await rename(segment, `${segment}.unfinished`);
  }

  /** The maker of a segment died when its table was there and it was not: the next one takes their number. */
  async function putTablesAside(newest: number): Promise<void> {
    for (const sequence of tablesIn(directory)) {
      const { slots } = segmentPaths(directory, sequence);
      if (sequence > newest) await rename(slots, `${slots}.unfinished`);
    }
  }
}

/** On disk before another segment follows: torn in the middle of a record is what no crash explains. */
async function cutDurably(path: string, bytes: number): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.truncate(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function cutOff(writer: SegmentWriter, clock: () => number, progress: ExchangeProgress): Promise<EndedExchange> {
  const { exchangeId, session } = progress.beginning;
  const resumed = { kind: "resume", exchangeId, session, spendSequence: progress.place.sequence } as const;
  const [, ended] = await Promise.all([
    writer.append(resumed, clock(), "written"),
    continueExchange(writer, clock, progress).cut(GATEWAY_DIED),
  ]);
  return ended;
}
