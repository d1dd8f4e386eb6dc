import { CURRENT_KEY } from "../../contract/endpoints/advisory-signatures.ts";
import { advisoryKeyOf } from "../../sealing/advisory-signature.ts";
import type { KeyRing } from "../../sealing/key-ring.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { Database } from "../database/database.ts";
import { readSignatures } from "./signature-store.ts";

export type AdvisoryKeyAnswer = {
  readonly id: string;
  readonly pem: string;
  readonly createdMs: number;
  readonly retiredMs?: number;
  readonly isCurrent: boolean;
};

/** Signatures over published records, and the public keys that they are checked with. */
export type AdvisorySignatures = {
  readonly advisoryKeys: () => { readonly rows: AdvisoryKeyAnswer[] };
  /** @throws CodedError `not-found` */
  readonly advisoryKey: (id: string) => string;
  /** @throws CodedError `not-found` when there is none, or none of this revision by this key */
  readonly signature: (
    advisoryId: string,
    asked: { readonly key: string | undefined; readonly version: number | undefined },
  ) => Promise<Uint8Array>;
};

export function createAdvisorySignatures({
  database,
  keys,
}: {
  readonly database: Database;
  readonly keys: Pick<KeyRing, "current" | "held">;
}): AdvisorySignatures {
  const advisoryKeys = (): AdvisoryKeyAnswer[] => {
    const currentId = keys.current("advisory").id;
    return keys.held("advisory").map((key) => ({
      ...advisoryKeyOf(key),
      createdMs: key.createdMs,
      ...(key.retiredMs === undefined ? {} : { retiredMs: key.retiredMs }),
      isCurrent: key.id === currentId,
    }));
  };
  return {
    advisoryKeys: () => ({ rows: advisoryKeys() }),

    advisoryKey: (id) => {
      const found = advisoryKeys().find((key) => key.id === id || (id === CURRENT_KEY && key.isCurrent));
      if (found === undefined) throw new CodedError("not-found", "Nothing here: no key that signs advisories has this id");
      return found.pem;
    },

    signature: async (advisoryId, { key, version }) => {
      const signatures = await database.transaction("reader", (transaction) => readSignatures(transaction, advisoryId));
      const wanted = version ?? signatures[0]?.version;
      const ofRevision = signatures.filter((one) => one.version === wanted);
      const keyId = key ?? keys.current("advisory").id;
      // While a new key waits for the next start, what it has not signed yet is shown by the one before.
      const found = ofRevision.find((one) => one.keyId === keyId) ?? (key === undefined ? ofRevision[0] : undefined);
      if (found === undefined) throw new CodedError("not-found", "Nothing here: no such signature over an advisory of this installation");
      return found.signature;
    },
  };
}
