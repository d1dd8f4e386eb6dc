import assert from "node:assert/strict";
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withTestDatabase } from "../../../tests/database/test-database.ts";
import { type TestMember, type TrustedActors, withTrustedActors } from "../../../tests/support/trusted-actors.ts";
import { parseCheckpoint, verifyCheckpoint } from "../../sealing/checkpoint.ts";
import { verifyLogProof } from "../../sealing/log-proof.ts";
import { leafHash, treeRoot } from "../../sealing/merkle-tree.ts";
import { verifyReceipt } from "../../sealing/receipt.ts";
import { openSignedHeads } from "../../sealing/signed-heads.ts";
import { parseVerifierKey } from "../../sealing/signed-note.ts";
import { entriesOf, growTiles, nodeReader } from "../../sealing/tiles.ts";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import { verbsOf } from "../../vocabulary/organisation.ts";
import type { Database, OwnedDatabase } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import type { Caller } from "../http/caller.ts";
import { createLedgerService, type LedgerParts, type LedgerService } from "./ledger-service.ts";
import { recordRevision, recordStatement } from "./record-statement.ts";

const config: LedgerParts["config"] = {
  ledgerEverySeconds: 600,
  ledgerBatchLeaves: 8,
  witnesses: [],
  publicUrl: "https://clearing.example/",
  allowedPrivateHosts: [],
};
const quiet = { error: () => {}, warn: () => {} };

type Stage = {
  readonly database: OwnedDatabase;
  readonly actors: TrustedActors;
  readonly ledger: LedgerService;
  readonly open: (more?: Partial<LedgerParts>) => Promise<LedgerService>;
};

function ledgerTest(title: string, work: (stage: Stage) => Promise<void>): void {
  withTestDatabase(title, async (database) => {
    await withTrustedActors(database, async (actors) => {
      const opened: LedgerService[] = [];
      const open = async (more: Partial<LedgerParts> = {}): Promise<LedgerService> => {
        const ledger = await createLedgerService({ database, keys: actors.keys, config, clock: actors.clock, log: quiet, ...more });
        opened.push(ledger);
        return ledger;
      };
      try {
        await work({ database, actors, ledger: await open(), open });
      } finally {
        await Promise.all(opened.map((ledger) => ledger.close()));
      }
    });
  });
}

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
    const large = await open({ config: { ...config, ledgerBatchLeaves: 300 } });
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

ledgerTest(
  "a statement is seen by its organisation alone, and a foreign one is as missing as one that never was",
  async ({ database, actors, ledger }) => {
    const mine = await memberOf(actors);
    const theirs = await memberOf(actors);
    const { id } = await record(database, mine.caller, mine.organisation, actors.clock());
    await ledger.runBatch();
    assert.deepEqual((await ledger.list(theirs.caller, { limit: 10 })).rows, []);
    const refusals: string[] = [];
    for (const asked of [id, randomUUID()]) {
      await assert.rejects(
        ledger.receipt(theirs.caller, asked),
        (error) => isCodedError(error, "not-found") && refusals.push(error.message) > 0,
      );
      await assert.rejects(
        ledger.erase(theirs.caller, asked),
        (error) => isCodedError(error, "not-found") && refusals.push(error.message) > 0,
      );
    }
    assert.equal(new Set(refusals).size, 1);
    await assert.rejects(
      database.transaction(theirs.caller.actor, (transaction) =>
        recordStatement(transaction, { organisationId: mine.organisation, kind: "release.opened", facts: {}, atMs: actors.clock() }),
      ),
    );
  },
);

