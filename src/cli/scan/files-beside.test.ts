import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Beside } from "../../formats/inventory-format.ts";
import { filesBeside } from "./files-beside.ts";

const notOnWindows = { skip: process.platform === "win32" && "needs POSIX links and pipes" };

describe("files beside a document", () => {
  let root: string;
  let count = 0;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), "sluice-beside-"));
  });
  after(() => rm(root, { recursive: true, force: true }));

  /** A fresh folder with files that each have their own path as text. */
  async function tree(...files: readonly string[]): Promise<string> {
    const folder = join(root, String(count++));
    await mkdir(folder);
    for (const file of files) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), file);
    }
    return folder;
  }
  const textOf = (beside: Beside, path: string): string | undefined => {
    const bytes = beside.file(path);
    return bytes === undefined ? undefined : Buffer.from(bytes).toString();
  };

  it("are those below the folder that is scanned, by their paths from the document", async () => {
    const folder = await tree("all/pom.xml", "all/gate/pom.xml", "all/gate/up/parent.xml", "pom.xml", "secret.txt", "all-else/x.txt");
    const beside = filesBeside(join(folder, "all/gate/pom.xml"), join(folder, "all"));
    const cases: readonly (readonly [string, string | undefined])[] = [
      ["../pom.xml", "all/pom.xml"],
      ["up/parent.xml", "all/gate/up/parent.xml"],
      ["./up/../../pom.xml", "all/pom.xml"],
      ["up", undefined],
      ["none.xml", undefined],
      ["pom.xml/none.xml", undefined],
      ["../../pom.xml", undefined],
      ["../../secret.txt", undefined],
      ["../../all-else/x.txt", undefined],
      ["../../../../../../../../../../etc/hostname", undefined],
      [join(folder, "all/pom.xml"), undefined],
      ["file:///etc/hostname", undefined],
      ["..\\pom.xml", undefined],
      ["", undefined],
      ["pom.xml\0", undefined],
    ];
    for (const [path, text] of cases) assert.equal(textOf(beside, path), text, path);
  });

  it("of a file that is named by itself are those of its own folder, and above it only what a walk would take by its name", async () => {
    const folder = await tree(
      "pom.xml",
      "other/pom.xml",
      "requirements/base.txt",
      "secret.txt",
      "gate/pom.xml",
      "gate/any.txt",
      "gate/in/any.txt",
      "gate/node_modules/package.json",
    );
    const beside = filesBeside(join(folder, "gate/pom.xml"), undefined);
    for (const [path, text] of [
      ["any.txt", "gate/any.txt"],
      ["in/any.txt", "gate/in/any.txt"],
      ["../pom.xml", "pom.xml"],
      ["../other/pom.xml", "other/pom.xml"],
      ["../requirements/base.txt", "requirements/base.txt"],
      ["../secret.txt", undefined],
      ["../gate/../secret.txt", undefined],
    ] as const)
      assert.equal(textOf(beside, path), text, path);
  });

  it("are no links that lead out, wherever on the way the link is; what leads to a place inside is read", notOnWindows, async () => {
    const outside = await tree("pom.xml", "secret.txt");
    const folder = await tree("pom.xml", "gate/pom.xml");
    await symlink(join(outside, "secret.txt"), join(folder, "gate/secret.txt"));
    await symlink(outside, join(folder, "gate/out"));
    await symlink("../pom.xml", join(folder, "gate/in.xml"));
    await symlink("loop.xml", join(folder, "gate/loop.xml"));
    await symlink(join(folder, "none"), join(folder, "gate/broken.xml"));
    const scanned = filesBeside(join(folder, "gate/pom.xml"), folder);
    for (const path of ["secret.txt", "out/pom.xml", "out/secret.txt"])
      assert.throws(() => scanned.file(path), { code: "document-invalid", message: /a link that leads out of it$/ }, path);
    for (const path of ["loop.xml", "broken.xml"]) assert.throws(() => scanned.file(path), { code: "document-invalid" }, path);
    assert.equal(textOf(scanned, "in.xml"), "pom.xml");
    const named = filesBeside(join(folder, "gate/pom.xml"), undefined);
    for (const path of ["secret.txt", "in.xml"]) assert.throws(() => named.file(path), { code: "document-invalid" }, path);
    const above = await tree("gate/pom.xml");
    await symlink(join(outside, "pom.xml"), join(above, "pom.xml"));
    assert.throws(() => filesBeside(join(above, "gate/pom.xml"), undefined).file("../pom.xml"), { code: "document-invalid" });
  });

  it("lie below a scanned folder that is itself reached by a link", notOnWindows, async () => {
    const folder = await tree("real/pom.xml", "real/gate/pom.xml");
    await symlink(join(folder, "real"), join(folder, "link"));
    assert.equal(textOf(filesBeside(join(folder, "link/gate/pom.xml"), join(folder, "link")), "../pom.xml"), "real/pom.xml");
  });

  it("are regular files: a pipe does not make it wait", notOnWindows, async () => {
    const folder = await tree("pom.xml");
    execFileSync("mkfifo", [join(folder, "pipe.txt")]);
    assert.throws(() => filesBeside(join(folder, "pom.xml"), folder).file("pipe.txt"), {
      code: "document-invalid",
      message: "Expected a regular file, found something else",
    });
  });

  it("are no more bytes and no more files than a project has, all together", async () => {
    const folder = await tree("pom.xml", "small.txt");
    for (const name of ["large.txt", "half.txt"]) await writeFile(join(folder, name), "");
    await truncate(join(folder, "large.txt"), 65 * 1024 * 1024);
    await truncate(join(folder, "half.txt"), 40 * 1024 * 1024);
    const beside = filesBeside(join(folder, "pom.xml"), folder);
    assert.throws(() => beside.file("large.txt"), { code: "document-too-large" });
    assert.equal(beside.file("half.txt")?.length, 40 * 1024 * 1024);
    assert.throws(() => beside.file("half.txt"), { code: "document-too-large" });
    assert.equal(textOf(beside, "small.txt"), "small.txt");
    const many = filesBeside(join(folder, "pom.xml"), folder);
    for (let file = 0; file < 2000; file++) many.file("small.txt");
    assert.throws(() => many.file("small.txt"), { code: "document-too-large" });
    assert.equal(many.file("none.txt"), undefined);
  });

  it("are found in folders that are named in order, without links and without a way out", async () => {
    const folder = await tree("in/yarn.lock", "in/b/x", "in/a/x", "in/file", "out/x");
    if (process.platform !== "win32") await symlink(join(folder, "out"), join(folder, "in/link"));
    for (const scanned of [undefined, join(folder, "in")]) {
      const { folders } = filesBeside(join(folder, "in/yarn.lock"), scanned);
      assert.deepEqual(folders(""), ["a", "b"]);
      for (const path of ["a", "file", "none", "..", "../out", "/", "link/.."])
        assert.deepEqual(folders(path), path === "link/.." ? ["a", "b"] : [], path);
    }
  });
});
