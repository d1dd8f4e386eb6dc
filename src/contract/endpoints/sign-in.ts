import { z } from "zod";
import { DRAFT_LEVELS } from "../../vocabulary/level.ts";
import { MEMBER_ROLES, ORGANISATION_KINDS, VERBS } from "../../vocabulary/organisation.ts";
import { endpoint } from "../endpoint.ts";
import { noBody, nothing } from "../schemas.ts";

/** How a session began. */
export const SIGN_IN_WAYS = ["passkey", "oidc", "recovery-code", "mailed-link"] as const;
export type SignInWay = (typeof SIGN_IN_WAYS)[number];

const SMALL_BODY = 64 * 1024;
const json = { errors: "problem", answerType: "application/json" } as const;
const reading = { ...json, method: "GET", params: nothing, query: nothing, bodyKind: "none", body: noBody, bodyLimitBytes: 0 } as const;
const asking = { ...json, method: "POST", params: nothing, query: nothing, bodyKind: "none", body: noBody, bodyLimitBytes: 0 } as const;
const sending = { ...json, method: "POST", params: nothing, query: nothing, bodyKind: "json", bodyLimitBytes: SMALL_BODY } as const;

const emailText = z.email("expected an address such as name@organisation.example").max(320);
const nameText = z.string().trim().min(1).max(200);
const labelText = z.string().trim().min(1).max(100);
const idText = z.uuid("expected an id, which is a UUID");
const secretText = z.string().regex(/^[\w-]{43}$/, "expected the part of the link after #");
const done = z.object({ done: z.literal(true) });

function base64url(longest: number): z.ZodString {
  return z
    .string()
    .max(longest)
    .regex(/^[\w-]+$/, "expected base64url");
}

/** PublicKeyCredentialRequestOptionsJSON of WebAuthn Level 3, §5.1.9, as far as it is used here. */
const questionSchema = z.object({
  challenge: z.string(),
  rpId: z.string().optional(),
  timeout: z.number().optional(),
  userVerification: z.enum(["required", "preferred", "discouraged"]).optional(),
});

/** PublicKeyCredentialCreationOptionsJSON of WebAuthn Level 3, §5.1.8, as far as it is used here. */
const newPasskeyQuestionSchema = z.object({
  challenge: z.string(),
  rp: z.object({ id: z.string().optional(), name: z.string() }),
  user: z.object({ id: z.string(), name: z.string(), displayName: z.string() }),
  pubKeyCredParams: z.array(z.object({ type: z.literal("public-key"), alg: z.number() })),
  timeout: z.number().optional(),
  excludeCredentials: z
    .array(z.object({ id: z.string(), type: z.literal("public-key"), transports: z.array(z.string()).optional() }))
    .optional(),
  authenticatorSelection: z
    .object({
      residentKey: z.enum(["discouraged", "preferred", "required"]).optional(),
      requireResidentKey: z.boolean().optional(),
      userVerification: z.enum(["discouraged", "preferred", "required"]).optional(),
    })
    .optional(),
  attestation: z.string().optional(),
});

const credentialHead = {
  id: base64url(1400),
  rawId: base64url(1400),
  type: z.literal("public-key"),
  clientExtensionResults: z.object({}).default({}),
};

/** RegistrationResponseJSON of WebAuthn Level 3, §5.1. */
export const newPasskeySchema = z.object({
  ...credentialHead,
  response: z.object({
    clientDataJSON: base64url(8000),
    attestationObject: base64url(48_000),
    transports: z.array(z.string().max(30)).max(10).default([]),
  }),
});

/** AuthenticationResponseJSON of WebAuthn Level 3, §5.1. */
export const passkeyAnswerSchema = z.object({
  ...credentialHead,
  response: z.object({
    clientDataJSON: base64url(8000),
    authenticatorData: base64url(8000),
    signature: base64url(8000),
    userHandle: base64url(200).optional(),
  }),
});

const membershipSchema = z.object({
  organisation: z.string(),
  name: z.string(),
  kind: z.enum(ORGANISATION_KINDS),
  role: z.enum(MEMBER_ROLES),
});

