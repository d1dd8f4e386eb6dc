import { DAY_MS, type Draw } from "./draw.ts";
import { CHANGES_OF_MODELS, SWEEPS_OF_MODELS } from "./model-changes.ts";
import type { Fact } from "./oracle/facts.ts";
import type { Viewer } from "./oracle/who-sees.ts";

/** What a viewer might change of a whole table at once, without naming a row: the same value for each. */
export type Sweep = (draw: Draw, viewer: Viewer) => Fact;

export const SWEEPS: Readonly<Record<string, Sweep>> = {
  ...SWEEPS_OF_MODELS,
  organisation: (draw) => ({ name: draw.text() }),
  member: (draw) => ({ name: draw.text() }),
  circle: (draw) => ({ name: draw.text() }),
  circle_member: (draw, viewer) => ({ revoked_at: draw.hour(), revoked_by: viewer.person }),
  draft_advisory: () => ({ state: "abandoned" }),
  draft_part: (draw) => ({ replaced_at: draw.hour() }),
  draft_attachment: (draw) => ({ removed_at: draw.hour() }),
  draft_import: () => ({ founded: false }),
  staged_date: (draw) => ({ public_zone: draw.text() }),
  release_plan: () => ({ state: "writing" }),
  release_hold: (draw) => ({ lifted_at: draw.hour() }),
  mail_choice: () => ({ wants_mail: false }),
  webhook: (draw) => ({ removed_at: draw.hour() }),
  delivery: (draw) => ({ state: "waiting", next_at: draw.hour() }),
  passkey: (draw) => ({ name: draw.text() }),
  session: (draw) => ({ ended_at: draw.hour() }),
  sign_on_identity: (draw) => ({ revoked_at: draw.hour() }),
  access_token: (draw, viewer) => ({ revoked_at: draw.hour(), revoked_by: viewer.person }),
  one_time_link: (draw) => ({ withdrawn_at: draw.hour() }),
  sign_on: (draw) => ({ ended_at: draw.hour() }),
  ledger_statement: (draw, viewer) => ({ statement: null, nonce: null, erased_at: draw.hour(), erased_by: viewer.person }),
};

/** Makes up what a viewer might change of a fact; undefined = nothing. */
export type Change = (draw: Draw, viewer: Viewer, fact: Fact) => Fact | undefined;

export const CHANGES: Readonly<Record<string, Change>> = {
  ...CHANGES_OF_MODELS,
  organisation: (draw, _viewer, fact) =>
    draw.random.oneIn(8) ? { has_intelligence_function: fact["has_intelligence_function"] !== true } : { name: draw.text() },
  member: (draw, _viewer, fact) => {
    if (fact["revoked_at"] === null && draw.random.oneIn(7)) return { revoked_at: draw.hour(), revoked_by: draw.uuid() };
    if (draw.random.oneIn(6)) return { role: draw.random.pick(["administrator", "editor", "reader", "auditor"]) };
    return { name: draw.text(), email: draw.text() };
  },
  circle: (draw) => {
    if (draw.random.oneIn(12)) return { closed_at: draw.hour() };
    if (draw.random.oneIn(4)) return { agreement_text: draw.text(), agreement_sha256: draw.digest() };
    if (draw.random.oneIn(4)) return { members_listed: draw.random.oneIn(2), needs_second_factor: draw.random.oneIn(2) };
    return { name: draw.text() };
  },
  circle_member: (draw, viewer) => ({
    revoked_at: draw.mostly<string | null>(draw.hour(), () => null),
    revoked_by: viewer.person,
    revoked_reason: draw.text(),
  }),
  invitation: (draw, viewer) => ({
    state: draw.random.pick(["accepted", "accepted", "declined", "withdrawn"]),
    answered_by: draw.mostly(viewer.person, draw.person),
    answered_at: draw.mostly(draw.hour(), () => draw.hour(DAY_MS)),
  }),
  ledger_statement: (draw, viewer) => ({
    statement: null,
    nonce: null,
    erased_at: draw.hour(),
    erased_by: draw.mostly(viewer.person, draw.person),
  }),
  draft_advisory: (draw) => ({ state: draw.random.oneIn(3) ? "abandoned" : draw.random.pick(["open", "published"]) }),
  draft_part: (draw, _viewer, fact) => (fact["replaced_at"] === null ? { replaced_at: draw.hour() } : undefined),
  draft_attachment: (draw) => ({ removed_at: draw.hour() }),
  draft_import: (draw) => ({ founded: draw.random.oneIn(4) }),
  staged_date: (draw) => ({ public_at: draw.hour(5 * DAY_MS), public_zone: draw.text() }),
  release_plan: (draw) => ({ state: draw.random.pick(["writing", "agreed"]), agreed_at: draw.hour() }),
  release_hold: (draw) => ({ lifted_at: draw.random.oneIn(2) ? draw.hour() : null }),
  mail_choice: (_draw, _viewer, fact) => ({ wants_mail: fact["wants_mail"] !== true }),
  webhook: (draw) => ({ removed_at: draw.mostly<string | null>(draw.hour(), () => null) }),
  delivery: (draw) => ({ state: draw.random.pick(["waiting", "delivered"]), attempts: 0, next_at: draw.hour() }),
  passkey: (draw) => ({ name: draw.text() }),
  session: (draw) => ({ ended_at: draw.hour() }),
  sign_on_identity: (draw) => ({ revoked_at: draw.hour() }),
  access_token: (draw, viewer) => ({ revoked_at: draw.hour(), revoked_by: viewer.person }),
  one_time_link: (draw) => ({ withdrawn_at: draw.hour() }),
  sign_on: (draw) => ({ ended_at: draw.hour() }),
};
