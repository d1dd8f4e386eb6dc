import type { GroundAnswer } from "../../contract/endpoints/access-review.ts";
import { EVERYONE_SIGNED_IN, membershipStanding } from "../../vocabulary/circle.ts";
import { type DraftLevel, levelNumber, parseLevel } from "../../vocabulary/level.ts";

/** One level of a draft, opened to one circle. Times in milliseconds since 1970. */
export type ReviewedOpening = {
  readonly circle: string;
  readonly level: DraftLevel;
  readonly stage: number | undefined;
  readonly openedBy: GroundAnswer["openedBy"];
  readonly openedAtMs: number;
  readonly closesAtMs: number | undefined;
};

export type ReviewedCircle = {
  readonly id: string;
  readonly name: string;
  readonly closedAtMs: number | undefined;
  readonly needsSignature: boolean;
  readonly needsSecondFactor: boolean;
};

/** One membership of the organisation that is reviewed, also one that has ended. */
export type ReviewedMembership = {
  readonly circle: string;
  readonly sinceMs: number;
  readonly expiresAtMs: number | undefined;
  readonly endedAtMs: number | undefined;
  readonly endedBecause: string | undefined;
  readonly signedAtMs: number | undefined;
};

export type ReviewedException = { readonly reason: string; readonly madeAtMs: number };

export type ReviewedOrganisation = {
  readonly id: string;
  /** Undefined = not known to whoever reviews. */
  readonly hasIntelligenceFunction: boolean | undefined;
  readonly memberships: readonly ReviewedMembership[];
  readonly exception: ReviewedException | undefined;
};

export type ReviewedDraft = { readonly openings: readonly ReviewedOpening[]; readonly circles: ReadonlyMap<string, ReviewedCircle> };

export type ReviewedAccess = { readonly reads?: DraftLevel; readonly sinceMs?: number; readonly grounds: GroundAnswer[] };

/**
 * Why an organisation reads a draft that is not its own, or does not: every opening that reaches it or would, were its membership in force.
 * It says in words what the policy `mine` on `opening` decides; a test holds the two together.
 */
export function accessOf(organisation: ReviewedOrganisation, draft: ReviewedDraft, nowMs: number): ReviewedAccess {
  const grounds = draft.openings.flatMap((opening) => groundsOf(organisation, opening, draft, nowMs));
  const holding = grounds.filter(({ standing }) => standing === "in-force");
  const best = Math.min(...holding.map(({ level }) => levelNumber(level)));
  const reads = parseLevel(best);
  if (reads === undefined) return { grounds };
  const sinceMs = Math.min(...holding.filter(({ level }) => level === reads).map((ground) => ground.sinceMs ?? ground.openedAtMs));
  return { reads, sinceMs, grounds };
}

function groundsOf(
  organisation: ReviewedOrganisation,
  opening: ReviewedOpening,
  { circles }: ReviewedDraft,
  nowMs: number,
): readonly GroundAnswer[] {
  if (opening.circle === organisation.id) return [ground(organisation, opening, { by: "own-circle" }, nowMs)];
  if (opening.circle === EVERYONE_SIGNED_IN) return [ground(organisation, opening, { by: "everyone" }, nowMs)];
  const circle = circles.get(opening.circle);
  if (circle === undefined) return [];
  return organisation.memberships
    .filter((membership) => membership.circle === circle.id)
    .map((membership) => ground(organisation, opening, { by: "circle", circle, membership }, nowMs));
}

type Way =
  | { readonly by: "own-circle" | "everyone" }
  | { readonly by: "circle"; readonly circle: ReviewedCircle; readonly membership: ReviewedMembership };

