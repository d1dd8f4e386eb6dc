import type { DraftKey } from "../../vocabulary/draft-advisory.ts";
import { randomUUID } from "node:crypto";
import { MAX_PARTS, MAX_REVISIONS } from "../../contract/draft-part-schemas.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { invariant } from "../../vocabulary/invariant.ts";
import { type DraftLevel, levelNumber, shows } from "../../vocabulary/level.ts";
import type { Database, SignedActor, Transaction } from "../database/database.ts";
import { findDraft, type SeenDraft } from "./draft-store.ts";
import { eventStatement, type NewDraftEvent } from "./event-store.ts";
import {
  countParts,
  type DraftPart,
  endRevision,
  findPart,
  readResearch,
  readRevisions,
  revisionStatements,
  writeReadEvent,
} from "./part-store.ts";
import { recordOwnStatement } from "../ledger/record-statement.ts";
import { askedOf, notFound, requireCase, requireStillOpen } from "./refusals.ts";
import { isStaged, stageAffected } from "./stage-affected.ts";
import { stateParts } from "./state-parts.ts";
import { checkSayable, levelOfPart, type PartRequest, toPartBody } from "./stated-part.ts";

export type { DraftPart };

export type WrittenPart = { readonly id: string; readonly revision: number; readonly level: DraftLevel };

/** Parts of drafts, written and read as one actor. Every refusal of what is hidden is the one of what is missing. */
export type PartService = {
  /** @throws CodedError `not-found`, `input-invalid` (level), `conflict` (not open, or as many parts as a draft takes) */
  readonly write: (actor: SignedActor, draft: string, part: PartRequest) => Promise<WrittenPart>;
  /** @throws CodedError `not-found`, `not-allowed` (another organisation's part), `input-invalid` (level, kind), `conflict` with what is there now */
  readonly change: (
    actor: SignedActor,
    draft: string,
    part: string,
    change: PartRequest & { readonly revision: number },
  ) => Promise<WrittenPart>;
  /** @throws CodedError `not-found`, `not-allowed`, `conflict` with what is there now */
  readonly remove: (actor: SignedActor, draft: string, part: string, revision: number) => Promise<void>;
  /** All revisions, for those who see the case. @throws CodedError `not-found` */
  readonly history: (actor: SignedActor, draft: string, part: string) => Promise<readonly DraftPart[]>;
  /** Written down, then shown. @throws CodedError `not-found` */
  readonly research: (actor: SignedActor, draft: string, part: string) => Promise<{ readonly text: string; readonly revision: number }>;
};

export function createPartService({ database }: { readonly database: Database }): PartService {
  return {
    write: (actor, draft, part) =>
      askedOf(() =>
        database.transaction(actor, async (transaction) => {
          const key = await requireCase(transaction, draft);
          const [written] = await writeParts(transaction, key, [part]);
          invariant(written !== undefined, "a part that was written is there");
          return written;
        }),
      ),

    change: async (actor, draft, part, change) => {
      const outcome = await askedOf(() =>
        database.transaction(actor, async (transaction): Promise<Outcome> => {
          const key = await requireCase(transaction, draft);
          const now = await requirePart(transaction, key, part);
          if (now.kind !== change.kind) {
            throw new CodedError("input-invalid", `body.kind: expected ${now.kind}, which this part is, got ${change.kind}`, {
              place: "body.kind",
            });
          }
          const level = levelOfPart(change, "body.level");
          if (now.revision !== change.revision || !(await endRevision(transaction, key, part, change.revision))) {
            return { conflict: await shownAsConflict(transaction, key, part) };
          }
          await requireRoom(transaction, key, 0);
          const revision = change.revision + 1;
          const stated = toPartBody(change);
          checkSayable(stated, "body.body");
          await transaction.queryAll([
            ...revisionStatements(key, [{ ...stated, part, id: randomUUID(), revision, level }]),
            eventStatement(key, eventsOfChange(part, now, level)),
          ]);
          if (isStaged(stated)) await stageAffected(transaction, key, [{ part, level, stated }]);
          await stateParts(transaction, key, "part.changed", [{ part, revision, stated }]);
          await requireStillOpen(transaction, key);
          return { written: { id: part, revision, level } };
        }),
      );
      return writtenOf(outcome);
    },

    remove: async (actor, draft, part, revision) => {
      const outcome = await askedOf(() =>
        database.transaction(actor, async (transaction): Promise<Outcome> => {
          const key = await requireCase(transaction, draft);
          const now = await requirePart(transaction, key, part);
          if (now.revision !== revision || !(await endRevision(transaction, key, part, revision))) {
            return { conflict: await shownAsConflict(transaction, key, part) };
          }
          if (isStaged(now)) await stageAffected(transaction, key, [{ part, level: now.level, stated: undefined }]);
          await transaction.run(eventStatement(key, [{ level: now.level, kind: "part-removed", details: { part, kind: now.kind } }]));
          await stateParts(transaction, key, "part.removed", [{ part, revision, stated: undefined }]);
          await requireStillOpen(transaction, key);
          return { written: { id: part, revision, level: now.level } };
        }),
      );
      writtenOf(outcome);
    },

    history: (actor, draft, part) =>
      askedOf(() =>
        database.transaction(actor, async (transaction) => {
          const seen = await findDraft(transaction, draft);
          if (seen === undefined || seen.level !== "case") throw notFound();
          const revisions = await readRevisions(transaction, seen, part);
          if (revisions.length === 0) throw notFound();
          await writeReadEvent(transaction, seen, mostConfidential(revisions));
          return revisions;
        }),
      ),

    research: (actor, draft, part) =>
      askedOf(() =>
        database.transaction(actor, async (transaction) => {
          const seen = await findDraft(transaction, draft);
          const read = seen === undefined ? undefined : await readResearch(transaction, seen, part);
          if (seen === undefined || read === undefined) throw notFound();
          await recordOwnStatement(transaction, {
            kind: "research.read",
            record: { organisationId: seen.organisation, id: seen.draft, level: levelNumber("case") },
            facts: { draft: seen.draft, part, revision: read.revision },
          });
          return read;
        }),
      ),
  };
}

