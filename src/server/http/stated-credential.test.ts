import assert from "node:assert/strict";
import { test } from "node:test";
import { makeToken, randomSecret } from "../../sealing/token.ts";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import { clearCookie, setCookie } from "./session-cookie.ts";
import { statedCredential } from "./stated-credential.ts";

const token = makeToken();
const secret = randomSecret();
const stated = (headers: Readonly<Record<string, string>>, secure = false) => statedCredential({ header: (name) => headers[name] }, secure);

test("a request shows a token, or else a session, or nobody", () => {
  assert.equal(stated({}), undefined);
  assert.equal(stated({ cookie: "theme=dark; sluice=" }), undefined);
  assert.deepEqual(stated({ authorization: `Bearer ${token}` }), { kind: "token", secret: token });
  assert.deepEqual(stated({ authorization: `bearer  ${token}`, cookie: `sluice=${secret}` }), { kind: "token", secret: token });
  assert.deepEqual(stated({ cookie: `theme=dark;sluice=${secret}; a=b` }), { kind: "session", secret });
});

test("over https only the cookie that no other host can set counts", () => {
  assert.equal(stated({ cookie: `sluice=${secret}` }, true), undefined);
  assert.deepEqual(stated({ cookie: `__Host-sluice=${secret}` }, true), { kind: "session", secret });
});

const malformed: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "a token cut short": { authorization: `Bearer ${token.slice(0, -1)}` },
  "a token with a letter changed": { authorization: `Bearer ${token.slice(0, 10)}${token[10] === "A" ? "B" : "A"}${token.slice(11)}` },
  "somebody else's token": { authorization: "Bearer npm_0123456789" },
  "a password": { authorization: "Basic YTpi" },
  "no scheme": { authorization: token },
  "an empty header": { authorization: "" },
  "a bad token beside a session": { authorization: "Bearer x", cookie: `sluice=${secret}` },
  "a cookie that is no session": { cookie: "sluice=1" },
  "an endless cookie": { cookie: `sluice=${secret.repeat(100)}` },
};
for (const [title, headers] of Object.entries(malformed)) {
  test(`${title} is refused, not ignored`, () => {
    assert.throws(
      () => stated(headers),
      (error) => isCodedError(error, "credential-refused"),
    );
  });
}

test("a session's cookie is out of reach of scripts and of other sites", () => {
  assert.equal(
    setCookie("__Host-sluice", secret, { secure: true, maxAgeS: 60 }),
    `__Host-sluice=${secret}; Path=/; Max-Age=60; HttpOnly; SameSite=Strict; Secure`,
  );
  assert.equal(clearCookie("sluice", false), "sluice=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict");
});
