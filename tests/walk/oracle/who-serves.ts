import type { Custody } from "../../../src/vocabulary/enrolment.ts";
import { has, hourOf, type Fact, type Facts } from "./facts.ts";

/** A gateway as the server knows it: the one beside it, or one of a lab's own, which serves no other lab's models. */
export type Serving = { readonly custody: Extract<Custody, "here"> } | { readonly custody: "premises"; readonly lab: string };

const DAY_MS = 86_400_000;
/** EO 14409: always in force, until the lab accepts a wider record. */
const ALWAYS_DAYS = 30;

export function modelOf(facts: Facts, fact: Fact): Fact | undefined {
  return facts.of("enrolment").find((told) => told["id"] === fact["enrolment_id"]);
}

export function windowOf(facts: Facts, fact: Fact): Fact | undefined {
  return facts.of("access_window").find((told) => told["id"] === fact["window_id"]);
}

/** Within these hours a window may be reached, once it was made reachable. */
export function hoursOf(facts: Facts, window: Fact): { readonly opensMs: number; readonly closesMs: number } {
  const closes = window["closes_at"] === null ? Number.POSITIVE_INFINITY : hourOf(window["closes_at"]);
  if (window["kind"] !== "testing-window") return { opensMs: hourOf(window["opens_at"]), closesMs: closes };
  const releaseMs = hourOf(modelOf(facts, window)?.["release_at"]);
  const days = Math.max(
    ALWAYS_DAYS,
    ...facts
      .of("accepted_programme")
      .filter((told) => told["enrolment_id"] === window["enrolment_id"])
      .map((told) => Number(facts.of("programme_record").find(({ id }) => id === told["programme_id"])?.["days"])),
  );
  const openedMs = window["opened_at"] === null ? Number.POSITIVE_INFINITY : hourOf(window["opened_at"]);
  return {
    opensMs: Math.max(hourOf(window["opens_at"]), releaseMs - days * DAY_MS),
    closesMs: Math.min(closes, releaseMs, openedMs + days * DAY_MS),
  };
}

/** True where a gateway can reach it: a credential that is kept here has been given. */
export function isReachable(facts: Facts, window: Fact): boolean {
  return (
    modelOf(facts, window)?.["custody"] === "premises" || facts.of("sealed_credential").some((told) => told["window_id"] === window["id"])
  );
}

export function isOpen(facts: Facts, window: Fact): boolean {
  const { opensMs, closesMs } = hoursOf(facts, window);
  return (
    window["ended_at"] === null &&
    window["opened_at"] !== null &&
    modelOf(facts, window)?.["withdrawn_at"] === null &&
    opensMs <= facts.nowMs() &&
    facts.nowMs() < closesMs
  );
}

/** Of what a gateway asks and states: whether the model is one that it serves. */
export function serves(facts: Facts, serving: Serving, fact: Fact): boolean {
  const model = modelOf(facts, fact);
  return model?.["custody"] === serving.custody && (serving.custody === "here" || model["organisation_id"] === serving.lab);
}

function isStopped(facts: Facts, grant: Fact): boolean {
  return facts
    .of("access_stop")
    .some(
      (stop) =>
        has(stop, { enrolment_id: grant["enrolment_id"] ?? null, token_id: null, lifted_at: null }) &&
        [null, grant["grantee_organisation_id"]].includes(stop["grantee_organisation_id"] ?? null),
    );
}

const isOverspent = (grant: Fact): boolean =>
  Number(grant["spent_requests"]) > Number(grant["budget_requests"]) || Number(grant["spent_tokens"]) > Number(grant["budget_tokens"]);

/** What a gateway is ordered to let through now: nothing of what another serves, of what has ended or stands still. */
export function ordered(
  facts: Facts,
  serving: Serving,
): { readonly windows: readonly Fact[]; readonly grants: readonly Fact[]; readonly tokens: readonly Fact[] } {
  const windows = facts
    .of("access_window")
    .filter((window) => serves(facts, serving, window) && isOpen(facts, window) && isReachable(facts, window));
  const grants = facts
    .of("access_grant")
    .filter(
      (grant) =>
        grant["ended_at"] === null &&
        windows.some(({ id }) => id === grant["window_id"]) &&
        !isStopped(facts, grant) &&
        !isOverspent(grant),
    );
  const tokens = facts
    .of("gateway_token")
    .filter(
      (token) =>
        token["revoked_at"] === null &&
        facts.nowMs() < hourOf(token["expires_at"]) &&
        grants.some((grant) => grant["id"] === token["grant_id"] && grant["purpose"] === token["purpose"]) &&
        !facts.of("access_stop").some((stop) => has(stop, { token_id: token["id"] ?? null, lifted_at: null })),
    );
  return { windows, grants, tokens };
}

