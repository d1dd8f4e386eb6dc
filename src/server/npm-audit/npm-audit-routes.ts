import { npmBulkAdvisories } from "../../contract/endpoints/npm-audit.ts";
import { route, type Route } from "../http/route.ts";
import type { NpmAuditService } from "./npm-audit-service.ts";

export function npmAuditRoutes(audits: NpmAuditService): readonly Route[] {
  return [route(npmBulkAdvisories, ({ body, header }) => audits.bulk(body, header("host") ?? "localhost"))];
}
