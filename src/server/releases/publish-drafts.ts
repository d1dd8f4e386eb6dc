import { createHash } from "node:crypto";
import { draftToOsv, PRIVATE_ID_PREFIX } from "../../formats/osv/draft-to-osv.ts";
import { importRecords, type ReceivedRecord } from "../advisories/advisory-service.ts";
import type { Database } from "../database/database.ts";
import { recordRevision } from "../ledger/record-statement.ts";
import { signRecord, type SigningKeys } from "../ledger/sign-records.ts";
import { announce } from "../notifications/announcement-service.ts";
import type { SnapshotService } from "../snapshot/snapshot-service.ts";
import { groupAdvisories } from "../vulnerabilities/grouping-service.ts";
import { findDraftsToPublish, readOpenedCircles } from "./opening-store.ts";
import { markPublished, readForeignIds, readPublication, type Publication } from "./publication-store.ts";
import { writePlanEvent } from "./plan-writing-store.ts";

/** What the record calls Sluice's own statements. */
export const OWN_FEED = "sluice";

export type PublishParts = {
  readonly snapshots: Pick<SnapshotService, "rebuild">;
  readonly keys: SigningKeys;
  readonly nowMs: number;
  /** A draft that should be public and cannot be put into the record; it is tried again with the next look. */
  readonly onFailure: (draft: string, reason: string) => void;
};

/**
 * Puts every draft whose public stage has opened into the record and the served answer, then says so. Each step may be repeated:
 * whatever a kill leaves undone is done by the next look, with the same bytes.
 */
export async function publishDrafts(database: Database, { snapshots, keys, nowMs, onFailure }: PublishParts): Promise<void> {
  const found = await Promise.all((await findDraftsToPublish(database)).map((key) => readPublication(database, key)));
  const ready = await withoutForeign(
    database,
    found.filter((one) => one !== undefined),
    onFailure,
  );
  if (ready.length === 0) return;
  const failed = new Set<string>();
  for (const [ecosystem, publications] of Map.groupBy(ready, ecosystemOf)) {
    const context = { feed: OWN_FEED, ecosystem, receivedAt: new Date(nowMs) };
    const { problems } = await importRecords(database, publications.map(recordOf), context);
    for (const { record_id, place, reason } of problems) {
      failed.add(record_id);
      onFailure(record_id, `${place}: ${reason}`);
    }
  }
  await groupAdvisories(database);
  await snapshots.rebuild();
  for (const publication of ready) if (!failed.has(publication.advisory)) await finish(database, keys, publication, nowMs);
}

/** Another source's record is never replaced, whatever a draft calls itself. */
async function withoutForeign(
  database: Database,
  found: readonly Publication[],
  onFailure: PublishParts["onFailure"],
): Promise<readonly Publication[]> {
  if (found.length === 0) return [];
  const foreign = await readForeignIds(
    database,
    found.map(({ advisory }) => advisory),
    OWN_FEED,
  );
  return found.filter(({ advisory }) => {
    const isOwn = advisory.startsWith(PRIVATE_ID_PREFIX) && !foreign.has(advisory);
    if (!isOwn) onFailure(advisory, `expected an id that begins with ${PRIVATE_ID_PREFIX} and is no other source's`);
    return isOwn;
  });
}

function recordOf({ advisory, parts, publicAtMs }: Publication): ReceivedRecord {
  const published = new Date(publicAtMs).toISOString();
  return { id: advisory, bytes: draftToOsv(parts, { id: advisory, modified: published, published }), place: advisory };
}

/** Under which name the feed lists it: that of its first package. */
function ecosystemOf({ parts }: Publication): string {
  for (const part of parts) if (part.kind === "affected" && part.body.package !== undefined) return part.body.package.ecosystem;
  return "";
}

async function finish(database: Database, keys: SigningKeys, publication: Publication, nowMs: number): Promise<void> {
  const { organisation, draft, advisory } = publication;
  await database.transaction("releaser", async (transaction) => {
    // Another server was as fast: it has said so.
    if (!(await markPublished(transaction, publication, nowMs))) return;
    const { bytes } = recordOf(publication);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const { version } = await recordRevision(transaction, { advisoryId: advisory, sha256, atMs: nowMs });
    await signRecord(transaction, keys, { advisoryId: advisory, version, bytes, atMs: nowMs });
    await writePlanEvent(
      transaction,
      publication,
      "advisory-published",
      { advisory, sha256 },
      { atMs: nowMs, onceKey: "advisory-published" },
    );
    for (const circleId of await readOpenedCircles(transaction, publication)) {
      await announce(transaction, { kind: "advisory-published", circleId, organisationId: organisation, recordId: draft, atMs: nowMs });
    }
  });
}
