import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { zstdDecompressSync } from "node:zlib";
import { stopAtEachStep } from "../support/at-each-step.ts";

const program = join(import.meta.dirname, "files-steps-child.ts");
const [before, fresh] = ["old ", "new "];

test("what is replaced whole is the old file or the new one whenever its writer is killed, and a full disk leaves nothing beside it", async () => {
  const old = mkdtempSync(join(tmpdir(), "sluice-files-"));
  after(() => rmSync(old, { recursive: true, force: true }));
  execFileSync(process.execPath, [program, old, before]);
  const names = filesOf(old);
  assert.equal(names.length, 6);
  await stopAtEachStep({
    program,
    args: [fresh],
    every: 2,
    prepare: (directory) => cpSync(old, directory, { recursive: true }),
    check: ({ directory, fault, errors }) => {
      assert.equal(errors, "");
      for (const name of names) {
        const text = textOf(join(directory, name));
        if (name === "clock.json") assert.equal(typeof JSON.parse(text).wallMs, "number", fault);
        else
          assert.ok(
            [before, fresh].some((one) => text === one || text === one.repeat(10_000)),
            `${fault}: ${name}`,
          );
      }
      // The clock's own is overwritten by the next; no other may pile up.
      const left = filesOf(directory).filter((name) => !names.includes(name) && name !== "clock.json.new");
      if (fault.startsWith("full")) assert.deepEqual(left, [], fault);
      assert.ok(left.length <= 1, fault);
    },
  });
});

function filesOf(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .toSorted();
}

function textOf(path: string): string {
  const bytes = readFileSync(path);
  return (path.endsWith(".zst") ? zstdDecompressSync(bytes) : bytes).toString();
}
