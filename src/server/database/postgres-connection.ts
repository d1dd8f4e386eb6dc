import { Client, DatabaseError, type ClientBase, type ClientConfig, type QueryArrayConfig, type QueryArrayResult } from "pg";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { invariant } from "../../vocabulary/invariant.ts";
import { refusalOf, type StatementError } from "./statement-error.ts";
import { columnParser } from "./statement-values.ts";
import type { Session, Step, StepResult } from "./transaction.ts";

export type PostgresSession = Session & {
  /** True when the connection can serve nobody any more. */
  readonly isBroken: () => boolean;
};

export function sessionOver(client: ClientBase): PostgresSession {
  let broken = false;
  let previous: Promise<unknown> = Promise.resolve();

  async function sendInTurn(steps: readonly Step[], before: Promise<unknown>): Promise<readonly StepResult[]> {
    await before;
    try {
      const results: StepResult[] = [];
      for (const step of steps) results.push(await sendStep(client, step));
      return results;
    } catch (error) {
      broken ||= isConnectionLost(error);
      throw refusalOfPostgres(error instanceof DatabaseError ? error : (losses.get(client) ?? error));
    }
  }

  return {
    isBroken: () => broken,
    send: (steps) => {
      const sent = sendInTurn(steps, previous);
      previous = sent.catch(() => {});
      return sent;
    },
  };
}

/** What the server said when it ended a connection without being asked something. Without a listener it would end the process. */
const losses = new WeakMap<ClientBase, Error>();

/** To be called for every connection once. */
export function expectLoss(client: ClientBase): void {
  // The first says why; the second only that the connection ended.
  client.on("error", (error) => losses.has(client) || losses.set(client, error));
}

/** A connection of its own beside the pool, closed after `work`. @throws CodedError `database-unavailable` */
export async function withConnection<T>(config: ClientConfig, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(config);
  expectLoss(client);
  try {
    await client.connect();
  } catch (error) {
    throw refusalOfPostgres(error);
  }
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** What an error of `pg` amounts to: what the server said, or that it could not be reached. */
export function refusalOfPostgres(error: unknown): CodedError | StatementError {
  if (!(error instanceof DatabaseError)) {
    const words = error instanceof AggregateError ? error.errors.map(String).join("; ") : String(error);
    return new CodedError("database-unavailable", `the database cannot be reached: ${words}`, { cause: error });
  }
  const { code = "XX000", message, detail, constraint, table } = error;
  return refusalOf({ sqlState: code, message, detail, constraint, table });
}

async function sendStep(client: ClientBase, { text, values }: Step): Promise<StepResult> {
  const result = lastOf(
    await client.query<unknown[]>(values === undefined ? { ...shape, text } : { ...shape, ...extended, text, values: [...values] }),
  );
  return {
    columns: result.fields.map(({ name }) => name),
    rows: result.rows,
    command: result.command,
    count: result.rowCount ?? 0,
  };
}

const shape = { rowMode: "array", types: { getTypeParser: (oid: number) => columnParser(oid) } } as unknown as Pick<
  QueryArrayConfig,
  "rowMode" | "types"
>;

/** Threat: without parameters `pg` would send a script, in which a second statement could leave the role. */
const extended = { queryMode: "extended" };

/** A script of several statements is answered by an array. */
function lastOf(answer: QueryArrayResult<unknown[]> | readonly QueryArrayResult<unknown[]>[]): QueryArrayResult<unknown[]> {
  const result = Array.isArray(answer) ? answer.at(-1) : answer;
  invariant(result !== undefined, "a script without a statement");
  return result;
}

function isConnectionLost(error: unknown): boolean {
  return !(error instanceof DatabaseError) || error.severity === "FATAL";
}
