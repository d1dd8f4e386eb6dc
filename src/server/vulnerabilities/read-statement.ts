import { readOsvDetails, readOsvRecord } from "../../formats/osv/osv.ts";
import type { Advisory } from "../../vocabulary/advisory.ts";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import { type CompiledAffected, compilePackages } from "../advisories/compile-advisory.ts";
import type { StatementRow } from "./vulnerability-store.ts";

/** One source's statement, read again from the record as received. */
export type ReadStatement = {
  readonly row: StatementRow;
  readonly advisory: Advisory;
  readonly details: string;
  readonly packages: readonly CompiledAffected[];
  /** Neither withdrawn nor gone from its source. */
  readonly inForce: boolean;
};

export function readStatement(row: StatementRow): ReadStatement {
  const { advisory, details } = readBody(row);
  return {
    row,
    advisory,
    details,
    packages: compilePackages(advisory.affected),
    inForce: advisory.withdrawn === undefined && row.gone_at === null,
  };
}

function readBody(row: StatementRow): { readonly advisory: Advisory; readonly details: string } {
  const bytes = new TextEncoder().encode(row.body);
  try {
    return { advisory: readOsvRecord(bytes, row.id), details: readOsvDetails(bytes, row.id) };
  } catch (error) {
    // It was readable when it came: this program has grown stricter. The other sources' statements are still shown.
    if (!isCodedError(error)) throw error;
    return {
      advisory: onlyNamed(row),
      details: `This version of Sluice cannot read the record (${error.place ?? row.id}: ${error.message}). It is shown as received under its revisions.`,
    };
  }
}

function onlyNamed(row: StatementRow): Advisory {
  return {
    id: row.id,
    modified: row.modified,
    published: undefined,
    withdrawn: undefined,
    aliases: [],
    upstream: [],
    related: [],
    summary: row.title,
    severities: [],
    weaknesses: [],
    affected: [],
    references: [],
    license: undefined,
    kind: row.kind,
  };
}
