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

/** A frame's fixed fields and its description, without content. */
export type FrameHead = {
  readonly atMs: number;
  /** The digest of the frame before it in its session; of the segment's header for a session's first in a segment. */
  readonly previous: Uint8Array;
  /** Keyed digest of the content, zeros for a kind that has none: what stays when the content is redacted. */
  readonly contentDigest: Uint8Array;
  /** Where the content's key is; set for the first frame of an exchange in a segment. */
  readonly slot: number;
};

export const DIGEST_BYTES = 32;
const FIXED_BYTES = 1 + 16 + 8 + 2 + DIGEST_BYTES + DIGEST_BYTES;
const KINDS = ["spend", "open", "chunk", "close", "resume", "settled"] as const;
const NO_EXCHANGE = "00000000-0000-0000-0000-000000000000";

/** Threat: a transcript that carries a credential. These never enter it, whoever forgot to leave them out. */
const CREDENTIAL_HEADERS = new Set(["authorization", "proxy-authorization", "x-api-key", "api-key", "cookie", "set-cookie"]);

/** The frame without its content, as it is encrypted and chained. @throws SealingError `sealed-content-refused` for an id that is no UUID */
export function encodeFrame(frame: ExchangeFrame, { atMs, previous, contentDigest, slot }: FrameHead): Buffer {
  const described = descriptionOf(frame);
  const text = described === undefined ? "" : JSON.stringify(described);
  const bytes = Buffer.allocUnsafe(FIXED_BYTES + Buffer.byteLength(text, "utf8"));
  bytes[0] = KINDS.indexOf(frame.kind);
  writeUuid(bytes, 1, frame.kind === "settled" ? NO_EXCHANGE : frame.exchangeId);
  bytes.writeDoubleBE(atMs, 17);
  bytes.writeUInt16BE(slot, 25);
  bytes.set(previous, 27);
  bytes.set(contentDigest, 27 + DIGEST_BYTES);
  bytes.write(text, FIXED_BYTES, "utf8");
  return bytes;
}

/** What `encodeFrame` wrote, joined with its content. @throws SealingError `sealed-content-refused` */
export function decodeFrame(bytes: Buffer, content: Uint8Array): { readonly head: FrameHead; readonly frame: ExchangeFrame } {
  if (bytes.length < FIXED_BYTES) throw malformed(`at least ${FIXED_BYTES} bytes`, `${bytes.length}`);
  const head: FrameHead = {
    atMs: bytes.readDoubleBE(17),
    slot: bytes.readUInt16BE(25),
    previous: bytes.subarray(27, 27 + DIGEST_BYTES),
    contentDigest: bytes.subarray(27 + DIGEST_BYTES, FIXED_BYTES),
  };
  const text = bytes.toString("utf8", FIXED_BYTES);
  const described: unknown = text === "" ? {} : parsed(text);
  return { head, frame: frameOf(KINDS[bytes[0] ?? 255], readUuid(bytes, 1), described, content) };
}

function descriptionOf(frame: ExchangeFrame): object | undefined {
  switch (frame.kind) {
    case "chunk":
      return undefined;
    case "spend": {
      const { session, leaseId, reserved, facts, method, path, headers } = frame;
      return { session, leaseId, reserved, facts, method, path, headers: withoutCredentials(headers) };
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
function frameOf(kind: (typeof KINDS)[number] | undefined, exchangeId: string, described: unknown, content: Uint8Array): ExchangeFrame {
  switch (kind) {
    case "chunk":
      return { kind, exchangeId, content };
    case "spend":
      return { ...(described as Omit<SpendFrame, "kind" | "exchangeId" | "content">), kind, exchangeId, content };
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

function writeUuid(bytes: Buffer, at: number, id: string): void {
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) throw malformed("a UUID in lower case as the exchange's id", id);
  bytes.write(id.replaceAll("-", ""), at, 16, "hex");
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
