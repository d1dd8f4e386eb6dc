import type { MemberAnswer, OrganisationAnswer } from "../../contract/endpoints/organisations.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { invariant } from "../../vocabulary/invariant.ts";
import type { JsonObject } from "../../vocabulary/json.ts";
import type { MemberRole, OrganisationKind } from "../../vocabulary/organisation.ts";
import { recordAudit } from "../access-review/audit-trail.ts";
import type { Database, Transaction } from "../database/database.ts";
import type { Caller } from "../http/caller.ts";
import { type PageAsked, type PageOf, pageByName, readNamePosition } from "../list-page.ts";
import {
  countAdministrators,
  endMembership,
  findMember,
  insertServiceAccount,
  isAdministrator,
  lockAdministrators,
  type MemberRow,
  readMembers,
  updateMember,
} from "./member-store.ts";
import {
  findOrganisation,
  insertOrganisation,
  lockOrganisation,
  type OrganisationRow,
  readOrganisations,
  type StatedOrganisation,
  updateOrganisation,
} from "./organisation-store.ts";

export type OrganisationService = {
  readonly own: (caller: Caller) => Promise<OrganisationAnswer>;
  /** Those that the caller knows, by name. */
  readonly list: (
    caller: Caller,
    asked: PageAsked & { readonly text?: string | undefined; readonly kind?: OrganisationKind | undefined },
  ) => Promise<PageOf<OrganisationAnswer>>;
  readonly create: (caller: Caller, stated: StatedOrganisation & { readonly kind: OrganisationKind }) => Promise<OrganisationAnswer>;
  readonly change: (caller: Caller, organisation: string, stated: StatedOrganisation) => Promise<OrganisationAnswer>;
  readonly members: (caller: Caller, asked: PageAsked) => Promise<PageOf<MemberAnswer>>;
  readonly changeMember: (caller: Caller, member: string, change: ChangeOfMember) => Promise<MemberAnswer>;
  readonly revokeMember: (caller: Caller, member: string) => Promise<MemberAnswer>;
  readonly createServiceAccount: (
    caller: Caller,
    account: { readonly name: string; readonly role: Exclude<MemberRole, "administrator"> },
  ) => Promise<MemberAnswer>;
};

/** What is undefined stays; an address may be taken away. */
export type ChangeOfMember = {
  readonly name?: string | undefined;
  readonly email?: string | null | undefined;
  readonly role?: MemberRole | undefined;
};

export type OrganisationParts = { readonly database: Database; readonly clock: () => number };

/** Organisations as their members and the coordinator see and change them; every change is in the audit trail of whoever made it. */
export function createOrganisationService({ database, clock }: OrganisationParts): OrganisationService {
  return {
    own: (caller) =>
      database.transaction(caller.actor, async (transaction) => {
        const row = await findOrganisation(transaction, caller.organisation);
        invariant(row !== undefined, "an actor sees its own organisation");
        return organisationAnswer(row);
      }),
    list: (caller, { text, kind, after, limit }) =>
      database.transaction(caller.actor, async (transaction) => {
        const rows = await readOrganisations(transaction, { text, kind }, readNamePosition(after), limit + 1);
        return pageByName(rows, limit, organisationAnswer, (row) => row);
      }),
    create: (caller, stated) =>
      database.transaction(caller.actor, async (transaction) => {
        const atMs = clock();
        const row = await insertOrganisation(transaction, { ...stated, atMs });
        invariant(row !== undefined, "a coordinator's administrator adds organisations");
        await recordAudit(transaction, {
          ...by(caller),
          verb: "organisation.created",
          subject: `organisation:${row.id}`,
          details: { ...trail(row), kind: row.kind },
          atMs,
        });
        return organisationAnswer(row);
      }),
    change: (caller, organisation, stated) =>
      database.transaction(caller.actor, async (transaction) => {
        const before = await lockOrganisation(transaction, organisation);
        const after = before === undefined ? undefined : await updateOrganisation(transaction, organisation, stated);
        if (before === undefined || after === undefined) throw noSuchOrganisation();
        await recordAudit(transaction, {
          ...by(caller),
          verb: "organisation.changed",
          subject: `organisation:${organisation}`,
          details: { before: trail(before), after: trail(after) },
          atMs: clock(),
        });
        return organisationAnswer(after);
      }),
    members: (caller, { after, limit }) =>
      database.transaction(caller.actor, async (transaction) => {
        const rows = await readMembers(transaction, caller.organisation, readNamePosition(after), limit + 1);
        return pageByName(rows, limit, memberAnswer, (row) => ({ name: row.name, id: row.person_id }));
      }),
    changeMember: (caller, member, change) =>
      database.transaction(caller.actor, async (transaction) => {
        await lockAdministrators(transaction, caller.organisation);
        const before = await currentMember(transaction, caller.organisation, member);
        const { name = before.name, email = before.email, role = before.role } = change;
        if (role !== before.role) await checkNewRole(transaction, caller.organisation, before, role);
        if (!(await updateMember(transaction, caller.organisation, member, { name, email, role }))) throw noSuchMember();
        await recordAudit(transaction, {
          ...by(caller),
          verb: "member.changed",
          subject: `member:${member}`,
          details: { before: { name: before.name, email: before.email, role: before.role }, after: { name, email, role } },
          atMs: clock(),
        });
        return memberAnswer({ ...before, name, email, role });
      }),
    revokeMember: (caller, member) =>
      database.transaction(caller.actor, async (transaction) => {
        await lockAdministrators(transaction, caller.organisation);
        const before = await currentMember(transaction, caller.organisation, member);
        if (before.role === "administrator") await keepOneAdministrator(transaction, caller.organisation);
        const atMs = clock();
        // Written down first: whoever ends its own membership is nobody afterwards.
        await recordAudit(transaction, {
          ...by(caller),
          verb: "member.revoked",
          subject: `member:${member}`,
          details: { name: before.name, role: before.role },
          atMs,
        });
        if (!(await endMembership(transaction, caller.organisation, member, { person: caller.person, atMs }))) throw noSuchMember();
        return memberAnswer({ ...before, revoked_at: new Date(atMs), revoked_by: caller.person });
      }),
    createServiceAccount: (caller, { name, role }) =>
      // People are the gatekeeper's to make: who may have one made is asked again here, where no policy of the caller's would.
      database.transaction("gatekeeper", async (transaction) => {
        if (!(await isAdministrator(transaction, caller.organisation, caller.person))) throw notAdministrator();
        const atMs = clock();
        const person = await insertServiceAccount(transaction, { organisation: caller.organisation, name, role, atMs });
        invariant(person !== undefined, "an insert returns its row");
        await recordAudit(transaction, {
          ...by(caller),
          verb: "service-account.created",
          subject: `member:${person}`,
          details: { name, role },
          atMs,
        });
        return memberAnswer({
          person_id: person,
          kind: "service",
          name,
          email: null,
          role,
          since: new Date(atMs),
          revoked_at: null,
          revoked_by: null,
        });
      }),
  };
}

