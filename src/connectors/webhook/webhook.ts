import { isCodedError } from "../../vocabulary/coded-error.ts";
import type { Connector } from "../connector.ts";
import { reasonLine, type Delivery } from "../delivery.ts";
import { openExchange, type Exchange, type OutgoingResponse } from "../outgoing/exchange.ts";
import { NetworkFailure } from "../outgoing/network-failure.ts";
import type { ResolveAll } from "../outgoing/public-lookup.ts";

export const webhook: Connector = {
  id: "webhook",
  title: "Signed webhooks: one JSON document a message, posted to an https URL",
};

export type WebhookOptions = {
  /** Host names or addresses, exact and without port, that may be private and may be asked over plain http. */
  readonly allowedPrivateHosts: readonly string[];
  /** How names are resolved; the system's way unless given. */
  readonly resolve?: ResolveAll | undefined;
  /** The longest wait for the connection and for the answer. Default 10 s. */
  readonly silenceMs?: number;
  /** The longest time for one message as a whole. Default 20 s. */
  readonly wholeMs?: number;
};

/** One message, already signed: headers and body as Standard Webhooks 1.0 names them. */
export type WebhookMessage = {
  readonly url: URL;
  /** The same for every attempt, so that a message that came twice is seen as one. */
  readonly id: string;
  /** Seconds since 1970, of this attempt. */
  readonly timestamp: number;
  /** `v1,<base64>`; several, separated by spaces, while a secret is being changed. */
  readonly signature: string;
  /** JSON. */
  readonly body: string;
};

export type WebhookSender = {
  readonly send: (message: WebhookMessage, signal: AbortSignal) => Promise<Delivery>;
  readonly close: () => void;
};

/** As much of an answer as is taken before the connection is given up. None of it is kept. */
const ANSWER_BYTES = 1024;

export function openWebhook({ silenceMs = 10_000, wholeMs = 20_000, ...options }: WebhookOptions): WebhookSender {
  const exchange = openExchange({ ...options, connectTimeoutMs: silenceMs, idleTimeoutMs: silenceMs });
  return { send: async (message, signal) => sendOnce(exchange, message, wholeMs, signal), close: exchange.close };
}

async function sendOnce(exchange: Exchange, message: WebhookMessage, wholeMs: number, signal: AbortSignal): Promise<Delivery> {
  const limit = AbortSignal.timeout(wholeMs);
  try {
    const response = await exchange.send({
      method: "POST",
      url: message.url,
      headers: {
        "content-type": "application/json",
        "webhook-id": message.id,
        "webhook-timestamp": String(message.timestamp),
        "webhook-signature": message.signature,
      },
      body: Buffer.from(message.body),
      signal: AbortSignal.any([signal, limit]),
    });
    const delivery = toDelivery(response.status);
    await drain(response);
    return delivery;
  } catch (error) {
    signal.throwIfAborted();
    if (limit.aborted) return { kind: "delayed", reason: `no answer within ${wholeMs / 1000} s` };
    if (error instanceof NetworkFailure) return { kind: "delayed", reason: reasonLine(error.message) };
    // A name may be given another address, and an administrator may list the host: somebody can mend it, so it is tried again.
    if (isCodedError(error)) return { kind: "delayed", reason: reasonLine(error.message) };
    throw error;
  }
}

/** Standard Webhooks: 2xx is success, 410 asks to stop, everything else, a redirect too, is a failure to try again. */
function toDelivery(status: number): Delivery {
  if (status >= 200 && status < 300) return { kind: "delivered" };
  if (status === 410) return { kind: "refused", reason: "status 410: the receiver wants no more" };
  if (status >= 300 && status < 400) return { kind: "delayed", reason: `status ${status}: redirects are not followed` };
  return { kind: "delayed", reason: `status ${status}` };
}

/** The status decides; a short rest is taken so that the connection can serve again, and a failure in it changes nothing. */
async function drain(response: OutgoingResponse): Promise<void> {
  let taken = 0;
  try {
    for await (const chunk of response.body()) {
      taken += chunk.length;
      if (taken > ANSWER_BYTES) break;
    }
  } catch (error) {
    if (!(error instanceof NetworkFailure) && !isCodedError(error) && !(error instanceof DOMException)) throw error;
  }
}
