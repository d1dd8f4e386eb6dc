import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { callerIn, ledgerTest, memberOf, record } from "../../../tests/support/ledger-scene.ts";
import { verifyReceipt } from "../../sealing/receipt.ts";
import { parseVerifierKey } from "../../sealing/signed-note.ts";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import { sql } from "../database/sql.ts";
import type { Caller } from "../http/caller.ts";
import { recordStatement } from "./record-statement.ts";

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
      await levelsSeen(await callerIn(actors, service, "administrator")),
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
    const reader = await callerIn(actors, organisation, "reader");
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