ledgerTest(
  "a statement about a record is seen by whoever sees the record at its level, and by nobody else",
  async ({ database, actors, ledger }) => {
    const owner = await memberOf(actors);
    const distributor = await memberOf(actors);
    const service = await actors.makeOrganisation("Service", "agency", true);
    const stranger = await memberOf(actors);
    const record = randomUUID();
    const about = { organisationId: owner.organisation, id: record };
    const opened = new Date(actors.clock() - 1000);
    const open = (
      circle: string,
      level: number,
    ) => sql`insert into opening (organisation_id, record_id, circle_id, level, opened_by, opened_at)
    values (${owner.organisation}, ${record}, ${circle}, ${level}, 'owner', ${opened})`;
    await database.query(
      "keeper",
      sql`insert into confidential_record (organisation_id, id, kind, created_at) values (${owner.organisation}, ${record}, 'draft-advisory', ${opened})`,
    );
    for (const [circle, level] of [
      [owner.organisation, 1],
      [distributor.organisation, 3],
      [service, 3],
    ] as const) {
      await database.query("keeper", open(circle, level));
    }
    for (const level of [1, 3, 5]) {
      await database.transaction("releaser", (transaction) =>
        recordStatement(transaction, {
          organisationId: owner.organisation,
          kind: "release.stage-opened",
          record: { ...about, level },
          facts: { level },
          atMs: actors.clock(),
        }),
      );
    }
    await ledger.runBatch();
    const levelsSeen = async (caller: Caller): Promise<readonly unknown[]> => {
      const { rows } = await ledger.list(caller, { limit: 10, record: about });
      for (const { id } of rows) assert.ok((await ledger.receipt(caller, id)).proof);
      return rows.map(({ statement = "{}" }) => (JSON.parse(statement) as { readonly level: unknown }).level).toSorted();
    };
    assert.deepEqual(await levelsSeen(owner.caller), [1, 3, 5]);
    assert.deepEqual(await levelsSeen(distributor.caller), [3, 5]);
    assert.deepEqual(
      await levelsSeen(await callerOf(actors, service, "administrator")),
      [],
      "its function keeps it from everything above public",
    );
    assert.deepEqual(await levelsSeen(stranger.caller), []);
    const weak = { ...owner.caller, actor: actors.as({ organisation: owner.organisation, person: owner.caller.person }, { floor: 4 }) };
    assert.deepEqual(await levelsSeen(weak), [5], "a mailed link shows nothing above notice");
  },
);

ledgerTest(
  "the notary sees leaves and never statements, nonces or kinds; nobody but it writes the tree",
  async ({ database, actors, ledger }) => {
    const { caller, organisation } = await memberOf(actors);
    await record(database, caller, organisation, actors.clock());
    await ledger.runBatch();
    for (const column of ["statement", "nonce", "kind", "record_id"]) {
      await assert.rejects(database.query("notary", { text: `select ${column} from ledger_statement`, values: [] }), column);
    }
    await assert.rejects(database.query("reader", sql`select leaf from ledger_statement`));
    for (const actor of [caller.actor, "reader", "releaser", "importer"] as const) {
      await assert.rejects(database.query(actor, sql`update ledger set size = 0`));
      await assert.rejects(database.query(actor, sql`update ledger_tile set hashes = ${new Uint8Array(32)}`));
    }
    await assert.rejects(database.query("notary", sql`delete from ledger_tile`));
    await assert.rejects(database.query("notary", sql`delete from ledger_checkpoint`));
    await assert.rejects(database.query(caller.actor, sql`update ledger_statement set leaf_index = 3`));
    await assert.rejects(database.query(caller.actor, sql`delete from ledger_statement`));
  },
);

