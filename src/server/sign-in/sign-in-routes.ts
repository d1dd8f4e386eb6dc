import {
  addPasskey,
  askNewPasskey,
  makeRecoveryCodes,
  readAccount,
  revokePasskey,
  revokeSession,
} from "../../contract/endpoints/account.ts";
import { addSignOn, endSignOn, listSignOns } from "../../contract/endpoints/sign-ons.ts";
import {
  askMailedLink,
  askPasskey,
  beginSignOn,
  endSession,
  finishSignOn,
  readSession,
  signInByMailedLink,
  signInByPasskey,
  signInByRecoveryCode,
  signInWays,
  switchOrganisation,
} from "../../contract/endpoints/sign-in.ts";
import {
  askPasskeyByLink,
  enrolByLink,
  enrolWithRecoveryCodes,
  inviteMember,
  issueAdministratorLink,
  issueRecoveryLink,
  joinByLink,
  listInvitations,
  readLink,
  signOnByLink,
  withdrawInvitation,
} from "../../contract/endpoints/one-time-links.ts";
import { issueToken, listTokens, revokeToken } from "../../contract/endpoints/access-tokens.ts";
import { refuseCrossSite } from "../http/cross-site.ts";
import { type HandlerInput, RawReply, type Route, route } from "../http/route.ts";
import { clearCookie, flowCookieName, readCookie, sessionCookieName, setCookie } from "../http/session-cookie.ts";
import type { RequestFrom } from "./passkey-service.ts";
import { SESSION_MS } from "./session-rules.ts";
import type { SignedIn } from "./session-service.ts";
import type { SignInService } from "./sign-in-service.ts";
import { FLOW_MS } from "./sign-on-service.ts";

type Head = Pick<HandlerInput<typeof signInWays>, "header">;
type Came = Pick<HandlerInput<typeof signInWays>, "caller">;

