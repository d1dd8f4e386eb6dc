import { z } from "zod";
import { MEMBER_ROLES } from "../../vocabulary/organisation.ts";
import { asking, done, emailText, idText, instant, labelText, nameText, reading, secretText, sending } from "../call-shapes.ts";
import { endpoint } from "../endpoint.ts";
import { newPasskeyQuestionSchema, newPasskeySchema } from "../passkey-schemas.ts";
import { sessionSchema } from "../session-schema.ts";

export const readLink = endpoint({
  ...sending,
  id: "readLink",
  path: "/api/links",
  title: "What a one-time link is for",
  description: "Looking does not use it up.",
  access: "anyone",
  body: z.object({ link: secretText }),
  answer: z.object({
    purpose: z.enum(["first-administrator", "invitation", "recovery"]),
    organisation: z.string().optional(),
    name: z.string().optional(),
    email: z.string().optional(),
    role: z.enum(MEMBER_ROLES).optional(),
    expiresAtMs: z.number(),
    signOn: z.boolean().describe("The organisation's own sign-on can take the place of a passkey"),
  }),
});

/** Who comes by a link: what it does not say already. */
const newcomer = { link: secretText, name: nameText.optional(), email: emailText.optional(), organisation: nameText.optional() };

export const askPasskeyByLink = endpoint({
  ...sending,
  id: "askPasskeyByLink",
  path: "/api/links/passkey/question",
  title: "Ask for a new passkey, by a one-time link",
  description: "A challenge for `navigator.credentials.create`.",
  access: "anyone",
  body: z.object(newcomer),
  answer: newPasskeyQuestionSchema,
});

export const enrolByLink = endpoint({
  ...sending,
  id: "enrolByLink",
  path: "/api/links/passkey",
  title: "Use a one-time link with a new passkey",
  description: "Uses the link up, keeps the passkey, and begins a session.",
  access: "anyone",
  body: z.object({ ...newcomer, passkey: newPasskeySchema, passkeyName: labelText.default("Passkey") }),
  answer: sessionSchema,
});

export const enrolWithRecoveryCodes = endpoint({
  ...sending,
  id: "enrolWithRecoveryCodes",
  path: "/api/links/recovery-codes",
  title: "Use a one-time link where passkeys cannot work",
  description: "Uses the link up, gives ten recovery codes, shown this once, and begins a session that shows nothing above `notice`.",
  access: "anyone",
  body: z.object(newcomer),
  answer: z.object({ session: sessionSchema, codes: z.array(z.string()) }),
});

export const signOnByLink = endpoint({
  ...sending,
  id: "signOnByLink",
  path: "/api/links/sign-on",
  title: "Use a one-time link with the organisation's own sign-on",
  description: "Where to send the browser. The link is used up when it comes back.",
  access: "anyone",
  body: z.object(newcomer),
  answer: z.object({ url: z.string() }),
});

export const joinByLink = endpoint({
  ...sending,
  id: "joinByLink",
  path: "/api/links/join",
  title: "Accept an invitation as who one is",
  description: "Adds the inviting organisation to those one may act for, and switches to it.",
  access: "signed-in",
  body: z.object({ link: secretText }),
  answer: sessionSchema,
});

export const issueRecoveryLink = endpoint({
  ...asking,
  id: "issueRecoveryLink",
  path: "/api/members/{member}/recovery-link",
  title: "Let a member back in",
  description:
    "A link for another member of one's organisation who lost every way in; it works once within 72 hours and ends with a new passkey, which opens this organisation only. Both names stay in the audit trail.",
  access: "member.manage",
  params: z.object({ member: idText }),
  answer: z.object({ link: z.string(), expiresAtMs: instant }),
});

export const inviteMember = endpoint({
  ...sending,
  id: "inviteMember",
  path: "/api/invitations",
  title: "Invite a member",
  description:
    "A link that works once within 72 hours and ends with a passkey or an identity at the organisation's own sign-on. It is in this answer and nowhere else: whoever invites hands it over. `organisation` names another than one's own, for which one needs `installation.manage`.",
  access: "member.manage",
  body: z.object({ name: nameText, email: emailText, role: z.enum(MEMBER_ROLES), organisation: idText.optional() }),
  answer: z.object({ link: z.string(), expiresAtMs: instant }),
});

export const listInvitations = endpoint({
  ...reading,
  id: "listInvitations",
  path: "/api/invitations",
  title: "Open invitations",
  description: "Of one's organisation, and those one made into others. Never the link itself.",
  access: "member.manage",
  answer: z.object({
    invitations: z.array(
      z.object({
        id: z.string(),
        organisation: z.object({ id: z.string(), name: z.string() }),
        name: z.string(),
        email: z.string(),
        role: z.enum(MEMBER_ROLES),
        invitedAtMs: instant,
        expiresAtMs: instant,
      }),
    ),
  }),
});

export const withdrawInvitation = endpoint({
  ...asking,
  id: "withdrawInvitation",
  path: "/api/invitations/{invitation}/withdraw",
  title: "Withdraw an invitation",
  description: "Its link opens nothing from now on.",
  access: "member.manage",
  params: z.object({ invitation: idText }),
  answer: done,
});

export const issueAdministratorLink = endpoint({
  ...sending,
  id: "issueAdministratorLink",
  path: "/api/administrator-link",
  title: "Let an administrator back in",
  description:
    "For whoever owns the data directory: a link for the first administrator while there is none, otherwise for the administrator with this address. It stands in the audit trail.",
  access: "local-door",
  body: z.object({ email: emailText.optional() }),
  answer: z.object({
    link: z.string(),
    expiresAtMs: instant,
    administrator: z.object({ name: z.string(), organisation: z.string() }).optional(),
  }),
});

export const linkEndpoints = [
  readLink,
  askPasskeyByLink,
  enrolByLink,
  enrolWithRecoveryCodes,
  signOnByLink,
  joinByLink,
  issueRecoveryLink,
  inviteMember,
  listInvitations,
  withdrawInvitation,
  issueAdministratorLink,
] as const;
