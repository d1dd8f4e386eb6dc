import { existsSync } from "node:fs";
import type { OrderedWindow } from "../../contract/endpoints/gateway.ts";
import type { GatewayLog } from "../../gateway/log.ts";
import { credentialKeyOf, recordKeyOf } from "../../sealing/grant-keys.ts";
import type { Key, KeyRing } from "../../sealing/key-ring.ts";
import { openSealedCredential } from "../../sealing/sealed-credential.ts";
import { SealingError } from "../../sealing/sealing-error.ts";
import { grantDirectory } from "../../sealing/segment-paths.ts";
import { keptCredential } from "./kept-credentials.ts";

/** What a gateway opens and seals with, from the keys of its host. */
export type HostKeys = {
  /** Undefined when this host cannot open it. The buffer is the caller's. */
  readonly openCredential: (window: OrderedWindow) => Buffer | undefined;
  readonly recordKey: (grant: string) => Uint8Array | undefined;
};

export type HostKeysParts = {
  readonly keys: KeyRing;
  readonly dataDirectory: string;
  readonly recordDirectory: string;
  readonly log: GatewayLog;
};

export function openHostKeys({ keys, dataDirectory, recordDirectory, log }: HostKeysParts): HostKeys {
  return {
    openCredential: ({ id, sealedCredential }) => {
      const sealed = sealedCredential ?? keptCredential(dataDirectory, id);
      const key = sealed === undefined ? undefined : heldNow(credentialKeyOf(id));
      if (key === undefined || sealed === undefined) return undefined;
      try {
        return Buffer.from(openSealedCredential(key.secret, id, sealed), "latin1");
      } catch (error) {
        if (!(error instanceof SealingError)) throw error;
        log({ level: "error", event: "credential-not-opened", window: id, reason: error.message });
        return undefined;
      }
    },
    recordKey: (grant) => {
      const held = heldNow(recordKeyOf(grant));
      if (held !== undefined) return held.secret;
      // A record without its key is one whose key was destroyed: it gets no other.
      return existsSync(grantDirectory(recordDirectory, grant)) ? undefined : keys.grantKey(recordKeyOf(grant)).secret;
    },
  };

  /** Another process may have made it meanwhile, or destroyed it: its file is what counts. */
  function heldNow(name: string): Key | undefined {
    keys.reload();
    return keys.heldGrantKey(name);
  }
}
