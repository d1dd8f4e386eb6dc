import { writeSync } from "node:fs";
import { isCodedError } from "../../src/vocabulary/coded-error.ts";
import type { EmbeddedDatabase } from "../../src/server/database/embedded-database.ts";
import { openEmbedded } from "../../src/server/database/open-embedded.ts";
import { sql } from "../../src/server/database/sql.ts";

/**
 * The process that the tests of the embedded database kill, trace and starve: `embedded-child.ts DIRECTORY ROWS BYTES`.
 * Inserts rows of BYTES bytes one after the other into the table `kept`, and says `kept ID` after each acknowledgement, `refused ID CODE` after each refusal.
 * The first refusal ends it, after it has tried one more row on the reopened database. With ROWS 0 it stays open until it is killed.
 */
const [directory = "", rows = "0", bytes = "8"] = process.argv.slice(2);

try {
  const database = await openEmbedded({ directory });
  say(`open ${process.pid}`);
  if (rows === "0") setInterval(() => {}, 1000);
  else await insertRows(database, Number(rows), Number(bytes));
} catch (error) {
  say(`not open ${isCodedError(error) ? `${error.code} ${error.message}` : String(error)}`);
  process.exitCode = 1;
}

async function insertRows(database: EmbeddedDatabase, count: number, size: number): Promise<void> {
  await database.asOwner((transaction) =>
    transaction.script(
      "create table if not exists kept (id int8 primary key, body bytea); alter table kept alter body set storage external",
    ),
  );
  const [last] = await database.asOwner((transaction) =>
    transaction.query<{ id: number }>(sql`select coalesce(max(id), 0) as id from kept`),
  );
  const first = (last?.id ?? 0) + 1;
  for (let id = first; id < first + count; id++) {
    if (await isKept(database, id, size)) continue;
    await isKept(database, id + 1, 8);
    break;
  }
  await database.close();
}

async function isKept(database: EmbeddedDatabase, id: number, size: number): Promise<boolean> {
  try {
    await database.asOwner((transaction) => transaction.run(sql`insert into kept values (${id}, ${new Uint8Array(size).fill(id)})`));
    say(`kept ${id}`);
    return true;
  } catch (error) {
    say(`refused ${id} ${isCodedError(error) ? error.code : String(error)}`);
    return false;
  }
}

function say(line: string): void {
  writeSync(1, `${line}\n`);
}
