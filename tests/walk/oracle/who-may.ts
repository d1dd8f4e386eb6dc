import { has, hourOf, type Fact } from "./facts.ts";
import { MAY_ADD_TO_MODELS, MAY_CHANGE_OF_MODELS, MAY_REMOVE_OF_MODELS } from "./who-may-with-models.ts";
import { isAddressee, reachOf, SEES, seesCase, type Eyes } from "./who-sees.ts";

type MayAdd = (eyes: Eyes, fact: Fact) => boolean;
type MayChange = (eyes: Eyes, fact: Fact, changes: Fact) => boolean;

const isOwn = ({ viewer }: Eyes, fact: Fact): boolean => fact["organisation_id"] === viewer.organisation;
const isWriter = ({ role, viewer }: Eyes): boolean => (role === "administrator" || role === "editor") && viewer.floor === 1;
const isAdministrator = ({ role }: Eyes): boolean => role === "administrator";
const writesCase: MayAdd = (eyes, fact) => isWriter(eyes) && seesCase(eyes, fact["organisation_id"], fact["draft_id"]);
// The owner changes everything of its draft, whoever else sees the case what its own organisation wrote.
const writesCaseOrOwnWords: MayAdd = (eyes, fact) =>
  writesCase(eyes, fact) && (isOwn(eyes, fact) || fact["author_organisation_id"] === eyes.viewer.organisation);
const writesOwn: MayAdd = (eyes, fact) => isWriter(eyes) && isOwn(eyes, fact);
const byAdministratorOfOwner: MayAdd = (eyes, fact) => isOwn(eyes, fact) && isAdministrator(eyes);
const leadsTheClearinghouse: MayAdd = (eyes) => eyes.kind === "coordinator" && isAdministrator(eyes);
const inOwnName = ({ viewer }: Eyes, fact: Fact, prefix: string): boolean =>
  fact[`${prefix}_organisation_id`] === viewer.organisation && fact[`${prefix}_person_id`] === viewer.person;
const isConsenter = (eyes: Eyes, fact: Fact): boolean =>
  seesCase(eyes, fact["organisation_id"], fact["draft_id"]) &&
  eyes.facts.of("release_consenter").some((told) =>
    has(told, {
      organisation_id: fact["organisation_id"] ?? null,
      draft_id: fact["draft_id"] ?? null,
      consenter_organisation_id: eyes.viewer.organisation,
    }),
  );

