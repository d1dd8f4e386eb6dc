import { becomeActor } from "../../src/server/database/actor-role.ts";
import type { Actor, Database, OwnerTransaction, Row } from "../../src/server/database/database.ts";
import type { SqlQuery } from "../../src/server/database/sql.ts";
import { isStatementError } from "../../src/server/database/statement-error.ts";

export type Refused = { readonly refused: string };
export type ReadAnswer = { readonly rows: readonly Row[] } | Refused;
export type WriteAnswer = { readonly touched: number } | Refused;

/** How the walk reaches the database as somebody. */
export type Hands = {
  readonly read: (actor: Actor, query: SqlQuery) => Promise<ReadAnswer>;
  readonly write: (actor: Actor, query: SqlQuery) => Promise<WriteAnswer>;
  /** A write that is taken back at once. */
  readonly trial: (actor: Actor, query: SqlQuery) => Promise<WriteAnswer>;
};

/** As services do: a transaction of its own for each. */
export function handsOn(database: Database): Hands {
  return {
    read: (actor, query) => answered(async () => ({ rows: await database.query(actor, query) })),
    write: (actor, query) => answered(async () => ({ touched: await database.transaction(actor, ({ run }) => run(query)) })),
    trial: (actor, query) => answered(async () => ({ touched: await takenBack(database, actor, query) })),
  };
}

async function takenBack(database: Database, actor: Actor, query: SqlQuery): Promise<number> {
  const over = new Error("the trial is over");
  let touched = 0;
  try {
    await database.transaction(actor, async ({ run }) => {
      touched = await run(query);
      throw over;
    });
  } catch (error) {
    if (error !== over) throw error;
  }
  return touched;
}

/** Inside one transaction of the owner, which has changed the schema and will be rolled back: whatever is written is taken back at once. */
export function handsWithin(transaction: OwnerTransaction): Hands {
  async function tried<A extends object>(actor: Actor, work: () => Promise<A>): Promise<A | Refused> {
    await transaction.script(`savepoint tried; ${becomeActor(actor)}`);
    try {
      return await answered(work);
    } finally {
      await transaction.script("rollback to savepoint tried");
    }
  }
  return {
    read: (actor, query) => tried(actor, async () => ({ rows: await transaction.query(query) })),
    write: (actor, query) => tried(actor, async () => ({ touched: await transaction.run(query) })),
    trial: (actor, query) => tried(actor, async () => ({ touched: await transaction.run(query) })),
  };
}

async function answered<A extends object>(work: () => Promise<A>): Promise<A | Refused> {
  try {
    return await work();
  } catch (error) {
    if (isStatementError(error)) return { refused: error.sqlState };
    throw error;
  }
}
