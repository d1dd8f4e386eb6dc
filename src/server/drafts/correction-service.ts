import { randomUUID } from "node:crypto";
import { type AskedCorrection, mayCorrect, mayWithdraw } from "../../coordination/release/correction.ts";
import type { Move } from "../../coordination/release/plan-moves.ts";
import { MAX_PARTS, MAX_REVISIONS, type StatedPart } from "../../contract/draft-part-schemas.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { type PartKind, PUBLISHED_FROM } from "../../vocabulary/draft-advisory.ts";
import { levelNumber } from "../../vocabulary/level.ts";
import type { Database, SignedActor, Transaction } from "../database/database.ts";
import { isStatementError } from "../database/statement-error.ts";
import { recordOwnStatement } from "../ledger/record-statement.ts";
import { auditDraft } from "./audit-draft.ts";
import { insertCorrection, readCorrections } from "./correction-store.ts";
import { findDraft, type SeenDraft } from "./draft-store.ts";
import { eventStatement, type NewDraftEvent } from "./event-store.ts";
import { countParts, endRevision, readParts, revisionStatements } from "./part-store.ts";
import { askedOf, notFound } from "./refusals.ts";
import { stateParts } from "./state-parts.ts";
import { checkSayable, toPartBody } from "./stated-part.ts";

/** Parts that become otherwise in one revision of the record. */
export type CorrectionRequest = {
  readonly reason: string;
  readonly write: readonly StatedPart[];
  readonly change: readonly (StatedPart & { readonly part: string; readonly revision: number })[];
  readonly remove: readonly { readonly part: string; readonly revision: number }[];
};

/** What came of it: the revision, once it is in the record. */
export type CorrectedAdvisory = { readonly advisory: string; readonly version: number | undefined };

/** What an owner does with an advisory after it was published. What was told stays told: nothing here takes a revision back. */
export type CorrectionService = {
  /** @throws CodedError `not-found` (not the owner's), `input-invalid`, `conflict` (not published, withdrawn, or somebody was faster) */
  readonly correct: (actor: SignedActor, draft: string, request: CorrectionRequest) => Promise<CorrectedAdvisory>;
  /** @throws CodedError `not-found`, `conflict` (not published, or withdrawn before) */
  readonly withdraw: (actor: SignedActor, draft: string, reason: string) => Promise<CorrectedAdvisory>;
};

export type CorrectionParts = {
  readonly database: Database;
  /** Puts into the record what was stated; what fails is tried again later, and no refusal. */
  readonly publish: () => Promise<void>;
};

export function createCorrectionService({ database, publish }: CorrectionParts): CorrectionService {
  /** Stated in one transaction, then published; what a kill leaves in between the release job does. */
  const state = async (
    actor: SignedActor,
    draft: string,
    work: (transaction: Transaction, seen: SeenDraft) => Promise<void>,
  ): Promise<CorrectedAdvisory> => {
    const seen = await askedOf(() =>
      database.transaction(actor, async (transaction) => {
        const found = await findDraft(transaction, draft);
        if (found === undefined || !found.isOwner || !found.mayWrite) throw notFound();
        await work(transaction, found);
        return found;
      }),
    );
    await publish();
    const corrections = await database.transaction(actor, (transaction) => readCorrections(transaction, seen));
    return { advisory: seen.advisory, version: corrections.at(-1)?.version };
  };

  return {
    correct: (actor, draft, request) =>
      state(actor, draft, async (transaction, seen) => {
        const parts = await readParts(transaction, seen);
        allow(mayCorrect({ state: seen.state, isWithdrawn: await isWithdrawn(transaction, seen), parts }, askedBy(request)));
        await requireRoom(transaction, seen, request);
        await writeCorrected(transaction, seen, { ...request, kindOf: new Map(parts.map(({ part, kind }) => [part, kind])) });
        await stateCorrection(transaction, seen, { withdraws: false, reason: request.reason });
      }),

    withdraw: (actor, draft, reason) =>
      state(actor, draft, async (transaction, seen) => {
        allow(mayWithdraw({ state: seen.state, isWithdrawn: await isWithdrawn(transaction, seen) }));
        await stateCorrection(transaction, seen, { withdraws: true, reason });
      }),
  };
}

