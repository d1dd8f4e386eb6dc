import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { destroyWhatIsDue } from "../../src/cli/gateway/destroy-due.ts";
import { gatewayName } from "../../src/cli/gateway/gateway-name.ts";
import { openHostKeys } from "../../src/cli/gateway/host-keys.ts";
import { keepCredential } from "../../src/cli/gateway/kept-credentials.ts";
import type { Client } from "../../src/contract/client.ts";
import { openKeys } from "../../src/server/open-keys.ts";
import { isCodedError } from "../../src/vocabulary/coded-error.ts";
import { type StoppedRun, stopAtEachStep } from "../support/at-each-step.ts";

const program = join(import.meta.dirname, "keys-steps-child.ts");
const [grant, window] = [randomUUID(), randomUUID()];

test("a first start stopped at any step of the making of its keys and its gateway's name is taken up by the next", async () => {
  await stopAtEachStep({ program, check: isTakenUp, every: 5 });
});

test("keys stopped at any step of rotation, use and destruction are taken up by the next start, and what was destroyed is in no file", async () => {
  const made = mkdtempSync(join(tmpdir(), "sluice-keys-steps-"));
  after(() => rmSync(made, { recursive: true, force: true }));
  await openKeys(placesIn(made));
  gatewayName(join(made, "data"));
  const prepare = (directory: string): void => cpSync(made, directory, { recursive: true });
  const steps = await stopAtEachStep({ program, args: [grant, window], prepare, check: isTakenUp, every: 5 });
  assert.ok(steps.filter((step) => step.startsWith("link")).length >= 4);
});

async function isTakenUp({ directory, said, fault, errors }: StoppedRun): Promise<void> {
  assert.equal(errors, "");
  const has = (line: string): boolean => said.includes(line);
  const dataDirectory = join(directory, "data");
  const recordDirectory = join(dataDirectory, "gateway");
  const keysDirectory = join(directory, "keys");
  const { keys } = await openKeys(placesIn(directory));
  const held = new Map(keys.list().map(({ id, purpose }) => [id, keys.held(purpose as "token").find((key) => key.id === id)]));
  for (const [what, id = "", digest] of said.map((line) => line.split(" "))) {
    if (what === "made")
      assert.equal(
        digest,
        createHash("sha256")
          .update(held.get(id)?.secret ?? "")
          .digest("hex"),
        `${fault}: ${id}`,
      );
    if (what === "name") assert.equal(gatewayName(dataDirectory), id);
    if (what === "retired" && held.has(id)) assert.ok(held.get(id)?.retiredMs !== undefined);
    if (what === "destroyed") assert.deepEqual(filesWith(keysDirectory, id), [], fault);
  }
  gatewayName(dataDirectory);
  const old = keys.held("token").find(({ id }) => id !== keys.current("token").id);
  if (old !== undefined) {
    keys.destroy(old.id);
    assert.deepEqual(filesWith(keysDirectory, old.id), [], fault);
  }
  if (has("stated credential")) return;

  // Said again by whoever was not told that it is kept.
  try {
    keepCredential(keys, dataDirectory, window, "sk-of-the-lab");
  } catch (error) {
    assert.ok(isCodedError(error, "conflict"), fault);
  }
  const log = (): void => {};
  const { openCredential } = openHostKeys({ keys, dataDirectory, recordDirectory, log });
  const opened = openCredential({ id: window } as never)?.toString();
  const [stated, sealed]: [string[], readonly string[]] = [[], sealedKeysOf(keysDirectory)];
  const client = (async (_: unknown, { body }: { readonly body: { readonly what: string } }) =>
    void stated.push(body.what)) as unknown as Client;
  const destruction = destroyWhatIsDue({ client, gateway: "g", keys, dataDirectory, recordDirectory, log });
  destruction.heard({ kind: "orders", orders: { destroy: { credentials: [window], records: [{ grant, window }] } } } as never);
  await destruction.settled();
  assert.ok(stated.includes("credential"), fault);
  if (has(`recorded ${grant}`) && !has("stated record")) assert.ok(stated.includes("record"), fault);
  for (const one of sealed) assert.deepEqual(filesWith(keysDirectory, one), [], fault);
  assert.deepEqual(sealedKeysOf(keysDirectory), []);
  assert.ok(opened === undefined || opened === "sk-of-the-lab");
}

function placesIn(directory: string): Parameters<typeof openKeys>[0] {
  return { dataDirectory: join(directory, "data"), keysDirectory: join(directory, "keys"), masterKey: undefined, masterKeyFile: undefined };
}

/** What opens nothing without the directory's master key, and is not to be there for whoever has it. */
function sealedKeysOf(directory: string): readonly string[] {
  return readdirSync(directory)
    .filter((name) => /^grant-.*\.key$/.test(name))
    .map((name) => (JSON.parse(readFileSync(join(directory, name), "utf8")) as { readonly sealed: string }).sealed);
}

function filesWith(directory: string, text: string): readonly string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory).filter((name) => readFileSync(join(directory, name), "utf8").includes(text));
}
