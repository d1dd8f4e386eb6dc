import type { Draw } from "../draw.ts";
import { has, hourOf, type Fact } from "../oracle/facts.ts";
import { hoursOf, isOpen, isReachable, modelOf, windowOf } from "../oracle/who-serves.ts";

const DAY_MS = 86_400_000;

/** What the hours do to windows, told: the server's custodian does the same, of one model or of all. */
export type WindowClock = {
  readonly turn: (model?: string) => void;
  /** What ends with a window, at whatever word it ended. */
  readonly finish: (window: string) => void;
  /** Tokens end with their grants. */
  readonly revokeEnded: (model: string) => void;
  /** Record keys go when their retention is over; the custodian looks when it looks at everything. */
  readonly destroyRetained: () => void;
};

export function createWindowClock({ facts, hour }: Draw): WindowClock {
  const placeOf = ({ organisation_id = null, enrolment_id = null, desk_organisation_id = null }: Fact): Fact => ({
    organisation_id,
    enrolment_id,
    desk_organisation_id,
  });

  function turn(model?: string): void {
    for (const { id } of facts.of("access_window")) {
      const window = facts.of("access_window").find((told) => told["id"] === id);
      if (window === undefined || window["ended_at"] !== null || (model !== undefined && window["enrolment_id"] !== model)) continue;
      const { opensMs, closesMs } = hoursOf(facts, window);
      if (closesMs <= facts.nowMs()) {
        facts.change("access_window", window, { ended_at: hour() });
        finish(String(id));
      } else if (window["opened_at"] === null && opensMs <= facts.nowMs() && isReachable(facts, window)) {
        facts.change("access_window", window, { opened_at: hour() });
      }
      lapse(String(id));
      admit(String(id));
    }
  }

  /** A partner may use until the hour that both keys agreed on, though its stage was extended since. */
  function lapse(id: string): void {
    for (const grant of facts.of("access_grant")) {
      if (!has(grant, { window_id: id, ended_at: null, kind: "partner-stage" }) || hourOf(grant["closes_at"]) > facts.nowMs()) continue;
      facts.change("access_grant", grant, { ended_at: hour() });
      revokeEnded(String(grant["enrolment_id"]));
    }
  }

  /** At its hour a stage lets in whom both keys let in, and tells nobody else. */
  function admit(id: string): void {
    const window = facts.of("access_window").find((told) => told["id"] === id);
    if (window === undefined || window["kind"] !== "partner-stage" || !isOpen(facts, window)) return;
    for (const proposal of facts.of("partner_proposal")) {
      if (!has(proposal, { window_id: id, lab_key: true, desk_key: true, withdrawn_at: null, admitted: false })) continue;
      const key = { window_id: id, grantee_organisation_id: proposal["partner_organisation_id"] ?? null };
      if (facts.of("access_grant").some((told) => has(told, { ...key, ended_at: null }))) continue;
      facts.change("partner_proposal", proposal, { admitted: true });
      const budget = { budget_requests: proposal["budget_requests"] ?? 0, budget_tokens: proposal["budget_tokens"] ?? 0 };
      facts.tell("access_grant", {
        ...placeOf(window),
        ...key,
        ...budget,
        id: null,
        kind: "partner-stage",
        purpose: proposal["purpose"] ?? null,
        closes_at: proposal["closes_at"] ?? null,
        spent_requests: 0,
        spent_tokens: 0,
        ended_at: null,
      });
    }
  }

  function finish(id: string): void {
    const window = facts.of("access_window").find((told) => told["id"] === id);
    if (window === undefined) return;
    for (const grant of facts.of("access_grant"))
      if (has(grant, { window_id: id, ended_at: null })) facts.change("access_grant", grant, { ended_at: hour() });
    revokeEnded(String(window["enrolment_id"]));
    const model = modelOf(facts, window);
    if (model?.["custody"] !== "here" || !isReachable(facts, window)) return;
    certify({ ...placeOf(window), window_id: id, grant_id: null, grantee_organisation_id: null, what: "credential" });
  }

  function certify(fact: Fact): void {
    facts.tell("destruction_certificate", { ...fact, id: null, key_id: null, file: null, gateway: null, revoked_upstream_at: null });
  }

  function revokeEnded(model: string): void {
    for (const token of facts.of("gateway_token")) {
      const grant = facts.of("access_grant").find((told) => told["id"] === token["grant_id"]);
      if (token["revoked_at"] === null && grant?.["enrolment_id"] === model && grant["ended_at"] !== null)
        facts.change("gateway_token", token, { revoked_at: hour() });
    }
  }

  function destroyRetained(): void {
    for (const grant of facts.of("access_grant")) {
      const endedAt = windowOf(facts, grant)?.["ended_at"];
      const model = modelOf(facts, grant);
      if (endedAt === null || endedAt === undefined || model?.["custody"] !== "here") continue;
      if (Date.parse(String(endedAt)) + Number(model["retention_days"]) * DAY_MS > facts.nowMs()) continue;
      const key = { grant_id: grant["id"] ?? null, what: "record" };
      if (!facts.of("exchange").some((told) => told["grant_id"] === grant["id"])) continue;
      if (facts.of("destruction_certificate").some((told) => has(told, key))) continue;
      const { window_id = null, grantee_organisation_id = null } = grant;
      certify({ ...placeOf(grant), window_id, grantee_organisation_id, ...key });
    }
  }

  return { turn, finish, revokeEnded, destroyRetained };
}
