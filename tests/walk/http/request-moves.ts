import { answerAccessRequest, askForAccess, withdrawAccessRequest } from "../../../src/contract/endpoints/access-requests.ts";
import { changeModelTerms } from "../../../src/contract/endpoints/model-terms.ts";
import type { Fact } from "../oracle/facts.ts";
import { toldOfTerms } from "../oracle/who-sees-models.ts";
import { attempt } from "./answers.ts";
import { type ModelParts, placeOf } from "./model-moves.ts";

/** What a desk asks of a lab, what the lab answers, and the terms that it states anew. */
export function createRequestMoves({ draw, guests, leaders, oneOf }: ModelParts) {
  const { random, facts } = draw;
  const offered = (): Fact | undefined => oneOf("enrolment", (told) => told["withdrawn_at"] === null);
  const waiting = (): Fact | undefined => oneOf("access_request", (told) => told["answered_at"] === null && told["withdrawn_at"] === null);

  async function ask(): Promise<void> {
    const model = offered();
    const [desk] = leaders(model?.["desk_organisation_id"]);
    if (model === undefined || desk === undefined) return;
    const words = draw.text();
    const organisation = random.pick(guests).viewer.organisation;
    const params = { model: String(model["id"]) };
    const made = await attempt(() => desk.ask(askForAccess, { params, body: { kind: "grant", organisation, words } }));
    if (made === undefined) return;
    facts.tell("access_request", {
      ...placeOf(model),
      id: made.id,
      window_id: null,
      for_organisation_id: organisation,
      words,
      answer_words: null,
      answered_at: null,
      withdrawn_at: null,
    });
  }

  async function answer(): Promise<void> {
    const request = waiting();
    const [lab] = leaders(request?.["organisation_id"]);
    if (request === undefined || lab === undefined) return;
    const words = draw.text();
    const body = { outcome: "declined", words } as const;
    const answered = await attempt(() => lab.ask(answerAccessRequest, { params: { request: String(request["id"]) }, body }));
    if (answered !== undefined) facts.change("access_request", request, { answered_at: draw.hour(), answer_words: words });
  }

  async function takeBack(): Promise<void> {
    const request = waiting();
    const [desk] = leaders(request?.["desk_organisation_id"]);
    if (request === undefined || desk === undefined) return;
    const taken = await attempt(() => desk.ask(withdrawAccessRequest, { params: { request: String(request["id"]) } }));
    if (taken !== undefined) facts.change("access_request", request, { withdrawn_at: draw.hour() });
  }

  /** Its purposes and its retention stay, so that what was granted before is as it was. */
  async function restate(): Promise<void> {
    const model = offered();
    const [lab] = leaders(model?.["organisation_id"]);
    if (model === undefined || lab === undefined) return;
    const before = 1 + facts.of("changed_terms").filter((told) => told["enrolment_id"] === model["id"]).length;
    const whoMaySee = draw.text();
    const terms = {
      purposes: [String(model["purpose"])],
      retentionDays: Number(model["retention_days"]),
      destruction: String(model["destruction"]),
      confidentiality: "Nothing is passed on",
      whoMaySee,
      contacts: [{ name: "Lia", reach: "lia@lab.example" }],
    };
    const stated = await attempt(() => lab.ask(changeModelTerms, { params: { model: String(model["id"]) }, body: { before, terms } }));
    if (stated === undefined) return;
    facts.tell("changed_terms", { ...placeOf(model), version: before + 1, who_may_see: whoMaySee });
    for (const told of toldOfTerms(facts, model)) facts.tell("terms_notice", { organisation_id: told });
  }

  return { ask, seldom: [ask, answer, takeBack, restate] };
}
