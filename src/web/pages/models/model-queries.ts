import { infiniteQueryOptions, keepPreviousData, queryOptions, useQueryClient } from "@tanstack/react-query";
import type { AnswerOf, QueryInputOf } from "../../../contract/endpoint.ts";
import { listAccessRequests } from "../../../contract/endpoints/access-requests.ts";
import { listStops } from "../../../contract/endpoints/gateways.ts";
import { listGrants } from "../../../contract/endpoints/grants.ts";
import { listCertificates, listModelEvents, listUse, type UseAnswer } from "../../../contract/endpoints/model-history.ts";
import { listDesks, listModels, listProgrammes, readModel } from "../../../contract/endpoints/models.ts";
import { listModelTerms } from "../../../contract/endpoints/model-terms.ts";
import { listProposals } from "../../../contract/endpoints/partners.ts";
import { listProbes } from "../../../contract/endpoints/probes.ts";
import { ask } from "../../server-client.ts";

export type ModelRow = AnswerOf<typeof listModels>["rows"][number];
export type Model = AnswerOf<typeof readModel>;
export type Window = Model["windows"][number];
export type Grant = AnswerOf<typeof listGrants>["rows"][number];
export type Desk = AnswerOf<typeof listDesks>["rows"][number];
export type Proposal = AnswerOf<typeof listProposals>["rows"][number];
export type Programme = AnswerOf<typeof listProgrammes>["rows"][number];
export type Stop = AnswerOf<typeof listStops>["rows"][number];

const MOST = 200;

export function modelsQuery(query: QueryInputOf<typeof listModels>) {
  return queryOptions({
    queryKey: ["models", "list", query],
    queryFn: ({ signal }) => ask(listModels, { query, signal }),
    placeholderData: keepPreviousData,
  });
}

/** Asked again by itself: windows open and close by the clock. */
export function modelQuery(model: string) {
  return queryOptions({
    queryKey: ["models", "one", model],
    queryFn: ({ signal }) => ask(readModel, { params: { model }, signal }),
    refetchInterval: 15_000,
  });
}

export const desksQuery = queryOptions({
  queryKey: ["models", "desks"],
  queryFn: ({ signal }) => ask(listDesks, { query: { limit: MOST }, signal }),
});

export const programmesQuery = queryOptions({
  queryKey: ["models", "programmes"],
  queryFn: ({ signal }) => ask(listProgrammes, { signal }),
});

export function modelGrantsQuery(model: string) {
  return queryOptions({
    queryKey: ["models", "grants", model],
    queryFn: ({ signal }) => ask(listGrants, { query: { model, limit: MOST }, signal }),
    refetchInterval: 15_000,
  });
}

/** Pages of hours that are added up before the page says that there is more. */
const MOST_PAGES = 25;

export type UsedHours = { readonly rows: readonly UseAnswer[]; readonly isCutOff: boolean };

/** Hours of use, the newest first, all that fit: a page of them would not add up. */
export function useOfModelQuery(model: string) {
  return queryOptions({
    queryKey: ["models", "use", model],
    queryFn: async ({ signal }): Promise<UsedHours> => {
      const rows: UseAnswer[] = [];
      let after: string | undefined;
      for (let page = 0; page < MOST_PAGES; page += 1) {
        const query = { limit: MOST, ...(after === undefined ? {} : { after }) };
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

export function modelEventsQuery(model: string) {
  return infiniteQueryOptions({
    queryKey: ["models", "events", model],
    queryFn: ({ pageParam, signal }) =>
      ask(listModelEvents, { params: { model }, query: { limit: 40, ...(pageParam === "" ? {} : { after: pageParam }) }, signal }),
    initialPageParam: "",
    getNextPageParam: ({ next }) => next,
  });
}

/** Asked again by itself: a gateway probes whenever it is due. */
export function probesQuery(window: string) {
  return infiniteQueryOptions({
    queryKey: ["models", "probes", window],
    queryFn: ({ pageParam, signal }) =>
      ask(listProbes, { params: { window }, query: { limit: 20, ...(pageParam === "" ? {} : { after: pageParam }) }, signal }),
    initialPageParam: "",
    getNextPageParam: ({ next }) => next,
    refetchInterval: 60_000,
  });
}

/** Of a model of which so many versions are known: a newer one is asked for anew. */
export function modelTermsQuery(model: string, version: number) {
  return queryOptions({
    queryKey: ["models", "terms", model, version],
    queryFn: ({ signal }) => ask(listModelTerms, { params: { model }, signal }),
  });
}

export function certificatesQuery(model: string) {
  return queryOptions({
    queryKey: ["models", "certificates", model],
    queryFn: ({ signal }) => ask(listCertificates, { query: { model, limit: MOST }, signal }),
  });
}

export function proposalsQuery(model: string) {
  return queryOptions({
    queryKey: ["models", "proposals", model],
    queryFn: ({ signal }) => ask(listProposals, { params: { model }, query: { limit: MOST }, signal }),
    refetchInterval: 30_000,
  });
}

export function requestsQuery(model: string) {
  return queryOptions({
    queryKey: ["models", "requests", model],
    queryFn: ({ signal }) => ask(listAccessRequests, { params: { model }, query: { limit: MOST }, signal }),
    refetchInterval: 30_000,
  });
}

export function stopsQuery(model: string) {
  return queryOptions({
    queryKey: ["models", "stops", model],
    queryFn: ({ signal }) => ask(listStops, { params: { model }, signal }),
  });
}

/** To be called after a change: everything about models, and what waits for somebody, is read anew. */
export function useModelsChanged(): () => Promise<void> {
  const queryClient = useQueryClient();
  return async () => {
    await Promise.all([["models"], ["work"], ["grants"]].map((queryKey) => queryClient.invalidateQueries({ queryKey })));
  };
}
