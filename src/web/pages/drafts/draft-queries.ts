import { infiniteQueryOptions, queryOptions, useQueryClient } from "@tanstack/react-query";
import { listDraftEvents, readDraft, readPartHistory } from "../../../contract/endpoints/drafts.ts";
import { ask } from "../../server-client.ts";

/** Each asking is a reading that is written down: it is not repeated by itself. */
export function draftQuery(draft: string) {
  return queryOptions({
    queryKey: ["draft", draft, "parts"],
    queryFn: ({ signal }) => ask(readDraft, { params: { draft }, signal }),
    refetchOnWindowFocus: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function draftEventsQuery(draft: string) {
  return infiniteQueryOptions({
    queryKey: ["draft", draft, "events"],
    queryFn: ({ pageParam, signal }) =>
      ask(listDraftEvents, { params: { draft }, query: { limit: 40, ...(pageParam === "" ? {} : { after: pageParam }) }, signal }),
    initialPageParam: "",
    getNextPageParam: ({ next }) => next,
    refetchOnWindowFocus: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function partHistoryQuery(draft: string, part: string) {
  return queryOptions({
    queryKey: ["draft", draft, "history", part],
    queryFn: ({ signal }) => ask(readPartHistory, { params: { draft, part }, signal }),
    refetchOnWindowFocus: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** To be called after a change: what is shown of the draft is read anew. */
export function useDraftChanged(draft: string): () => Promise<void> {
  const queryClient = useQueryClient();
  return async () => {
    await Promise.all([
      queryClient.invalidateQueries({ queryKey: ["draft", draft] }),
      queryClient.invalidateQueries({ queryKey: ["drafts"] }),
    ]);
  };
}
