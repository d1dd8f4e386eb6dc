import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import type { AnswerOf } from "../../contract/endpoint.ts";
import { endSession, readSession, switchOrganisation } from "../../contract/endpoints/sign-in.ts";
import type { Verb } from "../../vocabulary/organisation.ts";
import { ask } from "../server-client.ts";

export type Session = NonNullable<AnswerOf<typeof readSession>["session"]>;

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async ({ signal }) => (await ask(readSession, { signal })).session ?? null,
  // One signs in and out elsewhere too: in another tab, and by the clock.
  refetchInterval: 60_000,
  refetchOnWindowFocus: "always",
});

/** Who is signed in. `undefined` while it is not known; `null` for a stranger, also when the server could not say. */
export function useSession(): Session | null | undefined {
  const { data, isError } = useQuery(sessionQuery);
  return data === undefined && isError ? null : data;
}

/** Whether whoever is signed in may do something in its own organisation. */
export function useMay(verb: Verb): boolean {
  return useSession()?.verbs.includes(verb) === true;
}

/** Everything that was read for one actor is forgotten when another acts. To be called by every page that begins or ends a session. */
export function useActorChange(): (session: Session | null) => void {
  const queryClient = useQueryClient();
  return (session) => {
    queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "session" && queryKey[0] !== "status" });
    queryClient.setQueryData(sessionQuery.queryKey, session);
  };
}

export async function actFor(organisation: string): Promise<Session> {
  return ask(switchOrganisation, { body: { organisation } });
}

export async function signOut(): Promise<void> {
  await ask(endSession, {});
}
