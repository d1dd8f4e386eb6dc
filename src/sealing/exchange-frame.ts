import { SealingError } from "./sealing-error.ts";

/** Names and values in their order on the wire. */
export type HeaderLines = readonly (readonly [name: string, value: string])[];

/** What a call takes out of a grant's budget. */
export type Amounts = { readonly requests: number; readonly tokens: number };

/** As the answer stated it; a part that is absent is unknown. */
export type StatedUsage = { readonly inputTokens?: number; readonly outputTokens?: number; readonly cachedTokens?: number };

/** What is recorded before a request goes upstream. */
export type SpendFrame = {
  readonly kind: "spend";
  readonly exchangeId: string;
  readonly session: string;
  readonly leaseId: string;
  readonly reserved: Amounts;
  /** What the gateway needs to settle the exchange without its memory: ids of token and organisation, purpose, model, wire. */
  readonly facts: Readonly<Record<string, string>>;
  readonly method: string;
  readonly path: string;
  readonly headers: HeaderLines;
  /** Keyed digest of the body in hex: of equal bodies of a grant it is equal, and it stays when the content is redacted. */
  readonly requestDigest: string;
  /** The request's body. */
  readonly content: Uint8Array;
};

/** The head of the answer. */
export type OpenFrame = { readonly kind: "open"; readonly exchangeId: string; readonly status: number; readonly headers: HeaderLines };

/** Bytes of the answer's body, as they came. */
export type ChunkFrame = { readonly kind: "chunk"; readonly exchangeId: string; readonly content: Uint8Array };

/** The end of an exchange, whatever it was. */
export type CloseFrame = {
  readonly kind: "close";
  readonly exchangeId: string;
  /** A word of the gateway's own list; `cut` where the record ends without an end. */
  readonly outcome: string;
  /** The code of a refusal or failure, if there was one. */
  readonly reason: string | undefined;
  readonly usage: StatedUsage;
  readonly charged: Amounts;
  /** Keyed digest of the whole body of the answer, as far as it is recorded; undefined where a recovery wrote the end. */
  readonly answerDigest: string | undefined;
  readonly answerBytes: number;
};

/** An exchange that began in an earlier segment goes on in this one. */
export type ResumeFrame = {
  readonly kind: "resume";
  readonly exchangeId: string;
  readonly session: string;
  readonly spendSequence: number;
};

/** These exchanges are settled with the server: a recovery need not look at them again. */
export type SettledFrame = { readonly kind: "settled"; readonly exchangeIds: readonly string[] };

export type ExchangeFrame = SpendFrame | OpenFrame | ChunkFrame | CloseFrame | ResumeFrame | SettledFrame;

/** A frame's fixed fields. */
export type FrameHead = {
  readonly atMs: number;
  /** The digest of the frame before it in its session; of the segment's header for a session's first in a segment. */
  readonly previous: Uint8Array;
  /** SHA-256 of the content as it stands in the file, encrypted; zeros for a frame that has none. */
  readonly sealedDigest: Uint8Array;
  readonly contentBytes: number | undefined;
  /** Where the content's key is; set for the first frame of an exchange in a segment. */
  readonly slot: number;
  /** By which that key is known again, in hex; set for the same frames. */
  readonly keyCheck: string | undefined;
};

export const DIGEST_BYTES = 32;
const PREVIOUS_AT = 27;
const SEALED_DIGEST_AT = PREVIOUS_AT + DIGEST_BYTES;
const CONTENT_BYTES_AT = SEALED_DIGEST_AT + DIGEST_BYTES;
const TEXT_BYTES_AT = CONTENT_BYTES_AT + 4;
const FIXED_BYTES = TEXT_BYTES_AT + 4;
const KINDS = ["spend", "open", "chunk", "close", "resume", "settled"] as const;
const NO_EXCHANGE = new Uint8Array(16);
const NOTHING = new Uint8Array(0);

/** Threat: a transcript that carries a credential. These never enter it, whoever forgot to leave them out. */
const CREDENTIAL_HEADERS = new Set(["authorization", "proxy-authorization", "x-api-key", "api-key", "cookie", "set-cookie"]);

/** The frame without its content, as it is encrypted and chained. `exchange`: the bytes of its id; none for `settled`. */
export function encodeFrame(frame: ExchangeFrame, head: FrameHead, exchange: Uint8Array = NO_EXCHANGE): Buffer {
  const { atMs, previous, sealedDigest, contentBytes, slot, keyCheck } = head;
  const described = descriptionOf(frame);
  const text = described === undefined ? "" : JSON.stringify({ ...described, keyCheck });
  const textBytes = text === "" ? 0 : Buffer.byteLength(text, "utf8");
  const bytes = Buffer.allocUnsafe(FIXED_BYTES + textBytes);
  bytes[0] = KINDS.indexOf(frame.kind);
  bytes.set(exchange, 1);
  bytes.writeDoubleBE(atMs, 17);
  bytes.writeUInt16BE(slot, 25);
  bytes.set(previous, PREVIOUS_AT);
  bytes.set(sealedDigest, SEALED_DIGEST_AT);
  bytes.writeUInt32BE(contentBytes === undefined ? 0 : contentBytes + 1, CONTENT_BYTES_AT);
  bytes.writeUInt32BE(textBytes, TEXT_BYTES_AT);
  if (textBytes > 0) bytes.write(text, FIXED_BYTES, "utf8");
  return bytes;
}

