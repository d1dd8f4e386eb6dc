import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import { decodeJwt, exportJWK, generateKeyPair, importJWK, type JWK, type JWTPayload, SignJWT } from "jose";
import { openOidc, type OidcProvider } from "../../src/connectors/oidc/oidc.ts";
import { addSignOn } from "../../src/contract/endpoints/sign-ons.ts";
import { beginSignOn, finishSignOn } from "../../src/contract/endpoints/sign-in.ts";
import { inviteMember, signOnByLink } from "../../src/contract/endpoints/one-time-links.ts";
import { migrate } from "../../src/server/database/migrate.ts";
import { readMigrations } from "../../src/server/database/migrations.ts";
import { openEmbedded } from "../../src/server/database/open-embedded.ts";
import { isCodedError } from "../../src/vocabulary/coded-error.ts";
import { secretOf, whoIs, withSignInDesk } from "../support/sign-in-desk.ts";
import { clientModule, installClients } from "./outside-client.ts";

/** Of oidc-provider, what is used here. */
type ForeignProvider = new (issuer: string, configuration: unknown) => { readonly callback: () => RequestListener; proxy: boolean };
type ClaimChange = (claims: JWTPayload) => JWTPayload;

const redirectUri = "http://localhost:8080/sign-in/return";

describe("an identity provider of others: oidc-provider", () => {
  let Provider: ForeignProvider;
  let server: Server;
  let issuer: string;
  let known: OidcProvider;
  let answer: RequestListener;
  let signingKey: JWK;
  /** Changes what the provider states, under its own signature. */
  let change: ClaimChange | undefined;

  before(async () => {
    await installClients();
    ({ Provider } = (await import(clientModule("oidc-provider/lib/index.js"))) as { readonly Provider: ForeignProvider });
    server = createServer((request, response) => {
      if (change !== undefined && request.url === "/token") restate(response, change, () => signingKey);
      answer(request, response);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    known = { issuer, clientId: "sluice", clientSecret: "a-secret-of-the-two-of-them" };
    await beProvider();
  });
  after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  /** Starts anew with a new signing key, as after a rotation. */
  async function beProvider(): Promise<void> {
    const { privateKey } = await generateKeyPair("RS256", { extractable: true });
    signingKey = { ...(await exportJWK(privateKey)), kid: crypto.randomUUID(), alg: "RS256", use: "sig" };
    const provider = new Provider(issuer, {
      clients: [{ client_id: known.clientId, client_secret: known.clientSecret, redirect_uris: [redirectUri] }],
      jwks: { keys: [signingKey] },
      cookies: { keys: ["a key of the provider's own"] },
      pkce: { required: () => true },
      claims: { openid: ["sub"], email: ["email"] },
      conformIdTokenClaims: false,
      features: { devInteractions: { enabled: true } },
      findAccount: (_: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id, email: `${id}@desk.example` }) }),
    });
    answer = provider.callback();
  }

  const isRefused = (error: unknown): boolean => isCodedError(error, "challenge-refused") || assert.fail(error as Error);

  it("signs people in, over HTTP, from the invitation on", async () => {
    const database = await openEmbedded({ directory: undefined });
    try {
      await migrate(database, { migrations: readMigrations() });
      await withSignInDesk(database, async (desk) => {
        const ada = await desk.administrator();
        const organisation = (await whoIs(ada))?.acting.organisation ?? "";
        const added = await ada.ask(addSignOn, {
          body: { organisation, ...known, clientSecret: known.clientSecret ?? "", emailDomains: ["desk.example"] },
        });
        assert.equal(added.status, 200);
        const invited = await ada.ask(inviteMember, { body: { name: "Bo", email: "bo@desk.example", role: "reader" } });
        const bo = desk.browser();
        const { body } = await bo.ask(signOnByLink, { body: { link: secretOf(invited.body.link) } });
        const joined = await bo.ask(finishSignOn, { body: { returned: await signInThere(body.url, "bo") } });
        assert.deepEqual([joined.status, joined.body.name, joined.body.way], [200, "Bo", "oidc"]);

        const again = desk.browser();
        const begun = await again.ask(beginSignOn, { body: { email: "bo@desk.example" } });
        const back = await again.ask(finishSignOn, { body: { returned: await signInThere(begun.body.url ?? "", "bo") } });
        assert.equal(back.body.person, joined.body.person);
        const stranger = desk.browser();
        const other = await stranger.ask(beginSignOn, { body: { email: "eve@desk.example" } });
        const refused = await stranger.ask(finishSignOn, { body: { returned: await signInThere(other.body.url ?? "", "eve") } });
        assert.equal(refused.code, "credential-refused");
      });
    } finally {
      await database.close();
    }
  });

  it("a code is redeemed once", async () => {
    const oidc = openOidc({ allowedPrivateHosts: ["127.0.0.1"] });
    const { url, attempt } = await oidc.begin(known, redirectUri);
    const returned = await signInThere(url, "bo");
    assert.equal((await oidc.finish(known, redirectUri, returned, attempt)).subject, "bo");
    await assert.rejects(oidc.finish(known, redirectUri, returned, attempt), isRefused);
    oidc.close();
  });

  it("keys that were rotated since one was sent away are taken up at once", async () => {
    const oidc = openOidc({ allowedPrivateHosts: ["127.0.0.1"] });
    for (let round = 0; round < 2; round += 1) {
      const { url, attempt } = await oidc.begin(known, redirectUri);
      await beProvider();
      const returned = await signInThere(url, "bo");
      assert.equal((await oidc.finish(known, redirectUri, returned, attempt)).subject, "bo");
    }
    oidc.close();
  });

  const changes: Readonly<Record<string, ClaimChange>> = {
    "for another client": (claims) => ({ ...claims, aud: "another" }),
    "that has expired": (claims) => ({ ...claims, iat: 1_700_000_000, exp: 1_700_000_060 }),
    "of another issuer": (claims) => ({ ...claims, iss: "https://elsewhere.example" }),
    "to another question": (claims) => ({ ...claims, nonce: "another" }),
  };
  for (const [title, changed] of Object.entries(changes)) {
    it(`an ID token ${title}, under the provider's own signature, is refused`, async () => {
      const oidc = openOidc({ allowedPrivateHosts: ["127.0.0.1"] });
      const { url, attempt } = await oidc.begin(known, redirectUri);
      const returned = await signInThere(url, "bo");
      change = changed;
      try {
        await assert.rejects(oidc.finish(known, redirectUri, returned, attempt), isRefused);
      } finally {
        change = undefined;
        oidc.close();
      }
    });
  }

  it("unchanged claims under the same signature pass, so it was the change that was refused", async () => {
    const oidc = openOidc({ allowedPrivateHosts: ["127.0.0.1"] });
    const { url, attempt } = await oidc.begin(known, redirectUri);
    const returned = await signInThere(url, "bo");
    change = (claims) => claims;
    assert.equal((await oidc.finish(known, redirectUri, returned, attempt)).subject, "bo");
    change = undefined;
    oidc.close();
  });
});

