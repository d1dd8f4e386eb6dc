import { randomBytes } from "node:crypto";
import type { Logger } from "pino";
import { openTlogWitness } from "../../connectors/tlog-witness/tlog-witness.ts";
import type { KeyRing } from "../../sealing/key-ring.ts";
import { formatLogProof } from "../../sealing/log-proof.ts";
import { consistencyRanges, emptyRoot, inclusionRanges, type LeafRange } from "../../sealing/merkle-tree.ts";
import { type Receipt, RECEIPT_FORMAT } from "../../sealing/receipt.ts";
import { openSignedHeads, type SignedHeads } from "../../sealing/signed-heads.ts";
import { formatVerifierKey, signatureLine, verifierKeyOf } from "../../sealing/signed-note.ts";
import { bundleStart, hashesFromTiles, type TileRequest, tilesOf, widthIn } from "../../sealing/tiles.ts";
import { CodedError, isCodedError } from "../../vocabulary/coded-error.ts";
import type { Config, Witness } from "../config.ts";
import type { Database, SignedActor, Transaction } from "../database/database.ts";
import type { Caller } from "../http/caller.ts";
import { type PageAsked, type PageOf, pageOf, uuidOf } from "../name-page.ts";
import { readCursor } from "../page-cursor.ts";
import { cosign } from "./cosign.ts";
import {
  beginTree,
  cosignaturesAt,
  eraseStatement,
  type KeptCheckpoint,
  keepCosignature,
  listStatements,
  newestCheckpoint,
  newestCheckpoints,
  newestCosignatures,
  readBundle,
  readRevisions,
  readStatement,
  readTiles,
  readTree,
  type SeenStatement,
} from "./ledger-store.ts";
import { createNotary } from "./notary.ts";

export type LedgerState = {
  readonly origin: string;
  readonly verifierKeys: string[];
  readonly size: number;
  readonly checkpoint?: string;
  readonly signedAtMs?: number;
  readonly checkpoints: { readonly size: number; readonly root: string; readonly signedAtMs: number }[];
  readonly isRecording: boolean;
  readonly everySeconds: number;
  readonly batchLeaves: number;
  readonly witnesses: WitnessState[];
  readonly refusal?: string;
  readonly otherOrigins: string[];
};

export type WitnessState = {
  readonly name: string;
  readonly verifierKey: string;
  readonly url: string;
  /** Of the newest checkpoint that it cosigned. */
  readonly size?: number;
  readonly cosignedAtMs?: number;
  readonly problem?: string;
};

export type StatementAnswer = {
  readonly id: string;
  readonly kind: string;
  readonly organisation: string;
  readonly record?: string;
  readonly recordedAtMs: number;
  readonly statement?: string;
  readonly index?: number;
  readonly erasedAtMs?: number;
};

export type RevisionAnswer = {
  readonly version: number;
  readonly sha256: string;
  readonly leaf: string;
  readonly recordedAtMs: number;
  readonly index?: number;
  readonly proof?: string;
};

export type LedgerService = {
  readonly state: () => Promise<LedgerState>;
  /** The newest checkpoint with its cosignatures. @throws CodedError `not-found` before the first */
  readonly checkpoint: () => Promise<string>;
  /** A tile of hashes or a bundle of entries, as far as the newest checkpoint reaches. @throws CodedError `not-found` */
  readonly tile: (request: TileRequest) => Promise<Uint8Array>;
  readonly revisions: (advisoryId: string) => Promise<{ readonly rows: RevisionAnswer[] }>;
  readonly list: (
    caller: Caller,
    asked: PageAsked & { readonly record?: { readonly organisationId: string; readonly id: string } | undefined },
  ) => Promise<PageOf<StatementAnswer>>;
  /** @throws CodedError `not-found`, `conflict` when it was erased */
  readonly receipt: (caller: Caller, id: string) => Promise<Receipt>;
  /** @throws CodedError `not-found` for what is not the caller's or not there, or erased already */
  readonly erase: (caller: Caller, id: string) => Promise<Erasure>;
  /** One batch, signed and cosigned: at its time, or now. @throws CodedError `conflict` when that would be a fork */
  readonly runBatch: (when?: "due" | "now") => Promise<void>;
  /** Ends this log and goes on with its leaves as another: for a person who has looked why it is not continued. */
  readonly restart: () => Promise<{ readonly ended: string; readonly origin: string; readonly size: number }>;
  /** Why the tree is not signed; undefined = it is. */
  readonly refusal: () => string | undefined;
  readonly start: () => void;
  readonly close: () => Promise<void>;
};

