import { createHash } from "node:crypto";
import { parseAdvisorySignature } from "./advisory-signature.ts";
import { jsonFields } from "./json-fields.ts";
import { type VerifiedProof, verifyLogProof } from "./log-proof.ts";
import { SealingError } from "./sealing-error.ts";
import type { VerifierKey } from "./signed-note.ts";

/** A public leaf with its proof, as `GET /api/ledger/advisories/{id}` gives it. */
export type PublishedRevision = { readonly leaf: string; readonly proof: string; readonly signatures: readonly Uint8Array[] };

export type VerifiedRevision = {
  readonly id: string;
  readonly version: number;
  readonly sha256: string;
  readonly proof: VerifiedProof;
  /** Those that came with it; whose they are is not checked yet. */
  readonly signatures: readonly Uint8Array[];
};

/** What such an answer holds, oldest first; undefined when the text is something else. */
export function parseRevisions(text: string): readonly PublishedRevision[] | undefined {
  const rows = jsonFields(text)["rows"];
  if (!Array.isArray(rows)) return undefined;
  return rows.map((row: unknown) => {
    const {
      leaf,
      proof,
      signatures = [],
    } = (row ?? {}) as { readonly leaf?: unknown; readonly proof?: unknown; readonly signatures?: unknown };
    if (typeof leaf !== "string") throw refused("expected a leaf in each row");
    if (typeof proof !== "string") throw refused("the newest revision is not in the tree yet: take the answer again after the next batch");
    if (!Array.isArray(signatures)) throw refused("expected a list of signatures in each row");
    return { leaf, proof, signatures: signatures.map(signatureOf) };
  });
}

/**
 * Every revision is in the log, and each names the one before it.
 * @throws SealingError `proof-refused`
 */
export function verifyRevisions(
  revisions: readonly PublishedRevision[],
  trusted: { readonly log: readonly VerifierKey[]; readonly witnesses: readonly VerifierKey[] },
): readonly VerifiedRevision[] {
  let before: string | null = null;
  return revisions.map(({ leaf, proof, signatures }, place) => {
    const verified = verifyLogProof(proof, Buffer.from(leaf, "utf8"), trusted);
    const { kind, id, version, sha256, prev } = jsonFields(leaf);
    if (kind !== "advisory" || typeof id !== "string" || version !== place + 1 || typeof sha256 !== "string" || prev !== before) {
      throw refused(`expected revision ${place + 1} of an advisory, naming the one before it, got ${leaf.slice(0, 200)}`);
    }
    before = sha256;
    return { id, version, sha256, proof: verified, signatures };
  });
}

/** @throws SealingError `proof-refused` when these are not the bytes that the revision was published as */
export function checkRecord({ id, version, sha256 }: VerifiedRevision, record: Uint8Array): void {
  const found = createHash("sha256").update(record).digest("hex");
  if (found !== sha256) throw refused(`revision ${version} of ${id} was published with SHA-256 ${sha256}, and this record has ${found}`);
}

function signatureOf(value: unknown): Uint8Array {
  const { signature } = (value ?? {}) as { readonly signature?: unknown };
  return parseAdvisorySignature(typeof signature === "string" ? signature : "");
}

function refused(message: string): SealingError {
  return new SealingError("proof-refused", message, { place: "revision" });
}