/** Goes through the provider's own pages as a person does: signs in, consents, and is sent back. The query one comes back with. */
async function signInThere(url: string, login: string): Promise<string> {
  const jar = new Map<string, string>();
  const go = async (address: string, form?: Readonly<Record<string, string>>): Promise<Response> => {
    const response = await fetch(address, {
      redirect: "manual",
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; ") },
      ...(form === undefined ? {} : { method: "POST", body: new URLSearchParams(form) }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      jar.set(name, value);
    }
    return response;
  };
  let response = await go(url);
  for (let steps = 0; steps < 20; steps += 1) {
    const location = response.headers.get("location");
    if (location?.startsWith(redirectUri) === true) return new URL(location).search;
    if (location !== null) {
      response = await go(new URL(location, url).href);
      continue;
    }
    const page = await response.text();
    const action = /action="([^"]+)"/.exec(page)?.[1];
    const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1];
    assert.ok(action !== undefined && prompt !== undefined, page.slice(0, 2000));
    response = await go(new URL(action, url).href, prompt === "login" ? { prompt, login, password: "any" } : { prompt });
  }
  return assert.fail("the provider never sent the browser back");
}

/** What the provider answers at its token endpoint, with other claims under its own key. */
function restate(response: ServerResponse, change: ClaimChange, keyNow: () => JWK): void {
  const end = response.end.bind(response) as (body: string) => ServerResponse;
  const restated = async (body: string): Promise<void> => {
    const answer = JSON.parse(body) as { readonly id_token?: string };
    if (answer.id_token === undefined) return void end(body);
    const { alg = "", kid = "" } = keyNow();
    const key = await importJWK(keyNow(), alg);
    const token = await new SignJWT(change(decodeJwt(answer.id_token))).setProtectedHeader({ alg, kid }).sign(key);
    const text = JSON.stringify({ ...answer, id_token: token });
    response.setHeader("content-length", Buffer.byteLength(text));
    end(text);
  };
  response.end = ((body: string) => {
    void restated(String(body));
    return response;
  }) as typeof response.end;
}
