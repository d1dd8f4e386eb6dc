import { createHash } from "node:crypto";
import { readOsvRecord } from "../../formats/osv/osv.ts";
import { CodedError, isCodedError } from "../../vocabulary/coded-error.ts";
import type { Database } from "../database/database.ts";
import { isStatementError } from "../database/statement-error.ts";
import { type AdvisoryRows, advisoryRows, type AdvisoryToWrite } from "./advisory-rows.ts";
import { readHeldHashes, relistAdvisories, type WriteContext, writeAdvisories } from "./advisory-store.ts";
import { compileAdvisory } from "./compile-advisory.ts";

/** A record as its source has it, under the name that the source lists it by. */
export type ReceivedRecord = { readonly id: string; readonly bytes: Uint8Array; readonly place: string };

/** What became of a batch. */
export type ImportReport = {
  readonly changed: number;
  readonly unchanged: number;
  readonly problems: readonly { readonly record_id: string; readonly place: string; readonly reason: string }[];
};

/** A batch that was compared with what is held, and read where it differs; `writePrepared` writes it. */
export type PreparedRecords = {
  readonly toWrite: readonly RecordToWrite[];
  /** The same for the database. */
  readonly rows: AdvisoryRows;
  /** Held with the same bytes, but not listed by this feed for this ecosystem, or gone. */
  readonly toList: readonly string[];
  readonly unchanged: number;
  readonly problems: ImportReport["problems"];
};

type RecordToWrite = AdvisoryToWrite & { readonly place: string };

/**
 * Takes a batch of records in: what is held already with the same bytes is passed over, what cannot be read or written is reported,
 * the rest is written in one transaction. Importing a batch twice changes nothing.
 */
export async function importRecords(database: Database, records: readonly ReceivedRecord[], context: WriteContext): Promise<ImportReport> {
  return writePrepared(database, await prepareRecords(database, records, context), context);
}

/** The half of `importRecords` that only reads. What is written meanwhile is at worst written again, with the same bytes. */
export async function prepareRecords(
  database: Database,
  records: readonly ReceivedRecord[],
  context: WriteContext,
): Promise<PreparedRecords> {
  const problems: ImportReport["problems"][number][] = [];
  const unique = [...new Map(records.map((record) => [record.id, record])).values()];
  const ids = unique.map((record) => record.id);
  const held = await readHeldHashes(database, context.feed, context.ecosystem, ids);
  const toWrite: RecordToWrite[] = [];
  const toList: string[] = [];
  let unchanged = 0;
  for (const record of unique) {
    const hash = createHash("sha256").update(record.bytes).digest("hex");
    const known = held.get(record.id);
    if (known?.hash === hash) {
      if (!known.listed || known.gone) toList.push(record.id);
      else unchanged++;
      continue;
    }
    try {
      toWrite.push(readRecord(record, hash));
    } catch (error) {
      if (!isCodedError(error)) throw error;
      problems.push({ record_id: record.id, place: error.place ?? record.place, reason: error.message });
    }
  }
  return { toWrite, rows: advisoryRows(toWrite, held.size === 0), toList, unchanged, problems };
}

export async function writePrepared(database: Database, prepared: PreparedRecords, context: WriteContext): Promise<ImportReport> {
  const { toWrite, rows, toList, unchanged, problems } = prepared;
  await relistAdvisories(database, toList, context);
  const refused = await writeOrSetAside(database, toWrite, rows, context);
  return { changed: toWrite.length - refused.length + toList.length, unchanged, problems: [...problems, ...refused] };
}

function readRecord(record: ReceivedRecord, hash: string): RecordToWrite {
  const advisory = readOsvRecord(record.bytes, record.place);
  if (advisory.id !== record.id)
    throw new CodedError("document-invalid", `expected the id ${record.id}, by which the source lists it, got ${advisory.id}`, {
      place: `${record.place}: id`,
    });
  return {
    compiled: compileAdvisory(advisory),
    body: new TextDecoder("utf-8", { ignoreBOM: true }).decode(record.bytes),
    hash,
    place: record.place,
  };
}

/** A value that the database refuses (a NUL in a text) must cost its own record only: the batch is then written one by one. */
async function writeOrSetAside(
  database: Database,
  batch: readonly RecordToWrite[],
  rows: AdvisoryRows,
  context: WriteContext,
): Promise<ImportReport["problems"]> {
  try {
    await writeAdvisories(database, rows, context);
    return [];
  } catch (error) {
    if (!isStatementError(error)) throw error;
    const only = batch[0];
    if (batch.length === 1 && only !== undefined) {
      return [{ record_id: only.compiled.advisory.id, place: only.place, reason: `the database refuses a value in it: ${error.message}` }];
    }
  }
  const problems: ImportReport["problems"][number][] = [];
  for (const record of batch) problems.push(...(await writeOrSetAside(database, [record], advisoryRows([record], false), context)));
  return problems;
}
