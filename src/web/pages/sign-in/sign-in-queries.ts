import { queryOptions } from "@tanstack/react-query";
import type { AnswerOf } from "../../../contract/endpoint.ts";
import { readLink } from "../../../contract/endpoints/one-time-links.ts";
import { signInWays } from "../../../contract/endpoints/sign-in.ts";
import { ask } from "../../server-client.ts";

export type Ways = AnswerOf<typeof signInWays>;
export type Link = AnswerOf<typeof readLink>;

export const waysQuery = queryOptions({ queryKey: ["sign-in ways"], queryFn: ({ signal }) => ask(signInWays, { signal }) });

export function linkQuery(link: string) {
  return queryOptions({ queryKey: ["link", link], queryFn: ({ signal }) => ask(readLink, { body: { link }, signal }) });
}
