import { feedRoutes } from "./feeds/feed-routes.ts";
import type { Route } from "./http/route.ts";
import { npmAuditRoutes } from "./npm-audit/npm-audit-routes.ts";
import { osvRoutes } from "./osv-api/osv-routes.ts";
import { packageRoutes } from "./packages/package-routes.ts";
import { releaseRoutes } from "./releases/release-routes.ts";
import { scanRoutes } from "./scanning/scan-routes.ts";
import type { Services } from "./services.ts";
import { vulnerabilityRoutes } from "./vulnerabilities/vulnerability-routes.ts";

/** Every subject's routes; those of the system itself are added by `openServer`, which knows the whole contract. */
export function subjectRoutes({ feeds, npmAudits, osv, packages, releases, scans, syncs, vulnerabilities }: Services): readonly Route[] {
  return [
    ...scanRoutes(scans),
    ...vulnerabilityRoutes(vulnerabilities),
    ...packageRoutes(packages),
    ...feedRoutes(feeds, syncs),
    ...osvRoutes(osv),
    ...npmAuditRoutes(npmAudits),
    ...releaseRoutes(releases),
  ];
}