export type Erasure = { readonly id: string; readonly erasedAtMs: number; readonly cannotReach: string[] };

export type LedgerParts = {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly config: Pick<Config, "ledgerEverySeconds" | "ledgerBatchLeaves" | "witnesses" | "publicUrl" | "allowedPrivateHosts">;
  readonly clock: () => number;
  readonly log: Pick<Logger, "error" | "warn">;
  /** Kept beside the keys unless given. */
  readonly heads?: SignedHeads;
};

const CHECKPOINTS_SHOWN = 20;
const ERASURE_CANNOT_REACH = [
  "backups and write-ahead logs of the database made before, until they are gone",
  "receipts and exports that somebody has kept",
  "what people remember and have written down",
];

export async function createLedgerService({
  database,
  keys,
  config,
  clock,
  log,
  heads = openSignedHeads(keys.directory),
}: LedgerParts): Promise<LedgerService> {
  const everyMs = config.ledgerEverySeconds * 1000;
  const notary = createNotary({ database, keys, heads, everyMs, batchLeaves: config.ledgerBatchLeaves, clock, newOrigin, isOurs });
  const witnesses = openTlogWitness({ allowedPrivateHosts: config.allowedPrivateHosts });
  const problems = new Map<string, string>();
  const stopped = new AbortController();
  let refusal: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  await beginTree(database, newOrigin(), emptyRoot(), new Date(clock()));

  return {
    state,
    checkpoint: async () => withCosignatures(await database.transaction("reader", newestOrRefuse)),
    tile,
    revisions,
    list,
    receipt,
    erase,
    runBatch,
    restart: async () => {
      await running.catch(() => undefined);
      const { ended, checkpoint } = await notary.restart();
      refusal = undefined;
      problems.clear();
      return { ended, origin: checkpoint.origin, size: checkpoint.size };
    },
    refusal: () => refusal,
    start: () => {
      void runBatch("due").catch(report);
      schedule();
    },
    close: async () => {
      clearTimeout(timer);
      stopped.abort(new CodedError("shutting-down", "The server is stopping"));
      await running.catch(() => undefined);
      witnesses.close();
    },
  };

  /** Of this tree and no other: whoever makes a database anew begins another log, under another name. */
  function newOrigin(): string {
    return `${originPrefix()}${randomBytes(8).toString("hex")}`;
  }

  function isOurs(origin: string): boolean {
    return config.publicUrl === undefined || origin.startsWith(originPrefix());
  }

  function originPrefix(): string {
    return `${config.publicUrl === undefined ? "localhost" : new URL(config.publicUrl).host}/ledger/`;
  }

  /** One at a time: the next waits. */
  function runBatch(when: "due" | "now" = "now"): Promise<void> {
    running = running.catch(() => undefined).then(() => batch(when));
    return running;
  }

  async function batch(when: "due" | "now"): Promise<void> {
    try {
      await notary.append(when);
      const checkpoint = await notary.sign();
      refusal = undefined;
      await Promise.all(config.witnesses.map((witness) => askWitness(witness, checkpoint)));
    } catch (error) {
      if (isCodedError(error, "conflict")) refusal = error.message;
      throw error;
    }
  }

  function schedule(): void {
    timer = setTimeout(
      () => {
        void runBatch("due").catch(report);
        schedule();
      },
      everyMs - (Date.now() % everyMs) + 5,
    );
    timer.unref();
  }

  function report(error: unknown): void {
    if (stopped.signal.aborted) return;
    log.error(
      { err: error },
      isCodedError(error, "conflict") ? "the ledger is not continued" : "a batch of the ledger failed; it is tried again at the next",
    );
  }

  async function askWitness(witness: Witness, checkpoint: KeptCheckpoint): Promise<void> {
    const held = await database.transaction("reader", newestCosignatures);
    const known = held.find(({ witness: name }) => name === nameOf(witness))?.size ?? 0;
    if (known >= checkpoint.size && known > 0) {
      problems.delete(nameOf(witness));
      return;
    }
    const result = await cosign({
      client: witnesses,
      witness,
      checkpoint: checkpoint.note,
      knownSize: known,
      prove: (from) => database.transaction("reader", (transaction) => hashesOf(transaction, consistencyRanges(from, checkpoint.size))),
      signal: stopped.signal,
    });
    if (result.kind === "cosigned") {
      problems.delete(nameOf(witness));
      const { signature, timestampMs } = result.cosignature;
      await database.transaction("notary", (transaction) =>
        keepCosignature(transaction, {
          origin: checkpoint.origin,
          size: checkpoint.size,
          witness: nameOf(witness),
          line: signatureLine(signature),
          statedAt: new Date(timestampMs),
        }),
      );
      return;
    }
    problems.set(nameOf(witness), result.reason);
    if (result.kind === "contradicted")
      log.error(
        { witness: witness.key.name, reason: result.reason },
        "a witness contradicts the ledger: two trees were signed with this key",
      );
    else log.warn({ witness: witness.key.name, reason: result.reason }, "a witness did not cosign; it is asked again at the next batch");
  }

  async function state(): Promise<LedgerState> {
    const { tree, checkpoints, cosignatures } = await database.transaction("reader", async (transaction) => ({
      tree: await readTree(transaction),
      checkpoints: await newestCheckpoints(transaction, CHECKPOINTS_SHOWN),
      cosignatures: await newestCosignatures(transaction),
    }));
    const [newest] = checkpoints;
    return {
      origin: tree.origin,
      verifierKeys: keys.accepted("ledger").map(({ secret }) => formatVerifierKey(verifierKeyOf(tree.origin, secret))),
      size: newest?.size ?? 0,
      ...(newest === undefined ? {} : { checkpoint: await withCosignatures(newest), signedAtMs: newest.signedAt.getTime() }),
      checkpoints: checkpoints.map(({ size, root, signedAt }) => ({ size, root: base64(root), signedAtMs: signedAt.getTime() })),
      isRecording: tree.size > 0,
      everySeconds: config.ledgerEverySeconds,
      batchLeaves: config.ledgerBatchLeaves,
      witnesses: config.witnesses.map((witness) => {
        const cosigned = cosignatures.find(({ witness: name }) => name === nameOf(witness));
        const problem = problems.get(nameOf(witness));
        return {
          name: witness.key.name,
          verifierKey: formatVerifierKey(witness.key),
          url: witness.url.href,
          ...(cosigned === undefined ? {} : { size: cosigned.size, cosignedAtMs: cosigned.statedAt.getTime() }),
          ...(problem === undefined ? {} : { problem }),
        };
      }),
      ...(refusal === undefined ? {} : { refusal }),
      otherOrigins: heads.origins().filter((origin) => origin !== tree.origin),
    };
  }

  async function tile({ level, index, width }: TileRequest): Promise<Uint8Array> {
    return database.transaction("reader", async (transaction) => {
      const { size } = await newestOrRefuse(transaction);
      const id = { level: level === "entries" ? 0 : level, index };
      // Only what a checkpoint reaches: the rest may still be on its way.
      if (width > widthIn(size, id)) throw nothingHere(`the tree of ${size} leaves has no such tile`);
      if (level === "entries") return bundleStart((await readBundle(transaction, index)) ?? new Uint8Array(), width);
      const [found] = await readTiles(transaction, [id]);
      return (found?.hashes ?? new Uint8Array()).subarray(0, width * 32);
    });
  }

  async function revisions(advisoryId: string): Promise<{ readonly rows: RevisionAnswer[] }> {
    return database.transaction("reader", async (transaction) => {
      const newest = await newestCheckpoint(transaction);
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
        });
      }
      return { rows };
    });
  }

  async function list(caller: Caller, { after, limit, record }: Parameters<LedgerService["list"]>[1]): Promise<PageOf<StatementAnswer>> {
    const rows = await database.transaction(caller.actor, (transaction) =>
      listStatements(
        transaction,
        record === undefined ? { organisationId: caller.organisation } : { record },
        positionOf(after),
        limit + 1,
      ),
    );
    return pageOf(rows, limit, statementAnswer, ({ recordedAt, id }) => [recordedAt.getTime(), id]);
  }

  async function receipt(caller: Caller, id: string): Promise<Receipt> {
    const seen = await visible(caller.actor, id);
    if (seen.statement === null || seen.nonce === null) {
      throw new CodedError(
        "conflict",
        "The statement was erased: its nonce is destroyed, and nobody can show any more what its leaf stands for",
        { place: "params.id" },
      );
    }
    const { statement, nonce, leaf, leafIndex } = seen;
    return database.transaction("reader", async (transaction) => {
      const newest = await newestOrRefuse(transaction);
      const proof = await proofOf(transaction, newest, leafIndex);
      return {
        format: RECEIPT_FORMAT,
        statement,
        nonce: base64(nonce),
        leaf: base64(leaf),
        checkpoint: await cosigned(transaction, newest),
        ...(proof === undefined ? {} : { proof }),
      };
    });
  }

  async function erase(caller: Caller, id: string): Promise<Erasure> {
    const at = new Date(clock());
    const isErased = await database.transaction(caller.actor, (transaction) =>
      eraseStatement(transaction, { organisationId: caller.organisation, id, personId: caller.person, at }),
    );
    if (!isErased) throw unseen();
    return { id, erasedAtMs: at.getTime(), cannotReach: ERASURE_CANNOT_REACH };
  }

  async function visible(actor: SignedActor, id: string): Promise<SeenStatement> {
    const seen = await readStatement(database, actor, id);
    if (seen === undefined) throw unseen();
    return seen;
  }

  async function proofOf(transaction: Transaction, newest: KeptCheckpoint | undefined, index: number | null): Promise<string | undefined> {
    if (newest === undefined || index === null || index >= newest.size) return undefined;
    const hashes = await hashesOf(transaction, inclusionRanges(index, newest.size));
    return formatLogProof({ index, hashes, checkpoint: await cosigned(transaction, newest) });
  }

  async function withCosignatures(checkpoint: KeptCheckpoint): Promise<string> {
    return database.transaction("reader", (transaction) => cosigned(transaction, checkpoint));
  }
}

