import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Client } from "pg";
import { asSuperuser, withPostgresDatabase, withTestDatabase } from "../../../tests/database/test-database.ts";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import { appliedMigrations, migrate } from "./migrate.ts";
import { readMigrations, type Migration } from "./migrations.ts";
import { openPostgres } from "./open-postgres.ts";
import { roleOf } from "./actor-role.ts";
import { SYSTEM_ACTORS } from "./database.ts";
import { sql } from "./sql.ts";
import { isStatementError } from "./statement-error.ts";

const program = readMigrations();

function following(known: readonly Migration[], name: string, text: string): Migration {
  return { id: known.length + 1, name, text, sha256: createHash("sha256").update(text).digest("hex") };
}

const fruit = following(program, "fruit", "create table fruit (name text primary key); select guard_public_table('fruit')");
const pears = following([...program, fruit], "pears", "set local role sluice_keeper; insert into fruit values ('pear')");

withTestDatabase("a migrated database remembers every migration with its hash, and a second run applies nothing", async (database) => {
  assert.deepEqual(
    await appliedMigrations(database),
    program.map(({ id, name, sha256 }) => ({ id, name, sha256 })),
  );
  assert.deepEqual(await migrate(database), []);
});

withTestDatabase("pending migrations are applied in order, each after a call that may back up first", async (database) => {
  const announced: string[] = [];
  const applied = await migrate(database, {
    migrations: [...program, fruit, pears],
    beforeUpgrade: async (pending) => {
      announced.push(...pending.map(({ name }) => name));
      assert.equal((await appliedMigrations(database)).length, program.length);
    },
  });
  assert.deepEqual(applied, [fruit, pears]);
  assert.deepEqual(announced, ["fruit", "pears"]);
  assert.deepEqual(await database.query("reader", sql`select name from fruit`), [{ name: "pear" }]);
});

withTestDatabase("a migration that fails leaves nothing of itself, and those before it stay", async (database) => {
  const half = following([...program, fruit], "half", "create table half (); select 1/0");
  await assert.rejects(migrate(database, { migrations: [...program, fruit, half] }), (error) => isStatementError(error, "22012"));
  assert.equal((await appliedMigrations(database)).at(-1)?.name, "fruit");
  const [found] = await database.query("reader", sql`select to_regclass('half')::text as half, to_regclass('fruit')::text as fruit`);
  assert.deepEqual(found, { half: null, fruit: "fruit" });
});

withTestDatabase("a backup that fails keeps the database at its old schema", async (database) => {
  const failing = migrate(database, {
    migrations: [...program, fruit],
    beforeUpgrade: async () => {
      throw new Error("no space for the backup");
    },
  });
  await assert.rejects(failing, /no space for the backup/);
  assert.equal((await appliedMigrations(database)).length, program.length);
});

withTestDatabase("a migration that changed after it was applied is refused with both hashes", async (database) => {
  await migrate(database, { migrations: [...program, fruit] });
  const changed = following(program, "fruit", `${fruit.text};`);
  await assert.rejects(
    migrate(database, { migrations: [...program, changed] }),
    (error) => isCodedError(error, "conflict") && error.message.includes(fruit.sha256) && error.message.includes(changed.sha256),
  );
});

withTestDatabase("a database that is newer than the program is refused by the name of its migration", async (database) => {
  await migrate(database, { migrations: [...program, fruit] });
  await assert.rejects(
    migrate(database),
    (error) => isCodedError(error, "conflict") && /newer than this program.*_fruit/.test(error.message),
  );
});

withTestDatabase("four programs that start at once migrate once", async (database) => {
  const all = await Promise.all([1, 2, 3, 4].map(() => migrate(database, { migrations: [...program, fruit] })));
  assert.deepEqual(all.flat(), [fruit]);
});

for (const { title, names } of [
  { title: "a gap", names: ["000001_a.sql", "000003_c.sql"] },
  { title: "a number given twice", names: ["000001_a.sql", "000001_b.sql"] },
  { title: "a name without a number", names: ["first.sql"] },
]) {
  test(`a migrations folder with ${title} is refused`, () => {
    const directory = mkdtempSync(join(tmpdir(), "sluice-migrations-"));
    try {
      for (const name of names) writeFileSync(join(directory, name), "select 1");
      assert.throws(() => readMigrations(directory), /expected 00000\d_name\.sql/);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
}

const needsServer = { skip: process.env["DATABASE_URL"] === undefined && "DATABASE_URL is not set" };

test("two databases of one cluster both migrate, since roles belong to the cluster", needsServer, async () => {
  await withPostgresDatabase((first) =>
    withPostgresDatabase(async (second) => {
      const databases = await Promise.all([first, second].map((url) => openPostgres({ url })));
      try {
        await Promise.all(databases.map((database) => migrate(database)));
        for (const database of databases) {
          assert.deepEqual(await database.query("reader", sql`select current_user::text as role`), [{ role: "sluice_reader" }]);
        }
      } finally {
        await Promise.all(databases.map((database) => database.close()));
      }
    }),
  );
});

test("a plain owner without any other right migrates and acts, when the roles were granted to it", needsServer, async () => {
  await withPostgresDatabase(async (url) => {
    const owner = `sluice_owner_${process.pid}`;
    const administrator = new Client({ connectionString: asSuperuser(url) });
    await administrator.connect();
    try {
      const name = new URL(url).pathname.slice(1);
      await administrator.query(`create role ${owner} login nosuperuser nocreaterole nocreatedb; alter database ${name} owner to ${owner}`);
      for (const role of [...SYSTEM_ACTORS.map(roleOf), "sluice_actor"]) {
        await administrator.query(`do $$ begin create role ${role} nologin noinherit; exception when duplicate_object then null; end $$`);
        await administrator.query(`grant ${role} to ${owner}`);
      }
      const ownUrl = new URL(url);
      ownUrl.username = owner;
      const database = await openPostgres({ url: ownUrl.href });
      try {
        await migrate(database, { migrations: [...program, fruit, pears] });
        await database.query("importer", sql`insert into fruit values ('apple')`);
        assert.deepEqual(await database.query("reader", sql`select count(*)::int as n from fruit`), [{ n: 2 }]);
        await assert.rejects(database.query("reader", sql`insert into fruit values ('fig')`), (error) => isStatementError(error, "42501"));
      } finally {
        await database.close();
      }
    } finally {
      await administrator.query(
        `alter database ${new URL(url).pathname.slice(1)} owner to sluice_owner; reassign owned by ${owner} to sluice_owner`,
      );
      await administrator.query(`drop owned by ${owner}; drop role ${owner}`);
      await administrator.end();
    }
  });
});

test("a plain owner that may neither make nor take the roles is told so", needsServer, async () => {
  await withPostgresDatabase(async (url) => {
    const owner = `sluice_stranger_${process.pid}`;
    const administrator = new Client({ connectionString: asSuperuser(url) });
    await administrator.connect();
    try {
      await administrator.query(`create role ${owner} login; alter database ${new URL(url).pathname.slice(1)} owner to ${owner}`);
      const ownUrl = new URL(url);
      ownUrl.username = owner;
      const database = await openPostgres({ url: ownUrl.href });
      try {
        await assert.rejects(migrate(database), (error) => isStatementError(error, "42501"));
        assert.deepEqual(await appliedMigrations(database), []);
      } finally {
        await database.close();
      }
    } finally {
      await administrator.query(
        `alter database ${new URL(url).pathname.slice(1)} owner to sluice_owner; drop owned by ${owner}; drop role ${owner}`,
      );
      await administrator.end();
    }
  });
});
