import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { zstdDecompressSync } from "node:zlib";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import type { EmbeddedDatabase } from "./embedded-database.ts";
import { appliedMigrations } from "./migrate.ts";
import { readMigrations } from "./migrations.ts";
import { openEmbedded, prepareCluster } from "./open-embedded.ts";
import { sql } from "./sql.ts";
import { extractDurably } from "./tar.ts";

async function withDirectory(work: (directory: string) => Promise<void>): Promise<void> {
  const parent = mkdtempSync(join(tmpdir(), "sluice-embedded-"));
  try {
    await work(join(parent, "data", "database"));
  } finally {
    rmSync(parent, { recursive: true });
  }
}

async function withOpen(directory: string, work: (database: EmbeddedDatabase) => Promise<void>): Promise<void> {
  const database = await openEmbedded({ directory });
  try {
    await work(database);
  } finally {
    await database.close();
  }
}

async function makeFruit(database: EmbeddedDatabase): Promise<void> {
  await database.asOwner((transaction) =>
    transaction.script("create table fruit (name text primary key); select guard_public_table('fruit')"),
  );
  await database.query("importer", sql`insert into fruit values ('apple')`);
}

async function fruit(database: EmbeddedDatabase): Promise<readonly unknown[]> {
  const rows = await database.query<{ name: string }>("reader", sql`select name from fruit order by name`);
  return rows.map(({ name }) => name);
}

test("a new directory has this program's schema, and its rows are there when it is opened again", async () => {
  await withDirectory(async (directory) => {
    await withOpen(directory, async (database) => {
      assert.deepEqual(
        (await appliedMigrations(database)).map(({ id }) => id),
        readMigrations().map(({ id }) => id),
      );
      await makeFruit(database);
    });
    await withOpen(directory, async (database) => assert.deepEqual(await fruit(database), ["apple"]));
  });
});

test("the rows of every transaction that was waiting are there when the database closes", async () => {
  await withDirectory(async (directory) => {
    const database = await openEmbedded({ directory });
    await makeFruit(database);
    const waiting = ["fig", "pear"].map((name) => database.query("importer", sql`insert into fruit values (${name})`));
    await Promise.all([...waiting, database.close()]);
    await withOpen(directory, async (again) => assert.deepEqual(await fruit(again), ["apple", "fig", "pear"]));
  });
});

test("a first start that was interrupted leaves nothing in the way of the next", async () => {
  await withDirectory(async (directory) => {
    mkdirSync(`${directory}.partial/base`, { recursive: true });
    writeFileSync(`${directory}.partial/PG_VERSION`, "18\n");
    await withOpen(directory, async (database) => assert.equal(database.kind, "embedded"));
    assert.equal(existsSync(`${directory}.partial`), false);
  });
});

test("a directory that holds something else is refused and left as it is", async () => {
  await withDirectory(async (directory) => {
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, "thesis.txt"), "mine");
    await assert.rejects(openEmbedded({ directory }), (error) => isCodedError(error, "conflict") && error.place === directory);
    assert.equal(readFileSync(join(directory, "thesis.txt"), "utf8"), "mine");
  });
});

test("a directory in use is refused, and free again after it was closed", async () => {
  await withDirectory(async (directory) => {
    await withOpen(directory, async () => {
      await assert.rejects(openEmbedded({ directory }), (error) => isCodedError(error, "directory-in-use"));
    });
    await withOpen(directory, async (database) => assert.equal(database.kind, "embedded"));
  });
});

test("a damaged database is refused with the engine's own reason, and its lock is given back", async () => {
  await withDirectory(async (directory) => {
    await withOpen(directory, makeFruit);
    writeFileSync(join(directory, "PG_VERSION"), "9\n");
    for (let attempt = 0; attempt < 2; attempt++) {
      await assert.rejects(
        openEmbedded({ directory }),
        (error) => isCodedError(error, "database-unavailable") && /FATAL.*incompatible/.test(error.message),
      );
    }
  });
});

for (const { title, statement } of [
  { title: "one that sleeps", statement: sql`select pg_sleep(60)` },
  { title: "one that computes", statement: sql`select count(*) from generate_series(1, 100000000000) as n` },
]) {
  test(`a statement over its time limit is refused, ${title}; nothing committed is lost and others go on`, async () => {
    await withDirectory((directory) =>
      withOpen(directory, async (database) => {
        await makeFruit(database);
        const slow = database.transaction(
          "importer",
          async (transaction) => {
            await transaction.run(sql`insert into fruit values ('never')`);
            await transaction.query(statement);
          },
          { timeoutMs: 300 },
        );
        const waiting = database.query("importer", sql`insert into fruit values ('pear')`);
        await assert.rejects(slow, (error) => isCodedError(error, "statement-timeout"));
        await waiting;
        assert.deepEqual(await fruit(database), ["apple", "pear"]);
      }),
    );
  });
}

