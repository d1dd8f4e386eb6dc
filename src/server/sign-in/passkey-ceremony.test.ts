import assert from "node:assert/strict";
import { test } from "node:test";
import { type Deviation, softAuthenticator } from "../../../tests/support/soft-authenticator.ts";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import {
  authenticationOptions,
  challengeAnswered,
  personOfHandle,
  registrationOptions,
  verifyAuthentication,
  verifyRegistration,
} from "./passkey-ceremony.ts";

const party = { id: "localhost", origin: "http://localhost:8080" };
const owner = { person: "0b9ad6f4-6f0c-4f5e-9a4e-0123456789ab", name: "Ada", email: "ada@desk.example" };
const isRefused = (error: unknown): boolean => isCodedError(error, "challenge-refused");

async function enrolled() {
  const device = softAuthenticator(party.origin);
  const options = await registrationOptions(party, owner, []);
  const passkey = await verifyRegistration(party, options.challenge, device.create(options));
  return { device, passkey };
}

test("a passkey is made and then recognised, and says whose it is", async () => {
  const { device, passkey } = await enrolled();
  const options = await authenticationOptions(party);
  const answer = device.get(options);
  assert.equal(challengeAnswered(answer.response.clientDataJSON), options.challenge);
  assert.equal(personOfHandle(answer.response.userHandle), owner.person);
  assert.equal((await verifyAuthentication(party, options.challenge, answer, passkey)).counter, 1);
});

test("a device that has one already is told so", async () => {
  const { passkey } = await enrolled();
  const options = await registrationOptions(party, owner, [passkey]);
  assert.deepEqual(
    options.excludeCredentials?.map(({ id }) => id),
    [passkey.credentialId],
  );
});

const deviations: Readonly<Record<string, Deviation>> = {
  "at another origin": { origin: "https://desk.example.evil.example" },
  "at another port": { origin: "http://localhost:8081" },
  "for another relying party": { relyingPartyId: "evil.example" },
  "to another challenge": { challenge: "AAAA" },
  "without finger, face or PIN": { userVerified: false },
};
for (const [title, deviation] of Object.entries(deviations)) {
  test(`a passkey made ${title} is refused`, async () => {
    const options = await registrationOptions(party, owner, []);
    const answer = softAuthenticator(party.origin).create(options, deviation);
    await assert.rejects(verifyRegistration(party, options.challenge, answer), isRefused);
  });
}
for (const [title, deviation] of Object.entries({
  ...deviations,
  "with a counter that did not advance": { counter: 4 },
  "with a counter that went back": { counter: 3 },
  "with a spoilt signature": { spoiltSignature: true },
} satisfies Readonly<Record<string, Deviation>>)) {
  test(`an answer ${title} is refused`, async () => {
    const { device, passkey } = await enrolled();
    const options = await authenticationOptions(party);
    const answer = device.get(options, { counter: 5, ...deviation });
    await assert.rejects(verifyAuthentication(party, options.challenge, answer, { ...passkey, counter: 4 }), isRefused);
  });
}

test("an answer of one person's passkey is not another's", async () => {
  const [ada, eve] = [await enrolled(), await enrolled()];
  const options = await authenticationOptions(party);
  await assert.rejects(verifyAuthentication(party, options.challenge, eve.device.get(options), ada.passkey), isRefused);
});

for (const text of ["", "?", Buffer.from("[]").toString("base64url"), Buffer.from(`{"challenge":1}`).toString("base64url")]) {
  test(`client data ${JSON.stringify(text)} answers nothing`, () => {
    assert.throws(() => challengeAnswered(text), isRefused);
  });
}

for (const handle of [undefined, "", "AAAA", "x".repeat(100)]) {
  test(`the handle ${JSON.stringify(handle)} is nobody's`, () => assert.equal(personOfHandle(handle), undefined));
}
