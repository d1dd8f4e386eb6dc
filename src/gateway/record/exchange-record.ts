import { existsSync, mkdirSync } from "node:fs";
import type { RecordProblem } from "../../sealing/replay-segments.ts";
import { contentAddressOf, type ContentAddress } from "../../sealing/segment-keys.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { lockDirectory } from "./directory-lock.ts";
import type { EndedExchange, ExchangeBeginning } from "./exchange.ts";
import { grantDirectory, grantsIn, removedIn } from "../../sealing/segment-paths.ts";
import { recordFailure } from "./record-failure.ts";
import { beginExchange, type RecordedExchange } from "./recorded-exchange.ts";
import { recoverGrant } from "./recover-grant.ts";
import { type RemovedGrant, removeGrant } from "./remove-grant.ts";
import type { SegmentHead } from "./segment-file.ts";
import { syncPace } from "./sync-pace.ts";
import { openSegmentWriter, type SegmentWriter, type SegmentWriterOptions } from "./segment-writer.ts";

/** A gateway's record of exchanges: a directory that no other process writes, with a directory of segments for each grant. */
export type ExchangeRecord = {
  /** What the gateway before this one left unsettled, in the order of their ends. Settling them again changes nothing. */
  readonly recovered: readonly EndedExchange[];
  /** What no crash explains. The exchanges that it hides are lost: whoever keeps the grant's leases charges what is left of them. */
  readonly problems: readonly GrantProblem[];
  /**
   * Resolves when the request is durable: only then may it go upstream.
   * @throws CodedError `disk-full`, `internal`, `document-too-large`; `not-allowed` where the grant's record key is not held, `conflict` where it
   * was not when the gateway started
   */
  readonly begin: (beginning: ExchangeBeginning) => Promise<RecordedExchange>;
  /** The server has these in its books: a recovery need not look at them again. Without the grant's record key none will, and nothing is noted. */
  readonly settled: (grantId: string, exchangeIds: readonly string[]) => Promise<void>;
  /** The heads of segments that grew on the disk since the last call: what the ledger states. */
  readonly newHeads: () => readonly GrantHead[];
  /** Before a grant's record key is destroyed: what is written becomes durable and keys leave the memory. */
  readonly releaseGrant: (grantId: string) => Promise<void>;
  /** The grants of which something is on the disk. `removing`: that was to be gone before, and is not yet. */
  readonly kept: () => { readonly grants: readonly string[]; readonly removing: readonly string[] };
  /**
   * Removes what was recorded of a grant; for one whose record key's destruction is certified, and for no other. Undefined = it stays: the key is
   * held all the same, or an exchange is not settled. From then on nothing is recorded of it. After a failure it can be called again.
   * @throws CodedError `internal`
   */
  readonly remove: (grantId: string) => Promise<RemovedGrant | undefined>;
  /** Resolves when all is on the disk, and gives the directory free. */
  readonly close: () => Promise<void>;
};

export type GrantHead = SegmentHead & { readonly grantId: string };

export type GrantProblem = RecordProblem & { readonly grantId: string };

export type ExchangeRecordOptions = {
  readonly directory: string;
  readonly gatewayId: string;
  /** 32 bytes, or undefined when the grant has none or it is destroyed: what is recorded of it then stays as it is. */
  readonly recordKey: (grantId: string) => Uint8Array | undefined;
  readonly clock?: () => number;
  /** A segment is followed by another when it is longer. */
  readonly segmentLimitBytes?: number;
};

type GrantRecord = { readonly writer: SegmentWriter; address: ContentAddress | undefined };

/** So long that replaying one takes about a third of a second. */
const SEGMENT_LIMIT_BYTES = 1 << 23;

/**
 * Takes the directory, and recovers what is in it, before anything is recorded: every exchange without an end gets one, `cut`.
 * @throws CodedError `directory-in-use`, `disk-full`, `internal`
 */
