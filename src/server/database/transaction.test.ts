import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { withTestDatabase } from "../../../tests/database/test-database.ts";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import type { OwnedDatabase, Transaction } from "./database.ts";
import { sql } from "./sql.ts";
import { isStatementError } from "./statement-error.ts";

async function makeNotes(database: OwnedDatabase): Promise<void> {
  await database.asOwner((transaction) =>
    transaction.script(
      "create table note (id int8 primary key, body text, bytes bytea, tags text[], at timestamptz); select guard_public_table('note')",
    ),
  );
}

function addNote(transaction: Transaction, id: number): Promise<number> {
  return transaction.run(sql`insert into note (id, body) values (${id}, ${`note ${id}`})`);
}

async function noteIds(database: OwnedDatabase): Promise<readonly number[]> {
  const rows = await database.query<{ id: number }>("reader", sql`select id from note order by id`);
  return rows.map(({ id }) => id);
}

withTestDatabase("what a transaction wrote is there after it, and nothing is after one that threw", async (database) => {
  await makeNotes(database);
  const returned = await database.transaction("importer", async (transaction) => {
    assert.equal(await addNote(transaction, 1), 1);
    return "the work's own value";
  });
  assert.equal(returned, "the work's own value");
  const thrown = new Error("the work's own error");
  await assert.rejects(
    database.transaction("importer", async (transaction) => {
      await addNote(transaction, 2);
      throw thrown;
    }),
    thrown,
  );
  assert.deepEqual(await noteIds(database), [1]);
});

withTestDatabase("statements that are sent together answer in order, the first and later ones of a transaction alike", async (database) => {
  await makeNotes(database);
  const answers = await database.transaction("importer", async (transaction) => {
    const first = await transaction.queryAll([
      sql`insert into note (id) values (1), (2)`,
      sql`select id from note order by id`,
      sql`select count(*) as notes from note`,
    ]);
    return [...first, ...(await transaction.queryAll([sql`insert into note (id) values (3)`, sql`select max(id) as id from note`]))];
  });
  assert.deepEqual(answers, [[], [{ id: 1 }, { id: 2 }], [{ notes: 2 }], [], [{ id: 3 }]]);
  assert.deepEqual(await database.transaction("importer", (transaction) => transaction.queryAll([])), []);
});

withTestDatabase("of statements that are sent together the first that fails is told, and nothing stays", async (database) => {
  await makeNotes(database);
  await assert.rejects(
    database.transaction("importer", (transaction) =>
      transaction.queryAll([
        sql`insert into note (id) values (1)`,
        sql`insert into note (id) values (1)`,
        sql`insert into note (id) values (${"no number"}::int8)`,
      ]),
    ),
    (error) => isStatementError(error, "23505"),
  );
  assert.deepEqual(await noteIds(database), []);
  await assert.rejects(
    database.transaction("importer", (transaction) => transaction.queryAll([sql`select 1 as one`, { text: "set role none", values: [] }])),
  );
});

withTestDatabase("a failed statement whose error was caught cannot be committed", async (database) => {
  await makeNotes(database);
  await assert.rejects(
    database.transaction("importer", async (transaction) => {
      await addNote(transaction, 1);
      await addNote(transaction, 1).catch(() => {});
    }),
    (error) => isStatementError(error, "25P02"),
  );
  assert.deepEqual(await noteIds(database), []);
});

withTestDatabase("a statement's fault names its SQLSTATE, table and constraint", async (database) => {
  await makeNotes(database);
  await database.transaction("importer", (transaction) => addNote(transaction, 1));
  await assert.rejects(
    database.transaction("importer", (transaction) => addNote(transaction, 1)),
    (error) => isStatementError(error, "23505") && error.constraint === "note_pkey" && error.table === "note",
  );
});

withTestDatabase("a transaction without statements touches nothing and returns", async (database) => {
  assert.equal(await database.transaction("reader", async () => 7), 7);
});

withTestDatabase("a statement sent after its transaction has ended is refused", async (database) => {
  await makeNotes(database);
  const kept = await database.transaction("importer", async (transaction) => transaction);
  await assert.rejects(addNote(kept, 1), /after its transaction had ended/);
  assert.deepEqual(await noteIds(database), []);
});

withTestDatabase("a transaction begun inside another is refused at once, and one begun after it is not", async (database) => {
  const later = Promise.withResolvers<readonly unknown[]>();
  const outer = database.transaction("reader", async (transaction) => {
    setTimeout(() => database.query("reader", sql`select 1 as one`).then(later.resolve, later.reject), 50);
    await transaction.query(sql`select 1`);
    await database.query("reader", sql`select 1`);
  });
  await assert.rejects(outer, /begun inside another/);
  assert.deepEqual(await later.promise, [{ one: 1 }]);
});

withTestDatabase("statements of one transaction sent together run in the order sent", async (database) => {
  await makeNotes(database);
  const seen = await database.transaction("importer", async (transaction) => {
    const [, rows] = await Promise.all([addNote(transaction, 1), transaction.query(sql`select id from note`)]);
    return rows;
  });
  assert.deepEqual(seen, [{ id: 1 }]);
});

