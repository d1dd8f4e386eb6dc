import type { Fact } from "./facts.ts";
import type { Eyes } from "./who-sees.ts";

/** The desk that the model was offered to asks, in its own name. */
export function mayAsk({ viewer }: Eyes, fact: Fact): boolean {
  return fact["desk_organisation_id"] === viewer.organisation && fact["asked_by"] === viewer.person;
}

/** Once: the desk takes it back, or the lab answers in its own name. */
export function maySettleRequest({ viewer }: Eyes, fact: Fact, changes: Fact): boolean {
  if (fact["answered_at"] !== null || fact["withdrawn_at"] !== null) return false;
  if (changes["withdrawn_at"] !== undefined)
    return fact["desk_organisation_id"] === viewer.organisation && changes["withdrawn_at"] !== null;
  return fact["organisation_id"] === viewer.organisation && changes["answered_at"] !== null && changes["answered_by"] === viewer.person;
}
