import { z } from "zod";
import type { Client } from "../../contract/client.ts";
import { readDestroyedRecords } from "../../contract/endpoints/gateway.ts";
import type { GatewayClock } from "../clock.ts";
import type { GatewayLog } from "../log.ts";
import type { ExchangeRecord } from "../record/exchange-record.ts";

/** Removes what was recorded of a grant when the server says that the destruction of its record key is certified: nobody can read it any more. */
export type Remains = {
  /** Looks every few minutes, and beside everything else. */
  readonly tick: () => void;
  /** Looks now. Never rejects: what could not be removed is told, and is tried again by the next look. */
  readonly look: () => Promise<void>;
  /** Resolves when nothing is removed any more. */
  readonly stop: () => Promise<void>;
};

export type RemainsOptions = {
  readonly client: Client;
  readonly gateway: string;
  readonly clock: Pick<GatewayClock, "monotonicMs">;
  readonly record: Pick<ExchangeRecord, "kept" | "remove">;
  readonly isRunning: (grantId: string) => boolean;
  /** When the server has taken what the gateway before this one left: until then nobody knows what of a grant is not settled. */
  readonly settled: Promise<void>;
  readonly log: GatewayLog;
};

/** Retention is counted in days. */
const LOOK_EVERY_MS = 10 * 60_000;
const ANSWER_MS = 10_000;
const ASKED_AT_ONCE = 1000;

export function createRemains({ client, gateway, clock, record, isRunning, settled, log }: RemainsOptions): Remains {
  const stopping = new AbortController();
  let lookedMs = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | undefined;

  return {
    tick: () => {
      if (looking === undefined && clock.monotonicMs() - lookedMs >= LOOK_EVERY_MS) void look();
    },
    look,
    stop: async () => {
      stopping.abort();
      await looking;
    },
  };

  function look(): Promise<void> {
    if (stopping.signal.aborted) return Promise.resolve();
    return (looking ??= removeAll()
      .catch((error: unknown) => {
        if (!stopping.signal.aborted) log({ level: "warn", event: "remains-not-looked-at", reason: reasonOf(error) });
      })
      .finally(() => {
        lookedMs = clock.monotonicMs();
        looking = undefined;
      }));
  }

  async function removeAll(): Promise<void> {
    await settled;
    const { grants: kept, removing } = record.kept();
    // A disk of its own has directories that no gateway made.
    const grants = kept.filter((name) => z.uuid().safeParse(name).success);
    // The server said so when their removal began.
    for (const grantId of removing) await remove(grantId);
    for (let at = 0; at < grants.length && !stopping.signal.aborted; at += ASKED_AT_ONCE) {
      const asked = grants.slice(at, at + ASKED_AT_ONCE);
      const signal = AbortSignal.any([AbortSignal.timeout(ANSWER_MS), stopping.signal]);
      const { destroyed } = await client(readDestroyedRecords, { body: { gateway, grants: asked }, signal });
      const certified = new Set(destroyed);
      for (const grantId of asked) if (certified.has(grantId)) await remove(grantId);
    }
  }

  async function remove(grantId: string): Promise<void> {
    if (stopping.signal.aborted || isRunning(grantId)) return;
    try {
      const removed = await record.remove(grantId);
      if (removed === undefined) return log({ level: "debug", event: "record-stays", grant: grantId });
      log({ level: "info", event: "record-removed", grant: grantId, files: removed.files, bytes: removed.bytes });
    } catch (error) {
      log({ level: "error", event: "record-not-removed", grant: grantId, reason: reasonOf(error) });
    }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
