import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { grantDirectory, segmentPaths } from "../../src/sealing/segment-paths.ts";
import { readTranscripts } from "../../src/sealing/transcript.ts";
import { verifyRecord } from "../../src/sealing/verify-record.ts";

const child = join(import.meta.dirname, "record-child.ts");
const canTrace = spawnSync("strace", ["-f", "-e", "trace=fsync", "true"]).status === 0;
const needsTrace = { skip: !canTrace && "strace is not on this machine, or may not trace" };
const key = randomBytes(32);
const grantId = randomUUID();

test(
  "a request, the head of an answer and its end are synced before they are acknowledged, a piece of it is written",
  needsTrace,
  async () => {
    await withDirectory((directory) => {
      const trace = `${directory}.trace`;
      run(["-f", "-y", "-qq", "-e", "trace=write,pwrite64,fdatasync,fsync", "-o", trace], directory, 4);
      let written = 0;
      let synced = 0;
      const named = new Set<string>();
      const told: string[] = [];
      for (const call of readFileSync(trace, "utf8").split("\n")) {
        if (/write(?:64)?\(\d+<[^>]*\.segment>/.test(call)) written += 1;
        // The call may be told in two lines when another thread runs meanwhile: a result of 0 stands in the last.
        else if (/fdatasync(?:\(\d+<[^>]*\.segment>| resumed>).*= 0$/.test(call)) synced = written;
        const name = /fsync\(\d+<([^>]*)>/.exec(call)?.[1];
        if (name !== undefined) named.add(name);
        const word = /write\(1<[^>]*>, "(spend|open|chunk|close) /.exec(call)?.[1];
        if (word === undefined) continue;
        if (word !== "chunk") assert.equal(synced, written, `${word} was acknowledged with ${written - synced} unsynced writes`);
        told.push(`${word} after ${written} writes`);
        if (told.length > 1) continue;
        const grant = grantDirectory(directory, grantId);
        for (const path of [segmentPaths(grant, 1).slots, grant, directory]) assert.ok(named.has(path), path);
      }
      // The first write is the header line; then each frame has one of its own, since each waits for the one before it.
      const steps = Array.from({ length: 4 }, () => ["spend", "open", "chunk", "close"]).flat();
      assert.deepEqual(
        told,
        steps.map((word, n) => `${word} after ${n + 2} writes`),
      );
    });
  },
);

test("a sync that fails acknowledges nothing, and the record goes on in another segment", needsTrace, async () => {
  await withDirectory(async (directory) => {
    const { segment } = segmentPaths(grantDirectory(directory, grantId), 1);
    const lines = run(
      ["-f", "-qq", "-P", segment, "-e", "trace=fdatasync", "-e", "inject=fdatasync:error=EIO:when=3", "-o", "/dev/null"],
      directory,
      60,
    );
    const refused = lines.indexOf("refused internal");
    assert.ok(refused > 0, lines.join("; "));
    const closed = lines.flatMap((line) => /^close (.*)$/.exec(line)?.[1] ?? []);
    assert.ok(closed.length > 40 && lines.lastIndexOf(`close ${closed.at(-1)}`) > refused);
    const access = { directory: grantDirectory(directory, grantId), recordKey: key };
    const recorded = await Array.fromAsync(readTranscripts(access, () => true));
    const whole = new Set(recorded.filter(({ end }) => end?.outcome === "complete").map(({ exchangeId }) => exchangeId));
    assert.deepEqual(
      closed.filter((id) => !whole.has(id)),
      [],
    );
    assert.deepEqual((await verifyRecord(access, grantId)).problems, []);
  });
});

function run(strace: readonly string[], directory: string, count: number): readonly string[] {
  const args = [...strace, process.execPath, child, directory, key.toString("hex"), grantId, String(count)];
  const { stdout, stderr, status } = spawnSync("strace", args, { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return stdout.split("\n").filter((line) => line !== "");
}

async function withDirectory(work: (directory: string) => Promise<void> | void): Promise<void> {
  const parent = mkdtempSync(join(tmpdir(), "sluice-record-durability-"));
  try {
    await work(join(parent, "record"));
  } finally {
    rmSync(parent, { recursive: true });
  }
}
