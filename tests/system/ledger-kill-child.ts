import { writeSync } from "node:fs";
import { openKeyRing } from "../../src/sealing/key-ring.ts";
import { openSignedHeads } from "../../src/sealing/signed-heads.ts";
import type { Database, Transaction } from "../../src/server/database/database.ts";
import { migrate } from "../../src/server/database/migrate.ts";
import { openEmbedded } from "../../src/server/database/open-embedded.ts";
import { openPostgres } from "../../src/server/database/open-postgres.ts";
import { sql } from "../../src/server/database/sql.ts";
import { createLedgerService } from "../../src/server/ledger/ledger-service.ts";
import { recordStatement } from "../../src/server/ledger/record-statement.ts";
import { invariant } from "../../src/vocabulary/invariant.ts";

/**
 * The process that the test of the ledger kills: `ledger-kill-child.ts KEYS DATABASE ROUNDS POINT`, DATABASE an address or a directory.
 * Each round records a statement and runs a batch. It kills itself with SIGKILL at the POINTth of the points between two steps; 0 = never.
 * Says `recorded ID LEAF` once the statement is committed, and `checkpoint NOTE` (base64url) once one can be seen.
 */
const [keysDirectory = "", address = "", rounds = "1", killAt = "0"] = process.argv.slice(2);
let left = Number(killAt);

const keys = await openKeyRing({ directory: keysDirectory, master: new Uint8Array(32).fill(7) });
const opened = address.startsWith("postgres")
  ? await openPostgres({ url: address, requestUrl: undefined })
  : await openEmbedded({ directory: address });
await migrate(opened);
const organisation = await organisationOf(opened);
const database = dyingBetweenSteps(opened);
const heads = openSignedHeads(keysDirectory);
const ledger = await createLedgerService({
  database,
  keys,
  config: { ledgerEverySeconds: 600, ledgerBatchLeaves: 4, witnesses: [], publicUrl: undefined, allowedPrivateHosts: [] },
  clock: Date.now,
  log: { error: () => {}, warn: () => {} },
  heads: {
    ...heads,
    keep: (checkpoint) => {
      point();
      heads.keep(checkpoint);
      point();
    },
  },
});
for (let round = 0; round < Number(rounds); round++) {
  const { id, leaf } = await database.transaction("releaser", (transaction) =>
    recordStatement(transaction, { organisationId: organisation, kind: "release.opened", facts: { round }, atMs: Date.now() }),
  );
  say(`recorded ${id} ${Buffer.from(leaf).toString("hex")}`);
  await ledger.runBatch();
  say(`checkpoint ${Buffer.from(await ledger.checkpoint()).toString("base64url")}`);
}
say("done");
await ledger.close();
await opened.close();

/** Before and after the commit of every transaction that writes. */
function dyingBetweenSteps(real: Database): Database {
  return {
    ...real,
    transaction: async <T>(actor: Parameters<Database["transaction"]>[0], work: (transaction: Transaction) => Promise<T>): Promise<T> => {
      const isWriting = actor !== "reader";
      const result = await real.transaction(actor, async (transaction) => {
        const value = await work(transaction);
        if (isWriting) point();
        return value;
      });
      if (isWriting) point();
      return result;
    },
  };
}

function point(): void {
  left--;
  if (left === 0) process.kill(process.pid, "SIGKILL");
}

async function organisationOf(real: Database): Promise<string> {
  const [found] = await real.query<{ id: string }>("keeper", sql`select id from organisation`);
  if (found !== undefined) return found.id;
  const [made] = await real.query<{ id: string }>(
    "keeper",
    sql`insert into organisation (kind, name, created_at) values ('vendor', 'Harbour', ${new Date()}) returning id`,
  );
  invariant(made !== undefined, "an insert returns its row");
  return made.id;
}

function say(line: string): void {
  writeSync(1, `${line}\n`);
}
