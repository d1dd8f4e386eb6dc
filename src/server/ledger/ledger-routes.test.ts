import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { serveLedger, type ServedLedger } from "../../../tests/support/ledger-log.ts";
import { parseCheckpoint } from "../../sealing/checkpoint.ts";
import { entriesOf } from "../../sealing/tiles.ts";

describe("the ledger over HTTP", () => {
  let served: ServedLedger;
  before(async () => {
    served = await serveLedger();
    await served.growBy(300);
  });
  after(() => served.close());

  const get = (path: string): Promise<Response> => fetch(new URL(path, served.url));

  it("serves the checkpoint as text that is kept for a moment", async () => {
    const answer = await get("checkpoint");
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("content-type"), "text/plain; charset=utf-8");
    assert.match(answer.headers.get("cache-control") ?? "", /max-age=[0-5]\b/);
    assert.equal(parseCheckpoint(await answer.text()).size, 300);
  });

  for (const [path, bytes] of [
    ["tile/0/000", 8192],
    ["tile/0/001.p/44", 44 * 32],
    ["tile/0/001.p/1", 32],
    ["tile/1/000.p/1", 32],
  ] as const) {
    it(`serves ${path} as bytes that never change`, async () => {
      const answer = await get(path);
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.get("content-type"), "application/octet-stream");
      assert.match(answer.headers.get("cache-control") ?? "", /immutable/);
      assert.equal((await answer.bytes()).length, bytes);
    });
  }

  it("serves entries in bundles, whole and in part", async () => {
    assert.equal(entriesOf(await (await get("tile/entries/000")).bytes()).length, 256);
    assert.equal(entriesOf(await (await get("tile/entries/001.p/44")).bytes()).length, 44);
  });

  for (const path of [
    "tile/0/001",
    "tile/0/001.p/45",
    "tile/0/002.p/1",
    "tile/1/000.p/2",
    "tile/1/001.p/1",
    "tile/64/000",
    "tile/0/0",
    "tile/0/000.p/0",
    "tile/0/000.p/256",
    "tile/entries/001",
    "tile/entries/x000/000",
    "tile/0/%2e%2e/000",
    "tile/",
    "tile/0/x999/x999/x999/x999/999",
  ]) {
    it(`has nothing at ${path}`, async () => {
      const answer = await get(path);
      assert.equal(answer.status, 404);
      assert.match(answer.headers.get("cache-control") ?? "", /no-store/);
      await answer.body?.cancel();
    });
  }

  it("tells everybody how it stands, and nobody how many statements wait", async () => {
    const state = (await (await fetch(new URL("/api/ledger", served.url))).json()) as Readonly<Record<string, unknown>>;
    assert.deepEqual(Object.keys(state).toSorted(), [
      "batchLeaves",
      "checkpoint",
      "checkpoints",
      "everySeconds",
      "isRecording",
      "origin",
      "otherOrigins",
      "signedAtMs",
      "size",
      "verifierKeys",
      "witnesses",
    ]);
    assert.equal(state["size"], 300);
  });

  it("gives the proof of a published revision to everybody, and statements to members only", async () => {
    const { rows } = (await (await fetch(new URL("/api/ledger/advisories/SLU-2026-1", served.url))).json()) as {
      readonly rows: readonly { readonly proof: string }[];
    };
    assert.match(rows[0]?.proof ?? "", /^c2sp\.org\/tlog-proof@v1\nindex 0\n/);
    for (const path of ["/api/ledger/statements", "/api/ledger/statements/00000000-0000-4000-8000-000000000000/receipt"]) {
      assert.equal((await fetch(new URL(path, served.url))).status, 401, path);
    }
    const erase = await fetch(new URL("/api/ledger/statements/00000000-0000-4000-8000-000000000000/erase", served.url), { method: "POST" });
    assert.equal(erase.status, 401);
    assert.equal((await fetch(new URL("/api/ledger/restart", served.url), { method: "POST" })).status, 404, "only through the local door");
  });
});
