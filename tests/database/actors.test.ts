import assert from "node:assert/strict";
import type { Actor, OwnedDatabase } from "../../src/server/database/database.ts";
import { sql, type SqlQuery } from "../../src/server/database/sql.ts";
import { isStatementError } from "../../src/server/database/statement-error.ts";
import { withTestDatabase } from "./test-database.ts";

async function makeFruit(database: OwnedDatabase): Promise<void> {
  await database.asOwner((transaction) =>
    transaction.script(`create table fruit (name text primary key); select guard_public_table('fruit');
      create table unguarded (name text); insert into unguarded values ('secret')`),
  );
}

const mayNot: readonly { readonly what: string; readonly query: SqlQuery; readonly actors: readonly Actor[] }[] = [
  { what: "insert", query: sql`insert into fruit values ('fig')`, actors: ["reader"] },
  { what: "update", query: sql`update fruit set name = 'fig'`, actors: ["reader"] },
  { what: "delete", query: sql`delete from fruit`, actors: ["reader"] },
  { what: "read a table that was never guarded", query: sql`select * from unguarded`, actors: ["reader", "importer", "keeper"] },
  { what: "read or write the list of migrations", query: sql`select * from migration`, actors: ["reader", "importer", "keeper"] },
  { what: "guard a table itself", query: sql`select guard_public_table('fruit')`, actors: ["reader", "importer", "keeper"] },
  { what: "make a large object", query: sql`select lo_create(0)`, actors: ["reader", "importer", "keeper"] },
  { what: "read a large object", query: sql`select lo_get(1)`, actors: ["reader", "importer", "keeper"] },
  { what: "change a setting by a function", query: sql`select set_config('a.b', 'c', true)`, actors: ["reader", "importer", "keeper"] },
  { what: "read a file of the server", query: sql`select pg_read_file('PG_VERSION')`, actors: ["reader", "importer", "keeper"] },
];

withTestDatabase("each actor may do its own part and no more", async (database) => {
  await makeFruit(database);
  for (const { what, query, actors } of mayNot) {
    for (const actor of actors) {
      await assert.rejects(database.query(actor, query), (error) => isStatementError(error, "42501"), `the ${actor} may not ${what}`);
    }
  }
  for (const actor of ["importer", "keeper"] as const) {
    await database.query(actor, sql`insert into fruit values (${actor}), ('x')`);
    await database.query(actor, sql`update fruit set name = 'y' where name = 'x'`);
    await database.query(actor, sql`delete from fruit where name = 'y'`);
  }
  for (const actor of ["reader", "importer", "keeper"] as const) {
    assert.deepEqual(await database.query(actor, sql`select name from fruit order by name`), [{ name: "importer" }, { name: "keeper" }]);
  }
});

withTestDatabase("no actor makes tables, temporary tables or functions, even inside its own statement", async (database) => {
  for (const text of [
    "create table mine (id int)",
    "create temporary table mine (id int)",
    "create function mine() returns int language sql as 'select 1'",
  ]) {
    for (const role of ["sluice_reader", "sluice_importer", "sluice_keeper"]) {
      await assert.rejects(
        database.asOwner((transaction) => transaction.script(`set local role ${role}; ${text}`)),
        (error) => isStatementError(error, "42501"),
        `${role}: ${text}`,
      );
    }
  }
});
