import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PLAN_STATES } from "../../vocabulary/release-plan.ts";
import { eventsOfEarlyEnd, mayEndEarly, mayHold, mayLift, runningState } from "./plan-moves.ts";

const party = (organisation: string) => ({ organisation, owner: "owner", consenters: ["owner", "maintainer", "lab"] });
const nobody: ReadonlySet<string> = new Set();

describe("moves of a release plan", () => {
  it("lets the owner and each consenter hold an agreed plan, and nobody else", () => {
    for (const organisation of ["owner", "maintainer", "lab"]) assert.equal(mayHold("agreed", party(organisation)).allowed, true);
    assert.equal(mayHold("agreed", party("operator")).allowed, false);
    for (const state of PLAN_STATES) assert.equal(mayHold(state, party("owner")).allowed, state === "agreed");
  });

  it("lets each organisation lift its own hold only", () => {
    assert.equal(mayLift(["maintainer", "owner"], "maintainer").allowed, true);
    assert.equal(mayLift(["maintainer"], "owner").allowed, false);
    assert.equal(mayLift([], "owner").allowed, false);
  });

  it("runs an agreed plan while nobody holds it, or when the secret is out", () => {
    assert.equal(runningState("agreed", 0, []), "agreed");
    assert.equal(runningState("agreed", 1, []), "held");
    assert.equal(runningState("agreed", 2, ["early-end"]), "held");
    assert.equal(runningState("agreed", 1, ["leak"]), "held");
    assert.equal(runningState("agreed", 2, ["exploitation", "early-end"]), "agreed");
    for (const state of ["writing", "ended"] as const) assert.equal(runningState(state, 1, ["leak", "early-end"]), state);
  });

  it("lets the owner end at once for a leak or exploitation, also a held plan", () => {
    for (const reason of ["leak", "exploitation"] as const) {
      for (const state of PLAN_STATES) {
        assert.equal(mayEndEarly(state, party("owner"), reason, nobody).allowed, state === "agreed" || state === "held");
      }
      assert.equal(mayEndEarly("agreed", party("maintainer"), reason, nobody).allowed, false);
    }
  });

  it("asks every consenter for an early end without an emergency", () => {
    const refused = mayEndEarly("agreed", party("owner"), "agreed", new Set(["maintainer"]));
    assert.deepEqual(refused, { allowed: false, why: "1 of 3 consenters have not agreed to an early end." });
    assert.equal(mayEndEarly("agreed", party("owner"), "agreed", new Set(["maintainer", "lab"])).allowed, true);
    assert.equal(mayEndEarly("held", party("owner"), "agreed", new Set(["maintainer", "lab"])).allowed, false);
  });

  it("states the reason of an early end as an event of its own", () => {
    assert.deepEqual(eventsOfEarlyEnd("leak"), ["leak", "early-end"]);
    assert.deepEqual(eventsOfEarlyEnd("agreed"), ["early-end"]);
  });
});
