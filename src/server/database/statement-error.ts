import { CodedError, type RefusalCode } from "../../vocabulary/coded-error.ts";

export type StatementFault = {
  readonly sqlState: string;
  readonly message: string;
  readonly detail?: string | undefined;
  readonly constraint?: string | undefined;
  readonly table?: string | undefined;
};

/** What the database said about a statement, alike for both drivers. `sqlState` is PostgreSQL's five-character code. */
export class StatementError extends Error {
  override readonly name = "StatementError";
  readonly sqlState: string;
  readonly detail: string | undefined;
  readonly constraint: string | undefined;
  readonly table: string | undefined;

  constructor(fault: StatementFault) {
    super(`${fault.message} (${fault.sqlState})`);
    this.sqlState = fault.sqlState;
    this.detail = fault.detail;
    this.constraint = fault.constraint;
    this.table = fault.table;
  }
}

/** True for a statement that failed, optionally with one of the given codes only (`"23505"`: a unique key). */
export function isStatementError(error: unknown, ...sqlStates: readonly string[]): error is StatementError {
  return error instanceof StatementError && (sqlStates.length === 0 || sqlStates.includes(error.sqlState));
}

/** The refusal that a fault amounts to, or the fault itself when only the caller can judge it. */
export function refusalOf(fault: StatementFault): CodedError | StatementError {
  const error = new StatementError(fault);
  const refusal = refusals.find(({ sqlState }) => sqlState.test(fault.sqlState));
  return refusal === undefined ? error : new CodedError(refusal.code, `${refusal.words}: ${fault.message}`, { cause: error });
}

type Refusal = { readonly sqlState: RegExp; readonly code: RefusalCode; readonly words: string };

const refusals: readonly Refusal[] = [
  { sqlState: /^57014$/, code: "statement-timeout", words: "a statement ran longer than its time limit" },
  { sqlState: /^25P03$/, code: "statement-timeout", words: "a transaction waited too long between two statements" },
  { sqlState: /^53100$/, code: "disk-full", words: "the disk of the database is full; free some space and repeat" },
  { sqlState: /^(08...|57P0.|53300|28...|3D000)$/, code: "database-unavailable", words: "the database cannot be used" },
];
