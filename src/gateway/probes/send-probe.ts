import type { IncomingHttpHeaders } from "node:http";
import { upstreamHeaders } from "../headers/upstream-headers.ts";
import type { ProbeCost } from "../identity/probe-plan.ts";
import type { ProbeReply } from "../identity/run-probes.ts";
import type { JsonObject } from "../../vocabulary/json.ts";
import type { ModelAddress } from "../exchange/model-address.ts";
import type { ModelDoor } from "../exchange/model-door.ts";
import type { Wire } from "../wires/wire.ts";

export type SentProbe = { readonly reply: ProbeReply; readonly cost: ProbeCost };

const ANSWER_LIMIT_BYTES = 1 << 20;
const ANSWER_MS = 60_000;

export type ProbeWay = {
  readonly door: ModelDoor;
  readonly wire: Wire;
  readonly address: ModelAddress;
  readonly credential: string;
  readonly signal: AbortSignal;
};

/** Asks the model one probe, the way an evaluator's request goes. What it cost is what the answer says, or the most it can have cost. */
export async function sendProbe({ door, wire, address, credential, signal }: ProbeWay, body: JsonObject): Promise<SentProbe> {
  const bytes = Buffer.from(JSON.stringify(body));
  const { input, output } = wire.readAsk(bytes).tokensAtMost;
  const version = wire.family === "anthropic" ? ["anthropic-version", "2023-06-01"] : [];
  const headers = upstreamHeaders(wire.family, version, credential, bytes.length);
  const whole = await askWhole(door, { address, headers, body: bytes }, AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]));
  if (whole === undefined) return { reply: { failed: "unreachable" }, cost: { requests: 1, tokens: input + output } };
  const reader = wire.readAnswer({ status: whole.status, headers: whole.headers });
  reader.push(whole.body);
  const { usage } = await reader.end();
  return {
    reply: { status: whole.status, body: whole.body.toString("utf8") },
    cost: { requests: 1, tokens: (usage.input ?? input) + (usage.output ?? output) },
  };
}

type WholeAnswer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer };

/** Undefined when no whole answer came. */
function askWhole(door: ModelDoor, asked: Parameters<ModelDoor["ask"]>[0], signal: AbortSignal): Promise<WholeAnswer | undefined> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    let length = 0;
    let head: { readonly status: number; readonly headers: IncomingHttpHeaders } | undefined;
    let abort = (): void => undefined;
    const aborted = (): void => abort();
    const over = (answer: WholeAnswer | undefined): void => {
      signal.removeEventListener("abort", aborted);
      resolve(answer);
    };
    signal.addEventListener("abort", aborted);
    try {
      door.ask(asked, {
        onRequestStart: (controller) => {
          abort = () => controller.abort(new Error("the probe has ended"));
          if (signal.aborted) abort();
        },
        onResponseStart: (_, status, headers) => {
          if (status >= 200) head = { status, headers };
        },
        onResponseData: (controller, piece) => {
          length += piece.length;
          pieces.push(piece);
          if (length > ANSWER_LIMIT_BYTES) controller.abort(new Error("too large an answer"));
        },
        onResponseEnd: () => over(head === undefined ? undefined : { ...head, body: Buffer.concat(pieces) }),
        onResponseError: () => over(undefined),
      });
    } catch {
      over(undefined);
    }
  });
}
