import { join } from "node:path";
import { CodedError, isCodedError } from "../../vocabulary/coded-error.ts";
import type { AdvisoryFeed, ArchiveOptions, FeedRecord } from "../advisory-feed.ts";
import { downloadFile, removeDownload } from "../outgoing/download-file.ts";
import { withoutCredentials } from "../outgoing/exchange.ts";
import { openOutgoing, type Outgoing, type OutgoingOptions } from "../outgoing/outgoing.ts";
import { readWhole } from "../outgoing/read-whole.ts";
import { openRemoteFile } from "../outgoing/remote-file.ts";
import { ifChanged, lastModifiedMs, validatorsOf, type Validators } from "../outgoing/validators.ts";
import { isRecordId } from "../record-name.ts";
import { openZipRecords, type ZipLimits } from "../zip/zip-records.ts";
import { readChangeList } from "./change-list.ts";

export type RemoteBucketOptions = OutgoingOptions & {
  readonly base: URL;
  readonly ecosystem: string;
  readonly workDirectory: string;
  readonly statedAtMs?: number | undefined;
  readonly limits: ZipLimits;
};

type Head = { readonly validators: Validators; readonly bytes: number | undefined };

type Bucket = {
  readonly outgoing: Outgoing;
  readonly urlOf: (name: string) => URL;
  readonly ecosystem: string;
  readonly limits: ZipLimits;
  /** Where the archive is kept while it is read. */
  readonly file: string;
  /** What the source said last of each of its files, to ask whether it still holds. */
  readonly heads: Map<string, Head>;
};

const MAX_ARCHIVE_BYTES = 17_179_869_184;

/** Opens a bucket at a URL, `BASE/ECOSYSTEM/…`; a query of the base stays on every request. */
export function openRemoteBucket(options: RemoteBucketOptions): AdvisoryFeed {
  const { base, ecosystem, workDirectory, statedAtMs, limits } = options;
  const bucket: Bucket = {
    outgoing: openOutgoing(options),
    urlOf: (name) => objectUrl(base, ecosystem, name),
    ecosystem,
    limits,
    file: join(workDirectory, `osv-bucket-${ecosystem.replaceAll(/[^A-Za-z0-9._-]/g, "_")}.zip`),
    heads: new Map(),
  };
  let isArchiveRead = false;
  return {
    location: withoutCredentials(base),
    statedAtMs: async (signal) => statedAtMs ?? readStatedAt(bucket, signal),
    estimate: async (signal) => {
      const head = await readHead(bucket, "all.zip", signal);
      if (head === undefined) throw missing(bucket.urlOf("all.zip"));
      return { bytes: head.bytes, records: undefined };
    },
    changes: async (signal, onProblem) => {
      const answer = await openRemoteFile(bucket.outgoing, bucket.urlOf("modified_id.csv"), signal);
      if (answer.kind !== "file") return undefined;
      return readChangeList(answer.bytes(), ecosystem, `${ecosystem}/modified_id.csv`, onProblem ?? (() => undefined));
    },
    record: async (id, signal) => readRecord(bucket, id, signal),
    archive: (options) => readArchive(bucket, options, () => (isArchiveRead = true)),
    close: async () => {
      bucket.outgoing.close();
      // Kept when it was not read to its end: the next try then need not take it again.
      if (isArchiveRead) await removeDownload(bucket.file);
    },
  };
}

async function readStatedAt(bucket: Bucket, signal: AbortSignal): Promise<number | undefined> {
  const head = (await readHead(bucket, "modified_id.csv", signal)) ?? (await readHead(bucket, "all.zip", signal));
  return head === undefined ? undefined : lastModifiedMs(head.validators);
}

async function readHead({ outgoing, urlOf, heads }: Bucket, name: string, signal: AbortSignal): Promise<Head | undefined> {
  const known = heads.get(name);
  const url = urlOf(name);
  const response = await outgoing.send({ method: "HEAD", url, headers: known === undefined ? {} : ifChanged(known.validators), signal });
  response.discard();
  if (response.status === 304 && known !== undefined) return known;
  if (response.status === 404 || response.status === 410) return undefined;
  if (response.status !== 200) {
    const place = withoutCredentials(url);
    throw new CodedError("feed-unreachable", `expected ${place} with status 200, got ${response.status}`, { place });
  }
  const length = response.headers["content-length"];
  const head = { validators: validatorsOf(response.headers), bytes: length === undefined ? undefined : Number(length) };
  heads.set(name, head);
  return head;
}

async function readRecord(
  { outgoing, urlOf, ecosystem, limits }: Bucket,
  id: string,
  signal: AbortSignal,
): Promise<FeedRecord | undefined> {
  if (!isRecordId(id)) throw new CodedError("input-invalid", `expected a record's id, got ${JSON.stringify(id.slice(0, 300))}`);
  const place = `${ecosystem}/${id}.json`;
  try {
    const file = await readWhole(outgoing, urlOf(`${id}.json`), limits.maxEntryBytes, signal);
    return file === undefined ? undefined : { id, bytes: file.bytes, place };
  } catch (error) {
    if (!isCodedError(error, "document-too-large")) throw error;
    throw new CodedError("feed-invalid", error.message, { cause: error, place });
  }
}

async function* readArchive(bucket: Bucket, options: ArchiveOptions, onRead: () => void): AsyncGenerator<FeedRecord, void, undefined> {
  const { outgoing, ecosystem, file, limits } = bucket;
  const url = bucket.urlOf("all.zip");
  const { signal, onProgress } = options;
  if (!(await downloadFile(outgoing, { url, file, maxBytes: MAX_ARCHIVE_BYTES, signal, onProgress }))) throw missing(url);
  try {
    const zip = await openZipRecords(file, `${ecosystem}/all.zip`, limits);
    try {
      // Its bytes have been taken and told of: reading them again here is no more of them.
      yield* zip.records({ ...options, onProgress: () => undefined });
    } finally {
      await zip.close();
    }
  } catch (error) {
    if (isCodedError(error, "archive-invalid", "archive-too-large")) await removeDownload(file);
    throw error;
  }
  onRead();
}

function objectUrl(base: URL, ecosystem: string, name: string): URL {
  const url = new URL(base);
  url.pathname = `${base.pathname.replace(/\/*$/, "")}/${encodeURIComponent(ecosystem)}/${encodeURIComponent(name)}`;
  url.hash = "";
  return url;
}

function missing(url: URL): CodedError {
  const place = withoutCredentials(url);
  return new CodedError("feed-unreachable", `expected an archive at ${place}, got status 404: the source has no such ecosystem`, { place });
}
