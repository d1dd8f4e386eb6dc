import { createHmac, hkdfSync } from "node:crypto";
import { SealingError } from "./sealing-error.ts";
import { headerDigest } from "./segment-header.ts";

/** Names content by its keyed digest: equal content of one grant has equal names, and none can be told without the key. */
export type ContentAddress = {
  readonly of: (content: Uint8Array) => string;
  /** For content that comes in pieces. */
  readonly begin: () => RunningAddress;
  /** Empties its key in memory. */
  readonly destroy: () => void;
};

export type RunningAddress = {
  readonly add: (piece: Uint8Array) => void;
  /** After the last piece. */
  readonly digest: () => string;
};

/** The keys of one segment; `destroy` empties them. */
export type SegmentKeys = {
  readonly frames: Uint8Array;
  readonly contents: Uint8Array;
  readonly chain: Uint8Array;
  readonly destroy: () => void;
};

/** So many bytes of small pieces are digested by one update. */
const GATHERED_BYTES = 2048;

/** HKDF with SHA-256 (RFC 5869) of a grant's record key, the segment's salt and its whole header line. */
export function segmentKeys(recordKey: Uint8Array, salt: string, grantId: string, headerLine: Uint8Array): SegmentKeys {
  const ofSegment = derived(recordKey, Buffer.from(salt, "hex"), `segment ${Buffer.from(headerDigest(headerLine)).toString("hex")}`);
  const { chain, address } = grantKeys(recordKey, grantId);
  // Digests of contents are made apart from segments.
  address.fill(0);
  return {
    frames: ofSegment.subarray(0, 32),
    contents: ofSegment.subarray(32),
    chain,
    destroy: () => {
      ofSegment.fill(0);
      chain.fill(0);
    },
  };
}

/** The same in every segment of a grant. */
export function contentAddressOf(recordKey: Uint8Array, grantId: string): ContentAddress {
  const { address } = grantKeys(recordKey, grantId);
  return {
    of: (content) => createHmac("sha256", address).update(content).digest("hex"),
    begin: () => {
      const hmac = createHmac("sha256", address);
      const gathered = Buffer.allocUnsafeSlow(GATHERED_BYTES);
      let gatheredBytes = 0;
      let digest: string | undefined;
      const flush = (): void => {
        if (gatheredBytes > 0) hmac.update(gathered.subarray(0, gatheredBytes));
        gatheredBytes = 0;
      };
      return {
        add: (piece) => {
          if (gatheredBytes + piece.length > GATHERED_BYTES) flush();
          if (piece.length > GATHERED_BYTES) return void hmac.update(piece);
          gathered.set(piece, gatheredBytes);
          gatheredBytes += piece.length;
        },
        digest: () => {
          flush();
          return (digest ??= hmac.digest("hex"));
        },
      };
    },
    destroy: () => void address.fill(0),
  };
}

function grantKeys(recordKey: Uint8Array, grantId: string): { readonly chain: Uint8Array; readonly address: Uint8Array } {
  const keys = derived(recordKey, new Uint8Array(0), `grant ${grantId}`);
  return { chain: keys.subarray(0, 32), address: keys.subarray(32) };
}

/** Threat: a key that was destroyed in memory while somebody still held it, and zeros that seal what follows. */
function derived(key: Uint8Array, salt: Uint8Array, purpose: string): Uint8Array {
  if (key.length !== 32 || key.every((byte) => byte === 0)) {
    throw new SealingError("key-unknown", "expected a record key of 32 bytes, got one that was destroyed or is none");
  }
  return new Uint8Array(hkdfSync("sha256", key, salt, `sluice-exchanges@2 ${purpose}`, 64));
}
