import type { MemberRole, OrganisationKind } from "../../../src/vocabulary/organisation.ts";
import { has, hourOf, type Fact, type Facts } from "./facts.ts";
import { hasMetByModels, NEVER_TOLD_OF_MODELS, SEES_OF_MODELS } from "./who-sees-models.ts";

/** Who asks, as the server would sign it. */
export type Viewer = { readonly organisation: string; readonly person: string; readonly floor: number; readonly secondFactor: boolean };

export const EVERYONE = "00000000-0000-0000-0000-000000000001";

/** What a member is now; undefined = no member any more, and then nothing is answered at all. */
export function standing(
  facts: Facts,
  viewer: Viewer,
): { readonly role: MemberRole; readonly kind: OrganisationKind; readonly excluded: boolean } | undefined {
  const member = facts
    .of("member")
    .find((fact) => has(fact, { organisation_id: viewer.organisation, person_id: viewer.person, revoked_at: null }));
  const organisation = facts.of("organisation").find((fact) => fact["id"] === viewer.organisation);
  if (member === undefined || organisation === undefined) return undefined;
  return {
    role: member["role"] as MemberRole,
    kind: organisation["kind"] as OrganisationKind,
    excluded: organisation["has_intelligence_function"] === true,
  };
}

/** The circles whose openings reach the viewer at this hour. */
export function circlesInForce(facts: Facts, viewer: Viewer): ReadonlySet<string> {
  const found = new Set([viewer.organisation, EVERYONE]);
  for (const membership of facts.of("circle_member")) {
    if (membership["member_organisation_id"] !== viewer.organisation || !isInForce(facts, membership)) continue;
    const circle = circleOf(facts, membership);
    if (circle === undefined || circle["closed_at"] !== null) continue;
    if (circle["needs_second_factor"] === true && !viewer.secondFactor) continue;
    if (circle["agreement_sha256"] !== null && !hasSigned(facts, membership, circle)) continue;
    found.add(String(circle["id"]));
  }
  return found;
}

function isInForce(facts: Facts, membership: Fact): boolean {
  const now = facts.nowMs();
  return membership["revoked_at"] === null && hourOf(membership["admitted_at"]) <= now && now < hourOf(membership["expires_at"]);
}

function circleOf(facts: Facts, fact: Fact): Fact | undefined {
  return facts
    .of("circle")
    .find((circle) => has(circle, { organisation_id: fact["organisation_id"] ?? null, id: fact["circle_id"] ?? null }));
}

function hasSigned(facts: Facts, membership: Fact, circle: Fact): boolean {
  return facts.of("circle_signature").some((signature) =>
    has(signature, {
      organisation_id: circle["organisation_id"] ?? null,
      circle_id: circle["id"] ?? null,
      member_organisation_id: membership["member_organisation_id"] ?? null,
      agreement_sha256: circle["agreement_sha256"] ?? null,
    }),
  );
}

/** One viewer at one hour; what is asked again and again is worked out once. */
export function eyesOf(facts: Facts, viewer: Viewer): Eyes | undefined {
  const found = standing(facts, viewer);
  if (found === undefined) return undefined;
  const circles = circlesInForce(facts, viewer);
  const openings = facts.of("opening").filter((opening) => seesOpening(facts, viewer, { opening, circles, excluded: found.excluded }));
  return { facts, viewer, ...found, circles, openings };
}

export type Eyes = {
  readonly facts: Facts;
  readonly viewer: Viewer;
  readonly role: MemberRole;
  readonly kind: OrganisationKind;
  readonly excluded: boolean;
  readonly circles: ReadonlySet<string>;
  readonly openings: readonly Fact[];
};

type OpeningInQuestion = { readonly opening: Fact; readonly circles: ReadonlySet<string>; readonly excluded: boolean };

function seesOpening(facts: Facts, viewer: Viewer, { opening, circles, excluded }: OpeningInQuestion): boolean {
  const own = opening["organisation_id"] === viewer.organisation;
  if (own && viewer.floor === 1) return true;
  if (!circles.has(String(opening["circle_id"])) || facts.nowMs() >= hourOf(opening["closes_at"])) return false;
  return own || opening["level"] === 5 || !excluded || isExcepted(facts, viewer, opening);
}

function isExcepted(facts: Facts, viewer: Viewer, opening: Fact): boolean {
  return facts.of("exclusion_exception").some((exception) =>
    has(exception, {
      organisation_id: opening["organisation_id"] ?? null,
      record_id: opening["record_id"] ?? null,
      excepted_organisation_id: viewer.organisation,
    }),
  );
}

/** The most confidential level of a record that has been opened to the viewer; undefined = it knows nothing of the record. */
export function reachOf({ openings }: Eyes, owner: unknown, record: unknown): number | undefined {
  const levels = openings
    .filter((opening) => opening["organisation_id"] === owner && opening["record_id"] === record)
    .map((opening) => Number(opening["level"]));
  return levels.length === 0 ? undefined : Math.min(...levels);
}

