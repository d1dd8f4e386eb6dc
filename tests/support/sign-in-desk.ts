import { pino } from "pino";
import { openOidc } from "../../src/connectors/oidc/oidc.ts";
import type { AnyEndpoint, AnswerOf, BodyInputOf, ParamsOf } from "../../src/contract/endpoint.ts";
import { askPasskey, readSession, signInByPasskey, signInEndpoints } from "../../src/contract/endpoints/sign-in.ts";
import { askPasskeyByLink, enrolByLink, inviteMember } from "../../src/contract/endpoints/one-time-links.ts";
import type { MailServer } from "../../src/connectors/smtp/smtp.ts";
import type { KeyRing } from "../../src/sealing/key-ring.ts";
import { createActorSigner } from "../../src/server/actors/sign-actor.ts";
import { type App, createApp } from "../../src/server/app.ts";
import type { OwnedDatabase } from "../../src/server/database/database.ts";
import { createOpenRequests } from "../../src/server/http/open-requests.ts";
import type { ServedAs } from "../../src/server/sign-in/origin-standing.ts";
import { signInRoutes } from "../../src/server/sign-in/sign-in-routes.ts";
import { createSignInService, type SignInService } from "../../src/server/sign-in/sign-in-service.ts";
import { createTraffic } from "../../src/server/system/traffic.ts";
import type { MemberRole } from "../../src/vocabulary/organisation.ts";
import { softAuthenticator, type SoftAuthenticator } from "./soft-authenticator.ts";
import { withTrustedActors } from "./trusted-actors.ts";

export type Reply<T> = {
  readonly status: number;
  readonly code: string | undefined;
  readonly body: T;
  readonly cookies: readonly string[];
};