test("a transaction that stands open without a statement is rolled back, and its own next statement refused", async () => {
  const database = await openEmbedded({ directory: undefined, idleTimeoutMs: 100 });
  try {
    await makeFruit(database);
    const forgotten = Promise.withResolvers<void>();
    const idle = database.transaction("importer", async (transaction) => {
      await transaction.run(sql`insert into fruit values ('never')`);
      await forgotten.promise;
      await transaction.run(sql`insert into fruit values ('nor this')`);
    });
    await assert.rejects(idle, (error) => isCodedError(error, "statement-timeout") && /between two statements/.test(error.message));
    assert.deepEqual(await fruit(database), ["apple"]);
    forgotten.resolve();
    assert.deepEqual(await fruit(database), ["apple"]);
  } finally {
    await database.close();
  }
});

test("listeners still hear after the engine was ended and reopened", async () => {
  await withDirectory((directory) =>
    withOpen(directory, async (database) => {
      const heard = Promise.withResolvers<void>();
      await database.listen("news", heard.resolve);
      await assert.rejects(database.query("reader", sql`select pg_sleep(60)`, { timeoutMs: 200 }), (error) =>
        isCodedError(error, "statement-timeout"),
      );
      await database.query("importer", sql`select pg_notify('news', '')`);
      await heard.promise;
    }),
  );
});

test("a caller that leaves does not wait for its statement, which ends by its time limit", async () => {
  await withDirectory((directory) =>
    withOpen(directory, async (database) => {
      await makeFruit(database);
      const signal = AbortSignal.timeout(50);
      await assert.rejects(database.query("reader", sql`select pg_sleep(60)`, { timeoutMs: 400, signal }), { name: "TimeoutError" });
      assert.deepEqual(await fruit(database), ["apple"]);
    }),
  );
});

test("a database in memory is lost with its engine, and says so from then on", async () => {
  const database = await openEmbedded({ directory: undefined });
  await assert.rejects(database.query("reader", sql`select pg_sleep(60)`, { timeoutMs: 200 }), (error) =>
    isCodedError(error, "statement-timeout"),
  );
  await assert.rejects(
    database.query("reader", sql`select 1`),
    (error) => isCodedError(error, "database-unavailable") && /in memory/.test(error.message),
  );
  await database.close();
});

test("an export opens elsewhere with the same rows", async () => {
  await withDirectory(async (directory) => {
    await withOpen(directory, async (database) => {
      await makeFruit(database);
      extractDurably(await database.exportTar(), `${directory}-copy`);
      await database.query("importer", sql`insert into fruit values ('later')`);
    });
    await withOpen(`${directory}-copy`, async (copy) => assert.deepEqual(await fruit(copy), ["apple"]));
  });
});

test("the log of a bulk load is kept short by a checkpoint", async () => {
  await withDirectory(async (directory) => {
    await withOpen(directory, async (database) => {
      const [setting] = await database.query("reader", sql`select setting::int as megabytes from pg_settings where name = 'max_wal_size'`);
      assert.deepEqual(setting, { megabytes: 256 });
      const [before] = await database.asOwner((transaction) =>
        transaction.query<{ lsn: string }>(sql`select redo_lsn::text as lsn from pg_control_checkpoint()`),
      );
      await makeFruit(database);
      await database.checkpoint();
      const [after] = await database.asOwner((transaction) =>
        transaction.query<{ lsn: string }>(sql`select redo_lsn::text as lsn from pg_control_checkpoint()`),
      );
      assert.notEqual(after?.lsn, before?.lsn);
    });
  });
});

test("every commit is synced: the engine runs with fsync on, by the call that reaches the disk", async () => {
  await withDirectory((directory) =>
    withOpen(directory, async (database) => {
      const settings = await database.query(
        "reader",
        sql`select name, setting from pg_settings where name in ('fsync', 'full_page_writes', 'synchronous_commit', 'wal_sync_method') order by name`,
      );
      assert.deepEqual(settings, [
        { name: "fsync", setting: "on" },
        { name: "full_page_writes", setting: "on" },
        { name: "synchronous_commit", setting: "on" },
        { name: "wal_sync_method", setting: "fsync" },
      ]);
    }),
  );
});

test("the prepared cluster for the package is a tar of the current schema under a name made from it", async () => {
  await withDirectory(async (directory) => {
    const path = await prepareCluster(directory);
    assert.match(path, /prepared-cluster-[0-9a-f]{16}\.tar\.zst$/);
    extractDurably(zstdDecompressSync(readFileSync(path)), `${directory}-copy`);
    await withOpen(`${directory}-copy`, async (copy) => assert.equal((await appliedMigrations(copy)).length, readMigrations().length));
  });
});
