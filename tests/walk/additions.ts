import { DAY_MS, field, isTold, MINUTE_MS, type Draw } from "./draw.ts";
import { ADDITIONS_TO_MODELS, FILLED_INTO_MODELS } from "./model-additions.ts";
import { has, type Fact } from "./oracle/facts.ts";
import { EVERYONE, type Viewer } from "./oracle/who-sees.ts";

/** Makes up what a viewer might add to a table, allowed or not; undefined = nothing fits just now. Keys are never taken twice. */
export type Addition = (draw: Draw, viewer: Viewer) => Fact | undefined;

export const ADDITIONS: Readonly<Record<string, Addition>> = {
  ...ADDITIONS_TO_MODELS,
  organisation: (draw) =>
    draw.facts.of("organisation").length > 24
      ? undefined
      : {
          kind: draw.random.pick(["vendor", "operator", "lab"]),
          name: draw.text(),
          sector: null,
          country: null,
          has_intelligence_function: draw.random.oneIn(4),
          created_at: draw.hour(),
        },
  circle: (draw, viewer) => {
    const signed = draw.random.oneIn(3);
    return {
      organisation_id: draw.mostly(viewer.organisation, draw.organisation),
      name: draw.text(),
      purpose: draw.text(),
      agreement_text: signed ? draw.text() : null,
      agreement_sha256: signed ? draw.digest() : null,
      needs_second_factor: draw.random.oneIn(4),
      needs_sponsor: draw.random.oneIn(6),
      members_listed: draw.random.oneIn(2),
      longest_days: draw.random.oneIn(6) ? 3 : null,
      created_at: draw.hour(),
    };
  },
  circle_member: (draw) => {
    const invitation = draw.one("invitation");
    if (invitation === undefined) return undefined;
    const place = {
      organisation_id: field(invitation, "organisation_id"),
      circle_id: field(invitation, "circle_id"),
      member_organisation_id: draw.mostly(field(invitation, "invited_organisation_id"), draw.organisation),
    };
    const isTaken =
      isTold(draw, "circle_member", { ...place, revoked_at: null }) ||
      isTold(draw, "circle_member", { invitation_id: field(invitation, "id") });
    if (isTaken) return undefined;
    return {
      ...place,
      admitted_at: draw.mostly(draw.hour(), () => draw.hour(-DAY_MS)),
      admitted_by: draw.mostly(field(invitation, "invited_by"), draw.person),
      expires_at: draw.mostly(field(invitation, "member_until"), () => "infinity"),
      sponsor_organisation_id: draw.mostly(field(invitation, "sponsor_organisation_id"), draw.organisation),
      invitation_id: field(invitation, "id"),
    };
  },
  circle_vetting: (draw, viewer) => {
    const circle = draw.one("circle");
    if (circle === undefined) return undefined;
    return {
      ...circleOf(circle),
      vetted_organisation_id: draw.organisation(),
      note: draw.text(),
      written_by: draw.mostly(viewer.person, draw.person),
      written_at: draw.hour(),
    };
  },
  invitation: (draw, viewer) => {
    const circle = draw.one("circle");
    const invited = draw.organisation();
    if (circle === undefined || invited === circle["organisation_id"]) return undefined;
    if (isTold(draw, "invitation", { circle_id: field(circle, "id"), invited_organisation_id: invited, state: "open" })) return undefined;
    const sponsor = draw.random.oneIn(2) ? null : draw.mostly(String(circle["organisation_id"]), draw.organisation);
    return {
      ...circleOf(circle),
      invited_organisation_id: invited,
      invited_by: draw.mostly(viewer.person, draw.person),
      invited_at: draw.mostly(draw.hour(), () => draw.hour(-MINUTE_MS)),
      answer_by: draw.hour((1 + draw.random.below(4)) * DAY_MS),
      member_until: draw.random.oneIn(2) ? "infinity" : draw.hour((1 + draw.random.below(6)) * DAY_MS),
      sponsor_organisation_id: sponsor === invited ? null : sponsor,
    };
  },
  audit_event: (draw, viewer) => ({
    organisation_id: draw.mostly(viewer.organisation, draw.organisation),
    at: draw.mostly(draw.hour(), () => draw.hour(-DAY_MS)),
    person_id: draw.mostly(viewer.person, draw.person),
    verb: "circle.close",
    subject: draw.text(),
    details: JSON.stringify({ text: draw.text() }),
  }),
  ledger_statement: (draw, viewer) => {
    const record = draw.mostly(draw.one("confidential_record"), () => undefined);
    return {
      organisation_id: draw.mostly(viewer.organisation, draw.organisation),
      id: draw.uuid(),
      kind: "draft.opened",
      record_organisation_id: field(record, "organisation_id"),
      record_id: field(record, "id"),
      level: draw.level(),
      statement: draw.text(),
      nonce: draw.digest(),
      leaf: draw.digest(),
      recorded_at: draw.hour(),
    };
  },
  circle_signature: (draw, viewer) => {
    const circle = draw.random.pick(
      draw.facts
        .of("circle")
        .filter((told) => told["agreement_sha256"] !== null)
        .concat({}),
    );
    if (circle["id"] === undefined) return undefined;
    const place = {
      ...circleOf(circle),
      member_organisation_id: draw.mostly(viewer.organisation, draw.organisation),
      agreement_sha256: draw.mostly(String(circle["agreement_sha256"]), draw.digest),
    };
    if (isTold(draw, "circle_signature", place)) return undefined;
    return { ...place, signed_by: draw.mostly(viewer.person, draw.person), signed_at: draw.hour() };
  },
  confidential_record: (draw, viewer) => {
    const organisation = draw.mostly(viewer.organisation, draw.organisation);
    // Ids are the owner's choice: that of somebody else's record must be worth nothing.
    const other = draw.random.oneIn(4) ? draw.one("confidential_record")?.["id"] : undefined;
    const id = String(other ?? draw.uuid());
    if (isTold(draw, "confidential_record", { organisation_id: organisation, id })) return undefined;
    return { organisation_id: organisation, id, kind: "draft-advisory", created_at: draw.hour() };
  },
  opening: (draw) => {
    const record = draw.one("confidential_record");
    if (record === undefined) return undefined;
    const place = {
      organisation_id: field(record, "organisation_id"),
      record_id: field(record, "id"),
      circle_id: draw.mostly(String(record["organisation_id"]), () => draw.random.pick([EVERYONE, draw.organisation()])),
      level: draw.mostly(1, draw.level),
    };
    if (isTold(draw, "opening", place)) return undefined;
    return { ...place, opened_by: draw.mostly("owner", () => "hour"), opened_at: draw.hour() };
  },
  draft_advisory: (draw, viewer) => {
    const record = draw.one("confidential_record");
    const place = { organisation_id: field(record, "organisation_id"), id: field(record, "id") };
    if (record === undefined || isTold(draw, "draft_advisory", place)) return undefined;
    return {
      ...place,
      advisory_id: draw.text(),
      state: draw.mostly("open", () => "published"),
      created_by: draw.mostly(viewer.person, draw.person),
      created_at: draw.hour(),
    };
  },
  draft_part: (draw, viewer) => {
    const place = draftOf(draw);
    if (place === undefined) return undefined;
    const kind = draw.random.pick(["notice", "summary", "affected", "build", "research"]);
    const earlier = draw.random.oneIn(4) ? draw.one("draft_part") : undefined;
    const isInForce = isTold(draw, "draft_part", { ...place, part_id: field(earlier, "part_id"), replaced_at: null });
    const again = earlier !== undefined && has(earlier, place) && !isInForce ? earlier : undefined;
    const partId = again?.["part_id"] ?? draw.uuid();
    const revisions = draw.facts.of("draft_part").filter((told) => has(told, { ...place, part_id: partId })).length;
    return {
      ...place,
      part_id: partId,
      id: draw.uuid(),
      revision: revisions + 1,
      level: kind === "research" ? 1 : draw.level(),
      kind,
      body: kind === "research" ? null : JSON.stringify({ text: draw.text() }),
      author_organisation_id: draw.mostly(viewer.organisation, draw.organisation),
      author_person_id: draw.mostly(viewer.person, draw.person),
      written_at: draw.hour(),
    };
  },
  draft_attachment: (draw, viewer) => {
    const place = draftOf(draw);
    return (
      place && {
        ...place,
        id: draw.uuid(),
        level: draw.level(),
        name: draw.text(),
        media_type: "text/plain",
        size_bytes: draw.random.below(1000),
        sha256: draw.digest(),
        storage_key: draw.text(),
        author_organisation_id: draw.mostly(viewer.organisation, draw.organisation),
        author_person_id: draw.mostly(viewer.person, draw.person),
        written_at: draw.hour(),
      }
    );
  },
  draft_event: (draw, viewer) => {
    const place = draftOf(draw);
    return (
      place && {
        ...place,
        level: draw.level(),
        kind: "noted",
        details: JSON.stringify({ text: draw.text() }),
        actor_organisation_id: draw.mostly(viewer.organisation, draw.organisation),
        actor_person_id: draw.mostly(viewer.person, draw.person),
        at: draw.hour(),
        once_key: draw.mostly(null, draw.text),
      }
    );
  },
  draft_research: (draw) => {
    const parts = draw.facts
      .of("draft_part")
      .filter((told) => told["kind"] === "research" && !draw.facts.of("draft_research").some(({ id }) => id === told["id"]));
    if (parts.length === 0) return undefined;
    const part = draw.random.pick(parts);
    return { organisation_id: field(part, "organisation_id"), draft_id: field(part, "draft_id"), id: field(part, "id"), body: draw.text() };
  },
  draft_import: (draw) => {
    const place = draftOf(draw);
    return place && { ...place, sha256: draw.digest(), founded: draw.random.oneIn(2), imported_at: draw.hour() };
  },
  staged_interval: (draw) => {
    const place = draftOf(draw);
    return (
      place && {
        ...place,
        part_id: draw.uuid(),
        level: draw.level(),
        ecosystem: "npm",
        name: draw.text(),
        lo: "\\x01",
        hi: "\\xff",
        lo_text: "0",
        hi_text: draw.text(),
        hi_kind: "fixed",
      }
    );
  },
  staged_package: (draw) => {
    const place = draftOf(draw);
    return (
      place && {
        ...place,
        part_id: draw.uuid(),
        level: draw.level(),
        ecosystem: "npm",
        name: draw.text(),
        scheme: null,
        texts: [],
        set_aside: [],
      }
    );
  },
  staged_date: (draw) => {
    const place = draftOf(draw);
    if (place === undefined || isTold(draw, "staged_date", place)) return undefined;
    return { ...place, level: draw.mostly(4, draw.level), public_at: draw.hour(9 * DAY_MS), public_zone: draw.text() };
  },
  release_plan: (draw) => {
    const place = draftOf(draw);
    if (place === undefined || isTold(draw, "release_plan", place)) return undefined;
    return { ...place, state: "writing", revision: 1 };
  },
  release_stage: (draw) => {
    const place = planOf(draw);
    const level = draw.level();
    return (
      place && {
        ...place,
        revision: 1,
        id: draw.uuid(),
        position: draw.random.below(9),
        circle_id: level === 5 ? null : (draw.one("circle")?.["id"] ?? draw.organisation()),
        level,
        opens_at: draw.hour(DAY_MS),
        opens_zone: draw.text(),
        on_events: [],
        closes_at: null,
        closes_zone: null,
      }
    );
  },
  release_consenter: (draw, viewer) => {
    const place = planOf(draw);
    if (place === undefined) return undefined;
    const fact = { ...place, consenter_organisation_id: draw.random.oneIn(3) ? viewer.organisation : draw.organisation() };
    return isTold(draw, "release_consenter", fact) ? undefined : fact;
  },
  release_consent: (draw, viewer) => {
    const place = planOf(draw);
    if (place === undefined) return undefined;
    const key = {
      ...place,
      revision: 1 + draw.random.below(9),
      consenter_organisation_id: draw.mostly(viewer.organisation, draw.organisation),
    };
    if (isTold(draw, "release_consent", key)) return undefined;
    return { ...key, agrees: draw.random.oneIn(2), person_id: draw.mostly(viewer.person, draw.person), at: draw.hour() };
  },
  release_hold: (draw, viewer) => {
    const place = planOf(draw);
    return (
      place && {
        ...place,
        held_by_organisation_id: draw.mostly(viewer.organisation, draw.organisation),
        held_by_person_id: draw.mostly(viewer.person, draw.person),
        reason: draw.text(),
        held_at: draw.hour(),
      }
    );
  },
  release_event: (draw, viewer) => {
    const place = planOf(draw);
    if (place === undefined) return undefined;
    const key = { ...place, event: draw.random.pick(["patch-ready", "leak", "exploitation", "early-end"]) };
    if (isTold(draw, "release_event", key)) return undefined;
    return {
      ...key,
      reason: draw.text(),
      at: draw.hour(),
      actor_organisation_id: draw.mostly(viewer.organisation, draw.organisation),
      actor_person_id: draw.mostly(viewer.person, draw.person),
    };
  },
  draft_correction: (draw, viewer) => {
    const published = draw.facts.of("draft_advisory").filter((told) => told["state"] === "published");
    const draft = published.length === 0 || draw.random.oneIn(4) ? draw.one("draft_advisory") : draw.random.pick(published);
    if (draft === undefined) return undefined;
    const place = { organisation_id: field(draft, "organisation_id"), draft_id: field(draft, "id") };
    const isWithdrawn = isTold(draw, "draft_correction", { ...place, withdraws: true });
    return {
      ...place,
      withdraws: !isWithdrawn && draw.random.oneIn(4),
      reason: draw.text(),
      stated_by: draw.mostly(viewer.person, draw.person),
      stated_at: draw.hour(),
    };
  },
  exclusion_exception: (draw, viewer) => {
    const record = draw.one("confidential_record");
    if (record === undefined) return undefined;
    const excluded = draw.facts.of("organisation").filter((told) => told["has_intelligence_function"] === true);
    const key = {
      organisation_id: field(record, "organisation_id"),
      record_id: field(record, "id"),
      excepted_organisation_id: draw.mostly(field(draw.random.pick(excluded.concat({})), "id") ?? draw.organisation(), draw.organisation),
    };
    if (isTold(draw, "exclusion_exception", key)) return undefined;
    return { ...key, reason: draw.text(), made_by: draw.mostly(viewer.person, draw.person), made_at: draw.hour() };
  },
  read_event: (draw, viewer) => {
    const place = draftOf(draw);
    return (
      place && {
        ...place,
        level: draw.level(),
        part_id: null,
        reader_organisation_id: draw.mostly(viewer.organisation, draw.organisation),
        reader_person_id: draw.mostly(viewer.person, draw.person),
        session_id: draw.uuid(),
        at: draw.hour(),
      }
    );
  },
  announcement: (draw, viewer) => {
    const record = draw.random.oneIn(3) ? undefined : draw.one("confidential_record");
    return {
      organisation_id: record === undefined ? draw.mostly(viewer.organisation, draw.organisation) : field(record, "organisation_id"),
      circle_id: draw.organisation(),
      kind: "stage-opened",
      record_id: record === undefined ? null : field(record, "id"),
      level: draw.level(),
      at: draw.hour(),
    };
  },
  notification: (draw, viewer) => ({
    organisation_id: draw.mostly(viewer.organisation, draw.organisation),
    id: draw.uuid(),
    kind: draw.mostly("test", () => "stage-opened"),
    level: draw.mostly(5, draw.level),
    at: draw.hour(),
  }),
  notification_seen: (draw, viewer) => {
    const notification = draw.one("notification");
    if (notification === undefined) return undefined;
    const key = {
      organisation_id: field(notification, "organisation_id"),
      notification_id: field(notification, "id"),
      person_id: draw.mostly(viewer.person, draw.person),
    };
    return isTold(draw, "notification_seen", key) ? undefined : { ...key, seen_at: draw.hour() };
  },
  mail_choice: (draw, viewer) => {
    const member = draw.mostly({ organisation_id: viewer.organisation, person_id: viewer.person } as Fact, () => draw.one("member") ?? {});
    const key = { organisation_id: field(member, "organisation_id"), person_id: field(member, "person_id") };
    return isTold(draw, "mail_choice", key) ? undefined : { ...key, wants_mail: draw.random.oneIn(2) };
  },
  webhook: (draw, viewer) => ({
    organisation_id: draw.mostly(viewer.organisation, draw.organisation),
    location: draw.text(),
    sealed: draw.bytes(),
    created_by: draw.mostly(viewer.person, draw.person),
    created_at: draw.hour(),
  }),
  delivery: (draw, viewer) => {
    const notification = draw.one("notification");
    if (notification === undefined) return undefined;
    const organisation = field(notification, "organisation_id");
    const hooks = draw.facts.of("webhook").filter((told) => told["organisation_id"] === organisation);
    const member = draw.mostly<Fact | undefined>({ organisation_id: viewer.organisation, person_id: viewer.person }, () =>
      draw.one("member"),
    );
    const isMail = hooks.length === 0 || draw.random.oneIn(2);
    if (isMail && member?.["organisation_id"] !== organisation) return undefined;
    return {
      organisation_id: organisation,
      notification_id: field(notification, "id"),
      person_id: isMail ? field(member, "person_id") : null,
      webhook_id: isMail ? null : field(draw.random.pick(hooks), "id"),
      next_at: draw.hour(),
    };
  },
  access_token: (draw, viewer) => {
    const member = draw.mostly<Fact | undefined>({ organisation_id: viewer.organisation, person_id: viewer.person }, () =>
      draw.one("member"),
    );
    return {
      organisation_id: field(member, "organisation_id"),
      person_id: field(member, "person_id"),
      digest: draw.digest(),
      name: draw.text(),
      verbs: ["scan"],
      floor: draw.random.oneIn(2) ? viewer.floor : draw.level(),
      second_factor: draw.random.oneIn(2),
      issued_by: draw.mostly(viewer.person, draw.person),
      issued_at: draw.hour(),
      expires_at: draw.hour(DAY_MS),
    };
  },
  one_time_link: (draw, viewer) => {
    const isInvitation = draw.random.oneIn(2);
    const member = draw.random.oneIn(2) ? draw.one("member") : undefined;
    return {
      digest: draw.digest(),
      purpose: isInvitation ? "invitation" : draw.mostly("recovery", () => "mailed"),
      organisation_id: draw.random.oneIn(2) ? viewer.organisation : draw.organisation(),
      person_id: isInvitation ? null : (member?.["person_id"] ?? viewer.person),
      name: draw.text(),
      email: null,
      role: isInvitation ? "reader" : null,
      issued_by: draw.mostly(viewer.person, draw.person),
      issued_at: draw.hour(),
      expires_at: draw.hour(DAY_MS),
    };
  },
  sign_on: (draw, viewer) => ({
    organisation_id: draw.random.oneIn(2) ? viewer.organisation : draw.organisation(),
    issuer: draw.text(),
    client_id: draw.text(),
    sealed_secret: draw.bytes(),
    email_domains: [draw.text()],
    created_at: draw.hour(),
  }),
};

