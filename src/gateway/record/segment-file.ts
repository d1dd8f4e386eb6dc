import { closeSync, fdatasync, fdatasyncSync, fsync, ftruncateSync, openSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import type { ExchangeFrame } from "../../sealing/exchange-frame.ts";
import { type AddedFrame, beginSegment, type SegmentBeginning, type SegmentSealer } from "../../sealing/exchange-segment.ts";
import type { CodedError } from "../../vocabulary/coded-error.ts";
import { invariant } from "../../vocabulary/invariant.ts";
import { recordFailure } from "./record-failure.ts";
import type { SegmentPaths } from "../../sealing/segment-paths.ts";
import type { SyncPace } from "./sync-pace.ts";

/** How far a frame must be before whoever waits is told: in the file, or on the disk; `pressing`: on the disk, and a call stands still until it is. */
export type Until = "written" | "durable" | "pressing";

/** `offset`: of its block. */
export type AppendedFrame = AddedFrame & { readonly sequence: number; readonly offset: number };

/** Called once, when the frame is as far as was asked, or with what went wrong. It must not throw. */
export type Appended = (result: AppendedFrame | CodedError) => void;

/** A segment that is being written. After one failure it takes nothing more: what could not be written must not be sealed again under its keys. */
export type SegmentFile = {
  readonly sequence: number;
  /** All frames of a turn of the event loop are written at once, those before a pressing one with it, and their callbacks called in their order. With a CodedError: `disk-full` and the like */
  readonly append: (frame: ExchangeFrame, atMs: number, until: Until, done: Appended) => void;
  readonly isFull: () => boolean;
  readonly hasFailed: () => boolean;
  /** Of what is in the file. */
  readonly head: () => SegmentHead;
  /** Of what is on the disk. */
  readonly durableHead: () => SegmentHead;
  /** Resolves when all of it is on the disk and the file is closed. Never rejects: who waits for a frame is told by its own callback. */
  readonly finish: () => Promise<void>;
};

/** The digest over a segment's first `frames` frames, in hex. */
export type SegmentHead = { readonly sequence: number; readonly frames: number; readonly head: string };

type Waiting = AppendedFrame & { readonly until: Until; readonly done: Appended };

/** Chunks that nobody waits for are on the disk after so long at most, however quiet the record is. */
const IDLE_SYNC_MS = 25;
const SYNCS_AT_ONCE = 2;

const syncData = promisify(fdatasync);
const syncWhole = promisify(fsync);

/**
 * `before`: resolves when the segment before it is on the disk; nothing here counts as durable earlier.
 * @throws CodedError `disk-full` and the like; no file is left then
 */
export function createSegmentFile(
  paths: SegmentPaths,
  recordKey: Uint8Array,
  beginning: SegmentBeginning,
  limitBytes: number,
  before: Promise<void>,
  pace: SyncPace,
): SegmentFile {
  const { sequence } = beginning;
  const sealer = beginSegment(recordKey, beginning);
  const descriptor = makeFiles(paths, sealer);
  let writtenBytes = sealer.headerLine.length;
  let sealedBytes = writtenBytes;
  /** Frames in the file, and on the disk. */
  let written = 0;
  let durable = 0;
  let blocks: Buffer[] = [];
  let toWrite: Waiting[] = [];
  let toSync: Waiting[] = [];
  let syncing = 0;
  let isFinishing = false;
  let isNamed = false;
  let naming: Promise<void> | undefined;
  let hasEnded = false;
  let failure: CodedError | undefined;
  let hasSyncFailed = false;
  let idleTimer: NodeJS.Timeout | undefined;
  const finished = Promise.withResolvers<void>();

  return {
    sequence,
    append,
    isFull: () => sealedBytes + sealer.waitingBytes() >= limitBytes || !sealer.hasFreeSlot(),
    hasFailed: () => failure !== undefined,
    head: () => {
      flush();
      return headOf(written);
    },
    durableHead: () => headOf(durable),
    finish,
  };

  function append(frame: ExchangeFrame, atMs: number, until: Until, done: Appended): void {
    if (failure !== undefined) return done(failure);
    const { block, digest } = sealer.add(frame, atMs);
    if (toWrite.length === 0) setImmediate(flush);
    toWrite.push({ block, digest, sequence, offset: sealedBytes, until, done });
    if (sealer.isBlockFull()) seal();
    if (until === "pressing" && isSyncedHere()) flush();
  }

  function seal(): void {
    const block = sealer.seal();
    if (block === undefined) return;
    sealedBytes += block.length;
    blocks.push(block);
  }

  function flush(): void {
    if (toWrite.length === 0) return;
    seal();
    const bytes = blocks.length === 1 && blocks[0] !== undefined ? blocks[0] : Buffer.concat(blocks);
    blocks = [];
    const waiting = toWrite;
    toWrite = [];
    try {
      writeAll(descriptor, bytes);
    } catch (error) {
      failWriting(error, waiting);
      return;
    }
    writtenBytes += bytes.length;
    written = sealer.frames();
    let isPressing = false;
    for (const one of waiting) {
      if (one.until === "written") one.done(one);
      else toSync.push(one);
      isPressing ||= one.until === "pressing";
    }
    if (isPressing && isSyncedHere()) syncNow();
    startSync();
  }

  /**
   * Without a timer that collects, which costs more than it saves. A second sync may run beside the first: what it covers need not wait until
   * the first one, which began before it was written, is noticed to have returned.
   */
  function startSync(): void {
    if (hasEnded || hasSyncFailed) return;
    if (syncing < SYNCS_AT_ONCE && (toSync.length > 0 || (isFinishing && syncing === 0))) {
      clearTimeout(idleTimer);
      idleTimer = undefined;
      void sync();
    } else if (syncing === 0 && durable < written) {
      idleTimer ??= setTimeout(idleSync, IDLE_SYNC_MS).unref();
    }
  }

  function idleSync(): void {
    idleTimer = undefined;
    if (syncing === 0 && !hasEnded) void sync();
  }

  function isSyncedHere(): boolean {
    return isNamed && !hasSyncFailed && pace.isOnTheSpot();
  }

  function syncNow(): void {
    const waiting = toSync;
    toSync = [];
    clearTimeout(idleTimer);
    idleTimer = undefined;
    const beganMs = performance.now();
    try {
      fdatasyncSync(descriptor);
    } catch (error) {
      syncFailed(error);
      return failSyncing(waiting);
    }
    pace.took(performance.now() - beganMs);
    durable = written;
    for (const one of waiting) one.done(one);
  }

  async function sync(): Promise<void> {
    const reached = written;
    const waiting = toSync;
    toSync = [];
    syncing += 1;
    try {
      await (naming ??= nameFiles());
      await syncData(descriptor);
    } catch (error) {
      syncFailed(error);
    }
    syncing -= 1;
    if (hasSyncFailed) return failSyncing(waiting);
    durable = Math.max(durable, reached);
    for (const one of waiting) one.done(one);
    const isAllDurable = toSync.length === 0 && syncing === 0;
    if (isAllDurable && (failure !== undefined || (isFinishing && durable === written))) end();
    else startSync();
  }

  function syncFailed(error: unknown): void {
    if (!hasSyncFailed) failure = recordFailure(paths.segment, error);
    hasSyncFailed = true;
  }

  async function nameFiles(): Promise<void> {
    await before;
    await syncNames(paths);
    isNamed = true;
  }

  /** Resolves when all that was appended is on the disk or refused. */
  function finish(): Promise<void> {
    flush();
    isFinishing = true;
    startSync();
    return finished.promise;
  }

  /** What is half in the file goes out of it, so that the record is what was acknowledged. A disk that is full can still do that. */
  function failWriting(error: unknown, waiting: readonly Waiting[]): void {
    failure = recordFailure(paths.segment, error);
    try {
      ftruncateSync(descriptor, writtenBytes);
    } catch (cause) {
      failure = recordFailure(paths.segment, new AggregateError([error, cause], "a write that failed could not be taken back"));
    }
    for (const { done } of waiting) done(failure);
    if (toSync.length > 0) startSync();
    else if (syncing === 0) end();
  }

  /** After a sync that failed, another that succeeds says nothing about what the first should have kept. */
  function failSyncing(waiting: readonly Waiting[]): void {
    const refused = [...waiting, ...toSync, ...toWrite];
    toSync = [];
    toWrite = [];
    blocks = [];
    const error = failure;
    invariant(error !== undefined, "what failed is known");
    for (const { done } of refused) done(error);
    if (syncing === 0) end();
  }

  function end(): void {
    if (hasEnded) return;
    hasEnded = true;
    clearTimeout(idleTimer);
    closeSync(descriptor);
    sealer.destroy();
    finished.resolve();
  }

  function headOf(frames: number): SegmentHead {
    return { sequence, frames, head: sealer.head(frames) };
  }
}

/** Never touches files that are there already: whatever they are, they are somebody's record. */
function makeFiles({ segment, slots }: SegmentPaths, sealer: SegmentSealer): number {
  const made: string[] = [];
  const open: number[] = [];
  try {
    for (const [path, flags, bytes] of [
      [slots, "wx", sealer.slots],
      [segment, "ax", sealer.headerLine],
    ] as const) {
      const descriptor = openSync(path, flags, 0o600);
      made.push(path);
      open.push(descriptor);
      writeAll(descriptor, bytes);
    }
  } catch (error) {
    open.forEach(closeSync);
    for (const path of made) rmSync(path, { force: true });
    sealer.destroy();
    throw recordFailure(segment, error);
  }
  const [table, descriptor] = open;
  invariant(table !== undefined && descriptor !== undefined, "both files are open");
  closeSync(table);
  return descriptor;
}

async function syncNames({ segment, slots }: SegmentPaths): Promise<void> {
  for (const path of process.platform === "win32" ? [slots] : [slots, dirname(segment), dirname(dirname(segment))]) {
    const descriptor = openSync(path, path === slots && process.platform === "win32" ? "r+" : "r");
    try {
      await syncWhole(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) written += writeSync(descriptor, bytes, written);
}
