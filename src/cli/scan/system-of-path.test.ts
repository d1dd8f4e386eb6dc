import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { systemOfPath } from "./system-of-path.ts";

const needsLinks = { skip: process.platform === "win32" && "needs POSIX links" };
const BOOKWORM = 'ID=debian\nVERSION_ID="12"\n';
const DPKG = "var/lib/dpkg/status";

describe("the system of a list of installed packages", () => {
  let folder: string;
  let count = 0;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "sluice-system-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function rootWith(files: Readonly<Record<string, string>>): Promise<string> {
    const root = join(folder, String(count++));
    await mkdir(root);
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, name)), { recursive: true });
      await writeFile(join(root, name), text);
    }
    return root;
  }

  async function systemIn(root: string, path = DPKG): Promise<string | undefined> {
    const system = await systemOfPath(join(root, path));
    return system === undefined ? undefined : `${system.packageType} ${system.vendor} ${system.release}`;
  }

  it("is what os-release below the same root says, in etc or else in usr/lib", async () => {
    const root = await rootWith({ "etc/os-release": BOOKWORM });
    assert.equal(await systemIn(root), "deb debian 12");
    assert.equal(await systemIn(root, "var/lib/dpkg/status.d/libssl3"), "deb debian 12");
    const alpine = await rootWith({ "usr/lib/os-release": "ID=alpine\nVERSION_ID=3.18.4\n" });
    for (const path of ["lib/apk/db/installed", "usr/lib/apk/db/installed"])
      assert.equal(await systemIn(alpine, path), "apk alpine 3.18.4", path);
  });

  it("is not known of any other path, nor without an os-release that says so", async () => {
    const root = await rootWith({ "etc/os-release": BOOKWORM });
    for (const path of ["status", "lib/dpkg/status", "var/lib/dpkg/status-old", "package-lock.json"])
      assert.equal(await systemIn(root, path), undefined, path);
    for (const text of ["", "ID=unheard-of\n", "ID=debian\n", "\u0000", `#${"x".repeat(70_000)}\nID=debian\nVERSION_ID=12\n`])
      assert.equal(await systemIn(await rootWith({ "etc/os-release": text })), undefined, text.slice(0, 20));
    assert.equal(await systemIn(await rootWith({})), undefined);
    assert.equal(await systemIn(await rootWith({ "etc/os-release/file": "a folder" })), undefined);
  });

  it("follows links inside the root, and none that leads out of it", needsLinks, async () => {
    const within = await rootWith({ "usr/lib/os-release": BOOKWORM, "etc/x": "" });
    await symlink("../usr/lib/os-release", join(within, "etc/os-release"));
    assert.equal(await systemIn(within), "deb debian 12");

    const other = await rootWith({ "os-release": "ID=ubuntu\nVERSION_ID=22.04\n" });
    const out = await rootWith({ "usr/lib/os-release": BOOKWORM, "etc/x": "" });
    await symlink(join(other, "os-release"), join(out, "etc/os-release"));
    assert.equal(await systemIn(out), "deb debian 12");

    const throughFolder = await rootWith({});
    await symlink(other, join(throughFolder, "etc"));
    assert.equal(await systemIn(throughFolder), undefined);
  });
});
