import type {
  CircleAnswer,
  CircleMemberAnswer,
  CircleRowAnswer,
  ReceivedInvitationAnswer,
  SentInvitationAnswer,
} from "../../contract/endpoints/circles.ts";
import { type MembershipFacts, membershipStanding } from "../../vocabulary/circle.ts";
import type { CircleRow } from "./circle-store.ts";
import type { InvitationRow } from "./invitation-store.ts";
import type { MembershipRow } from "./membership-store.ts";

/** Who asks, and when: what an answer says depends on both. */
export type Asked = { readonly organisation: string; readonly nowMs: number };

export function circleRowAnswer(row: CircleRow, asked: Asked): CircleRowAnswer {
  return {
    id: row.id,
    name: row.name,
    purpose: row.purpose,
    owner: named(row.organisation_id, row.owner_name),
    owned: row.organisation_id === asked.organisation,
    ...optional("membership", ownMembership(row, asked.nowMs)),
    ...optional("invitation", row.invitation_id),
    createdAtMs: row.created_at.getTime(),
    ...optional("closedAtMs", row.closed_at?.getTime()),
  };
}

export function circleAnswer(row: CircleRow, asked: Asked): CircleAnswer {
  return { ...circleRowAnswer(row, asked), conditions: conditionsOf(row), ...optional("agreement", agreementOf(row)) };
}

export function memberAnswer(row: MembershipRow, circle: CircleRow, { organisation, nowMs }: Asked): CircleMemberAnswer {
  // Whether another member has signed is the owner's to know.
  const needsSignature =
    circle.agreement_sha256 !== null && (circle.organisation_id === organisation || row.member_organisation_id === organisation);
  return {
    membership: row.id,
    organisation: {
      ...named(row.member_organisation_id, row.member_name),
      ...optional("kind", row.member_kind),
      ...optional("hasIntelligenceFunction", row.has_intelligence_function),
    },
    standing: membershipStanding({ ...factsOf(row, circle), needsSignature }, nowMs),
    sinceMs: row.admitted_at.getTime(),
    ...optional("expiresAtMs", row.expires_at?.getTime()),
    ...optional("endedAtMs", row.revoked_at?.getTime()),
    ...optional("endedBecause", row.revoked_reason),
    ...optional("sponsor", row.sponsor_organisation_id === null ? undefined : named(row.sponsor_organisation_id, row.sponsor_name)),
    ...(row.sponsor_organisation_id !== null && !row.sponsor_is_in && circle.organisation_id === organisation
      ? { sponsorHasLeft: true }
      : {}),
    ...optional("signedAtMs", row.signed_at?.getTime()),
    ...optional("vettingNote", row.vetting_note),
  };
}

export function sentInvitationAnswer(row: InvitationRow, nowMs: number): SentInvitationAnswer {
  return {
    id: row.id,
    organisation: named(row.invited_organisation_id, row.invited_name),
    state: row.state === "open" && row.answer_by.getTime() <= nowMs ? "lapsed" : row.state,
    ...termsOf(row),
    ...optional("answeredAtMs", row.answered_at?.getTime()),
  };
}

export function receivedInvitationAnswer(row: InvitationRow, circle: CircleRow): ReceivedInvitationAnswer {
  return {
    id: row.id,
    circle: { id: circle.id, name: circle.name, purpose: circle.purpose, owner: named(circle.organisation_id, circle.owner_name) },
    conditions: conditionsOf(circle),
    ...optional("agreement", agreementOf(circle)),
    ...termsOf(row),
  };
}

function factsOf(
  row: Pick<MembershipRow, "revoked_at" | "expires_at" | "signed_at">,
  circle: Pick<CircleRow, "closed_at" | "agreement_sha256">,
): MembershipFacts {
  return {
    endedAtMs: row.revoked_at?.getTime(),
    expiresAtMs: row.expires_at?.getTime(),
    closedAtMs: circle.closed_at?.getTime(),
    needsSignature: circle.agreement_sha256 !== null,
    signedAtMs: row.signed_at?.getTime(),
  };
}

function ownMembership(row: CircleRow, nowMs: number): CircleRowAnswer["membership"] {
  if (row.admitted_at === null) return undefined;
  return {
    standing: membershipStanding(factsOf(row, row), nowMs),
    sinceMs: row.admitted_at.getTime(),
    ...optional("expiresAtMs", row.expires_at?.getTime()),
    ...optional("endedAtMs", row.revoked_at?.getTime()),
    ...optional("endedBecause", row.revoked_reason),
    ...optional("signedAtMs", row.signed_at?.getTime()),
  };
}

function conditionsOf(row: CircleRow): CircleAnswer["conditions"] {
  return {
    needsSecondFactor: row.needs_second_factor,
    needsSponsor: row.needs_sponsor,
    membersListed: row.members_listed,
    ...optional("longestDays", row.longest_days),
  };
}

function agreementOf(row: CircleRow): CircleAnswer["agreement"] {
  if (row.agreement_text === null || row.agreement_sha256 === null) return undefined;
  return { text: row.agreement_text, sha256: Buffer.from(row.agreement_sha256).toString("hex") };
}

function termsOf(row: InvitationRow): Pick<SentInvitationAnswer, "invitedAtMs" | "answerByMs" | "memberUntilMs" | "sponsor"> {
  return {
    invitedAtMs: row.invited_at.getTime(),
    answerByMs: row.answer_by.getTime(),
    ...optional("memberUntilMs", row.member_until?.getTime()),
    ...optional("sponsor", row.sponsor_organisation_id === null ? undefined : named(row.sponsor_organisation_id, row.sponsor_name)),
  };
}

function named(id: string, name: string | null): { readonly id: string; readonly name?: string } {
  return { id, ...optional("name", name) };
}

/** A field that is left out when there is nothing to say. */
function optional<K extends string, V>(key: K, value: V | null | undefined): { readonly [P in K]?: V } {
  return (value === undefined || value === null ? {} : { [key]: value }) as { readonly [P in K]?: V };
}
