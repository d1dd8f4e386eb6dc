import { setTimeout as sleep } from "node:timers/promises";
import type { LogSource } from "../../sealing/verify-log.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";

/** A bundle of 256 entries of 65,535 bytes, at the most. */
const MAX_ANSWER_BYTES = 17 * 1024 * 1024;
const WAIT_MS = 30_000;
const TRIES = 5;

/** A log as it is served below an address, such as `https://clearing.example/ledger/`. */
export function openLogSource(address: URL): LogSource {
  const prefix = address.href.replace(/\/?$/, "/");
  return {
    checkpoint: async () => new TextDecoder().decode(await fetchBytes(new URL("checkpoint", prefix))),
    tile: (path) => fetchBytes(new URL(`tile/${path}`, prefix)),
  };
}

/** Waits where the server says that it was asked too often. @throws CodedError `feed-unreachable` */
export async function fetchBytes(url: URL): Promise<Uint8Array> {
  const answer = await answerOf(url);
  if (!answer.ok) throw unreachable(url, `expected status 200, got ${answer.status}`);
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const part of answer.body ?? []) {
      parts.push(part);
      length += part.length;
      if (length > MAX_ANSWER_BYTES) throw unreachable(url, `expected at most ${MAX_ANSWER_BYTES} bytes, got more`);
    }
  } catch (error) {
    if (error instanceof CodedError) throw error;
    throw unreachable(url, `the answer was cut off: ${reasonOf(error)}`, error);
  }
  return new Uint8Array(Buffer.concat(parts));
}

async function answerOf(url: URL): Promise<Response> {
  for (let tries = 1; ; tries++) {
    let answer: Response;
    try {
      answer = await fetch(url, { signal: AbortSignal.timeout(WAIT_MS), redirect: "error" });
    } catch (error) {
      throw unreachable(url, `the server cannot be reached: ${reasonOf(error)}`, error);
    }
    if (answer.status !== 429 || tries === TRIES) return answer;
    await answer.body?.cancel();
    const seconds = Number(answer.headers.get("retry-after") ?? "1");
    await sleep(Math.min(Math.max(Number.isFinite(seconds) ? seconds : 1, 1), 60) * 1000);
  }
}

function unreachable(url: URL, message: string, cause?: unknown): CodedError {
  return new CodedError("feed-unreachable", message, { cause, place: url.href });
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error ? cause.message : error instanceof Error ? error.message : String(error);
}