export const sessionSchema = z.object({
  person: z.string(),
  /** What the organisation calls this member. */
  name: z.string(),
  acting: membershipSchema,
  verbs: z.array(z.enum(VERBS)).describe("What this session allows"),
  shows: z.enum(DRAFT_LEVELS).describe("The most confidential level that this session is shown"),
  secondFactor: z.boolean(),
  way: z.enum(SIGN_IN_WAYS),
  startedAtMs: z.number(),
  expiresAtMs: z.number(),
  others: z.array(membershipSchema).describe("Organisations one may switch to"),
});

export const signInWays = endpoint({
  ...reading,
  id: "signInWays",
  path: "/api/sign-in",
  title: "How one signs in here",
  description: "Which ways work under the address that was asked, and where passkeys cannot work, what is missing.",
  access: "anyone",
  answer: z.object({
    server: z.object({ name: z.string(), address: z.string() }),
    standing: z.enum(["suitable", "elsewhere", "unsuitable"]).describe("`elsewhere`: passkeys work under `server.address`"),
    missing: z.array(z.enum(["PUBLIC_URL", "TLS"])).describe("What passkeys need and this installation does not set"),
    signOn: z.boolean().describe("At least one organisation has its own sign-on here"),
    recoveryCode: z.boolean(),
    mailedLink: z.boolean(),
    needsFirstAdministrator: z.boolean(),
  }),
});

export const askPasskey = endpoint({
  ...asking,
  id: "askPasskey",
  path: "/api/sign-in/passkey/question",
  title: "Ask for a passkey",
  description: "A challenge for `navigator.credentials.get`, good for one answer within five minutes.",
  access: "anyone",
  answer: questionSchema,
});

export const signInByPasskey = endpoint({
  ...sending,
  id: "signInByPasskey",
  path: "/api/sign-in/passkey",
  title: "Sign in by passkey",
  description: "Begins a session (a cookie) of at most 12 hours, over after an hour without use.",
  access: "anyone",
  body: passkeyAnswerSchema,
  answer: sessionSchema,
});

export const beginSignOn = endpoint({
  ...sending,
  id: "beginSignOn",
  path: "/api/sign-in/sign-on",
  title: "Begin at the organisation's own sign-on",
  description:
    "Where to send the browser for an address under a domain that an organisation's sign-on is set up for; without `url` there is none.",
  access: "anyone",
  body: z.object({ email: emailText }),
  answer: z.object({ url: z.string().optional() }),
});

export const finishSignOn = endpoint({
  ...sending,
  id: "finishSignOn",
  path: "/api/sign-in/sign-on/finish",
  title: "Sign in with what the sign-on answered",
  description: "Takes the query that the browser came back with. The browser must be the one that was sent away, within ten minutes, once.",
  access: "anyone",
  body: z.object({ returned: z.string().max(8000) }),
  answer: sessionSchema,
});

export const askMailedLink = endpoint({
  ...sending,
  id: "askMailedLink",
  path: "/api/sign-in/mailed-link",
  title: "Have a link mailed",
  description:
    "Only where passkeys cannot work. The answer is the same whether the address is known or not; the link works once, for ten minutes, and shows nothing above `notice`.",
  access: "anyone",
  body: z.object({ email: emailText }),
  answer: done,
});

export const signInByMailedLink = endpoint({
  ...sending,
  id: "signInByMailedLink",
  path: "/api/sign-in/mailed-link/session",
  title: "Sign in by the mailed link",
  description: "Begins a session without a second factor that shows nothing above `notice` and manages nothing.",
  access: "anyone",
  body: z.object({ link: secretText }),
  answer: sessionSchema,
});

export const signInByRecoveryCode = endpoint({
  ...sending,
  id: "signInByRecoveryCode",
  path: "/api/sign-in/recovery-code",
  title: "Sign in by a recovery code",
  description: "Only where passkeys cannot work. Each code works once; the session has no second factor and shows nothing above `notice`.",
  access: "anyone",
  body: z.object({ code: z.string().max(100) }),
  answer: sessionSchema,
});

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

