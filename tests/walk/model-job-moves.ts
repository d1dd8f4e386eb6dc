import { field, isTold, type Draw } from "./draw.ts";
import type { JobMove } from "./job-moves.ts";
import { eventFor, grantOf, modelOf, ADDITIONS_TO_MODELS } from "./model-additions.ts";
import type { Fact } from "./oracle/facts.ts";

/** What the custodian does at the hour, and what the gateway's side writes of what went through. */
export const MOVES_OF_MODELS: readonly JobMove[] = [
  { does: "add", table: "programme_record", make: (draw) => ADDITIONS_TO_MODELS["programme_record"]?.(draw, nobody) },
  { does: "change", table: "programme_record", which: () => true, make: (draw) => ({ title: draw.text() }) },
  { does: "remove", table: "programme_record", which: () => true },
  { does: "change", table: "access_window", which: (fact) => fact["ended_at"] === null, make: (draw) => ({ opened_at: draw.hour() }) },
  {
    does: "change",
    table: "access_window",
    which: (fact) => fact["ended_at"] === null,
    make: (draw) => ({ ended_at: draw.hour(), ended_because: draw.random.pick(["release", "first-opening", "lab"]) }),
  },
  { does: "remove", table: "sealed_credential", which: () => true },
  { does: "add", table: "access_grant", make: (draw) => admitted(draw) },
  { does: "add", table: "access_grant", make: (draw) => admitted(draw) },
  { does: "change", table: "access_grant", which: (fact) => fact["ended_at"] === null, make: (draw) => ({ ended_at: draw.hour() }) },
  {
    does: "change",
    table: "access_grant",
    which: () => true,
    make: (draw) => ({
      reserved_requests: draw.random.below(9),
      spent_requests: draw.random.below(9),
      spent_tokens: draw.random.below(900),
      unaccounted_requests: draw.random.below(9),
    }),
  },
  { does: "change", table: "partner_proposal", which: (fact) => fact["grant_id"] === null, make: (draw) => ({ grant_id: draw.uuid() }) },
  {
    does: "add",
    table: "enrolment_event",
    make: (draw) => {
      const place = modelOf(draw);
      return place && { ...place, ...eventFor(draw, place), once_key: draw.text() };
    },
  },
  {
    does: "add",
    table: "destruction_certificate",
    make: (draw) => {
      const key = ofKey(draw);
      return (
        key && {
          ...key,
          key_id: draw.text(),
          file: draw.text(),
          gateway: null,
          destroyed_at: draw.hour(),
          cannot_reach: [draw.text()],
        }
      );
    },
  },
  {
    does: "add",
    table: "key_place",
    make: (draw) => {
      const key = ofKey(draw);
      return (
        key && {
          ...key,
          gateway: `${draw.uuid()}/${draw.text()}`,
          since: draw.hour(),
        }
      );
    },
  },
  {
    does: "add",
    table: "announcement",
    make: (draw) => {
      const organisation = draw.organisation();
      return {
        organisation_id: organisation,
        circle_id: organisation,
        kind: "probe-different",
        record_id: null,
        level: 5,
        at: draw.hour(),
      };
    },
  },
  { does: "change", table: "gateway", which: () => true, make: (draw) => ({ last_seen_at: draw.hour() }) },
  { does: "change", table: "gateway_token", which: () => true, make: (draw) => ({ last_used_at: draw.hour() }) },
  { does: "change", table: "gateway_token", which: (fact) => fact["revoked_at"] === null, make: (draw) => ({ revoked_at: draw.hour() }) },
  {
    does: "add",
    table: "budget_lease",
    make: (draw) => {
      const grant = draw.one("access_grant");
      return (
        grant && {
          organisation_id: field(grant, "organisation_id"),
          grant_id: field(grant, "id"),
          id: draw.uuid(),
          gateway: draw.text(),
          requests: 1 + draw.random.below(100),
          tokens: draw.random.below(10_000),
          taken_at: draw.hour(),
        }
      );
    },
  },
  {
    does: "change",
    table: "budget_lease",
    which: (fact) => fact["ended_at"] === null,
    make: (draw) => ({
      spent_requests: draw.random.below(100),
      spent_tokens: draw.random.below(1000),
      unaccounted_tokens: draw.random.below(1000),
      ended_at: draw.hour(),
    }),
  },
  { does: "add", table: "exchange", make: exchanged },
  {
    does: "add",
    table: "segment_head",
    make: (draw) => {
      const grant = draw.one("access_grant");
      return (
        grant && {
          organisation_id: field(grant, "grantee_organisation_id"),
          lab_organisation_id: field(grant, "organisation_id"),
          grant_id: field(grant, "id"),
          gateway: draw.text(),
          segment: draw.text(),
          frames: draw.random.below(1000),
          sha256: draw.digest(),
          statement_id: draw.uuid(),
          stated_at: draw.hour(),
        }
      );
    },
  },
  {
    does: "change",
    table: "segment_head",
    which: () => true,
    make: (draw) => ({ frames: draw.random.below(1000), sha256: draw.digest(), statement_id: draw.uuid(), stated_at: draw.hour() }),
  },
  {
    does: "add",
    table: "access_use",
    make: (draw) => {
      const grant = draw.one("access_grant");
      return (
        grant && {
          ...ofGrant(grant),
          grant_id: field(grant, "id"),
          grantee_organisation_id: field(grant, "grantee_organisation_id"),
          token_id: draw.uuid(),
          purpose: draw.text(),
          hour: draw.hour(),
          ...counts(draw),
          first_at: draw.hour(),
          last_at: draw.hour(),
        }
      );
    },
  },
  { does: "change", table: "access_use", which: () => true, make: (draw) => ({ ...counts(draw), last_at: draw.hour() }) },
  {
    does: "add",
    table: "identity_probe",
    make: (draw) => {
      const window = draw.one("access_window");
      return (
        window && {
          ...ofGrant(window),
          window_id: field(window, "id"),
          id: draw.uuid(),
          occasion: draw.random.pick(["opening", "daily", "reconnect"]),
          verdict: draw.random.pick(["same", "different", "cannot-say"]),
          basis: draw.text(),
          calls: draw.random.below(40),
          tokens: draw.random.below(4000),
          at: draw.hour(),
        }
      );
    },
  },
];

