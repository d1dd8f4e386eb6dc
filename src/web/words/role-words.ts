import type { SignInWay } from "../../contract/session-schema.ts";
import type { MemberRole, OrganisationKind, Verb } from "../../vocabulary/organisation.ts";

const kinds: Readonly<Record<OrganisationKind, string>> = {
  coordinator: "Coordinator",
  agency: "Agency",
  lab: "Lab",
  maintainer: "Maintainer",
  vendor: "Vendor",
  operator: "Operator",
  distributor: "Distributor",
  finder: "Finder",
  prosecutor: "Prosecutor",
};

/** What one acts as, as the word of the switch. */
export function kindWord(kind: OrganisationKind): string {
  return kinds[kind];
}

const roles: Readonly<Record<MemberRole, string>> = {
  administrator: "administrator",
  editor: "editor",
  reader: "reader",
  auditor: "auditor",
};

export function roleWord(role: MemberRole): string {
  return roles[role];
}

const ways: Readonly<Record<SignInWay, string>> = {
  passkey: "passkey",
  oidc: "own sign-on",
  "recovery-code": "recovery code",
  "mailed-link": "mailed link",
};

/** How a session began. */
export function wayWord(way: SignInWay): string {
  return ways[way];
}

const verbs: Readonly<Record<Verb, string>> = {
  "installation.manage": "Manage this installation",
  "organisation.manage": "Manage the organisation",
  "member.manage": "Manage members",
  "token.issue": "Issue tokens",
  "circle.manage": "Manage circles",
  "circle.join": "Join and leave circles",
  "draft.read": "Read draft advisories",
  "draft.write": "Write draft advisories",
  "research.read": "Read research, each read being logged",
  "release.decide": "Decide on release plans",
  scan: "Scan against what is staged",
  "access.review": "Review who can read what",
  "audit.export": "Export the audit trail",
  "notification.manage": "Read and set notifications",
  "model.read": "See models, windows and grants",
  "model.enrol": "Offer models and end their use",
  "model.test": "Use granted models",
  "model.stop": "Stop the use of models",
  "model.request": "Ask labs about their models",
  "partner.decide": "Decide on trusted partners",
};

export function verbWords(verb: Verb): string {
  return verbs[verb];
}
