import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { type FeedServer, startFeedServer } from "../../../tests/feed-server/feed-server.ts";
import { statedSnapshotFile } from "../../../tests/support/stated-snapshot.ts";
import { isCodedError, type RefusalCode } from "../../vocabulary/coded-error.ts";
import { takeServerSnapshot } from "./server-snapshot.ts";

const OBJECT = "api/snapshot";
const first = statedSnapshotFile([{ id: "FIRST", affects: { a: "introduced 0" } }]);
const second = statedSnapshotFile([{ id: "SECOND", affects: { a: "introduced 0" } }]);

describe("taking a server's snapshot", () => {
  let server: FeedServer;
  let root: string;
  let directory: string;
  let count = 0;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), "sluice-server-snapshot-"));
    server = await startFeedServer();
  });
  after(async () => {
    await server.close();
    await rm(root, { recursive: true });
  });
  beforeEach(() => {
    directory = join(root, String(count++));
    server.setObject(OBJECT, first);
    server.setFault(OBJECT, undefined);
    server.requests.length = 0;
  });

  /** The first advisory's id, and the warning. */
  async function take(url = server.url): Promise<readonly [string, string | undefined]> {
    const { snapshot, warning } = await takeServerSnapshot(url, directory);
    return [snapshot.advisoryId(0), warning];
  }

  it("downloads it once, and again only when it has changed", async () => {
    assert.deepEqual(await take(), ["FIRST", undefined]);
    assert.deepEqual(await take(), ["FIRST", undefined]);
    const [, again] = server.requests;
    assert.ok(again?.headers["if-none-match"] !== undefined, "the tag of the kept copy was sent");
    server.setObject(OBJECT, second);
    assert.deepEqual(await take(), ["SECOND", undefined]);
    assert.deepEqual(await take(), ["SECOND", undefined]);
    assert.equal(server.requests[3]?.headers["if-none-match"] === again.headers["if-none-match"], false);
  });

  it("keeps the copies of two servers apart", async () => {
    const other = await startFeedServer({ objects: new Map([[OBJECT, second]]) });
    try {
      assert.deepEqual(
        [await take(), await take(other.url)],
        [
          ["FIRST", undefined],
          ["SECOND", undefined],
        ],
      );
      assert.deepEqual(
        [await take(), await take(other.url)],
        [
          ["FIRST", undefined],
          ["SECOND", undefined],
        ],
      );
    } finally {
      await other.close();
    }
  });

  const faults = [
    ["refuses", { status: 503 }, /api\/snapshot: the server answered 503: .*; the copy taken before is used$/],
    ["is cut off", { cutAfterBytes: 50 }, /the server cannot be reached: .*; the copy taken before is used$/],
  ] as const;
  for (const [what, fault, warning] of faults) {
    it(`uses the copy taken before when the server ${what}, and says so; without a copy it is a refusal`, async () => {
      server.setFault(OBJECT, fault);
      await assert.rejects(take(), isRefusal("feed-unreachable"));
      server.setFault(OBJECT, undefined);
      await take();
      server.setObject(OBJECT, second);
      server.setFault(OBJECT, fault);
      const [id, said] = await take();
      assert.equal(id, "FIRST");
      assert.match(said ?? "", warning);
      server.setFault(OBJECT, undefined);
      assert.deepEqual(await take(), ["SECOND", undefined]);
    });
  }

  it("uses the copy taken before when nothing listens there any more", async () => {
    const gone = await startFeedServer({ objects: new Map([[OBJECT, first]]) });
    await take(gone.url);
    await gone.close();
    const [id, warning] = await take(gone.url);
    assert.equal(id, "FIRST");
    assert.match(warning ?? "", /cannot be reached: .*ECONNREFUSED.*; the copy taken before is used/);
    directory = join(root, "without a copy");
    await assert.rejects(take(gone.url), isRefusal("feed-unreachable", /ECONNREFUSED/));
  });

  it("does not take what is no snapshot for one, and names the address", async () => {
    for (const bytes of [Buffer.from("<!doctype html>"), first.subarray(0, first.length - 1), Buffer.alloc(0)]) {
      server.setObject(OBJECT, bytes);
      await assert.rejects(take(), (error) => isCodedError(error, "snapshot-invalid") && error.place === `${server.url}${OBJECT}`);
    }
    server.setObject(OBJECT, first);
    await take();
    server.setObject(OBJECT, second.subarray(0, 100));
    const [id, warning] = await take();
    assert.equal(id, "FIRST");
    assert.match(warning ?? "", /the file is cut short or damaged; the copy taken before is used/);
  });

  it("takes a kept copy that was damaged again", async () => {
    await take();
    const folder = join(directory, "snapshot");
    for (const name of await readdir(folder)) if (name.endsWith(".sluice")) await writeFile(join(folder, name), "damaged");
    server.requests.length = 0;
    assert.deepEqual(await take(), ["FIRST", undefined]);
    assert.equal(server.requests[0]?.headers["if-none-match"], undefined);
  });

  it("never keeps a copy under the tag of the one before, also where the new tag cannot be written", async () => {
    await take();
    const folder = join(directory, "snapshot");
    const name = (await readdir(folder)).find((one) => one.endsWith(".sluice")) ?? "";
    await mkdir(join(folder, `${name}.etag.${process.pid}.partial`));
    server.setObject(OBJECT, second);
    await take();
    server.setObject(OBJECT, first);
    assert.equal((await take())[0], "FIRST");
  });

  it("works with a server that gives no tag, without a copy to fall back to", async () => {
    server.setFault(OBJECT, { headers: { etag: undefined } });
    assert.deepEqual(await take(), ["FIRST", undefined]);
    assert.deepEqual(await take(), ["FIRST", undefined]);
    assert.ok(server.requests.every(({ headers }) => headers["if-none-match"] === undefined));
  });

  it("answers even where the copy cannot be kept, and says so", async () => {
    await writeFile(directory, "a file where the data directory should be");
    const [id, warning] = await take();
    assert.equal(id, "FIRST");
    assert.match(warning ?? "", /^the snapshot could not be kept for the next scan: /);
  });

  it("refuses an address that is none of a server", async () => {
    for (const url of ["", "localhost:8080", "ftp://example.org/", "not a url", "file:///etc/passwd"]) {
      await assert.rejects(take(url), isRefusal("input-invalid", /expected an http or https URL/), url);
    }
  });

  it("refuses an answer that nothing changed when it did not ask", async () => {
    server.setFault(OBJECT, { status: 304 });
    await assert.rejects(take(), isRefusal("feed-unreachable", /answered 304/));
  });
});

function isRefusal(code: RefusalCode, message = /./): (error: unknown) => boolean {
  return (error) => isCodedError(error, code) && message.test(error.message);
}
