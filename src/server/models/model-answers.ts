import { boundText } from "../../coordination/window/window-words.ts";
import type {
  GrantAnswer,
  ModelAnswer,
  ListedModelAnswer,
  ModelRowAnswer,
  ModelTerms,
  WindowAnswer,
} from "../../contract/model-schemas.ts";
import type { CertificateAnswer, EnrolmentEventAnswer, UseAnswer } from "../../contract/endpoints/model-history.ts";
import { compareStanding, type ProgrammeRecord, type WindowBound, type WindowStanding } from "../../vocabulary/access-window.ts";
import type { EnrolmentSide } from "../../vocabulary/enrolment.ts";
import type { EventRow } from "./event-store.ts";
import { isDestroyedEverywhere, keyPlaceAnswers } from "./key-place-store.ts";
import type { GrantRow } from "./grant-store.ts";
import type { ModelRow, VersionRow } from "./model-store.ts";
import type { CertificateRow, UseRow } from "./use-store.ts";
import { hourOf, optionalHour, windowAt } from "./window-facts.ts";
import type { ListedWindowRow, SeenWindowRow } from "./window-store.ts";

/** Who asks, and when: what an answer says depends on both. */
export type Asked = { readonly organisation: string; readonly nowMs: number };

export function modelRowAnswer(row: ModelRow, { organisation }: Asked): ModelRowAnswer {
  return {
    id: row.id,
    name: row.name,
    wire: row.wire,
    custody: row.custody,
    lab: named(row.organisation_id, row.lab_name),
    desk: named(row.desk_organisation_id, row.desk_name),
    side: sideOf(row, organisation),
    partnerRelease: hourOf(row.partner_release_at, row.partner_release_zone),
    ...optional("publicRelease", optionalHour(row.public_release_at, row.public_release_zone)),
    enrolledAtMs: row.created_at.getTime(),
    termsVersion: row.terms_version,
    ...optional("withdrawnAtMs", row.withdrawn_at?.getTime()),
  };
}

export function listedModelAnswer(row: ModelRow, windows: readonly ListedWindowRow[], asked: Asked): ListedModelAnswer {
  const standing = windows
    .filter(({ enrolment_id }) => enrolment_id === row.id)
    .map((window) => ({ window, ...standingAt(window, asked) }));
  const leading = standing.toSorted(compareStanding)[0];
  if (leading === undefined) return modelRowAnswer(row, asked);
  const { window, state, opensMs, closesMs, closedMs } = leading;
  const hours = { opensAtMs: opensMs, ...optional("closesAtMs", closesMs), ...optional("closedAtMs", closedMs) };
  return { ...modelRowAnswer(row, asked), window: { name: window.name, kind: window.kind, state, ...hours } };
}

function standingAt(row: ListedWindowRow, { nowMs }: Asked): WindowStanding {
  const { state, opens, closes, closed } = windowAt(row, nowMs);
  return { state, opensMs: opens.at.instantMs, closesMs: closes?.at.instantMs, closedMs: closed?.atMs };
}

export type ModelParts = {
  readonly versions: readonly VersionRow[];
  readonly programmes: readonly ProgrammeRecord[];
  readonly windows: readonly SeenWindowRow[];
};

export function modelAnswer(row: ModelRow, { versions, programmes, windows }: ModelParts, asked: Asked): ModelAnswer {
  return {
    ...modelRowAnswer(row, asked),
    // Written by this server from terms that passed their schema.
    terms: JSON.parse(row.terms) as ModelTerms,
    versions: versions.map((version) => ({
      id: version.id,
      name: version.name,
      addedAtMs: version.added_at.getTime(),
      ...optional("retiredAtMs", version.retired_at?.getTime()),
      asksStreamUsage: version.asks_stream_usage,
      ...(version.base_url === null || version.upstream_name === null
        ? {}
        : { endpoint: { baseUrl: version.base_url, upstreamName: version.upstream_name } }),
    })),
    programmes: [...programmes],
    windows: windows.map((window) => windowAnswer(window, asked)),
  };
}

export function windowAnswer(row: SeenWindowRow, { organisation, nowMs }: Asked): WindowAnswer {
  const solved = windowAt(row, nowMs);
  return {
    id: row.id,
    model: row.enrolment_id,
    kind: row.kind,
    position: row.position,
    name: row.name,
    state: solved.state,
    stated: { opens: hourOf(row.opens_at, row.opens_zone), ...optional("closes", optionalHour(row.closes_at, row.closes_zone)) },
    opens: boundAnswer(solved.opens),
    ...optional("closes", solved.closes === undefined ? undefined : boundAnswer(solved.closes)),
    bounds: solved.bounds.map(boundAnswer),
    leavesNothing: solved.leavesNothing,
    ...optional("firstOpenedMs", row.opened_at?.getTime()),
    ...optional("closed", solved.closed),
    ...(row.organisation_id === organisation ? credentialAnswer(row) : {}),
    ...(row.probe_occasion === null || row.probe_verdict === null || row.probed_at === null
      ? {}
      : { newestProbe: { occasion: row.probe_occasion, verdict: row.probe_verdict, atMs: row.probed_at.getTime() } }),
  };
}