type Sent<E extends AnyEndpoint> = {
  readonly params?: ParamsOf<E>;
  readonly body?: BodyInputOf<E> | string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** One person's browser: keeps cookies, says where its requests are from, and has an authenticator. */
export type TestBrowser = {
  readonly ask: <E extends AnyEndpoint>(endpoint: E, sent?: Sent<E>) => Promise<Reply<AnswerOf<E>>>;
  readonly device: SoftAuthenticator;
  readonly cookie: () => string;
  /** Shows a cookie as it was before, as a thief would. */
  readonly carry: (cookie: string) => void;
  /** Clears its cookies, as another browser on the same device would have none. */
  readonly forget: () => void;
};

export type SignInDesk = {
  readonly service: SignInService;
  readonly app: App;
  readonly keys: KeyRing;
  readonly setClock: (ms: number) => void;
  readonly clock: () => number;
  readonly browser: () => TestBrowser;
  /** A browser in which the first administrator has signed in. */
  readonly administrator: () => Promise<TestBrowser>;
  /** A browser in which somebody invited by `by` has signed in. */
  readonly member: (by: TestBrowser, role: MemberRole, name?: string, organisation?: string) => Promise<TestBrowser>;
  readonly signInAgain: (browser: TestBrowser) => Promise<Reply<unknown>>;
};

export type DeskOptions = { readonly served?: ServedAs; readonly host?: string; readonly mail?: MailServer };

/** The sign-in of a server on `database`, with a clock that the test moves. */
export async function withSignInDesk<T>(
  database: OwnedDatabase,
  work: (desk: SignInDesk) => Promise<T>,
  { served = { publicUrl: undefined, tls: false }, host = "localhost:8080", mail }: DeskOptions = {},
): Promise<T> {
  return withTrustedActors(database, async ({ keys, clock, setClock }) => {
    const log = pino({ level: "silent" });
    const service = createSignInService({
      database,
      keys,
      sign: createActorSigner(keys, clock),
      oidc: openOidc({ allowedPrivateHosts: ["127.0.0.1"] }),
      mail,
      served,
      clock,
      log,
    });
    const origin = served.publicUrl === undefined ? `http://${host}` : new URL(served.publicUrl).origin;
    const app = await createApp({
      config: { host: "0.0.0.0", publicUrl: served.publicUrl, requestsPerMinute: 1_000_000 },
      endpoints: signInEndpoints,
      routes: signInRoutes(service, () => origin),
      log,
      traffic: createTraffic(),
      openRequests: createOpenRequests(),
      authenticate: service.sessions.authenticate,
      consoleFiles: undefined,
    });
    const desk: SignInDesk = {
      service,
      app,
      keys,
      clock,
      setClock,
      browser: () => openBrowser(app, host, origin),
      administrator: async () => {
        const browser = desk.browser();
        const issued = await service.links.firstAdministrator(origin);
        await enrol(browser, secretOf(issued?.link), { name: "Ada", email: "ada@desk.example", organisation: "Harbour desk" });
        return browser;
      },
      member: async (by, role, name = "Bo", organisation) => {
        const invited = await by.ask(inviteMember, {
          body: { name, email: `${name.toLowerCase()}@desk.example`, role, ...(organisation === undefined ? {} : { organisation }) },
        });
        const browser = desk.browser();
        await enrol(browser, secretOf(invited.body.link), {});
        return browser;
      },
      signInAgain,
    };
    try {
      return await work(desk);
    } finally {
      await app.close();
      await service.close();
    }
  });
}

/** What stands behind the hash of a one-time link. */
export function secretOf(link: string | undefined): string {
  return new URL(link ?? "http://none/#").hash.slice(1);
}

/** Uses a one-time link with a new passkey. */
export async function enrol(
  browser: TestBrowser,
  link: string,
  newcomer: { readonly name?: string; readonly email?: string; readonly organisation?: string },
): Promise<Reply<AnswerOf<typeof enrolByLink>>> {
  const question = await browser.ask(askPasskeyByLink, { body: { link, ...newcomer } });
  if (question.status !== 200) return question as Reply<never>;
  const passkey = browser.device.create(question.body as never);
  return browser.ask(enrolByLink, { body: { link, ...newcomer, passkey: passkey as never } });
}

export async function signInAgain(browser: TestBrowser): Promise<Reply<AnswerOf<typeof signInByPasskey>>> {
  const question = await browser.ask(askPasskey);
  return browser.ask(signInByPasskey, { body: browser.device.get(question.body) as never });
}

/** Whom the server takes the browser for; undefined = nobody. */
export async function whoIs(browser: TestBrowser): Promise<AnswerOf<typeof readSession>["session"]> {
  return (await browser.ask(readSession)).body.session;
}

function openBrowser(app: App, host: string, origin: string): TestBrowser {
  const jar = new Map<string, string>();
  const cookie = (): string => [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
  return {
    device: softAuthenticator(origin),
    cookie,
    forget: () => jar.clear(),
    carry: (text) => {
      const [name = "", value = ""] = text.split("=");
      jar.set(name, value);
    },
    ask: async (endpoint, { params, body, headers = {} } = {}) => {
      const values = (params ?? {}) as Readonly<Record<string, string>>;
      const response = await app.inject({
        method: endpoint.method,
        url: endpoint.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? ""),
        headers: {
          host,
          "sec-fetch-site": "same-origin",
          "user-agent": "test browser",
          ...(jar.size === 0 ? {} : { cookie: cookie() }),
          ...(endpoint.bodyKind === "none" ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        ...(endpoint.bodyKind === "none" ? {} : { payload: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      const cookies = [response.headers["set-cookie"] ?? []].flat();
      for (const text of cookies) {
        const [name = "", value = ""] = (text.split(";")[0] ?? "").split("=");
        if (value === "") jar.delete(name);
        else jar.set(name, value);
      }
      const answer = response.json() as { readonly code?: string };
      return { status: response.statusCode, code: response.statusCode >= 400 ? answer.code : undefined, body: answer as never, cookies };
    },
  };
}
