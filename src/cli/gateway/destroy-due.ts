import { existsSync } from "node:fs";
import type { Client } from "../../contract/client.ts";
import { type GatewayOrders, stateDestruction } from "../../contract/endpoints/gateway.ts";
import type { GatewayLog } from "../../gateway/log.ts";
import { credentialKeyOf, recordKeyOf } from "../../sealing/grant-keys.ts";
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

/**
 * Destroys what the server says is over, as far as this host has it, and states it. The key goes first; what could not be stated is stated with the
 * next orders, since the server names it until it was.
 */
export async function destroyDue({ client, gateway, keys, dataDirectory, recordDirectory, log }: DestroyDueParts, due: Due): Promise<void> {
  for (const window of due.credentials) {
    if (keptCredential(dataDirectory, window) === undefined) continue;
    await state(keys.destroyGrantKey(credentialKeyOf(window)), { window, what: "credential" });
    forgetCredential(dataDirectory, window);
  }
  for (const { grant, window } of due.records) {
    if (!existsSync(grantDirectory(recordDirectory, grant))) continue;
    await state(keys.destroyGrantKey(recordKeyOf(grant)), { window, grant, what: "record" });
  }

  async function state(
    { keyId, file, destroyedMs, cannotReach }: Destruction,
    about: { readonly window: string; readonly grant?: string; readonly what: "credential" | "record" },
  ): Promise<void> {
    await client(stateDestruction, { body: { ...about, gateway, keyId, file, destroyedMs, cannotReach: [...cannotReach] } });
    log({ level: "warn", event: "key-destroyed", what: about.what, key: keyId });
  }
}
