import type { RequestAnswer } from "../../contract/endpoints/access-requests.ts";
import type { RequestState } from "../../vocabulary/access-request.ts";
import type { EnrolmentSide } from "../../vocabulary/enrolment.ts";
import type { StateKind } from "../ui/state.tsx";
import { momentText, readerZone } from "./instant-text.ts";

const states: Readonly<Record<RequestState, { readonly kind: StateKind; readonly word: string }>> = {
  asked: { kind: "waits", word: "asked" },
  answered: { kind: "opened", word: "answered" },
  withdrawn: { kind: "refuted", word: "taken back" },
  lapsed: { kind: "refuted", word: "nothing left to answer" },
};

/** An answer is one, whatever it says: no shape and no colour tells a yes from a no. */
export function requestShown(state: RequestState): { readonly kind: StateKind; readonly word: string } {
  return states[state];
}

/** What is asked for, as a heading. */
export function requestText({ kind, organisation, window, closes }: RequestAnswer): string {
  const place = window === undefined ? "" : ` in ${window.name}`;
  if (kind === "grant") return `Use by ${organisation?.name ?? "an organisation"}${place}`;
  const until = closes === undefined ? ", as late as the bounds allow" : `, ${endText(closes.instantMs)}`;
  return `A later end of ${window?.name ?? "a window"}${until}`;
}

/** What was answered. */
export function answerText({ outcome, closes }: NonNullable<RequestAnswer["answer"]>, side: EnrolmentSide): string {
  const lab = side === "lab" ? "You" : "The lab";
  if (outcome === "declined") return `${lab} declined`;
  return closes === undefined ? `${lab} granted the use` : `${lab} set the end to ${endText(closes.instantMs)}`;
}

/** With its year: a request may be read long after. */
function endText(ms: number): string {
  return momentText(ms, 0, readerZone());
}

/** What is voluntary about it, by who reads. */
export function requestsVoluntary(side: EnrolmentSide): string {
  return side === "lab"
    ? "The desk may ask; you need not answer. A decline needs no reason, and nothing here counts it."
    : "You may ask; the lab need not answer. Nothing here counts what it answers, or whether it does.";
}
