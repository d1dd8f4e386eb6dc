import { z } from "zod";
import { INVITATION_STATES, MEMBERSHIP_STANDINGS } from "../../vocabulary/circle.ts";
import { ORGANISATION_KINDS } from "../../vocabulary/organisation.ts";
import { asking, nameText, reading, sending as small } from "../call-shapes.ts";
import { endpoint } from "../endpoint.ts";
import { cursor, nothing, pageLimit } from "../schemas.ts";

/** An agreement can be long. */
const sending = { ...small, bodyLimitBytes: 256 * 1024 } as const;

const LONGEST_AGREEMENT = 100_000;

const circleParam = z.object({ circle: z.uuid() });
const memberParam = z.object({ circle: z.uuid(), organisation: z.uuid() });
const invitationParam = z.object({ invitation: z.uuid() });
const instantMs = z.number().int().min(0).max(8_000_000_000_000);
const sha256 = z.string().regex(/^[\da-f]{64}$/, "expected a SHA-256 as 64 hexadecimal digits in lower case");

/** Without a name where one does not know it. */
const named = z.object({ id: z.string(), name: z.string().optional() });

const conditions = z.object({
  needsSecondFactor: z.boolean().describe("Only sessions with a second factor see what is opened to it"),
  needsSponsor: z.boolean().describe("Whoever is invited is named a sponsor: the owner, or a member"),
  membersListed: z.boolean().describe("Its members see one another; the owner always sees them"),
  longestDays: z.number().int().optional().describe("Longest membership; absent = no limit"),
});

const agreement = z.object({ text: z.string(), sha256: z.string().describe("Of the text in UTF-8") });

const ownMembership = z.object({
  standing: z.enum(MEMBERSHIP_STANDINGS),
  sinceMs: z.number(),
  expiresAtMs: z.number().optional(),
  endedAtMs: z.number().optional(),
  endedBecause: z.string().optional(),
  signedAtMs: z.number().optional().describe("When the agreement in force was signed"),
});

const circleRow = z.object({
  id: z.string(),
  name: z.string(),
  purpose: z.string(),
  owner: named,
  owned: z.boolean(),
  membership: ownMembership.optional().describe("One's own organisation's; the newest where there were several"),
  invitation: z.string().optional().describe("An open one for one's own organisation"),
  createdAtMs: z.number(),
  closedAtMs: z.number().optional(),
});
export type CircleRowAnswer = z.output<typeof circleRow>;

const circleSchema = circleRow.extend({ conditions, agreement: agreement.optional() });
export type CircleAnswer = z.output<typeof circleSchema>;

const memberSchema = z.object({
  membership: z.string(),
  organisation: named.extend({ kind: z.enum(ORGANISATION_KINDS).optional(), hasIntelligenceFunction: z.boolean().optional() }),
  standing: z.enum(MEMBERSHIP_STANDINGS),
  sinceMs: z.number(),
  expiresAtMs: z.number().optional(),
  endedAtMs: z.number().optional(),
  endedBecause: z.string().optional(),
  sponsor: named.optional(),
  sponsorHasLeft: z.boolean().optional().describe("Its sponsor is not in the circle any more; known to the owner"),
  signedAtMs: z.number().optional().describe("When it signed the agreement in force; known to the owner"),
  vettingNote: z.string().optional().describe("The newest; known to the owner's administrators and auditors"),
});
export type CircleMemberAnswer = z.output<typeof memberSchema>;

const sentInvitation = z.object({
  id: z.string(),
  organisation: named,
  state: z.enum(INVITATION_STATES),
  invitedAtMs: z.number(),
  answerByMs: z.number(),
  memberUntilMs: z.number().optional(),
  sponsor: named.optional(),
  answeredAtMs: z.number().optional(),
});
export type SentInvitationAnswer = z.output<typeof sentInvitation>;

