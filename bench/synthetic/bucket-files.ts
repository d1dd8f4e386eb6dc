import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { contentOf, directoryEntry, endOfDirectory, localHeader } from "../../tests/feed-server/write-zip.ts";
import type { SyntheticRecord } from "./osv-records.ts";

/** Writes one ecosystem in the layout of the OSV bucket, `DIR/ECOSYSTEM/{all.zip,modified_id.csv}`, with one record in memory at a time. */
export function writeBucket(directory: string, ecosystem: string, records: Iterable<SyntheticRecord>): void {
  const folder = join(directory, ecosystem);
  mkdirSync(folder, { recursive: true });
  const list: { readonly id: string; readonly modified: string }[] = [];
  writeArchive(join(folder, "all.zip"), records, ({ id, modified }) => list.push({ id, modified }));
  writeChangeList(folder, list);
}

export type ListedRecord = Pick<SyntheticRecord, "id" | "modified">;

/** Newest first. */
export function writeChangeList(folder: string, list: readonly ListedRecord[]): void {
  const newestFirst = list.toSorted((a, b) => (a.modified < b.modified ? 1 : a.modified > b.modified ? -1 : 0));
  writeFileSync(join(folder, "modified_id.csv"), newestFirst.map(({ id, modified }) => `${modified},${id}\n`).join(""));
}

function writeArchive(path: string, records: Iterable<SyntheticRecord>, onRecord: (record: SyntheticRecord) => void): void {
  const file = openSync(path, "w");
  const directory: Uint8Array[] = [];
  let offset = 0;
  const write = (bytes: Uint8Array): void => {
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    offset += bytes.length;
  };
  try {
    for (const record of records) {
      onRecord(record);
      const entry = { name: `${record.id}.json`, bytes: record.json };
      const content = contentOf(entry);
      // A small buffer is a view of a slab that it would keep: with millions of entries that is all memory there is.
      directory.push(new Uint8Array(directoryEntry(entry, content, offset)));
      write(Buffer.concat([localHeader(entry, content), content.compressed]));
    }
    const directoryOffset = offset;
    const directoryBytes = Buffer.concat(directory);
    write(directoryBytes);
    // More entries than 16 bits count need the ZIP64 end.
    write(endOfDirectory(directory.length, directoryOffset, directoryBytes.length, { zip64: directory.length >= 0xffff }));
  } finally {
    closeSync(file);
  }
}
