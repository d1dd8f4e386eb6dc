import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { WindowAnswer } from "../../contract/model-schemas.ts";
import { BOUND_SOURCES, CLOSING_CAUSES, GRANT_KINDS, WINDOW_STATES } from "../../vocabulary/access-window.ts";
import { CUSTODIES, ENROLMENT_EVENTS, ENROLMENT_SIDES } from "../../vocabulary/enrolment.ts";
import { MODEL_WIRES, OUTSIDE_FEATURES, PROBE_OCCASIONS, PROBE_VERDICTS } from "../../vocabulary/exchange.ts";
import {
  amountText,
  boundPhrase,
  causeText,
  custodyText,
  eventFact,
  eventText,
  headingText,
  kindText,
  leadingWindow,
  modelHeading,
  occasionText,
  outsideText,
  proposalNext,
  proposalShown,
  stateShown,
  streamUsageText,
  verdictShown,
  voluntaryWords,
  wireText,
} from "./model-words.ts";

const lab = { side: "lab", lab: { name: "Example Lab" } } as const;

function window(state: WindowAnswer["state"], atMs: number, more: Partial<WindowAnswer> = {}): WindowAnswer {
  const at = { edge: "closes", by: "lab", at: { instantMs: atMs, zone: "UTC" }, words: "", inForce: true, sets: true } as const;
  return { kind: "testing-window", state, opens: at, closes: at, leavesNothing: false, ...more } as WindowAnswer;
}

describe("words about models", () => {
  it("never hold a verdict on a model", () => {
    const proposals = ["proposed", "lab-key", "government-key", "both", "admitted", "withdrawn", "superseded"] as const;
    const said = [
      ...GRANT_KINDS.map(kindText),
      ...WINDOW_STATES.map((state) => stateShown(state).word),
      ...WINDOW_STATES.map((state) => headingText(modelHeading({}, window(state, 1)), "m")),
      ...CLOSING_CAUSES.map(causeText),
      ...BOUND_SOURCES.flatMap((by) => [
        boundPhrase(by, "opens", lab, "EO", 30),
        boundPhrase(by, "closes", { ...lab, side: "desk" }, "EO", 30),
      ]),
      ...CUSTODIES.map(custodyText),
      ...MODEL_WIRES.map(wireText),
      ...[true, false].map(streamUsageText),
      ...OUTSIDE_FEATURES.map(outsideText),
      ...PROBE_VERDICTS.map((verdict) => verdictShown(verdict).sentence),
      ...PROBE_OCCASIONS.map(occasionText),
      ...ENROLMENT_EVENTS.flatMap((kind) => [eventText({ kind, details: {} }, "Testing"), eventFact({ kind, details: {} }) ?? ""]),
      ...proposals.flatMap((state) => [proposalShown(state).word, proposalNext(state)]),
      ...ENROLMENT_SIDES.flatMap((side) => voluntaryWords(side, "Example Lab")),
    ];
    assert.deepEqual(
      said.filter((text) => /approv|\bclear|certif(?!icate)|licen[sc]|permit/i.test(text)),
      [],
    );
  });

  it("lead with what is open, then with what opens soonest, then with what closed last", () => {
    const [open, soon, late, old, older] = [
      window("open", 9),
      window("agreed", 5),
      window("agreed", 7),
      window("closed", 3),
      window("closed", 1),
    ];
    const closedAt = (one: WindowAnswer, atMs: number): WindowAnswer => ({ ...one, closed: { atMs, by: "ended" } });
    assert.equal(leadingWindow([late, soon, open]), open);
    assert.equal(leadingWindow([late, soon, closedAt(old, 3)]), soon);
    assert.equal(leadingWindow([closedAt(older, 1), closedAt(old, 3)])?.closed?.atMs, 3);
    assert.equal(leadingWindow([]), undefined);
  });

  it("say in the heading how it stands", () => {
    const heading = (...of: Parameters<typeof modelHeading>): string => headingText(modelHeading(...of), "large-2");
    assert.equal(heading({}, undefined), "large-2 is offered, and no window is set");
    assert.equal(heading({}, window("open", 1)), "Testing window for large-2 is open");
    assert.equal(heading({}, window("agreed", 1, { credential: "missing" })), "Testing window for large-2 cannot open yet");
    assert.equal(heading({}, window("agreed", 1, { kind: "partner-stage" })), "Partner stage for large-2 opens by itself");
    assert.equal(heading({ withdrawnAtMs: 1 }, window("closed", 1)), "large-2 is withdrawn");
  });

  for (const [amount, text] of [
    [0, "0"],
    [58_696, "58,696"],
    [999_999, "999,999"],
    [1_000_000, "1 M"],
    [220_849_999, "220.8 M"],
    [1_000_000_000, "1,000 M"],
  ] as const) {
    it(`${amount} is ${text}`, () => assert.equal(amountText(amount), text));
  }

  it("tell what a move of the release was, and that a grant ended by its hour", () => {
    assert.equal(eventFact({ kind: "release-moved", details: { before: "Mon", after: "Tue" } }), "From Mon to Tue");
    assert.equal(eventFact({ kind: "grant-ended", details: { because: "hour" } }), "Its hour had come");
    assert.equal(
      eventText({ kind: "grant-made", details: {}, organisation: { id: "a", name: "Institute" } }, "Testing"),
      "granted Institute use in Testing",
    );
  });

  it("say of a key at a lab's own gateway which gateway told so, and of this server's that it is gone", () => {
    const words = (details: Readonly<Record<string, unknown>>) => eventText({ kind: "key-destroyed", details }, "Testing");
    assert.deepEqual(
      [words({ what: "credential" }), words({ what: "record", gateway: "6f1c1b1e-0a52-4d0e-9a4f-0d4f2f5b7a11/gateway-1" })],
      ["destroyed the credential of Testing", "was told by gateway-1 that it destroyed the key of recorded exchanges there"],
    );
  });
});
