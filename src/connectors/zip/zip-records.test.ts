import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { writeZip, type ZipEntrySpec, type ZipSpec } from "../../../tests/feed-server/write-zip.ts";
import { isCodedError, type RefusalCode } from "../../vocabulary/coded-error.ts";
import type { FeedProblem } from "../advisory-feed.ts";
import { openZipRecords, ZIP_LIMITS, type ZipLimits } from "./zip-records.ts";

let directory = "";
before(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-zip-"));
});
after(async () => rm(directory, { recursive: true }));

const GOOD: ZipEntrySpec = { name: "GOOD-1.json", bytes: '{"id":"GOOD-1"}' };

type Outcome = { readonly records: Readonly<Record<string, string>>; readonly problems: readonly FeedProblem[] };

async function readAll(bytes: Uint8Array, limits: Partial<ZipLimits> = {}, wants?: (id: string) => boolean): Promise<Outcome> {
  const path = join(directory, "archive.zip");
  await writeFile(path, bytes);
  const zip = await openZipRecords(path, "npm/all.zip", { ...ZIP_LIMITS, ...limits });
  const records: Record<string, string> = {};
  const problems: FeedProblem[] = [];
  try {
    const options = {
      signal: AbortSignal.timeout(60_000),
      onProblem: (problem: FeedProblem) => problems.push(problem),
      onProgress: () => undefined,
    };
    for await (const { id, bytes: content } of zip.records(wants === undefined ? options : { ...options, wants })) {
      records[id] = Buffer.from(content).toString();
    }
  } finally {
    await zip.close();
  }
  return { records, problems };
}

describe("an honest archive", () => {
  const cases: Readonly<Record<string, { readonly entry: ZipEntrySpec; readonly spec?: ZipSpec }>> = {
    deflated: { entry: GOOD },
    stored: { entry: { ...GOOD, stored: true } },
    "with ZIP64 sizes and offsets": { entry: { ...GOOD, zip64: true } },
    "with a ZIP64 end": { entry: GOOD, spec: { zip64: true } },
    "with a comment": { entry: GOOD, spec: { comment: "made by hand" } },
  };
  for (const [name, { entry, spec }] of Object.entries(cases)) {
    test(`${name} gives its records`, async () => {
      assert.deepEqual(await readAll(writeZip([entry, { name: "GOOD-2.json", bytes: "two" }], spec)), {
        records: { "GOOD-1": '{"id":"GOOD-1"}', "GOOD-2": "two" },
        problems: [],
      });
    });
  }

  test("without entries gives none", async () => {
    assert.deepEqual(await readAll(writeZip([])), { records: {}, problems: [] });
  });

  test("of an empty entry gives an empty record", async () => {
    assert.deepEqual(
      (
        await readAll(
          writeZip([
            { name: "A.json", bytes: "" },
            { name: "B.json", bytes: "", stored: true },
          ]),
        )
      ).records,
      { A: "", B: "" },
    );
  });

  test("larger than the read-ahead gives every record whole and in order", async () => {
    const entries = Array.from({ length: 3000 }, (_, index) => ({
      name: `R-${index}.json`,
      bytes: `${index}`.repeat(300),
      stored: index % 2 === 0,
    }));
    const { records, problems } = await readAll(writeZip(entries));
    assert.deepEqual(problems, []);
    assert.deepEqual(
      Object.entries(records),
      entries.map(({ name, bytes }) => [name.slice(0, -".json".length), bytes]),
    );
  });

  test("gives only what is wanted", async () => {
    const { records } = await readAll(writeZip([GOOD, { name: "GOOD-2.json", bytes: "two" }]), {}, (id) => id === "GOOD-2");
    assert.deepEqual(records, { "GOOD-2": "two" });
  });
});

