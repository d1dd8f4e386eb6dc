import { has, type Fact, type Facts } from "./facts.ts";
import type { Eyes } from "./who-sees.ts";

type Sees = (eyes: Eyes, fact: Fact) => boolean;

// Nothing of a model is for a session of a mailed link.
const asLab: Sees = ({ viewer }, fact) => viewer.floor === 1 && fact["organisation_id"] === viewer.organisation;
const asDesk: Sees = ({ viewer }, fact) => viewer.floor === 1 && fact["desk_organisation_id"] === viewer.organisation;
const between: Sees = (eyes, fact) => asLab(eyes, fact) || asDesk(eyes, fact);
const asGrantee: Sees = ({ viewer }, fact) => viewer.floor === 1 && fact["grantee_organisation_id"] === viewer.organisation;

/** The viewer's own grants of what is named. Before a stage opens to it, a partner has none. */
function grantsOf({ facts, viewer }: Eyes, fields: Fact): readonly Fact[] {
  if (viewer.floor !== 1) return [];
  return facts.of("access_grant").filter((grant) => has(grant, { ...fields, grantee_organisation_id: viewer.organisation }));
}

const ofModel = (fact: Fact, model: Fact[string] | undefined): Fact => ({
  organisation_id: fact["organisation_id"] ?? null,
  enrolment_id: model ?? null,
});
const ofWindow = (fact: Fact): Fact => ({ organisation_id: fact["organisation_id"] ?? null, window_id: fact["window_id"] ?? null });
const usesModel: Sees = (eyes, fact) => grantsOf(eyes, ofModel(fact, fact["enrolment_id"])).length > 0;
const usesWindow: Sees = (eyes, fact) => grantsOf(eyes, ofWindow(fact)).length > 0;
const isForMe = ({ viewer }: Eyes, fact: Fact): boolean =>
  [null, viewer.organisation].includes(fact["grantee_organisation_id"] as string | null);

/** Which facts about models a viewer is told: lab and desk what is between them, whoever uses what is its own and what it needs for that. */
export const SEES_OF_MODELS: Readonly<Record<string, Sees>> = {
  enrolment: (eyes, fact) => between(eyes, fact) || grantsOf(eyes, ofModel(fact, fact["id"])).length > 0,
  model_version: (eyes, fact) => between(eyes, fact) || usesModel(eyes, fact),
  accepted_programme: (eyes, fact) => between(eyes, fact) || usesModel(eyes, fact),
  changed_terms: (eyes, fact) => between(eyes, fact) || usesModel(eyes, fact),
  model_endpoint: asLab,
  access_window: (eyes, fact) =>
    between(eyes, fact) || usesWindow(eyes, { organisation_id: fact["organisation_id"] ?? null, window_id: fact["id"] ?? null }),
  sealed_credential: asLab,
  access_grant: (eyes, fact) => between(eyes, fact) || asGrantee(eyes, fact),
  enrolment_event: (eyes, fact) =>
    between(eyes, fact) ||
    (fact["for_grantees"] === true &&
      isForMe(eyes, fact) &&
      grantsOf(eyes, { ...ofModel(fact, fact["enrolment_id"]), ...(fact["window_id"] === null ? {} : ofWindow(fact)) }).length > 0),
  partner_proposal: between,
  access_request: between,
  partner_key: between,
  destruction_certificate: (eyes, fact) => between(eyes, fact) || (isForMe(eyes, fact) && usesWindow(eyes, fact)),
  key_place: (eyes, fact) => between(eyes, fact) || (isForMe(eyes, fact) && usesWindow(eyes, fact)),
  gateway: asLab,
  // Of whoever uses: what a tool was given and what went through is not for the lab, nor for the desk.
  gateway_token: asLab,
  exchange: asLab,
  segment_head: asLab,
  access_stop: (eyes, fact) =>
    between(eyes, fact) ||
    (usesModel(eyes, fact) &&
      isForMe(eyes, fact) &&
      (fact["token_id"] === null ||
        eyes.facts.of("gateway_token").some((token) => token["id"] === fact["token_id"] && asLab(eyes, token)))),
  budget_lease: asLab,
  access_use: (eyes, fact) => between(eyes, fact) || asGrantee(eyes, fact),
  identity_probe: (eyes, fact) => between(eyes, fact) || usesWindow(eyes, fact),
};

/** What was asked of a model and answered: for whoever used it, and for nobody once its key was destroyed. */
export function seesTranscript(eyes: Eyes, fact: Fact): boolean {
  const isDestroyed = eyes.facts
    .of("destruction_certificate")
    .some((told) => has(told, { grant_id: fact["grant_id"] ?? null, what: "record" }));
  return asLab(eyes, fact) && !isDestroyed;
}

/** Whose token it is, and whoever was told of it by what it was used for or by what stopped it. */
export function knowsOfToken(eyes: Eyes, token: Fact): boolean {
  const names = (table: "access_use" | "access_stop"): boolean =>
    eyes.facts.of(table).some((fact) => fact["token_id"] === token["id"] && (SEES_OF_MODELS[table]?.(eyes, fact) ?? false));
  return asLab(eyes, token) || names("access_use") || names("access_stop");
}

/** What the gateway keeps of credentials nobody who is signed in is told, not even whoever made them. */
export const NEVER_TOLD_OF_MODELS: Readonly<Record<string, readonly string[]>> = {
  sealed_credential: ["sealed", "key_id"],
  gateway: ["digest", "digest_key_id"],
  gateway_token: ["digest"],
};

/** Whom one meets by a model is known by name; a lab knows whom it can offer one to. */
export function hasMetByModels(eyes: Eyes, organisation: Fact): boolean {
  const id = organisation["id"] ?? null;
  if (eyes.kind === "lab" && ["coordinator", "agency"].includes(String(organisation["kind"]))) return true;
  const names = (table: string, columns: readonly string[]): boolean =>
    eyes.facts.of(table).some((fact) => columns.some((column) => fact[column] === id) && (SEES_OF_MODELS[table]?.(eyes, fact) ?? false));
  return (
    names("enrolment", ["organisation_id", "desk_organisation_id"]) ||
    names("access_grant", ["grantee_organisation_id"]) ||
    names("partner_proposal", ["partner_organisation_id"]) ||
    names("access_request", ["for_organisation_id"])
  );
}

/** The organisations that are told of new terms of a model as they are stated: its desk, and whoever may use it then; never the lab itself. */
export function toldOfTerms(facts: Facts, { id = null, organisation_id, desk_organisation_id }: Fact): readonly string[] {
  const users = facts.of("access_grant").filter((grant) => has(grant, { enrolment_id: id, ended_at: null }));
  const told = [desk_organisation_id, ...users.map((grant) => grant["grantee_organisation_id"])].map(String);
  return [...new Set(told)].filter((organisation) => organisation !== organisation_id);
}
