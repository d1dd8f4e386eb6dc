import { type FileHandle, open, rm } from "node:fs/promises";
import { promisify } from "node:util";
import { crc32, deflateRaw } from "node:zlib";

/** One file of an archive. */
export type ZipFile = { readonly name: string; readonly bytes: Uint8Array; readonly modified: Date };

export type WrittenZip = { readonly entries: number; readonly bytes: number };

const deflate = promisify(deflateRaw);

const UTF8_NAMES = 0x0800;
const DEFLATED = 8;
/** From here on a field says "see the 64-bit one" (APPNOTE 4.4.1.4). */
const FULL_16 = 0xffff;
const FULL_32 = 0xffff_ffff;
const VERSION = 20;
const VERSION_ZIP64 = 45;
const COPY_BYTES = 1024 * 1024;

/**
 * Writes an archive (PKWARE APPNOTE 6.3, deflate) with what `pages` yields, in that order, and syncs it. Memory holds one page: the central
 * directory grows in a file of its own beside the archive until it is appended. Where it fails no file is left.
 */
export async function writeZip(path: string, pages: AsyncIterable<readonly ZipFile[]>): Promise<WrittenZip> {
  const listPath = `${path}.list`;
  const archive = await open(path, "wx", 0o644);
  try {
    const list = await open(listPath, "wx+", 0o600);
    try {
      let [entries, offset, listBytes] = [0, 0, 0];
      for await (const page of pages) {
        const packed = await Promise.all(page.map(async (file) => ({ file, data: await deflate(file.bytes) })));
        const [local, central]: [Uint8Array[], Uint8Array[]] = [[], []];
        for (const { file, data } of packed) {
          const name = Buffer.from(file.name);
          const facts = { name, data, crc: crc32(file.bytes), size: file.bytes.length, modified: file.modified, offset };
          const header = localHeader(facts);
          local.push(header, data);
          central.push(centralHeader(facts));
          offset += header.length + data.length;
          entries++;
        }
        await writeAll(archive, local);
        listBytes += await writeAll(list, central);
      }
      await append(archive, list, listBytes);
      const end = endOfDirectory(entries, listBytes, offset);
      await writeAll(archive, [end]);
      await archive.sync();
      return { entries, bytes: offset + listBytes + end.length };
    } finally {
      await list.close();
      await rm(listPath, { force: true });
    }
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await archive.close();
  }
}

type Entry = {
  readonly name: Buffer;
  readonly data: Uint8Array;
  readonly crc: number;
  readonly size: number;
  readonly modified: Date;
  readonly offset: number;
};

/** A record is never near 4 GiB, so that only offsets may need the 64-bit form. */
function localHeader({ name, data, crc, size, modified }: Entry): Buffer {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x0403_4b50, 0);
  header.writeUInt16LE(VERSION, 4);
  header.writeUInt16LE(UTF8_NAMES, 6);
  header.writeUInt16LE(DEFLATED, 8);
  header.writeUInt32LE(dosTime(modified), 10);
  header.writeUInt32LE(crc, 14);
  header.writeUInt32LE(data.length, 18);
  header.writeUInt32LE(size, 22);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, name]);
}

function centralHeader({ name, data, crc, size, modified, offset }: Entry): Buffer {
  const isFar = offset >= FULL_32;
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x0201_4b50, 0);
  header.writeUInt16LE(VERSION_ZIP64, 4);
  header.writeUInt16LE(isFar ? VERSION_ZIP64 : VERSION, 6);
  header.writeUInt16LE(UTF8_NAMES, 8);
  header.writeUInt16LE(DEFLATED, 10);
  header.writeUInt32LE(dosTime(modified), 12);
  header.writeUInt32LE(crc, 16);
  header.writeUInt32LE(data.length, 20);
  header.writeUInt32LE(size, 24);
  header.writeUInt16LE(name.length, 28);
  header.writeUInt16LE(isFar ? 12 : 0, 30);
  header.writeUInt32LE(isFar ? FULL_32 : offset, 42);
  return Buffer.concat([header, name, isFar ? zip64Extra(offset) : Buffer.alloc(0)]);
}

function zip64Extra(offset: number): Buffer {
  const extra = Buffer.alloc(12);
  extra.writeUInt16LE(0x0001, 0);
  extra.writeUInt16LE(8, 2);
  extra.writeBigUInt64LE(BigInt(offset), 4);
  return extra;
}

function endOfDirectory(entries: number, listBytes: number, listOffset: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x0605_4b50, 0);
  end.writeUInt16LE(Math.min(entries, FULL_16), 8);
  end.writeUInt16LE(Math.min(entries, FULL_16), 10);
  end.writeUInt32LE(Math.min(listBytes, FULL_32), 12);
  end.writeUInt32LE(Math.min(listOffset, FULL_32), 16);
  if (entries < FULL_16 && listBytes < FULL_32 && listOffset < FULL_32) return end;
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x0606_4b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeUInt16LE(VERSION_ZIP64, 12);
  record.writeUInt16LE(VERSION_ZIP64, 14);
  record.writeBigUInt64LE(BigInt(entries), 24);
  record.writeBigUInt64LE(BigInt(entries), 32);
  record.writeBigUInt64LE(BigInt(listBytes), 40);
  record.writeBigUInt64LE(BigInt(listOffset), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x0706_4b50, 0);
  locator.writeBigUInt64LE(BigInt(listOffset + listBytes), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([record, locator, end]);
}

/** Time in the low and date in the high half, in UTC. The form begins in 1980 and ends in 2107. */
function dosTime(at: Date): number {
  const year = at.getUTCFullYear();
  if (!(year >= 1980)) return ((1 << 5) | 1) << 16;
  if (year > 2107) return 0xff9f_bf7d;
  const date = ((year - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate();
  const time = (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1);
  return date * 0x1_0000 + time;
}

async function writeAll(file: FileHandle, pieces: readonly Uint8Array[]): Promise<number> {
  const joined = Buffer.concat(pieces);
  for (let at = 0; at < joined.length;) at += (await file.write(joined, at)).bytesWritten;
  return joined.length;
}

async function append(archive: FileHandle, list: FileHandle, bytes: number): Promise<void> {
  const buffer = Buffer.alloc(Math.min(bytes, COPY_BYTES));
  for (let at = 0; at < bytes;) {
    const { bytesRead } = await list.read(buffer, 0, buffer.length, at);
    await writeAll(archive, [buffer.subarray(0, bytesRead)]);
    at += bytesRead;
  }
}
