import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { AnswerOf, QueryInputOf } from "../../../contract/endpoint.ts";
import {
  listAuditEvents,
  listReads,
  listReviewedDrafts,
  reviewDraft,
  reviewMember,
  reviewOrganisation,
} from "../../../contract/endpoints/access-review.ts";
import type { AuditVerb } from "../../../vocabulary/audit.ts";
import { ask } from "../../server-client.ts";
import { PAGE } from "../../table/page-size.ts";

export type ReviewedDraft = AnswerOf<typeof listReviewedDrafts>["rows"][number];
export type DraftReview = AnswerOf<typeof reviewDraft>;
export type OrganisationAccess = DraftReview["organisations"][number];
export type Ground = OrganisationAccess["grounds"][number];
export type OrganisationReview = AnswerOf<typeof reviewOrganisation>;
export type ReadEvent = AnswerOf<typeof listReads>["rows"][number];
export type AuditEvent = AnswerOf<typeof listAuditEvents>["rows"][number];

type After = { readonly after: string | undefined };
const pageOf = ({ after }: After) => ({ limit: PAGE, ...(after === undefined ? {} : { after }) });

export function reviewedDraftsQuery(page: After) {
  return queryOptions({
    queryKey: ["access", "drafts", page],
    queryFn: ({ signal }) => ask(listReviewedDrafts, { query: pageOf(page), signal }),
    placeholderData: keepPreviousData,
  });
}

export function draftReviewQuery(draft: string, page: After) {
  return queryOptions({
    queryKey: ["access", "draft", draft, page],
    queryFn: ({ signal }) => ask(reviewDraft, { params: { draft }, query: pageOf(page), signal }),
    placeholderData: keepPreviousData,
  });
}

export function organisationReviewQuery(organisation: string, page: After) {
  return queryOptions({
    queryKey: ["access", "organisation", organisation, page],
    queryFn: ({ signal }) => ask(reviewOrganisation, { params: { organisation }, query: pageOf(page), signal }),
    placeholderData: keepPreviousData,
  });
}

export function memberReviewQuery(member: string) {
  return queryOptions({
    queryKey: ["access", "member", member],
    queryFn: ({ signal }) => ask(reviewMember, { params: { member }, signal }),
  });
}

export type ReadsOf = Pick<QueryInputOf<typeof listReads>, "draft" | "organisation" | "person">;

export function readsQuery(of: ReadsOf, page: After) {
  return queryOptions({
    queryKey: ["access", "reads", of, page],
    queryFn: ({ signal }) => ask(listReads, { query: { ...of, ...pageOf(page) }, signal }),
    placeholderData: keepPreviousData,
  });
}

export function auditQuery(verb: AuditVerb | undefined, page: After) {
  return queryOptions({
    queryKey: ["access", "audit", verb, page],
    queryFn: ({ signal }) => ask(listAuditEvents, { query: { ...pageOf(page), ...(verb === undefined ? {} : { verb }) }, signal }),
    placeholderData: keepPreviousData,
  });
}
