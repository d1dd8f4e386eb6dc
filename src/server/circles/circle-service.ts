import type { CircleAnswer, CircleMemberAnswer, CircleRowAnswer, StatedCircle } from "../../contract/endpoints/circles.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { invariant } from "../../vocabulary/invariant.ts";
import { recordAudit } from "../access-review/audit-trail.ts";
import type { Database, Transaction } from "../database/database.ts";
import type { Caller } from "../http/caller.ts";
import { type PageAsked, type PageOf, pageByName, pageOf, readNamePosition, readTimePosition } from "../list-page.ts";
import { announce } from "../notifications/announcement-service.ts";
import { circleAnswer, circleRowAnswer, memberAnswer } from "./circle-answers.ts";
import {
  type CircleContent,
  type CircleRow,
  endCircle,
  findCircle,
  insertCircle,
  insertVetting,
  lockCircle,
  readCircles,
  updateCircle,
} from "./circle-store.ts";
import { endCircleMembership, findMembership, insertSignature, readMemberOrganisations, readMemberships } from "./membership-store.ts";

export type CircleService = {
  readonly list: (caller: Caller, asked: PageAsked) => Promise<PageOf<CircleRowAnswer>>;
  readonly create: (caller: Caller, stated: StatedCircle) => Promise<CircleAnswer>;
  readonly read: (caller: Caller, circle: string) => Promise<CircleAnswer>;
  readonly change: (caller: Caller, circle: string, stated: StatedCircle) => Promise<CircleAnswer>;
  readonly close: (caller: Caller, circle: string) => Promise<CircleAnswer>;
  readonly members: (caller: Caller, circle: string, asked: PageAsked) => Promise<PageOf<CircleMemberAnswer>>;
  readonly sign: (caller: Caller, circle: string, agreementSha256: string) => Promise<CircleAnswer>;
  readonly leave: (caller: Caller, circle: string) => Promise<CircleAnswer>;
  readonly revoke: (caller: Caller, circle: string, organisation: string, reason: string) => Promise<CircleMemberAnswer>;
  readonly noteVetting: (
    caller: Caller,
    circle: string,
    vetting: { readonly organisation: string; readonly note: string },
  ) => Promise<void>;
};

export type CircleParts = { readonly database: Database; readonly clock: () => number };

