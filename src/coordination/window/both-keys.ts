import type { OrganisationKind } from "../../vocabulary/organisation.ts";
import type { Move } from "../release/plan-moves.ts";

/** The two sides that choose a trusted partner together; government is the coordinator or an agency. */
export const KEY_SIDES = ["lab", "government"] as const;
export type KeySide = (typeof KEY_SIDES)[number];

/** `both`: the only state in which the organisation is admitted. `superseded`: another text stands in its place. */
export const PROPOSAL_STATES = ["proposed", "lab-key", "government-key", "both", "withdrawn", "superseded"] as const;
export type ProposalState = (typeof PROPOSAL_STATES)[number];

/** One side's word on a text, kept with the text it was given on. */
export type TurnedKey = { readonly organisation: string; readonly text: string; readonly atMs: number };

/** A proposal never changes its text: a change makes another proposal, with no key turned. */
export type BothKeys = {
  /** The lab that offered the model: no other lab turns its key. */
  readonly lab: string;
  /** As `proposalText` writes it, or a digest of that. */
  readonly text: string;
  readonly keys: Readonly<Record<KeySide, TurnedKey | undefined>>;
  readonly ended: { readonly how: "withdrawn" | "superseded"; readonly atMs: number } | undefined;
};

/** Who turns a key. */
export type KeyParty = { readonly organisation: string; readonly kind: OrganisationKind };

export type KeyTurn = { readonly turned: true; readonly proposal: BothKeys } | { readonly turned: false; readonly why: string };

/** Proposing turns no key: who proposes still has to give its word on the text as it stands. */
export function propose(lab: string, text: string): BothKeys {
  return { lab, text, keys: { lab: undefined, government: undefined }, ended: undefined };
}

/** Only keys on the very text count, whatever a store brings back. */
export function proposalState({ text, keys, ended }: BothKeys): ProposalState {
  if (ended !== undefined) return ended.how;
  const lab = keys.lab?.text === text;
  const government = keys.government?.text === text;
  if (lab && government) return "both";
  return lab ? "lab-key" : government ? "government-key" : "proposed";
}

/** The side for which a party acts on this proposal; undefined = it has no key. */
export function sideOf({ lab }: Pick<BothKeys, "lab">, { organisation, kind }: KeyParty): KeySide | undefined {
  if (kind === "lab") return organisation === lab ? "lab" : undefined;
  return kind === "coordinator" || kind === "agency" ? "government" : undefined;
}

/** `text` is what the party was shown: a key never falls on a text that its holder has not seen. */
export function turnKey(proposal: BothKeys, party: KeyParty, text: string, atMs: number): KeyTurn {
  const side = sideOf(proposal, party);
  if (side === undefined) return no("Only the lab that offered the model, and the coordinator or an agency, have a key.");
  if (proposal.ended !== undefined) return no(`Expected a proposal that stands, this one is ${proposal.ended.how}.`);
  if (text !== proposal.text) return no("Expected the key on the text as it stands: it is not the one you were shown.");
  const held = proposal.keys[side];
  if (held?.text === text) return no(`The key of the ${side} is turned already, by ${held.organisation}.`);
  return turned({ ...proposal, keys: { ...proposal.keys, [side]: { organisation: party.organisation, text, atMs } } });
}

/** Each side takes back its own key until both are turned; after that admission ends by withdrawal or the end of its grant. */
export function takeBackKey(proposal: BothKeys, party: KeyParty): KeyTurn {
  const side = sideOf(proposal, party);
  const state = proposalState(proposal);
  if (side === undefined) return no("Only the lab that offered the model, and the coordinator or an agency, have a key.");
  if (state !== `${side}-key`) return no(`Expected only the key of the ${side} to be turned, this proposal is in state ${state}.`);
  return turned({ ...proposal, keys: { ...proposal.keys, [side]: undefined } });
}

/** Either side, at any moment and without a reason. */
export function withdrawProposal(proposal: BothKeys, party: KeyParty, atMs: number): KeyTurn {
  if (sideOf(proposal, party) === undefined) return no("Only the two sides that choose a partner can withdraw the proposal.");
  if (proposal.ended !== undefined) return no(`Expected a proposal that stands, this one is ${proposal.ended.how}.`);
  return turned({ ...proposal, ended: { how: "withdrawn", atMs } });
}

/** The proposal that was, and the one in its place: both keys are void, whoever changes it and however little. */
export type Superseding = { readonly superseded: BothKeys; readonly successor: BothKeys };

export function supersede(proposal: BothKeys, party: KeyParty, text: string, atMs: number): Superseding | { readonly why: string } {
  if (sideOf(proposal, party) === undefined) return { why: "Only the two sides that choose a partner can change the proposal." };
  if (proposal.ended !== undefined) return { why: `Expected a proposal that stands, this one is ${proposal.ended.how}.` };
  if (text === proposal.text) return { why: "Expected another text: nothing is changed." };
  return { superseded: { ...proposal, ended: { how: "superseded", atMs } }, successor: propose(proposal.lab, text) };
}

/** Whether the partner may be let in, in words when not. */
export function admission(proposal: BothKeys): Move {
  const state = proposalState(proposal);
  if (state === "both") return { allowed: true };
  if (state === "withdrawn" || state === "superseded") return { allowed: false, why: `The proposal is ${state}.` };
  const missing = KEY_SIDES.filter((side) => proposal.keys[side]?.text !== proposal.text);
  return { allowed: false, why: `Expected both keys on this text; missing: ${missing.join(" and ")}.` };
}

function turned(proposal: BothKeys): KeyTurn {
  return { turned: true, proposal };
}

function no(why: string): KeyTurn {
  return { turned: false, why };
}
