import { z } from "zod";

function base64url(longest: number): z.ZodString {
  return z
    .string()
    .max(longest)
    .regex(/^[\w-]+$/, "expected base64url");
}

/** PublicKeyCredentialRequestOptionsJSON of WebAuthn Level 3, §5.1.9, as far as it is used here. */
export const questionSchema = z.object({
  challenge: z.string(),
  rpId: z.string().optional(),
  timeout: z.number().optional(),
  userVerification: z.enum(["required", "preferred", "discouraged"]).optional(),
});

/** PublicKeyCredentialCreationOptionsJSON of WebAuthn Level 3, §5.1.8, as far as it is used here. */
export const newPasskeyQuestionSchema = z.object({
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
