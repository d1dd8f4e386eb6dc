import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { startFeedServer, type FeedServer } from "../../../tests/feed-server/feed-server.ts";
import { downloadFile, removeDownload, type Download } from "./download-file.ts";
import { openOutgoing, type Outgoing } from "./outgoing.ts";

const BYTES = Buffer.alloc(300_000, "abcdefghijk");
let directory = "";
let server: FeedServer;
let outgoing: Outgoing;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-download-"));
  server = await startFeedServer({ objects: new Map([["a.zip", BYTES]]) });
  outgoing = openOutgoing({ allowedPrivateHosts: ["127.0.0.1"], idleTimeoutMs: 20_000, attempts: 2, wait: async () => undefined });
});
afterEach(async () => {
  outgoing.close();
  await server.close();
  await rm(directory, { recursive: true });
});

async function download(more: Partial<Download> = {}): Promise<boolean> {
  const file = join(directory, "a.zip");
  return downloadFile(outgoing, {
    url: new URL(`${server.url}a.zip`),
    file,
    maxBytes: 1_000_000,
    signal: AbortSignal.timeout(60_000),
    onProgress: () => undefined,
    ...more,
  });
}

test("a download ends up whole, and nothing but its note stands beside it", async () => {
  assert.equal(await download(), true);
  assert.ok((await readFile(join(directory, "a.zip"))).equals(BYTES));
  assert.deepEqual((await readdir(directory)).sort(), ["a.zip", "a.zip.json"]);
  await removeDownload(join(directory, "a.zip"));
  assert.deepEqual(await readdir(directory), []);
});

test("progress rises to the total", async () => {
  const seen: number[] = [];
  await download({
    onProgress: (taken, total) => {
      assert.equal(total, BYTES.length);
      seen.push(taken);
    },
  });
  assert.equal(seen[0], 0);
  assert.equal(seen.at(-1), BYTES.length);
  assert.deepEqual(
    seen,
    [...seen].sort((a, b) => a - b),
  );
});

test("a disk without room refuses before anything is taken, naming both figures", async () => {
  await assert.rejects(download({ freeBytesIn: async () => 1_000_000 }), {
    code: "disk-full",
    message: /expected 68 MB free .* got 1 MB/,
    place: directory,
  });
  assert.deepEqual(await readdir(directory), []);
});

test("what is held already needs no room again", async () => {
  server.setFault("a.zip", { cutAfterBytes: 100_000 });
  await assert.rejects(download(), { code: "feed-unreachable" });
  server.setFault("a.zip", undefined);
  const needed = 67_108_864 + 300_000;
  assert.equal(await download({ freeBytesIn: async () => needed - 200_000 }), true);
});

for (const [name, fault] of Object.entries({ "that says so": {}, "that does not say so": { chunked: true } })) {
  test(`a file above the limit ${name} is refused and not kept`, async () => {
    server.setFault("a.zip", fault);
    await assert.rejects(download({ maxBytes: 250_000 }), { code: "archive-too-large", message: /at most 250000 bytes/ });
    assert.deepEqual(await readdir(directory), []);
  });
}

test("a file that is gone at the source is gone here", async () => {
  await download();
  server.setObject("a.zip", undefined);
  assert.equal(await download(), false);
  assert.deepEqual(await readdir(directory), []);
});

test("a file that was cut here, by whatever, is taken again", async () => {
  await download();
  await writeFile(join(directory, "a.zip"), BYTES.subarray(0, 1000));
  assert.equal(await download(), true);
  assert.ok((await readFile(join(directory, "a.zip"))).equals(BYTES));
});

test("the same file name for another URL starts anew", async () => {
  await download();
  server.setObject("b.zip", "other");
  assert.equal(await download({ url: new URL(`${server.url}b.zip`) }), true);
  assert.equal(await readFile(join(directory, "a.zip"), "utf8"), "other");
});

test("a directory that is not there is an error of the machine, not of the feed", async () => {
  await assert.rejects(download({ file: join(directory, "nowhere", "a.zip") }), { code: "ENOENT" });
});