export function seesCase(eyes: Eyes, owner: unknown, record: unknown): boolean {
  return eyes.viewer.floor === 1 && reachOf(eyes, owner, record) === 1;
}

function seesLevel(eyes: Eyes, fact: Fact, record: unknown): boolean {
  const reach = reachOf(eyes, fact["organisation_id"], record);
  const level = Number(fact["level"]);
  return reach !== undefined && reach <= level && eyes.viewer.floor <= level;
}

type Sees = (eyes: Eyes, fact: Fact) => boolean;

const ownOrganisation: Sees = ({ viewer }, fact) => fact["organisation_id"] === viewer.organisation;
const ownPerson: Sees = ({ viewer }, fact) => fact["person_id"] === viewer.person;
const ownSelf: Sees = (eyes, fact) => ownOrganisation(eyes, fact) && ownPerson(eyes, fact);
const ownAsAdministrator: Sees = (eyes, fact) => ownOrganisation(eyes, fact) && eyes.role === "administrator";
const inTheTrail: Sees = (eyes, fact) => ownOrganisation(eyes, fact) && ["administrator", "auditor"].includes(eyes.role);
const isInvited: Sees = ({ viewer }, fact) => fact["invited_organisation_id"] === viewer.organisation;
const everybody: Sees = () => true;
const leveled: Sees = (eyes, fact) => seesLevel(eyes, fact, fact["draft_id"]);
const whoSeesTheCase: Sees = (eyes, fact) => seesCase(eyes, fact["organisation_id"], fact["draft_id"]);

/** Which facts of a table a viewer is told. A table that is not here is not shown to anybody who is signed in. */
export const SEES: Readonly<Record<string, Sees>> = {
  organisation: (eyes, fact) =>
    eyes.kind === "coordinator" ||
    fact["id"] === eyes.viewer.organisation ||
    hasMet(eyes, String(fact["id"])) ||
    hasMetByModels(eyes, fact),
  member: ownOrganisation,
  person: (eyes, fact) => eyes.facts.of("member").some((told) => told["person_id"] === fact["id"] && ownOrganisation(eyes, told)),
  circle: (eyes, fact) =>
    ownOrganisation(eyes, fact) ||
    hasOpenedTo(eyes, fact["id"]) ||
    eyes.facts
      .of("circle_member")
      .some((membership) => membership["circle_id"] === fact["id"] && membership["member_organisation_id"] === eyes.viewer.organisation) ||
    eyes.facts
      .of("invitation")
      .some(
        (told) =>
          told["circle_id"] === fact["id"] &&
          isInvited(eyes, told) &&
          told["state"] === "open" &&
          eyes.facts.nowMs() < hourOf(told["answer_by"]),
      ),
  circle_member: seesMembership,
  circle_vetting: inTheTrail,
  circle_signature: (eyes, fact) =>
    ownOrganisation(eyes, fact) || fact["member_organisation_id"] === eyes.viewer.organisation || hasOpenedTo(eyes, fact["circle_id"]),
  invitation: (eyes, fact) => ownOrganisation(eyes, fact) || isInvited(eyes, fact),
  audit_event: (eyes, fact) => inTheTrail(eyes, fact) && eyes.viewer.floor === 1,
  confidential_record: (eyes, fact) =>
    (ownOrganisation(eyes, fact) && eyes.viewer.floor === 1) || reachOf(eyes, fact["organisation_id"], fact["id"]) !== undefined,
  exclusion_exception: (eyes, fact) =>
    fact["excepted_organisation_id"] === eyes.viewer.organisation || seesCase(eyes, fact["organisation_id"], fact["record_id"]),
  opening: (eyes, fact) => eyes.openings.includes(fact),
  draft_advisory: (eyes, fact) => reachOf(eyes, fact["organisation_id"], fact["id"]) !== undefined,
  // What was replaced or taken away is for those who see the case.
  draft_part: (eyes, fact) => leveled(eyes, fact) && (fact["replaced_at"] === null || whoSeesTheCase(eyes, fact)),
  draft_attachment: (eyes, fact) => leveled(eyes, fact) && (fact["removed_at"] === null || whoSeesTheCase(eyes, fact)),
  draft_event: leveled,
  staged_interval: leveled,
  staged_package: leveled,
  staged_date: leveled,
  draft_import: whoSeesTheCase,
  draft_correction: (eyes, fact) => reachOf(eyes, fact["organisation_id"], fact["draft_id"]) !== undefined,
  release_plan: whoSeesTheCase,
  release_stage: whoSeesTheCase,
  release_consenter: whoSeesTheCase,
  release_consent: whoSeesTheCase,
  release_hold: whoSeesTheCase,
  release_event: whoSeesTheCase,
  read_event: (eyes, fact) => (ownOrganisation(eyes, fact) && eyes.viewer.floor === 1) || fact["reader_person_id"] === eyes.viewer.person,
  notification: seesNotification,
  notification_seen: ownSelf,
  mail_choice: ownSelf,
  webhook: ownAsAdministrator,
  delivery: (eyes, fact) =>
    isAddressee(eyes, fact) && eyes.facts.of("notification").some((told) => isNotificationOf(fact, told) && seesNotification(eyes, told)),
  passkey: ownPerson,
  recovery_code: ownPerson,
  session: ownPerson,
  sign_on_identity: ownPerson,
  access_token: (eyes, fact) => ownSelf(eyes, fact) || ownAsAdministrator(eyes, fact),
  one_time_link: (eyes, fact) =>
    (ownAsAdministrator(eyes, fact) && ["invitation", "recovery"].includes(String(fact["purpose"]))) ||
    (eyes.role === "administrator" && fact["purpose"] === "invitation" && fact["issued_by"] === eyes.viewer.person),
  sign_on: (eyes, fact) => ownOrganisation(eyes, fact) || (eyes.kind === "coordinator" && eyes.role === "administrator"),
  ...SEES_OF_MODELS,
  programme_record: everybody,
  ledger: everybody,
  ledger_tile: everybody,
  ledger_bundle: everybody,
  ledger_checkpoint: everybody,
  ledger_cosignature: everybody,
  ledger_revision: everybody,
  advisory_signature: everybody,
  ledger_statement: (eyes, fact) => {
    const level = Number(fact["level"]);
    if (level < eyes.viewer.floor) return false;
    const reach = reachOf(eyes, fact["record_organisation_id"], fact["record_id"]);
    return ownOrganisation(eyes, fact) || (reach !== undefined && reach <= level);
  },
};

