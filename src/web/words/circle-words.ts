import type { InvitationState, MembershipStanding } from "../../vocabulary/circle.ts";
import type { StateKind } from "../ui/state.tsx";
import { countText } from "./count-text.ts";

type Shown = { readonly kind: StateKind; readonly word: string };

const standings: Readonly<Record<MembershipStanding, Shown>> = {
  "in-force": { kind: "in-force", word: "in force" },
  unsigned: { kind: "due", word: "agreement not signed" },
  expired: { kind: "waits", word: "expired" },
  ended: { kind: "refuted", word: "ended" },
  closed: { kind: "refuted", word: "circle closed" },
};

/** How a membership stands, as a state. */
export function standingShown(standing: MembershipStanding): Shown {
  return standings[standing];
}

const invitations: Readonly<Record<InvitationState, Shown>> = {
  open: { kind: "in-force", word: "waits for an answer" },
  accepted: { kind: "passed", word: "accepted" },
  declined: { kind: "refuted", word: "declined" },
  withdrawn: { kind: "refuted", word: "withdrawn" },
  lapsed: { kind: "waits", word: "lapsed" },
};

export function invitationShown(state: InvitationState): Shown {
  return invitations[state];
}

export type Conditions = {
  readonly needsSecondFactor: boolean;
  readonly needsSponsor: boolean;
  readonly membersListed: boolean;
  readonly longestDays?: number | undefined;
};

/** What a circle asks of its members, each as a sentence. */
export function conditionSentences(conditions: Conditions, hasAgreement: boolean): readonly string[] {
  return [
    hasAgreement ? "Its agreement is signed, by the digest of its text, before anything is seen." : "There is nothing to sign.",
    conditions.needsSecondFactor
      ? "Only sessions with a second factor, such as a passkey, see what is opened to it."
      : "Any session sees what is opened to it.",
    ...(conditions.needsSponsor ? ["A sponsor stands for whoever is invited: the owner, or a member."] : []),
    conditions.longestDays === undefined
      ? "A membership has no longest time."
      : `A membership lasts ${countText(conditions.longestDays, "day")} at most, then it ends by itself.`,
    conditions.membersListed ? "Its members see one another." : "Its members do not see one another; the owner sees them.",
  ];
}

/** How long a membership may be offered for: ready answers, none above the circle's longest. The empty one is as long as the circle allows. */
export function spanOptions(longestDays: number | undefined): readonly { readonly value: string; readonly label: string }[] {
  const days = [7, 30, 90, 180, 365].filter((each) => longestDays === undefined || each < longestDays);
  return [
    { value: "", label: longestDays === undefined ? "No end" : `${countText(longestDays, "day")}, the longest` },
    ...days.map((each) => ({ value: String(each), label: countText(each, "day") })),
  ];
}