export function signInRoutes(service: SignInService, localOrigin: () => string): readonly Route[] {
  const { accounts, links, mailedLinks, passkeys, recoveryCodes, sessions, signOns, tokens } = service;
  const done = { done: true } as const;
  return [
    route(signInWays, ({ header }) => service.ways(header("host"))),
    route(askPasskey, async (head) => toWire(await passkeys.ask(ownPage(head).host))),
    route(signInByPasskey, async (input) => withSession(input, await passkeys.signIn(input.body, ownPage(input)))),
    route(beginSignOn, async (input) => {
      const sent = await signOns.begin(input.body.email, ownPage(input).host);
      return sent === undefined ? {} : withFlow(sent);
    }),
    route(finishSignOn, async (input) => {
      const flow = readCookie(input.header("cookie"), flowCookieName(service.isSecure));
      return withSession(input, await signOns.finish(flow, input.body.returned, ownPage(input)));
    }),
    route(askMailedLink, (input) => {
      mailedLinks.ask(input.body.email, ownPage(input).host);
      return done;
    }),
    route(signInByMailedLink, async (input) => withSession(input, await mailedLinks.signIn(input.body.link, ownPage(input)))),
    route(signInByRecoveryCode, async (input) => withSession(input, await recoveryCodes.signIn(input.body.code, ownPage(input)))),

    route(readLink, ({ body }) => links.read(body.link)),
    route(askPasskeyByLink, async (input) => toWire(await links.askPasskey(byLink(input.body), ownPage(input).host))),
    route(enrolByLink, async (input) =>
      withSession(input, await links.enrol(byLink(input.body), input.body.passkey, input.body.passkeyName, ownPage(input))),
    ),
    route(enrolWithRecoveryCodes, async (input) => {
      const { codes, ...signedIn } = await links.enrolWithCodes(byLink(input.body), ownPage(input));
      return withSession(input, signedIn, { session: signedIn.session, codes });
    }),
    route(signOnByLink, async (input) => withFlow(await signOns.beginByLink(byLink(input.body), ownPage(input).host))),
    route(joinByLink, ({ body, caller }) => links.join(caller, body.link)),

    route(readSession, async ({ caller }) =>
      caller === undefined || caller.isToken ? {} : { session: await sessions.describe({ person: caller.person, id: caller.credential }) },
    ),
    route(switchOrganisation, ({ body, caller }) => sessions.switchOrganisation(caller, body.organisation)),
    route(endSession, async ({ caller }) => {
      await sessions.end(caller, caller.credential);
      return json(done, clearCookie(sessionCookieName(service.isSecure), service.isSecure));
    }),

    route(readAccount, ({ caller }) => accounts.read(caller)),
    route(askNewPasskey, async ({ caller, header }) => toWire(await accounts.askPasskey(caller, header("host")))),
    route(addPasskey, async ({ body, caller, header }) => {
      await accounts.addPasskey(caller, body.passkey, body.name, header("host"));
      return done;
    }),
    route(revokePasskey, async ({ caller, params }) => {
      await accounts.revokePasskey(caller, params.passkey);
      return done;
    }),
    route(makeRecoveryCodes, async ({ caller }) => ({ codes: [...(await accounts.makeRecoveryCodes(caller))] })),
    route(revokeSession, async ({ caller, params }) => {
      await sessions.end(caller, params.session);
      return done;
    }),

    route(listTokens, ({ caller }) => tokens.list(caller)),
    route(issueToken, ({ body, caller }) => tokens.issue(caller, body)),
    route(revokeToken, async ({ caller, params }) => {
      await tokens.revoke(caller, params.token);
      return done;
    }),
    route(issueRecoveryLink, ({ caller, header, params }) => links.issueRecovery(caller, params.member, header("host"))),
    route(inviteMember, ({ body: { organisation, ...invitation }, caller, header }) =>
      links.createInvitationLink(caller, invitation, header("host"), organisation),
    ),
    route(listInvitations, ({ caller }) => links.invitations(caller)),
    route(withdrawInvitation, async ({ caller, params }) => {
      await links.withdraw(caller, params.invitation);
      return done;
    }),

    route(listSignOns, ({ caller }) => signOns.list(caller)),
    route(addSignOn, ({ body, caller, header }) => signOns.add(caller, body, header("host"))),
    route(endSignOn, async ({ caller, params }) => {
      await signOns.end(caller, params.signOn);
      return done;
    }),
    route(issueAdministratorLink, ({ body }) => links.issueForAdministrator(body.email, localOrigin())),
  ];

  /** Threat: another site that signs a browser in as somebody else, whose work then lands with them. No cookie is needed for that. */
  function ownPage({ header }: Head): RequestFrom {
    refuseCrossSite({ header }, service.served, false);
    return { host: header("host"), agent: header("user-agent") };
  }

  /** The session that the browser showed until now is over: its cookie is replaced, and nobody else shall have it. */
  async function withSession({ caller }: Came, signedIn: SignedIn, answer: unknown = signedIn.session): Promise<RawReply> {
    if (caller !== undefined) await sessions.supersede(caller);
    const name = sessionCookieName(service.isSecure);
    return json(answer, setCookie(name, signedIn.secret, { secure: service.isSecure, maxAgeS: SESSION_MS / 1000 }));
  }

  function withFlow({ url, flow }: { readonly url: string; readonly flow: string }): RawReply {
    return json({ url }, setCookie(flowCookieName(service.isSecure), flow, { secure: service.isSecure, maxAgeS: FLOW_MS / 1000 }));
  }
}

function json(answer: unknown, cookie: string): RawReply {
  const headers = { "content-type": "application/json; charset=utf-8", "cache-control": "no-store", "set-cookie": cookie };
  return new RawReply(200, headers, JSON.stringify(answer));
}

function byLink(body: {
  readonly link: string;
  readonly name?: string | undefined;
  readonly email?: string | undefined;
  readonly organisation?: string | undefined;
}) {
  return { link: body.link, name: body.name, email: body.email, organisation: body.organisation };
}

/** Without fields that are undefined. */
function toWire<T>(value: unknown): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
