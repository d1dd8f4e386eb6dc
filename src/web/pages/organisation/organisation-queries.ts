import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { AnswerOf, QueryInputOf } from "../../../contract/endpoint.ts";
import { listMembers, listOrganisations, readOwnOrganisation } from "../../../contract/endpoints/organisations.ts";
import { listInvitations } from "../../../contract/endpoints/one-time-links.ts";
import { ask } from "../../server-client.ts";

export type Member = AnswerOf<typeof listMembers>["rows"][number];
export type Organisation = AnswerOf<typeof readOwnOrganisation>;
export type Invitation = AnswerOf<typeof listInvitations>["invitations"][number];

export const ownOrganisationQuery = queryOptions({
  queryKey: ["organisation"],
  queryFn: ({ signal }) => ask(readOwnOrganisation, { signal }),
});

export function membersQuery(query: QueryInputOf<typeof listMembers>) {
  return queryOptions({
    queryKey: ["members", query],
    queryFn: ({ signal }) => ask(listMembers, { query, signal }),
    placeholderData: keepPreviousData,
  });
}

/** Links that nobody has used yet. */
export const invitationsQuery = queryOptions({
  queryKey: ["invitations"],
  queryFn: ({ signal }) => ask(listInvitations, { signal }),
});

export function organisationsQuery(query: QueryInputOf<typeof listOrganisations>) {
  return queryOptions({
    queryKey: ["organisations", query],
    queryFn: ({ signal }) => ask(listOrganisations, { query, signal }),
    placeholderData: keepPreviousData,
  });
}
