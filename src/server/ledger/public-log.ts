import { formatLogProof } from "../../sealing/log-proof.ts";
import { inclusionRanges, type LeafRange } from "../../sealing/merkle-tree.ts";
import { bundleStart, hashesFromTiles, type TileRequest, tilesOf, widthIn } from "../../sealing/tiles.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { Database, Transaction } from "../database/database.ts";
import { cosignaturesAt, type KeptCheckpoint, newestCheckpoint, readBundle, readRevisions, readTiles } from "./ledger-store.ts";
import { readSignatures } from "./signature-store.ts";

export type RevisionAnswer = {
  readonly version: number;
  readonly sha256: string;
  readonly leaf: string;
  readonly recordedAtMs: number;
  readonly index?: number;
  readonly proof?: string;
  readonly signatures: { readonly key: string; readonly signature: string; readonly signedAtMs: number }[];
};

/** What of the ledger is for everybody. */
export type PublicLog = {
  /** The newest checkpoint with its cosignatures. @throws CodedError `not-found` before the first */
  readonly checkpoint: () => Promise<string>;
  /** A tile of hashes or a bundle of entries, as far as the newest checkpoint reaches. @throws CodedError `not-found` */
  readonly tile: (request: TileRequest) => Promise<Uint8Array>;
  readonly revisions: (advisoryId: string) => Promise<{ readonly rows: RevisionAnswer[] }>;
};

export function createPublicLog(database: Database): PublicLog {
  return {
    checkpoint: () =>
      database.transaction("reader", async (transaction) => withCosignatures(transaction, await newestOrRefuse(transaction))),

    tile: ({ level, index, width }) =>
      database.transaction("reader", async (transaction) => {
        const { size } = await newestOrRefuse(transaction);
        const id = { level: level === "entries" ? 0 : level, index };
        // Only what a checkpoint reaches: the rest may still be on its way.
        if (width > widthIn(size, id)) throw nothingHere(`the tree of ${size} leaves has no such tile`);
        if (level === "entries") return bundleStart((await readBundle(transaction, index)) ?? new Uint8Array(), width);
        const [found] = await readTiles(transaction, [id]);
        return (found?.hashes ?? new Uint8Array()).subarray(0, width * 32);
      }),

    revisions: (advisoryId) =>
      database.transaction("reader", async (transaction) => {
        const newest = await newestCheckpoint(transaction);
        const signatures = Map.groupBy(await readSignatures(transaction, advisoryId), ({ version }) => version);
        const rows: RevisionAnswer[] = [];
        for (const { version, sha256, leaf, recordedAt, leafIndex } of await readRevisions(transaction, advisoryId)) {
          const proof = await proofOf(transaction, newest, leafIndex);
          rows.push({
            version,
            sha256,
            leaf,
            recordedAtMs: recordedAt.getTime(),
            ...(leafIndex === null ? {} : { index: leafIndex }),
            ...(proof === undefined ? {} : { proof }),
            signatures: (signatures.get(version) ?? []).map(({ keyId, signature, signedAt }) => ({
              key: keyId,
              signature: Buffer.from(signature).toString("base64"),
              signedAtMs: signedAt.getTime(),
            })),
          });
        }
        return { rows };
      }),
  };
}

/** That the leaf is in the tree of this checkpoint; undefined = it is not yet. */
export async function proofOf(
  transaction: Transaction,
  newest: KeptCheckpoint | undefined,
  index: number | null,
): Promise<string | undefined> {
  if (newest === undefined || index === null || index >= newest.size) return undefined;
  const hashes = await hashesOf(transaction, inclusionRanges(index, newest.size));
  return formatLogProof({ index, hashes, checkpoint: await withCosignatures(transaction, newest) });
}

export async function withCosignatures(transaction: Transaction, { note, ...head }: KeptCheckpoint): Promise<string> {
  return note + (await cosignaturesAt(transaction, head)).map(({ line }) => `${line}\n`).join("");
}

export async function hashesOf(transaction: Transaction, ranges: readonly LeafRange[]): Promise<readonly Uint8Array[]> {
  return hashesFromTiles(ranges, await readTiles(transaction, tilesOf(ranges)));
}

/** @throws CodedError `not-found` */
export async function newestOrRefuse(transaction: Transaction): Promise<KeptCheckpoint> {
  const newest = await newestCheckpoint(transaction);
  if (newest === undefined) throw nothingHere("no checkpoint has been signed yet; a server that listens signs one at its start");
  return newest;
}

function nothingHere(why: string): CodedError {
  return new CodedError("not-found", `Nothing here: ${why}`);
}
