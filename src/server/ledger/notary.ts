import { parseCheckpoint, signCheckpoint, verifyCheckpoint } from "../../sealing/checkpoint.ts";
import type { KeyRing } from "../../sealing/key-ring.ts";
import { isSameHash, leafHash, treeRoot } from "../../sealing/merkle-tree.ts";
import { SealingError } from "../../sealing/sealing-error.ts";
import type { SignedHeads } from "../../sealing/signed-heads.ts";
import { findSignature, verifierKeyOf } from "../../sealing/signed-note.ts";
import { growTiles, nodeReader, type Tile, tilesOf, tilesToGrow } from "../../sealing/tiles.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { Database, Transaction } from "../database/database.ts";
import { bundleAdditions, composeBatch } from "./compose-batch.ts";
import {
  extendBundles,
  growTree,
  hasRecorded,
  keepCheckpoint,
  type KeptCheckpoint,
  lockTree,
  newestCheckpoint,
  pendingRevisions,
  pendingStatements,
  placeRevisions,
  placeStatements,
  readTiles,
  renameTree,
  type Tree,
  writeTiles,
} from "./ledger-store.ts";

/**
 * Grows the tree and signs its head, in two transactions. What is signed is always committed before, and every head signed earlier is
 * checked to lie in it: a crash between any two steps leaves a tree that is signed at the next try, with the same bytes.
 */
export type Notary = {
  /** Adds a batch; false when none is due or nothing was ever recorded. @throws CodedError `conflict` when the tree is not what was signed */
  readonly append: (when: "due" | "now") => Promise<boolean>;
  /** The newest checkpoint, signed now if the tree has grown. @throws CodedError `conflict` when the tree is not what was signed */
  readonly sign: () => Promise<KeptCheckpoint>;
  /** Goes on with the leaves that are there as another log, under another name; the one before it ends. For a person who has looked. */
  readonly restart: () => Promise<{ readonly ended: string; readonly checkpoint: KeptCheckpoint }>;
};

export type NotaryParts = {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly heads: SignedHeads;
  readonly everyMs: number;
  readonly batchLeaves: number;
  readonly clock: () => number;
  /** A name for a new log, below the address that people use. */
  readonly newOrigin: () => string;
  /** True for a name that `newOrigin` gives at this address. */
  readonly isOurs: (origin: string) => boolean;
};

/** Revisions are public, so a batch takes as many as there are, up to what one transaction should hold. */
const REVISIONS_A_BATCH = 1000;

