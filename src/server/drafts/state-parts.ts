import { createHash } from "node:crypto";
import type { DraftKey, PartBody } from "../../vocabulary/draft-advisory.ts";
import { levelNumber } from "../../vocabulary/level.ts";
import type { Transaction } from "../database/database.ts";
import { recordOwnStatement } from "../ledger/record-statement.ts";

/** One revision of a part, as it is stated: with the digest of what it says, so that its author can show later what was written when. */
export type StatedRevision = { readonly part: string; readonly revision: number; readonly stated: PartBody | undefined };

/** States in the ledger what the actor did to parts, for those who see the case. One statement, however many parts. */
export async function stateParts(
  transaction: Transaction,
  { organisation, draft }: DraftKey,
  kind: "part.written" | "part.changed" | "part.removed",
  revisions: readonly StatedRevision[],
): Promise<void> {
  await recordOwnStatement(transaction, {
    kind,
    record: { organisationId: organisation, id: draft, level: levelNumber("case") },
    facts: {
      draft,
      parts: revisions.map(({ part, revision, stated }) => ({
        part,
        revision,
        ...(stated === undefined ? {} : { sha256: digestOf(stated) }),
      })),
    },
  });
}

/** Of the body as it is stored; of research, of its text. */
function digestOf({ kind, body }: PartBody): string {
  return createHash("sha256")
    .update(kind === "research" ? body.text : JSON.stringify(body))
    .digest("hex");
}
