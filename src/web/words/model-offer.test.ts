import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { enrolModel } from "../../contract/endpoints/models.ts";
import {
  addressProblem,
  missingOf,
  type Offer,
  OFFER_STEPS,
  offerOfTerms,
  purposesOf,
  startingOffer,
  toChangedTerms,
  toStatedModel,
} from "./model-offer.ts";

const starting = startingOffer({ contact: "Leo", nowMs: Date.parse("2026-11-24T09:12Z"), zone: "Europe/Berlin" });
const filled: Offer = {
  ...starting,
  name: " large-2 ",
  desk: "3f0f4d3e-52e5-4b3f-9d0d-0c7a1a6f5b11",
  version: "2026-11-02",
  baseUrl: "https://models.lab.example/v1",
  upstreamName: "large-2-internal",
  contactReach: "leo@lab.example",
};

describe("an offer as it is typed", () => {
  it("needs names, an address and a contact, and has a default for everything else", () => {
    const complete = OFFER_STEPS.map((_, step) => missingOf(step, filled));
    assert.deepEqual(
      complete,
      OFFER_STEPS.map(() => undefined),
    );
    assert.deepEqual(
      OFFER_STEPS.map((_, step) => missingOf(step, starting) !== undefined),
      [true, false, false, true, false],
    );
  });

  it("is what the contract takes, with probes or without", () => {
    for (const hasProbes of [true, false]) {
      const body = enrolModel.body.parse(toStatedModel({ ...filled, hasProbes }));
      assert.equal(body.name, "large-2");
      assert.deepEqual(body.partnerRelease, { local: "2026-12-24T11:00", zone: "Europe/Berlin" });
      assert.deepEqual(body.terms.probes, hasProbes ? { callsPerDay: 122, tokensPerDay: 21_000 } : undefined);
      assert.deepEqual(body.terms.purposes, ["Finding and using software flaws", "Refusals and safeguards"]);
    }
  });

  it("says whether streams are asked for their usage where the wire has that question", () => {
    const stated = (part: Partial<Offer>) => toStatedModel({ ...filled, ...part }).versions[0]?.asksStreamUsage;
    assert.deepEqual([stated({}), stated({ asksStreamUsage: false })], [true, false]);
    assert.equal(stated({ wire: "anthropic", asksStreamUsage: false }), undefined);
  });

  it("of terms that hold, changes nothing until something is typed over, and keeps what the form does not show", () => {
    const more = { role: "Security", name: "Mo", reach: "mo@lab.example" };
    const { terms } = enrolModel.body.parse(toStatedModel(filled));
    const held = { ...terms, passLabHeaders: true, partnersEndAtPublicRelease: false, contacts: [...terms.contacts, more] };
    for (const one of [held, { ...held, probes: undefined }]) {
      const typed = offerOfTerms(one);
      assert.deepEqual(JSON.parse(JSON.stringify(toChangedTerms(typed, one))), JSON.parse(JSON.stringify(one)));
      assert.deepEqual(toChangedTerms({ ...typed, contactName: "Lia" }, one).contacts, [{ ...terms.contacts[0], name: "Lia" }, more]);
    }
  });

  it("has each purpose once, one a line", () => assert.deepEqual(purposesOf({ purposes: "a\n\n b \na" }), ["a", "b"]));

  for (const [address, isRight] of [
    ["https://models.lab.example/v1", true],
    ["http://127.0.0.1:8000", true],
    ["models.lab.example", false],
    ["ftp://models.lab.example", false],
    ["https://user:word@models.lab.example", false],
    ["https://models.lab.example/?key=1", false],
  ] as const) {
    it(`${address} is ${isRight ? "" : "not "}an address it can have`, () => assert.equal(addressProblem(address) === undefined, isRight));
  }

  for (const [step, part] of [
    [0, { baseUrl: "models.lab.example" }],
    [1, { partnerRelease: "tomorrow" }],
    [1, { publicRelease: "some day" }],
    [2, { purposes: " \n" }],
    [2, { retentionDays: "4000" }],
    [2, { probeCalls: "1.5" }],
    [3, { whoMaySee: " " }],
    [3, { contactReach: "" }],
  ] as const) {
    it(`waits at step ${step + 1} for ${Object.keys(part)[0]}`, () => assert.ok(missingOf(step, { ...filled, ...part }) !== undefined));
  }
});