/** Circles as their owners and members see and change them. Who comes in is the invitations' (`invitation-service.ts`). */
export function createCircleService({ database, clock }: CircleParts): CircleService {
  const as = <T>(caller: Caller, work: (transaction: Transaction) => Promise<T>): Promise<T> => database.transaction(caller.actor, work);

  return {
    list: (caller, { after, limit }) =>
      as(caller, async (transaction) => {
        const rows = await readCircles(transaction, caller.organisation, readNamePosition(after), limit + 1);
        const asked = { organisation: caller.organisation, nowMs: clock() };
        return pageByName(
          rows,
          limit,
          (row) => circleRowAnswer(row, asked),
          (row) => row,
        );
      }),
    create: (caller, stated) =>
      as(caller, async (transaction) => {
        const atMs = clock();
        const id = await insertCircle(transaction, caller.organisation, contentOf(stated), atMs);
        invariant(id !== undefined, "an administrator makes circles");
        const row = await known(transaction, caller, id);
        await recordAudit(transaction, {
          ...by(caller),
          verb: "circle.created",
          subject: `circle:${id}`,
          details: { ...trail(row), ...newText(undefined, row) },
          atMs,
        });
        return circleAnswer(row, { organisation: caller.organisation, nowMs: atMs });
      }),
    read: (caller, circle) => as(caller, (transaction) => answered(transaction, caller, circle)),
    change: (caller, circle, stated) =>
      as(caller, async (transaction) => {
        const before = await ownedAndOpen(transaction, caller, circle);
        await updateCircle(transaction, caller.organisation, circle, contentOf(stated));
        const after = await known(transaction, caller, circle);
        const atMs = clock();
        await recordAudit(transaction, {
          ...by(caller),
          verb: "circle.changed",
          subject: `circle:${circle}`,
          details: { before: trail(before), after: { ...trail(after), ...newText(before, after) } },
          atMs,
        });
        if (after.agreement_text !== null && after.agreement_text !== before.agreement_text) {
          for (const member of await readMemberOrganisations(transaction, caller.organisation, circle)) {
            await announce(transaction, { kind: "agreement-changed", circleId: member, organisationId: caller.organisation, atMs });
          }
        }
        return circleAnswer(after, { organisation: caller.organisation, nowMs: atMs });
      }),
    close: (caller, circle) =>
      as(caller, async (transaction) => {
        const { name } = await ownedAndOpen(transaction, caller, circle);
        const atMs = clock();
        await endCircle(transaction, caller.organisation, circle, atMs);
        await recordAudit(transaction, { ...by(caller), verb: "circle.closed", subject: `circle:${circle}`, details: { name }, atMs });
        return answered(transaction, caller, circle);
      }),
    members: (caller, circle, { after, limit }) =>
      as(caller, async (transaction) => {
        const row = await known(transaction, caller, circle);
        const rows = await readMemberships(transaction, { owner: row.organisation_id, id: circle }, readTimePosition(after), limit + 1);
        const asked = { organisation: caller.organisation, nowMs: clock() };
        return pageOf(
          rows,
          limit,
          (member) => memberAnswer(member, row, asked),
          (member) => [member.admitted_at.getTime(), member.id],
        );
      }),
    sign: (caller, circle, agreementSha256) =>
      as(caller, async (transaction) => {
        const row = await known(transaction, caller, circle);
        checkSecondFactor(caller, row);
        if (row.membership_id === null || row.revoked_at !== null || row.closed_at !== null) throw notMember();
        await signText(transaction, caller, row, agreementSha256, clock());
        return answered(transaction, caller, circle);
      }),
    leave: (caller, circle) =>
      as(caller, async (transaction) => {
        const row = await known(transaction, caller, circle);
        const ended = await endCircleMembership(transaction, {
          circle,
          member: caller.organisation,
          by: caller.person,
          reason: "left",
        });
        if (ended === undefined) throw notMember();
        await recordAudit(transaction, {
          ...by(caller),
          verb: "circle.left",
          subject: `circle:${circle}`,
          details: { name: row.name, owner: row.organisation_id },
          atMs: clock(),
        });
        return answered(transaction, caller, circle);
      }),
    revoke: (caller, circle, organisation, reason) =>
      as(caller, async (transaction) => {
        const row = await owned(transaction, caller, circle);
        const ended = await endCircleMembership(transaction, { circle, member: organisation, by: caller.person, reason });
        if (ended === undefined) throw noSuchMember();
        const atMs = clock();
        await recordAudit(transaction, {
          ...by(caller),
          verb: "circle.member-revoked",
          subject: `circle:${circle}`,
          details: { name: row.name, organisation, reason },
          atMs,
        });
        await announce(transaction, { kind: "membership-ended", circleId: organisation, organisationId: caller.organisation, atMs });
        const member = await findMembership(transaction, caller.organisation, ended.id);
        invariant(member !== undefined, "the owner sees memberships that have ended");
        return memberAnswer(member, row, { organisation: caller.organisation, nowMs: atMs });
      }),
    noteVetting: (caller, circle, { organisation, note }) =>
      as(caller, async (transaction) => {
        const row = await owned(transaction, caller, circle);
        await writeVetting(transaction, caller, row, { organisation, note, atMs: clock() });
      }),
  };

  async function answered(transaction: Transaction, caller: Caller, circle: string): Promise<CircleAnswer> {
    return circleAnswer(await known(transaction, caller, circle), { organisation: caller.organisation, nowMs: clock() });
  }
}

/** A circle that the caller sees. @throws CodedError `not-found` */
export async function known(transaction: Transaction, caller: Caller, circle: string): Promise<CircleRow> {
  const row = await findCircle(transaction, caller.organisation, circle);
  if (row === undefined) throw new CodedError("not-found", "There is no such circle, or it is not yours to see");
  return row;
}

