import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, link, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { AnswerOf } from "../../contract/endpoint.ts";
import type { writeOsvDirectory as writeOsvDirectoryEndpoint } from "../../contract/endpoints/feeds.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { removeAbandoned } from "../abandoned-files.ts";
import type { Database } from "../database/database.ts";
import { syncDirectory } from "../database/sync-directory.ts";
import { type HeldFeed, type HeldRecord, readHeldFeeds, readRecordPages } from "./osv-directory-store.ts";
import { writeZip, type ZipFile } from "./zip-writer.ts";

/** The folders under which osv-scanner looks: the one that 2.5 reads, and the one that its documentation and older ones name. */
const LAYOUTS = ["osv-scalibr", "osv-scanner"] as const;

export type WrittenDirectory = AnswerOf<typeof writeOsvDirectoryEndpoint>;

/** Where it is written; what is not in place yet has the mark in its name, so that two at a time do not write over one another. */
type Target = { readonly directory: string; readonly mark: string };

/**
 * Writes each ecosystem's records as osv-scanner's offline database, `LAYOUT/ECOSYSTEM/all.zip` under `directory`. An archive takes the place of
 * the one before only when all are written, each at once; whoever reads meanwhile has the old one or the new one, whole.
 * @throws CodedError `not-found` when there is nothing to write, `disk-full`, `input-invalid` when the directory cannot be written to
 */
export async function writeOsvDirectory(database: Database, directory: string): Promise<WrittenDirectory> {
  const feeds = await readHeldFeeds(database);
  const whole = feeds.filter(({ last_success_at }) => last_success_at !== null);
  const leftOut = feeds
    .filter(({ last_success_at }) => last_success_at === null)
    .map(({ ecosystem }) => ({ ecosystem, reason: "it was never taken whole" }));
  if (whole.length === 0)
    throw new CodedError("not-found", "no ecosystem of the public feed was taken yet, so there is nothing to write: sluice sync npm");
  // Not the process: in a container the next one has the same number.
  const mark = randomBytes(6).toString("hex");
  const written: WrittenArchive[] = [];
  try {
    for (const feed of whole) written.push(await writeOne(database, { directory, mark }, feed));
    for (const { partial, feed } of written) await putInPlace({ directory, mark }, feed.ecosystem, partial);
  } catch (error) {
    throw refusalOf(error, directory);
  } finally {
    for (const { partial } of written) await rm(partial, { force: true });
  }
  const ecosystems = written.map(({ feed }) => feed);
  const names = new Set(ecosystems.map(({ ecosystem }) => ecosystem));
  return { ecosystems, leftOut, untouched: (await archivesIn(directory)).filter((name) => !names.has(name)) };
}

type WrittenArchive = { readonly partial: string; readonly feed: WrittenDirectory["ecosystems"][number] };

async function writeOne(database: Database, target: Target, { ecosystem, stated_at, includes_malware }: HeldFeed): Promise<WrittenArchive> {
  const partial = partialOf(target, LAYOUTS[0], ecosystem);
  await makeFolder(dirname(partial));
  const { entries, bytes } = await writeZip(partial, filesOf(readRecordPages(database, ecosystem)));
  return { partial, feed: { ecosystem, records: entries, bytes, statedAtMs: stated_at?.getTime(), includesMalware: includes_malware } };
}

async function* filesOf(pages: AsyncIterable<readonly HeldRecord[]>): AsyncGenerator<readonly ZipFile[]> {
  for await (const page of pages)
    yield page.map(({ id, modified_at, body }) => ({ name: `${id}.json`, bytes: Buffer.from(withoutMark(body)), modified: modified_at }));
}

/** osv-scanner passes over what does not begin as JSON does. */
function withoutMark(body: string): string {
  return body.startsWith("\uFEFF") ? body.slice(1) : body;
}

/** The same file under both names where the file system has links, else a copy. */
async function putInPlace(target: Target, ecosystem: string, partial: string): Promise<void> {
  for (const layout of LAYOUTS.slice(1)) {
    const other = partialOf(target, layout, ecosystem);
    await makeFolder(dirname(other));
    try {
      await link(partial, other).catch(() => copyDurably(partial, other));
      await rename(other, archiveIn(target.directory, layout, ecosystem));
    } finally {
      await rm(other, { force: true });
    }
    syncDirectory(dirname(other));
  }
  await rename(partial, archiveIn(target.directory, LAYOUTS[0], ecosystem));
  syncDirectory(dirname(partial));
}

/** Archives are large, and only whoever writes here again finds what a kill has left of them. */
async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
  removeAbandoned(path, (name) => /^all\.zip\..+\.partial(?:\.list)?$/.test(name));
}

async function copyDurably(from: string, to: string): Promise<void> {
  await copyFile(from, to);
  const file = await open(to, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

function archiveIn(directory: string, layout: string, ecosystem: string): string {
  return join(directory, layout, ecosystem, "all.zip");
}

function partialOf({ directory, mark }: Target, layout: string, ecosystem: string): string {
  return `${archiveIn(directory, layout, ecosystem)}.${mark}.partial`;
}

async function archivesIn(directory: string): Promise<readonly string[]> {
  const names = await readdir(join(directory, LAYOUTS[0]));
  return names.filter((name) => existsSync(archiveIn(directory, LAYOUTS[0], name))).toSorted();
}

function refusalOf(error: unknown, directory: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case "ENOSPC":
      return new CodedError("disk-full", `no space left in ${directory}; what stood there before stays`, {
        cause: error,
        place: directory,
      });
    case "EACCES":
    case "EPERM":
    case "EROFS":
    case "ENOTDIR":
    case "EEXIST":
      return new CodedError("input-invalid", `expected a directory that this server can write to, got ${directory} (${message})`, {
        cause: error,
        place: directory,
      });
    default:
      return error;
  }
}