function askedBy({ write, change, remove }: CorrectionRequest): AskedCorrection {
  return { written: write, changed: change, removed: remove };
}

async function isWithdrawn(transaction: Transaction, seen: SeenDraft): Promise<boolean> {
  return (await readCorrections(transaction, seen)).some(({ withdraws }) => withdraws);
}

type KnownCorrection = CorrectionRequest & { readonly kindOf: ReadonlyMap<string, PartKind> };

async function writeCorrected(
  transaction: Transaction,
  seen: SeenDraft,
  { write, change, remove, kindOf }: KnownCorrection,
): Promise<void> {
  const level = PUBLISHED_FROM;
  const stated = [
    ...change.map((one, index) => ({ one, place: `body.change[${index}]`, part: one.part, revision: one.revision + 1 })),
    ...write.map((one, index) => ({ one, place: `body.write[${index}]`, part: randomUUID(), revision: 1 })),
  ].map(({ one, place, part, revision }) => {
    const body = toPartBody(one);
    checkSayable(body, `${place}.body`);
    return { part, revision, stated: body };
  });
  for (const { part, revision } of [...change, ...remove]) {
    if (await endRevision(transaction, seen, part, revision)) continue;
    throw new CodedError("conflict", "Another revision of a part was written in this moment. Read it, and correct that one");
  }
  const events: readonly NewDraftEvent[] = [
    ...stated.map(({ part, revision, stated: { kind } }) => ({
      level,
      kind: revision === 1 ? ("part-written" as const) : ("part-changed" as const),
      details: { part, kind },
    })),
    ...remove.map(({ part }) => ({ level, kind: "part-removed" as const, details: { part, kind: kindOf.get(part) } })),
  ];
  await transaction.queryAll([
    ...(stated.length === 0
      ? []
      : revisionStatements(
          seen,
          stated.map(({ part, revision, stated: body }) => ({ ...body, part, id: randomUUID(), revision, level })),
        )),
    eventStatement(seen, events),
  ]);
  const changed = stated.filter(({ revision }) => revision > 1);
  const written = stated.filter(({ revision }) => revision === 1);
  if (changed.length > 0) await stateParts(transaction, seen, "part.changed", changed);
  if (written.length > 0) await stateParts(transaction, seen, "part.written", written);
  if (remove.length > 0)
    await stateParts(
      transaction,
      seen,
      "part.removed",
      remove.map((one) => ({ ...one, stated: undefined })),
    );
}

async function stateCorrection(
  transaction: Transaction,
  seen: SeenDraft,
  correction: { readonly withdraws: boolean; readonly reason: string },
): Promise<void> {
  const { withdraws, reason } = correction;
  try {
    await insertCorrection(transaction, seen, correction);
  } catch (error) {
    if (!isStatementError(error, "23505")) throw error;
    throw new CodedError("conflict", "The advisory was withdrawn in this moment", { cause: error });
  }
  await transaction.run(
    eventStatement(seen, [{ level: "case", kind: withdraws ? "withdrawal-stated" : "correction-stated", details: { reason } }], 1000),
  );
  await recordOwnStatement(transaction, {
    kind: withdraws ? "withdrawal.stated" : "correction.stated",
    record: { organisationId: seen.organisation, id: seen.draft, level: levelNumber("case") },
    facts: { draft: seen.draft, advisory: seen.advisory, reason },
  });
  await auditDraft(transaction, seen, withdraws ? "draft.withdrawn" : "draft.corrected");
}

async function requireRoom(transaction: Transaction, seen: SeenDraft, { write, change }: CorrectionRequest): Promise<void> {
  const { inForce, revisions } = await countParts(transaction, seen);
  if (inForce + write.length > MAX_PARTS || revisions + write.length + change.length > MAX_REVISIONS)
    throw new CodedError("conflict", `Expected at most ${MAX_PARTS} parts and ${MAX_REVISIONS} revisions of them in one draft, got more`);
}

function allow(move: Move): void {
  if (!move.allowed) throw new CodedError("conflict", move.why);
}
