import { type Receipt, RECEIPT_FORMAT } from "../../sealing/receipt.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { Database } from "../database/database.ts";
import type { Caller } from "../http/caller.ts";
import { type PageAsked, type PageOf, pageOf, readTimePosition } from "../list-page.ts";
import { eraseStatement, listStatements, readStatement, type SeenStatement } from "./ledger-store.ts";
import { newestOrRefuse, proofOf, withCosignatures } from "./public-log.ts";

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

export type StatementsAsked = PageAsked & { readonly record?: { readonly organisationId: string; readonly id: string } | undefined };

export type Erasure = { readonly id: string; readonly erasedAtMs: number; readonly cannotReach: string[] };

/** Statements for those who may see them; the database decides who that is. */
export type Statements = {
  readonly list: (caller: Caller, asked: StatementsAsked) => Promise<PageOf<StatementAnswer>>;
  /** @throws CodedError `not-found`, `conflict` when it was erased */
  readonly receipt: (caller: Caller, id: string) => Promise<Receipt>;
  /** @throws CodedError `not-found` for what is not the caller's or not there, or erased already */
  readonly erase: (caller: Caller, id: string) => Promise<Erasure>;
};

const ERASURE_CANNOT_REACH = [
  "backups and write-ahead logs of the database made before, until they are gone",
  "receipts and exports that somebody has kept",
  "what people remember and have written down",
];

export function createStatements({ database, clock }: { readonly database: Database; readonly clock: () => number }): Statements {
  return {
    list: async (caller, { after, limit, record }) => {
      const from = record === undefined ? { organisationId: caller.organisation } : { record };
      const rows = await database.transaction(caller.actor, (transaction) =>
        listStatements(transaction, from, readTimePosition(after), limit + 1),
      );
      return pageOf(rows, limit, answerOf, ({ recordedAt, id }) => [recordedAt.getTime(), id]);
    },

    receipt: async (caller, id) => {
      const seen = await readStatement(database, caller.actor, id);
      if (seen === undefined) throw unseen();
      const { statement, nonce, leaf, leafIndex } = seen;
      if (statement === null || nonce === null) throw erased();
      return database.transaction("reader", async (transaction) => {
        const newest = await newestOrRefuse(transaction);
        const proof = await proofOf(transaction, newest, leafIndex);
        return {
          format: RECEIPT_FORMAT,
          statement,
          nonce: Buffer.from(nonce).toString("base64"),
          leaf: Buffer.from(leaf).toString("base64"),
          checkpoint: await withCosignatures(transaction, newest),
          ...(proof === undefined ? {} : { proof }),
        };
      });
    },

    erase: async (caller, id) => {
      const at = new Date(clock());
      const isErased = await database.transaction(caller.actor, (transaction) =>
        eraseStatement(transaction, { organisationId: caller.organisation, id, personId: caller.person, at }),
      );
      if (!isErased) throw unseen();
      return { id, erasedAtMs: at.getTime(), cannotReach: ERASURE_CANNOT_REACH };
    },
  };
}

function answerOf({ id, kind, organisationId, recordId, recordedAt, statement, leafIndex, erasedAt }: SeenStatement): StatementAnswer {
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

/** The same for what is hidden, what is erased and what was never there. */
function unseen(): CodedError {
  return new CodedError("not-found", "No such statement among those that this organisation may see", { place: "params.id" });
}

function erased(): CodedError {
  const message = "The statement was erased: its nonce is destroyed, and nobody can show any more what its leaf stands for";
  return new CodedError("conflict", message, { place: "params.id" });
}