describe("a hostile entry becomes a problem, and its neighbours are read", () => {
  const TEXT = "x".repeat(10_000);
  const cases: Readonly<Record<string, { readonly entry: ZipEntrySpec; readonly reason: RegExp; readonly id?: string }>> = {
    "a bomb that states its size": {
      entry: { name: "B.json", bytes: Buffer.alloc(5_000_000) },
      id: "B",
      reason: /at most 1000000 bytes, got an entry of 5000000/,
    },
    "a bomb that states less": {
      entry: { name: "B.json", bytes: Buffer.alloc(5_000_000), statedBytes: 100 },
      id: "B",
      reason: /stated 100 bytes, got more/,
    },
    "an entry that states more than it holds": {
      entry: { name: "B.json", bytes: TEXT, statedBytes: 20_000 },
      id: "B",
      reason: /stated 20000 bytes, got 10000/,
    },
    "a stored entry that states more": {
      entry: { name: "B.json", bytes: TEXT, stored: true, statedBytes: 10_001 },
      id: "B",
      reason: /stated 10001 bytes, got 10000/,
    },
    "a wrong checksum": { entry: { name: "B.json", bytes: TEXT, statedCrc32: 1 }, id: "B", reason: /CRC-32 1, got [0-9a-f]+/ },
    "an encrypted entry": { entry: { name: "B.json", bytes: TEXT, flags: 0x801 }, id: "B", reason: /not encrypted/ },
    "another method": { entry: { name: "B.json", bytes: TEXT, method: 93 }, id: "B", reason: /method 93/ },
    "bytes that are no deflate": {
      entry: { name: "B.json", bytes: TEXT, compressed: Buffer.from("\u00ff\u00ff\u00ff") },
      id: "B",
      reason: /deflated data/,
    },
    "a cut deflate stream": {
      entry: { name: "B.json", bytes: TEXT, compressed: Buffer.alloc(0) },
      id: "B",
      reason: /deflated data|stated 10000 bytes/,
    },
    "a length past the end of the file": {
      entry: { name: "B.json", bytes: TEXT, statedCompressedBytes: 900_000 },
      id: "B",
      reason: /end of the file/,
    },
    "an enormous compressed length": {
      entry: { name: "B.json", bytes: TEXT, statedCompressedBytes: 0xfffffff0 },
      id: "B",
      reason: /compressed/,
    },
    "another name before the entry": {
      entry: { name: "B.json", bytes: TEXT, localName: "C.json" },
      id: "B",
      reason: /name of the directory/,
    },
    "a name used before": { entry: { name: "GOOD-1.json", bytes: "another" }, id: "GOOD-1", reason: /each name once/ },
    "a path upwards": { entry: { name: "../B.json", bytes: TEXT }, reason: /ID\.json/ },
    "an absolute path": { entry: { name: "/etc/B.json", bytes: TEXT }, reason: /ID\.json/ },
    "a path with backslashes": { entry: { name: "..\\B.json", bytes: TEXT }, reason: /ID\.json/ },
    "a drive": { entry: { name: "C:\\B.json", bytes: TEXT }, reason: /ID\.json/ },
    "a folder": { entry: { name: "npm/B.json", bytes: TEXT }, reason: /ID\.json/ },
    "a hidden file": { entry: { name: "..json", bytes: TEXT }, reason: /ID\.json/ },
    "a name with a null": { entry: { name: "B\u0000.json", bytes: TEXT }, reason: /ID\.json/ },
    "a folder with content": { entry: { name: "B.json/", bytes: TEXT }, reason: /ID\.json/ },
    "another extension": { entry: { name: "B.txt", bytes: TEXT }, reason: /ID\.json/ },
    "a very long name": { entry: { name: `${"B".repeat(60_000)}.json`, bytes: TEXT }, reason: /ID\.json/ },
  };
  for (const [name, { entry, reason, id }] of Object.entries(cases)) {
    test(name, async () => {
      const { records, problems } = await readAll(writeZip([GOOD, entry, { name: "GOOD-2.json", bytes: "two" }]), {
        maxEntryBytes: 1_000_000,
      });
      assert.deepEqual(records, { "GOOD-1": '{"id":"GOOD-1"}', "GOOD-2": "two" });
      assert.equal(problems.length, 1);
      assert.equal(problems[0]?.id, id);
      assert.match(problems[0]?.reason ?? "", reason);
      assert.ok(problems[0]?.place.startsWith("npm/all.zip!"));
      assert.ok((problems[0]?.place.length ?? 0) < 400);
    });
  }

  test("one content under many names counts once", async () => {
    const names = Array.from({ length: 50 }, (_, index) => ({ name: `ALIAS-${index}.json`, bytes: "x", sameAs: 0 }));
    const { records, problems } = await readAll(writeZip([GOOD, ...names]));
    assert.deepEqual(Object.keys(records), ["GOOD-1"]);
    assert.equal(problems.length, 50);
  });

  test("a folder's own entry is no problem", async () => {
    assert.deepEqual((await readAll(writeZip([{ name: "npm/", bytes: "", stored: true }]))).problems, []);
  });
});

