import { rename, rm, truncate } from "node:fs/promises";
import { contentAddressOf } from "../../sealing/segment-keys.ts";
import type { SegmentHeader } from "../../sealing/segment-header.ts";
import { SealingError } from "../../sealing/sealing-error.ts";
import { segmentPaths, sequencesIn } from "../../sealing/segment-paths.ts";
import { openSegment, type OpenedSegment, type PlacedFrame, type SegmentEnd } from "../../sealing/segment-reader.ts";
import { openSegmentFile } from "../../sealing/segment-source.ts";
import type { EndedExchange } from "./exchange.ts";
import { continueExchange } from "./recorded-exchange.ts";
import { newReplay } from "./replay.ts";
import { type LastSegment, openSegmentWriter, type SegmentWriter, type SegmentWriterOptions } from "./segment-writer.ts";

/** What no crash explains. Exchanges in what could not be read are lost to the gateway: whoever keeps the leases charges what is left of them. */
export type RecordDamage = {
  readonly grantId: string;
  readonly sequence: number;
  readonly kind: "altered" | "content-altered" | "missing" | "refused";
  readonly reason: string;
};

export type RecoveredGrant = {
  readonly writer: SegmentWriter;
  /** Those not settled, each with its end. */
  readonly exchanges: readonly EndedExchange[];
  readonly damage: readonly RecordDamage[];
};

/** The reason of an end that a recovery wrote. */
export const GATEWAY_DIED = "gateway-died";

/**
 * Replays what a gateway that is gone left of one grant. An exchange without an end gets one in a new segment: nothing is ever written to a
 * segment that another process began.
 */
export async function recoverGrant(
  options: Omit<SegmentWriterOptions, "last" | "unsettled">,
  clock: () => number,
): Promise<RecoveredGrant> {
  const { directory, grantId, recordKey } = options;
  const replay = newReplay(grantId, contentAddressOf(recordKey, grantId));
  const damage: RecordDamage[] = [];
  const last = await replayAll();
  const left = [...replay.ended.values()].map(({ exchangeId, place }) => [exchangeId, place.sequence] as const);
  const writer = openSegmentWriter({ ...options, last, unsettled: new Map(left) });
  const cut = await Promise.all(
    [...replay.running.values()].map(async (progress) => {
      const { exchangeId, session } = progress.beginning;
      const resumed = { kind: "resume", exchangeId, session, spendSequence: progress.place.sequence } as const;
      const [, ended] = await Promise.all([
        writer.append(resumed, clock(), "written"),
        continueExchange(writer, clock, progress).cut(GATEWAY_DIED),
      ]);
      return ended;
    }),
  );
  return { writer, exchanges: [...replay.ended.values(), ...cut], damage };

  async function replayAll(): Promise<LastSegment | undefined> {
    const sequences = [...sequencesIn(directory)];
    let newest = sequences.pop();
    let header = await headerOf(newest);
    if (header === "unfinished" && newest !== undefined) {
      await putAside(newest);
      newest = sequences.pop();
      header = await headerOf(newest);
    }
    if (newest === undefined) return undefined;
    const from = typeof header === "object" ? Math.min(header.replayFrom, newest) : (sequences[0] ?? newest);
    let last: LastSegment | undefined;
    for (let sequence = from; sequence <= newest; sequence += 1)
      last = { sequence, head: await replayOne(sequence, last, sequence === newest) };
    return last;
  }

  async function headerOf(sequence: number | undefined): Promise<SegmentHeader | "unfinished" | undefined> {
    if (sequence === undefined) return undefined;
    return opened(sequence, async (segment) => segment?.header ?? "unfinished");
  }

  /** Its maker died before the first line was whole, and nothing in it was acknowledged. */
  async function putAside(sequence: number): Promise<void> {
    const { segment, slots } = segmentPaths(directory, sequence);
    await rename(segment, `${segment}.unfinished`);
    await rm(slots, { force: true });
  }

  /** Gives the segment's head, if all of it could be read. */
  async function replayOne(sequence: number, before: LastSegment | undefined, isNewest: boolean): Promise<string | undefined> {
    return opened(sequence, async (segment) => {
      if (segment === undefined) {
        note(sequence, "refused", "its header is unfinished");
        return undefined;
      }
      const { header } = segment;
      if (header.grantId !== grantId || header.sequence !== sequence) {
        note(sequence, "refused", `expected segment ${sequence} of grant ${grantId}, got ${header.sequence} of ${header.grantId}`);
        return undefined;
      }
      if (before?.head !== undefined && header.previousHead !== before.head) {
        note(sequence, "missing", `it does not follow segment ${before.sequence} as that is now`);
      }
      const end = await visited(segment, (placed) => {
        if (placed.content === "altered") note(sequence, "content-altered", `the content of frame ${placed.index} does not open`);
        replay.take(sequence, placed);
      });
      if (end.kind === "torn" && isNewest) await truncate(segmentPaths(directory, sequence).segment, end.place.offset);
      else if (end.kind !== "whole") note(sequence, "altered", `${end.surplusBytes} bytes from ${end.place.offset} on: ${end.reason}`);
      return end.head;
    });
  }

  async function opened<T>(sequence: number, use: (segment: OpenedSegment | undefined) => Promise<T>): Promise<T | undefined> {
    const file = await openSegmentFile(segmentPaths(directory, sequence));
    if (file === undefined) {
      note(sequence, "missing", "its file is gone");
      return undefined;
    }
    try {
      return await use(await openSegment(file.source, file.slots, recordKey));
    } catch (error) {
      if (!(error instanceof SealingError)) throw error;
      note(sequence, "refused", error.message);
      return undefined;
    } finally {
      await file.close();
    }
  }

  function note(sequence: number, kind: RecordDamage["kind"], reason: string): void {
    damage.push({ grantId, sequence, kind, reason });
  }
}

async function visited(segment: OpenedSegment, visit: (placed: PlacedFrame) => void): Promise<SegmentEnd> {
  const frames = segment.frames();
  for (;;) {
    const { done, value } = await frames.next();
    if (done === true) return value;
    visit(value);
  }
}
