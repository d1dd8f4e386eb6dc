import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ledgerConfig, ledgerTest, memberOf, record } from "../../../tests/support/ledger-scene.ts";
import { parseCheckpoint } from "../../sealing/checkpoint.ts";
import { verifyReceipt } from "../../sealing/receipt.ts";
import { openSignedHeads } from "../../sealing/signed-heads.ts";
import { parseVerifierKey } from "../../sealing/signed-note.ts";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import type { Database, OwnedDatabase } from "../database/database.ts";
import { sql } from "../database/sql.ts";

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
      const ledger = await open({ config: { ...ledgerConfig, publicUrl } });
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
