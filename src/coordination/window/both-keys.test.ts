import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ORGANISATION_KINDS } from "../../vocabulary/organisation.ts";
import { seededRandom } from "../../../tests/support/seeded-random.ts";
import {
  admission,
  PROPOSAL_STATES,
  proposalState,
  propose,
  sideOf,
  supersede,
  takeBackKey,
  turnKey,
  withdrawProposal,
  type BothKeys,
  type KeyParty,
  type KeyTurn,
  type ProposalState,
} from "./both-keys.ts";

const LAB: KeyParty = { organisation: "example-lab", kind: "lab" };
const COORDINATOR: KeyParty = { organisation: "desk", kind: "coordinator" };
const AGENCY: KeyParty = { organisation: "agency-a", kind: "agency" };
const OTHER_LAB: KeyParty = { organisation: "other-lab", kind: "lab" };
const PARTNER: KeyParty = { organisation: "partner", kind: "operator" };
const PARTIES = [LAB, COORDINATOR, AGENCY, OTHER_LAB, PARTNER];

const inState: Readonly<Record<ProposalState, BothKeys>> = {
  proposed: propose("example-lab", "A"),
  "lab-key": turned(turnKey(propose("example-lab", "A"), LAB, "A", 1)),
  "government-key": turned(turnKey(propose("example-lab", "A"), AGENCY, "A", 1)),
  both: turned(turnKey(turned(turnKey(propose("example-lab", "A"), LAB, "A", 1)), COORDINATOR, "A", 2)),
  withdrawn: turned(withdrawProposal(propose("example-lab", "A"), LAB, 3)),
  superseded: supersededBy(propose("example-lab", "A")),
};

