import { z } from "zod";
import { MEMBER_ROLES, ORGANISATION_KINDS } from "../../vocabulary/organisation.ts";
import { asking, nameText, reading, sending } from "../call-shapes.ts";
import { endpoint } from "../endpoint.ts";
import { cursor, nothing, pageLimit } from "../schemas.ts";

const emailText = z.email().max(320);
const sectorText = z.string().trim().min(1).max(100);
const countryCode = z.string().regex(/^[A-Z]{2}$/, "expected two capital letters, as ISO 3166-1 has them: `DE`");
const kind = z.enum(ORGANISATION_KINDS);
const role = z.enum(MEMBER_ROLES);
/** Service accounts manage nobody. */
const serviceRole = z.enum(["editor", "reader", "auditor"]);
const organisationParam = z.object({ organisation: z.uuid() });
const memberParam = z.object({ member: z.uuid() });

const organisationSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind,
  sector: z.string().optional(),
  country: z.string().optional(),
  hasIntelligenceFunction: z.boolean().describe("Kept from draft advisories below `public` unless their owner makes an exception"),
  createdAtMs: z.number(),
});
export type OrganisationAnswer = z.output<typeof organisationSchema>;

const memberSchema = z.object({
  person: z.string(),
  kind: z.enum(["human", "service"]),
  name: z.string(),
  email: z.string().optional(),
  role,
  sinceMs: z.number(),
  revokedAtMs: z.number().optional(),
  revokedBy: z.string().optional().describe("A member of the same organisation"),
});
export type MemberAnswer = z.output<typeof memberSchema>;

export const readOwnOrganisation = endpoint({
  ...reading,
  id: "readOwnOrganisation",
  path: "/api/organisation",
  title: "One's own organisation",
  description: "What the coordinator of this installation states of it, and who administers it.",
  access: "signed-in",
  params: nothing,
  query: nothing,
  answer: organisationSchema,
});

export const listOrganisations = endpoint({
  ...reading,
  id: "listOrganisations",
  path: "/api/organisations",
  title: "Organisations",
  description:
    "Those one knows: one's own, those one shares a circle or a draft advisory with; a coordinator knows all. By name. Pages by key; there are no totals.",
  access: "signed-in",
  params: nothing,
  query: z.object({ text: z.string().max(200).optional().describe("In the name"), kind: kind.optional(), after: cursor, limit: pageLimit }),
  answer: z.object({ rows: z.array(organisationSchema), next: z.string().optional() }),
});

const stated = {
  name: nameText,
  sector: sectorText.optional().describe("What it operates, for operators"),
  country: countryCode.optional(),
  hasIntelligenceFunction: z.boolean().default(false).describe("An intelligence or law-enforcement function"),
};

export const createOrganisation = endpoint({
  ...sending,
  id: "createOrganisation",
  path: "/api/organisations",
  title: "Add an organisation",
  description: "By a coordinator's administrator. Its first administrator comes by a one-time link, which is asked for apart.",
  access: "installation.manage",
  params: nothing,
  body: z.object({ ...stated, kind }),
  answer: organisationSchema,
});

export const changeOrganisation = endpoint({
  ...sending,
  id: "changeOrganisation",
  path: "/api/organisations/{organisation}",
  title: "Change what is stated of an organisation",
  description: "By a coordinator's administrator; all of it is stated anew. What it is (its kind) stays.",
  access: "installation.manage",
  params: organisationParam,
  body: z.object(stated),
  answer: organisationSchema,
});

export const listMembers = endpoint({
  ...reading,
  id: "listMembers",
  path: "/api/members",
  title: "Members of one's own organisation",
  description: "People and service accounts, also those whose membership has ended. By name. Pages by key.",
  access: "signed-in",
  params: nothing,
  query: z.object({ after: cursor, limit: pageLimit }),
  answer: z.object({ rows: z.array(memberSchema), next: z.string().optional() }),
});

export const changeMember = endpoint({
  ...sending,
  id: "changeMember",
  path: "/api/members/{member}",
  title: "Change a member's name, address or role",
  description:
    "What is absent stays. The last administrator keeps its role; a service account is never one. A new role holds from the next request on.",
  access: "member.manage",
  params: memberParam,
  body: z.object({ name: nameText.optional(), email: emailText.nullable().optional(), role: role.optional() }),
  answer: memberSchema,
});

export const revokeMember = endpoint({
  ...asking,
  id: "revokeMember",
  path: "/api/members/{member}/revoke",
  title: "End a membership",
  description: "Sessions and tokens of that member open nothing here from now on. The last administrator cannot be revoked.",
  access: "member.manage",
  params: memberParam,
  answer: memberSchema,
});

export const createServiceAccount = endpoint({
  ...sending,
  id: "createServiceAccount",
  path: "/api/service-accounts",
  title: "Make a service account",
  description: "A member that is a machine. It has no way to sign in: administrators issue tokens for it.",
  access: "member.manage",
  params: nothing,
  body: z.object({ name: nameText, role: serviceRole }),
  answer: memberSchema,
});

export const organisationEndpoints = [
  readOwnOrganisation,
  listOrganisations,
  createOrganisation,
  changeOrganisation,
  listMembers,
  changeMember,
  revokeMember,
  createServiceAccount,
] as const;
