import { createHash } from "node:crypto";
import { jsonFields } from "./json-fields.ts";
import { SealingError } from "./sealing-error.ts";

/** What stands in the clear at the head of a segment; every key of the segment depends on every byte of it. */
export type SegmentHeader = {
  readonly grantId: string;
  readonly gatewayId: string;
  /** From 1, without gaps, for a grant at a gateway. */
  readonly sequence: number;
  /** 32 random bytes in hex, so that no key is ever used twice. */
  readonly salt: string;
  /** The head of the segment before it in hex; undefined for the first. */
  readonly previousHead: string | undefined;
  /** The earliest segment that had an exchange not yet settled when this one began; its own number when there was none. */
  readonly replayFrom: number;
};

export const SEGMENT_FORMAT = "sluice-exchanges@2";
/** No header is longer, its line end included. */
export const HEADER_LIMIT_BYTES = 1024;

/** One line of JSON. */
export function writeSegmentHeader({ grantId, gatewayId, sequence, salt, previousHead, replayFrom }: SegmentHeader): Buffer {
  const line = JSON.stringify({
    format: SEGMENT_FORMAT,
    grantId,
    gatewayId,
    sequence,
    salt,
    previousHead: previousHead ?? null,
    replayFrom,
  });
  const bytes = Buffer.from(`${line}\n`, "utf8");
  if (bytes.length > HEADER_LIMIT_BYTES) throw refused(`at most ${HEADER_LIMIT_BYTES} bytes`, `${bytes.length}`, undefined);
  return bytes;
}

/**
 * Reads it from the first bytes of a segment; undefined when they end before it does, as after a crash while it was made.
 * @throws SealingError `sealed-content-refused`
 */
export function readSegmentHeader(
  bytes: Uint8Array,
  place?: string,
): { readonly header: SegmentHeader; readonly line: Uint8Array } | undefined {
  const end = bytes.subarray(0, HEADER_LIMIT_BYTES).indexOf(0x0a);
  if (end < 0) {
    if (bytes.length < HEADER_LIMIT_BYTES && isBeginningOfLine(bytes)) return undefined;
    throw refused("a header line", "none", place);
  }
  const line = bytes.subarray(0, end + 1);
  const { format, grantId, gatewayId, sequence, salt, previousHead, replayFrom } = jsonFields(Buffer.from(line).toString("utf8"));
  if (
    format !== SEGMENT_FORMAT ||
    typeof grantId !== "string" ||
    typeof gatewayId !== "string" ||
    !isSequence(sequence) ||
    !isDigest(salt) ||
    !(previousHead === null || isDigest(previousHead)) ||
    !isSequence(replayFrom)
  ) {
    throw refused(`a segment in the format ${SEGMENT_FORMAT}`, "something else", place);
  }
  return { header: { grantId, gatewayId, sequence, salt, previousHead: previousHead ?? undefined, replayFrom }, line };
}

/** What the first frame of every session in the segment follows. */
export function headerDigest(line: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("sha256").update(line).digest());
}

/** Threat: a damaged line end that makes a short segment with frames look like one that was never begun. */
function isBeginningOfLine(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte >= 0x20 && byte < 0x7f) || bytes.every((byte) => byte === 0);
}

function isSequence(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 1;
}

function isDigest(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
}

function refused(expected: string, actual: string, place: string | undefined): SealingError {
  const where = place === undefined ? "" : `${place}: `;
  return new SealingError("sealed-content-refused", `${where}expected ${expected}, got ${actual}`, place === undefined ? {} : { place });
}
