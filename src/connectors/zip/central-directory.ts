import { fromRandomAccessReader, RandomAccessReader, type Entry, type ZipFile } from "yauzl";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { FileWindow } from "./file-window.ts";

/** What the central directory states of one entry; nothing of it is checked yet. */
export type ZipEntry = {
  readonly rawName: Uint8Array;
  readonly flags: number;
  readonly method: number;
  readonly crc32: number;
  readonly compressedBytes: number;
  readonly bytes: number;
  readonly headerOffset: number;
};

export type CentralDirectory = {
  /** As the end of the archive states it. */
  readonly entryCount: number;
  /** Every entry in order. @throws CodedError `archive-invalid`. */
  readonly entries: () => AsyncGenerator<ZipEntry, void, undefined>;
};

const ENTRY_SIGNATURE = Buffer.from("PK\u0001\u0002", "latin1");
const SMALLEST_ENTRY_BYTES = 46;

/** Reads the end of the archive only. `place` is for refusals. @throws CodedError `archive-invalid`. */
export async function openCentralDirectory(window: FileWindow, fileBytes: number, place: string): Promise<CentralDirectory> {
  const zip = await openZip(window, fileBytes, place);
  const { entryCount } = zip;
  if (entryCount * SMALLEST_ENTRY_BYTES > fileBytes) {
    throw invalid(place, `${entryCount} entries in ${fileBytes} bytes, which have no room for them`);
  }
  return { entryCount, entries: () => readEntries(zip, window, place) };
}

async function openZip(window: FileWindow, fileBytes: number, place: string): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    // Raw names: a hostile name is one entry's problem here, where yauzl would end the whole archive.
    const options = { lazyEntries: true, autoClose: false, decodeStrings: false, validateEntrySizes: false };
    fromRandomAccessReader(new WindowReader(window), fileBytes, options, (error, zip) => {
      if (error === null) resolve(zip);
      else reject(invalid(place, error.message, error));
    });
  });
}

async function* readEntries(zip: ZipFile, window: FileWindow, place: string): AsyncGenerator<ZipEntry, void, undefined> {
  let arrived: Entry | undefined;
  let failed: unknown;
  let wake: (() => void) | undefined;
  zip.on("entry", (entry: Entry) => {
    arrived = entry;
    wake?.();
  });
  zip.on("error", (error: unknown) => {
    failed = error;
    wake?.();
  });
  for (let index = 0; index < zip.entryCount; index += 1) {
    arrived = undefined;
    zip.readEntry();
    // Mostly it is there at once, out of the window; one promise less an entry is a third of the time.
    if (arrived === undefined && failed === undefined) await new Promise<void>((resolve) => (wake = resolve));
    wake = undefined;
    const entry = taken(arrived);
    if (entry === undefined)
      throw invalid(place, `entry ${index + 1} of ${zip.entryCount}: ${failed instanceof Error ? failed.message : String(failed)}`, failed);
    yield toZipEntry(entry);
  }
  await expectNoMore(zip, window, place);
}

/** Undoes the compiler's belief that a variable set in a listener never changes. */
function taken(entry: Entry | undefined): Entry | undefined {
  return entry;
}

/** A count that is too small would leave records out without a word. */
async function expectNoMore(zip: ZipFile, window: FileWindow, place: string): Promise<void> {
  const position = Number(zip.readEntryCursor);
  const next = window.held(position, ENTRY_SIGNATURE.length) ?? (await window.load(position, ENTRY_SIGNATURE.length));
  if (next?.equals(ENTRY_SIGNATURE) === true) throw invalid(place, `more entries than the ${zip.entryCount} it states`);
}

function toZipEntry(entry: Entry): ZipEntry {
  return {
    rawName: entry.fileNameRaw,
    flags: entry.generalPurposeBitFlag,
    method: entry.compressionMethod,
    crc32: entry.crc32,
    compressedBytes: entry.compressedSize,
    bytes: entry.uncompressedSize,
    headerOffset: entry.relativeOffsetOfLocalHeader,
  };
}

function invalid(place: string, found: string, cause?: unknown): CodedError {
  return new CodedError("archive-invalid", `expected a whole zip archive, got: ${found}`, { cause, place });
}

class WindowReader extends RandomAccessReader {
  readonly #window: FileWindow;

  constructor(window: FileWindow) {
    super();
    this.#window = window;
  }

  override read(target: Buffer, offset: number, length: number, position: number, callback: (error: Error | null) => void): void {
    const held = this.#window.held(position, length);
    if (held !== undefined) {
      held.copy(target, offset);
      callback(null);
      return;
    }
    void this.#loadInto(target.subarray(offset, offset + length), position, callback);
  }

  override close(callback: (error: Error | null) => void): void {
    callback(null);
  }

  async #loadInto(target: Buffer, position: number, callback: (error: Error | null) => void): Promise<void> {
    let failure: Error | null = null;
    try {
      const loaded = await this.#window.load(position, target.length);
      if (loaded === undefined) failure = new Error(`the file ends before byte ${position + target.length}`);
      else loaded.copy(target);
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
    }
    callback(failure);
  }
}
