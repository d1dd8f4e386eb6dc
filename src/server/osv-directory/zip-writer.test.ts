import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { openPromise } from "yauzl";
import { zipEntries } from "../../../tests/support/zip-entries.ts";
import { writeZip, type ZipFile } from "./zip-writer.ts";

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "sluice-zip-"));
  t.after(() => rm(path, { recursive: true }));
  return path;
}

function fileOf(name: string, text: string, modified = new Date("2026-01-02T03:04:06Z")): ZipFile {
  return { name, bytes: Buffer.from(text), modified };
}

async function* pagesOf(...pages: readonly (readonly ZipFile[])[]): AsyncGenerator<readonly ZipFile[]> {
  yield* pages;
}

test("what is written is read again, name by name and byte by byte", async (t) => {
  const path = join(await folder(t), "all.zip");
  const texts = new Map([
    ["GHSA-1.json", '{"id":"GHSA-1"}'],
    ["é ü 漢.json", "x".repeat(100_000)],
    ["empty.json", ""],
  ]);
  const files = [...texts].map(([name, text]) => fileOf(name, text));
  const written = await writeZip(path, pagesOf(files.slice(0, 1), [], files.slice(1)));
  assert.deepEqual(written, { entries: 3, bytes: (await readFile(path)).length });
  const read = new Map<string, string>();
  for await (const { name, bytes } of zipEntries(path)) read.set(name, Buffer.from(bytes).toString());
  assert.deepEqual(read, texts);
});

test("an archive of nothing is one", async (t) => {
  const path = join(await folder(t), "all.zip");
  assert.deepEqual(await writeZip(path, pagesOf()), { entries: 0, bytes: 22 });
  for await (const { name } of zipEntries(path)) assert.fail(name);
});

test("times are kept to two seconds in UTC, and those that the form cannot have become its nearest", async (t) => {
  const path = join(await folder(t), "all.zip");
  const times = [
    ["2026-12-31T23:59:59Z", "2026-12-31T23:59:58.000Z"],
    ["1980-01-01T00:00:00Z", "1980-01-01T00:00:00.000Z"],
    ["0001-01-01T00:00:00Z", "1980-01-01T00:00:00.000Z"],
    ["2200-01-01T00:00:00Z", "2107-12-31T23:59:58.000Z"],
  ] as const;
  await writeZip(path, pagesOf(times.map(([stated], index) => fileOf(`${index}`, "", new Date(stated)))));
  const zip = await openPromise(path, { lazyEntries: true });
  const read: string[] = [];
  for await (const entry of zip.eachEntry()) read.push(entry.getLastModDate({ timezone: "UTC" }).toISOString());
  assert.deepEqual(
    read,
    times.map(([, kept]) => kept),
  );
});

test("more entries than 16 bits count are counted in the 64-bit form", async (t) => {
  const path = join(await folder(t), "all.zip");
  const page = (from: number): readonly ZipFile[] =>
    Array.from({ length: 1000 }, (_, index) => fileOf(`${from + index}.json`, `${from + index}`));
  const { entries } = await writeZip(path, pagesOf(...Array.from({ length: 70 }, (_, index) => page(index * 1000))));
  assert.equal(entries, 70_000);
  const zip = await openPromise(path, { lazyEntries: true });
  assert.equal(zip.entryCount, 70_000);
  let last = "";
  for await (const { fileName } of zip.eachEntry()) last = fileName;
  assert.equal(last, "69999.json");
});

test("nothing is written over, and where the pages fail nothing is left", async (t) => {
  const directory = await folder(t);
  const path = join(directory, "all.zip");
  await writeZip(path, pagesOf([fileOf("a", "a")]));
  await assert.rejects(writeZip(path, pagesOf()), { code: "EEXIST" });
  const failing = async function* (): AsyncGenerator<readonly ZipFile[]> {
    yield [fileOf("a", "a")];
    throw new Error("the database went away");
  };
  await assert.rejects(writeZip(join(directory, "other.zip"), failing()), /went away/);
  assert.deepEqual(await readdir(directory), ["all.zip"]);
});
