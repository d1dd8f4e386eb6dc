import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { openEmbedded } from "../../src/server/database/open-embedded.ts";
import { sql } from "../../src/server/database/sql.ts";

const child = join(import.meta.dirname, "embedded-child.ts");
const canTrace = spawnSync("strace", ["-f", "-e", "trace=fsync", "true"]).status === 0;
const needsTrace = { skip: !canTrace && "strace is not on this machine, or may not trace" };

test("every row acknowledged before a kill -9 is there afterwards", async () => {
  await withDirectory(async (directory) => {
    const kept = new Set<number>();
    for (const acknowledgements of [1, 60]) {
      const { process: victim, lines } = start([child, directory, "1000000"]);
      let heard = 0;
      for await (const line of lines) {
        const id = idIn(line, "kept");
        if (id === undefined) continue;
        kept.add(id);
        heard++;
        if (heard === acknowledgements) victim.kill("SIGKILL");
      }
    }
    const ids = await keptIds(directory);
    assert.ok(kept.size >= 61);
    assert.deepEqual(
      [...kept].filter((id) => !ids.includes(id)),
      [],
    );
  });
});

test("a commit's log is written and synced before the commit is acknowledged", needsTrace, async () => {
  await withDirectory(async (directory) => {
    const trace = `${directory}.trace`;
    await linesOf(
      ["-f", "-y", "-qq", "-e", "trace=pwrite64,fdatasync,write", "-o", trace, process.execPath, child, directory, "5"],
      "strace",
    );
    let written = 0;
    let synced = 0;
    const acknowledged: string[] = [];
    for (const call of readFileSync(trace, "utf8").split("\n")) {
      if (/pwrite64\(\d+<[^>]*\/pg_wal\//.test(call)) written++;
      // The call may be told in two lines when another thread runs meanwhile: a result of 0 stands in the last.
      else if (/fdatasync(\(\d+<[^>]*\/pg_wal\/| resumed>).*= 0$/.test(call)) synced = written;
      const id = /write\(1<[^>]*>, "kept (\d+)/.exec(call)?.[1];
      if (id === undefined) continue;
      assert.ok(written > 0 && synced === written, `row ${id} was acknowledged with ${written - synced} unsynced writes of the log`);
      acknowledged.push(id);
      written = 0;
      synced = 0;
    }
    assert.deepEqual(acknowledged, ["1", "2", "3", "4", "5"]);
  });
});

test("a new database directory is synced, files and directories, before it gets its name", needsTrace, async () => {
  await withDirectory(async (directory) => {
    const trace = `${directory}.trace`;
    await linesOf(["-f", "-y", "-qq", "-e", "trace=openat,fsync,rename", "-o", trace, process.execPath, child, directory, "1"], "strace");
    const calls = readFileSync(trace, "utf8").split("\n");
    const renamed = calls.findIndex((call) => call.includes(`rename("${directory}.partial", "${directory}")`));
    assert.notEqual(renamed, -1);
    const before = calls.slice(0, renamed).join("\n");
    const synced = new Set([...before.matchAll(/fsync\(\d+<([^>]*)>/g)].map(([, path]) => path));
    const created = [...before.matchAll(/openat\([^,]*, "([^"]*\.partial\/[^"]*)", [A-Z_|]*O_CREAT/g)].map(([, path]) => path);
    assert.ok(created.length > 400, `${created.length} files`);
    assert.deepEqual(
      created.filter((path) => !synced.has(path)),
      [],
    );
    for (const path of ["", "/base", "/pg_wal", "/global"]) assert.ok(synced.has(`${directory}.partial${path}`), path);
    assert.match(calls.slice(renamed).join("\n"), new RegExp(`fsync\\(\\d+<${join(directory, "..")}>`));
  });
});

test("a sync that fails acknowledges nothing, and the database reopens by itself", needsTrace, async () => {
  await withDirectory(async (directory) => {
    await linesOf([child, directory, "1"]);
    const log = join(directory, "pg_wal", readdirSync(join(directory, "pg_wal")).toSorted()[0] ?? "");
    // Counted in each thread and for this file alone: the worker that reopens the database syncs it a few times only.
    const inject = ["-f", "-qq", "-P", log, "-e", "trace=fdatasync", "-e", "inject=fdatasync:error=EIO:when=30", "-o", "/dev/null"];
    const lines = await linesOf([...inject, process.execPath, child, directory, "1000"], "strace");
    const refused = lines.findIndex((line) => line.startsWith("refused"));
    const next = lines.at(-1) ?? "";
    assert.match(lines[refused] ?? "", /^refused \d+ database-unavailable$/);
    assert.match(next, /^kept \d+$/);
    const ids = await keptIds(directory);
    const kept = lines.map((line) => idIn(line, "kept")).filter((id) => id !== undefined);
    assert.ok(kept.length > 10);
    assert.deepEqual(
      kept.filter((id) => !ids.includes(id)),
      [],
    );
  });
});

test(
  "a full disk is refused as such, loses nothing acknowledged, and works again after space is freed",
  { skip: whyNoSmallDisk() },
  async () => {
    const disk = mkdtempSync(join(tmpdir(), "sluice-small-disk-"));
    assert.equal(spawnSync("mount", ["-t", "tmpfs", "-o", "size=130m", "sluice-test", disk]).status, 0);
    try {
      const directory = join(disk, "database");
      const ballast = join(disk, "ballast");
      writeFileSync(ballast, new Uint8Array(20_000_000));
      const lines = await linesOf([child, directory, "100000", "1000000"]);
      const refused = lines.find((line) => line.startsWith("refused"));
      assert.match(refused ?? "", /^refused \d+ disk-full$/, lines.join("; "));
      const { bavail, bsize } = statfsSync(disk);
      assert.ok(bavail * bsize < 20_000_000, "the disk was full");
      rmSync(ballast);
      const again = await linesOf([child, directory, "3", "8"]);
      const kept = [...lines, ...again].map((line) => idIn(line, "kept")).filter((id) => id !== undefined);
      assert.ok(kept.length > 10, again.join("; "));
      const ids = await keptIds(directory);
      assert.deepEqual(
        kept.filter((id) => !ids.includes(id)),
        [],
      );
    } finally {
      spawnSync("umount", [disk]);
      rmSync(disk, { recursive: true });
    }
  },
);

async function withDirectory(work: (directory: string) => Promise<void>): Promise<void> {
  const parent = mkdtempSync(join(tmpdir(), "sluice-durability-"));
  mkdirSync(parent, { recursive: true });
  try {
    await work(join(parent, "database"));
  } finally {
    rmSync(parent, { recursive: true });
  }
}

async function keptIds(directory: string): Promise<readonly number[]> {
  const database = await openEmbedded({ directory });
  try {
    const rows = await database.asOwner((transaction) => transaction.query<{ id: number }>(sql`select id from kept order by id`));
    return rows.map(({ id }) => id);
  } finally {
    await database.close();
  }
}

function start(
  args: readonly string[],
  program: string = process.execPath,
): { readonly process: ChildProcess; readonly lines: AsyncIterable<string> } {
  const started = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  return { process: started, lines: createInterface(started.stdout) };
}

async function linesOf(args: readonly string[], program?: string): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const line of start(args, program).lines) lines.push(line);
  return lines;
}

function idIn(line: string, word: "kept"): number | undefined {
  const id = new RegExp(`^${word} (\\d+)$`).exec(line)?.[1];
  return id === undefined ? undefined : Number(id);
}

function whyNoSmallDisk(): string | false {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "only root on Linux can mount a small disk";
  const place = mkdtempSync(join(tmpdir(), "sluice-mount-"));
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "sluice-test", place]).status === 0;
  if (mounted) spawnSync("umount", [place]);
  rmSync(place, { recursive: true });
  return !mounted && "this machine refuses to mount a small disk";
}
