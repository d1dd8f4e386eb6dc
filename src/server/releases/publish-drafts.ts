import { createHash } from "node:crypto";
import type { DraftKey } from "../../vocabulary/draft-advisory.ts";
import { invariant } from "../../vocabulary/invariant.ts";
import { draftToOsv, PRIVATE_ID_PREFIX } from "../../formats/osv/draft-to-osv.ts";
import { importRecords, listOnlyUnder, type ReceivedRecord } from "../advisories/advisory-service.ts";
import type { Database } from "../database/database.ts";
import { newestVersion, recordRevision } from "../ledger/record-statement.ts";
import { signRecord, type SigningKeys } from "../ledger/sign-records.ts";
import { announce } from "../notifications/announcement-service.ts";
import type { SnapshotService } from "../snapshot/snapshot-service.ts";
import { groupAdvisories } from "../vulnerabilities/grouping-service.ts";
import { findDraftsToPublish, readOpenedCircles } from "./opening-store.ts";
import { markCorrected, markPublished, readForeignIds, readPublication, type Publication } from "./publication-store.ts";
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
 * Puts every draft whose public stage has opened, and what was corrected of those that are there, into the record and the served answer, then says so. Each step may be repeated:
 * whatever a kill leaves undone is done by the next look, with the same bytes.
 */
export async function publishDrafts(database: Database, { snapshots, keys, nowMs, onFailure }: PublishParts): Promise<void> {
  const ready = await readReady(database, await findDraftsToPublish(database), onFailure);
  const due = ready.filter(({ waiting }) => waiting === undefined || waiting.length > 0);
  if (due.length === 0) return;
  const failed = await putIntoRecord(database, due, { snapshots, nowMs, onFailure });
  const overtaken: Publication[] = [];
  for (const publication of due) {
    if (failed.has(publication.advisory)) continue;
    if (!(await finish(database, keys, publication, nowMs)) && publication.waiting !== undefined) overtaken.push(publication);
  }
  // Another server has put a later correction into the record, and this one an earlier: what counts is what is there to be read now.
  if (overtaken.length > 0) await putIntoRecord(database, await readReady(database, overtaken, onFailure), { snapshots, nowMs, onFailure });
}

async function readReady(
  database: Database,
  keys: readonly DraftKey[],
  onFailure: PublishParts["onFailure"],
): Promise<readonly Publication[]> {
  const found = await Promise.all(keys.map((key) => readPublication(database, key)));
  return withoutForeign(
    database,
    found.filter((one) => one !== undefined),
    onFailure,
  );
}

/** Into the record and the served answer. Those that could not be, by their ids. */
async function putIntoRecord(
  database: Database,
  publications: readonly Publication[],
  { snapshots, nowMs, onFailure }: Omit<PublishParts, "keys">,
): Promise<ReadonlySet<string>> {
  const failed = new Set<string>();
  for (const [ecosystem, group] of Map.groupBy(publications, ecosystemOf)) {
    const context = { feed: OWN_FEED, ecosystem, receivedAt: new Date(nowMs) };
    const { problems } = await importRecords(database, group.map(recordOf), context);
    for (const { record_id, place, reason } of problems) {
      failed.add(record_id);
      onFailure(record_id, `${place}: ${reason}`);
    }
    await listOnlyUnder(
      database,
      group.filter(({ waiting }) => waiting !== undefined).map(({ advisory }) => advisory),
      context,
    );
  }
  await groupAdvisories(database);
  await snapshots.rebuild();
  return failed;
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

function recordOf({ advisory, parts, publicAtMs, changes }: Publication): ReceivedRecord {
  const published = new Date(publicAtMs).toISOString();
  // A change that a clock dates before the publication is after it all the same.
  const dated = changes.map(({ reason, withdraws, statedAtMs }) => ({
    reason,
    withdraws,
    modified: new Date(Math.max(statedAtMs, publicAtMs + 1)).toISOString(),
  }));
  const head = {
    id: advisory,
    modified: dated.at(-1)?.modified ?? published,
    published,
    withdrawn: dated.find(({ withdraws }) => withdraws)?.modified,
    changes: dated,
  };
  return { id: advisory, bytes: draftToOsv(parts, head), place: advisory };
}

/** Under which name the feed lists it: that of its first package. */
function ecosystemOf({ parts }: Publication): string {
  for (const part of parts) if (part.kind === "affected" && part.body.package !== undefined) return part.body.package.ecosystem;
  return "";
}

/** False = another server was as fast: it has said so. */
async function finish(database: Database, keys: SigningKeys, publication: Publication, nowMs: number): Promise<boolean> {
  const { organisation, draft, advisory, waiting } = publication;
  return database.transaction("releaser", async (transaction) => {
    if (waiting === undefined && !(await markPublished(transaction, publication, nowMs))) return false;
    const version = (await newestVersion(transaction, advisory)) + 1;
    if (waiting !== undefined && !(await markCorrected(transaction, publication, waiting, version))) return false;
    const { bytes } = recordOf(publication);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const recorded = await recordRevision(transaction, { advisoryId: advisory, sha256, atMs: nowMs });
    invariant(recorded.version === version, `revision ${version} of ${advisory} is ${recorded.version} in the ledger`);
    await signRecord(transaction, keys, { advisoryId: advisory, version, bytes, atMs: nowMs });
    const kind = kindOf(waiting);
    await writePlanEvent(
      transaction,
      publication,
      kind,
      { advisory, sha256, ...(waiting === undefined ? {} : { version, reason: waiting.map(({ reason }) => reason).join("\n\n") }) },
      { atMs: nowMs, onceKey: waiting === undefined ? kind : `${kind}:${version}` },
    );
    for (const circleId of await readOpenedCircles(transaction, publication)) {
      await announce(transaction, { kind, circleId, organisationId: organisation, recordId: draft, atMs: nowMs });
    }
    return true;
  });
}

function kindOf(waiting: Publication["waiting"]): "advisory-published" | "advisory-corrected" | "advisory-withdrawn" {
  if (waiting === undefined) return "advisory-published";
  return waiting.some(({ withdraws }) => withdraws) ? "advisory-withdrawn" : "advisory-corrected";
}
