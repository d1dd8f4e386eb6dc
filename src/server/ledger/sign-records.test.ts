import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { withTestDatabase } from "../../../tests/database/test-database.ts";
import { withTrustedActors } from "../../../tests/support/trusted-actors.ts";
import { advisoryKeyOf, isAdvisorySigned, parseAdvisoryKeys } from "../../sealing/advisory-signature.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { importRecords } from "../advisories/advisory-service.ts";
import type { Database } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import { createAdvisorySignatures } from "./advisory-keys.ts";
import { recordRevision } from "./record-statement.ts";
import { signRecord, signRecordsInForce } from "./sign-records.ts";

const AT = Date.UTC(2026, 10, 25, 9);

async function publish(database: Database, id: string, summary: string): Promise<{ readonly bytes: Uint8Array; readonly version: number }> {
  const bytes = new TextEncoder().encode(JSON.stringify({ id, modified: "2026-11-25T09:00:00Z", summary }));
  await importRecords(database, [{ id, bytes, place: id }], { feed: "sluice", ecosystem: "npm", receivedAt: new Date(AT) });
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const { version } = await database.transaction("releaser", (transaction) =>
    recordRevision(transaction, { advisoryId: id, sha256, atMs: AT }),
  );
  return { bytes, version };
}

withTestDatabase("a record is signed with every accepted key, and records in force with a new key at the next start", async (database) => {
  await withTrustedActors(database, async ({ keys }) => {
    const served = createAdvisorySignatures({ database, keys });
    const signatureOf = (key?: string, version?: number): Promise<Uint8Array> => served.signature("x_TEST-1", { key, version });
    const first = await publish(database, "x_TEST-1", "first");
    await assert.rejects(signatureOf(), (error) => error instanceof CodedError && error.code === "not-found");
    // What was published before there were signatures.
    assert.deepEqual(await signRecordsInForce(database, keys, AT), []);
    const old = keys.current("advisory");
    const oldKey = parseAdvisoryKeys(served.advisoryKey(old.id));
    assert.equal(isAdvisorySigned(first.bytes, await signatureOf(), oldKey), true);

    const fresh = await keys.rotate("advisory");
    const second = await publish(database, "x_TEST-1", "second");
    await database.transaction("releaser", (transaction) => signRecord(transaction, keys, { advisoryId: "x_TEST-1", ...second, atMs: AT }));
    const freshKey = parseAdvisoryKeys(served.advisoryKey("current"));
    assert.equal(advisoryKeyOf(fresh).pem, served.advisoryKey("current"));
    assert.equal(isAdvisorySigned(second.bytes, await signatureOf(), freshKey), true);
    assert.equal(
      isAdvisorySigned(second.bytes, await signatureOf(old.id), oldKey),
      true,
      "whoever has the older key alone verifies it too",
    );
    assert.equal(isAdvisorySigned(first.bytes, await signatureOf(undefined, 1), oldKey), true);
    await assert.rejects(signatureOf(fresh.id, 1), /no such signature/);

    keys.retire(old.id);
    const newest = await keys.rotate("advisory");
    assert.deepEqual(await signRecordsInForce(database, keys, AT), []);
    assert.equal(isAdvisorySigned(second.bytes, await signatureOf(newest.id), parseAdvisoryKeys(served.advisoryKey(newest.id))), true);
    assert.deepEqual(
      served.advisoryKeys().rows.map(({ id, isCurrent, retiredMs }) => [id, isCurrent, retiredMs !== undefined]),
      [
        [newest.id, true, false],
        [fresh.id, false, false],
        [old.id, false, true],
      ],
    );
    const rows = await database.query("keeper", sql`select from advisory_signature`);
    assert.deepEqual(await signRecordsInForce(database, keys, AT), []);
    assert.equal((await database.query("keeper", sql`select from advisory_signature`)).length, rows.length, "nothing is signed twice");
  });
});

withTestDatabase("a record that is not the one that the ledger has is never signed, and keeps no other from it", async (database) => {
  await withTrustedActors(database, async ({ keys }) => {
    await publish(database, "x_TEST-1", "as the ledger has it");
    const { bytes } = await publish(database, "x_TEST-2", "untouched");
    await database.query(
      "keeper",
      sql`update advisory_revision set body = replace(body, 'as the ledger', 'as somebody') where advisory_id = 'x_TEST-1'`,
    );
    assert.deepEqual(await signRecordsInForce(database, keys, AT), ["x_TEST-1"]);
    const served = createAdvisorySignatures({ database, keys });
    await assert.rejects(served.signature("x_TEST-1", { key: undefined, version: undefined }), /no such signature/);
    const signature = await served.signature("x_TEST-2", { key: undefined, version: undefined });
    assert.equal(isAdvisorySigned(bytes, signature, parseAdvisoryKeys(served.advisoryKey("current"))), true);
    assert.throws(() => served.advisoryKey("ledger-1-00000000"), /no key/);
  });
});
