import { CodedError } from "../../vocabulary/coded-error.ts";
import { isJsonObject } from "../../vocabulary/json.ts";
import {
  ALIGNMENT,
  type Checksum,
  COUNTED_BY,
  ELEMENT_BYTES,
  FORMAT_VERSION,
  MAGIC,
  PREAMBLE_BYTES,
  SECTIONS,
  type SectionName,
  type SectionType,
  type SnapshotHeader,
  STARTS_INTO,
} from "./layout.ts";

type ArrayOf = { readonly u8: Uint8Array; readonly u16: Uint16Array; readonly u32: Uint32Array; readonly f64: Float64Array };
type Column = ArrayOf[SectionType];

/** Every section of a snapshot as the typed array that it is. */
export type Columns = { readonly [N in SectionName]: ArrayOf[(typeof SECTIONS)[N]] };

const SECTION_NAMES = Object.keys(SECTIONS) as readonly SectionName[];
const BYTE_ORDER = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? "little" : "big";

/** Lays header and columns out as one file. */
export function writeSections(
  header: Omit<SnapshotHeader, "sections" | "tlp" | "byteOrder">,
  columns: Columns,
  checksum: Checksum,
): Uint8Array {
  // Section starts count from the end of the header, so that the header's own length does not move them.
  const sections = {} as Record<SectionName, { start: number; length: number }>;
  let at = 0;
  for (const name of SECTION_NAMES) {
    sections[name] = { start: at, length: columns[name].length };
    at = aligned(at + columns[name].byteLength);
  }
  const whole: SnapshotHeader = { ...header, tlp: "CLEAR", byteOrder: BYTE_ORDER, sections };
  const json = new TextEncoder().encode(JSON.stringify(whole));
  const bodyStart = aligned(PREAMBLE_BYTES + json.length);
  const file = new Uint8Array(bodyStart + at);
  const view = new DataView(file.buffer);
  file.set(new TextEncoder().encode(MAGIC), 0);
  view.setUint32(8, FORMAT_VERSION, true);
  view.setUint32(12, json.length, true);
  file.set(json, PREAMBLE_BYTES);
  for (const name of SECTION_NAMES) {
    const { buffer, byteOffset, byteLength } = columns[name];
    file.set(new Uint8Array(buffer, byteOffset, byteLength), bodyStart + sections[name].start);
  }
  view.setUint32(16, checksum(file.subarray(PREAMBLE_BYTES)), true);
  return file;
}

/** Header and columns of a file; the columns are views of its bytes. @throws CodedError `snapshot-invalid` */
export function readSections(file: Uint8Array, checksum: Checksum): { readonly header: SnapshotHeader; readonly columns: Columns } {
  const headerEnd = checkPreamble(file, checksum);
  const header = parseHeader(file.subarray(PREAMBLE_BYTES, headerEnd));
  const columns = viewColumns(file, header, aligned(headerEnd));
  checkColumns(columns);
  return { header, columns };
}

function checkPreamble(file: Uint8Array, checksum: Checksum): number {
  if (file.length < PREAMBLE_BYTES || new TextDecoder().decode(file.subarray(0, 8)) !== MAGIC)
    throw invalid("this is not a Sluice snapshot");
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const version = view.getUint32(8, true);
  if (version !== FORMAT_VERSION)
    throw invalid(`expected snapshot format ${FORMAT_VERSION}, got ${version}: take a new snapshot or another Sluice`);
  const expected = view.getUint32(16, true);
  const actual = checksum(file.subarray(PREAMBLE_BYTES));
  if (actual !== expected) throw invalid(`expected checksum ${hex(expected)}, got ${hex(actual)}: the file is cut short or damaged`);
  // The length of the header lies before what the checksum covers.
  const headerEnd = PREAMBLE_BYTES + view.getUint32(12, true);
  if (headerEnd > file.length) throw invalid("its header is longer than the file: the file is damaged");
  return headerEnd;
}

