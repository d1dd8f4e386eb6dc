import { randomBytes } from "node:crypto";
import type { Logger } from "pino";
import type { KeyRing } from "../../sealing/key-ring.ts";
import { emptyRoot } from "../../sealing/merkle-tree.ts";
import { openSignedHeads, type SignedHeads } from "../../sealing/signed-heads.ts";
import { formatVerifierKey, verifierKeyOf } from "../../sealing/signed-note.ts";
import { CodedError, isCodedError } from "../../vocabulary/coded-error.ts";
import { type AdvisorySignatures, createAdvisorySignatures } from "./advisory-keys.ts";
import type { Config } from "../config.ts";
import type { Database } from "../database/database.ts";
import { beginTree, newestCheckpoints, newestCosignatures, readTree } from "./ledger-store.ts";
import { createNotary } from "./notary.ts";
import { createPublicLog, type PublicLog, withCosignatures } from "./public-log.ts";
import { createStatements, type Statements } from "./statements.ts";
import { createWitnessRound, type WitnessState } from "./witness-round.ts";

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

export type LedgerService = PublicLog &
  Statements &
  AdvisorySignatures & {
    readonly state: () => Promise<LedgerState>;
    /** One batch, signed and cosigned: at its time, or now. @throws CodedError `conflict` when that would be a fork */
    readonly runBatch: (when?: "due" | "now") => Promise<void>;
    /** Ends this log and goes on with its leaves as another: for a person who has looked why it is not continued. */
    readonly restart: () => Promise<{ readonly ended: string; readonly origin: string; readonly size: number }>;
    /** Why the tree is not signed; undefined = it is. */
    readonly refusal: () => string | undefined;
    readonly start: () => void;
    readonly close: () => Promise<void>;
  };

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
  const stopped = new AbortController();
  const witnesses = createWitnessRound({ database, config, log, signal: stopped.signal });
  let refusal: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  await beginTree(database, newOrigin(), emptyRoot(), new Date(clock()));

  return {
    ...createPublicLog(database),
    ...createStatements({ database, clock }),
    ...createAdvisorySignatures({ database, keys }),
    state,
    runBatch,
    restart: async () => {
      await running.catch(() => undefined);
      const { ended, checkpoint } = await notary.restart();
      refusal = undefined;
      witnesses.forget();
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
      await witnesses.ask(checkpoint);
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

  async function state(): Promise<LedgerState> {
    return database.transaction("reader", async (transaction) => {
      const tree = await readTree(transaction);
      const checkpoints = await newestCheckpoints(transaction, CHECKPOINTS_SHOWN);
      const [newest] = checkpoints;
      return {
        origin: tree.origin,
        verifierKeys: keys.accepted("ledger").map(({ secret }) => formatVerifierKey(verifierKeyOf(tree.origin, secret))),
        size: newest?.size ?? 0,
        ...(newest === undefined ? {} : { checkpoint: await withCosignatures(transaction, newest), signedAtMs: newest.signedAt.getTime() }),
        checkpoints: checkpoints.map(({ size, root, signedAt }) => ({
          size,
          root: Buffer.from(root).toString("base64"),
          signedAtMs: signedAt.getTime(),
        })),
        isRecording: tree.size > 0,
        everySeconds: config.ledgerEverySeconds,
        batchLeaves: config.ledgerBatchLeaves,
        witnesses: witnesses.states(await newestCosignatures(transaction)),
        ...(refusal === undefined ? {} : { refusal }),
        otherOrigins: heads.origins().filter((origin) => origin !== tree.origin),
      };
    });
  }
}
