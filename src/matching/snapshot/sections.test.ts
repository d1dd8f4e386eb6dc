import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32 } from "node:zlib";
import { seededRandom } from "../../../tests/support/seeded-random.ts";
import { statedSnapshotFile } from "../../../tests/support/stated-snapshot.ts";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import { ELEMENT_BYTES, FORMAT_VERSION, PREAMBLE_BYTES, SECTIONS, type SectionName } from "./layout.ts";
import { Snapshot } from "./snapshot.ts";

const FILE = statedSnapshotFile([
  { id: "A", score: 9.8, exploited: true, affects: { lodash: "introduced 0, fixed 4.17.21", qs: "introduced 1.0.0, last_affected 6.5.2" } },
  {
    id: "B",
    vulnerabilityIds: ["CVE-2026-1", "B"],
    weaknesses: ["CWE-79"],
    affects: { lodash: "introduced 4.0.0; =nightly", "Other é": "=1" },
  },
  { id: "C", modified: "2026-11-01T00:00:00.123456Z", affects: { qs: "introduced 0, fixed unknown" } },
]);
const MUTATIONS = process.env["SLUICE_SOAK"] === undefined ? 500 : 200_000;

test("a file that is none of ours is refused as that", () => {
  const cases: readonly (readonly [Uint8Array, RegExp])[] = [
    [new Uint8Array(0), /not a Sluice snapshot/],
    [FILE.subarray(0, PREAMBLE_BYTES - 1), /not a Sluice snapshot/],
    [new TextEncoder().encode("<!doctype html><title>404</title>"), /not a Sluice snapshot/],
    [changed((file) => file.set([0x73], 0)), /not a Sluice snapshot/],
    [
      changed((_, view) => view.setUint32(8, FORMAT_VERSION + 1, true)),
      new RegExp(`expected snapshot format ${FORMAT_VERSION}, got ${FORMAT_VERSION + 1}: take a new snapshot or another Sluice`),
    ],
    [
      changed((_, view) => view.setUint32(16, 0x0badf00d, true)),
      /expected checksum 0badf00d, got [0-9a-f]{8}: the file is cut short or damaged/,
    ],
    [changed((_, view) => view.setUint32(12, 0xffffffff, true)), /header is longer than the file/],
  ];
  for (const [file, message] of cases) assert.throws(() => new Snapshot(file, crc32), refusal(message), String(message));
});

test("a file that is cut short is refused, wherever it is cut", () => {
  for (let length = 0; length < FILE.length; length++)
    assert.throws(() => new Snapshot(FILE.subarray(0, length), crc32), refusal(), `${length} bytes`);
});

test("a file with one bit turned is refused, whichever it is", () => {
  for (let at = 0; at < FILE.length; at++) {
    const damaged = FILE.slice();
    damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8));
    assert.throws(() => new Snapshot(damaged, crc32), refusal(), `byte ${at}`);
  }
});

test("a file with bytes behind its end is refused", () => {
  assert.throws(() => new Snapshot(Buffer.concat([FILE, Buffer.of(0)]), crc32), refusal(/checksum/));
});

test("a header that fits its checksum is still looked at", () => {
  const cases: readonly (readonly [(header: Record<string, unknown>) => unknown, RegExp])[] = [
    [() => "{", /header is not one/],
    [() => [], /header is not one/],
    [() => null, /header is not one/],
    [(header) => ({ ...header, sections: undefined }), /header is not one/],
    [(header) => ({ ...header, ecosystems: [null] }), /header is not one/],
    [(header) => ({ ...header, ecosystems: { length: 1 } }), /header is not one/],
    [(header) => ({ ...header, standings: [{}] }), /header is not one/],
    [(header) => ({ ...header, counts: undefined }), /header is not one/],
    [(header) => ({ ...header, builtAtMs: "now" }), /header is not one/],
    [(header) => ({ ...header, tlp: "AMBER" }), /expected a snapshot marked TLP:CLEAR, got "AMBER"/],
    [(header) => ({ ...header, byteOrder: "big" }), /expected little-endian numbers, got "big"/],
    [(header) => ({ ...header, byteOrder: undefined }), /expected little-endian numbers, got undefined/],
  ];
  for (const [change, message] of cases) assert.throws(() => new Snapshot(withHeader(change), crc32), refusal(message), String(change));
});

for (const name of Object.keys(SECTIONS) as readonly SectionName[]) {
  test(`section ${name} must lie inside the file`, () => {
    const outside = [
      undefined,
      { start: -8, length: 1 },
      { start: 0, length: -1 },
      { start: 0, length: 0.5 },
      { start: 4.5, length: 1 },
      { start: 1, length: 1 },
      { start: 0, length: 2 ** 40 },
      { start: 2 ** 53, length: 1 },
      { start: FILE.length, length: 1 },
      { start: "0", length: 1 },
      { start: null, length: null },
    ];
    for (const place of outside) {
      assert.throws(() => new Snapshot(withSection(name, place), crc32), refusal(/lies outside the file/), JSON.stringify(place));
    }
  });
}

