import { createHash } from "node:crypto";
import { readOsvRecord } from "../../formats/osv/osv.ts";
import { CodedError, isCodedError } from "../../vocabulary/coded-error.ts";
import type { Database } from "../database/database.ts";
import { isStatementError } from "../database/statement-error.ts";
import { type AdvisoryToWrite, readHeldHashes, relistAdvisories, type WriteContext, writeAdvisories } from "./advisory-store.ts";
import { compileAdvisory } from "./compile-advisory.ts";

/** A record as its source has it, under the name that the source lists it by. */
export type ReceivedRecord = { readonly id: string; readonly bytes: Uint8Array; readonly place: string };

/** What became of a batch. */
export type ImportReport = {
  readonly changed: number;
  readonly unchanged: number;
  readonly problems: readonly { readonly record_id: string; readonly place: string; readonly reason: string }[];
};

/**
 * Takes a batch of records in: what is held already with the same bytes is passed over, what cannot be read or written is reported,
 * the rest is written in one transaction. Importing a batch twice changes nothing.
 */
export async function importRecords(database: Database, records: readonly ReceivedRecord[], context: WriteContext): Promise<ImportReport> {
  const problems: { record_id: string; place: string; reason: string }[] = [];
  const unique = [...new Map(records.map((record) => [record.id, record])).values()];
  const held = await readHeldHashes(
    database,
    context.feed,
    context.ecosystem,
    unique.map((record) => record.id),
  );
  const toWrite: (AdvisoryToWrite & { readonly place: string })[] = [];
  const toList: string[] = [];
  for (const record of unique) {
    const hash = createHash("sha256").update(record.bytes).digest("hex");
    const known = held.get(record.id);
    if (known?.hash === hash) {
      if (!known.listed || known.gone) toList.push(record.id);
      continue;
    }
    try {
      toWrite.push(readRecord(record, hash));
    } catch (error) {
      if (!isCodedError(error)) throw error;
      problems.push({ record_id: record.id, place: error.place ?? record.place, reason: error.message });
    }
  }
  await relistAdvisories(database, toList, context);
  problems.push(...(await writeOrSetAside(database, toWrite, context)));
  return { changed: toWrite.length + toList.length, unchanged: unique.length - toWrite.length - toList.length - problems.length, problems };
}

function readRecord(record: ReceivedRecord, hash: string): AdvisoryToWrite & { readonly place: string } {
  const advisory = readOsvRecord(record.bytes, record.place);
  if (advisory.id !== record.id) throw new CodedError("document-invalid", `expected the id ${record.id}, by which the source lists it, got ${advisory.id}`, { place: `${record.place}: id` });
  return { compiled: compileAdvisory(advisory), body: new TextDecoder("utf-8", { ignoreBOM: true }).decode(record.bytes), hash, place: record.place };
}

/** A value that the database refuses (a NUL in a text) must cost its own record only: the batch is then written one by one. */
async function writeOrSetAside(database: Database, batch: readonly (AdvisoryToWrite & { readonly place: string })[], context: WriteContext): Promise<ImportReport["problems"]> {
  try {
    await writeAdvisories(database, batch, context);
    return [];
  } catch (error) {
    if (!isStatementError(error)) throw error;
    const only = batch[0];
    if (batch.length === 1 && only !== undefined) {
      return [{ record_id: only.compiled.advisory.id, place: only.place, reason: `the database refuses a value in it: ${error.message}` }];
    }
  }
  const problems: ImportReport["problems"][number][] = [];
  for (const record of batch) problems.push(...(await writeOrSetAside(database, [record], context)));
  return problems;
}
