import { CodedError } from "../../vocabulary/coded-error.ts";
import { withoutCredentials, type OutgoingResponse } from "./exchange.ts";
import { NetworkFailure } from "./network-failure.ts";
import type { Outgoing } from "./outgoing.ts";
import { ifChanged, ifRange, isSameState, validatorsOf, type Validators } from "./validators.ts";

/** The state of a remote file and where in it `bytes` starts. */
export type RemoteFile = {
  readonly kind: "file";
  readonly validators: Validators;
  /** Undefined = the source does not say. */
  readonly totalBytes: number | undefined;
  readonly startsAt: number;
  /**
   * Can be read once. Goes on after a cut where it stopped.
   * @throws CodedError `feed-changed` when the file is another one by then, `feed-invalid` when its length is not the stated one, `feed-unreachable`.
   */
  readonly bytes: () => AsyncGenerator<Uint8Array, void, undefined>;
  /** To be called when `bytes` is not read. */
  readonly discard: () => void;
};

export type RemoteFileAnswer = RemoteFile | { readonly kind: "missing" } | { readonly kind: "unchanged" };

/** A part already held, or a whole file already held, of which the source is told. */
export type Held =
  | { readonly kind: "part"; readonly bytes: number; readonly totalBytes: number | undefined; readonly validators: Validators }
  | { readonly kind: "whole"; readonly validators: Validators };

/** A cut after at least this much counts as a first one, so that a long download may be cut often. */
const PROGRESS_BYTES = 1_048_576;
const MISSING = new Set([404, 410]);
/** Answers to a request for the rest of a file that do not carry it. */
const MEANS_ANOTHER_FILE = new Set([200, 206, 404, 410, 412, 416]);

export async function openRemoteFile(outgoing: Outgoing, url: URL, signal: AbortSignal, held?: Held): Promise<RemoteFileAnswer> {
  const response = await outgoing.send({ method: "GET", url, headers: heldHeaders(held), signal });
  if (response.status === 304 && held?.kind === "whole") {
    response.discard();
    return { kind: "unchanged" };
  }
  if (MISSING.has(response.status)) {
    response.discard();
    return { kind: "missing" };
  }
  if (held?.kind === "part" && (response.status === 416 || (response.status === 206 && !continues(response, held)))) {
    response.discard();
    return openRemoteFile(outgoing, url, signal);
  }
  expectWholeOrAskedPart(response, held);
  const startsAt = response.status === 206 && held?.kind === "part" ? held.bytes : 0;
  const totalBytes = totalOf(response);
  const validators = validatorsOf(response.headers);
  return {
    kind: "file",
    validators,
    totalBytes,
    startsAt,
    bytes: () => readOn(outgoing, url, signal, response, { startsAt, totalBytes, validators }),
    discard: response.discard,
  };
}

function heldHeaders(held: Held | undefined): Record<string, string> {
  if (held === undefined) return {};
  if (held.kind === "whole") return ifChanged(held.validators);
  const validator = ifRange(held.validators);
  return validator === undefined || held.bytes === 0 ? {} : { range: `bytes=${held.bytes}-`, "if-range": validator };
}

function continues(response: OutgoingResponse, held: Held & { readonly kind: "part" }): boolean {
  const range = contentRange(response);
  const sameTotal = held.totalBytes === undefined || range?.total === undefined || range.total === held.totalBytes;
  return range?.start === held.bytes && sameTotal && isSameState(held.validators, validatorsOf(response.headers));
}

function expectWholeOrAskedPart(response: OutgoingResponse, held: Held | undefined): void {
  const place = withoutCredentials(response.url);
  const encoding = response.headers["content-encoding"] ?? "identity";
  const usable = response.status === 200 || (response.status === 206 && held?.kind === "part");
  if (usable && encoding === "identity") return;
  response.discard();
  if (usable) throw new CodedError("feed-invalid", `expected ${place} without Content-Encoding, got ${encoding}`, { place });
  throw new CodedError("feed-unreachable", `expected ${place} with status 200, got ${response.status}`, { place });
}

