import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  chmodSync,
  linkSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { KEY_PURPOSES } from "./key-file.ts";
import { openKeyRing } from "./key-ring.ts";
import { readMasterKey } from "./master-key.ts";
import { SealingError, type SealingCode } from "./sealing-error.ts";

const root = mkdtempSync(join(tmpdir(), "sluice-keys-"));
after(() => rmSync(root, { recursive: true, force: true }));

let count = 0;
const newDirectory = (): string => join(root, `keys-${++count}`);
const master = new Uint8Array(32).fill(7);
const refused = (code: SealingCode) => (error: unknown) => error instanceof SealingError && error.code === code;
const isPosix = process.platform !== "win32";

test("opening an empty directory makes one key of every standing purpose, and opening it again gives the same", async () => {
  const directory = newDirectory();
  const first = await openKeyRing({ directory, master });
  const second = await openKeyRing({ directory, master });
  for (const purpose of KEY_PURPOSES) assert.deepEqual(second.current(purpose), first.current(purpose));
  assert.equal(first.current("actor").secret.length, 32);
  assert.match(new TextDecoder().decode(first.current("sealing").secret), /^AGE-SECRET-KEY-1/);
});

test("no secret stands in the directory in the clear, and files are open to their owner only", async () => {
  const directory = newDirectory();
  const ring = await openKeyRing({ directory, master });
  const files = readdirSync(directory);
  assert.deepEqual(files.toSorted(), ["actor-1.key", "advisory-1.key", "ledger-1.key", "sealing-1.key", "token-1.key"]);
  for (const file of files) {
    const bytes = readFileSync(join(directory, file));
    for (const purpose of KEY_PURPOSES) {
      const { secret } = ring.current(purpose);
      assert.equal(bytes.includes(Buffer.from(secret)), false);
      assert.equal(bytes.includes(Buffer.from(secret).toString("base64")), false);
    }
    if (isPosix) assert.equal(statSync(join(directory, file)).mode & 0o777, 0o600);
  }
  if (isPosix) assert.equal(statSync(directory).mode & 0o777, 0o700);
});

test("a rotated key is accepted until it is retired", async () => {
  const ring = await openKeyRing({ directory: newDirectory(), master, clock: () => 1000 });
  const old = ring.current("token");
  const fresh = await ring.rotate("token");
  assert.equal(ring.current("token").id, fresh.id);
  assert.deepEqual(
    ring.accepted("token").map(({ id }) => id),
    [fresh.id, old.id],
  );
  ring.retire(old.id);
  assert.deepEqual(
    ring.accepted("token").map(({ id }) => id),
    [fresh.id],
  );
  const again = await openKeyRing({ directory: ring.directory, master });
  assert.equal(again.list().find(({ id }) => id === old.id)?.retiredMs, 1000);
  assert.deepEqual(
    again.accepted("token").map(({ id }) => id),
    [fresh.id],
  );
});

test("destroying a key removes its file, empties it in memory and says what it cannot reach", async () => {
  const directory = newDirectory();
  const ring = await openKeyRing({ directory, master });
  const key = ring.grantKey("4f0c0a8e-0000-4000-8000-000000000001");
  const destroyed = ring.destroy(key.id);
  assert.equal(ring.heldGrantKey("4f0c0a8e-0000-4000-8000-000000000001"), undefined);
  assert.equal(
    readdirSync(directory).some((name) => name.startsWith("grant-")),
    false,
  );
  assert.ok(key.secret.every((byte) => byte === 0));
  assert.ok(destroyed.cannotReach.some((words) => words.includes("backups")));
  assert.throws(() => ring.destroy(key.id), refused("key-unknown"));
});

test("what a writer that was killed left of a key is destroyed with it, and of any other goes when it has lain for an hour", async () => {
  const directory = newDirectory();
  const ring = await openKeyRing({ directory, master });
  const [grant, half] = ["4f0c0a8e-0000-4000-8000-000000000002", "4f0c0a8e-0000-4000-8000-000000000003"];
  const { id } = ring.grantKey(grant);
  // As after a kill between the two steps by which a key gets its name, and before the first.
  linkSync(join(directory, `${id}.key`), join(directory, `${id}.key.0123456789ab.new`));
  for (const name of [`grant-${half}.key.0123456789ab.new`, "master.key.0123456789ab.new", "master.key.ba9876543210.new"])
    writeFileSync(join(directory, name), "left", { mode: 0o600 });
  ring.destroyGrantKey(grant);
  ring.destroyGrantKey(half);
  const left = (): readonly string[] => readdirSync(directory).filter((name) => name.endsWith(".new"));
  assert.deepEqual(left().toSorted(), ["master.key.0123456789ab.new", "master.key.ba9876543210.new"]);
  utimesSync(join(directory, "master.key.0123456789ab.new"), 0, 0);
  await openKeyRing({ directory, master });
  assert.deepEqual(left(), ["master.key.ba9876543210.new"]);
});