export function grantAnswer(row: GrantRow, { nowMs }: Asked): GrantAnswer {
  const { state, opens, closes } = windowAt(row, nowMs);
  const left = (budget: number, reserved: number, spent: number): number => Math.max(0, budget - reserved - spent);
  return {
    id: row.id,
    model: { id: row.enrolment_id, name: row.model_name, wire: row.wire, termsVersion: row.model_terms_version },
    lab: named(row.organisation_id, row.lab_name),
    desk: named(row.desk_organisation_id, row.desk_name),
    organisation: named(row.grantee_organisation_id, row.grantee_name),
    window: { id: row.window_id, kind: row.kind, name: row.window_name, state, opens: opens.at, ...optional("closes", closes?.at) },
    purposes: [...row.purposes],
    budget: { requests: row.budget_requests, tokens: row.budget_tokens },
    reserved: { requests: row.reserved_requests, tokens: row.reserved_tokens },
    spent: { requests: row.spent_requests, tokens: row.spent_tokens },
    unaccounted: { requests: row.unaccounted_requests, tokens: row.unaccounted_tokens },
    left: {
      requests: left(row.budget_requests, row.reserved_requests, row.spent_requests),
      tokens: left(row.budget_tokens, row.reserved_tokens, row.spent_tokens),
    },
    requestsPerMinute: row.requests_per_minute,
    outside: [...row.outside],
    madeAtMs: row.created_at.getTime(),
    termsVersion: row.terms_version,
    ...optional("endedAtMs", row.grant_ended_at?.getTime()),
  };
}

export function useAnswer(row: UseRow): UseAnswer {
  return {
    grant: row.grant_id,
    organisation: named(row.grantee_organisation_id, row.grantee_name),
    purpose: row.purpose,
    hourMs: row.hour.getTime(),
    requests: row.requests,
    incomplete: row.incomplete,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    chargedTokens: row.charged_tokens,
    unknownUsage: row.unknown_usage,
  };
}

export function eventAnswer(row: EventRow): EnrolmentEventAnswer {
  return {
    id: row.id,
    kind: row.kind,
    atMs: row.at.getTime(),
    ...optional("by", row.actor_organisation_id === null ? undefined : named(row.actor_organisation_id, row.actor_name)),
    ...optional("window", row.window_id),
    ...optional("organisation", row.grantee_organisation_id === null ? undefined : named(row.grantee_organisation_id, row.grantee_name)),
    details: JSON.parse(row.details) as Record<string, unknown>,
  };
}

export function certificateAnswer(row: CertificateRow): CertificateAnswer {
  return {
    id: row.id,
    model: { id: row.enrolment_id, name: row.model_name },
    window: row.window_id,
    ...optional("grant", row.grant_id),
    ...optional("organisation", row.grantee_organisation_id === null ? undefined : named(row.grantee_organisation_id, row.grantee_name)),
    what: row.what,
    keyId: row.key_id,
    file: row.file,
    ...optional("gateway", row.gateway),
    destroyedAtMs: row.destroyed_at.getTime(),
    ...optional("places", row.places === null ? undefined : keyPlaceAnswers(row.places)),
    cannotReach: [...row.cannot_reach],
    ...(row.what === "credential" ? { revokeUpstream: row.revoked_upstream_at === null ? "asked" : "done" } : {}),
    ...optional("revokedUpstreamAtMs", row.revoked_upstream_at?.getTime()),
  };
}

export function sideOf(row: Pick<ModelRow, "organisation_id" | "desk_organisation_id">, organisation: string): EnrolmentSide {
  if (row.organisation_id === organisation) return "lab";
  return row.desk_organisation_id === organisation ? "desk" : "grantee";
}

export function named(id: string, name: string | null): { readonly id: string; readonly name?: string } {
  return { id, ...optional("name", name) };
}

/** A field that is left out when there is nothing to say. */
export function optional<K extends string, V>(key: K, value: V | null | undefined): { readonly [P in K]?: V } {
  return (value === undefined || value === null ? {} : { [key]: value }) as { readonly [P in K]?: V };
}

function boundAnswer(bound: WindowBound): WindowAnswer["opens"] {
  const { edge, by, at, record, inForce, sets } = bound;
  return { edge, by, at, ...optional("programme", record?.id), words: boundText(bound), inForce, sets };
}

function credentialAnswer(row: SeenWindowRow): Pick<WindowAnswer, "credential" | "credentialAt"> {
  if (row.custody === "here") return { credential: row.credential_destroyed ? "destroyed" : row.credential_given ? "given" : "missing" };
  if (row.credential_places === null) return { credential: "premises" };
  const places = keyPlaceAnswers(row.credential_places);
  return { credential: isDestroyedEverywhere(places) ? "destroyed" : "premises", credentialAt: places };
}
