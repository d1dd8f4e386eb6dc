import { crc32, deflateRawSync } from "node:zlib";

/** One entry to write; whatever is stated here is written as it is, true or not. */
export type ZipEntrySpec = {
  readonly name: string;
  readonly bytes: Uint8Array | string;
  /** Default: deflated. */
  readonly stored?: boolean;
  readonly method?: number;
  readonly flags?: number;
  readonly statedCrc32?: number;
  readonly statedBytes?: number;
  readonly statedCompressedBytes?: number;
  /** The name before the entry, when it is to differ from the directory's. */
  readonly localName?: string;
  /** Bytes put in place of the compressed ones. */
  readonly compressed?: Uint8Array;
  /** Sizes and offset in the ZIP64 extra field. */
  readonly zip64?: boolean;
  /** The start of the entry at the given index instead of its own: several names for one content. */
  readonly sameAs?: number;
};

export type ZipSpec = {
  readonly statedEntries?: number;
  readonly statedDirectoryOffset?: number;
  /** A ZIP64 end of directory, with 0xffff entries and 0xffffffff offsets in the plain one. */
  readonly zip64?: boolean;
  readonly comment?: string;
};

/** Writes a zip archive (APPNOTE 6.3), honest unless told otherwise. */
export function writeZip(entries: readonly ZipEntrySpec[], spec: ZipSpec = {}): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  const offsets: number[] = [];
  let offset = 0;
  for (const entry of entries) {
    const content = contentOf(entry);
    const shared = entry.sameAs === undefined ? undefined : offsets[entry.sameAs];
    const at = shared ?? offset;
    offsets.push(at);
    directory.push(directoryEntry(entry, content, at));
    if (shared !== undefined) continue;
    const header = localHeader(entry, content);
    parts.push(header, content.compressed);
    offset += header.length + content.compressed.length;
  }
  const directoryBytes = Buffer.concat(directory);
  return Buffer.concat([...parts, directoryBytes, endOfDirectory(entries.length, offset, directoryBytes.length, spec)]);
}

export type Content = {
  readonly compressed: Buffer;
  readonly method: number;
  readonly crc: number;
  readonly bytes: number;
  readonly compressedBytes: number;
};

export function contentOf(entry: ZipEntrySpec): Content {
  const bytes = Buffer.from(entry.bytes);
  const compressed = Buffer.from(entry.compressed ?? (entry.stored === true ? bytes : deflateRawSync(bytes)));
  return {
    compressed,
    method: entry.method ?? (entry.stored === true ? 0 : 8),
    crc: entry.statedCrc32 ?? crc32(bytes),
    bytes: entry.statedBytes ?? bytes.length,
    compressedBytes: entry.statedCompressedBytes ?? compressed.length,
  };
}

export function localHeader(entry: ZipEntrySpec, { method, crc, bytes, compressedBytes }: Content): Buffer {
  const name = Buffer.from(entry.localName ?? entry.name);
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(20, 4);
  header.writeUInt16LE(entry.flags ?? 0x800, 6);
  header.writeUInt16LE(method, 8);
  header.writeUInt32LE(crc, 14);
  header.writeUInt32LE(entry.zip64 === true ? 0xffffffff : compressedBytes, 18);
  header.writeUInt32LE(entry.zip64 === true ? 0xffffffff : bytes, 22);
  header.writeUInt16LE(name.length, 26);
  const extra = entry.zip64 === true ? zip64Extra([bytes, compressedBytes]) : Buffer.alloc(0);
  header.writeUInt16LE(extra.length, 28);
  return Buffer.concat([header, name, extra]);
}

export function directoryEntry(entry: ZipEntrySpec, { method, crc, bytes, compressedBytes }: Content, offset: number): Buffer {
  const name = Buffer.from(entry.name);
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE(45, 4);
  header.writeUInt16LE(45, 6);
  header.writeUInt16LE(entry.flags ?? 0x800, 8);
  header.writeUInt16LE(method, 10);
  header.writeUInt32LE(crc, 16);
  header.writeUInt32LE(entry.zip64 === true ? 0xffffffff : compressedBytes, 20);
  header.writeUInt32LE(entry.zip64 === true ? 0xffffffff : bytes, 24);
  header.writeUInt16LE(name.length, 28);
  const extra = entry.zip64 === true ? zip64Extra([bytes, compressedBytes, offset]) : Buffer.alloc(0);
  header.writeUInt16LE(extra.length, 30);
  header.writeUInt32LE(entry.zip64 === true ? 0xffffffff : offset, 42);
  return Buffer.concat([header, name, extra]);
}

function zip64Extra(values: readonly number[]): Buffer {
  const extra = Buffer.alloc(4 + values.length * 8);
  extra.writeUInt16LE(0x0001, 0);
  extra.writeUInt16LE(values.length * 8, 2);
  for (const [index, value] of values.entries()) extra.writeBigUInt64LE(BigInt(value), 4 + index * 8);
  return extra;
}

export function endOfDirectory(entryCount: number, directoryOffset: number, directoryBytes: number, spec: ZipSpec): Buffer {
  const count = spec.statedEntries ?? entryCount;
  const offset = spec.statedDirectoryOffset ?? directoryOffset;
  const comment = Buffer.from(spec.comment ?? "");
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(spec.zip64 === true ? 0xffff : count, 8);
  end.writeUInt16LE(spec.zip64 === true ? 0xffff : count, 10);
  end.writeUInt32LE(directoryBytes, 12);
  end.writeUInt32LE(spec.zip64 === true ? 0xffffffff : offset, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...(spec.zip64 === true ? zip64End(count, offset, directoryOffset, directoryBytes) : []), end, comment]);
}

function zip64End(count: number, offset: number, directoryOffset: number, directoryBytes: number): Buffer[] {
  const end = Buffer.alloc(56);
  end.writeUInt32LE(0x06064b50, 0);
  end.writeBigUInt64LE(44n, 4);
  end.writeUInt16LE(45, 12);
  end.writeUInt16LE(45, 14);
  end.writeBigUInt64LE(BigInt(count), 24);
  end.writeBigUInt64LE(BigInt(count), 32);
  end.writeBigUInt64LE(BigInt(directoryBytes), 40);
  end.writeBigUInt64LE(BigInt(offset), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(directoryOffset + directoryBytes), 8);
  locator.writeUInt32LE(1, 16);
  return [end, locator];
}
