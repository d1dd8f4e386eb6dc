import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { isCodedError } from "../vocabulary/coded-error.ts";
import { readConfig } from "./config.ts";
import { openKeys } from "./open-keys.ts";

const root = mkdtempSync(join(tmpdir(), "sluice-open-keys-"));
after(() => rmSync(root, { recursive: true, force: true }));
const invalid = (error: unknown) => isCodedError(error, "input-invalid");

test("with nothing set, the keys are made beside the data directory at the first start", async () => {
  const config = readConfig({ DATA_DIR: join(root, "a") });
  const first = await openKeys(config);
  assert.equal(first.isNew, true);
  assert.equal(first.keys.directory, join(root, "a-keys"));
  const second = await openKeys(config);
  assert.equal(second.isNew, false);
  assert.deepEqual(second.keys.list(), first.keys.list());
});

test("a master key from the environment leaves no master key on disk", async () => {
  const directory = join(root, "given");
  await openKeys(readConfig({ DATA_DIR: join(root, "b"), SLUICE_KEYS_DIR: directory, SLUICE_KEY: Buffer.alloc(32, 3).toString("base64") }));
  assert.equal(existsSync(join(directory, "master.key")), false);
  await assert.rejects(openKeys(readConfig({ DATA_DIR: join(root, "b"), SLUICE_KEYS_DIR: directory })), invalid);
  await assert.rejects(
    openKeys(readConfig({ DATA_DIR: join(root, "b"), SLUICE_KEYS_DIR: directory, SLUICE_KEY: Buffer.alloc(32, 4).toString("base64") })),
    invalid,
  );
});

test("keys inside the data directory are refused, by name and through a link", async () => {
  const data = join(root, "c");
  mkdirSync(join(data, "inner"), { recursive: true });
  symlinkSync(join(data, "inner"), join(root, "link"), "dir");
  for (const place of [data, join(data, "keys"), join(root, "link"), join(root, "link", "deeper")]) {
    await assert.rejects(openKeys(readConfig({ DATA_DIR: data, SLUICE_KEYS_DIR: place })), invalid, place);
  }
  await assert.rejects(
    openKeys(readConfig({ DATA_DIR: data, SLUICE_KEYS_DIR: join(root, "c-keys"), SLUICE_KEY_FILE: join(data, "master") })),
    invalid,
  );
  assert.equal(existsSync(join(data, "keys")), false);
});
