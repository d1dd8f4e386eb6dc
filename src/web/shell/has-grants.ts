import { queryOptions, useQuery } from "@tanstack/react-query";
import { listGrants } from "../../contract/endpoints/grants.ts";
import { ask } from "../server-client.ts";
import { mayShowGrants } from "../words/places.ts";
import type { Session } from "./session.ts";

const anyGrantQuery = queryOptions({
  queryKey: ["grants", "any"],
  queryFn: ({ signal }) => ask(listGrants, { query: { limit: 1 }, signal }),
  refetchInterval: 60_000,
});

/** Whether the organisation that one acts for was ever granted a model: then its windows have a word in the top bar. */
export function useHasGrants({ acting, verbs }: Session): boolean {
  const { data } = useQuery({ ...anyGrantQuery, enabled: mayShowGrants(acting.kind, verbs) });
  return (data?.rows.length ?? 0) > 0;
}
