import { isCodedError } from "../../vocabulary/coded-error.ts";
import type { Connector } from "../connector.ts";
import { openExchange, type OutgoingResponse, withoutCredentials } from "../outgoing/exchange.ts";
import { NetworkFailure } from "../outgoing/network-failure.ts";
import type { ResolveAll } from "../outgoing/public-lookup.ts";

export const tlogWitness: Connector = {
  id: "tlog-witness",
  title: "Witnesses of the ledger: independent servers that cosign its checkpoints",
};

export type WitnessOptions = {
  /** Host names or addresses, exact and without port, that may be private and may be asked over plain http. */
  readonly allowedPrivateHosts: readonly string[];
  /** How names are resolved; the system's way unless given. */
  readonly resolve?: ResolveAll | undefined;
  /** The longest time for one request as a whole. Default 20 s. */
  readonly wholeMs?: number;
};

/** What a witness answered, as it is; or why there is no answer. */
export type WitnessAnswer =
  | { readonly kind: "answered"; readonly status: number; readonly text: string }
  | { readonly kind: "unreachable"; readonly reason: string };

export type WitnessClient = {
  /** Posts a body of the add-checkpoint call below the witness's submission prefix. */
  readonly addCheckpoint: (prefix: URL, body: string, signal: AbortSignal) => Promise<WitnessAnswer>;
  readonly close: () => void;
};

/** Cosignatures are a few lines, of which a post-quantum one takes about 3 kB. */
const MAX_ANSWER_BYTES = 128 * 1024;

export function openTlogWitness({ wholeMs = 20_000, ...options }: WitnessOptions): WitnessClient {
  const exchange = openExchange({ ...options, connectTimeoutMs: wholeMs, idleTimeoutMs: wholeMs });
  return {
    close: exchange.close,
    addCheckpoint: async (prefix, body, signal) => {
      const limit = AbortSignal.timeout(wholeMs);
      const url = new URL(`${prefix.href.replace(/\/$/, "")}/add-checkpoint`);
      try {
        const response = await exchange.send({
          method: "POST",
          url,
          headers: { "content-type": "text/plain; charset=utf-8" },
          body: Buffer.from(body, "utf8"),
          signal: AbortSignal.any([signal, limit]),
        });
        return { kind: "answered", status: response.status, text: await boundedText(response) };
      } catch (error) {
        signal.throwIfAborted();
        if (limit.aborted) return { kind: "unreachable", reason: `${withoutCredentials(url)} gave no answer within ${wholeMs / 1000} s` };
        if (error instanceof NetworkFailure || isCodedError(error)) return { kind: "unreachable", reason: error.message };
        throw error;
      }
    },
  };
}

/** Threat: an answer without end. What is longer than any cosignature is cut, and will not verify. */
async function boundedText(response: OutgoingResponse): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body()) {
    parts.push(part);
    length += part.length;
    if (length > MAX_ANSWER_BYTES) {
      response.discard();
      break;
    }
  }
  return Buffer.concat(parts).subarray(0, MAX_ANSWER_BYTES).toString("utf8");
}
