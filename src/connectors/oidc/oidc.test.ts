import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type IdentityProvider, type Misstatement, openIdentityProvider } from "../../../tests/support/identity-provider.ts";
import { isCodedError, type RefusalCode } from "../../vocabulary/coded-error.ts";
import { type Oidc, type OidcProvider, openOidc } from "./oidc.ts";

const redirectUri = "http://localhost:8080/sign-in/return";

describe("an organisation's own sign-on", () => {
  let provider: IdentityProvider;
  let oidc: Oidc;
  let known: OidcProvider;

  before(async () => {
    provider = await openIdentityProvider();
    oidc = openOidc({ allowedPrivateHosts: ["127.0.0.1"] });
    known = { issuer: provider.issuer, clientId: provider.clientId, clientSecret: provider.clientSecret };
  });
  after(async () => {
    oidc.close();
    await provider.close();
  });

  const refusedAs = (code: RefusalCode) => (error: unknown) => isCodedError(error, code) || assert.fail(error as Error);

  it("says whom it has before it, and how sure it is", async () => {
    provider.signInAs("ada", { email: "ada@desk.example", amr: ["hwk", "mfa"] });
    const { url, attempt } = await oidc.begin(known, redirectUri, "ada@desk.example");
    const asked = new URL(url).searchParams;
    assert.deepEqual(
      ["response_type", "scope", "code_challenge_method", "login_hint"].map((name) => asked.get(name)),
      ["code", "openid email", "S256", "ada@desk.example"],
    );
    const returned = await provider.authorize(url);
    assert.deepEqual(await oidc.finish(known, redirectUri, returned, attempt), {
      subject: "ada",
      email: "ada@desk.example",
      methods: ["hwk", "mfa"],
    });
  });

  it("rotated keys need no waiting", async () => {
    for (let round = 0; round < 2; round += 1) {
      const { url, attempt } = await oidc.begin(known, redirectUri);
      await provider.rotateKey();
      assert.equal((await oidc.finish(known, redirectUri, await provider.authorize(url), attempt)).subject, "ada");
    }
  });

  it("a code is redeemed once", async () => {
    const { url, attempt } = await oidc.begin(known, redirectUri);
    const returned = await provider.authorize(url);
    await oidc.finish(known, redirectUri, returned, attempt);
    await assert.rejects(oidc.finish(known, redirectUri, returned, attempt), refusedAs("challenge-refused"));
  });

  it("an answer to another question is refused", async () => {
    const first = await oidc.begin(known, redirectUri);
    const second = await oidc.begin(known, redirectUri);
    const returned = await provider.authorize(first.url);
    await assert.rejects(oidc.finish(known, redirectUri, returned, second.attempt), refusedAs("challenge-refused"));
    // A code stolen from one browser and its state swapped fails at PKCE.
    const swapped = returned.replace(first.attempt.state, second.attempt.state);
    await assert.rejects(oidc.finish(known, redirectUri, swapped, second.attempt), refusedAs("challenge-refused"));
  });

  it("the provider's own refusal is one", async () => {
    const { attempt } = await oidc.begin(known, redirectUri);
    await assert.rejects(
      oidc.finish(known, redirectUri, `?error=access_denied&state=${attempt.state}`, attempt),
      refusedAs("challenge-refused"),
    );
  });

  const misstatements: Readonly<Record<string, Misstatement>> = {
    "for another client": { audience: "another" },
    "from another issuer": { issuer: "https://elsewhere.example" },
    "that has expired": { expiresInS: -60 },
    "to another question": { nonce: "another" },
    "signed with a key that is not published": { foreignKey: true },
    "that is missing": { omitIdToken: true },
  };
  for (const [title, misstatement] of Object.entries(misstatements)) {
    it(`an ID token ${title} is refused`, async () => {
      const { url, attempt } = await oidc.begin(known, redirectUri);
      const returned = await provider.authorize(url);
      provider.misstate(misstatement);
      try {
        await assert.rejects(oidc.finish(known, redirectUri, returned, attempt), refusedAs("challenge-refused"));
      } finally {
        provider.misstate({});
      }
    });
  }

  it("a wrong client secret is refused", async () => {
    const { url, attempt } = await oidc.begin(known, redirectUri);
    const returned = await provider.authorize(url);
    await assert.rejects(
      oidc.finish({ ...known, clientSecret: "guessed" }, redirectUri, returned, attempt),
      refusedAs("challenge-refused"),
    );
  });

  const unreachable: readonly {
    readonly title: string;
    readonly issuer: () => string;
    readonly hosts: readonly string[];
    readonly code: RefusalCode;
  }[] = [
    { title: "a private address that nobody listed", issuer: () => provider.issuer, hosts: [], code: "feed-unreachable" },
    { title: "an address where nobody listens", issuer: () => "http://127.0.0.1:9", hosts: ["127.0.0.1"], code: "feed-unreachable" },
    { title: "an issuer that is no provider", issuer: () => `${provider.issuer}/nothing`, hosts: ["127.0.0.1"], code: "feed-invalid" },
    { title: "no URL", issuer: () => "sign-on", hosts: [], code: "feed-invalid" },
  ];
  for (const { title, issuer, hosts, code } of unreachable) {
    it(`${title} is refused`, async () => {
      const asking = openOidc({ allowedPrivateHosts: hosts });
      try {
        await assert.rejects(asking.begin({ ...known, issuer: issuer() }, redirectUri), refusedAs(code));
      } finally {
        asking.close();
      }
    });
  }
});
