import type { Change, Sweep } from "./changes.ts";
import { DAY_MS, type Draw } from "./draw.ts";
import type { Fact } from "./oracle/facts.ts";
import { changeOfRequest, sweepOfRequests } from "./request-moves.ts";

/** What a viewer might change of all there is about models at once. */
export const SWEEPS_OF_MODELS: Readonly<Record<string, Sweep>> = {
  enrolment: (draw) => ({ name: draw.text() }),
  model_version: (draw) => ({ retired_at: draw.hour() }),
  access_window: (draw) => ({ opens_zone: draw.text() }),
  access_grant: (draw) => ({ ended_at: draw.hour() }),
  destruction_certificate: (draw, viewer) => ({ revoked_upstream_at: draw.hour(), revoked_upstream_by: viewer.person }),
  access_request: sweepOfRequests,
  partner_proposal: (draw) => ({ withdrawn_at: draw.hour() }),
  gateway: (draw) => ({ revoked_at: draw.hour() }),
  gateway_token: (draw) => ({ revoked_at: draw.hour() }),
  access_stop: (draw) => ({ lifted_at: draw.hour() }),
};

/** What a viewer might change of one fact about a model. */
export const CHANGES_OF_MODELS: Readonly<Record<string, Change>> = {
  enrolment: (draw) => {
    if (draw.random.oneIn(4)) return { withdrawn_at: draw.hour() };
    return draw.random.oneIn(2)
      ? { name: draw.text() }
      : { partner_release_at: draw.hour(DAY_MS * (1 + draw.random.below(40))), partner_release_zone: draw.text() };
  },
  model_version: (draw) => ({ retired_at: draw.hour() }),
  access_window: (draw) =>
    draw.random.oneIn(2)
      ? { opens_at: draw.hour(2 * DAY_MS), opens_zone: draw.text() }
      : { ended_at: draw.hour(), ended_because: draw.random.pick(["ended", "withdrawn", "release"]) },
  access_grant: (draw) =>
    draw.random.oneIn(3) ? { ended_at: draw.hour() } : { budget_requests: 1 + draw.random.below(5000), purposes: [draw.text()] },
  destruction_certificate: (draw, viewer) => ({ revoked_upstream_at: draw.hour(), revoked_upstream_by: viewer.person }),
  access_request: changeOfRequest,
  partner_proposal: (draw) => ({ withdrawn_at: hourOrNone(draw) }),
  gateway: (draw) => ({ revoked_at: hourOrNone(draw) }),
  gateway_token: (draw) => ({ revoked_at: hourOrNone(draw) }),
  access_stop: (draw) => ({ lifted_at: hourOrNone(draw) }),
};

function hourOrNone(draw: Draw): Fact[string] {
  return draw.random.oneIn(3) ? null : draw.hour();
}
