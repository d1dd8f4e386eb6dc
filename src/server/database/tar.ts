import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { invariant } from "../../vocabulary/invariant.ts";
import { syncDirectory } from "./sync-directory.ts";

const block = 512;

/** Writes the files of an own cluster's tar (POSIX ustar as PGlite makes it) into the new `directory`, each of them on disk when it returns. */
export function extractDurably(tar: Uint8Array, directory: string): void {
  const directories = new Set<string>();
  const makeDirectory = (path: string): void => {
    for (let parent = path; !directories.has(parent) && parent.length >= directory.length; parent = dirname(parent))
      directories.add(parent);
    mkdirSync(path, { recursive: true, mode: 0o700 });
  };
  makeDirectory(directory);
  for (const entry of entriesOf(tar)) {
    invariant(!entry.name.split("/").includes(".."), `a path that leaves the directory: ${entry.name}`);
    const path = join(directory, entry.name);
    makeDirectory(entry.isDirectory ? path : dirname(path));
    if (!entry.isDirectory) writeDurably(path, entry.bytes);
  }
  for (const path of directories) syncDirectory(path);
}

type Entry = { readonly name: string; readonly isDirectory: boolean; readonly bytes: Uint8Array };

/** What a cluster's tar holds, as views into it. */
export function* entriesOf(tar: Uint8Array): Generator<Entry> {
  for (let offset = 0; offset + block <= tar.length && tar[offset] !== 0;) {
    const header = Buffer.from(tar.buffer, tar.byteOffset + offset, block);
    const size = Number.parseInt(textAt(header, 124, 12), 8);
    const prefix = textAt(header, 345, 155);
    const name = textAt(header, 0, 100);
    const start = offset + block;
    invariant(Number.isSafeInteger(size) && start + size <= tar.length, `a tar entry beyond the end: ${name}`);
    yield { name: prefix === "" ? name : `${prefix}/${name}`, isDirectory: header[156] === 0x35, bytes: tar.subarray(start, start + size) };
    offset = start + Math.ceil(size / block) * block;
  }
}

function textAt(header: Buffer, start: number, length: number): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.toString("utf8", 0, end === -1 ? length : end).trim();
}

function writeDurably(path: string, bytes: Uint8Array): void {
  const descriptor = openSync(path, "wx", 0o600);
  try {
    for (let written = 0; written < bytes.length;) written += writeSync(descriptor, bytes, written);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
