import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { statedSnapshotFile } from "../../tests/support/stated-snapshot.ts";
import { isCodedError } from "../vocabulary/coded-error.ts";
import { readSnapshotFile, snapshotPath, writeSnapshotFile } from "./snapshot-file.ts";

const file = statedSnapshotFile([{ id: "A", affects: { a: "introduced 0" } }]);

describe("the snapshot as a file", () => {
  let root: string;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), "sluice-snapshot-file-"));
  });
  after(() => rm(root, { recursive: true }));

  it("is read as it was written, and nothing else is left behind", async () => {
    const path = snapshotPath(join(root, "new"));
    writeSnapshotFile(path, file);
    const { snapshot, bytes, path: read } = await readSnapshotFile(path);
    assert.deepEqual([snapshot.advisoryId(0), Buffer.compare(bytes, file), read], ["A", 0, path]);
    assert.deepEqual(await readdir(dirname(path)), ["current.sluice"]);
    if (process.platform !== "win32") assert.equal((await stat(path)).mode & 0o777, 0o600);
  });

  it("takes the place of the one before, whole", async () => {
    const path = snapshotPath(join(root, "replaced"));
    writeSnapshotFile(path, Buffer.alloc(file.length * 3, 1));
    const held = readFile(path);
    writeSnapshotFile(path, file);
    assert.equal((await readSnapshotFile(path)).bytes.length, file.length);
    assert.ok([file.length, file.length * 3].includes((await held).length));
  });

  it("is written without what a writer that was killed has left there for a day", async () => {
    const path = snapshotPath(join(root, "killed"));
    await mkdir(dirname(path), { recursive: true });
    for (const pid of [1, 2]) await writeFile(`${path}.${pid}.partial`, "half");
    await writeFile(join(dirname(path), "server-1.sluice"), "another's");
    for (const name of await readdir(dirname(path))) if (!name.includes(".2.")) await utimes(join(dirname(path), name), 0, 0);
    writeSnapshotFile(path, file);
    assert.deepEqual((await readdir(dirname(path))).toSorted(), ["current.sluice", "current.sluice.2.partial", "server-1.sluice"]);
  });

  it("that cannot be put in place leaves the one before, and no half", async () => {
    const path = snapshotPath(join(root, "obstructed"));
    await mkdir(path, { recursive: true });
    await writeFile(join(path, "something"), "");
    assert.throws(() => writeSnapshotFile(path, file));
    assert.deepEqual(await readdir(dirname(path)), ["current.sluice"]);
  });

  it("that is missing, damaged or no file is refused with its place", async () => {
    const damaged = join(root, "damaged.sluice");
    await writeFile(damaged, file.subarray(0, 40));
    for (const [path, code] of [
      [join(root, "absent.sluice"), "snapshot-missing"],
      [damaged, "snapshot-invalid"],
      [root, "snapshot-invalid"],
    ] as const) {
      await assert.rejects(
        readSnapshotFile(path),
        (error) => isCodedError(error, code) && error.place === path && error.cause !== undefined,
        path,
      );
    }
  });
});