function by({ organisation, person }: Caller): { readonly organisation: string; readonly person: string } {
  return { organisation, person };
}

async function currentMember(transaction: Transaction, organisation: string, member: string): Promise<MemberRow> {
  const row = await findMember(transaction, organisation, member);
  if (row === undefined || row.revoked_at !== null) throw noSuchMember();
  return row;
}

async function checkNewRole(transaction: Transaction, organisation: string, before: MemberRow, role: MemberRole): Promise<void> {
  if (before.kind === "service" && role === "administrator") {
    throw new CodedError(
      "conflict",
      "expected editor, reader or auditor: a service account manages nobody. Only a person can be an administrator",
      { place: "body.role" },
    );
  }
  if (before.role === "administrator") await keepOneAdministrator(transaction, organisation);
}

/** @throws CodedError `conflict` when there is no other administrator. The administrators are locked. */
async function keepOneAdministrator(transaction: Transaction, organisation: string): Promise<void> {
  if ((await countAdministrators(transaction, organisation)) > 1) return;
  throw new CodedError(
    "conflict",
    "expected another administrator to remain: this is the organisation's last one. Make another member an administrator first",
  );
}

/** What the trail keeps of an organisation. */
function trail({ name, sector, country, has_intelligence_function }: OrganisationRow): JsonObject {
  return { name, sector, country, hasIntelligenceFunction: has_intelligence_function };
}

function organisationAnswer(row: OrganisationRow): OrganisationAnswer {
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    ...(row.sector === null ? {} : { sector: row.sector }),
    ...(row.country === null ? {} : { country: row.country }),
    hasIntelligenceFunction: row.has_intelligence_function,
    createdAtMs: row.created_at.getTime(),
  };
}

function memberAnswer(row: MemberRow): MemberAnswer {
  return {
    person: row.person_id,
    kind: row.kind,
    name: row.name,
    ...(row.email === null ? {} : { email: row.email }),
    role: row.role,
    sinceMs: row.since.getTime(),
    ...(row.revoked_at === null ? {} : { revokedAtMs: row.revoked_at.getTime() }),
    ...(row.revoked_by === null ? {} : { revokedBy: row.revoked_by }),
  };
}

function noSuchOrganisation(): CodedError {
  return new CodedError("not-found", "There is no such organisation, or it is not yours to see");
}

function noSuchMember(): CodedError {
  return new CodedError("not-found", "There is no such member in your organisation, or its membership has ended");
}

function notAdministrator(): CodedError {
  return new CodedError("not-allowed", "Expected an administrator of the organisation. One of its administrators can make you one");
}