/** Who may add a fact. A table that is not here takes nothing from anybody who is signed in. */
export const MAY_ADD: Readonly<Record<string, MayAdd>> = {
  ...MAY_ADD_TO_MODELS,
  programme_record: (eyes) => leadsTheClearinghouse(eyes, {}) && eyes.viewer.floor === 1,
  organisation: leadsTheClearinghouse,
  circle: byAdministratorOfOwner,
  // Nobody is put into a circle: an administrator of the member accepts, at this very hour, what was offered.
  circle_member: (eyes, fact) =>
    isAdministrator(eyes) &&
    fact["member_organisation_id"] === eyes.viewer.organisation &&
    hourOf(fact["admitted_at"]) === eyes.facts.nowMs() &&
    eyes.facts.of("invitation").some((told) =>
      has(told, {
        organisation_id: fact["organisation_id"] ?? null,
        circle_id: fact["circle_id"] ?? null,
        id: fact["invitation_id"] ?? null,
        invited_organisation_id: eyes.viewer.organisation,
        state: "accepted",
        answered_by: eyes.viewer.person,
        answered_at: fact["admitted_at"] ?? null,
        invited_by: fact["admitted_by"] ?? null,
        member_until: fact["expires_at"] ?? null,
        sponsor_organisation_id: fact["sponsor_organisation_id"] ?? null,
      }),
    ),
  circle_vetting: (eyes, fact) => byAdministratorOfOwner(eyes, fact) && fact["written_by"] === eyes.viewer.person,
  invitation: mayInvite,
  audit_event: (eyes, fact) =>
    isOwn(eyes, fact) && fact["person_id"] === eyes.viewer.person && Math.abs(hourOf(fact["at"]) - eyes.facts.nowMs()) <= 5 * 60_000,
  ledger_statement: isOwn,
  circle_signature: (eyes, fact) =>
    isAdministrator(eyes) &&
    fact["member_organisation_id"] === eyes.viewer.organisation &&
    fact["signed_by"] === eyes.viewer.person &&
    eyes.facts.of("circle_member").some((told) =>
      has(told, {
        organisation_id: fact["organisation_id"] ?? null,
        circle_id: fact["circle_id"] ?? null,
        member_organisation_id: eyes.viewer.organisation,
        revoked_at: null,
      }),
    ),
  confidential_record: writesOwn,
  opening: (eyes, fact) =>
    writesOwn(eyes, fact) && fact["circle_id"] === eyes.viewer.organisation && fact["level"] === 1 && fact["opened_by"] === "owner",
  draft_advisory: (eyes, fact) =>
    writesOwn(eyes, fact) &&
    fact["created_by"] === eyes.viewer.person &&
    fact["state"] === "open" &&
    seesCase(eyes, fact["organisation_id"], fact["id"]),
  draft_part: (eyes, fact) => writesCase(eyes, fact) && inOwnName(eyes, fact, "author"),
  draft_attachment: (eyes, fact) => writesCase(eyes, fact) && inOwnName(eyes, fact, "author"),
  draft_event: (eyes, fact) => writesCase(eyes, fact) && inOwnName(eyes, fact, "actor") && fact["once_key"] === null,
  draft_research: (eyes, fact) =>
    writesCase(eyes, fact) &&
    eyes.facts
      .of("draft_part")
      .some((told) => has(told, { id: fact["id"] ?? null, draft_id: fact["draft_id"] ?? null, author_person_id: eyes.viewer.person })),
  draft_import: (eyes, fact) => writesCase(eyes, fact) && (fact["founded"] === false || isOwn(eyes, fact)),
  draft_correction: (eyes, fact) =>
    writesOwn(eyes, fact) &&
    fact["stated_by"] === eyes.viewer.person &&
    eyes.facts
      .of("draft_advisory")
      .some((told) => has(told, { organisation_id: fact["organisation_id"] ?? null, id: fact["draft_id"] ?? null, state: "published" })),
  staged_interval: writesCase,
  staged_package: writesCase,
  staged_date: writesCase,
  release_plan: writesOwn,
  release_stage: writesOwn,
  release_consenter: writesOwn,
  release_consent: (eyes, fact) =>
    isWriter(eyes) &&
    fact["consenter_organisation_id"] === eyes.viewer.organisation &&
    fact["person_id"] === eyes.viewer.person &&
    isConsenter(eyes, fact),
  release_hold: (eyes, fact) => isWriter(eyes) && inOwnName(eyes, fact, "held_by") && (isOwn(eyes, fact) || isConsenter(eyes, fact)),
  release_event: (eyes, fact) => writesOwn(eyes, fact) && inOwnName(eyes, fact, "actor"),
  exclusion_exception: (eyes, fact) =>
    byAdministratorOfOwner(eyes, fact) && eyes.viewer.floor === 1 && fact["made_by"] === eyes.viewer.person,
  read_event: (eyes, fact) => inOwnName(eyes, fact, "reader") && isOpenedAt(eyes, fact, fact["draft_id"]),
  announcement: (eyes, fact) =>
    ["administrator", "editor"].includes(eyes.role) &&
    Number(fact["level"]) >= eyes.viewer.floor &&
    (fact["record_id"] === null ? isOwn(eyes, fact) : isOpenedAt(eyes, fact, fact["record_id"])),
  notification: (eyes, fact) => isOwn(eyes, fact) && has(fact, { kind: "test", level: 5 }) && Number(fact["level"]) >= eyes.viewer.floor,
  notification_seen: (eyes, fact) =>
    isOwn(eyes, fact) &&
    fact["person_id"] === eyes.viewer.person &&
    eyes.facts.of("notification").some((told) => told["id"] === fact["notification_id"] && (SEES["notification"]?.(eyes, told) ?? false)),
  mail_choice: (eyes, fact) => isOwn(eyes, fact) && fact["person_id"] === eyes.viewer.person,
  webhook: (eyes, fact) => byAdministratorOfOwner(eyes, fact) && fact["created_by"] === eyes.viewer.person,
  delivery: (eyes, fact) =>
    isAddressee(eyes, fact) &&
    eyes.facts
      .of("notification")
      .some((told) => has(told, { id: fact["notification_id"] ?? null, kind: "test" }) && (SEES["notification"]?.(eyes, told) ?? false)),
  access_token: (eyes, fact) =>
    isOwn(eyes, fact) &&
    fact["issued_by"] === eyes.viewer.person &&
    Number(fact["floor"]) >= eyes.viewer.floor &&
    (fact["second_factor"] === false || eyes.viewer.secondFactor) &&
    (fact["person_id"] === eyes.viewer.person || isAdministrator(eyes)),
  one_time_link: (eyes, fact) =>
    (eyes.kind === "coordinator" &&
      isAdministrator(eyes) &&
      fact["purpose"] === "invitation" &&
      fact["issued_by"] === eyes.viewer.person) ||
    (byAdministratorOfOwner(eyes, fact) &&
      fact["issued_by"] === eyes.viewer.person &&
      (fact["purpose"] === "invitation" ||
        (fact["purpose"] === "recovery" &&
          fact["person_id"] !== eyes.viewer.person &&
          eyes.facts
            .of("member")
            .some((told) => has(told, { organisation_id: eyes.viewer.organisation, person_id: fact["person_id"] ?? null }))))),
  sign_on: leadsTheClearinghouse,
};

