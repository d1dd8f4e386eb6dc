import { has, type Fact, type Facts } from "./facts.ts";
import { SEES_OF_MODELS } from "./who-sees-models.ts";
import { mayAsk, maySettleRequest } from "./who-may-request.ts";
import type { Eyes } from "./who-sees.ts";

type MayAdd = (eyes: Eyes, fact: Fact) => boolean;
type MayChange = (eyes: Eyes, fact: Fact, changes: Fact) => boolean;

const isOwn = ({ viewer }: Eyes, fact: Fact): boolean => fact["organisation_id"] === viewer.organisation;
const isWriter = ({ role, viewer }: Eyes): boolean => (role === "administrator" || role === "editor") && viewer.floor === 1;
const leads = ({ role, viewer }: Eyes): boolean => role === "administrator" && viewer.floor === 1;
const isASide = ({ viewer }: Eyes, fact: Fact): boolean =>
  [fact["organisation_id"], fact["desk_organisation_id"]].includes(viewer.organisation);
const byLab: MayAdd = (eyes, fact) => isOwn(eyes, fact) && isWriter(eyes);
const by = ({ viewer }: Eyes, fact: Fact, column: string): boolean => fact[column] === viewer.person;
const inOwnName = ({ viewer }: Eyes, fact: Fact, prefix: string): boolean =>
  fact[`${prefix}_organisation_id`] === viewer.organisation && fact[`${prefix}_person_id`] === viewer.person;

function seesOne(eyes: Eyes, table: string, fields: Fact): Fact | undefined {
  return eyes.facts.of(table).find((told) => has(told, fields) && (SEES_OF_MODELS[table]?.(eyes, told) ?? false));
}

const windowLasts = (eyes: Eyes, fact: Fact): boolean =>
  seesOne(eyes, "access_window", { organisation_id: fact["organisation_id"] ?? null, id: fact["window_id"] ?? null, ended_at: null }) !==
  undefined;

export const MAY_ADD_TO_MODELS: Readonly<Record<string, MayAdd>> = {
  // A model is offered to whoever can turn the government's key: a lab that offered it to itself would turn both.
  enrolment: (eyes, fact) =>
    byLab(eyes, fact) &&
    eyes.kind === "lab" &&
    by(eyes, fact, "created_by") &&
    eyes.facts
      .of("organisation")
      .some((told) => told["id"] === fact["desk_organisation_id"] && ["coordinator", "agency"].includes(String(told["kind"]))),
  model_version: byLab,
  model_endpoint: byLab,
  accepted_programme: (eyes, fact) => byLab(eyes, fact) && by(eyes, fact, "accepted_by"),
  // Nobody changes or removes one: there are only more.
  changed_terms: (eyes, fact) => byLab(eyes, fact) && by(eyes, fact, "stated_by"),
  access_window: (eyes, fact) => byLab(eyes, fact) && by(eyes, fact, "created_by"),
  sealed_credential: (eyes, fact) => byLab(eyes, fact) && by(eyes, fact, "given_by") && windowLasts(eyes, fact),
  // Partners are granted use by the custodian, when both keys were turned.
  access_grant: (eyes, fact) => byLab(eyes, fact) && by(eyes, fact, "created_by") && fact["kind"] === "testing-window",
  enrolment_event: (eyes, fact) => isASide(eyes, fact) && isWriter(eyes) && inOwnName(eyes, fact, "actor") && fact["once_key"] === null,
  partner_proposal: (eyes, fact) => isASide(eyes, fact) && leads(eyes) && inOwnName(eyes, fact, "proposed_by") && windowLasts(eyes, fact),
  access_request: (eyes, fact) => isWriter(eyes) && mayAsk(eyes, fact),
  partner_key: (eyes, fact) =>
    leads(eyes) &&
    inOwnName(eyes, fact, "turned_by") &&
    fact[fact["side"] === "lab" ? "organisation_id" : "desk_organisation_id"] === eyes.viewer.organisation &&
    seesOne(eyes, "partner_proposal", {
      organisation_id: fact["organisation_id"] ?? null,
      id: fact["proposal_id"] ?? null,
      desk_organisation_id: fact["desk_organisation_id"] ?? null,
      stated_sha256: fact["stated_sha256"] ?? null,
      withdrawn_at: null,
    }) !== undefined,
  gateway: (eyes, fact) => isOwn(eyes, fact) && leads(eyes) && by(eyes, fact, "created_by"),
  gateway_token: (eyes, fact) => {
    if (!isOwn(eyes, fact) || !isWriter(eyes) || !by(eyes, fact, "created_by")) return false;
    const grant = seesOne(eyes, "access_grant", {
      organisation_id: fact["lab_organisation_id"] ?? null,
      id: fact["grant_id"] ?? null,
      grantee_organisation_id: eyes.viewer.organisation,
      ended_at: null,
    });
    return (grant?.["purposes"] as readonly string[] | undefined)?.includes(String(fact["purpose"])) ?? false;
  },
  access_stop: (eyes, fact) => isASide(eyes, fact) && isWriter(eyes) && inOwnName(eyes, fact, "stopped_by"),
};

