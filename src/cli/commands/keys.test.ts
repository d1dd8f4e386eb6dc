import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { runSluice } from "../../../tests/support/run-sluice.ts";

const root = mkdtempSync(join(tmpdir(), "sluice-keys-command-"));
after(() => rmSync(root, { recursive: true, force: true }));
const data = join(root, "data");
const directory = join(root, "data-keys");
const keys = (...args: readonly string[]) => runSluice(["keys", ...args, "--data-dir", data]);

test("keys are made, listed, rotated, retired and destroyed, and no secret is shown", async () => {
  const before = await keys("list");
  assert.equal(before.code, 2);
  assert.match(before.stderr, /sluice keys init makes them/);
  assert.equal(existsSync(directory), false);

  const made = await keys("init");
  assert.deepEqual([made.code, made.stderr], [0, ""]);
  assert.ok(made.stdout.includes(`Keys made in ${directory}`));
  assert.match((await keys("init")).stdout, /nothing was changed/);
  const files = readdirSync(directory);

  const { stdout: list } = await keys("list");
  const old = /sealing-1-[0-9a-f]{8}/.exec(list)?.[0] ?? "";
  assert.match(
    list,
    /actor-1-.+ current\n[\s\S]*advisory-1-.+ current\n[\s\S]*ledger-1-.+ current\n[\s\S]*sealing-1-.+ current\n[\s\S]*token-1-.+ current\n/,
  );
  assert.match(list, /verified with\n {2}advisory-1-[0-9a-f]{8} {2}MCowBQYDK2VwAyEA[A-Za-z0-9+/]{43}=\n/);
  assert.equal((await keys("retire", old)).code, 2, "the current key cannot be retired");
  assert.match((await keys("rotate", "sealing")).stdout, /sealing-2-[0-9a-f]{8} is the new key/);
  assert.match((await keys("list")).stdout, new RegExp(`${old}.+accepted until it is retired`));
  assert.equal((await keys("retire", old)).code, 0);
  assert.match((await keys("list")).stdout, new RegExp(`${old}.+retired \\d{4}-`));
  const { stdout: destroyed } = await keys("destroy", old);
  assert.match(destroyed, new RegExp(`${old} was destroyed`));
  assert.match(destroyed, /This cannot reach:\n {2}copies and backups/);
  assert.deepEqual(readdirSync(directory).toSorted(), files.map((file) => file.replace("sealing-1", "sealing-2")).toSorted());
});

for (const [what, args] of [
  ["no action", []],
  ["an unknown action", ["show"]],
  ["rotating nothing", ["rotate"]],
  ["rotating what is no purpose", ["rotate", "grant"]],
  ["retiring nothing", ["retire"]],
  ["an action with too much behind it", ["list", "actor"]],
] as const) {
  test(`${what} is refused, and makes no keys`, async () => {
    const elsewhere = join(root, "elsewhere");
    assert.equal((await runSluice(["keys", ...args, "--data-dir", elsewhere])).code, 2);
    assert.equal(existsSync(`${elsewhere}-keys`), false);
  });
}
