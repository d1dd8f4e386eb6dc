import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Client } from "../../contract/client.ts";
import { readDestroyedRecords, readOrders } from "../../contract/endpoints/gateway.ts";
import { openKeyRing } from "../../sealing/key-ring.ts";
import { hearOrders } from "./hear-orders.ts";
import { forgetCredential, keepCredential, keptWindows } from "./kept-credentials.ts";

test("a gateway says with each question for orders whose credentials it keeps, and tells of each answer", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sluice-kept-"));
  try {
    const keys = await openKeyRing({ directory: join(folder, "keys"), master: new Uint8Array(32).fill(7) });
    const [first, second] = [randomUUID(), randomUUID()];
    assert.deepEqual(keptWindows(folder), []);
    for (const window of [first, second]) keepCredential(keys, folder, window, "sk-lab");
    await writeFile(join(folder, "credentials", "notes.txt"), "");
    const asked: unknown[] = [];
    const heard: unknown[] = [];
    const server = (async (_endpoint: unknown, call: { readonly body: unknown }) => {
      asked.push(call.body);
      return { kind: "unchanged", nowMs: asked.length };
    }) as unknown as Client;
    const client = hearOrders(server, { heard: (answer) => void heard.push(answer), holds: () => keptWindows(folder)?.toSorted() });
    await client(readOrders, { body: { gateway: "g1", since: "r" } });
    forgetCredential(folder, first);
    await client(readOrders, { body: { gateway: "g1" } });
    await client(readDestroyedRecords, { body: { gateway: "g1", grants: [] } });
    assert.deepEqual(asked, [
      { gateway: "g1", since: "r", holds: [first, second].toSorted() },
      { gateway: "g1", holds: [second] },
      { gateway: "g1", grants: [] },
    ]);
    assert.deepEqual(heard, [
      { kind: "unchanged", nowMs: 1 },
      { kind: "unchanged", nowMs: 2 },
    ]);
    // More than one question can say: it says nothing, and may keep any.
    for (let nth = 0; nth < 1000; nth++) await writeFile(join(folder, "credentials", `${randomUUID()}.sealed`), "");
    assert.equal(keptWindows(folder), undefined);
    await client(readOrders, { body: { gateway: "g1" } });
    assert.deepEqual(asked.at(-1), { gateway: "g1" });
  } finally {
    await rm(folder, { recursive: true });
  }
});
