import {
  exportAudit,
  listAuditEvents,
  listOwnReads,
  listReads,
  listReviewedDrafts,
  reviewDraft,
  reviewMember,
  reviewOrganisation,
} from "../../contract/endpoints/access-review.ts";
import { RawReply, type Route, route } from "../http/route.ts";
import type { AccessReviewService } from "./access-review-service.ts";
import type { AuditService } from "./audit-service.ts";

export function accessReviewRoutes(reviews: AccessReviewService, audit: AuditService): readonly Route[] {
  return [
    route(listReviewedDrafts, ({ caller, query }) => reviews.drafts(caller, query)),
    route(reviewDraft, ({ caller, params, query }) => reviews.draft(caller, params.draft, query)),
    route(reviewOrganisation, ({ caller, params, query }) => reviews.organisation(caller, params.organisation, query)),
    route(reviewMember, ({ caller, params }) => reviews.member(caller, params.member)),
    route(listReads, ({ caller, query }) => audit.reads(caller, query)),
    route(listOwnReads, ({ caller, query }) => audit.ownReads(caller, query)),
    route(listAuditEvents, ({ caller, query }) => audit.events(caller, query)),
    route(
      exportAudit,
      async ({ caller, query }) =>
        new RawReply(
          200,
          {
            "content-type": "application/x-ndjson; charset=utf-8",
            "content-disposition": 'attachment; filename="sluice-audit.jsonl"',
            "cache-control": "no-store",
          },
          await audit.export(caller, query),
        ),
    ),
  ];
}
