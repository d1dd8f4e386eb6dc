import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { packageRoot } from "../../src/server/package-root.ts";
import { bucketObjects } from "../feed-server/bucket-objects.ts";
import { installClients, runNpm } from "./outside-client.ts";

describe("npm pack", () => {
  let home = "";
  before(async () => {
    await installClients();
    home = await mkdtemp(join(tmpdir(), "sluice-pack-"));
  });
  after(() => rm(home, { recursive: true }));

  it("gives a package that runs without the sources", async () => {
    // What an earlier build left must not stand in for what packing makes.
    await rm(join(packageRoot, "dist"), { recursive: true, force: true });
    const packed = await runNpm(["pack", "--pack-destination", home], { cwd: packageRoot, home });
    assert.equal(packed.code, 0, packed.stderr);
    const tarball = (await readdir(home)).find((name) => name.endsWith(".tgz")) ?? "no tarball";
    await promisify(execFile)("tar", ["-xzf", tarball], { cwd: home });
    const installed = join(home, "package");
    assert.ok(!(await readdir(installed)).includes("src"));
    // The modules that an installation brings, without those that only building needs.
    for (const name of await runtimeDependencies()) {
      const place = join(installed, "node_modules", name);
      await mkdir(dirname(place), { recursive: true });
      await symlink(join(packageRoot, "node_modules", name), place, "junction");
    }
    const sluice = (...args: readonly string[]) =>
      promisify(execFile)(process.execPath, [join(installed, "bin", "sluice.js"), ...args], { env: { DATA_DIR: join(home, "data") } });

    assert.match((await sluice("versions", "--ecosystem", "npm", "1.2.3", "1.10.0")).stdout, /</);
    // A sync writes the database, joins advisories and builds the snapshot in a process of its own: every worker is in the package.
    const synced = await sluice("sync", "npm", "--from", await bucket(home), "--stated-at", new Date().toISOString());
    assert.match(synced.stdout + synced.stderr, /1 records? read/);
    const status = await sluice("status");
    assert.match(status.stdout, /npm\s+1 advisor/);
  });
});

async function runtimeDependencies(): Promise<readonly string[]> {
  const manifest = JSON.parse(await readFile(join(packageRoot, "package.json"), "utf8")) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  return Object.keys(manifest.dependencies);
}

/** A directory with npm's part of the public bucket: one advisory. */
async function bucket(home: string): Promise<string> {
  const record = {
    id: "GHSA-aaaa-bbbb-cccc",
    modified: "2026-01-02T03:04:05Z",
    affected: [
      { package: { ecosystem: "npm", name: "a" }, ranges: [{ type: "SEMVER", events: [{ introduced: "0" }, { fixed: "1.0.0" }] }] },
    ],
  };
  const folder = join(home, "bucket");
  for (const [path, bytes] of bucketObjects("npm", [record])) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }
  return folder;
}