describe("a partner proposal with both keys", () => {
  it("can be in each of its states", () => {
    for (const state of PROPOSAL_STATES) assert.equal(proposalState(inState[state]), state);
  });

  type Act = "lab turns" | "government turns" | "lab takes back" | "government takes back" | "lab withdraws" | "government withdraws";
  const acts: Readonly<Record<Act, (proposal: BothKeys) => KeyTurn>> = {
    "lab turns": (proposal) => turnKey(proposal, LAB, "A", 9),
    "government turns": (proposal) => turnKey(proposal, AGENCY, "A", 9),
    "lab takes back": (proposal) => takeBackKey(proposal, LAB),
    "government takes back": (proposal) => takeBackKey(proposal, AGENCY),
    "lab withdraws": (proposal) => withdrawProposal(proposal, LAB, 9),
    "government withdraws": (proposal) => withdrawProposal(proposal, COORDINATOR, 9),
  };
  /** `-` = refused. Columns in the order of `acts`. */
  const table: Readonly<Record<ProposalState, readonly (ProposalState | "-")[]>> = {
    proposed: ["lab-key", "government-key", "-", "-", "withdrawn", "withdrawn"],
    "lab-key": ["-", "both", "proposed", "-", "withdrawn", "withdrawn"],
    "government-key": ["both", "-", "-", "proposed", "withdrawn", "withdrawn"],
    both: ["-", "-", "-", "-", "withdrawn", "withdrawn"],
    withdrawn: ["-", "-", "-", "-", "-", "-"],
    superseded: ["-", "-", "-", "-", "-", "-"],
  };
  for (const state of PROPOSAL_STATES) {
    for (const [index, [name, act]] of Object.entries(acts).entries()) {
      const expected = table[state][index];
      it(`${state}: ${name} ${expected === "-" ? "is refused" : `makes it ${expected}`}`, () => {
        const turn = act(inState[state]);
        assert.equal(turn.turned ? proposalState(turn.proposal) : "-", expected);
      });
    }
  }

  it("has a key for the model's own lab, the coordinator and agencies, and for nobody else", () => {
    const proposal = inState.proposed;
    for (const kind of ORGANISATION_KINDS) {
      const side = sideOf(proposal, { organisation: "someone", kind });
      assert.equal(side, kind === "coordinator" || kind === "agency" ? "government" : undefined, kind);
    }
    assert.equal(sideOf(proposal, LAB), "lab");
    for (const party of [OTHER_LAB, PARTNER]) {
      assert.equal(turnKey(proposal, party, "A", 9).turned, false);
      assert.equal(takeBackKey(inState["lab-key"], party).turned, false);
      assert.equal(withdrawProposal(proposal, party, 9).turned, false);
      assert.ok("why" in supersede(proposal, party, "B", 9));
    }
  });

  it("takes no second key of the same side for the missing one", () => {
    const turn = turnKey(inState["government-key"], COORDINATOR, "A", 9);
    assert.deepEqual(turn, { turned: false, why: "The key of the government is turned already, by agency-a." });
  });

  it("takes a key on exactly the text as it stands", () => {
    for (const text of ["B", "A ", "a", ""]) assert.equal(turnKey(inState["lab-key"], AGENCY, text, 9).turned, false, text);
  });

  it("keeps who turned a key, on which text and when", () => {
    assert.deepEqual(inState.both.keys, {
      lab: { organisation: "example-lab", text: "A", atMs: 1 },
      government: { organisation: "desk", text: "A", atMs: 2 },
    });
  });

  for (const state of ["proposed", "lab-key", "government-key", "both"] as const) {
    it(`${state}: any change by either side makes another proposal with no key turned`, () => {
      for (const party of [LAB, COORDINATOR, AGENCY]) {
        const change = supersede(inState[state], party, "B", 9);
        assert.ok("successor" in change);
        assert.equal(proposalState(change.superseded), "superseded");
        assert.deepEqual(change.successor, propose("example-lab", "B"));
      }
      assert.ok("why" in supersede(inState[state], LAB, "A", 9));
    });
  }

  it("counts no key that a store brings back on another text", () => {
    assert.equal(proposalState({ ...inState.both, text: "B" }), "proposed");
    assert.equal(admission({ ...inState.both, text: "B" }).allowed, false);
  });

  it("admits in one state only, and says what is missing in the others", () => {
    const said = PROPOSAL_STATES.map((state) => {
      const may = admission(inState[state]);
      return may.allowed ? "admitted" : may.why;
    });
    assert.deepEqual(said, [
      "Expected both keys on this text; missing: lab and government.",
      "Expected both keys on this text; missing: government.",
      "Expected both keys on this text; missing: lab.",
      "admitted",
      "The proposal is withdrawn.",
      "The proposal is superseded.",
    ]);
  });

  it("admits nobody by any run of one side's moves, and in any run only after both turned on the last text", () => {
    let admitted = 0;
    for (let seed = 0; seed < 2000; seed += 1) {
      const random = seededRandom(seed);
      const oneSided = random.oneIn(2);
      const parties = oneSided
        ? random.pick([
            [LAB, OTHER_LAB, PARTNER],
            [COORDINATOR, AGENCY, OTHER_LAB, PARTNER],
          ])
        : PARTIES;
      let proposal = propose("example-lab", "A");
      const words = { lab: "", government: "" };
      for (let step = 0; step < 12; step += 1) {
        const party = random.pick(parties);
        const text = random.pick(["A", "B"]);
        const act = random.below(8);
        if (act < 5) {
          const turn = turnKey(proposal, party, text, step);
          if (turn.turned) {
            proposal = turn.proposal;
            words[party.kind === "lab" ? "lab" : "government"] = text;
          }
        } else if (act < 7) {
          const change = supersede(proposal, party, text, step);
          if ("successor" in change) proposal = change.successor;
        } else {
          const turn = takeBackKey(proposal, party);
          if (turn.turned) proposal = turn.proposal;
        }
        if (!admission(proposal).allowed) continue;
        admitted += 1;
        assert.deepEqual(words, { lab: proposal.text, government: proposal.text }, `seed ${seed}`);
        assert.equal(oneSided, false, `seed ${seed}: one side admitted alone`);
      }
    }
    assert.ok(admitted > 100);
  });
});

function turned(turn: KeyTurn): BothKeys {
  assert.ok(turn.turned);
  return turn.proposal;
}

function supersededBy(proposal: BothKeys): BothKeys {
  const change = supersede(proposal, LAB, "B", 3);
  assert.ok("superseded" in change);
  return change.superseded;
}
