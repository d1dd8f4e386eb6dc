import type { CentralDirectory, ZipEntry } from "./central-directory.ts";
import { NameTable } from "./name-table.ts";

/** Where each entry of an archive stands, by name, in typed arrays. */
export type ZipIndex = { readonly find: (rawName: Uint8Array) => ZipEntry | undefined };

const LARGEST_SIZE = 0xffff_ffff;

/** The first of several entries with the same name is the one that counts. */
export async function buildZipIndex({ entryCount, entries }: CentralDirectory): Promise<ZipIndex> {
  const names = new NameTable(entryCount);
  const headerOffset = new Float64Array(entryCount);
  const sizes = new Uint32Array(entryCount * 3);
  const kinds = new Uint16Array(entryCount * 2);
  let number = 0;
  for await (const entry of entries()) {
    if (names.add(entry.rawName, number)) {
      headerOffset[number] = entry.headerOffset;
      // Whatever does not fit is far above every limit on an entry, and is refused as such.
      sizes.set([Math.min(entry.compressedBytes, LARGEST_SIZE), Math.min(entry.bytes, LARGEST_SIZE), entry.crc32], number * 3);
      kinds.set([entry.flags, entry.method], number * 2);
    }
    number += 1;
  }
  return {
    find: (rawName) => {
      const found = names.get(rawName);
      if (found < 0) return undefined;
      return {
        rawName,
        headerOffset: headerOffset[found] ?? 0,
        compressedBytes: sizes[found * 3] ?? 0,
        bytes: sizes[found * 3 + 1] ?? 0,
        crc32: sizes[found * 3 + 2] ?? 0,
        flags: kinds[found * 2] ?? 0,
        method: kinds[found * 2 + 1] ?? 0,
      };
    },
  };
}
