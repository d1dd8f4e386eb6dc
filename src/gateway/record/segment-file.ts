import { closeSync, fdatasync, fsync, ftruncateSync, openSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import type { ExchangeFrame } from "../../sealing/exchange-frame.ts";
import { beginSegment, type SealedFrame, type SegmentBeginning, type SegmentSealer } from "../../sealing/exchange-segment.ts";
import type { CodedError } from "../../vocabulary/coded-error.ts";
import { invariant } from "../../vocabulary/invariant.ts";
import { recordFailure } from "./record-failure.ts";
import type { SegmentPaths } from "../../sealing/segment-paths.ts";

/** How far a frame must be before its promise resolves: in the file, or on the disk. */
export type Until = "written" | "durable";

export type AppendedFrame = SealedFrame & { readonly sequence: number; readonly offset: number; readonly endOffset: number };

/** A segment that is being written. After one failure it takes nothing more: what could not be written must not be sealed again under its keys. */
export type SegmentFile = {
  readonly sequence: number;
  /** All frames of a turn of the event loop are written at once. @throws CodedError (by the promise) `disk-full` and the like */
  readonly append: (frame: ExchangeFrame, atMs: number, until: Until) => Promise<AppendedFrame>;
  readonly isFull: () => boolean;
  readonly hasFailed: () => boolean;
  /** Of what is in the file. */
  readonly head: () => SegmentHead;
  /** Of what is on the disk. */
  readonly durableHead: () => SegmentHead;
  /** Resolves when all of it is on the disk and the file is closed. Never rejects: who waits for a frame is told by its own promise. */
  readonly finish: () => Promise<void>;
};

/** The digest over a segment's first `frames` frames, in hex. */
export type SegmentHead = { readonly sequence: number; readonly frames: number; readonly head: string };

type Waiting = {
  readonly appended: AppendedFrame;
  readonly until: Until;
  readonly resolve: () => void;
  readonly reject: (error: CodedError) => void;
};

/** Chunks that nobody waits for are on the disk after so long at most, however quiet the record is. */
const IDLE_SYNC_MS = 25;

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
): SegmentFile {
  const { sequence } = beginning;
  const sealer = beginSegment(recordKey, beginning);
  const descriptor = makeFiles(paths, sealer);
  let writtenBytes = sealer.headerLine.length;
  let sealedBytes = writtenBytes;
  let written: SegmentHead = headNow();
  let durable: SegmentHead = written;
  let pieces: Buffer[] = [];
  let toWrite: Waiting[] = [];
  let toSync: Waiting[] = [];
  let isSyncing = false;
  let isFinishing = false;
  let isNamed = false;
  let hasEnded = false;
  let failure: CodedError | undefined;
  let idleTimer: NodeJS.Timeout | undefined;
  const finished = Promise.withResolvers<void>();

  return {
    sequence,
    append,
    isFull: () => sealedBytes >= limitBytes || !sealer.hasFreeSlot(),
    hasFailed: () => failure !== undefined,
    head: () => {
      flush();
      return written;
    },
    durableHead: () => durable,
    finish,
  };

  function append(frame: ExchangeFrame, atMs: number, until: Until): Promise<AppendedFrame> {
    if (failure !== undefined) return Promise.reject(failure);
    const sealed = sealer.seal(frame, atMs);
    const appended = { ...sealed, sequence, offset: sealedBytes, endOffset: sealedBytes + sealed.bytes.length };
    sealedBytes = appended.endOffset;
    if (pieces.length === 0) setImmediate(flush);
    pieces.push(sealed.bytes);
    return new Promise((resolve, reject) => toWrite.push({ appended, until, resolve: () => resolve(appended), reject }));
  }

  function flush(): void {
    if (pieces.length === 0) return;
    const bytes = pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
    pieces = [];
    const waiting = toWrite;
    toWrite = [];
    try {
      writeAll(descriptor, bytes);
    } catch (error) {
      failWriting(error, waiting);
      return;
    }
    writtenBytes += bytes.length;
    written = headNow();
    for (const one of waiting) {
      if (one.until === "durable") toSync.push(one);
      else one.resolve();
    }
    startSync();
  }

  /** The next sync starts when the last one returns: a timer that collects costs more than it saves. */
  function startSync(): void {
    if (isSyncing || hasEnded) return;
    if (toSync.length > 0 || isFinishing) {
      clearTimeout(idleTimer);
      idleTimer = undefined;
      isSyncing = true;
      void sync();
    } else if (durable.frames < written.frames) {
      idleTimer ??= setTimeout(idleSync, IDLE_SYNC_MS).unref();
    }
  }

  function idleSync(): void {
    idleTimer = undefined;
    if (isSyncing || hasEnded) return;
    isSyncing = true;
    void sync();
  }

  async function sync(): Promise<void> {
    const reached = written;
    const waiting = toSync;
    toSync = [];
    try {
      if (!isNamed) {
        await before;
        await syncNames(paths);
        isNamed = true;
      }
      await syncData(descriptor);
    } catch (error) {
      isSyncing = false;
      failSyncing(error, waiting);
      return;
    }
    isSyncing = false;
    durable = reached;
    for (const { resolve } of waiting) resolve();
    if (toSync.length === 0 && (failure !== undefined || (isFinishing && durable.frames === written.frames))) end();
    else startSync();
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
    for (const { reject } of waiting) reject(failure);
    if (toSync.length > 0) startSync();
    else if (!isSyncing) end();
  }

  /** After a sync that failed, another that succeeds says nothing about what the first should have kept. */
  function failSyncing(error: unknown, waiting: readonly Waiting[]): void {
    failure = recordFailure(paths.segment, error);
    for (const { reject } of [...waiting, ...toSync, ...toWrite]) reject(failure);
    toSync = [];
    toWrite = [];
    pieces = [];
    end();
  }

  function end(): void {
    if (hasEnded) return;
    hasEnded = true;
    clearTimeout(idleTimer);
    closeSync(descriptor);
    sealer.destroy();
    finished.resolve();
  }

  function headNow(): SegmentHead {
    return { sequence, frames: sealer.frames(), head: sealer.head() };
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
