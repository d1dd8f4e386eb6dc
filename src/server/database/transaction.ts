import { invariant } from "../../vocabulary/invariant.ts";
import { assertAllowedStatement } from "./allowed-statement.ts";
import { bulkInsert } from "./bulk-insert.ts";
import type { OwnerTransaction, Row } from "./database.ts";
import type { SqlQuery } from "./sql.ts";
import { StatementError } from "./statement-error.ts";
import { parameterText } from "./statement-values.ts";

/** One thing to send: a statement with its parameters as text, or a script without any. */
export type Step = { readonly text: string; readonly values?: readonly (string | null)[] };

export type StepResult = {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
  /** The command tag's first word: `SELECT`, `COMMIT`. */
  readonly command: string;
  readonly count: number;
};

/** One connection, held for one transaction. Steps run in the order sent; the first that fails rejects its send. */
export type Session = { readonly send: (steps: readonly Step[]) => Promise<readonly StepResult[]> };

export type TransactionRules = {
  /** The script that begins it, role and limits included. Sent together with the first statement. */
  readonly begin: string;
  /** Without a role any statement and whole scripts are allowed. */
  readonly owner: boolean;
  readonly signal: AbortSignal | undefined;
};

/** Runs `work` between begin and commit on `session`; rolls back when it throws or when the signal is aborted. */
export async function runTransaction<T>(
  session: Session,
  rules: TransactionRules,
  work: (transaction: OwnerTransaction) => Promise<T>,
): Promise<T> {
  let state: "unopened" | "open" | "over" = "unopened";

  async function send(steps: readonly Step[]): Promise<readonly StepResult[]> {
    rules.signal?.throwIfAborted();
    invariant(state !== "over", "a statement was sent after its transaction had ended");
    if (!rules.owner) for (const { text } of steps) assertAllowedStatement(text);
    const isFirst = state === "unopened";
    state = "open";
    return isFirst ? (await session.send([{ text: rules.begin }, ...steps])).slice(1) : session.send(steps);
  }

  try {
    rules.signal?.throwIfAborted();
    const result = await work(transactionOver(send));
    rules.signal?.throwIfAborted();
    if (isOpen(state)) await commit(session);
    return result;
  } catch (error) {
    if (isOpen(state)) await rollBack(session, error);
    throw error;
  } finally {
    state = "over";
  }
}

/** A whole transaction of one statement, as the steps of one message. */
export function singleStatement(begin: string, query: SqlQuery): readonly Step[] {
  assertAllowedStatement(query.text);
  return [{ text: begin }, toStep(query), { text: "commit" }];
}

/** Rows as objects. */
export function rowsOf<R extends Row>(result: StepResult): readonly R[] {
  const { columns } = result;
  return result.rows.map((values) => {
    const row: Record<string, unknown> = {};
    for (const [index, column] of columns.entries()) row[column] = values[index];
    return row as R;
  });
}

function transactionOver(send: (steps: readonly Step[]) => Promise<readonly StepResult[]>): OwnerTransaction {
  const one = async (step: Step): Promise<StepResult> => last(await send([step]));
  const query = async <R extends Row>(statement: SqlQuery): Promise<readonly R[]> => rowsOf<R>(await one(toStep(statement)));
  const run = async (statement: SqlQuery): Promise<number> => (await one(toStep(statement))).count;
  return {
    query,
    run,
    queryAll: async (statements) => (await send(statements.map(toStep))).map(rowsOf),
    copyIn: async (table, columns, rows) => {
      const insert = await bulkInsert({ query, run }, table, columns);
      for (const row of rows) await insert.add(row);
      return insert.finish();
    },
    script: async (text) => void (await send([{ text }])),
  };
}

function toStep(query: SqlQuery): Step {
  return { text: query.text, values: query.values.map(parameterText) };
}

async function commit(session: Session): Promise<void> {
  const { command } = last(await session.send([{ text: "commit" }]));
  // A failed statement whose error was caught leaves an aborted transaction, which COMMIT ends without an error.
  if (command !== "COMMIT") throw new StatementError({ sqlState: "25P02", message: "the transaction had failed and was rolled back" });
}

async function rollBack(session: Session, reason: unknown): Promise<void> {
  try {
    await session.send([{ text: "rollback" }]);
  } catch (error) {
    // The connection is gone and the transaction with it: the first error says why.
    if (reason instanceof Error && reason.cause === undefined) reason.cause = error;
  }
}

function isOpen(state: "unopened" | "open" | "over"): boolean {
  return state === "open";
}

function last(results: readonly StepResult[]): StepResult {
  const result = results.at(-1);
  invariant(result !== undefined, "a message without an answer");
  return result;
}
