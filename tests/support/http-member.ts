import { createClient, type Client } from "../../src/contract/client.ts";
import type { AnswerOf } from "../../src/contract/endpoint.ts";
import { askPasskeyByLink, enrolByLink, inviteMember } from "../../src/contract/endpoints/one-time-links.ts";
import { askPasskey, signInByPasskey } from "../../src/contract/endpoints/sign-in.ts";
import type { MemberRole } from "../../src/vocabulary/organisation.ts";
import { softAuthenticator } from "./soft-authenticator.ts";

/** Somebody signed in at a running server, by a passkey in software. */
export type HttpMember = {
  readonly ask: Client;
  /** What a browser needs to be this member. */
  readonly cookie: { readonly name: string; readonly value: string };
  readonly session: AnswerOf<typeof enrolByLink>;
  /** With the same passkey, when the session is over. */
  readonly signInAgain: () => Promise<void>;
  /** Lets somebody else in, and signs them in. */
  readonly invite: (newcomer: { readonly name: string; readonly role: MemberRole; readonly organisation?: string }) => Promise<HttpMember>;
};

export type FirstMember = { readonly name: string; readonly email: string; readonly organisation: string };

/** Uses a one-time link of the server at `url`. */
export async function enrolAt(url: string, link: string, newcomer: Partial<FirstMember> = {}): Promise<HttpMember> {
  const { origin } = new URL(url);
  const device = softAuthenticator(origin);
  let cookie = { name: "", value: "" };
  const ask = createClient(async ({ method, path, headers, body, signal }) => {
    const response = await fetch(origin + path, {
      method,
      headers: {
        ...headers,
        origin,
        "user-agent": "a member of a test",
        ...(cookie.name === "" ? {} : { cookie: `${cookie.name}=${cookie.value}` }),
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : new Uint8Array(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    for (const text of response.headers.getSetCookie()) {
      const [name = "", value = ""] = (text.split(";")[0] ?? "").split("=");
      cookie = { name, value };
    }
    return { status: response.status, headers: Object.fromEntries(response.headers), body: new Uint8Array(await response.arrayBuffer()) };
  });
  const secret = { link: new URL(link).hash.slice(1), ...newcomer };
  const question = await ask(askPasskeyByLink, { body: secret });
  const session = await ask(enrolByLink, { body: { ...secret, passkey: device.create(question as never) as never } });
  return {
    ask,
    cookie,
    session,
    signInAgain: async () => {
      // Shown a session that is over, a server refuses whatever is asked.
      cookie = { name: "", value: "" };
      const again = await ask(askPasskey);
      await ask(signInByPasskey, { body: device.get(again as never) as never });
    },
    invite: async ({ name, ...more }) => {
      const invited = await ask(inviteMember, { body: { name, email: `${name.toLowerCase()}@members.example`, ...more } });
      return enrolAt(url, invited.link);
    },
  };
}
