/** A circle as a plan's rules see it: who is in it, and whether they may enter. */
export type PlanCircle = {
  readonly id: string;
  readonly name: string;
  /** Undefined = whoever asks is not told who is in it: that is for the circle's owner. */
  readonly members: readonly PlanMember[] | undefined;
};

/** An organisation in a circle. */
export type PlanMember = {
  readonly organisation: string;
  readonly name: string;
  /** False while an entry condition of the circle is not met: the organisation is named, and sees nothing through it. */
  readonly entered: boolean;
  /** When its membership ends by itself; undefined = never. */
  readonly expiresMs: number | undefined;
  /** It has an intelligence or law-enforcement function. */
  readonly excluded: boolean;
  /** The draft's owner made an exception for it. */
  readonly excepted: boolean;
};

/** True when what is opened to the circle at this moment reaches the member. */
export function reaches(member: PlanMember, atMs: number): boolean {
  return member.entered && (!member.excluded || member.excepted) && (member.expiresMs === undefined || atMs < member.expiresMs);
}

/** The members one is told of. */
export function knownMembers(circle: PlanCircle): readonly PlanMember[] {
  return circle.members ?? [];
}