type Reading = { readonly startsAt: number; readonly totalBytes: number | undefined; readonly validators: Validators };

async function* readOn(
  outgoing: Outgoing,
  url: URL,
  signal: AbortSignal,
  first: OutgoingResponse,
  { startsAt, totalBytes, validators }: Reading,
): AsyncGenerator<Uint8Array, void, undefined> {
  const place = withoutCredentials(url);
  let response = first;
  let position = startsAt;
  let skip = 0;
  let tried = 1;
  for (;;) {
    const began = position;
    let cause: unknown;
    try {
      for await (const chunk of response.body()) {
        const fresh = skip >= chunk.length ? chunk.subarray(chunk.length) : chunk.subarray(skip);
        skip -= chunk.length - fresh.length;
        position += fresh.length;
        if (fresh.length > 0) yield fresh;
      }
      if (totalBytes === undefined || position === totalBytes) return;
      cause = new NetworkFailure("the answer ended early");
    } catch (error) {
      if (!(error instanceof NetworkFailure)) throw error;
      cause = error;
    }
    tried = position - began >= PROGRESS_BYTES ? 1 : tried + 1;
    const validator = ifRange(validators);
    if (tried > outgoing.attempts || (validator === undefined && position > 0)) {
      throw new CodedError(
        "feed-unreachable",
        `expected ${totalBytes ?? "all"} bytes of ${place}, got ${position} and then: ${String(cause)}`,
        { cause, place },
      );
    }
    await outgoing.pause(tried - 1, signal);
    const headers = heldHeaders({ kind: "part", bytes: position, totalBytes, validators });
    response = await outgoing.send({ method: "GET", url, headers, signal });
    skip = expectRest(response, { position, totalBytes, validators }, place);
  }
}

/** The number of bytes at the start of `response` that are held already. */
function expectRest(
  response: OutgoingResponse,
  held: { position: number; totalBytes: number | undefined; validators: Validators },
  place: string,
): number {
  const range = contentRange(response);
  const same =
    isSameState(held.validators, validatorsOf(response.headers)) &&
    (response.status === 416 || sameLength(totalOf(response), held.totalBytes));
  if (same && response.status === 200) return held.position;
  if (same && response.status === 206 && range?.start === held.position) return 0;
  response.discard();
  if (same && response.status === 416) {
    throw new CodedError(
      "feed-invalid",
      `expected ${place} to hold the stated ${held.totalBytes} bytes, got ${range?.total ?? held.position}`,
      { place },
    );
  }
  if (!MEANS_ANOTHER_FILE.has(response.status)) {
    throw new CodedError("feed-unreachable", `expected the rest of ${place} with status 206, got ${response.status}`, { place });
  }
  throw new CodedError("feed-changed", `expected the rest of ${place}, got another file: it changed while it was being read`, { place });
}

function sameLength(a: number | undefined, b: number | undefined): boolean {
  return a === undefined || b === undefined || a === b;
}

function totalOf(response: OutgoingResponse): number | undefined {
  if (response.status === 206) return contentRange(response)?.total;
  const length = response.headers["content-length"];
  return length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : undefined;
}

/** RFC 9110 §14.4: `bytes 10-19/20`, or `bytes` with a star for what is not stated; undefined where a part is not stated. */
function contentRange(response: OutgoingResponse): { readonly start: number | undefined; readonly total: number | undefined } | undefined {
  const match = /^bytes (?:(\d{1,15})-\d{1,15}|\*)\/(?:(\d{1,15})|\*)$/.exec(response.headers["content-range"] ?? "");
  if (match === null) return undefined;
  return { start: match[1] === undefined ? undefined : Number(match[1]), total: match[2] === undefined ? undefined : Number(match[2]) };
}
