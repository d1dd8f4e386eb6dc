import { proposePartner, turnPartnerKey, turnPartnerKeyBack, withdrawProposal } from "../../../src/contract/endpoints/partners.ts";
import { has, hourOf } from "../oracle/facts.ts";
import { modelOf } from "../oracle/who-serves.ts";
import { attempt } from "./answers.ts";
import { BUDGET, type ModelParts, placeOf } from "./model-moves.ts";

/** Partners that a lab and a desk choose together. */
export function createPartnerMoves({ draw, guests, clock, leaders, oneOf }: ModelParts) {
  const { random, facts } = draw;

  async function propose(): Promise<void> {
    const window = oneOf("access_window", (told) => told["kind"] === "partner-stage" && told["ended_at"] === null);
    const model = window && modelOf(facts, window);
    if (window === undefined || model === undefined || hourOf(window["opens_at"]) <= facts.nowMs()) return;
    const sides = [leaders(model["organisation_id"])[0], leaders(model["desk_organisation_id"])[0]];
    const [by] = random.shuffled(sides);
    if (by === undefined) return;
    const partner = random.pick(guests).viewer.organisation;
    const key = { window_id: String(window["id"]), partner_organisation_id: partner };
    if (facts.of("partner_proposal").some((told) => has(told, { ...key, withdrawn_at: null }))) return;
    const body = { organisation: partner, purpose: String(model["purpose"]), ...BUDGET };
    const made = await attempt(() => by.ask(proposePartner, { params: { window: key.window_id }, body }));
    if (made === undefined) return;
    const turned = [false, false];
    for (const [index, side] of sides.entries()) {
      if (side === undefined || random.oneIn(6)) continue;
      const key = await attempt(() =>
        side.ask(turnPartnerKey, { params: { proposal: made.id }, body: { statedSha256: made.statedSha256 } }),
      );
      turned[index] = key !== undefined;
    }
    facts.tell("partner_proposal", {
      ...placeOf(model),
      ...key,
      id: made.id,
      purpose: body.purpose,
      closes_at: window["closes_at"] ?? null,
      budget_requests: BUDGET.budget.requests,
      budget_tokens: BUDGET.budget.tokens,
      lab_key: turned[0] ?? false,
      desk_key: turned[1] ?? false,
      admitted: false,
      withdrawn_at: null,
    });
    clock.turn(String(model["id"]));
  }

  async function turnBack(): Promise<void> {
    const proposal = oneOf("partner_proposal", (told) => told["withdrawn_at"] === null && told["lab_key"] !== told["desk_key"]);
    const isLab = proposal?.["lab_key"] === true;
    const [by] = leaders(proposal?.[isLab ? "organisation_id" : "desk_organisation_id"]);
    if (proposal === undefined || by === undefined) return;
    if ((await attempt(() => by.ask(turnPartnerKeyBack, { params: { proposal: String(proposal["id"]) } }))) !== undefined)
      facts.change("partner_proposal", proposal, { [isLab ? "lab_key" : "desk_key"]: false });
  }

  async function withdraw(): Promise<void> {
    const proposal = oneOf("partner_proposal", (told) => told["withdrawn_at"] === null);
    const [by] = leaders(proposal?.[random.oneIn(2) ? "organisation_id" : "desk_organisation_id"]);
    if (proposal === undefined || by === undefined) return;
    if ((await attempt(() => by.ask(withdrawProposal, { params: { proposal: String(proposal["id"]) } }))) !== undefined)
      facts.change("partner_proposal", proposal, { withdrawn_at: draw.hour() });
  }

  return { propose, turnBack, withdraw };
}
