import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { noteScannedEcosystems, readScannedEcosystems } from "./scanned-ecosystems.ts";

describe("which ecosystems were scanned here", () => {
  let root: string;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), "sluice-scanned-"));
  });
  after(() => rm(root, { recursive: true }));

  it("is empty at first, and then each once, in the order of their first scan", () => {
    const directory = join(root, "new", "below");
    assert.deepEqual(readScannedEcosystems(directory), []);
    for (const ecosystems of [[], ["npm"], ["npm", "RubyGems"], ["RubyGems", "npm"], []]) {
      assert.equal(noteScannedEcosystems(directory, ecosystems), undefined);
    }
    assert.deepEqual(readScannedEcosystems(directory), ["npm", "RubyGems"]);
  });

  it("survives what two scans at once may write", async () => {
    await writeFile(join(root, "scanned-ecosystems"), "npm\nnpm\n\nGo\nnpm\n");
    assert.deepEqual(readScannedEcosystems(root), ["npm", "Go"]);
    noteScannedEcosystems(root, ["Go"]);
    assert.equal(await readFile(join(root, "scanned-ecosystems"), "utf8"), "npm\nnpm\n\nGo\nnpm\n");
  });

  it("says why it could not be noted", async () => {
    const file = join(root, "a file");
    await writeFile(file, "");
    assert.match(noteScannedEcosystems(file, ["npm"]) ?? "", /ENOTDIR|EEXIST/);
  });
});