async function cosigned(transaction: Transaction, { note, ...head }: KeptCheckpoint): Promise<string> {
  return note + (await cosignaturesAt(transaction, head)).map(({ line }) => `${line}\n`).join("");
}

async function hashesOf(transaction: Transaction, ranges: readonly LeafRange[]): Promise<readonly Uint8Array[]> {
  return hashesFromTiles(ranges, await readTiles(transaction, tilesOf(ranges)));
}

async function newestOrRefuse(transaction: Transaction): Promise<KeptCheckpoint> {
  const newest = await newestCheckpoint(transaction);
  if (newest === undefined) throw nothingHere("no checkpoint has been signed yet; a server that listens signs one at its start");
  return newest;
}

function statementAnswer({
  id,
  kind,
  organisationId,
  recordId,
  recordedAt,
  statement,
  leafIndex,
  erasedAt,
}: SeenStatement): StatementAnswer {
  return {
    id,
    kind,
    organisation: organisationId,
    ...(recordId === null ? {} : { record: recordId }),
    recordedAtMs: recordedAt.getTime(),
    ...(statement === null ? {} : { statement }),
    ...(leafIndex === null ? {} : { index: leafIndex }),
    ...(erasedAt === null ? {} : { erasedAtMs: erasedAt.getTime() }),
  };
}

function positionOf(after: string | undefined): { readonly recordedAt: Date; readonly id: string } | undefined {
  if (after === undefined) return undefined;
  const [ms, id] = readCursor(after, [0, ""]);
  return { recordedAt: new Date(ms), id: uuidOf(id) };
}

function nameOf({ key }: Witness): string {
  return `${key.name}+${key.keyId}`;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

function nothingHere(why: string): CodedError {
  return new CodedError("not-found", `Nothing here: ${why}`);
}

/** The same for what is hidden, what is erased and what was never there. */
function unseen(): CodedError {
  return new CodedError("not-found", "No such statement among those that this organisation may see", { place: "params.id" });
}