withTestDatabase("fifty transactions at once all come to their end, in the order asked on one session", async (database) => {
  await makeNotes(database);
  const finished: number[] = [];
  await Promise.all(
    Array.from({ length: 50 }, async (_, id) => {
      await database.transaction("importer", (transaction) => addNote(transaction, id));
      finished.push(id);
    }),
  );
  const all = Array.from({ length: 50 }, (_, id) => id);
  assert.deepEqual(await noteIds(database), all);
  if (database.kind === "embedded") assert.deepEqual(finished, all);
});

withTestDatabase("copyIn inserts many rows of every kind and counts them", async (database) => {
  await makeNotes(database);
  const count = 12_345;
  function* rows(): Generator<readonly [number, string, Uint8Array | null, string, Date | null]> {
    for (let id = 0; id < count; id++) {
      yield [
        id,
        `{"a \\ b",${id}}\n\t`,
        id % 2 === 0 ? new Uint8Array([id & 255, 92, 34]) : null,
        '{"x y",NULL,z}',
        id % 3 === 0 ? new Date(id) : null,
      ];
    }
  }
  const columns = ["id", "body", "bytes", "tags", "at"];
  assert.equal(await database.transaction("importer", (transaction) => transaction.copyIn("note", columns, rows())), count);
  const [last] = await database.query("reader", sql`select * from note where id = ${count - 3}`);
  assert.deepEqual(last, {
    id: 12_342,
    body: '{"a \\ b",12342}\n\t',
    bytes: new Uint8Array([12_342 & 255, 92, 34]),
    tags: ["x y", null, "z"],
    at: new Date(12_342),
  });
  assert.equal(await database.transaction("importer", (transaction) => transaction.copyIn("note", columns, [])), 0);
});

withTestDatabase("copyIn of a row that the table refuses leaves none of the others", async (database) => {
  await makeNotes(database);
  await assert.rejects(
    database.transaction("importer", (transaction) => transaction.copyIn("note", ["id"], [[1], [2], [1]])),
    (error) => isStatementError(error, "23505"),
  );
  await assert.rejects(
    database.transaction("importer", (transaction) => transaction.copyIn("note", ["id", "body"], [[1]])),
    /expected 2 values a row, got 1/,
  );
  assert.deepEqual(await noteIds(database), []);
});

withTestDatabase(
  "no transaction leaves its role: not by a statement, not by a second one behind it, not by set_config",
  async (database) => {
    for (const statement of [sql`set role none`, sql`reset role`, sql`set session authorization default`, sql`commit`]) {
      await assert.rejects(database.query("reader", statement), /statement not allowed/);
    }
    await assert.rejects(database.query("reader", sql`select 1; reset role`), (error) => isStatementError(error, "42601"));
    await assert.rejects(database.query("reader", sql`select set_config('role', 'none', true)`), (error) =>
      isStatementError(error, "42501"),
    );
    assert.deepEqual(await database.query("reader", sql`select current_user::text as role`), [{ role: "sluice_reader" }]);
  },
);

withTestDatabase("an aborted signal rejects before a transaction begins", async (database) => {
  let begun = false;
  const work = database.transaction("reader", async () => void (begun = true), { signal: AbortSignal.abort(new Error("left")) });
  await assert.rejects(work, /left/);
  assert.equal(begun, false);
});

withTestDatabase("an abort in the middle rejects at once, and what had been written is rolled back", async (database) => {
  await makeNotes(database);
  const controller = new AbortController();
  const work = database.transaction(
    "importer",
    async (transaction) => {
      await addNote(transaction, 1);
      setTimeout(() => controller.abort(new Error("the caller has left")), 20);
      await transaction.query(sql`select count(*) from generate_series(1, 3000000)`);
      await addNote(transaction, 2);
    },
    { signal: controller.signal },
  );
  await assert.rejects(work, /the caller has left/);
  assert.deepEqual(await noteIds(database), []);
  assert.deepEqual(await database.query("reader", sql`select 1 as still_here`), [{ still_here: 1 }]);
});

withTestDatabase("a hint reaches whoever listens, after the commit, until it stops listening", async (database) => {
  let hints = 0;
  const heard = Promise.withResolvers<void>();
  const stop = await database.listen("something_new", () => {
    hints++;
    heard.resolve();
  });
  await assert.rejects(
    database.transaction("importer", async (transaction) => {
      await transaction.query(sql`select pg_notify('something_new', '')`);
      throw new Error("rolled back");
    }),
  );
  await database.query("importer", sql`select pg_notify('something_new', '')`);
  await heard.promise;
  await stop();
  await database.query("importer", sql`select pg_notify('something_new', '')`);
  await sleep(50);
  assert.equal(hints, 1);
});

withTestDatabase("vacuum and checkpoint run beside transactions", async (database) => {
  await makeNotes(database);
  await Promise.all([
    database.transaction("importer", (transaction) => addNote(transaction, 1)),
    database.vacuum(),
    database.transaction("importer", (transaction) => addNote(transaction, 2)),
    database.checkpoint(),
  ]);
  assert.deepEqual(await noteIds(database), [1, 2]);
});

withTestDatabase("a closed database refuses", async (database) => {
  await database.close();
  await database.close();
  await assert.rejects(database.query("reader", sql`select 1`), (error) => isCodedError(error, "shutting-down"));
});