test("a grant's key that another process destroyed is as good as destroyed here, and empty once that is noticed", async () => {
  const directory = newDirectory();
  const [ring, other] = [await openKeyRing({ directory, master }), await openKeyRing({ directory, master })];
  const key = ring.grantKey("a-credential");
  other.reload();
  const [here, there] = [ring.destroyGrantKey("a-credential"), other.destroyGrantKey("a-credential")];
  assert.deepEqual([there.keyId, there.file, there.cannotReach], [here.keyId, here.file, here.cannotReach]);
  assert.equal(here.file, join(directory, "grant-a-credential.key"));
  assert.equal(other.heldGrantKey("a-credential"), undefined);
  assert.ok(key.secret.every((byte) => byte === 0));
  const kept = ring.grantKey("b");
  other.reload();
  other.destroyGrantKey("b");
  ring.reload();
  assert.ok(kept.secret.every((byte) => byte === 0));
  assert.throws(() => ring.destroyGrantKey("../a"), refused("key-unknown"));
});

test("each grant has a key of its own, the same at every opening", async () => {
  const directory = newDirectory();
  const ring = await openKeyRing({ directory, master });
  assert.notDeepEqual(ring.grantKey("a").secret, ring.grantKey("b").secret);
  const again = await openKeyRing({ directory, master });
  assert.deepEqual(again.grantKey("a"), ring.grantKey("a"));
  assert.throws(() => ring.grantKey("../a"), refused("key-unknown"));
});

test("the current key of a purpose can be neither retired nor destroyed", async () => {
  const ring = await openKeyRing({ directory: newDirectory(), master });
  const { id } = ring.current("ledger");
  assert.throws(() => ring.retire(id), refused("key-in-use"));
  assert.throws(() => ring.destroy(id), refused("key-in-use"));
  await ring.rotate("ledger");
  ring.retire(id);
  ring.destroy(id);
  assert.equal((await openKeyRing({ directory: ring.directory, master })).list().length, KEY_PURPOSES.length);
});

test("another master key, and a file that was changed or moved, are refused", async () => {
  const directory = newDirectory();
  await openKeyRing({ directory, master });
  await assert.rejects(openKeyRing({ directory, master: new Uint8Array(32).fill(8) }), refused("master-key-refused"));
  const file = join(directory, "actor-1.key");
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace('"purpose": "actor"', '"purpose": "token"'));
  await assert.rejects(openKeyRing({ directory, master }), refused("master-key-refused"));
  writeFileSync(file, "not a key");
  await assert.rejects(openKeyRing({ directory, master }), refused("key-store-refused"));
  writeFileSync(file, text);
  renameSync(join(directory, "token-1.key"), join(directory, "token-2.key"));
  await assert.rejects(openKeyRing({ directory, master }), refused("key-store-refused"));
});

test("a directory or key that others may read is refused", { skip: isPosix ? false : "Windows has no such rights" }, async () => {
  const directory = newDirectory();
  await openKeyRing({ directory, master });
  chmodSync(directory, 0o750);
  await assert.rejects(openKeyRing({ directory, master }), refused("key-store-refused"));
  chmodSync(directory, 0o700);
  chmodSync(join(directory, "ledger-1.key"), 0o640);
  await assert.rejects(openKeyRing({ directory, master }), /ledger-1\.key to be open to its owner only \(0600\), got 0640/);
});

test("the master key is made once, read again, and never made anew where keys are sealed already", async () => {
  const directory = newDirectory();
  const source = { text: undefined, file: join(directory, "master.key"), keysDirectory: directory };
  const made = readMasterKey(source);
  assert.deepEqual(readMasterKey(source), made);
  await openKeyRing({ directory, master: made });
  rmSync(source.file);
  assert.throws(() => readMasterKey(source), refused("master-key-refused"));
  assert.deepEqual(readMasterKey({ ...source, text: Buffer.from(made).toString("base64") }), made);
});

for (const text of [
  "",
  "short",
  "not base64 at all ...............................",
  Buffer.alloc(31).toString("base64"),
  Buffer.alloc(33).toString("base64"),
]) {
  test(`a master key of ${text.length} characters that is not 32 bytes in base64 is refused without repeating it`, () => {
    const source = { text, file: "unused", keysDirectory: root };
    assert.throws(
      () => readMasterKey(source),
      (error) => refused("master-key-refused")(error) && (text === "" || !String(error).includes(text)),
    );
  });
}

test("processes that open the same directory at once end up with the same keys", async () => {
  const directory = newDirectory();
  const program = `
    const { openKeyRing } = await import(${JSON.stringify(import.meta.resolve("./key-ring.ts"))});
    const { readMasterKey } = await import(${JSON.stringify(import.meta.resolve("./master-key.ts"))});
    const directory = ${JSON.stringify(directory)};
    const master = readMasterKey({ text: undefined, file: directory + "/master.key", keysDirectory: directory });
    const ring = await openKeyRing({ directory, master });
    await ring.rotate("ledger");
    console.log(JSON.stringify(ring.list().filter(({ sequence }) => sequence === 1).map(({ id }) => id).sort()));`;
  const runs = await Promise.all(Array.from({ length: 6 }, () => output(program)));
  assert.equal(new Set(runs).size, 1, runs.join("\n"));
  assert.equal((JSON.parse(runs[0] ?? "[]") as readonly string[]).length, KEY_PURPOSES.length);
});

function output(program: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve(text) : reject(new Error(`exit ${code}`))));
  });
}
