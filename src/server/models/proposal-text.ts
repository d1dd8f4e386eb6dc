import type { BothKeys, KeySide, TurnedKey } from "../../coordination/window/both-keys.ts";
import { type PartnerProposal, proposalText } from "../../coordination/window/partner-proposal.ts";
import { hourOf, optionalHour } from "./window-facts.ts";
import type { KeyRow, ProposalRow } from "./partner-store.ts";

/** What the proposal would say as things stand now: another text than `stated` when its stage has moved. */
export function currentText(row: ProposalRow): string {
  return proposalText(proposalOf(row));
}

export function proposalOf(row: ProposalRow): PartnerProposal {
  return {
    model: namedModel(row.enrolment_id, row.model_name),
    organisation: namedPartner(row.partner_organisation_id, row.partner_name),
    purposes: [row.purpose],
    opens: hourOf(row.opens_at, row.opens_zone),
    closes: optionalHour(row.proposal_closes_at, row.proposal_closes_zone),
    closesAtPublicRelease: row.ends_at_public_release,
    budget: { requests: row.budget_requests, tokens: row.budget_tokens },
  };
}

/** A name for people, an id so that nobody else bears it. */
export function namedModel(id: string, name: string): string {
  return `${name} (${id})`;
}

export function namedPartner(id: string, name: string | null): string {
  return name === null ? id : `${name} (${id})`;
}

/** By digest: what a key was turned on is kept as the digest of its text. */
export function keysOf(row: ProposalRow, keys: readonly KeyRow[]): BothKeys {
  const turned = (side: KeySide): TurnedKey | undefined => {
    const key = keys.find((one) => one.side === side);
    if (key === undefined) return undefined;
    return { organisation: key.turned_by_organisation_id, text: hex(key.stated_sha256), atMs: key.turned_at.getTime() };
  };
  return {
    lab: row.organisation_id,
    text: hex(row.stated_sha256),
    keys: { lab: turned("lab"), government: turned("government") },
    ended: row.withdrawn_at === null ? undefined : { how: "withdrawn", atMs: row.withdrawn_at.getTime() },
  };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
