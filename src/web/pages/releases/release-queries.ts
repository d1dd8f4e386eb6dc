import { queryOptions, useQueryClient } from "@tanstack/react-query";
import { readReleasePlan } from "../../../contract/endpoints/releases.ts";
import { ask } from "../../server-client.ts";

/** Asked again every half minute: stages open by themselves. */
export function releasePlanQuery(draft: string) {
  return queryOptions({
    queryKey: ["release plan", draft],
    queryFn: ({ signal }) => ask(readReleasePlan, { params: { draft }, signal }),
    refetchInterval: 30_000,
  });
}

/** To be called after a change: what the plan has led to is read anew. */
export function usePlanChanged(draft: string): () => Promise<void> {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: ["release plan", draft] });
}
