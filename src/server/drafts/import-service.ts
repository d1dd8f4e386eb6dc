import { createHash, randomUUID } from "node:crypto";
import { MAX_PARTS, statedPart } from "../../contract/draft-part-schemas.ts";
import type { DraftDocument } from "../../formats/draft-document.ts";
import { readDraftDocument } from "../../formats/read-draft-document.ts";
import { packageOfPurl } from "../../matching/ecosystems/ecosystem-of.ts";
import { CodedError, isCodedError } from "../../vocabulary/coded-error.ts";
import { LEVEL_OF_PART, type PartBody, type PartKind } from "../../vocabulary/draft-advisory.ts";
import { type DraftLevel, shows } from "../../vocabulary/level.ts";
import type { Problem } from "../../vocabulary/problem.ts";
import { levelUnderTlp } from "../../vocabulary/tlp.ts";
import type { Database, SignedActor, Transaction } from "../database/database.ts";
import { isStatementError } from "../database/statement-error.ts";
import { makeAdvisoryId } from "./advisory-id.ts";
import { findDraft, foundingStatements, type SeenDraft } from "./draft-store.ts";
import { auditDraft } from "./audit-draft.ts";
import { eventStatement } from "./event-store.ts";
import { findFounded, wasImported, writeImport } from "./import-store.ts";
import { writeParts } from "./part-service.ts";
import { askedOf, notFound, requireCase } from "./refusals.ts";
import { checkSayable, type PartRequest } from "./stated-part.ts";

export type ImportRequest = {
  readonly bytes: Uint8Array;
  /** Of a document with several, the one that is meant. */
  readonly vulnerability?: string | undefined;
  /** No part stands at a less confidential level than this. */
  readonly level?: DraftLevel | undefined;
};

export type ImportedDraft = {
  readonly id: string;
  readonly advisory: string;
  readonly format: DraftDocument["format"];
  readonly parts: number;
  readonly leftOut: readonly Problem[];
};

/** Documents into drafts. Each is read before the database is asked anything. */
export type ImportService = {
  /**
   * Begins a draft of the actor's organisation.
   * @throws CodedError `document-invalid`, `document-unknown`, `document-too-large`, `not-allowed`, `conflict` with the draft that was begun from it
   */
  readonly begin: (actor: SignedActor, request: ImportRequest) => Promise<ImportedDraft>;
  /** Adds to a draft whose case the actor sees. @throws CodedError as above, and `not-found` */
  readonly add: (actor: SignedActor, draft: string, request: ImportRequest) => Promise<ImportedDraft>;
};

export function createImportService({ database, clock }: { readonly database: Database; readonly clock: () => number }): ImportService {
  return {
    begin: async (actor, request) => {
      const read = readRequest(request);
      const draft = randomUUID();
      try {
        return await database.transaction(actor, async (transaction) => {
          await refuseSecond(transaction, read.sha256);
          await transaction.queryAll(foundingStatements(draft, makeAdvisoryId(clock())));
          const seen = await findDraft(transaction, draft);
          if (seen === undefined) throw notFound();
          await transaction.run(eventStatement(seen, [{ level: "case", kind: "draft-begun", details: {} }], 0));
          return await take(transaction, seen, read, true);
        });
      } catch (error) {
        // Somebody of the same organisation was as fast.
        if (isStatementError(error, "23505")) await database.transaction(actor, (transaction) => refuseSecond(transaction, read.sha256));
        if (isStatementError(error, "42501"))
          throw new CodedError("not-allowed", "Expected a member who may write, in a session that shows cases", { cause: error });
        throw error;
      }
    },

    add: (actor, draft, request) => {
      const read = readRequest(request);
      return askedOf(() =>
        database.transaction(actor, async (transaction) => {
          const seen = await requireCase(transaction, draft);
          if (await wasImported(transaction, seen, read.sha256)) {
            throw new CodedError("conflict", "Expected a document that is not in this draft yet, got one that was imported into it before");
          }
          return take(transaction, seen, read, false);
        }),
      );
    },
  };
}

type ReadRequest = {
  readonly document: DraftDocument;
  readonly parts: readonly PartRequest[];
  readonly leftOut: readonly Problem[];
  readonly sha256: Uint8Array;
};

function readRequest({ bytes, vulnerability, level }: ImportRequest): ReadRequest {
  const document = readDraftDocument(bytes, "document", { resolvePurl: packageOfPurl, vulnerability });
  const underTlp = document.tlp === undefined ? undefined : levelUnderTlp(document.tlp);
  const parts: PartRequest[] = [];
  const leftOut = [...document.leftOut];
  for (const part of document.parts) {
    // What documents hold is bounded like what people write.
    const checked = statedPart.safeParse(part);
    const fault = checked.success ? whyUnsayable(part) : whyNot(part.kind, checked.error.issues[0]);
    if (checked.success && fault === undefined)
      parts.push({ ...checked.data, level: narrowest([LEVEL_OF_PART[part.kind], underTlp, level]) });
    else leftOut.push({ place: part.kind, reason: fault ?? "" });
  }
  if (parts.length > MAX_PARTS) {
    throw new CodedError("document-too-large", `Expected a document of at most ${MAX_PARTS} parts, got ${parts.length}`, {
      place: "document",
    });
  }
  const sha256 = createHash("sha256")
    .update(bytes)
    .update("\0")
    .update(vulnerability ?? "")
    .digest();
  return { document, parts, leftOut, sha256: new Uint8Array(sha256) };
}

function narrowest(levels: readonly (DraftLevel | undefined)[]): DraftLevel {
  return levels.reduce<DraftLevel>((most, level) => (level !== undefined && shows(level, most) ? level : most), "public");
}

function whyNot(kind: PartKind, issue: { readonly path: readonly PropertyKey[]; readonly message: string } | undefined): string {
  return `a part of kind ${kind} cannot hold it: ${issue?.path.map(String).join(".") ?? ""}: ${issue?.message ?? "not what was expected"}`;
}

function whyUnsayable(part: PartBody): string | undefined {
  try {
    checkSayable(part, part.kind);
    return undefined;
  } catch (error) {
    if (isCodedError(error, "input-invalid")) return error.message;
    throw error;
  }
}

async function take(
  transaction: Transaction,
  seen: SeenDraft,
  { document, parts, leftOut, sha256 }: ReadRequest,
  founded: boolean,
): Promise<ImportedDraft> {
  await writeImport(transaction, seen, sha256, founded);
  await transaction.run(
    eventStatement(
      seen,
      [{ level: "case", kind: "draft-imported", details: { format: document.format, document: document.id, parts: parts.length } }],
      1,
    ),
  );
  await auditDraft(transaction, seen, "draft.imported", { document: document.id });
  if (parts.length > 0) await writeParts(transaction, seen, parts);
  return { id: seen.draft, advisory: seen.advisory, format: document.format, parts: parts.length, leftOut };
}

/** Of the actor's own organisation alone: that others have a draft of the same document is theirs to know. */
async function refuseSecond(transaction: Transaction, sha256: Uint8Array): Promise<void> {
  const first = await findFounded(transaction, sha256);
  if (first === undefined) return;
  throw new CodedError("conflict", `Expected a document that no draft of yours was begun from, got the one of ${first.advisory}`, {
    current: first,
  });
}