describe("an archive that cannot be trusted as a whole is refused", () => {
  const whole = writeZip([GOOD, { name: "GOOD-2.json", bytes: "two" }]);
  const damaged = Buffer.from(whole);
  damaged.write("XX", whole.indexOf("PK\u0001\u0002", 0, "latin1"));
  const cases: Readonly<Record<string, { readonly bytes: Uint8Array; readonly code?: RefusalCode; readonly limits?: Partial<ZipLimits> }>> =
    {
      "an empty file": { bytes: new Uint8Array() },
      "a text": { bytes: Buffer.from("<html>503</html>") },
      "cut off in its directory": { bytes: whole.subarray(0, -30) },
      "cut off in an entry": { bytes: whole.subarray(0, 20) },
      "a damaged directory": { bytes: damaged },
      "a directory that is elsewhere": { bytes: writeZip([GOOD], { statedDirectoryOffset: 3 }) },
      "a directory past the end": { bytes: writeZip([GOOD], { statedDirectoryOffset: 1_000_000 }) },
      "more entries stated than there are": { bytes: writeZip([GOOD], { statedEntries: 2 }) },
      "more entries than stated": { bytes: writeZip([GOOD, { name: "GOOD-2.json", bytes: "two" }], { statedEntries: 1 }) },
      "an absurd number of entries": { bytes: writeZip([GOOD], { zip64: true, statedEntries: 4_000_000_000 }), code: "archive-invalid" },
      "too many entries": { bytes: writeZip([GOOD, { name: "B.json", bytes: "" }]), code: "archive-too-large", limits: { maxEntries: 1 } },
      "too much in total": {
        bytes: writeZip([GOOD, { name: "B.json", bytes: "b".repeat(2000) }]),
        code: "archive-too-large",
        limits: { maxTotalBytes: 1000 },
      },
      "packed a thousandfold": {
        bytes: writeZip(Array.from({ length: 40 }, (_, index) => ({ name: `A-${index}.json`, bytes: Buffer.alloc(2_000_000) }))),
        code: "archive-too-large",
      },
    };
  for (const [name, { bytes, code = "archive-invalid", limits }] of Object.entries(cases)) {
    test(name, async () => {
      await assert.rejects(readAll(bytes, limits), { name: "CodedError", code, place: "npm/all.zip" });
    });
  }
});

test("an archive damaged anywhere gives true records, problems or a refusal, and nothing else", async () => {
  const entries = Array.from({ length: 8 }, (_, index) => ({
    name: `R-${index}.json`,
    bytes: `${index}`.repeat(40),
    stored: index % 2 === 0,
    zip64: index % 3 === 0,
  }));
  const whole = writeZip(entries, { zip64: true });
  const contents = new Set(entries.map(({ bytes }) => bytes));
  const outcomes = { untouched: 0, problems: 0, refused: 0 };
  for (let position = 0; position < whole.length; position += 1) {
    for (const flip of [0x01, 0xff]) {
      const damaged = Buffer.from(whole);
      damaged.writeUInt8(damaged.readUInt8(position) ^ flip, position);
      try {
        const { records, problems } = await readAll(damaged);
        for (const content of Object.values(records)) assert.ok(contents.has(content), `byte ${position}: ${content}`);
        if (problems.length === 0) outcomes.untouched += 1;
        else outcomes.problems += 1;
        assert.ok(problems.length + Object.keys(records).length >= entries.length, `byte ${position}: an entry is missing without a word`);
      } catch (error) {
        if (!isCodedError(error, "archive-invalid", "archive-too-large")) throw error;
        outcomes.refused += 1;
      }
    }
  }
  assert.ok(outcomes.untouched > 0 && outcomes.problems > 0 && outcomes.refused > 0, JSON.stringify(outcomes));
});

describe("one record of an archive", () => {
  test("is found by its id, and what is not there is not", async () => {
    const path = join(directory, "one.zip");
    await writeFile(
      path,
      writeZip([
        GOOD,
        { name: "GOOD-2.json", bytes: "two", zip64: true },
        { name: "GOOD-2.json", bytes: "again" },
        { name: "BAD.json", bytes: "x", statedCrc32: 7 },
      ]),
    );
    const zip = await openZipRecords(path, "all.zip");
    const signal = AbortSignal.timeout(60_000);
    try {
      assert.equal(Buffer.from((await zip.record("GOOD-2", signal))?.bytes ?? []).toString(), "two");
      assert.equal(await zip.record("GOOD-3", signal), undefined);
      assert.equal(await zip.record("../GOOD-2", signal), undefined);
      await assert.rejects(zip.record("BAD", signal), { code: "feed-invalid", place: "all.zip!BAD.json" });
    } finally {
      await zip.close();
    }
  });
});

test("reading stops when its signal is aborted", async () => {
  const path = join(directory, "abort.zip");
  await writeFile(path, writeZip([GOOD, { name: "GOOD-2.json", bytes: "two" }]));
  const zip = await openZipRecords(path, "all.zip");
  const controller = new AbortController();
  await assert.rejects(
    async () => {
      for await (const _ of zip.records({ signal: controller.signal, onProblem: () => undefined, onProgress: () => undefined })) {
        controller.abort(new Error("stopped by test"));
      }
    },
    { message: "stopped by test" },
  );
  await zip.close();
});
