import { accessReviewRoutes } from "./access-review/access-review-routes.ts";
import { circleRoutes } from "./circles/circle-routes.ts";
import { draftRoutes } from "./drafts/draft-routes.ts";
import { feedRoutes } from "./feeds/feed-routes.ts";
import { exchangeRoutes } from "./gateway/exchange-routes.ts";
import { gatewayCareRoutes } from "./gateway/gateway-care-routes.ts";
import { gatewayRoutes } from "./gateway/gateway-routes.ts";
import type { Route } from "./http/route.ts";
import { modelRoutes } from "./models/model-routes.ts";
import { notificationRoutes } from "./notifications/notification-routes.ts";
import { ledgerRoutes } from "./ledger/ledger-routes.ts";
import { npmAuditRoutes } from "./npm-audit/npm-audit-routes.ts";
import { organisationRoutes } from "./organisations/organisation-routes.ts";
import { osvRoutes } from "./osv-api/osv-routes.ts";
import { packageRoutes } from "./packages/package-routes.ts";
import { partnerRoutes } from "./models/partner-routes.ts";
import { probeHistoryRoutes } from "./models/probe-history-routes.ts";
import { releaseRoutes } from "./releases/release-routes.ts";
import { scanRoutes } from "./scanning/scan-routes.ts";
import type { Services } from "./services.ts";
import { requestRoutes } from "./models/request-routes.ts";
import { termsRoutes } from "./models/terms-routes.ts";
import { vulnerabilityRoutes } from "./vulnerabilities/vulnerability-routes.ts";
import { workRoutes } from "./work/work-routes.ts";

/** Every subject's routes; those of the system itself are added by `openServer`, which knows the whole contract. */
export function subjectRoutes({
  attachments,
  accessReviews,
  audit,
  circles,
  corrections,
  drafts,
  feeds,
  gateways,
  grants,
  imports,
  invitations,
  ledger,
  models,
  modelTokens,
  notifications,
  npmAudits,
  organisations,
  osv,
  packages,
  partners,
  parts,
  premises,
  probeHistory,
  releases,
  requests,
  scans,
  staged,
  stops,
  syncs,
  terms,
  transcripts,
  vulnerabilities,
  windows,
  work,
}: Services): readonly Route[] {
  return [
    ...scanRoutes(scans, staged),
    ...vulnerabilityRoutes(vulnerabilities),
    ...packageRoutes(packages),
    ...feedRoutes(feeds, syncs),
    ...osvRoutes(osv),
    ...ledgerRoutes(ledger),
    ...npmAuditRoutes(npmAudits),
    ...organisationRoutes(organisations),
    ...circleRoutes(circles, invitations),
    ...accessReviewRoutes(accessReviews, audit),
    ...draftRoutes({ drafts, parts, corrections, imports, attachments }),
    ...releaseRoutes(releases),
    ...modelRoutes(models, windows, grants),
    ...termsRoutes(terms, models),
    ...requestRoutes(requests),
    ...gatewayRoutes(gateways),
    ...gatewayCareRoutes(premises, stops),
    ...exchangeRoutes(modelTokens, transcripts),
    ...partnerRoutes(partners),
    ...probeHistoryRoutes(probeHistory),
    ...notificationRoutes(notifications),
    ...workRoutes(work),
  ];
}
