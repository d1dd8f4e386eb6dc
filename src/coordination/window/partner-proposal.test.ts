import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hour } from "../../../tests/support/random-window.ts";
import { checkProposal, proposalText, type PartnerProposal } from "./partner-proposal.ts";

const proposal: PartnerProposal = {
  model: "large-2",
  organisation: "Partner A",
  purposes: ["defensive scanning", "code review"],
  opens: hour("2026-12-09T09:00"),
  closes: hour("2027-01-20T09:00"),
  closesAtPublicRelease: true,
  budget: { requests: 1000, tokens: 5_000_000 },
};
const now = hour("2026-11-25T09:00").instantMs;

describe("the text of a partner proposal", () => {
  it("is read by people and equal for equal proposals", () => {
    assert.equal(
      proposalText(proposal),
      [
        "Trusted partner proposal, form 1",
        'model: "large-2"',
        'organisation: "Partner A"',
        'purpose: "code review"',
        'purpose: "defensive scanning"',
        'opens: "2026-12-09T08:00:00.000Z Europe/Berlin"',
        'closes: "2027-01-20T08:00:00.000Z Europe/Berlin"',
        "closes at public release: true",
        "requests at most: 1000",
        "tokens at most: 5000000",
        "",
      ].join("\n"),
    );
    assert.equal(proposalText({ ...proposal, purposes: ["code review", "defensive scanning", "code review"] }), proposalText(proposal));
  });

  const changes: readonly (readonly [what: string, change: Partial<PartnerProposal>])[] = [
    ["the model", { model: "large-3" }],
    ["the organisation", { organisation: "Partner B" }],
    ["a purpose added", { purposes: [...proposal.purposes, "patch writing"] }],
    ["a purpose removed", { purposes: ["code review"] }],
    ["two purposes joined to one", { purposes: ['code review"\npurpose: "defensive scanning'] }],
    ["a line typed into a name", { organisation: 'Partner A"\npurpose: "code review' }],
    ["the opening by a millisecond", { opens: { ...proposal.opens, instantMs: proposal.opens.instantMs + 1 } }],
    ["the zone of the same instant", { opens: { ...proposal.opens, zone: "Europe/Paris" } }],
    ["no closing hour", { closes: undefined }],
    ["the end at the public release", { closesAtPublicRelease: false }],
    ["one request more", { budget: { ...proposal.budget, requests: 1001 } }],
    ["one token more", { budget: { ...proposal.budget, tokens: 5_000_001 } }],
    ["the two budgets exchanged", { budget: { requests: 5_000_000, tokens: 1000 } }],
  ];
  for (const [what, change] of changes) {
    it(`is another with ${what}`, () => assert.notEqual(proposalText({ ...proposal, ...change }), proposalText(proposal)));
  }
});

describe("a check of a partner proposal", () => {
  const cases: readonly (readonly [change: Partial<PartnerProposal>, problems: readonly string[]])[] = [
    [{}, []],
    [{ closes: undefined }, []],
    [{ model: " " }, ["Expected a model, got none."]],
    [{ organisation: "" }, ["Expected an organisation, got none."]],
    [{ purposes: [] }, ["Expected at least one purpose, and none that is empty."]],
    [{ purposes: ["code review", " "] }, ["Expected at least one purpose, and none that is empty."]],
    [{ opens: hour("2026-11-25T09:00") }, ["Expected an hour to come, got Wed 25 Nov 2026, 09:00 Europe/Berlin."]],
    [
      { closes: hour("2026-12-09T09:00") },
      ["Expected to close after it opens (Wed 9 Dec 2026, 09:00 Europe/Berlin), got Wed 9 Dec 2026, 09:00 Europe/Berlin."],
    ],
    [{ closes: undefined, closesAtPublicRelease: false }, ["Expected an hour to close, or the public release as the end."]],
    [{ budget: { requests: 0, tokens: 1 } }, ["Expected a budget of at least 1 of requests, a whole number; got 0."]],
    [{ budget: { requests: 1, tokens: 1.5 } }, ["Expected a budget of at least 1 of tokens, a whole number; got 1.5."]],
    [{ closes: { instantMs: now, zone: "+01:00" } }, ['Expected an IANA time zone such as Europe/Berlin, got "+01:00".']],
  ];
  for (const [change, problems] of cases) {
    it(`of ${JSON.stringify(change)}: ${problems.length} problems`, () => {
      assert.deepEqual(checkProposal({ ...proposal, ...change }, now), problems);
    });
  }
});