export async function openExchangeRecord({
  directory,
  gatewayId,
  recordKey,
  clock = Date.now,
  segmentLimitBytes = SEGMENT_LIMIT_BYTES,
}: ExchangeRecordOptions): Promise<ExchangeRecord> {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw recordFailure(directory, error);
  }
  const lock = lockDirectory(directory);
  // Of one disk.
  const pace = syncPace();
  const grants = new Map<string, GrantRecord>();
  const unread = new Set<string>();
  /** Of each grant what has begun here or was recovered, until it is settled. */
  const unsettled = new Map<string, Set<string>>();
  const removed = new Set<string>();
  const stated = new Map<string, string>();
  const recovered: EndedExchange[] = [];
  const problems: GrantProblem[] = [];
  try {
    for (const grantId of removedIn(directory)) removed.add(grantId);
    for (const grantId of grantsIn(directory)) await recover(grantId);
  } catch (error) {
    lock.release();
    throw error;
  }

  return { recovered, problems, begin, settled, newHeads, releaseGrant, kept, remove, close };

  async function begin(beginning: ExchangeBeginning): Promise<RecordedExchange> {
    const { grantId, exchangeId } = beginning;
    const grant = grantOf(grantId);
    grant.address ??= contentAddressOf(keyOf(grantId), grantId);
    note(grantId, [exchangeId]);
    try {
      return await beginExchange(grant.writer, grant.address, clock, beginning);
    } catch (error) {
      unsettled.get(grantId)?.delete(exchangeId);
      throw error;
    }
  }

  async function settled(grantId: string, exchangeIds: readonly string[]): Promise<void> {
    for (const exchangeId of exchangeIds) unsettled.get(grantId)?.delete(exchangeId);
    if (exchangeIds.length === 0 || heldKey(grantId) === undefined || unread.has(grantId)) return;
    await grantOf(grantId).writer.append({ kind: "settled", exchangeIds }, clock(), "written");
  }

  function newHeads(): readonly GrantHead[] {
    return [...grants].flatMap(([grantId, { writer }]) => {
      const head = writer.durableHead();
      if (head === undefined || stated.get(grantId) === head.head) return [];
      stated.set(grantId, head.head);
      return [{ grantId, ...head }];
    });
  }

  async function releaseGrant(grantId: string): Promise<void> {
    const grant = grants.get(grantId);
    if (grant === undefined) return;
    await grant.writer.finish();
    grant.address?.destroy();
    grant.address = undefined;
  }

  function kept(): { readonly grants: readonly string[]; readonly removing: readonly string[] } {
    return { grants: grantsIn(directory), removing: removedIn(directory) };
  }

  async function remove(grantId: string): Promise<RemovedGrant | undefined> {
    if (!removed.has(grantId)) {
      // Without a directory a host would make the grant another key.
      if (!existsSync(grantDirectory(directory, grantId)) || recordKey(grantId) !== undefined) return undefined;
      if ((unsettled.get(grantId)?.size ?? 0) > 0) return undefined;
      removed.add(grantId);
    }
    await releaseGrant(grantId);
    return removeGrant(directory, grantId);
  }

  async function close(): Promise<void> {
    await Promise.all([...grants.values()].map(({ writer }) => writer.finish()));
    lock.release();
  }

  async function recover(grantId: string): Promise<void> {
    const key = heldKey(grantId);
    if (key === undefined) {
      unread.add(grantId);
      return;
    }
    const grant = await recoverGrant(writerOptions(grantId), key, clock);
    recovered.push(...grant.exchanges);
    note(
      grantId,
      grant.exchanges.map(({ exchangeId }) => exchangeId),
    );
    problems.push(...grant.problems.map((problem) => ({ grantId, ...problem })));
    grants.set(grantId, { writer: grant.writer, address: undefined });
  }

  function grantOf(grantId: string): GrantRecord {
    const held = grants.get(grantId);
    if (held !== undefined) return held;
    keyOf(grantId);
    if (unread.has(grantId)) {
      throw new CodedError(
        "conflict",
        `expected the record of grant ${grantId} to have been recovered when the gateway started, but its key was not there then; start it again`,
        { place: grantId },
      );
    }
    const writer = openSegmentWriter({ ...writerOptions(grantId), last: undefined, unsettled: new Map() });
    const grant = { writer, address: undefined };
    grants.set(grantId, grant);
    return grant;
  }

  function note(grantId: string, exchangeIds: readonly string[]): void {
    const noted = unsettled.get(grantId) ?? new Set();
    unsettled.set(grantId, noted);
    for (const exchangeId of exchangeIds) noted.add(exchangeId);
  }

  /** Of what is removed nobody is asked for a key: a host would make another. */
  function heldKey(grantId: string): Uint8Array | undefined {
    return removed.has(grantId) ? undefined : recordKey(grantId);
  }

  function keyOf(grantId: string): Uint8Array {
    const key = heldKey(grantId);
    if (key === undefined) throw new CodedError("not-allowed", `expected the record key of grant ${grantId}, got none`, { place: grantId });
    return key;
  }

  function writerOptions(grantId: string): Omit<SegmentWriterOptions, "last" | "unsettled"> {
    return {
      directory: grantDirectory(directory, grantId),
      grantId,
      gatewayId,
      recordKey: () => heldKey(grantId),
      limitBytes: segmentLimitBytes,
      pace,
    };
  }
}
