import assert from "node:assert/strict";
import { ledgerConfig, ledgerTest, memberOf, record } from "../../../tests/support/ledger-scene.ts";
import { parseCheckpoint, verifyCheckpoint } from "../../sealing/checkpoint.ts";
import { verifyLogProof } from "../../sealing/log-proof.ts";
import { leafHash, treeRoot } from "../../sealing/merkle-tree.ts";
import { verifyReceipt } from "../../sealing/receipt.ts";
import { parseVerifierKey } from "../../sealing/signed-note.ts";
import { entriesOf, growTiles, nodeReader } from "../../sealing/tiles.ts";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import { recordRevision, recordStatement } from "./record-statement.ts";

ledgerTest("where nothing was ever recorded there is a signed, empty tree and no batch", async ({ ledger }) => {
  await ledger.runBatch();
  const checkpoint = parseCheckpoint(await ledger.checkpoint());
  assert.equal(checkpoint.size, 0);
  assert.match(checkpoint.origin, /^clearing\.example\/ledger\/[0-9a-f]{16}$/);
  assert.equal((await ledger.state()).isRecording, false);
});

ledgerTest("a statement is in the tree after the next batch, and its receipt shows so offline", async ({ database, actors, ledger }) => {
  const { caller, organisation } = await memberOf(actors);
  await ledger.runBatch();
  const { id, statement } = await database.transaction(caller.actor, (transaction) =>
    recordStatement(transaction, {
      organisationId: organisation,
      kind: "circle.admitted",
      facts: { circle: "c", member: "m" },
      atMs: actors.clock(),
    }),
  );
  assert.deepEqual(JSON.parse(statement), {
    at: new Date(actors.clock()).toISOString(),
    circle: "c",
    id,
    kind: "circle.admitted",
    member: "m",
    organisation,
  });
  const trusted = { log: (await ledger.state()).verifierKeys.map(parseVerifierKey), witnesses: [] };
  const early = verifyReceipt(await ledger.receipt(caller, id), trusted);
  assert.deepEqual([early.included, early.checkpoint.size], [undefined, 0]);
  await ledger.runBatch();
  const receipt = await ledger.receipt(caller, id);
  const verified = verifyReceipt(receipt, trusted);
  assert.equal(verified.statement, statement);
  assert.equal(verified.included?.checkpoint.size, 8);
  const listed = await ledger.list(caller, { limit: 10 });
  assert.deepEqual(
    listed.rows.map((row) => [row.id, row.index]),
    [[id, verified.included?.index]],
  );
  assert.throws(() => verifyReceipt({ ...receipt, statement: statement.replace("admitted", "revoked") }, trusted));
  assert.throws(() => verifyReceipt({ ...receipt, nonce: Buffer.alloc(32).toString("base64") }, trusted));
});

ledgerTest(
  "every batch has the same number of confidential leaves, 32 bytes each, however many statements there are",
  async ({ database, actors, ledger }) => {
    const { caller, organisation } = await memberOf(actors);
    const sizes: number[] = [];
    for (const count of [1, 0, 11, 0, 3]) {
      for (let made = 0; made < count; made++) await record(database, caller, organisation, actors.clock());
      await ledger.runBatch();
      sizes.push(parseCheckpoint(await ledger.checkpoint()).size);
    }
    assert.deepEqual(sizes, [8, 16, 24, 32, 40]);
    const entries = entriesOf(await ledger.tile({ level: "entries", index: 0, width: 40 }));
    assert.ok(entries.every((entry) => entry.length === 32));
    for (const first of [0, 8, 16, 24, 32]) {
      const batch = entries.slice(first, first + 8).map((entry) => Buffer.from(entry).toString("hex"));
      assert.deepEqual(batch, batch.toSorted());
    }
    const placed = (await ledger.list(caller, { limit: 50 })).rows;
    assert.equal(placed.length, 15);
    assert.ok(placed.every(({ index }) => index !== undefined));
  },
);

ledgerTest("batches come at their times, one a period, whoever asks", async ({ database, actors, ledger, open }) => {
  const { caller, organisation } = await memberOf(actors);
  const other = await open();
  await record(database, caller, organisation, actors.clock());
  const size = async (): Promise<number> => {
    await Promise.all([ledger.runBatch("due"), other.runBatch("due")]);
    return parseCheckpoint(await ledger.checkpoint()).size;
  };
  assert.equal(await size(), 8);
  assert.equal(await size(), 8);
  actors.setClock(actors.clock() + 599_000);
  assert.equal(await size(), 8);
  actors.setClock(actors.clock() + 1000);
  assert.equal(await size(), 16);
  actors.setClock(actors.clock() + 6_000_000);
  assert.equal(await size(), 24);
});