const receivedInvitation = z.object({
  id: z.string(),
  circle: z.object({ id: z.string(), name: z.string(), purpose: z.string(), owner: named }),
  conditions,
  agreement: agreement.optional(),
  invitedAtMs: z.number(),
  answerByMs: z.number(),
  memberUntilMs: z.number().optional(),
  sponsor: named.optional(),
});
export type ReceivedInvitationAnswer = z.output<typeof receivedInvitation>;

const stated = {
  name: nameText,
  purpose: z.string().trim().min(1).max(2000),
  agreement: z
    .string()
    .min(1)
    .max(LONGEST_AGREEMENT)
    .optional()
    .describe("What its members sign, word for word; absent = nothing. Another text keeps out whoever has not signed it"),
  needsSecondFactor: z.boolean().default(true),
  needsSponsor: z.boolean().default(false),
  membersListed: z.boolean().default(true),
  longestDays: z.number().int().min(1).max(3650).optional(),
};
export const statedCircleSchema = z.object(stated);
export type StatedCircle = z.output<typeof statedCircleSchema>;

export const listCircles = endpoint({
  ...reading,
  id: "listCircles",
  path: "/api/circles",
  title: "Circles",
  description: "Those one's organisation owns, is or was in, or is invited to. By name. Pages by key.",
  access: "signed-in",
  params: nothing,
  query: z.object({ after: cursor, limit: pageLimit }),
  answer: z.object({ rows: z.array(circleRow), next: z.string().optional() }),
});

export const createCircle = endpoint({
  ...sending,
  id: "createCircle",
  path: "/api/circles",
  title: "Make a circle",
  description: "One's organisation owns it and decides who is invited. The owner is in it only by an invitation of its own.",
  access: "circle.manage",
  params: nothing,
  body: statedCircleSchema,
  answer: circleSchema,
});

export const readCircle = endpoint({
  ...reading,
  id: "readCircle",
  path: "/api/circles/{circle}",
  title: "One circle",
  description: "What it is for, its conditions, the text its members sign, and how one's own organisation stands in it.",
  access: "signed-in",
  params: circleParam,
  query: nothing,
  answer: circleSchema,
});

export const changeCircle = endpoint({
  ...sending,
  id: "changeCircle",
  path: "/api/circles/{circle}",
  title: "Change a circle",
  description:
    "By its owner; all of it is stated anew. Another agreement keeps its members out from this moment until they sign; a shorter longest membership holds for new ones.",
  access: "circle.manage",
  params: circleParam,
  body: statedCircleSchema,
  answer: circleSchema,
});

export const closeCircle = endpoint({
  ...asking,
  id: "closeCircle",
  path: "/api/circles/{circle}/close",
  title: "Close a circle",
  description: "Nobody sees anything by it from now on. It is not opened again.",
  access: "circle.manage",
  params: circleParam,
  answer: circleSchema,
});

export const listCircleMembers = endpoint({
  ...reading,
  id: "listCircleMembers",
  path: "/api/circles/{circle}/members",
  title: "Members of a circle",
  description:
    "For its owner all, also memberships that have ended; for a member its own, and the others in force where the circle lists them. Newest first. Pages by key.",
  access: "signed-in",
  params: circleParam,
  query: z.object({ after: cursor, limit: pageLimit }),
  answer: z.object({ rows: z.array(memberSchema), next: z.string().optional() }),
});

export const inviteToCircle = endpoint({
  ...sending,
  id: "inviteToCircle",
  path: "/api/circles/{circle}/invitations",
  title: "Invite an organisation to a circle",
  description:
    "One of its administrators accepts on these conditions, whole, or declines. An organisation that is in the circle already gets new conditions with it. Whether there is such an organisation is not told.",
  access: "circle.manage",
  params: circleParam,
  body: z.object({
    organisation: z.uuid(),
    memberUntilMs: instantMs.optional().describe("When the membership ends by itself; absent = as late as the circle allows"),
    answerDays: z.number().int().min(1).max(90).default(14),
    sponsor: z.uuid().optional(),
    vettingNote: z.string().trim().min(1).max(4000).optional().describe("What was found out about it; stays with the owner"),
  }),
  answer: sentInvitation,
});

