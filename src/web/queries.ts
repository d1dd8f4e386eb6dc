import { keepPreviousData, QueryClient, queryOptions } from "@tanstack/react-query";
import type { AnswerOf, QueryInputOf } from "../contract/endpoint.ts";
import { listFeeds, listProblems } from "../contract/endpoints/feeds.ts";
import { listPackages, readPackage, readVulnerability, type searchVulnerabilities } from "../contract/endpoints/record.ts";
import { listFormats } from "../contract/endpoints/scans.ts";
import { status } from "../contract/endpoints/system.ts";
import { isCodedError } from "../vocabulary/coded-error.ts";
import { ask } from "./server-client.ts";
import { PAGE } from "./table/page-size.ts";

export type Status = AnswerOf<typeof status>;
export type VulnerabilityRow = AnswerOf<typeof searchVulnerabilities>["rows"][number];
export type Vulnerability = AnswerOf<typeof readVulnerability>;
export type Statement = Vulnerability["statements"][number];
export type PackageRow = AnswerOf<typeof listPackages>["rows"][number];
export type PackageAnswer = AnswerOf<typeof readPackage>;
export type Feed = AnswerOf<typeof listFeeds>["feeds"][number];
export type ProblemRow = AnswerOf<typeof listProblems>["rows"][number];

/** A refusal is an answer: only a server that did not answer is asked a second time. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        retry: (failures, error) => failures < 1 && !isCodedError(error),
        retryDelay: 500,
        staleTime: 30_000,
        refetchOnWindowFocus: false,
      },
    },
  });
}

export const statusQuery = queryOptions({
  queryKey: ["status"],
  queryFn: ({ signal }) => ask(status, { signal }),
  refetchInterval: 60_000,
});

export function vulnerabilityQuery(id: string) {
  return queryOptions({ queryKey: ["vulnerability", id], queryFn: ({ signal }) => ask(readVulnerability, { params: { id }, signal }) });
}

/** Packages whose name begins with `text`. */
export function packagesNamedQuery(text: string) {
  return queryOptions({
    queryKey: ["packages named", text],
    queryFn: ({ signal }) => ask(listPackages, { query: { text, limit: 10 }, signal }),
  });
}

export function packageQuery(
  ecosystem: string,
  name: string,
  page: { readonly version: string | undefined; readonly after: string | undefined },
) {
  return queryOptions({
    queryKey: ["package", ecosystem, name, page],
    queryFn: ({ signal }) => ask(readPackage, { params: { ecosystem, name }, query: { ...page, limit: PAGE }, signal }),
    placeholderData: keepPreviousData,
  });
}

export const formatsQuery = queryOptions({
  queryKey: ["formats"],
  queryFn: ({ signal }) => ask(listFormats, { signal }),
  staleTime: Number.POSITIVE_INFINITY,
});

export const feedsQuery = queryOptions({
  queryKey: ["feeds"],
  queryFn: ({ signal }) => ask(listFeeds, { signal }),
  refetchInterval: 30_000,
});

export function problemsQuery(query: QueryInputOf<typeof listProblems>) {
  return queryOptions({
    queryKey: ["problems", query],
    queryFn: ({ signal }) => ask(listProblems, { query, signal }),
    placeholderData: keepPreviousData,
  });
}
