import type { AdvisoryFeed, FeedProblem, FeedRecord } from "../../connectors/advisory-feed.ts";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import { parseInstant } from "../../vocabulary/instant.ts";
import {
  type ImportReport,
  prepareRecords,
  readListedIds,
  unlistAdvisories,
  type WriteContext,
  writePrepared,
} from "../advisories/advisory-service.ts";
import type { Database } from "../database/database.ts";
import { forgetProblemsBefore, writeProblems } from "./feed-store.ts";

/** How one pass over a feed went. */
export type TakenRecords = { readonly full: boolean; readonly changed: number; readonly unchanged: number; readonly problems: number };

export type TakeOptions = {
  readonly database: Database;
  readonly feed: AdvisoryFeed;
  readonly context: WriteContext;
  readonly malware: boolean;
  /** Newest modified time taken by the sync before; undefined = the whole archive is taken. */
  readonly since: string | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: {
    readonly takenBytes?: number;
    readonly totalBytes?: number | undefined;
    readonly totalRecords?: number;
    readonly records?: number;
    readonly changed?: number;
    readonly unchanged?: number;
    readonly problems?: number;
  }) => void;
};

/** Measured by bench/import.ts: smaller ones spend a fifth more on statements, larger ones gain nothing. */
const BATCH_RECORDS = 1500;
const BATCH_BYTES = 4 * 1024 * 1024;
/** Times in the list are ordered as text, and mass edits share a second: what lies this close to the watermark is looked at again. */
const OVERLAP_MS = 2000;
/** Above this many changes the archive is cheaper than single records. */
const MAX_SINGLE_RECORDS = 1000;
const SINGLE_RECORDS_AT_ONCE = 8;

/** Takes what changed since the watermark, or everything. */
export async function takeAdvisories(options: TakeOptions): Promise<TakenRecords> {
  const intake = createIntake(options);
  const changed = options.since === undefined ? undefined : await idsChangedSince(options, options.since, intake);
  return changed === undefined || changed.length > MAX_SINGLE_RECORDS ? takeArchive(options, intake) : takeSingly(options, intake, changed);
}

/** Undefined when the source has no list of changes. */
async function idsChangedSince(
  { feed, malware, signal }: TakeOptions,
  since: string,
  intake: Intake,
): Promise<readonly string[] | undefined> {
  const changes = await feed.changes(signal, intake.problem);
  const sinceMs = parseInstant(since);
  if (changes === undefined || sinceMs === undefined) return undefined;
  const ids: string[] = [];
  for await (const { id, modified } of changes) {
    const modifiedMs = parseInstant(modified);
    // A time that cannot be read may be a change: it is looked at.
    if (modifiedMs !== undefined && modifiedMs < sinceMs - OVERLAP_MS) break;
    if (malware || !isMalware(id)) ids.push(id);
    if (ids.length > MAX_SINGLE_RECORDS) break;
  }
  return ids;
}

async function takeSingly(options: TakeOptions, intake: Intake, ids: readonly string[]): Promise<TakenRecords> {
  for (let at = 0; at < ids.length; at += SINGLE_RECORDS_AT_ONCE) {
    const part = ids.slice(at, at + SINGLE_RECORDS_AT_ONCE);
    const records = await Promise.all(part.map((id) => recordOrProblem(options, intake, id)));
    for (const record of records) if (record !== undefined) await intake.add(record);
  }
  await intake.flush();
  return { ...intake.taken(), full: false };
}

/** One record that cannot be read costs itself only. */
async function recordOrProblem({ feed, signal }: TakeOptions, intake: Intake, id: string): Promise<FeedRecord | undefined> {
  try {
    return await feed.record(id, signal);
  } catch (error) {
    if (!isCodedError(error, "feed-invalid")) throw error;
    intake.problem({ id, place: error.place ?? id, reason: error.message });
    return undefined;
  }
}

async function takeArchive(options: TakeOptions, intake: Intake): Promise<TakenRecords> {
  const { database, feed, context, signal, onProgress, malware } = options;
  const seen = new Set<string>();
  const archive = feed.archive({
    signal,
    wants: (id) => malware || !isMalware(id),
    onProblem: (problem) => {
      intake.problem(problem);
      if (problem.id !== undefined) seen.add(problem.id);
    },
    onCount: (totalRecords) => onProgress({ totalRecords }),
    onProgress: (takenBytes, totalBytes) => onProgress({ takenBytes, totalBytes }),
  });
  for await (const record of archive) {
    seen.add(record.id);
    await intake.add(record);
  }
  await intake.flush();
  for await (const listed of readListedIds(database, context.feed, context.ecosystem)) {
    await unlistAdvisories(
      database,
      listed.filter((id) => !seen.has(id)),
      context,
    );
  }
  await forgetProblemsBefore(database, context);
  return { ...intake.taken(), full: true };
}

type Intake = {
  readonly add: (record: FeedRecord) => Promise<void>;
  readonly problem: (problem: FeedProblem) => void;
  readonly flush: () => Promise<void>;
  readonly taken: () => Omit<TakenRecords, "full">;
};

/**
 * Collects records to batches and counts what becomes of them. While the database writes one batch, this thread reads and compiles the next:
 * the question what of that next one is held is asked before the write begins, since the database answers in the order it is asked.
 */
function createIntake({ database, context, signal, onProgress }: TakeOptions): Intake {
  let batch: FeedRecord[] = [];
  let batchBytes = 0;
  let waiting: ImportReport["problems"][number][] = [];
  let records = 0;
  let taken = { changed: 0, unchanged: 0, problems: 0 };
  let prepared: (() => Promise<void>) | undefined;
  let writing: Promise<void> | undefined;

  const prepareBatch = (): (() => Promise<void>) => {
    const [count, met] = [batch.length, waiting];
    const preparing = prepareRecords(database, batch, context);
    // Whoever writes it is told; until then the failure only waits.
    preparing.catch(() => undefined);
    [batch, batchBytes, waiting] = [[], 0, []];
    return async () => {
      const report = await writePrepared(database, await preparing, context);
      const problems = [...met, ...report.problems];
      await writeProblems(
        database,
        problems.map((problem) => ({ ...problem, feed: context.feed, ecosystem: context.ecosystem })),
        context.receivedAt,
      );
      records += count;
      taken = {
        changed: taken.changed + report.changed,
        unchanged: taken.unchanged + report.unchanged,
        problems: taken.problems + problems.length,
      };
      onProgress({ records, ...taken });
    };
  };
  const pushOn = async (next: (() => Promise<void>) | undefined): Promise<void> => {
    signal.throwIfAborted();
    await writing;
    writing = prepared?.();
    writing?.catch(() => undefined);
    prepared = next;
  };
  return {
    flush: async () => {
      await pushOn(prepareBatch());
      await pushOn(undefined);
      await writing;
      writing = undefined;
    },
    taken: () => taken,
    problem: ({ id, place, reason }) => waiting.push({ record_id: id ?? place, place, reason }),
    add: async (record) => {
      batch.push(record);
      batchBytes += record.bytes.length;
      if (batch.length >= BATCH_RECORDS || batchBytes >= BATCH_BYTES) await pushOn(prepareBatch());
    },
  };
}

function isMalware(id: string): boolean {
  return id.startsWith("MAL-");
}
