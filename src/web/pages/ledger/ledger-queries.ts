import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { AnswerOf } from "../../../contract/endpoint.ts";
import { listAdvisoryKeys } from "../../../contract/endpoints/advisory-signatures.ts";
import { listStatements, readLedger } from "../../../contract/endpoints/ledger.ts";
import { ask } from "../../server-client.ts";
import { PAGE } from "../../table/page-size.ts";

export type Ledger = AnswerOf<typeof readLedger>;
export type StatementRow = AnswerOf<typeof listStatements>["rows"][number];

export const ledgerQuery = queryOptions({
  queryKey: ["ledger"],
  queryFn: ({ signal }) => ask(readLedger, { signal }),
  refetchInterval: 60_000,
});

export const advisoryKeysQuery = queryOptions({
  queryKey: ["ledger", "advisory-keys"],
  queryFn: ({ signal }) => ask(listAdvisoryKeys, { signal }),
});

export function statementsQuery(after: string | undefined) {
  return queryOptions({
    queryKey: ["ledger", "statements", after],
    queryFn: ({ signal }) => ask(listStatements, { query: { limit: PAGE, ...(after === undefined ? {} : { after }) }, signal }),
    placeholderData: keepPreviousData,
  });
}
