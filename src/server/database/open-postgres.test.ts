import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { withPostgresDatabase } from "../../../tests/database/test-database.ts";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import type { OwnedDatabase } from "./database.ts";
import { migrate } from "./migrate.ts";
import { assertServerVersion, openPostgres } from "./open-postgres.ts";
import { sql } from "./sql.ts";

const needsServer = { skip: process.env["DATABASE_URL"] === undefined && "DATABASE_URL is not set" };

async function withDatabase(work: (database: OwnedDatabase, url: string) => Promise<void>): Promise<void> {
  await withPostgresDatabase(async (url) => {
    const database = await openPostgres({ url, connections: 2 });
    try {
      await migrate(database);
      await work(database, url);
    } finally {
      await database.close();
    }
  });
}

/** Ends every other connection to the database, as a restart of the server does. */
function endConnections(database: OwnedDatabase, condition = sql`true`): Promise<unknown> {
  return database.asOwner((transaction) =>
    transaction.query(
      sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and ${condition}`,
    ),
  );
}

async function sleepers(database: OwnedDatabase): Promise<number> {
  const rows = await database.asOwner((transaction) =>
    transaction.query(
      sql`select pid from pg_stat_activity where datname = current_database() and state = 'active' and query like 'select pg_sleep(60)%'`,
    ),
  );
  return rows.length;
}

test("a server that is not there is refused, without the password in the message", async () => {
  await assert.rejects(
    openPostgres({ url: "postgresql://someone:hunter2@127.0.0.1:1/nothing" }),
    (error) => isCodedError(error, "database-unavailable") && !error.message.includes("hunter2"),
  );
});

test("a server older than PostgreSQL 15 is refused by its version", () => {
  assertServerVersion(150_000);
  assertServerVersion(180_001);
  assert.throws(
    () => assertServerVersion(140_019),
    (error) => isCodedError(error, "database-unavailable") && /got 14/.test(error.message),
  );
});

test("a database that does not exist is refused by its name", needsServer, async () => {
  const url = new URL(process.env["DATABASE_URL"] ?? "");
  url.pathname = "/sluice_not_here";
  await assert.rejects(
    openPostgres({ url: url.href }),
    (error) => isCodedError(error, "database-unavailable") && /sluice_not_here/.test(error.message),
  );
});

test("a statement over its time limit is refused, and its connection serves the next", needsServer, async () => {
  await withDatabase(async (database) => {
    for (let round = 0; round < 4; round++) {
      await assert.rejects(database.query("reader", sql`select pg_sleep(60)`, { timeoutMs: 100 }), (error) =>
        isCodedError(error, "statement-timeout"),
      );
    }
    assert.deepEqual(await database.query("reader", sql`select 1 as one`), [{ one: 1 }]);
  });
});

test("a transaction that stands open without a statement is rolled back, and its own next statement refused", needsServer, async () => {
  await withPostgresDatabase(async (url) => {
    const database = await openPostgres({ url, idleTimeoutMs: 100 });
    try {
      await migrate(database);
      const idle = database.transaction("importer", async (transaction) => {
        await transaction.query(sql`select 1`);
        await sleep(500);
        await transaction.query(sql`select 2`);
      });
      await assert.rejects(idle, (error) => isCodedError(error, "statement-timeout") && /between two statements/.test(error.message));
      assert.deepEqual(await database.query("reader", sql`select 1 as one`), [{ one: 1 }]);
    } finally {
      await database.close();
    }
  });
});

test("an abort ends the statement on the server, and nobody else's", { ...needsServer, timeout: 25_000 }, async () => {
  await withDatabase(async (database) => {
    for (let round = 0; round < 4; round++) {
      const signal = AbortSignal.timeout(50);
      await assert.rejects(database.query("reader", sql`select pg_sleep(60)`, { signal }), { name: "TimeoutError" });
      const [first, second] = await Promise.all(
        [1, 2].map((n) => database.query("reader", sql`select ${n}::int as n from pg_sleep(0.02)`)),
      );
      assert.deepEqual([first, second], [[{ n: 1 }], [{ n: 2 }]]);
    }
    while ((await sleepers(database)) > 0) await sleep(20);
  });
});

test("a connection lost in the middle of a transaction refuses it, and the next gets a new one", needsServer, async () => {
  await withDatabase(async (database, url) => {
    const other = await openPostgres({ url });
    try {
      const lost = database.transaction("importer", async (transaction) => {
        await transaction.query(sql`select 1`);
        await endConnections(other);
        await transaction.query(sql`select 2`);
      });
      await assert.rejects(lost, (error) => isCodedError(error, "database-unavailable"));
      for (let round = 0; round < 3; round++) assert.deepEqual(await database.query("reader", sql`select 1 as one`), [{ one: 1 }]);
    } finally {
      await other.close();
    }
  });
});

test("connections lost while idle are replaced without anyone noticing", needsServer, async () => {
  await withDatabase(async (database) => {
    await Promise.all([1, 2].map(() => database.query("reader", sql`select pg_sleep(0.05)`)));
    await endConnections(database);
    assert.deepEqual(await database.query("reader", sql`select 1 as one`), [{ one: 1 }]);
  });
});

test("a listener whose connection was lost listens again, and is told that it may have missed something", needsServer, async () => {
  await withDatabase(async (database) => {
    const hints: (() => void)[] = [];
    let heard = Promise.withResolvers<void>();
    await database.listen("news", () => {
      hints.push(heard.resolve);
      heard.resolve();
    });
    await endConnections(database, sql`query like 'listen%'`);
    await heard.promise;
    heard = Promise.withResolvers<void>();
    await database.query("importer", sql`select pg_notify('news', '')`);
    await heard.promise;
  });
});

test("an administrator's statement timeout ends neither the wait for a migration elsewhere nor a vacuum", needsServer, async () => {
  await withDatabase(async (database, url) => {
    await database.asOwner((transaction) =>
      transaction.script(`alter database ${new URL(url).pathname.slice(1)} set statement_timeout = 50`),
    );
    const other = await openPostgres({ url });
    try {
      const order: string[] = [];
      await Promise.all([
        database.exclusively(async () => {
          await sleep(300);
          order.push("first");
        }),
        sleep(100).then(() => other.exclusively(async () => void order.push("second"))),
      ]);
      await other.vacuum();
      assert.deepEqual(order, ["first", "second"]);
    } finally {
      await other.close();
    }
  });
});

test("settings of the server do not change how values arrive", needsServer, async () => {
  await withDatabase(async (database, url) => {
    const name = new URL(url).pathname.slice(1);
    await database.asOwner((transaction) =>
      transaction.script(`alter database ${name} set timezone = 'Asia/Kathmandu'; alter database ${name} set datestyle = 'German';
        alter database ${name} set bytea_output = 'escape'`),
    );
    const other = await openPostgres({ url });
    try {
      const [row] = await other.query("reader", sql`select '2026-05-22T17:00:00Z'::timestamptz as at, '\\x00ff'::bytea as bytes`);
      assert.deepEqual(row, { at: new Date("2026-05-22T17:00:00Z"), bytes: new Uint8Array([0, 255]) });
    } finally {
      await other.close();
    }
  });
});
