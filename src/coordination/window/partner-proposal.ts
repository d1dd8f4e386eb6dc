import type { ZonedInstant } from "../../vocabulary/release-plan.ts";
import { hourText, isZone } from "../release/zoned-hour.ts";

/** What both sides agree on: who, what for, when, and how much. */
export type PartnerProposal = {
  readonly model: string;
  readonly organisation: string;
  readonly purposes: readonly string[];
  readonly opens: ZonedInstant;
  readonly closes: ZonedInstant | undefined;
  /** The stage closes at the public release if `closes` has not come by then. */
  readonly closesAtPublicRelease: boolean;
  readonly budget: { readonly requests: number; readonly tokens: number };
};

/**
 * The text on which each side turns its key: equal exactly when the proposals are. Every value stands on a line of its own as JSON,
 * so that nothing typed into one field can look like another. The order of purposes says nothing and is made the same.
 */
export function proposalText(proposal: PartnerProposal): string {
  const { model, organisation, purposes, opens, closes, closesAtPublicRelease, budget } = proposal;
  const lines: readonly (readonly [name: string, value: unknown])[] = [
    ["model", model],
    ["organisation", organisation],
    ...[...new Set(purposes)].sort().map((purpose) => ["purpose", purpose] as const),
    ["opens", hourOf(opens)],
    ["closes", closes === undefined ? null : hourOf(closes)],
    ["closes at public release", closesAtPublicRelease],
    ["requests at most", budget.requests],
    ["tokens at most", budget.tokens],
  ];
  return `Trusted partner proposal, form 1\n${lines.map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`).join("")}`;
}

/** Why no key can be turned on it, each reason a sentence; none = it can be proposed. */
export function checkProposal(proposal: PartnerProposal, atMs: number): readonly string[] {
  const { model, organisation, purposes, opens, closes, closesAtPublicRelease, budget } = proposal;
  const zone = [opens.zone, closes?.zone].find((one) => one !== undefined && !isZone(one));
  if (zone !== undefined) return [`Expected an IANA time zone such as Europe/Berlin, got ${JSON.stringify(zone)}.`];
  const problems: string[] = [];
  if (model.trim() === "") problems.push("Expected a model, got none.");
  if (organisation.trim() === "") problems.push("Expected an organisation, got none.");
  if (purposes.length === 0 || purposes.some((purpose) => purpose.trim() === "")) {
    problems.push("Expected at least one purpose, and none that is empty.");
  }
  if (opens.instantMs <= atMs) problems.push(`Expected an hour to come, got ${hourText(opens)}.`);
  if (closes !== undefined && closes.instantMs <= opens.instantMs) {
    problems.push(`Expected to close after it opens (${hourText(opens)}), got ${hourText(closes)}.`);
  }
  if (closes === undefined && !closesAtPublicRelease) problems.push("Expected an hour to close, or the public release as the end.");
  for (const unit of ["requests", "tokens"] as const) {
    if (!Number.isSafeInteger(budget[unit]) || budget[unit] < 1) {
      problems.push(`Expected a budget of at least 1 of ${unit}, a whole number; got ${budget[unit]}.`);
    }
  }
  return problems;
}

function hourOf({ instantMs, zone }: ZonedInstant): string {
  return `${new Date(instantMs).toISOString()} ${zone}`;
}
