import { CodedError } from "../../vocabulary/coded-error.ts";
import { recordAudit } from "../access-review/audit-trail.ts";
import type { Transaction } from "../database/database.ts";
import { credentialRefused } from "../http/stated-credential.ts";
import type { StoredLink } from "./link-store.ts";
import { admitMember, findMembership, hasAdministrator, hasAdministratorOf, insertOrganisation, insertPerson } from "./member-store.ts";

/** What whoever comes by a link says of themselves; a link that says it already wins. */
export type Newcomer = { readonly name: string | undefined; readonly email: string | undefined; readonly organisation: string | undefined };

/** Who somebody is when the link is used. */
export type Settled = {
  readonly person: string;
  readonly organisation: string;
  /** Set: the organisation alone brought it about, so what is enrolled opens it only. */
  readonly onlyOrganisation: string | undefined;
};

/** How the newcomer is called in the meantime. @throws CodedError `input-invalid` naming what is missing */
export function introduced(
  link: StoredLink,
  newcomer: Newcomer,
): { readonly name: string; readonly email: string; readonly organisation: string } {
  const isFirst = link.purpose === "first-administrator";
  return {
    name: stated("name", link.name ?? newcomer.name),
    email: stated("email", link.email ?? newcomer.email),
    organisation: isFirst ? stated("organisation", newcomer.organisation) : "",
  };
}

/**
 * Makes the member that the link is for. `person` is the id that a new person gets, or of the one who is there already (`exists`).
 * @throws CodedError `conflict` when there is an administrator already, `credential-refused` when the member is none any more
 */
export async function settle(
  transaction: Transaction,
  link: StoredLink,
  newcomer: Newcomer,
  { person, exists, atMs }: { readonly person: string; readonly exists: boolean; readonly atMs: number },
): Promise<Settled> {
  if (link.purpose === "recovery") return settleRecovery(transaction, link, atMs);
  const { name, email, organisation: organisationName } = introduced(link, newcomer);
  if (link.purpose === "first-administrator" && (await hasAdministrator(transaction))) {
    throw new CodedError("conflict", "expected no administrator yet, got one. An administrator invites others");
  }
  await refuseForeignInvitation(transaction, link);
  const organisation =
    link.organisation_id ?? (await insertOrganisation(transaction, { name: organisationName, kind: "coordinator", atMs }));
  if (!exists) await insertPerson(transaction, "human", atMs, person);
  await admitMember(transaction, { organisation, person, name, email, role: link.role ?? "administrator", atMs });
  const details = { by: link.purpose, name, email, role: link.role ?? "administrator" };
  await recordAudit(transaction, { organisation, person, verb: "member.joined", subject: `member:${person}`, details, atMs });
  return { person, organisation, onlyOrganisation: undefined };
}

/** Threat: whoever manages the installation lets itself into an organisation that has administrators of its own. */
export async function refuseForeignInvitation(
  transaction: Transaction,
  { organisation_id: organisation, issued_by: issuer }: StoredLink,
): Promise<void> {
  if (organisation === null || issuer === null || (await findMembership(transaction, organisation, issuer)) !== undefined) return;
  if (await hasAdministratorOf(transaction, organisation)) throw hasItsOwnAdministrator();
}

async function settleRecovery(transaction: Transaction, link: StoredLink, atMs: number): Promise<Settled> {
  const { organisation_id: organisation, person_id: person } = link;
  const membership = organisation === null || person === null ? undefined : await findMembership(transaction, organisation, person);
  if (membership === undefined) throw credentialRefused();
  await recordAudit(transaction, {
    organisation: membership.organisation_id,
    person: membership.person_id,
    verb: "member.recovered",
    subject: `member:${membership.person_id}`,
    details: { name: membership.name, letInBy: link.issued_by ?? "local door" },
    atMs,
  });
  return {
    person: membership.person_id,
    organisation: membership.organisation_id,
    // Through the local door it was the machine's owner, who is above every organisation.
    onlyOrganisation: link.issued_by === null ? undefined : membership.organisation_id,
  };
}

export function hasItsOwnAdministrator(): CodedError {
  return new CodedError("conflict", "expected an organisation without an administrator, got one that has its own, who invite its members");
}

function stated(place: string, text: string | undefined): string {
  if (text !== undefined) return text;
  throw new CodedError("input-invalid", `${place}: expected one, got none; this link does not say it`, { place });
}
