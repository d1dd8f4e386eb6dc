import { queryOptions, useQuery } from "@tanstack/react-query";
import type { AnswerOf } from "../../contract/endpoint.ts";
import { readWork } from "../../contract/endpoints/work.ts";
import { ask } from "../server-client.ts";
import { useSession } from "./session.ts";

export type Work = AnswerOf<typeof readWork>;
export type WorkItem = Work["items"][number];
export type Coming = Work["coming"][number];

export const workQuery = queryOptions({
  queryKey: ["work"],
  queryFn: ({ signal }) => ask(readWork, { signal }),
  refetchInterval: 60_000,
  refetchOnWindowFocus: true,
});

/** What waits for whoever is signed in; undefined while it is not known and for strangers. */
export function useWork(): Work | undefined {
  const session = useSession();
  return useQuery({ ...workQuery, enabled: session !== null && session !== undefined }).data;
}
