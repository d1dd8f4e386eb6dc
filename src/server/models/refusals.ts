import { CodedError } from "../../vocabulary/coded-error.ts";
import { isStatementError, type StatementError } from "../database/statement-error.ts";

/** The same words for what is not there and for what is not the asker's to see. */
export function notFound(): CodedError {
  return new CodedError("not-found", "There is no such thing among the models that concern your organisation");
}

/** What a policy or a foreign key refuses is "not found": told apart, the two would say that something is there. */
export async function askedOf<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isStatementError(error, "42501", "23503")) throw notFound();
    if (isStatementError(error, "SL002")) throw changedMeanwhile(error);
    throw error;
  }
}

/** Terms that were read, and gave way to others before the database held them for this writer. */
function changedMeanwhile(cause: StatementError): CodedError {
  return new CodedError("conflict", cause.detail ?? cause.message, { cause });
}

export function onlyTheLab(): CodedError {
  return new CodedError("not-allowed", "Expected the lab that offered the model: nobody else changes what it offers");
}

export function isOver(): CodedError {
  return new CodedError("conflict", "Expected a window that is not over: what has closed stays closed, and a new window needs a new offer");
}