/** What needs no standing: whoever may no longer act sees it as every stranger does. */
export function isForEverybody(table: string): boolean {
  return SEES[table] === everybody;
}

/** Fields that nobody who is signed in is ever told, of tables whose rows it may see. */
export const NEVER_TOLD: Readonly<Record<string, readonly string[]>> = {
  person: ["created_at"],
  webhook: ["sealed"],
  delivery: ["leased_until"],
  passkey: ["credential_id", "public_key", "counter"],
  recovery_code: ["digest"],
  session: ["digest"],
  sign_on_identity: ["subject"],
  access_token: ["digest"],
  one_time_link: ["digest"],
  sign_on: ["sealed_secret"],
  ...NEVER_TOLD_OF_MODELS,
};

function seesMembership(eyes: Eyes, fact: Fact): boolean {
  const { facts, viewer } = eyes;
  if (fact["organisation_id"] === viewer.organisation || fact["member_organisation_id"] === viewer.organisation) return true;
  const circle = circleOf(facts, fact);
  if (circle?.["members_listed"] === true && eyes.circles.has(String(circle["id"])) && isInForce(facts, fact)) return true;
  return hasOpenedTo(eyes, fact["circle_id"]);
}

function hasOpenedTo(eyes: Eyes, circle: unknown): boolean {
  return eyes.openings.some((opening) => opening["organisation_id"] === eyes.viewer.organisation && opening["circle_id"] === circle);
}

function hasMet(eyes: Eyes, organisation: string): boolean {
  const { facts } = eyes;
  return (
    facts
      .of("circle_member")
      .some((fact) => [fact["organisation_id"], fact["member_organisation_id"]].includes(organisation) && seesMembership(eyes, fact)) ||
    eyes.openings.some((opening) => opening["organisation_id"] === organisation) ||
    hasOpenedTo(eyes, organisation) ||
    facts
      .of("invitation")
      .some((fact) => isInvited(eyes, fact) && [fact["organisation_id"], fact["sponsor_organisation_id"]].includes(organisation)) ||
    facts.of("release_consenter").some((fact) => fact["consenter_organisation_id"] === organisation && whoSeesTheCase(eyes, fact))
  );
}

function seesNotification(eyes: Eyes, fact: Fact): boolean {
  if (!ownOrganisation(eyes, fact) || Number(fact["level"]) < eyes.viewer.floor) return false;
  if (fact["record_id"] === null) return true;
  const reach = reachOf(eyes, fact["record_organisation_id"], fact["record_id"]);
  return reach !== undefined && reach <= Number(fact["level"]);
}

export function isAddressee(eyes: Eyes, fact: Fact): boolean {
  return ownOrganisation(eyes, fact) && (ownPerson(eyes, fact) || (fact["webhook_id"] !== null && eyes.role === "administrator"));
}

function isNotificationOf(delivery: Fact, notification: Fact): boolean {
  return has(notification, { organisation_id: delivery["organisation_id"] ?? null, id: delivery["notification_id"] ?? null });
}