function ground(organisation: ReviewedOrganisation, opening: ReviewedOpening, way: Way, nowMs: number): GroundAnswer {
  const standing = standingOf(organisation, opening, way, nowMs);
  const membership = way.by === "circle" ? way.membership : undefined;
  const ends = [opening.closesAtMs, membership?.expiresAtMs].filter((at) => at !== undefined);
  const begins = [
    opening.openedAtMs,
    membership?.sinceMs,
    way.by === "circle" && way.circle.needsSignature ? membership?.signedAtMs : undefined,
    organisation.hasIntelligenceFunction === true ? organisation.exception?.madeAtMs : undefined,
  ].filter((at) => at !== undefined);
  return {
    by: way.by,
    ...(way.by === "circle" ? { circle: { id: way.circle.id, name: way.circle.name } } : {}),
    level: opening.level,
    ...(opening.stage === undefined ? {} : { stage: opening.stage }),
    openedAtMs: opening.openedAtMs,
    openedBy: opening.openedBy,
    standing,
    ...(membership === undefined ? {} : { memberSinceMs: membership.sinceMs }),
    ...(membership?.signedAtMs === undefined ? {} : { signedAtMs: membership.signedAtMs }),
    ...(standing === "in-force" ? { sinceMs: Math.max(...begins) } : {}),
    ...(standing === "in-force" && ends.length > 0 ? { untilMs: Math.min(...ends) } : {}),
    needsSecondFactor: way.by === "circle" && way.circle.needsSecondFactor,
    words: wordsOf(organisation, opening, way, standing),
  };
}

function standingOf(organisation: ReviewedOrganisation, opening: ReviewedOpening, way: Way, nowMs: number): GroundAnswer["standing"] {
  if (opening.closesAtMs !== undefined && opening.closesAtMs <= nowMs) return "opening-over";
  if (way.by === "circle") {
    const { circle, membership } = way;
    const standing = membershipStanding({ ...membership, closedAtMs: circle.closedAtMs, needsSignature: circle.needsSignature }, nowMs);
    if (standing !== "in-force") return standing;
  }
  return organisation.hasIntelligenceFunction === true && organisation.exception === undefined ? "excluded" : "in-force";
}

const openedWords: Readonly<Record<GroundAnswer["openedBy"], string>> = {
  owner: "when it was made",
  hour: "at its hour",
  "patch-ready": "because the patch was ready",
  leak: "because of a leak",
  exploitation: "because of exploitation",
  "early-end": "because the owner ended the embargo early",
};

function wordsOf(organisation: ReviewedOrganisation, opening: ReviewedOpening, way: Way, standing: GroundAnswer["standing"]): string {
  const stage = opening.stage === undefined ? "" : ` by stage ${opening.stage}`;
  const to = {
    "own-circle": "Level %s was opened to the organisation itself",
    everyone: "Level %s was opened to everyone signed in",
    circle: `Member of ${way.by === "circle" ? `${way.circle.name} since ${utc(way.membership.sinceMs)}` : ""}; level %s was opened to it`,
  }[way.by].replace("%s", opening.level);
  const opened = `${to}${stage} on ${utc(opening.openedAtMs)}, ${openedWords[opening.openedBy]}`;
  return [opened, conditionWords(way), exceptionWords(organisation, standing), endWords(opening, way, standing)]
    .filter((part) => part !== "")
    .join("; ");
}

function conditionWords(way: Way): string {
  if (way.by !== "circle") return "";
  const signed =
    way.circle.needsSignature && way.membership.signedAtMs !== undefined ? `agreement signed on ${utc(way.membership.signedAtMs)}` : "";
  const factor = way.circle.needsSecondFactor ? "only for sessions with a second factor" : "";
  return [signed, factor].filter((part) => part !== "").join("; ");
}

function exceptionWords({ hasIntelligenceFunction, exception }: ReviewedOrganisation, standing: GroundAnswer["standing"]): string {
  if (hasIntelligenceFunction !== true) return "";
  if (exception !== undefined) return `by the owner's exception of ${utc(exception.madeAtMs)}`;
  return standing === "excluded" ? "kept from it for its intelligence or law-enforcement function: there is no exception" : "";
}

function endWords(opening: ReviewedOpening, way: Way, standing: GroundAnswer["standing"]): string {
  const membership = way.by === "circle" ? way.membership : undefined;
  switch (standing) {
    case "in-force":
    case "excluded":
      return "";
    case "opening-over":
      return `closed again on ${utc(opening.closesAtMs ?? 0)}, as the plan says`;
    case "unsigned":
      return "the agreement in force is not signed";
    case "expired":
      return `the membership expired on ${utc(membership?.expiresAtMs ?? 0)}`;
    case "ended":
      return `the membership ended on ${utc(membership?.endedAtMs ?? 0)} (${membership?.endedBecause ?? "no reason stated"})`;
    case "closed":
      return "the circle is closed";
  }
}

/** `2026-11-25 09:00 UTC` */
function utc(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
