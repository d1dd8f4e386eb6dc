import type { AnyEndpoint } from "../endpoint.ts";
import { feedEndpoints } from "./feeds.ts";
import { npmEndpoints } from "./npm-audit.ts";
import { osvEndpoints } from "./osv-api.ts";
import { recordEndpoints } from "./record.ts";
import { releaseEndpoints } from "./releases.ts";
import { scanEndpoints } from "./scans.ts";
import { signInEndpoints } from "./sign-in.ts";
import { systemEndpoints } from "./system.ts";

/** Every endpoint there is. A route that is not here cannot be served. */
export const allEndpoints: readonly AnyEndpoint[] = [
  ...systemEndpoints,
  ...scanEndpoints,
  ...recordEndpoints,
  ...feedEndpoints,
  ...osvEndpoints,
  ...npmEndpoints,
  ...signInEndpoints,
  ...releaseEndpoints,
];