function parseHeader(bytes: Uint8Array): SnapshotHeader {
  const header = parseJson(bytes);
  if (!isHeader(header)) throw invalid("its header is not one that this Sluice writes");
  if (header.tlp !== "CLEAR") throw invalid(`expected a snapshot marked TLP:CLEAR, got ${JSON.stringify(header.tlp)}`);
  if (header.byteOrder !== BYTE_ORDER)
    throw invalid(
      `expected ${BYTE_ORDER}-endian numbers, got ${JSON.stringify(header.byteOrder)}: take a snapshot on a machine like this one`,
    );
  return header;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

function isHeader(header: unknown): header is SnapshotHeader {
  return (
    isJsonObject(header) &&
    typeof header["builtAtMs"] === "number" &&
    isJsonObject(header["counts"]) &&
    isJsonObject(header["sections"]) &&
    isListOf(header["ecosystems"], (entry) => typeof entry["name"] === "string") &&
    isListOf(header["standings"], (entry) => typeof entry["ecosystem"] === "string" && typeof entry["advisories"] === "number")
  );
}

function isListOf(value: unknown, holds: (entry: { readonly [key: string]: unknown }) => boolean): boolean {
  return Array.isArray(value) && value.every((entry) => isJsonObject(entry) && holds(entry));
}

function viewColumns(file: Uint8Array, header: SnapshotHeader, bodyStart: number): Columns {
  // A view needs its own alignment; a buffer out of a pool may start anywhere.
  const source = (file.byteOffset + bodyStart) % ALIGNMENT === 0 ? file : file.slice();
  const columns = {} as { -readonly [N in SectionName]: Column };
  for (const name of SECTION_NAMES) {
    const { start, length } = header.sections[name] ?? { start: -1, length: -1 };
    const end = bodyStart + start + length * ELEMENT_BYTES[SECTIONS[name]];
    if (!isCount(start) || !isCount(length) || start % ALIGNMENT !== 0 || end > source.length)
      throw invalid(`section ${name} lies outside the file`);
    columns[name] = viewOf(SECTIONS[name], source.buffer, source.byteOffset + bodyStart + start, length);
  }
  return columns as Columns;
}

function viewOf(type: SectionType, buffer: ArrayBufferLike, start: number, length: number): Column {
  switch (type) {
    case "u8":
      return new Uint8Array(buffer, start, length);
    case "u16":
      return new Uint16Array(buffer, start, length);
    case "u32":
      return new Uint32Array(buffer, start, length);
    case "f64":
      return new Float64Array(buffer, start, length);
  }
}

/** What a reader walks along must end: lengths that go together, and starts that never go back. */
function checkColumns(columns: Columns): void {
  for (const [name, counted] of Object.entries(COUNTED_BY) as [SectionName, SectionName][]) {
    if (columns[name].length !== columns[counted].length) throw invalid(`sections ${name} and ${counted} are not of one length`);
  }
  for (const name of Object.keys(STARTS_INTO) as (keyof typeof STARTS_INTO)[]) {
    const { each, into } = STARTS_INTO[name];
    const starts = columns[name];
    if (each !== undefined && starts.length !== columns[each].length + 1) throw invalid(`section ${name} does not go with ${each}`);
    if (!risesTo(starts, columns[into].length)) throw invalid(`section ${name} points outside ${into}`);
  }
  const slots = columns.packageTable.length / 2;
  if (!Number.isInteger(Math.log2(slots))) throw invalid("the table of packages is not of a power of two");
}

function risesTo(starts: Uint32Array, end: number): boolean {
  let before = 0;
  for (let index = 0; index < starts.length; index++) {
    const start = starts[index] ?? 0;
    if (start < before) return false;
    before = start;
  }
  return (starts[0] ?? 0) === 0 && before === end;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function aligned(offset: number): number {
  return Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
}

function invalid(message: string): CodedError {
  return new CodedError("snapshot-invalid", message);
}

function hex(value: number): string {
  return value.toString(16).padStart(8, "0");
}