/** A circle of the caller's own, not closed, and kept as it is until the transaction ends. @throws CodedError `not-found`, `not-allowed`, `conflict` */
export async function ownedAndOpen(transaction: Transaction, caller: Caller, circle: string): Promise<CircleRow> {
  const isOpen = await lockCircle(transaction, caller.organisation, circle);
  const row = await owned(transaction, caller, circle);
  if (!isOpen) throw new CodedError("conflict", "Expected a circle in use: this one is closed. A new one can be made");
  return row;
}

/** Signs the text that was read, for the caller's organisation. @throws CodedError `conflict` when another is in force */
export async function signText(
  transaction: Transaction,
  caller: Caller,
  circle: CircleRow,
  agreementSha256: string,
  atMs: number,
): Promise<void> {
  const sha256 = Buffer.from(agreementSha256, "hex");
  // Of the text that this transaction has read, and still the one in force when it is written: the trail keeps what was signed.
  const isRead = circle.agreement_sha256 !== null && sha256.equals(circle.agreement_sha256);
  const signature = { circle: circle.id, member: caller.organisation, person: caller.person, sha256 };
  if (!isRead || !(await insertSignature(transaction, signature))) {
    throw new CodedError(
      "conflict",
      `Expected the digest of the agreement in force, got ${agreementSha256}. The text has changed since it was read; read it again`,
      { place: "body.agreementSha256" },
    );
  }
  await recordAudit(transaction, {
    ...by(caller),
    verb: "circle.signed",
    subject: `circle:${circle.id}`,
    details: { name: circle.name, owner: circle.organisation_id, agreementSha256, agreement: circle.agreement_text },
    atMs,
  });
}

export async function writeVetting(
  transaction: Transaction,
  caller: Caller,
  circle: CircleRow,
  { organisation, note, atMs }: { readonly organisation: string; readonly note: string; readonly atMs: number },
): Promise<void> {
  await insertVetting(transaction, caller.organisation, { circle: circle.id, organisation, note, by: caller.person, atMs });
  await recordAudit(transaction, {
    ...by(caller),
    verb: "circle.vetted",
    subject: `circle:${circle.id}`,
    details: { name: circle.name, organisation },
    atMs,
  });
}

/** @throws CodedError `conflict` where the circle asks for a second factor and this session has none */
export function checkSecondFactor({ secondFactor }: Caller, circle: CircleRow): void {
  if (!circle.needs_second_factor || secondFactor) return;
  throw new CodedError("conflict", "Expected a session with a second factor, as this circle asks of its members. Sign in by passkey");
}

export function by({ organisation, person }: Caller): { readonly organisation: string; readonly person: string } {
  return { organisation, person };
}

async function owned(transaction: Transaction, caller: Caller, circle: string): Promise<CircleRow> {
  const row = await known(transaction, caller, circle);
  if (row.organisation_id === caller.organisation) return row;
  throw new CodedError("not-allowed", "Expected the circle's owner: only its administrators change it and decide who is in it");
}

function contentOf({ agreement, longestDays, ...stated }: StatedCircle): CircleContent {
  return { ...stated, agreement, longestDays };
}

/** A text that was not in force before: the trail keeps it for whoever has to show later what was signed. */
function newText(before: CircleRow | undefined, { agreement_text: agreement }: CircleRow): { readonly agreement?: string } {
  return agreement === null || agreement === before?.agreement_text ? {} : { agreement };
}

function trail(row: CircleRow): Record<string, string | number | boolean | null> {
  return {
    name: row.name,
    purpose: row.purpose,
    agreementSha256: row.agreement_sha256 === null ? null : Buffer.from(row.agreement_sha256).toString("hex"),
    needsSecondFactor: row.needs_second_factor,
    needsSponsor: row.needs_sponsor,
    membersListed: row.members_listed,
    longestDays: row.longest_days,
  };
}

function notMember(): CodedError {
  return new CodedError(
    "conflict",
    "Expected a membership of your organisation in this circle: it has none that can be signed for or left",
  );
}

function noSuchMember(): CodedError {
  return new CodedError("not-found", "There is no such member of this circle, or its membership has ended");
}
