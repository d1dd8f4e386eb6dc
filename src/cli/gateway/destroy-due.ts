import { existsSync } from "node:fs";
import type { Client } from "../../contract/client.ts";
import type { AnswerOf } from "../../contract/endpoint.ts";
import { type GatewayOrders, type readOrders, stateDestruction } from "../../contract/endpoints/gateway.ts";
import type { GatewayLog } from "../../gateway/log.ts";
import { credentialKeyOf, RECORD_CANNOT_REACH, recordKeyOf } from "../../sealing/grant-keys.ts";
import type { Destruction, KeyRing } from "../../sealing/key-ring.ts";
import { grantDirectory } from "../../sealing/segment-paths.ts";
import { forgetCredential, keptCredential } from "./kept-credentials.ts";

export type DestroyDueParts = {
  readonly client: Client;
  readonly gateway: string;
  readonly keys: KeyRing;
  readonly dataDirectory: string;
  readonly recordDirectory: string;
  readonly log: GatewayLog;
};

type Due = NonNullable<GatewayOrders["destroy"]>;

/** How long what could not be stated waits until it is tried again. */
const RETRY_MS = 10_000;

export type DueDestruction = {
  /** For every answer of the server. */
  readonly heard: (answer: AnswerOf<typeof readOrders>) => void;
  readonly settled: () => Promise<void>;
};

/** Destroys what the server says is over, as far as this host has it, and states it until the server has taken it. */
export function destroyWhatIsDue(parts: DestroyDueParts): DueDestruction {
  let due: Due | undefined;
  let running: Promise<void> | undefined;
  let notBeforeMs = 0;

  return {
    heard: (answer) => {
      if (answer.kind === "orders") due = answer.orders.destroy;
      const now = due;
      if (now === undefined || running !== undefined || performance.now() < notBeforeMs) return;
      running = destroy(now).finally(() => {
        running = undefined;
      });
    },
    settled: async () => running,
  };

  async function destroy(now: Due): Promise<void> {
    try {
      await destroyDue(parts, now);
      if (due === now) due = undefined;
    } catch (error) {
      notBeforeMs = performance.now() + RETRY_MS;
      parts.log({ level: "error", event: "key-not-destroyed", reason: error instanceof Error ? error.message : String(error) });
    }
  }
}

/**
 * The key goes first: that it is gone is true even where it could not be stated. A key may be there without what it is for, after a kill between
 * the two.
 */
async function destroyDue({ client, gateway, keys, dataDirectory, recordDirectory, log }: DestroyDueParts, due: Due): Promise<void> {
  keys.reload();
  for (const window of due.credentials) {
    if (keptCredential(dataDirectory, window) === undefined && keys.heldGrantKey(credentialKeyOf(window)) === undefined) continue;
    await state(keys.destroyGrantKey(credentialKeyOf(window)), { window, what: "credential" });
    forgetCredential(dataDirectory, window);
  }
  for (const { grant, window } of due.records) {
    if (!existsSync(grantDirectory(recordDirectory, grant)) && keys.heldGrantKey(recordKeyOf(grant)) === undefined) continue;
    const destruction = keys.destroyGrantKey(recordKeyOf(grant));
    await state({ ...destruction, cannotReach: [...destruction.cannotReach, RECORD_CANNOT_REACH] }, { window, grant, what: "record" });
  }

  async function state(
    { keyId, file, destroyedMs, cannotReach }: Destruction,
    about: { readonly window: string; readonly grant?: string; readonly what: "credential" | "record" },
  ): Promise<void> {
    await client(stateDestruction, { body: { ...about, gateway, keyId, file, destroyedMs, cannotReach: [...cannotReach] } });
    log({ level: "warn", event: "key-destroyed", what: about.what, key: keyId });
  }
}
