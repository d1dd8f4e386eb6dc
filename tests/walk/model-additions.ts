import type { Addition } from "./additions.ts";
import { DAY_MS, field, isTold, type Draw } from "./draw.ts";
import type { Fact } from "./oracle/facts.ts";
import type { Viewer } from "./oracle/who-sees.ts";
import { additionOfRequest, FILLED_INTO_REQUESTS } from "./request-moves.ts";

/** What a viewer might add about a model, allowed or not. */
export const ADDITIONS_TO_MODELS: Readonly<Record<string, Addition>> = {
  programme_record: (draw) => ({
    id: draw.text(),
    name: draw.text(),
    title: draw.text(),
    citation: draw.text(),
    cited_on: "2026-11-01",
    source: draw.random.pick(["primary", "secondary"]),
    rule: draw.text(),
    days: 1 + draw.random.below(60),
  }),
  enrolment: (draw, viewer) => {
    const desks = draw.facts.of("organisation").filter((told) => ["coordinator", "agency"].includes(String(told["kind"])));
    const isPlanned = draw.random.oneIn(2);
    return {
      organisation_id: draw.mostly(viewer.organisation, draw.organisation),
      id: draw.uuid(),
      desk_organisation_id: draw.mostly(field(draw.random.pick(desks.concat({})), "id") ?? draw.organisation(), draw.organisation),
      name: draw.text(),
      wire: draw.random.pick(["openai", "anthropic"]),
      custody: draw.random.pick(["here", "premises"]),
      partner_release_at: draw.hour(20 * DAY_MS),
      partner_release_zone: draw.text(),
      public_release_at: isPlanned ? draw.hour(30 * DAY_MS) : null,
      public_release_zone: isPlanned ? draw.text() : null,
      terms: draw.text(),
      created_by: draw.mostly(viewer.person, draw.person),
      created_at: draw.hour(),
    };
  },
  model_version: (draw, viewer) => {
    const place = modelOf(draw, viewer);
    const asks = { asks_stream_usage: draw.facts.of("model_version").length % 2 === 0 };
    return place && { ...place, id: draw.uuid(), name: draw.text(), added_at: draw.hour(), ...asks };
  },
  model_endpoint: (draw, viewer) => {
    const version = oneOf(draw, "model_version", viewer, ["organisation_id"]);
    if (version === undefined) return undefined;
    const place = {
      organisation_id: field(version, "organisation_id"),
      enrolment_id: field(version, "enrolment_id"),
      version_id: field(version, "id"),
    };
    return isTold(draw, "model_endpoint", place) ? undefined : { ...place, base_url: draw.text(), upstream_name: draw.text() };
  },
  accepted_programme: (draw, viewer) => {
    const place = modelOf(draw, viewer);
    return place && { ...place, programme_id: draw.text(), accepted_by: draw.mostly(viewer.person, draw.person), accepted_at: draw.hour() };
  },
  changed_terms: (draw, viewer) => {
    const place = modelOf(draw, viewer);
    const versions = draw.facts.of("changed_terms").filter((told) => told["enrolment_id"] === place?.["enrolment_id"]).length;
    const by = { stated_by: draw.mostly(viewer.person, draw.person), stated_at: draw.hour() };
    return place && { ...place, version: 2 + versions, terms: draw.text(), ...by };
  },
  access_window: (draw, viewer) => {
    const place = modelOf(draw, viewer);
    const isLimited = draw.random.oneIn(2);
    return (
      place && {
        ...place,
        id: draw.uuid(),
        kind: draw.random.pick(["testing-window", "partner-stage"]),
        position: 1 + draw.facts.of("access_window").length,
        name: draw.text(),
        opens_at: draw.hour(DAY_MS),
        opens_zone: draw.text(),
        closes_at: isLimited ? draw.hour(9 * DAY_MS) : null,
        closes_zone: isLimited ? draw.text() : null,
        created_by: draw.mostly(viewer.person, draw.person),
        created_at: draw.hour(),
      }
    );
  },
  sealed_credential: (draw, viewer) => {
    const window = oneOf(draw, "access_window", viewer, ["organisation_id"]);
    const place = { organisation_id: field(window, "organisation_id"), window_id: field(window, "id") };
    if (window === undefined || isTold(draw, "sealed_credential", place)) return undefined;
    return {
      ...place,
      sealed: draw.text(),
      key_id: draw.text(),
      given_by: draw.mostly(viewer.person, draw.person),
      given_at: draw.hour(),
    };
  },
  access_grant: (draw, viewer) => {
    const window = oneOf(draw, "access_window", viewer, ["organisation_id"]);
    const grant = window && grantOf(draw, window);
    return (
      grant && {
        ...grant,
        ...(draw.random.oneIn(10) ? { desk_organisation_id: viewer.organisation } : {}),
        ...(draw.random.oneIn(10) ? { kind: "testing-window" } : {}),
        terms_version: termsVersion(draw, window),
        created_by: draw.mostly(viewer.person, draw.person),
      }
    );
  },
  enrolment_event: (draw, viewer) => {
    const place = modelOf(draw, viewer, ["organisation_id", "desk_organisation_id"]);
    return (
      place && {
        ...place,
        ...eventFor(draw, place),
        actor_organisation_id: draw.mostly(viewer.organisation, draw.organisation),
        actor_person_id: draw.mostly(viewer.person, draw.person),
        once_key: draw.mostly(null, draw.text),
      }
    );
  },
  // For anybody, not only for those who use something: whom the lab knows by nothing else.
  access_request: (draw, viewer) => additionOfRequest(draw, viewer, modelOf(draw, viewer, ["desk_organisation_id"]), draw.organisation()),
  partner_proposal: (draw, viewer) => {
    const stages = draw.facts.of("access_window").filter((told) => told["kind"] === "partner-stage");
    const own = stages.filter((told) => [told["organisation_id"], told["desk_organisation_id"]].includes(viewer.organisation));
    if (stages.length === 0) return undefined;
    const stage = draw.random.pick(own.length > 0 && !draw.random.oneIn(4) ? own : stages);
    const key = {
      organisation_id: field(stage, "organisation_id"),
      window_id: field(stage, "id"),
      partner_organisation_id: userOf(draw),
    };
    if (isTold(draw, "partner_proposal", { ...key, withdrawn_at: null })) return undefined;
    return {
      ...key,
      id: draw.uuid(),
      enrolment_id: field(stage, "enrolment_id"),
      desk_organisation_id: draw.random.oneIn(8) ? viewer.organisation : field(stage, "desk_organisation_id"),
      terms_version: termsVersion(draw, stage),
      purpose: draw.text(),
      closes_at: null,
      closes_zone: null,
      budget_requests: 1 + draw.random.below(1000),
      budget_tokens: 1 + draw.random.below(100_000),
      requests_per_minute: 1 + draw.random.below(100),
      stated: draw.text(),
      stated_sha256: draw.digest(),
      proposed_by_organisation_id: draw.mostly(viewer.organisation, draw.organisation),
      proposed_by_person_id: draw.mostly(viewer.person, draw.person),
      proposed_at: draw.hour(),
    };
  },
  partner_key: (draw, viewer) => {
    const proposal = oneOf(draw, "partner_proposal", viewer, ["organisation_id", "desk_organisation_id"]);
    const isLab = draw.mostly(proposal?.["organisation_id"] === viewer.organisation, () => draw.random.oneIn(2));
    const key = {
      organisation_id: field(proposal, "organisation_id"),
      proposal_id: field(proposal, "id"),
      side: isLab ? "lab" : "government",
    };
    if (proposal === undefined || isTold(draw, "partner_key", key)) return undefined;
    return {
      ...key,
      desk_organisation_id: draw.random.oneIn(8) ? viewer.organisation : field(proposal, "desk_organisation_id"),
      stated_sha256: draw.mostly(String(field(proposal, "stated_sha256")), draw.digest),
      turned_by_organisation_id: draw.mostly(viewer.organisation, draw.organisation),
      turned_by_person_id: draw.mostly(viewer.person, draw.person),
      turned_at: draw.hour(),
    };
  },
  gateway: (draw, viewer) => ({
    organisation_id: draw.mostly(viewer.organisation, draw.organisation),
    id: draw.uuid(),
    name: draw.text(),
    digest: draw.digest(),
    digest_key_id: draw.text(),
    created_by: draw.mostly(viewer.person, draw.person),
    created_at: draw.hour(),
  }),
  gateway_token: (draw, viewer) => {
    const grant = oneOf(draw, "access_grant", viewer, ["grantee_organisation_id"]);
    const purposes = (grant?.["purposes"] ?? []) as readonly string[];
    if (grant === undefined) return undefined;
    return {
      organisation_id: draw.mostly(viewer.organisation, draw.organisation),
      id: draw.uuid(),
      lab_organisation_id: field(grant, "organisation_id"),
      grant_id: field(grant, "id"),
      name: draw.text(),
      purpose: draw.mostly(String(purposes[0]), draw.text),
      digest: draw.digest(),
      created_by: draw.mostly(viewer.person, draw.person),
      created_at: draw.hour(),
      expires_at: draw.hour(DAY_MS),
    };
  },
  access_stop: (draw, viewer) => {
    const place = modelOf(draw, viewer, ["organisation_id", "desk_organisation_id"]);
    const token = draw.random.oneIn(3) ? draw.one("gateway_token") : undefined;
    const grantee = token === undefined && draw.random.oneIn(2) ? granteeOf(draw, place) : null;
    return (
      place && {
        ...place,
        grantee_organisation_id: grantee,
        token_id: field(token, "id"),
        reason: draw.text(),
        stopped_by_organisation_id: draw.mostly(viewer.organisation, draw.organisation),
        stopped_by_person_id: draw.mostly(viewer.person, draw.person),
        stopped_at: draw.hour(),
      }
    );
  },
};