/** What the schema writes into the columns that an addition does not name. An id that is missing is the database's own choice. */
export const FILLED_IN: Readonly<Record<string, Fact>> = {
  ...FILLED_INTO_MODELS,
  circle: { closed_at: null },
  invitation: { state: "open", answered_by: null, answered_at: null },
  ledger_statement: { leaf_index: null, erased_at: null, erased_by: null },
  ledger_revision: { leaf_index: null },
  circle_member: { revoked_at: null, revoked_by: null, revoked_reason: null },
  opening: { stage_id: null, planned_at: null, closes_at: "infinity" },
  draft_advisory: { published_at: null },
  draft_part: { replaced_at: null },
  draft_attachment: { removed_at: null },
  draft_event: { once_key: null },
  release_plan: { agreed_at: null },
  draft_correction: { version: null },
  release_hold: { lifted_at: null },
  announcement: { taken_at: null },
  notification: { announcement_id: null, record_organisation_id: null, record_id: null },
  webhook: { removed_at: null },
  delivery: { state: "waiting", attempts: 0, leased_until: null, tried_at: null, last_reason: null },
  access_token: { last_used_at: null, revoked_at: null, revoked_by: null },
  one_time_link: { used_at: null, withdrawn_at: null },
  sign_on: { ended_at: null },
  member: { email: null, revoked_at: null, revoked_by: null },
  person: { kind: "human" },
};

function circleOf(circle: Fact): Fact {
  return { organisation_id: field(circle, "organisation_id"), circle_id: field(circle, "id") };
}

function draftOf(draw: Draw): Fact | undefined {
  const draft = draw.one("draft_advisory");
  return draft && { organisation_id: field(draft, "organisation_id"), draft_id: field(draft, "id") };
}

function planOf(draw: Draw): Fact | undefined {
  const plan = draw.one("release_plan");
  return plan && { organisation_id: field(plan, "organisation_id"), draft_id: field(plan, "draft_id") };
}