export const MAY_CHANGE_OF_MODELS: Readonly<Record<string, MayChange>> = {
  enrolment: (eyes, fact) => byLab(eyes, fact) && fact["withdrawn_at"] === null,
  model_version: byLab,
  // A window is over for good, and only the clock says that it reached its end.
  access_window: (eyes, fact, changes) =>
    byLab(eyes, fact) && fact["ended_at"] === null && [undefined, null, "ended", "withdrawn"].includes(changes["ended_because"] as string),
  // What was agreed with both keys the lab can but end.
  access_grant: (eyes, fact, changes) =>
    byLab(eyes, fact) && fact["ended_at"] === null && (fact["kind"] === "testing-window" || "ended_at" in changes),
  destruction_certificate: (eyes, fact) => byLab(eyes, fact) && fact["revoked_upstream_at"] === null,
  access_request: (eyes, fact, changes) => isWriter(eyes) && maySettleRequest(eyes, fact, changes),
  partner_proposal: (eyes, fact, changes) =>
    isASide(eyes, fact) && leads(eyes) && fact["grant_id"] === null && fact["withdrawn_at"] === null && changes["withdrawn_at"] !== null,
  gateway: (eyes, fact, changes) => isOwn(eyes, fact) && leads(eyes) && fact["revoked_at"] === null && changes["revoked_at"] !== null,
  gateway_token: (eyes, fact, changes) =>
    isOwn(eyes, fact) &&
    eyes.viewer.floor === 1 &&
    (eyes.role === "administrator" || by(eyes, fact, "created_by")) &&
    fact["revoked_at"] === null &&
    changes["revoked_at"] !== null,
  access_stop: (eyes, fact, changes) =>
    isWriter(eyes) &&
    fact["stopped_by_organisation_id"] === eyes.viewer.organisation &&
    fact["lifted_at"] === null &&
    changes["lifted_at"] !== null,
};

export const MAY_REMOVE_OF_MODELS: Readonly<Record<string, MayAdd>> = {
  partner_key: (eyes, fact) =>
    leads(eyes) &&
    fact["turned_by_organisation_id"] === eyes.viewer.organisation &&
    seesOne(eyes, "partner_proposal", {
      organisation_id: fact["organisation_id"] ?? null,
      id: fact["proposal_id"] ?? null,
      grant_id: null,
    }) !== undefined,
};

/**
 * What is said of a model names the desk that it was offered to, and a grant the kind of its window: whoever says that it is the desk itself,
 * or that a stage for partners is a testing window, is refused by keys.
 */
export function isMisplaced(facts: Facts, table: string, fact: Fact): boolean {
  const { organisation_id: lab = null, enrolment_id: model, desk_organisation_id: desk } = fact;
  if (model === undefined || desk === undefined) return false;
  if (!facts.of("enrolment").some((told) => has(told, { organisation_id: lab, id: model, desk_organisation_id: desk }))) return true;
  const { window_id: window = null, kind = null } = fact;
  return table === "access_grant" && !facts.of("access_window").some((told) => has(told, { organisation_id: lab, id: window, kind }));
}

/** A grant or a proposal is made under the newest terms of its model, and a model that was withdrawn is given no others. */
export function isOutdated(facts: Facts, table: string, fact: Fact): boolean {
  const { organisation_id: lab = null, enrolment_id: model = null } = fact;
  if (table === "changed_terms")
    return !facts.of("enrolment").some((told) => has(told, { organisation_id: lab, id: model, withdrawn_at: null }));
  if (table !== "access_grant" && table !== "partner_proposal") return false;
  const changed = facts.of("changed_terms").filter((told) => has(told, { organisation_id: lab, enrolment_id: model }));
  return fact["terms_version"] !== Math.max(1, ...changed.map(({ version }) => Number(version)));
}