/** The 16 bytes of a UUID. @throws SealingError `sealed-content-refused` for an id that is none */
export function exchangeBytes(id: string): Uint8Array {
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) throw malformed("a UUID in lower case as the exchange's id", id);
  return Buffer.from(id.replaceAll("-", ""), "hex");
}

/** The first of what `encodeFrame` wrote, without its content; `bytes` may go on behind it. @throws SealingError `sealed-content-refused` */
export function decodeFrame(bytes: Buffer): { readonly head: FrameHead; readonly frame: ExchangeFrame; readonly length: number } {
  if (bytes.length < FIXED_BYTES) throw malformed(`at least ${FIXED_BYTES} bytes`, `${bytes.length}`);
  const length = FIXED_BYTES + bytes.readUInt32BE(TEXT_BYTES_AT);
  if (bytes.length < length) throw malformed(`${length} bytes`, `${bytes.length}`);
  const text = bytes.toString("utf8", FIXED_BYTES, length);
  const { keyCheck, ...described } = text === "" ? {} : (parsed(text) as { readonly keyCheck?: string });
  const stated = bytes.readUInt32BE(CONTENT_BYTES_AT);
  const head: FrameHead = {
    atMs: bytes.readDoubleBE(17),
    slot: bytes.readUInt16BE(25),
    previous: bytes.subarray(PREVIOUS_AT, SEALED_DIGEST_AT),
    sealedDigest: bytes.subarray(SEALED_DIGEST_AT, CONTENT_BYTES_AT),
    contentBytes: stated === 0 ? undefined : stated - 1,
    keyCheck,
  };
  return { head, frame: frameOf(KINDS[bytes[0] ?? 255], readUuid(bytes, 1), described), length };
}

function descriptionOf(frame: ExchangeFrame): object | undefined {
  switch (frame.kind) {
    case "chunk":
      return undefined;
    case "spend": {
      const { session, leaseId, reserved, facts, method, path, headers, requestDigest } = frame;
      return { session, leaseId, reserved, facts, method, path, headers: withoutCredentials(headers), requestDigest };
    }
    case "open":
      return { status: frame.status, headers: withoutCredentials(frame.headers) };
    case "close": {
      const { outcome, reason, usage, charged, answerDigest, answerBytes } = frame;
      return { outcome, reason, usage, charged, answerDigest, answerBytes };
    }
    case "resume":
      return { session: frame.session, spendSequence: frame.spendSequence };
    case "settled":
      return { exchangeIds: frame.exchangeIds };
  }
}

function withoutCredentials(headers: HeaderLines): HeaderLines {
  return headers.filter(([name]) => !CREDENTIAL_HEADERS.has(name.toLowerCase()));
}

/** The bytes are authenticated, so that they are what `encodeFrame` of this format wrote; only the kind decides their shape. */
function frameOf(kind: (typeof KINDS)[number] | undefined, exchangeId: string, described: unknown): ExchangeFrame {
  switch (kind) {
    case "chunk":
      return { kind, exchangeId, content: NOTHING };
    case "spend":
      return { ...(described as Omit<SpendFrame, "kind" | "exchangeId" | "content">), kind, exchangeId, content: NOTHING };
    case "open":
      return { ...(described as Omit<OpenFrame, "kind" | "exchangeId">), kind, exchangeId };
    case "close": {
      type Absent = "reason" | "answerDigest";
      const fields = described as Omit<CloseFrame, "kind" | "exchangeId" | Absent> & Partial<Pick<CloseFrame, Absent>>;
      return { ...fields, reason: fields.reason, answerDigest: fields.answerDigest, kind, exchangeId };
    }
    case "resume":
      return { ...(described as Omit<ResumeFrame, "kind" | "exchangeId">), kind, exchangeId };
    case "settled":
      return { ...(described as Omit<SettledFrame, "kind">), kind };
    case undefined:
      throw malformed("a kind of frame that this version knows", "another");
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw malformed("a description in JSON", text.slice(0, 40), cause);
  }
}

function readUuid(bytes: Buffer, at: number): string {
  const hex = bytes.toString("hex", at, at + 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

function malformed(expected: string, actual: string, cause?: unknown): SealingError {
  return new SealingError("sealed-content-refused", `expected ${expected} in a frame of exchanges, got ${JSON.stringify(actual)}`, {
    cause,
  });
}
