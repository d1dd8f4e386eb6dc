import assert from "node:assert/strict";
import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { bucketObjects } from "../../../tests/feed-server/bucket-objects.ts";
import { ALL_IDS, idsOf, readArchive, RECORDS, standBucket } from "../../../tests/support/bucket-stand.ts";

const stand = standBucket();
const { open, workDirectory } = stand;

describe("an archive that was not taken to its end", () => {
  test("is gone on with by the next feed, as after a kill", async () => {
    stand.server.setFault("npm/all.zip", { cutAfterBytes: 8000 });
    await assert.rejects(readArchive(await open({ attempts: 1 })), { code: "feed-unreachable" });
    stand.server.setFault("npm/all.zip", undefined);
    stand.server.requests.length = 0;
    assert.deepEqual(idsOf(await readArchive(await open())), ALL_IDS);
    assert.deepEqual(
      stand.server.requests.map(({ headers }) => headers.range),
      ["bytes=8000-"],
    );
  });

  test("is taken anew when it has changed since", async () => {
    stand.server.setFault("npm/all.zip", { cutAfterBytes: 8000 });
    await assert.rejects(readArchive(await open({ attempts: 1 })), { code: "feed-unreachable" });
    stand.server.setFault("npm/all.zip", undefined);
    stand.server.setObjects(bucketObjects("npm", RECORDS.slice(0, 39)));
    assert.deepEqual(idsOf(await readArchive(await open())), ALL_IDS.slice(0, 39));
  });

  test("is taken anew when what is held is longer than it is", async () => {
    stand.server.setFault("npm/all.zip", { cutAfterBytes: 8000 });
    await assert.rejects(readArchive(await open({ attempts: 1 })), { code: "feed-unreachable" });
    stand.server.setFault("npm/all.zip", undefined);
    await truncate(join(workDirectory, "osv-bucket-npm.zip.part"), 9_000_000);
    assert.deepEqual(idsOf(await readArchive(await open())), ALL_IDS);
  });

  test("is not taken again when it is whole and unchanged", async () => {
    const first = await open();
    const controller = new AbortController();
    await assert.rejects(async () => {
      for await (const _ of first.archive({ signal: controller.signal, onProblem: () => undefined, onProgress: () => undefined })) {
        controller.abort(new Error("stopped"));
      }
    }, /stopped/);
    await first.close();
    stand.server.requests.length = 0;
    const read = await readArchive(await open());
    assert.deepEqual(idsOf(read), ALL_IDS);
    assert.equal(stand.server.requests.length, 1);
    assert.ok(stand.server.requests[0]?.headers["if-none-match"] !== undefined);
  });

  test("is taken anew when its note beside it is damaged", async () => {
    stand.server.setFault("npm/all.zip", { cutAfterBytes: 8000 });
    await assert.rejects(readArchive(await open({ attempts: 1 })), { code: "feed-unreachable" });
    stand.server.setFault("npm/all.zip", undefined);
    await writeFile(join(workDirectory, "osv-bucket-npm.zip.json"), "{");
    assert.deepEqual(idsOf(await readArchive(await open())), ALL_IDS);
  });

  test("stops at once when it is aborted during the download", async () => {
    stand.server.setFault("npm/all.zip", { stallAfterBytes: 8000 });
    const controller = new AbortController();
    const reading = readArchive(await open({ idleTimeoutMs: 60_000 }), controller.signal);
    const poll = setInterval(() => {
      if (stand.server.requests.length > 0) controller.abort(new Error("stopped"));
    }, 20);
    await assert.rejects(reading, /stopped/);
    clearInterval(poll);
  });
});
