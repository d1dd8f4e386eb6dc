import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { startFeedServer } from "../../../tests/feed-server/feed-server.ts";
import { statedSnapshotFile } from "../../../tests/support/stated-snapshot.ts";
import { readConfig } from "../../server/config.ts";
import { snapshotPath, writeSnapshotFile } from "../../server/snapshot-file.ts";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import { chooseSnapshot } from "./choose-snapshot.ts";

const snapshotOf = (id: string): Uint8Array => statedSnapshotFile([{ id, affects: { a: "introduced 0" } }]);

describe("choosing the data that answers", () => {
  let root: string;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), "sluice-choose-"));
  });
  after(() => rm(root, { recursive: true, force: true }));
  const configIn = (name: string) => readConfig({ DATA_DIR: join(root, name), LOG_LEVEL: "silent" });

  it("a file that is given goes before the server, and the server before this installation's own", async () => {
    const config = configIn("order");
    const file = join(root, "given.sluice");
    await writeFile(file, snapshotOf("GIVEN"));
    writeSnapshotFile(snapshotPath(config.dataDirectory), snapshotOf("OWN"));
    const server = await startFeedServer({ objects: new Map([["api/snapshot", snapshotOf("SERVER")]]) });
    try {
      const chosen = async (offline: string | undefined, url: string | undefined): Promise<string> =>
        (await chooseSnapshot({ offline, server: url, config })).snapshot.advisoryId(0);
      assert.equal(await chosen(undefined, undefined), "OWN");
      assert.equal(await chosen(undefined, server.url), "SERVER");
      server.requests.length = 0;
      assert.equal(await chosen(file, server.url), "GIVEN");
      assert.deepEqual(server.requests, [], "with --offline nobody is asked");
    } finally {
      await server.close();
    }
  });

  it("a given file that is missing or damaged is refused, whatever else there is", async () => {
    const config = configIn("order");
    const damaged = join(root, "damaged.sluice");
    await writeFile(damaged, snapshotOf("X").subarray(0, 50));
    await assert.rejects(chooseSnapshot({ offline: join(root, "absent.sluice"), server: undefined, config }), (error) =>
      isCodedError(error, "snapshot-missing"),
    );
    await assert.rejects(
      chooseSnapshot({ offline: damaged, server: undefined, config }),
      (error) => isCodedError(error, "snapshot-invalid") && error.place === damaged,
    );
  });

  it("an installation without data makes itself the sample's snapshot, and makes a damaged one anew", async () => {
    const config = configIn("fresh");
    const path = snapshotPath(config.dataDirectory);
    const { snapshot } = await chooseSnapshot({ offline: undefined, server: undefined, config });
    assert.deepEqual(
      snapshot.header.standings.map(({ ecosystem, sample }) => [ecosystem, sample]),
      [["npm", true]],
    );
    assert.ok(snapshot.advisoryCount > 100);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, "damaged");
    const again = await chooseSnapshot({ offline: undefined, server: undefined, config });
    assert.equal(again.snapshot.advisoryCount, snapshot.advisoryCount);
  });
});
