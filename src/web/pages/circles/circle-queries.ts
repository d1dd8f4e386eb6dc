import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { AnswerOf, QueryInputOf } from "../../../contract/endpoint.ts";
import {
  listCircleInvitations,
  listCircleMembers,
  listCircles,
  listReceivedInvitations,
  readCircle,
} from "../../../contract/endpoints/circles.ts";
import { ask } from "../../server-client.ts";

export type CircleRow = AnswerOf<typeof listCircles>["rows"][number];
export type Circle = AnswerOf<typeof readCircle>;
export type CircleMember = AnswerOf<typeof listCircleMembers>["rows"][number];
export type SentInvitation = AnswerOf<typeof listCircleInvitations>["rows"][number];
export type ReceivedInvitation = AnswerOf<typeof listReceivedInvitations>["rows"][number];

export function circlesQuery(query: QueryInputOf<typeof listCircles>) {
  return queryOptions({
    queryKey: ["circles", "list", query],
    queryFn: ({ signal }) => ask(listCircles, { query, signal }),
    placeholderData: keepPreviousData,
  });
}

export function circleQuery(circle: string) {
  return queryOptions({ queryKey: ["circles", "one", circle], queryFn: ({ signal }) => ask(readCircle, { params: { circle }, signal }) });
}

export function circleMembersQuery(circle: string, query: QueryInputOf<typeof listCircleMembers>) {
  return queryOptions({
    queryKey: ["circles", "members", circle, query],
    queryFn: ({ signal }) => ask(listCircleMembers, { params: { circle }, query, signal }),
    placeholderData: keepPreviousData,
  });
}

export function sentInvitationsQuery(circle: string) {
  return queryOptions({
    queryKey: ["circles", "sent", circle],
    queryFn: ({ signal }) => ask(listCircleInvitations, { params: { circle }, query: { limit: 40 }, signal }),
  });
}

export const receivedInvitationsQuery = queryOptions({
  queryKey: ["circles", "received"],
  queryFn: ({ signal }) => ask(listReceivedInvitations, { signal }),
});

/** What a change of a circle makes old: everything about circles, and what needs one. */
export const circleKeys = [["circles"], ["work"]] as const;