/** Who may change a fact that it sees. */
export const MAY_CHANGE: Readonly<Record<string, MayChange>> = {
  ...MAY_CHANGE_OF_MODELS,
  organisation: leadsTheClearinghouse,
  member: byAdministratorOfOwner,
  circle: byAdministratorOfOwner,
  // A membership is only ever ended.
  circle_member: (eyes, fact, changes) =>
    isAdministrator(eyes) &&
    (isOwn(eyes, fact) || fact["member_organisation_id"] === eyes.viewer.organisation) &&
    fact["revoked_at"] === null &&
    changes["revoked_at"] !== null,
  draft_advisory: (eyes, fact, changes) => writesOwn(eyes, fact) && fact["state"] === "open" && changes["state"] !== "published",
  draft_part: writesCaseOrOwnWords,
  draft_attachment: writesCaseOrOwnWords,
  draft_import: (eyes, fact, changes) => writesOwn(eyes, fact) && changes["founded"] === false,
  staged_date: writesCase,
  release_plan: writesOwn,
  invitation: (eyes, fact, changes) => {
    if (!isAdministrator(eyes) || fact["state"] !== "open" || changes["answered_by"] !== eyes.viewer.person) return false;
    const now = eyes.facts.nowMs();
    return (
      (isOwn(eyes, fact) && changes["state"] === "withdrawn") ||
      (fact["invited_organisation_id"] === eyes.viewer.organisation &&
        now < hourOf(fact["answer_by"]) &&
        ["accepted", "declined"].includes(String(changes["state"])) &&
        hourOf(changes["answered_at"]) === now)
    );
  },
  ledger_statement: (eyes, fact, changes) =>
    byAdministratorOfOwner(eyes, fact) &&
    eyes.viewer.floor === 1 &&
    fact["erased_at"] === null &&
    changes["erased_by"] === eyes.viewer.person,
  release_hold: (eyes, fact, changes) =>
    isWriter(eyes) &&
    fact["held_by_organisation_id"] === eyes.viewer.organisation &&
    fact["lifted_at"] === null &&
    changes["lifted_at"] !== null,
  mail_choice: (eyes, fact) => isOwn(eyes, fact) && fact["person_id"] === eyes.viewer.person,
  webhook: (eyes, fact, changes) => byAdministratorOfOwner(eyes, fact) && fact["removed_at"] === null && changes["removed_at"] !== null,
  delivery: (eyes, fact, changes) => isAddressee(eyes, fact) && fact["state"] === "failed" && changes["state"] === "waiting",
  passkey: ({ viewer }, fact) => fact["person_id"] === viewer.person,
  session: ({ viewer }, fact) => fact["person_id"] === viewer.person,
  sign_on_identity: ({ viewer }, fact) => fact["person_id"] === viewer.person,
  access_token: (eyes, fact) => isOwn(eyes, fact) && (fact["person_id"] === eyes.viewer.person || isAdministrator(eyes)),
  one_time_link: (eyes, fact) =>
    isAdministrator(eyes) &&
    ((isOwn(eyes, fact) && ["invitation", "recovery"].includes(String(fact["purpose"]))) ||
      (fact["purpose"] === "invitation" && fact["issued_by"] === eyes.viewer.person)),
  sign_on: leadsTheClearinghouse,
};

/** Who may take a fact back that it sees. */
export const MAY_REMOVE: Readonly<Record<string, MayAdd>> = {
  ...MAY_REMOVE_OF_MODELS,
  staged_interval: writesCase,
  staged_package: writesCase,
  release_stage: writesOwn,
  release_consenter: writesOwn,
};

function mayInvite(eyes: Eyes, fact: Fact): boolean {
  const circle = eyes.facts
    .of("circle")
    .find((told) => has(told, { organisation_id: eyes.viewer.organisation, id: fact["circle_id"] ?? null }));
  if (!byAdministratorOfOwner(eyes, fact) || circle === undefined || circle["closed_at"] !== null) return false;
  if (fact["invited_by"] !== eyes.viewer.person || hourOf(fact["invited_at"]) !== eyes.facts.nowMs()) return false;
  const longestDays = circle["longest_days"];
  if (longestDays !== null && hourOf(fact["member_until"]) > hourOf(fact["invited_at"]) + Number(longestDays) * 24 * 3_600_000)
    return false;
  const sponsor = fact["sponsor_organisation_id"];
  if (sponsor === null) return circle["needs_sponsor"] !== true;
  return (
    sponsor === eyes.viewer.organisation ||
    eyes.facts
      .of("circle_member")
      .some(
        (told) =>
          has(told, { circle_id: fact["circle_id"] ?? null, member_organisation_id: sponsor ?? null, revoked_at: null }) &&
          eyes.facts.nowMs() < hourOf(told["expires_at"]),
      )
  );
}

function isOpenedAt(eyes: Eyes, fact: Fact, record: unknown): boolean {
  const reach = reachOf(eyes, fact["organisation_id"], record);
  return reach !== undefined && reach <= Number(fact["level"]);
}
