import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { pathToFileURL } from "node:url";
import { startFeedServer, type FeedServer } from "../../../tests/feed-server/feed-server.ts";
import { openKevCatalogue, type KevCatalogue } from "./kev-catalogue.ts";

const FILE = join(import.meta.dirname, "testdata/catalogue.json");
const BYTES = await readFile(FILE);
const LAST_MODIFIED = new Date("2026-03-01T12:00:00Z");
const signal = AbortSignal.timeout(60_000);
let server: FeedServer;

beforeEach(async () => {
  server = await startFeedServer({ objects: new Map([["feeds/kev.json", BYTES]]), lastModified: LAST_MODIFIED });
});
afterEach(async () => server.close());

function open(place: string, maxBytes = 10_000): KevCatalogue {
  return openKevCatalogue({
    place,
    maxBytes,
    allowedPrivateHosts: ["127.0.0.1"],
    attempts: 2,
    idleTimeoutMs: 20_000,
    wait: async () => undefined,
  });
}

test("the catalogue at a URL is read with the time its source states", async () => {
  const { bytes, lastModifiedMs } = await open(`${server.url}feeds/kev.json`).read(signal);
  assert.ok(BYTES.equals(bytes));
  assert.equal(lastModifiedMs, LAST_MODIFIED.getTime());
});

test("a URL without Last-Modified states no time", async () => {
  server.setFault("feeds/kev.json", { headers: { "last-modified": undefined } });
  assert.equal((await open(`${server.url}feeds/kev.json`).read(signal)).lastModifiedMs, undefined);
});

for (const [name, place] of Object.entries({ path: FILE, "file URL": pathToFileURL(FILE).href })) {
  test(`the catalogue at a ${name} is read and states no time`, async () => {
    const catalogue = open(place);
    assert.equal(catalogue.location, FILE);
    assert.deepEqual(await catalogue.read(signal), { bytes: BYTES, lastModifiedMs: undefined });
  });
}

test("a cut is mended", async () => {
  server.setFault("feeds/kev.json", { cutAfterBytes: 50, times: 1 });
  assert.ok(BYTES.equals((await open(`${server.url}feeds/kev.json`).read(signal)).bytes));
});

test("its location shows no credentials", () => {
  assert.equal(open("https://me:secret@feed.example/kev.json?key=hidden").location, "https://feed.example/kev.json");
});

test("a catalogue above the limit is refused, wherever it is", async () => {
  for (const place of [`${server.url}feeds/kev.json`, FILE]) {
    await assert.rejects(open(place, 100).read(signal), { code: "document-too-large", message: /at most 100 bytes/ });
  }
});

test("a catalogue that is not there is a refusal that says where it was looked for", async () => {
  await assert.rejects(open(`${server.url}other.json`).read(signal), { code: "feed-unreachable", message: /other\.json, got status 404/ });
  await assert.rejects(open(join(import.meta.dirname, "nothing.json")).read(signal), { code: "input-invalid", message: /nothing\.json/ });
  await assert.rejects(open(import.meta.dirname).read(signal), { code: "input-invalid" });
  assert.throws(() => open("https://"), { code: "input-invalid" });
});

test("a private address is not asked unless it is listed", async () => {
  const catalogue = openKevCatalogue({ place: `${server.url}feeds/kev.json`, allowedPrivateHosts: [] });
  await assert.rejects(catalogue.read(signal), { code: "feed-unreachable", message: /ALLOWED_PRIVATE_HOSTS/ });
  assert.deepEqual(server.requests, []);
});