ledgerTest(
  "the served tiles and entries make the served root, and nothing behind the newest checkpoint is served",
  async ({ database, actors, ledger, open }) => {
    const { caller, organisation } = await memberOf(actors);
    await record(database, caller, organisation, actors.clock());
    const large = await open({ config: { ...ledgerConfig, ledgerBatchLeaves: 300 } });
    await large.runBatch();
    await ledger.runBatch();
    const { size, root } = parseCheckpoint(await ledger.checkpoint());
    assert.equal(size, 308);
    const entries = [
      ...entriesOf(await ledger.tile({ level: "entries", index: 0, width: 256 })),
      ...entriesOf(await ledger.tile({ level: "entries", index: 1, width: 52 })),
    ];
    assert.deepEqual(treeRoot(size, nodeReader(growTiles(0, entries.map(leafHash), () => undefined))), root);
    assert.equal((await ledger.tile({ level: 0, index: 0, width: 256 })).length, 8192);
    assert.equal((await ledger.tile({ level: 1, index: 0, width: 1 })).length, 32);
    for (const missing of [
      { level: 0, index: 1, width: 53 },
      { level: 0, index: 1, width: 256 },
      { level: 0, index: 2, width: 1 },
      { level: 1, index: 0, width: 2 },
      { level: 2, index: 0, width: 1 },
      { level: 63, index: 0, width: 1 },
      { level: "entries", index: 1, width: 53 },
    ] as const) {
      await assert.rejects(ledger.tile(missing), (error) => isCodedError(error, "not-found"), JSON.stringify(missing));
    }
  },
);

ledgerTest("published revisions are public leaves, chained, each with its proof", async ({ database, actors, ledger }) => {
  const publish = (sha256: string) =>
    database.transaction("releaser", (transaction) =>
      recordRevision(transaction, { advisoryId: "SLU-2026-1", sha256, atMs: actors.clock() }),
    );
  const [first, second] = ["1".repeat(64), "2".repeat(64)];
  assert.deepEqual(await publish(first), { version: 1 });
  assert.deepEqual(await publish(first), { version: 1 });
  assert.deepEqual(await publish(second), { version: 2 });
  assert.deepEqual(
    (await ledger.revisions("SLU-2026-1")).rows.map(({ index, proof }) => [index, proof]),
    [
      [undefined, undefined],
      [undefined, undefined],
    ],
  );
  await ledger.runBatch();
  const { rows } = await ledger.revisions("SLU-2026-1");
  assert.deepEqual(
    rows.map(({ leaf }) => JSON.parse(leaf) as unknown),
    [
      { kind: "advisory", id: "SLU-2026-1", version: 1, sha256: first, prev: null },
      { kind: "advisory", id: "SLU-2026-1", version: 2, sha256: second, prev: first },
    ],
  );
  const trusted = { log: (await ledger.state()).verifierKeys.map(parseVerifierKey), witnesses: [] };
  for (const { proof, leaf, index } of rows) assert.equal(verifyLogProof(proof ?? "", Buffer.from(leaf), trusted).index, index);
  assert.equal(parseCheckpoint(await ledger.checkpoint()).size, 10);
});

ledgerTest("a statement and what it is about are recorded together or not at all", async ({ database, actors, ledger }) => {
  const { caller, organisation } = await memberOf(actors);
  await assert.rejects(
    database.transaction(caller.actor, async (transaction) => {
      await recordStatement(transaction, { organisationId: organisation, kind: "circle.left", facts: {}, atMs: actors.clock() });
      throw new Error("the rest failed");
    }),
  );
  assert.deepEqual((await ledger.list(caller, { limit: 10 })).rows, []);
});

ledgerTest(
  "while keys change, checkpoints verify with either; after the old one is retired, with the new one alone",
  async ({ actors, database, ledger }) => {
    const { caller, organisation } = await memberOf(actors);
    await record(database, caller, organisation, actors.clock());
    await ledger.runBatch();
    const [old] = (await ledger.state()).verifierKeys.map(parseVerifierKey);
    const oldId = actors.keys.current("ledger").id;
    await actors.keys.rotate("ledger");
    await ledger.runBatch();
    const both = (await ledger.state()).verifierKeys.map(parseVerifierKey);
    assert.equal(both.length, 2);
    for (const key of both) assert.equal(verifyCheckpoint(await ledger.checkpoint(), [key]).size, 16);
    actors.keys.retire(oldId);
    await ledger.runBatch();
    assert.ok(old !== undefined);
    const checkpoint = await ledger.checkpoint();
    assert.throws(() => verifyCheckpoint(checkpoint, [old]));
    assert.equal(verifyCheckpoint(checkpoint, both.slice(0, 1)).size, 24);
  },
);