ledgerTest(
  "erasing destroys nonce and text, once, by an administrator; the leaf stays and still verifies as noise",
  async ({ database, actors, ledger }) => {
    const { caller, organisation } = await memberOf(actors);
    const { id } = await record(database, caller, organisation, actors.clock());
    await ledger.runBatch();
    const before = await ledger.receipt(caller, id);
    const reader = await callerOf(actors, organisation, "reader");
    await assert.rejects(ledger.erase(reader, id), (error) => isCodedError(error, "not-found"));
    const erasure = await ledger.erase(caller, id);
    assert.ok(erasure.cannotReach.some((words) => words.includes("backups")));
    await assert.rejects(ledger.receipt(caller, id), (error) => isCodedError(error, "conflict"));
    await assert.rejects(ledger.erase(caller, id), (error) => isCodedError(error, "not-found"));
    const [row] = await database.query("keeper", sql`select statement, nonce from ledger_statement where id = ${id}`);
    assert.deepEqual(row, { statement: null, nonce: null });
    await ledger.runBatch();
    const trusted = { log: (await ledger.state()).verifierKeys.map(parseVerifierKey), witnesses: [] };
    assert.ok(verifyReceipt(before, trusted).included, "what somebody kept still proves: the answer says so");
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

for (const [what, harm] of [
  ["set back to an earlier state", (database: OwnedDatabase, backup: readonly unknown[]) => putBack(database, backup)],
  [
    "with a leaf's hash changed",
    (database: OwnedDatabase) =>
      database.query(
        "keeper",
        sql`update ledger_tile set hashes = overlay(hashes placing ${new Uint8Array(32)} from 1 for 32) where level = 0`,
      ),
  ],
  ["that says another root", (database: OwnedDatabase) => database.query("keeper", sql`update ledger set root = ${new Uint8Array(32)}`)],
  [
    "that says it is another ledger",
    (database: OwnedDatabase) => database.query("keeper", sql`update ledger set origin = 'other.example/ledger/1'`),
  ],
  ["whose tree was emptied", (database: OwnedDatabase) => database.query("keeper", sql`update ledger set size = 0, root = sha256('')`)],
] as const) {
  ledgerTest(`a database ${what} is not signed, and a person is told`, async ({ database, actors, ledger }) => {
    const { caller, organisation } = await memberOf(actors);
    await record(database, caller, organisation, actors.clock());
    await ledger.runBatch();
    const backup = await database.query("keeper", sql`select size, root from ledger`);
    await ledger.runBatch();
    const signed = openSignedHeads(actors.keys.directory).read((await ledger.state()).origin);
    await harm(database, backup);
    await assert.rejects(ledger.runBatch(), (error) => isCodedError(error, "conflict") && /fork/.test(error.message));
    assert.match(ledger.refusal() ?? "", /not continued/);
    assert.match((await ledger.state()).refusal ?? "", /not continued/);
    assert.equal(openSignedHeads(actors.keys.directory).read(parseCheckpoint(signed ?? "").origin), signed);
  });
}

ledgerTest("a ledger signed by keys that are not here is not continued", async ({ database, actors, ledger, open }) => {
  const { caller, organisation } = await memberOf(actors);
  await record(database, caller, organisation, actors.clock());
  await ledger.runBatch();
  const directory = mkdtempSync(join(tmpdir(), "sluice-heads-"));
  try {
    const foreign = new Uint8Array(generateKeyPairSync("ed25519").privateKey.export({ format: "der", type: "pkcs8" }));
    const key = { ...actors.keys.current("ledger"), secret: foreign };
    const stranger = await open({ keys: { ...actors.keys, held: () => [key], accepted: () => [key] }, heads: openSignedHeads(directory) });
    await assert.rejects(stranger.runBatch(), (error) => isCodedError(error, "conflict"));
  } finally {
    rmSync(directory, { recursive: true });
  }
});

ledgerTest(
  "a database made anew under the same keys is another ledger, and the one before it is named",
  async ({ database, actors, ledger, open }) => {
    const { caller, organisation } = await memberOf(actors);
    await record(database, caller, organisation, actors.clock());
    await ledger.runBatch();
    const { origin } = await ledger.state();
    for (const table of ["ledger_statement", "ledger_checkpoint", "ledger_bundle", "ledger_tile", "ledger"]) {
      await database.query("keeper", { text: `delete from ${table}`, values: [] });
    }
    const fresh = await open();
    await fresh.runBatch();
    const state = await fresh.state();
    assert.notEqual(state.origin, origin);
    assert.deepEqual(state.otherOrigins, [origin]);
  },
);

ledgerTest(
  "an empty ledger takes the name of the address it comes to; one with leaves keeps its own",
  async ({ database, actors, open }) => {
    const at = async (publicUrl: string | undefined): Promise<string> => {
      const ledger = await open({ config: { ...config, publicUrl } });
      await ledger.runBatch();
      return (await ledger.state()).origin;
    };
    const named = await at("https://clearing.example/");
    assert.equal(await at(undefined), named, "without an address the name stays");
    const other = await at("https://other.example:8443/");
    assert.match(other, /^other\.example:8443\/ledger\/\w+$/);
    const { caller, organisation } = await memberOf(actors);
    await record(database, caller, organisation, actors.clock());
    assert.equal(await at("https://other.example:8443/"), other);
    assert.equal(await at("https://clearing.example/"), other);
  },
);

ledgerTest("an empty ledger that was signed by keys that are not here is begun anew", async ({ actors, ledger, open }) => {
  await ledger.runBatch();
  const { origin } = await ledger.state();
  const directory = mkdtempSync(join(tmpdir(), "sluice-heads-"));
  try {
    const secret = new Uint8Array(generateKeyPairSync("ed25519").privateKey.export({ format: "der", type: "pkcs8" }));
    const key = { ...actors.keys.current("ledger"), secret };
    const stranger = await open({ keys: { ...actors.keys, held: () => [key], accepted: () => [key] }, heads: openSignedHeads(directory) });
    await stranger.runBatch();
    assert.notEqual((await stranger.state()).origin, origin);
    assert.equal(stranger.refusal(), undefined);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

ledgerTest(
  "a ledger set back is restarted by a person under another name, and goes on from there",
  async ({ database, actors, ledger }) => {
    const { caller, organisation } = await memberOf(actors);
    const { id } = await record(database, caller, organisation, actors.clock());
    await ledger.runBatch();
    const backup = await database.query("keeper", sql`select size, root from ledger`);
    await ledger.runBatch();
    const { origin } = await ledger.state();
    await putBack(database, backup);
    await assert.rejects(ledger.runBatch());
    const restarted = await ledger.restart();
    assert.equal(restarted.ended, origin);
    assert.notEqual(restarted.origin, origin);
    await ledger.runBatch();
    const state = await ledger.state();
    assert.deepEqual([state.origin, state.size, state.refusal, state.otherOrigins], [restarted.origin, 16, undefined, [origin]]);
    const trusted = { log: state.verifierKeys.map(parseVerifierKey), witnesses: [] };
    assert.equal(verifyReceipt(await ledger.receipt(caller, id), trusted).included?.checkpoint.origin, restarted.origin);
  },
);

/** The tree as an older backup has it, with its leaves in place: only what was signed tells. */
async function putBack(database: Database, backup: readonly unknown[]): Promise<void> {
  const [{ size, root }] = backup as readonly [{ readonly size: number; readonly root: Uint8Array }];
  await database.transaction("keeper", async (transaction) => {
    await transaction.run(sql`update ledger set size = ${size}, root = ${root}`);
    await transaction.run(sql`update ledger_tile set hashes = substr(hashes, 1, ${size * 32}) where level = 0`);
    await transaction.run(sql`delete from ledger_checkpoint where size > ${size}`);
  });
}

async function record(database: Database, caller: Caller, organisationId: string, atMs: number): Promise<{ readonly id: string }> {
  return database.transaction(caller.actor, (transaction) =>
    recordStatement(transaction, { organisationId, kind: "release.opened", facts: { stage: randomUUID() }, atMs }),
  );
}

async function memberOf(actors: TrustedActors): Promise<{ readonly organisation: string; readonly caller: Caller }> {
  const organisation = await actors.makeOrganisation(`Organisation ${randomUUID()}`);
  return { organisation, caller: await callerOf(actors, organisation, "administrator") };
}

async function callerOf(actors: TrustedActors, organisation: string, role: "administrator" | "reader"): Promise<Caller> {
  const member: TestMember = await actors.makeMember(organisation, role);
  return {
    ...member,
    organisationKind: "vendor",
    role,
    verbs: verbsOf(role, "vendor"),
    isToken: false,
    credential: randomUUID(),
    floor: 1,
    secondFactor: true,
    actor: actors.as(member),
  };
}
