import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { after, before, describe, it } from "node:test";
import { findDocuments, type FoundDocuments } from "./find-documents.ts";

const notOnWindows = { skip: process.platform === "win32" && "needs POSIX permissions and links" };

describe("finding documents", () => {
  let root: string;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), "sluice-find-"));
  });
  after(() => rm(root, { recursive: true, force: true }));

  /** Puts files below a fresh folder and gives its path. */
  async function tree(name: string, files: readonly string[]): Promise<string> {
    const folder = join(root, name);
    await mkdir(folder);
    for (const file of files) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), file);
    }
    return folder;
  }

  it("takes from a directory what bears the name of a known format, in the order of paths", async () => {
    const folder = await tree("named", [
      "package-lock.json",
      "web/package-lock.json",
      "web/npm-shrinkwrap.json",
      "sboms/app.cdx.json",
      "sboms/app.spdx.json",
      "package.json",
      "readme.md",
      "package-lock.json.bak",
      "my-package-lock.json",
    ]);
    const found = await findDocuments([folder], noInput);
    assert.deepEqual(namesIn(folder, found), [
      "package-lock.json",
      "sboms/app.cdx.json",
      "sboms/app.spdx.json",
      "web/npm-shrinkwrap.json",
      "web/package-lock.json",
    ]);
    assert.deepEqual(found.unreadable, []);
    assert.equal(Buffer.from(found.documents[0]?.bytes ?? []).toString(), "package-lock.json");
  });

  it("tells of lockfiles that are known and not read, beside what is read", async () => {
    const folder = await tree("passed-over", ["package-lock.json", "mobile/pubspec.lock", "ios/Podfile.lock", "node_modules/a/mix.lock"]);
    const found = await findDocuments([folder, folder], noInput);
    assert.deepEqual(namesIn(folder, found), ["package-lock.json"]);
    assert.deepEqual(found.unreadable, []);
    assert.deepEqual(
      found.passedOver.map(({ place, reason }) => [relative(folder, place).replaceAll("\\", "/"), /found ([^.]+)\./.exec(reason)?.[1]]),
      [
        ["ios/Podfile.lock", "CocoaPods' lockfile"],
        ["mobile/pubspec.lock", "Dart's lockfile"],
      ],
    );
  });

  it("has read nothing where there are only such lockfiles", async () => {
    const folder = await tree("only-passed-over", ["mix.lock"]);
    const found = await findDocuments([folder], noInput);
    assert.deepEqual([found.documents, found.passedOver], [[], []]);
    assert.match(found.unreadable[0]?.reason ?? "", /found Mix's lockfile\. Let an SBOM generator/);
  });

  it("does not look into what tools install or write themselves", async () => {
    const folder = await tree("installed", [
      "package-lock.json",
      "node_modules/a/package-lock.json",
      "web/node_modules/.package-lock.json",
      ".git/package-lock.json",
      ".hg/package-lock.json",
      ".svn/package-lock.json",
      ".hidden/package-lock.json",
    ]);
    assert.deepEqual(namesIn(folder, await findDocuments([folder], noInput)), [".hidden/package-lock.json", "package-lock.json"]);
  });

  it("takes a file that is named, whatever it is called", async () => {
    const folder = await tree("given", ["anything.txt", "node_modules/package-lock.json"]);
    const found = await findDocuments([join(folder, "anything.txt"), join(folder, "node_modules")], noInput);
    assert.deepEqual(namesIn(folder, found), ["anything.txt", "node_modules/package-lock.json"]);
  });

  it("takes each document once, by whatever way it is named", async () => {
    const folder = await tree("twice", ["package-lock.json"]);
    const file = join(folder, "package-lock.json");
    const found = await findDocuments(
      [folder, file, folder, `${folder}/../twice/package-lock.json`, relative(process.cwd(), file)],
      noInput,
    );
    assert.deepEqual(namesIn(folder, found), ["package-lock.json"]);
  });

  it("does not follow links inside a directory, so that a loop of them ends", notOnWindows, async () => {
    const folder = await tree("links", ["package-lock.json", "web/package.json"]);
    await symlink(folder, join(folder, "web", "loop"));
    await symlink(join(folder, "package-lock.json"), join(folder, "web", "package-lock.json"));
    await symlink(join(folder, "absent"), join(folder, "npm-shrinkwrap.json"));
    const found = await findDocuments([folder], noInput);
    assert.deepEqual([namesIn(folder, found), found.unreadable], [["package-lock.json"], []]);
    assert.deepEqual(namesIn(folder, await findDocuments([join(folder, "web", "package-lock.json")], noInput)), ["web/package-lock.json"]);
  });

  it("says of a directory without documents what it expected there", async () => {
    const folder = await tree("empty", ["package.json"]);
    const reason = "expected a lockfile, an SBOM or a system's list of packages in it, found none by its name";
    assert.deepEqual(await findDocuments([folder], noInput), { documents: [], passedOver: [], unreadable: [{ place: folder, reason }] });
  });

  it("says of what is missing that it is, and goes on", async () => {
    const folder = await tree("missing", ["package-lock.json"]);
    const absent = join(folder, "absent.json");
    const found = await findDocuments([absent, folder], noInput);
    assert.deepEqual(found.unreadable, [{ place: absent, reason: "no such file or directory" }]);
    assert.deepEqual(namesIn(folder, found), ["package-lock.json"]);
  });

  it("says of what this user may not read that it is so, and goes on", notOnWindows, async () => {
    const folder = await tree("closed", ["package-lock.json", "a/package-lock.json", "b/package-lock.json"]);
    await chmod(join(folder, "a"), 0);
    await chmod(join(folder, "b/package-lock.json"), 0);
    await chmod(root, 0o755);
    const found = await asPlainUser(() => findDocuments([folder], noInput));
    await chmod(join(folder, "a"), 0o700);
    assert.deepEqual(namesIn(folder, found), ["package-lock.json"]);
    assert.deepEqual(
      found.unreadable.map(({ place, reason }) => [relative(folder, place), reason]),
      [
        ["a", "this user may not read it"],
        ["b/package-lock.json", "this user may not read it"],
      ],
    );
  });

  it("says where it stopped looking, for a directory is not clean because it is deep", async () => {
    const deep = Array.from({ length: 14 }, (_, index) => `d${index}`).join("/");
    const folder = await tree("deep", [`${deep}/package-lock.json`]);
    const found = await findDocuments([folder], noInput);
    assert.deepEqual(found.documents, []);
    assert.match(found.unreadable[0]?.reason ?? "", /^expected at most 12 folders one in another/);
    assert.equal(found.unreadable.length, 1);
  });

  it("does not take into memory what no format would read", async () => {
    const folder = await tree("large", ["package-lock.json"]);
    await truncate(join(folder, "package-lock.json"), 300 * 1024 * 1024);
    const found = await findDocuments([folder], noInput);
    assert.deepEqual([found.documents, found.unreadable[0]?.reason], [[], "expected at most 256 MB, got 300 MB"]);
  });

  it("reads standard input once, under the name that was given", async () => {
    let asked = 0;
    const read = async (): Promise<Uint8Array> => Buffer.from(`input ${++asked}`);
    const found = await findDocuments(["-", "-"], read);
    assert.deepEqual(
      found.documents.map(({ name, bytes }) => [name, Buffer.from(bytes).toString()]),
      [["-", "input 1"]],
    );
  });

  it("names what lies below the working directory from there, and all else by its whole path", async () => {
    const inside = await findDocuments([join(process.cwd(), "package-lock.json")], noInput);
    assert.equal(inside.documents[0]?.name, "package-lock.json");
    const folder = await tree("outside", ["package-lock.json"]);
    const outside = await findDocuments([relative(process.cwd(), folder)], noInput);
    assert.equal(outside.documents[0]?.name, join(folder, "package-lock.json"));
  });
});

/** Paths with forward slashes, from `folder`. */
function namesIn(folder: string, { documents }: FoundDocuments): readonly string[] {
  return documents.map(({ name }) => relative(folder, name).replaceAll("\\", "/"));
}

/** Root may read everything, so it steps down for as long as the work takes. */
async function asPlainUser<T>(work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(65_534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

async function noInput(): Promise<Uint8Array> {
  return assert.fail("standard input was not to be read");
}