/** What the schema writes into the columns that such an addition does not name. */
export const FILLED_INTO_MODELS: Readonly<Record<string, Fact>> = {
  enrolment: { withdrawn_at: null },
  model_version: { retired_at: null },
  access_window: { opened_at: null, ended_at: null, ended_because: null },
  access_grant: {
    ended_at: null,
    reserved_requests: 0,
    reserved_tokens: 0,
    spent_requests: 0,
    spent_tokens: 0,
    unaccounted_requests: 0,
    unaccounted_tokens: 0,
  },
  access_request: FILLED_INTO_REQUESTS,
  enrolment_event: { actor_organisation_id: null, actor_person_id: null },
  partner_proposal: { kind: "partner-stage", withdrawn_at: null, grant_id: null },
  destruction_certificate: { revoked_upstream_at: null, revoked_upstream_by: null },
  gateway: { revoked_at: null, last_seen_at: null },
  gateway_token: { revoked_at: null, last_used_at: null },
  access_stop: { lifted_at: null },
  budget_lease: { spent_requests: 0, spent_tokens: 0, unaccounted_requests: 0, unaccounted_tokens: 0, ended_at: null },
};

/** A grant of a window to somebody who has none; under which terms is for the caller to state. */
export function grantOf(draw: Draw, window: Fact, grantee = userOf(draw)): Fact | undefined {
  const key = {
    organisation_id: field(window, "organisation_id"),
    window_id: field(window, "id"),
    grantee_organisation_id: grantee,
  };
  if (isTold(draw, "access_grant", { ...key, ended_at: null })) return undefined;
  return {
    ...key,
    id: draw.uuid(),
    enrolment_id: field(window, "enrolment_id"),
    desk_organisation_id: field(window, "desk_organisation_id"),
    kind: field(window, "kind"),
    purposes: [draw.text(), draw.text()],
    budget_requests: 1 + draw.random.below(1000),
    budget_tokens: 1 + draw.random.below(100_000),
    requests_per_minute: 1 + draw.random.below(100),
    outside: [],
    created_by: draw.person(),
    created_at: draw.hour(),
  };
}

