import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAllowedStatement } from "./allowed-statement.ts";

const allowed = [
  "select 1",
  "  SELECT 1",
  "(select 1) union (select 2)",
  "-- a comment\nselect 1",
  "/* a * comment **/ with x as (select 1) select * from x",
  "insert into t values (1)",
  "update t set a = 1",
  "delete from t",
  "merge into t using s on true when matched then delete",
  "values (1)",
];

const refused = [
  "set role postgres",
  "SET SESSION AUTHORIZATION postgres",
  "set local sluice.circles = '{1}'",
  "reset role",
  "reset all",
  "discard all",
  "commit",
  "rollback",
  "end",
  "abort",
  "savepoint a",
  "begin",
  "do $$ begin execute 'reset role'; end $$",
  "call something()",
  "execute prepared",
  "prepare p as select 1",
  "explain analyze select 1",
  "copy t to stdout",
  "listen x",
  "lock table t",
  "create table t ()",
  "truncate t",
  "/* select */ set role postgres",
  "/* select /* nested */ set role postgres */ select 1",
  "-- select\rset role postgres",
  "",
  "selection",
  "\u0000select 1",
];

for (const text of allowed) {
  test(`a transaction with a role may send ${JSON.stringify(text)}`, () => {
    assertAllowedStatement(text);
  });
}

for (const text of refused) {
  test(`a transaction with a role may not send ${JSON.stringify(text)}`, () => {
    assert.throws(() => assertAllowedStatement(text), /statement not allowed/);
  });
}
