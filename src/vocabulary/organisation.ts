/** What an organisation is to the clearinghouse. */
export const ORGANISATION_KINDS = [
  "coordinator",
  "agency",
  "lab",
  "maintainer",
  "vendor",
  "operator",
  "distributor",
  "finder",
  "prosecutor",
] as const;
export type OrganisationKind = (typeof ORGANISATION_KINDS)[number];

/** What a member is within an organisation. A service account is a member like any other. */
export const MEMBER_ROLES = ["administrator", "editor", "reader", "auditor"] as const;
export type MemberRole = (typeof MEMBER_ROLES)[number];

/**
 * What may be done. A role allows verbs; a token is scoped to some of its owner's. Which rows a verb then reaches is decided
 * by the database alone, from the organisation's circles and openings.
 */
export const VERBS = [
  "installation.manage",
  "organisation.manage",
  "member.manage",
  "token.issue",
  "circle.manage",
  "circle.join",
  "draft.read",
  "draft.write",
  "research.read",
  "release.decide",
  "scan",
  "access.review",
  "audit.export",
  "notification.manage",
  "model.read",
  "model.enrol",
  "model.test",
  "model.stop",
  "model.request",
  "partner.decide",
] as const;
export type Verb = (typeof VERBS)[number];

/** Verbs that count only in organisations of some kinds. */
const KINDS_OF_VERB: Partial<Readonly<Record<Verb, readonly OrganisationKind[]>>> = {
  "installation.manage": ["coordinator"],
  "model.enrol": ["lab"],
  "model.stop": ["lab", "coordinator", "agency"],
  "model.request": ["coordinator", "agency"],
  "partner.decide": ["lab", "coordinator", "agency"],
};

/** The verbs of each role, in every organisation whose kind has them. */
export const VERBS_OF_ROLE: Readonly<Record<MemberRole, readonly Verb[]>> = {
  administrator: VERBS,
  editor: [
    "token.issue",
    "draft.read",
    "draft.write",
    "research.read",
    "release.decide",
    "scan",
    "notification.manage",
    "model.read",
    "model.enrol",
    "model.test",
    "model.stop",
    "model.request",
  ],
  reader: ["token.issue", "draft.read", "scan", "notification.manage", "model.read"],
  auditor: ["draft.read", "access.review", "audit.export", "notification.manage", "model.read"],
};

/** What a member of this role in this kind of organisation may do. */
export function verbsOf(role: MemberRole, kind: OrganisationKind): readonly Verb[] {
  return VERBS_OF_ROLE[role].filter((verb) => KINDS_OF_VERB[verb]?.includes(kind) ?? true);
}
