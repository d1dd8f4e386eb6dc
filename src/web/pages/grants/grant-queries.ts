import { infiniteQueryOptions, keepPreviousData, queryOptions, useQueryClient } from "@tanstack/react-query";
import type { AnswerOf, QueryInputOf } from "../../../contract/endpoint.ts";
import {
  listExchanges,
  listExchangeSessions,
  listModelTokens,
  readExchange,
  searchExchanges,
} from "../../../contract/endpoints/exchanges.ts";
import { listGrants, readGrant } from "../../../contract/endpoints/grants.ts";
import { listUse, type UseAnswer } from "../../../contract/endpoints/model-history.ts";
import { ask } from "../../server-client.ts";
import type { UsedHours } from "../models/model-queries.ts";

export type Grant = AnswerOf<typeof readGrant>;
export type ModelToken = AnswerOf<typeof listModelTokens>["rows"][number];
export type SessionRow = AnswerOf<typeof listExchangeSessions>["rows"][number];
export type ExchangeRow = AnswerOf<typeof listExchanges>["rows"][number];
export type Exchange = AnswerOf<typeof readExchange>;
export type Found = AnswerOf<typeof searchExchanges>["rows"][number];

/** Asked again by itself: windows close by the clock, and budgets are used. */
const AGAIN_MS = 15_000;

export function grantsQuery(query: QueryInputOf<typeof listGrants>) {
  return queryOptions({
    queryKey: ["grants", "list", query],
    queryFn: ({ signal }) => ask(listGrants, { query, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: AGAIN_MS,
  });
}

export function grantQuery(grant: string) {
  return queryOptions({
    queryKey: ["grants", "one", grant],
    queryFn: ({ signal }) => ask(readGrant, { params: { grant }, signal }),
    refetchInterval: AGAIN_MS,
  });
}

export function modelTokensQuery(grant: string) {
  return queryOptions({
    queryKey: ["grants", "tokens", grant],
    queryFn: ({ signal }) => ask(listModelTokens, { params: { grant }, signal }),
    refetchInterval: AGAIN_MS,
  });
}

const MOST = 200;
/** Pages of hours that are added up before the page says that there is more. */
const MOST_PAGES = 25;

/** Hours of one grant's use, all that fit: a page of them would not add up. */
export function useOfGrantQuery(model: string, grant: string) {
  return queryOptions({
    queryKey: ["grants", "use", grant],
    queryFn: async ({ signal }): Promise<UsedHours> => {
      const rows: UseAnswer[] = [];
      let after: string | undefined;
      for (let page = 0; page < MOST_PAGES; page += 1) {
        const query = { grant, limit: MOST, ...(after === undefined ? {} : { after }) };
        const answer = await ask(listUse, { params: { model }, query, signal });
        rows.push(...answer.rows);
        after = answer.next;
        if (after === undefined) return { rows, isCutOff: false };
      }
      return { rows, isCutOff: true };
    },
    refetchInterval: 60_000,
  });
}

export function sessionsQuery(grant: string, query: QueryInputOf<typeof listExchangeSessions>) {
  return queryOptions({
    queryKey: ["grants", "sessions", grant, query],
    queryFn: ({ signal }) => ask(listExchangeSessions, { params: { grant }, query, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: AGAIN_MS,
  });
}

export function exchangesQuery(grant: string, query: QueryInputOf<typeof listExchanges>) {
  return queryOptions({
    queryKey: ["grants", "exchanges", grant, query],
    queryFn: ({ signal }) => ask(listExchanges, { params: { grant }, query, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: AGAIN_MS,
  });
}

export function exchangeQuery(exchange: string) {
  return queryOptions({
    queryKey: ["grants", "exchange", exchange],
    queryFn: ({ signal }) => ask(readExchange, { params: { exchange }, signal }),
    // What was recorded does not change; that its key was destroyed is seen when the page is opened anew.
    staleTime: 60_000,
  });
}

/** As far as one search looks; the next page goes on from there. */
export function foundQuery(grant: string, text: string, session: string | undefined) {
  return infiniteQueryOptions({
    queryKey: ["grants", "found", grant, text, session ?? ""],
    queryFn: ({ pageParam, signal }) =>
      ask(searchExchanges, {
        params: { grant },
        query: { text, limit: 40, ...(session === undefined ? {} : { session }), ...(pageParam === "" ? {} : { after: pageParam }) },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: ({ next }) => next,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** To be called after a change: everything about one's grants is read anew. */
export function useGrantsChanged(): () => Promise<void> {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: ["grants"] });
}