/** The newest, most of the time. */
function termsVersion(draw: Draw, window: Fact): number {
  const newest = 1 + draw.facts.of("changed_terms").filter((told) => told["enrolment_id"] === window["enrolment_id"]).length;
  return draw.random.oneIn(8) ? 1 + draw.random.below(newest + 1) : newest;
}

/** What happened to a model: for lab and desk, for all who use it, for those of a window, or for one of them. */
export function eventFor(draw: Draw, model: Fact): Fact {
  const windows = draw.facts.of("access_window").filter((told) => told["enrolment_id"] === model["enrolment_id"]);
  const window = draw.random.oneIn(2) ? draw.random.pick(windows.concat({})) : undefined;
  return {
    kind: "told",
    details: draw.text(),
    for_grantees: !draw.random.oneIn(3),
    window_id: field(window, "id"),
    grantee_organisation_id: draw.random.oneIn(2) ? granteeOf(draw, model) : null,
    at: draw.hour(),
  };
}

export function modelOf(draw: Draw, viewer?: Viewer, sides: readonly string[] = ["organisation_id"]): Fact | undefined {
  const model = viewer === undefined ? draw.one("enrolment") : oneOf(draw, "enrolment", viewer, sides);
  return (
    model && {
      organisation_id: field(model, "organisation_id"),
      enrolment_id: field(model, "id"),
      desk_organisation_id: viewer !== undefined && draw.random.oneIn(10) ? viewer.organisation : field(model, "desk_organisation_id"),
    }
  );
}

/** One of the viewer's most of the time, where it has any. */
function oneOf(draw: Draw, table: string, viewer: Viewer, columns: readonly string[]): Fact | undefined {
  const own = draw.facts.of(table).filter((told) => columns.some((column) => told[column] === viewer.organisation));
  return own.length > 0 && !draw.random.oneIn(4) ? draw.random.pick(own) : draw.one(table);
}

/** An organisation in which there is somebody to look. */
function userOf(draw: Draw): Fact[string] {
  return field(draw.one("member"), "organisation_id");
}

function granteeOf(draw: Draw, model: Fact | undefined): Fact[string] {
  const grants = draw.facts.of("access_grant").filter((told) => told["enrolment_id"] === field(model, "enrolment_id"));
  return grants.length === 0 ? userOf(draw) : field(draw.random.pick(grants), "grantee_organisation_id");
}