export const listCircleInvitations = endpoint({
  ...reading,
  id: "listCircleInvitations",
  path: "/api/circles/{circle}/invitations",
  title: "Invitations to a circle",
  description: "Those its owner sent, newest first. Pages by key.",
  access: "circle.manage",
  params: circleParam,
  query: z.object({ after: cursor, limit: pageLimit }),
  answer: z.object({ rows: z.array(sentInvitation), next: z.string().optional() }),
});

export const withdrawCircleInvitation = endpoint({
  ...asking,
  id: "withdrawCircleInvitation",
  path: "/api/circle-invitations/{invitation}/withdraw",
  title: "Withdraw an invitation",
  description: "By the circle's owner, while it is not answered.",
  access: "circle.manage",
  params: invitationParam,
  answer: sentInvitation,
});

export const listReceivedInvitations = endpoint({
  ...reading,
  id: "listReceivedInvitations",
  path: "/api/circle-invitations",
  title: "Invitations to answer",
  description:
    "Circles that one's organisation is invited to, each with its conditions and the text to sign. The first to lapse first; at most 200.",
  access: "circle.join",
  params: nothing,
  query: nothing,
  answer: z.object({ rows: z.array(receivedInvitation) }),
});

export const acceptInvitation = endpoint({
  ...sending,
  id: "acceptInvitation",
  path: "/api/circle-invitations/{invitation}/accept",
  title: "Accept an invitation",
  description:
    "For one's organisation, on the conditions offered. Where the circle has an agreement, its digest signs it: what was read is what is signed.",
  access: "circle.join",
  params: invitationParam,
  body: z.object({ agreementSha256: sha256.optional() }),
  answer: circleSchema,
});

export const declineInvitation = endpoint({
  ...asking,
  id: "declineInvitation",
  path: "/api/circle-invitations/{invitation}/decline",
  title: "Decline an invitation",
  description: "The owner is told that it was declined.",
  access: "circle.join",
  params: invitationParam,
  answer: z.object({ done: z.literal(true) }),
});

export const signAgreement = endpoint({
  ...sending,
  id: "signAgreement",
  path: "/api/circles/{circle}/sign",
  title: "Sign a circle's agreement",
  description: "For one's organisation, by the digest of the text in force.",
  access: "circle.join",
  params: circleParam,
  body: z.object({ agreementSha256: sha256 }),
  answer: circleSchema,
});

export const leaveCircle = endpoint({
  ...asking,
  id: "leaveCircle",
  path: "/api/circles/{circle}/leave",
  title: "Leave a circle",
  description: "One's organisation sees nothing more by it from this moment. Only a new invitation leads back.",
  access: "circle.join",
  params: circleParam,
  answer: circleSchema,
});

export const revokeCircleMember = endpoint({
  ...sending,
  id: "revokeCircleMember",
  path: "/api/circles/{circle}/members/{organisation}/revoke",
  title: "End a membership in a circle",
  description: "By the circle's owner, at once. The reason is told to the organisation.",
  access: "circle.manage",
  params: memberParam,
  body: z.object({ reason: z.string().trim().min(1).max(1000) }),
  answer: memberSchema,
});

export const noteVetting = endpoint({
  ...sending,
  id: "noteVetting",
  path: "/api/circles/{circle}/vetting",
  title: "Write down what vetting found",
  description: "By the circle's owner, for its own administrators and auditors. Notes are added, never changed.",
  access: "circle.manage",
  params: circleParam,
  body: z.object({ organisation: z.uuid(), note: z.string().trim().min(1).max(4000) }),
  answer: z.object({ done: z.literal(true) }),
});

export const circleEndpoints = [
  listCircles,
  createCircle,
  readCircle,
  changeCircle,
  closeCircle,
  listCircleMembers,
  inviteToCircle,
  listCircleInvitations,
  withdrawCircleInvitation,
  listReceivedInvitations,
  acceptInvitation,
  declineInvitation,
  signAgreement,
  leaveCircle,
  revokeCircleMember,
  noteVetting,
] as const;