export const readSession = endpoint({
  ...reading,
  id: "readSession",
  path: "/api/session",
  title: "Who one is here",
  description: "Without a session the answer is empty.",
  access: "anyone",
  answer: z.object({ session: sessionSchema.optional() }),
});

export const switchOrganisation = endpoint({
  ...sending,
  id: "switchOrganisation",
  path: "/api/session/organisation",
  title: "Act for another organisation",
  description: "One person acts for one organisation at a time; this changes what the database shows.",
  access: "signed-in",
  body: z.object({ organisation: idText }),
  answer: sessionSchema,
});

export const endSession = endpoint({
  ...asking,
  id: "endSession",
  path: "/api/session/end",
  title: "Sign out",
  description: "Ends the session at the server and removes its cookie.",
  access: "signed-in",
  answer: done,
});

const instant = z.number();

export const readAccount = endpoint({
  ...reading,
  id: "readAccount",
  path: "/api/account",
  title: "One's own ways in",
  description:
    "Passkeys, identities at a sign-on, how many recovery codes are left, and sessions, each with its last use. No secret is among them.",
  access: "signed-in",
  answer: z.object({
    passkeys: z.array(
      z.object({ id: z.string(), name: z.string(), synced: z.boolean(), createdAtMs: instant, lastUsedAtMs: instant.optional() }),
    ),
    identities: z.array(
      z.object({
        id: z.string(),
        organisation: z.string(),
        email: z.string().optional(),
        createdAtMs: instant,
        lastUsedAtMs: instant.optional(),
      }),
    ),
    recoveryCodesLeft: z.number().int(),
    sessions: z.array(
      z.object({
        id: z.string(),
        own: z.boolean().describe("The one that asks"),
        way: z.enum(SIGN_IN_WAYS),
        agent: z.string().optional(),
        startedAtMs: instant,
        lastUsedAtMs: instant,
        expiresAtMs: instant,
      }),
    ),
  }),
});

export const askNewPasskey = endpoint({
  ...asking,
  id: "askNewPasskey",
  path: "/api/account/passkeys/question",
  title: "Ask for one more passkey",
  description: "A challenge for `navigator.credentials.create`.",
  access: "signed-in",
  answer: newPasskeyQuestionSchema,
});

export const addPasskey = endpoint({
  ...sending,
  id: "addPasskey",
  path: "/api/account/passkeys",
  title: "Keep one more passkey",
  description: "By a session that began with a passkey or a sign-on, never by a token.",
  access: "signed-in",
  body: z.object({ passkey: newPasskeySchema, name: labelText }),
  answer: done,
});

export const revokePasskey = endpoint({
  ...asking,
  id: "revokePasskey",
  path: "/api/account/passkeys/{passkey}/revoke",
  title: "Remove a passkey",
  description: "It opens nothing from now on. The last way in cannot be removed.",
  access: "signed-in",
  params: z.object({ passkey: idText }),
  answer: done,
});

export const makeRecoveryCodes = endpoint({
  ...asking,
  id: "makeRecoveryCodes",
  path: "/api/account/recovery-codes",
  title: "Make recovery codes",
  description: "Ten codes, shown this once; earlier ones stop working.",
  access: "signed-in",
  answer: z.object({ codes: z.array(z.string()) }),
});

export const revokeSession = endpoint({
  ...asking,
  id: "revokeSession",
  path: "/api/account/sessions/{session}/revoke",
  title: "End one of one's sessions",
  description: "Also on another device, at once.",
  access: "signed-in",
  params: z.object({ session: idText }),
  answer: done,
});

const tokenSchema = z.object({
  id: z.string(),
  name: z.string(),
  owner: z.object({ person: z.string(), name: z.string() }),
  own: z.boolean(),
  verbs: z.array(z.enum(VERBS)),
  shows: z.enum(DRAFT_LEVELS),
  issuedAtMs: instant,
  expiresAtMs: instant,
  lastUsedAtMs: instant.optional(),
  revokedAtMs: instant.optional(),
});

