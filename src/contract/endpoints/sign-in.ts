import { z } from "zod";
import { asking, done, emailText, idText, reading, secretText, sending } from "../call-shapes.ts";
import { endpoint } from "../endpoint.ts";
import { passkeyAnswerSchema, questionSchema } from "../passkey-schemas.ts";
import { sessionSchema } from "../session-schema.ts";
import { tokenEndpoints } from "./access-tokens.ts";
import { accountEndpoints } from "./account.ts";
import { linkEndpoints } from "./one-time-links.ts";
import { signOnEndpoints } from "./sign-ons.ts";

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

/** Every endpoint of the subject: signing in, and what one has and does about it afterwards. */
export const signInEndpoints = [
  signInWays,
  askPasskey,
  signInByPasskey,
  beginSignOn,
  finishSignOn,
  askMailedLink,
  signInByMailedLink,
  signInByRecoveryCode,
  readSession,
  switchOrganisation,
  endSession,
  ...linkEndpoints,
  ...accountEndpoints,
  ...tokenEndpoints,
  ...signOnEndpoints,
] as const;