/** What a gateway on a lab's premises is to destroy there: keys of windows that are over, as far as it has not stated that itself. */
export function toDestroy(
  facts: Facts,
  serving: Serving,
  gateway: string,
): { readonly credentials: readonly Fact[]; readonly records: readonly Fact[] } | undefined {
  if (serving.custody === "here") return undefined;
  const isCertified = (fields: Fact): boolean => facts.of("destruction_certificate").some((told) => has(told, { ...fields, gateway }));
  return {
    credentials: facts
      .of("access_window")
      .filter(
        (window) =>
          window["ended_at"] !== null &&
          serves(facts, serving, window) &&
          !isCertified({ window_id: window["id"] ?? null, what: "credential" }),
      ),
    records: facts.of("access_grant").filter((grant) => {
      const endedAt = windowOf(facts, grant)?.["ended_at"];
      const days = Number(modelOf(facts, grant)?.["retention_days"]);
      return (
        serves(facts, serving, grant) &&
        endedAt !== null &&
        endedAt !== undefined &&
        hourOf(endedAt) + days * DAY_MS <= facts.nowMs() &&
        !isCertified({ grant_id: grant["id"] ?? null, what: "record" })
      );
    }),
  };
}

/** The grants whose record key is certified as destroyed where this gateway had it. */
export function certifiedRecords(facts: Facts, serving: Serving, gateway: string): readonly string[] {
  return facts
    .of("destruction_certificate")
    .filter(
      (told) =>
        told["what"] === "record" &&
        serves(facts, serving, told) &&
        (told["gateway"] ?? null) === (serving.custody === "here" ? null : gateway),
    )
    .map((told) => String(told["grant_id"]));
}

/** A block of the budget is given of what is left, to whoever serves the grant and may let it through. */
export function leased(facts: Facts, serving: Serving, grant: Fact): "taken" | "budget" | "ended" | undefined {
  if (!serves(facts, serving, grant)) return undefined;
  const window = windowOf(facts, grant);
  if (grant["ended_at"] !== null || isStopped(facts, grant) || window === undefined || !isOpen(facts, window)) return "ended";
  const reserved = reservedOf(facts, grant);
  const isLeft = Number(grant["spent_requests"]) + reserved.requests < Number(grant["budget_requests"]);
  return isLeft && Number(grant["spent_tokens"]) + reserved.tokens < Number(grant["budget_tokens"]) ? "taken" : "budget";
}

/** What gateways hold of a grant's budget: leases that they took, never settled, and were not ended with. */
export function reservedOf(facts: Facts, grant: Fact): { readonly requests: number; readonly tokens: number } {
  const open = facts.of("budget_lease").filter((lease) => has(lease, { grant_id: grant["id"] ?? null, ended_at: null }));
  const sum = (column: string): number => open.reduce((total, lease) => total + Number(lease[column]), 0);
  return { requests: sum("requests"), tokens: sum("tokens") };
}

/** A key of a window's credential, or of a grant's record. */
export type KeyFact = { readonly window_id: Fact[string]; readonly what: Fact[string]; readonly grant_id: Fact[string] };

/** The gateways of a lab's own that may have had a key, each with whether it stated that it was destroyed: none is destroyed for another's word. */
export function placesOf(facts: Facts, { window_id, what, grant_id }: KeyFact): ReadonlyMap<string, boolean> {
  const ofKey = (table: string): readonly string[] =>
    facts
      .of(table)
      .filter((told) => has(told, { window_id, what, grant_id }) && told["gateway"] !== null)
      .map((told) => String(told["gateway"]));
  const destroyed = new Set(ofKey("destruction_certificate"));
  return new Map([...ofKey("key_place"), ...destroyed].map((gateway) => [gateway, destroyed.has(gateway)]));
}