export const listTokens = endpoint({
  ...reading,
  id: "listTokens",
  path: "/api/tokens",
  title: "Access tokens",
  description: "One's own in this organisation; for its administrators, everyone's. Never the token itself.",
  access: "signed-in",
  answer: z.object({ tokens: z.array(tokenSchema) }),
});

export const issueToken = endpoint({
  ...sending,
  id: "issueToken",
  path: "/api/tokens",
  title: "Issue an access token",
  description:
    "Scoped to some of the owner's verbs, never above the owner's level, for at most a year. The token is in this answer and nowhere else. `member` names a service account, for which an administrator issues.",
  access: "token.issue",
  body: z.object({
    name: labelText,
    verbs: z.array(z.enum(VERBS)).min(1).max(VERBS.length),
    shows: z.enum(DRAFT_LEVELS).optional(),
    days: z.number().int().min(1).max(365),
    member: idText.optional(),
  }),
  answer: z.object({ token: z.string().describe("Shown once"), id: z.string(), expiresAtMs: instant }),
});

export const revokeToken = endpoint({
  ...asking,
  id: "revokeToken",
  path: "/api/tokens/{token}/revoke",
  title: "Revoke an access token",
  description: "By its owner or an administrator of the organisation; it opens nothing from now on.",
  access: "signed-in",
  params: z.object({ token: idText }),
  answer: done,
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

export const listSignOns = endpoint({
  ...reading,
  id: "listSignOns",
  path: "/api/sign-ons",
  title: "Organisations' own sign-ons",
  description: "Which address is sent to which OpenID Connect provider.",
  access: "installation.manage",
  answer: z.object({
    signOns: z.array(
      z.object({
        id: z.string(),
        organisation: z.object({ id: z.string(), name: z.string() }),
        issuer: z.string(),
        clientId: z.string(),
        emailDomains: z.array(z.string()),
        createdAtMs: instant,
      }),
    ),
  }),
});

export const addSignOn = endpoint({
  ...sending,
  id: "addSignOn",
  path: "/api/sign-ons",
  title: "Set up an organisation's own sign-on",
  description:
    "An OpenID Connect provider with discovery. It is asked at once whether it is one; what it lets in opens its own organisation only. `redirectUri` is what the provider must allow.",
  access: "installation.manage",
  body: z.object({
    organisation: idText,
    issuer: z.url({ protocol: /^https?$/ }).max(2000),
    clientId: z.string().min(1).max(500),
    clientSecret: z.string().min(1).max(2000).optional().describe("Absent = a public client, which PKCE alone protects"),
    emailDomains: z.array(z.hostname("expected a domain such as organisation.example").toLowerCase()).min(1).max(50),
  }),
  answer: z.object({ id: z.string(), redirectUri: z.string() }),
});

export const endSignOn = endpoint({
  ...asking,
  id: "endSignOn",
  path: "/api/sign-ons/{signOn}/end",
  title: "End an organisation's own sign-on",
  description: "Nobody signs in by it from now on; sessions that began by it run out.",
  access: "installation.manage",
  params: z.object({ signOn: idText }),
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

export const signInEndpoints = [
  signInWays,
  askPasskey,
  signInByPasskey,
  beginSignOn,
  finishSignOn,
  askMailedLink,
  signInByMailedLink,
  signInByRecoveryCode,
  readLink,
  askPasskeyByLink,
  enrolByLink,
  enrolWithRecoveryCodes,
  signOnByLink,
  joinByLink,
  readSession,
  switchOrganisation,
  endSession,
  readAccount,
  askNewPasskey,
  addPasskey,
  revokePasskey,
  makeRecoveryCodes,
  revokeSession,
  listTokens,
  issueToken,
  revokeToken,
  issueRecoveryLink,
  inviteMember,
  listInvitations,
  withdrawInvitation,
  listSignOns,
  addSignOn,
  endSignOn,
  issueAdministratorLink,
] as const;
