import type { AnyEndpoint } from "../endpoint.ts";
import { accessRequestEndpoints } from "./access-requests.ts";
import { accessReviewEndpoints } from "./access-review.ts";
import { windowEndpoints } from "./access-windows.ts";
import { circleEndpoints } from "./circles.ts";
import { correctionEndpoints } from "./corrections.ts";
import { draftAttachmentEndpoints } from "./draft-attachments.ts";
import { draftImportEndpoints } from "./draft-imports.ts";
import { draftEndpoints } from "./drafts.ts";
import { exchangeEndpoints } from "./exchanges.ts";
import { feedEndpoints } from "./feeds.ts";
import { gatewayEndpoints } from "./gateway.ts";
import { gatewayCareEndpoints } from "./gateways.ts";
import { grantEndpoints } from "./grants.ts";
import { modelHistoryEndpoints } from "./model-history.ts";
import { modelEndpoints } from "./models.ts";
import { modelTermsEndpoints } from "./model-terms.ts";
import { notificationEndpoints } from "./notifications.ts";
import { ledgerEndpoints } from "./ledger.ts";
import { npmEndpoints } from "./npm-audit.ts";
import { organisationEndpoints } from "./organisations.ts";
import { osvEndpoints } from "./osv-api.ts";
import { partnerEndpoints } from "./partners.ts";
import { probeEndpoints } from "./probes.ts";
import { recordEndpoints } from "./record.ts";
import { releaseEndpoints } from "./releases.ts";
import { scanEndpoints } from "./scans.ts";
import { signInEndpoints } from "./sign-in.ts";
import { systemEndpoints } from "./system.ts";
import { workEndpoints } from "./work.ts";

/** Every endpoint there is. A route that is not here cannot be served. */
export const allEndpoints: readonly AnyEndpoint[] = [
  ...systemEndpoints,
  ...scanEndpoints,
  ...recordEndpoints,
  ...feedEndpoints,
  ...osvEndpoints,
  ...npmEndpoints,
  ...ledgerEndpoints,
  ...signInEndpoints,
  ...organisationEndpoints,
  ...circleEndpoints,
  ...accessReviewEndpoints,
  ...draftEndpoints,
  ...draftImportEndpoints,
  ...draftAttachmentEndpoints,
  ...correctionEndpoints,
  ...releaseEndpoints,
  ...modelEndpoints,
  ...windowEndpoints,
  ...grantEndpoints,
  ...modelHistoryEndpoints,
  ...modelTermsEndpoints,
  ...accessRequestEndpoints,
  ...gatewayEndpoints,
  ...gatewayCareEndpoints,
  ...exchangeEndpoints,
  ...partnerEndpoints,
  ...probeEndpoints,
  ...notificationEndpoints,
  ...workEndpoints,
];