export function createNotary({ database, keys, heads, everyMs, batchLeaves, clock, newOrigin, isOurs }: NotaryParts): Notary {
  return { append, sign, restart };

  async function append(when: "due" | "now"): Promise<boolean> {
    return database.transaction("notary", async (transaction) => {
      const tree = await lockTree(transaction);
      if ((when === "due" && !isDue(tree)) || !(await hasRecorded(transaction))) return false;
      const edge = await readTiles(transaction, tilesToGrow(tree.size));
      await checkTree(transaction, tree, edge);
      const statements = await pendingStatements(transaction, batchLeaves);
      const revisions = await pendingRevisions(transaction, REVISIONS_A_BATCH);
      const batch = composeBatch(tree.size, { statements, revisions }, batchLeaves);
      const size = tree.size + batch.leaves.length;
      const grown = growTiles(
        tree.size,
        batch.leaves.map(leafHash),
        (id) => edge.find(({ level, index }) => level === id.level && index === id.index)?.hashes,
      );
      await writeTiles(transaction, grown);
      await extendBundles(transaction, bundleAdditions(tree.size, batch.leaves));
      await placeStatements(transaction, batch.statements);
      await placeRevisions(transaction, batch.revisions);
      await growTree(transaction, { size, root: treeRoot(size, nodeReader([...edge, ...grown])), at: new Date(clock()) });
      return true;
    });
  }

  async function sign(): Promise<KeptCheckpoint> {
    return database.transaction("notary", async (transaction) => {
      const tree = await lockTree(transaction);
      if (await isFreshlyMoved(transaction, tree)) return rename(transaction, tree);
      const newest = await checkTree(transaction, tree, await readTiles(transaction, tilesToGrow(tree.size)));
      if (newest?.size === tree.size) {
        keepHead(newest.note);
        return newest;
      }
      return signTree(transaction, tree);
    });
  }

  async function restart(): Promise<{ readonly ended: string; readonly checkpoint: KeptCheckpoint }> {
    return database.transaction("notary", async (transaction) => {
      const tree = await lockTree(transaction);
      checkRoot(tree, await readTiles(transaction, tilesToGrow(tree.size)));
      return { ended: tree.origin, checkpoint: await rename(transaction, tree) };
    });
  }

  async function rename(transaction: Transaction, tree: Tree): Promise<KeptCheckpoint> {
    const origin = newOrigin();
    await renameTree(transaction, origin);
    return signTree(transaction, { ...tree, origin });
  }

  /** An empty tree proves nothing: it takes the name of the address, or of the keys, that it came to. */
  async function isFreshlyMoved(transaction: Transaction, tree: Tree): Promise<boolean> {
    if (tree.size > 0) return false;
    const newest = await newestCheckpoint(transaction);
    if (newest === undefined || newest.size > 0) return false;
    const kept = heads.read(tree.origin);
    if (kept !== undefined && parseCheckpoint(kept).size > 0) return false;
    return !isOurs(tree.origin) || !isSignedByUs(newest);
  }

  function isSignedByUs({ note }: KeptCheckpoint): boolean {
    const signed = parseCheckpoint(note);
    return keys.held("ledger").some(({ secret }) => findSignature(signed.note, verifierKeyOf(signed.origin, secret)) !== undefined);
  }

  async function signTree(transaction: Transaction, tree: Tree): Promise<KeptCheckpoint> {
    const note = signCheckpoint(
      tree,
      keys.accepted("ledger").map(({ secret }) => secret),
    );
    // Before anybody can see it: a checkpoint that is out is known here, whatever becomes of the database.
    keepHead(note);
    const checkpoint = { origin: tree.origin, size: tree.size, root: tree.root, note, signedAt: new Date(clock()) };
    await keepCheckpoint(transaction, checkpoint);
    return checkpoint;
  }

  function keepHead(note: string): void {
    if (heads.read(parseCheckpoint(note).origin) !== note) heads.keep(note);
  }

  /** The same number of batches an hour, whenever the last one came; clocks of several processes do not add up. */
  function isDue({ lastBatchAt }: Tree): boolean {
    return lastBatchAt === undefined || Math.floor(clock() / everyMs) > Math.floor(lastBatchAt.getTime() / everyMs);
  }

  /**
   * Threat: a database that was set back to an older backup, or changed behind our back. Signing it would be a fork, which anybody with
   * two checkpoints can prove, and which cannot be taken back.
   */
  async function checkTree(transaction: Transaction, tree: Tree, edge: readonly Tile[]): Promise<KeptCheckpoint | undefined> {
    const newest = await newestCheckpoint(transaction);
    const kept = heads.read(tree.origin);
    try {
      checkRoot(tree, edge);
      if (newest === undefined && kept === undefined && tree.size > 0 && heads.origins().length > 0) {
        throw refused(`these keys have signed ${heads.origins().join(", ")}, and no head of ${tree.origin}`);
      }
      if (newest !== undefined) {
        verifyCheckpoint(
          newest.note,
          keys.held("ledger").map(({ secret }) => verifierKeyOf(tree.origin, secret)),
        );
        await checkHolds(transaction, tree, parseCheckpoint(newest.note), "the newest checkpoint in it");
      }
      if (kept !== undefined) await checkHolds(transaction, tree, parseCheckpoint(kept), "the newest checkpoint that was signed");
    } catch (error) {
      if (error instanceof SealingError) throw refused(error.message, error);
      throw error;
    }
    return newest;
  }

  async function checkHolds(
    transaction: Transaction,
    tree: Tree,
    head: { readonly origin: string; readonly size: number; readonly root: Uint8Array },
    what: string,
  ): Promise<void> {
    if (head.origin !== tree.origin) throw refused(`${what} is of another ledger, ${head.origin}`);
    if (head.size > tree.size) throw refused(`${what} has ${head.size} leaves, and the database ${tree.size}`);
    if (head.size === 0) return;
    const range = { start: 0, end: head.size };
    const tiles = await readTiles(transaction, tilesOf([range]));
    if (!isSameHash(treeRoot(head.size, nodeReader(tiles)), head.root))
      throw refused(`${what}, of ${head.size} leaves, does not lie in the database's tree`);
  }
}

function checkRoot(tree: Tree, edge: readonly Tile[]): void {
  if (!isSameHash(treeRoot(tree.size, nodeReader(edge)), tree.root))
    throw refused(`its tiles do not make the root of its ${tree.size} leaves`);
}

function refused(why: string, cause?: unknown): CodedError {
  return new CodedError(
    "conflict",
    `The ledger is not continued, because that would be a fork: ${why}. Expected the database as it was when that was signed; see docs/how-to/verify-the-ledger.md`,
    { cause, place: "ledger" },
  );
}
