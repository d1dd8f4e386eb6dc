import type { Logger } from "pino";
import { openTlogWitness } from "../../connectors/tlog-witness/tlog-witness.ts";
import { consistencyRanges } from "../../sealing/merkle-tree.ts";
import { formatVerifierKey, signatureLine } from "../../sealing/signed-note.ts";
import type { Config, Witness } from "../config.ts";
import type { Database } from "../database/database.ts";
import { cosign } from "./cosign.ts";
import { keepCosignature, type KeptCheckpoint, type KeptCosignature, newestCosignatures } from "./ledger-store.ts";
import { hashesOf } from "./public-log.ts";

export type WitnessState = {
  readonly name: string;
  readonly verifierKey: string;
  readonly url: string;
  /** Of the newest checkpoint that it cosigned. */
  readonly size?: number;
  readonly cosignedAtMs?: number;
  /** Why it did not cosign when this server last asked it. */
  readonly problem?: string;
};

/** Asks every witness to cosign a checkpoint, and remembers what it answered. */
export type WitnessRound = {
  readonly ask: (checkpoint: KeptCheckpoint) => Promise<void>;
  readonly states: (cosignatures: readonly KeptCosignature[]) => WitnessState[];
  /** The log has another name: what was said of the one before is of no matter. */
  readonly forget: () => void;
  readonly close: () => void;
};

export type WitnessRoundParts = {
  readonly database: Database;
  readonly config: Pick<Config, "witnesses" | "allowedPrivateHosts">;
  readonly log: Pick<Logger, "error" | "warn">;
  readonly signal: AbortSignal;
};

export function createWitnessRound({ database, config, log, signal }: WitnessRoundParts): WitnessRound {
  const client = openTlogWitness({ allowedPrivateHosts: config.allowedPrivateHosts });
  const problems = new Map<string, string>();
  return {
    ask: async (checkpoint) => {
      await Promise.all(config.witnesses.map((witness) => askOne(witness, checkpoint)));
    },
    states: (cosignatures) => config.witnesses.map((witness) => stateOf(witness, cosignatures)),
    forget: () => problems.clear(),
    close: client.close,
  };

  async function askOne(witness: Witness, checkpoint: KeptCheckpoint): Promise<void> {
    const name = nameOf(witness);
    const held = await database.transaction("reader", newestCosignatures);
    const knownSize = held.find((cosignature) => cosignature.witness === name)?.size ?? 0;
    if (knownSize > 0 && knownSize >= checkpoint.size) {
      problems.delete(name);
      return;
    }
    const result = await cosign({
      client,
      witness,
      checkpoint: checkpoint.note,
      knownSize,
      prove: (from) => database.transaction("reader", (transaction) => hashesOf(transaction, consistencyRanges(from, checkpoint.size))),
      signal,
    });
    if (result.kind === "cosigned") {
      const { signature, timestampMs } = result.cosignature;
      const { origin, size } = checkpoint;
      await database.transaction("notary", (transaction) =>
        keepCosignature(transaction, { origin, size, witness: name, line: signatureLine(signature), statedAt: new Date(timestampMs) }),
      );
      problems.delete(name);
      return;
    }
    problems.set(name, result.reason);
    const about = { witness: witness.key.name, reason: result.reason };
    if (result.kind === "contradicted") log.error(about, "a witness contradicts the ledger: two trees were signed with this key");
    else log.warn(about, "a witness did not cosign; it is asked again at the next batch");
  }

  function stateOf(witness: Witness, cosignatures: readonly KeptCosignature[]): WitnessState {
    const newest = cosignatures.find((cosignature) => cosignature.witness === nameOf(witness));
    const problem = problems.get(nameOf(witness));
    return {
      name: witness.key.name,
      verifierKey: formatVerifierKey(witness.key),
      url: witness.url.href,
      ...(newest === undefined ? {} : { size: newest.size, cosignedAtMs: newest.statedAt.getTime() }),
      ...(problem === undefined ? {} : { problem }),
    };
  }
}

/** A name may have several keys. */
function nameOf({ key }: Witness): string {
  return `${key.name}+${key.keyId}`;
}