test("sections that do not go together are refused", () => {
  const cases: readonly (readonly [SectionName, number, RegExp])[] = [
    ["rowHi", -1, /sections rowHi and rowAdvisory are not of one length/],
    ["advisoryScore", -1, /sections advisoryScore and advisoryId are not of one length/],
    ["asideReason", -1, /sections asideReason and asideAdvisory are not of one length/],
    ["packageRowStart", -1, /section packageRowStart does not go with packageEcosystem/],
    ["vulnerabilityIdsStart", -1, /section vulnerabilityIdsStart does not go with vulnerabilityId/],
    ["stringBytes", -1, /section stringStart points outside stringBytes/],
    ["keyStart", -1, /section keyStart points outside keyBytes/],
    ["packageTable", -2, /table of packages is not of a power of two/],
  ];
  for (const [name, by, message] of cases) {
    const { start, length } = sectionOf(name);
    assert.throws(() => new Snapshot(withSection(name, { start, length: length + by }), crc32), refusal(message), name);
  }
});

test("starts that go back or past the end are refused", () => {
  for (const name of ["packageRowStart", "packageTextStart", "packageAsideStart", "keyStart", "stringStart", "packageNameStart"] as const) {
    for (const value of [0xffffffff, 1_000_000]) {
      const file = changed((bytes, view) => {
        const { start, length } = sectionOf(name);
        view.setUint32(bodyStart(bytes) + start + (length - 2) * ELEMENT_BYTES[SECTIONS[name]], value, true);
      });
      assert.throws(() => new Snapshot(sealed(file), crc32), refusal(new RegExp(`section ${name} points outside`)), name);
    }
  }
});

test(`a forged file, of ${MUTATIONS}, is refused or answers every question; it never throws anything else`, () => {
  const random = seededRandom(99);
  let opened = 0;
  for (let round = 0; round < MUTATIONS; round++) {
    const file = FILE.slice();
    for (let change = 0; change <= random.below(4); change++)
      file[PREAMBLE_BYTES + random.below(file.length - PREAMBLE_BYTES)] = random.below(256);
    try {
      askEverything(new Snapshot(sealed(file), crc32));
      opened++;
    } catch (error) {
      assert.ok(isCodedError(error, "snapshot-invalid"), `round ${round}: ${String(error)}`);
    }
  }
  assert.ok(opened > 0 && opened < MUTATIONS, `${opened} opened`);
});

function askEverything(snapshot: Snapshot): void {
  for (const [ecosystem, name] of [
    ["npm", "lodash"],
    ["npm", "qs"],
    ["Other", "é"],
    ["npm", "absent"],
  ] as const) {
    const index = snapshot.findPackage(ecosystem, name);
    if (index < 0) continue;
    snapshot.rowsHolding(index, Uint8Array.of(0x24, 0x20, 0x20, 0x10), 4, []);
    for (const row of snapshot.rowsOf(index)) snapshot.rowKeys(row);
    snapshot.advisoriesListing(index, "nightly");
    snapshot.setAside(index);
    for (const advisory of snapshot.advisoriesOf(index)) snapshot.advisory(advisory);
  }
}

type Place = { readonly start: number; readonly length: number };

function changed(change: (file: Uint8Array, view: DataView) => void): Uint8Array {
  const file = FILE.slice();
  change(file, new DataView(file.buffer));
  return file;
}

/** The file with the checksum of what it holds. */
function sealed(file: Uint8Array): Uint8Array {
  new DataView(file.buffer).setUint32(16, crc32(file.subarray(PREAMBLE_BYTES)), true);
  return file;
}

function headerOf(file: Uint8Array): Record<string, unknown> {
  const length = new DataView(file.buffer, file.byteOffset).getUint32(12, true);
  return JSON.parse(new TextDecoder().decode(file.subarray(PREAMBLE_BYTES, PREAMBLE_BYTES + length))) as Record<string, unknown>;
}

function bodyStart(file: Uint8Array): number {
  return Math.ceil((PREAMBLE_BYTES + new DataView(file.buffer, file.byteOffset).getUint32(12, true)) / 8) * 8;
}

function sectionOf(name: SectionName): Place {
  return (headerOf(FILE)["sections"] as Readonly<Record<SectionName, Place>>)[name];
}

function withHeader(change: (header: Record<string, unknown>) => unknown): Uint8Array {
  const made = change(headerOf(FILE));
  const json = new TextEncoder().encode(typeof made === "string" ? made : JSON.stringify(made));
  const start = Math.ceil((PREAMBLE_BYTES + json.length) / 8) * 8;
  const body = FILE.subarray(bodyStart(FILE));
  const file = new Uint8Array(start + body.length);
  file.set(FILE.subarray(0, PREAMBLE_BYTES));
  file.set(json, PREAMBLE_BYTES);
  file.set(body, start);
  new DataView(file.buffer).setUint32(12, json.length, true);
  return sealed(file);
}

function withSection(name: SectionName, place: unknown): Uint8Array {
  return withHeader((header) => ({ ...header, sections: { ...(header["sections"] as object), [name]: place } }));
}

function refusal(message: RegExp = /./): (error: unknown) => boolean {
  return (error) => isCodedError(error, "snapshot-invalid") && message.test(error.message);
}