/** A job acts in nobody's name. */
const nobody = { organisation: "", person: "", floor: 1, secondFactor: false };

function admitted(draw: Draw): Fact | undefined {
  const standing = draw.facts.of("partner_proposal").filter((told) => told["withdrawn_at"] === null && told["grant_id"] === null);
  if (standing.length === 0) return undefined;
  const proposal = draw.random.pick(standing);
  const stage = draw.facts.of("access_window").find((told) => told["id"] === proposal["window_id"]);
  const grant = stage && grantOf(draw, stage, field(proposal, "partner_organisation_id"));
  return grant && { ...grant, terms_version: field(proposal, "terms_version") };
}

function exchanged(draw: Draw): Fact | undefined {
  const grant = draw.one("access_grant");
  if (grant === undefined) return undefined;
  const fact = { organisation_id: field(grant, "grantee_organisation_id"), id: draw.uuid() };
  if (isTold(draw, "exchange", fact)) return undefined;
  return {
    ...fact,
    lab_organisation_id: field(grant, "organisation_id"),
    grant_id: field(grant, "id"),
    lease_id: draw.uuid(),
    token_id: draw.uuid(),
    session: draw.text(),
    gateway: draw.text(),
    segment: draw.text(),
    purpose: draw.text(),
    model: draw.text(),
    path: draw.text(),
    started_at: draw.hour(),
    ended_at: draw.hour(),
    status: 200,
    outcome: draw.random.pick(["complete", "cut", "revoked"]),
    reason: draw.text(),
    input_tokens: draw.random.below(1000),
    output_tokens: null,
    charged_tokens: draw.random.below(1000),
    request_digest: draw.digest(),
    answer_digest: draw.digest(),
    after_different: draw.random.oneIn(2),
  };
}

/** A window's credential, or the record of a grant in it. */
function ofKey(draw: Draw): Fact | undefined {
  const grant = draw.one("access_grant");
  const isRecord = draw.random.oneIn(2);
  return (
    grant && {
      ...ofGrant(grant),
      id: draw.uuid(),
      window_id: field(grant, "window_id"),
      grant_id: isRecord ? field(grant, "id") : null,
      grantee_organisation_id: isRecord ? field(grant, "grantee_organisation_id") : null,
      what: isRecord ? "record" : "credential",
    }
  );
}

function ofGrant(fact: Fact): Fact {
  return {
    organisation_id: field(fact, "organisation_id"),
    enrolment_id: field(fact, "enrolment_id"),
    desk_organisation_id: field(fact, "desk_organisation_id"),
  };
}

function counts(draw: Draw): Fact {
  const names = ["requests", "incomplete", "input_tokens", "output_tokens", "charged_tokens", "unknown_usage"];
  return Object.fromEntries(names.map((name) => [name, draw.random.below(1000)]));
}
