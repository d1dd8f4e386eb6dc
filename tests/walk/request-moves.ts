import { DAY_MS, field, type Draw } from "./draw.ts";
import type { Fact } from "./oracle/facts.ts";
import type { Viewer } from "./oracle/who-sees.ts";

/** What a desk might ask about a model: use for an organisation, or a later end of a window. */
export function additionOfRequest(draw: Draw, viewer: Viewer, model: Fact | undefined, user: Fact[string]): Fact | undefined {
  const windows = draw.facts.of("access_window").filter((told) => told["enrolment_id"] === field(model, "enrolment_id"));
  const isExtension = windows.length > 0 && draw.random.oneIn(2);
  return (
    model && {
      ...model,
      id: draw.uuid(),
      kind: isExtension ? "extension" : "grant",
      window_id: isExtension ? field(draw.random.pick(windows), "id") : null,
      for_organisation_id: isExtension ? null : user,
      closes_at: isExtension ? draw.hour(DAY_MS) : null,
      closes_zone: isExtension ? draw.text() : null,
      closed_then_at: null,
      closed_then_zone: null,
      words: draw.text(),
      asked_by: draw.mostly(viewer.person, draw.person),
      asked_at: draw.hour(),
    }
  );
}

export const FILLED_INTO_REQUESTS: Fact = {
  withdrawn_at: null,
  answered_at: null,
  answered_by: null,
  outcome: null,
  answer_words: null,
  grant_id: null,
  closes_now_at: null,
  closes_now_zone: null,
};

/** Answered, or taken back, by whoever may and by the other side. */
export function changeOfRequest(draw: Draw, viewer: Viewer): Fact {
  if (draw.random.oneIn(3)) return { withdrawn_at: draw.hour() };
  return {
    answered_at: draw.hour(),
    answered_by: draw.mostly(viewer.person, draw.person),
    outcome: draw.random.pick(["granted", "declined"]),
    answer_words: draw.random.oneIn(2) ? draw.text() : null,
  };
}

/** Of all at once: a lab answers, everybody else takes back. */
export function sweepOfRequests(draw: Draw, viewer: Viewer): Fact {
  const isLab = draw.facts.of("enrolment").some((told) => told["organisation_id"] === viewer.organisation);
  return isLab ? { answered_at: draw.hour(), answered_by: viewer.person, outcome: "declined" } : { withdrawn_at: draw.hour() };
}
