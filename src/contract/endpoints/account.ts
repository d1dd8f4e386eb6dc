import { z } from "zod";
import { asking, done, idText, instant, labelText, reading, sending } from "../call-shapes.ts";
import { endpoint } from "../endpoint.ts";
import { newPasskeyQuestionSchema, newPasskeySchema } from "../passkey-schemas.ts";
import { SIGN_IN_WAYS } from "../session-schema.ts";

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

export const accountEndpoints = [readAccount, askNewPasskey, addPasskey, revokePasskey, makeRecoveryCodes, revokeSession] as const;