/**
 * Writes new parts with their events, and makes scans see them. In a draft whose case the actor sees.
 * @throws CodedError `input-invalid` (a level), `conflict` (as many parts as a draft takes, or it is not open any more)
 */
export async function writeParts(
  transaction: Transaction,
  key: DraftKey,
  requests: readonly PartRequest[],
): Promise<readonly WrittenPart[]> {
  await requireRoom(transaction, key, requests.length);
  const parts = requests.map((request, index) => {
    const place = requests.length === 1 ? "body" : `body.parts[${index}]`;
    const stated = toPartBody(request);
    checkSayable(stated, `${place}.body`);
    return { part: randomUUID(), id: randomUUID(), revision: 1, level: levelOfPart(request, `${place}.level`), stated };
  });
  await transaction.queryAll([
    ...revisionStatements(
      key,
      parts.map(({ stated, ...part }) => ({ ...part, ...stated })),
    ),
    eventStatement(
      key,
      parts.map(({ part, level, stated }) => ({ level, kind: "part-written", details: { part, kind: stated.kind } })),
    ),
  ]);
  await stageAffected(
    transaction,
    key,
    parts.filter(({ stated }) => isStaged(stated)),
  );
  await stateParts(transaction, key, "part.written", parts);
  await requireStillOpen(transaction, key);
  return parts.map(({ part, revision, level }) => ({ id: part, revision, level }));
}

/** The most confidential level among what is shown. */
export function mostConfidential(shown: readonly { readonly level: DraftLevel }[]): DraftLevel {
  return shown.reduce<DraftLevel>((most, { level }) => (shows(level, most) ? level : most), "public");
}

type Outcome = { readonly written: WrittenPart } | { readonly conflict: DraftPart | undefined };

function writtenOf(outcome: Outcome): WrittenPart {
  if ("written" in outcome) return outcome.written;
  const now = outcome.conflict;
  if (now === undefined)
    throw new CodedError("conflict", "The part was removed meanwhile. Its revisions are kept: what you wrote can be added as a new part");
  const { part, kind, level, revision, body, author, writtenAtMs } = now;
  const who = author.name ?? "another organisation";
  throw new CodedError(
    "conflict",
    `Revision ${revision} of the part was written meanwhile, by ${who}. Read it, and send yours with its number`,
    {
      current: { id: part, kind, level, revision, body, author, writtenAtMs },
    },
  );
}

/** What the conflict shows is read like everything else: it is written down, and stays so, since nothing else happened. */
async function shownAsConflict(transaction: Transaction, key: DraftKey, part: string): Promise<DraftPart | undefined> {
  const now = await findPart(transaction, key, part);
  if (now !== undefined) await writeReadEvent(transaction, key, now.level);
  return now;
}

/** A part that the actor may change: of its own organisation, or in its own draft. */
async function requirePart(transaction: Transaction, key: SeenDraft, part: string): Promise<DraftPart> {
  const now = await findPart(transaction, key, part);
  if (now === undefined) throw notFound();
  if (now.isMine || key.isOwner) return now;
  throw new CodedError(
    "not-allowed",
    "Expected a part that your organisation wrote. The draft's owner can change this one, and you can add another",
  );
}

async function requireRoom(transaction: Transaction, key: DraftKey, more: number): Promise<void> {
  const { inForce, revisions } = await countParts(transaction, key);
  if (inForce + more > MAX_PARTS) {
    throw new CodedError(
      "conflict",
      `Expected at most ${MAX_PARTS} parts in one draft, got ${inForce + more}. Remove some, or begin another draft`,
    );
  }
  if (revisions + Math.max(more, 1) > MAX_REVISIONS) {
    throw new CodedError("conflict", `Expected at most ${MAX_REVISIONS} revisions of parts in one draft, got ${revisions + 1}`);
  }
}

/**
 * Each at the level from which it may be known. A part that becomes less confidential is new to whoever sees it first then; that it was there
 * before is for those who saw it.
 */
function eventsOfChange(part: string, before: DraftPart, level: DraftLevel): readonly NewDraftEvent[] {
  const details = { part, kind: before.kind };
  if (before.level === level) return [{ level, kind: "part-changed", details }];
  const moved: NewDraftEvent = {
    level: mostConfidential([before, { level }]),
    kind: "part-level-changed",
    details: { ...details, from: before.level, to: level },
  };
  return shows(level, before.level) ? [moved] : [moved, { level, kind: "part-written", details }];
}
