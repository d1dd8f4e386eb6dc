import { crc32, inflateRawSync } from "node:zlib";
import type { ZipEntry } from "./central-directory.ts";
import type { FileWindow } from "./file-window.ts";

/** An entry's bytes, or why they cannot be had, in a reader's words. */
export type EntryContent = { readonly bytes: Uint8Array; readonly reason?: never } | { readonly bytes?: never; readonly reason: string };

const LOCAL_HEADER_BYTES = 30;
const LOCAL_HEADER_SIGNATURE = 0x04034b50;
const ENCRYPTED = 0x2041;
const STORED = 0;
const DEFLATED = 8;
/** Deflate's own worst case is below this over the plain size. */
const COMPRESSED_OVERHEAD_BYTES = 65_536;

/** Reads and checks one entry; never holds more than `maxBytes` of it, whatever it states. */
export async function readEntry(window: FileWindow, entry: ZipEntry, maxBytes: number): Promise<EntryContent> {
  if ((entry.flags & ENCRYPTED) !== 0) return { reason: "expected an entry that is not encrypted" };
  if (entry.method !== STORED && entry.method !== DEFLATED)
    return { reason: `expected a stored or deflated entry, got method ${entry.method}` };
  if (entry.bytes > maxBytes) return { reason: `expected at most ${maxBytes} bytes, got an entry of ${entry.bytes}` };
  if (entry.compressedBytes > maxBytes + COMPRESSED_OVERHEAD_BYTES)
    return { reason: `expected at most ${maxBytes} bytes, got ${entry.compressedBytes} compressed` };
  const compressed = await readCompressed(window, entry);
  if (typeof compressed === "string") return { reason: compressed };
  return expand(compressed, entry);
}

async function readCompressed(window: FileWindow, entry: ZipEntry): Promise<Buffer | string> {
  const header = window.held(entry.headerOffset, LOCAL_HEADER_BYTES) ?? (await window.load(entry.headerOffset, LOCAL_HEADER_BYTES));
  if (header === undefined) return `expected its header at byte ${entry.headerOffset}, got the end of the file`;
  if (header.readUInt32LE(0) !== LOCAL_HEADER_SIGNATURE) return `expected its header at byte ${entry.headerOffset}, got other bytes`;
  const nameBytes = header.readUInt16LE(26);
  const skip = LOCAL_HEADER_BYTES + nameBytes + header.readUInt16LE(28);
  const length = skip + entry.compressedBytes;
  const whole = window.held(entry.headerOffset, length) ?? (await window.load(entry.headerOffset, length));
  if (whole === undefined) return `expected ${entry.compressedBytes} compressed bytes, got the end of the file`;
  const localName = whole.subarray(LOCAL_HEADER_BYTES, LOCAL_HEADER_BYTES + nameBytes);
  // Two names for one entry: readers that trust one or the other would see different archives.
  if (!localName.equals(entry.rawName))
    return `expected the name of the directory before the entry too, got ${JSON.stringify(localName.toString("utf8").slice(0, 200))}`;
  return whole.subarray(skip);
}

function expand(compressed: Buffer, entry: ZipEntry): EntryContent {
  let bytes: Uint8Array;
  try {
    bytes = entry.method === STORED ? Uint8Array.from(compressed) : inflate(compressed, entry.bytes);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE") {
      return { reason: `expected the stated ${entry.bytes} bytes, got more` };
    }
    return { reason: `expected deflated data, got: ${error instanceof Error ? error.message : String(error)}` };
  }
  if (bytes.length !== entry.bytes) return { reason: `expected the stated ${entry.bytes} bytes, got ${bytes.length}` };
  const actual = crc32(bytes);
  if (actual !== entry.crc32) return { reason: `expected CRC-32 ${entry.crc32.toString(16)}, got ${actual.toString(16)}` };
  return { bytes };
}

function inflate(compressed: Buffer, statedBytes: number): Uint8Array {
  // A stated size is only a wish: a small entry that states megabytes must not have them set aside.
  const chunkSize = Math.min(Math.max(64, statedBytes), 262_144);
  return inflateRawSync(compressed, { chunkSize, maxOutputLength: Math.max(1, statedBytes) });
}
