import type { MemberRole, OrganisationKind } from "../../vocabulary/organisation.ts";

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
