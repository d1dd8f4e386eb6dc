import { z } from "zod";
import { asking, done, idText, instant, reading, sending } from "../call-shapes.ts";
import { endpoint } from "../endpoint.ts";

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

export const signOnEndpoints = [listSignOns, addSignOn, endSignOn] as const;
