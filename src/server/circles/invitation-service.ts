import type { CircleAnswer, ReceivedInvitationAnswer, SentInvitationAnswer } from "../../contract/endpoints/circles.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { invariant } from "../../vocabulary/invariant.ts";
import { recordAudit } from "../access-review/audit-trail.ts";
import type { Transaction } from "../database/database.ts";
import type { Caller } from "../http/caller.ts";
import { type PageAsked, type PageOf, pageOf, readTimePosition } from "../list-page.ts";
import { announce } from "../notifications/announcement-service.ts";
import { circleAnswer, receivedInvitationAnswer, sentInvitationAnswer } from "./circle-answers.ts";
import { by, checkSecondFactor, type CircleParts, known, ownedAndOpen, signText, writeVetting } from "./circle-service.ts";
import type { CircleRow } from "./circle-store.ts";
import {
  closeInvitation,
  findInvitation,
  insertInvitation,
  type InvitationRow,
  readReceivedInvitations,
  readSentInvitations,
  supersedeInvitation,
} from "./invitation-store.ts";
import { endCircleMembership, insertMembership, isCurrentMember } from "./membership-store.ts";

export type InvitationService = {
  readonly invite: (caller: Caller, circle: string, stated: StatedInvitation) => Promise<SentInvitationAnswer>;
  readonly sent: (caller: Caller, circle: string, asked: PageAsked) => Promise<PageOf<SentInvitationAnswer>>;
  readonly withdraw: (caller: Caller, invitation: string) => Promise<SentInvitationAnswer>;
  /** Those that the caller's organisation may answer now. */
  readonly received: (caller: Caller) => Promise<readonly ReceivedInvitationAnswer[]>;
  /** Joins on the conditions offered, and signs the agreement where there is one. */
  readonly accept: (caller: Caller, invitation: string, agreementSha256: string | undefined) => Promise<CircleAnswer>;
  readonly decline: (caller: Caller, invitation: string) => Promise<void>;
};

export type StatedInvitation = {
  readonly organisation: string;
  readonly memberUntilMs?: number | undefined;
  readonly answerDays: number;
  readonly sponsor?: string | undefined;
  readonly vettingNote?: string | undefined;
};

const MOST_RECEIVED = 200;
const DAY_MS = 24 * 60 * 60 * 1000;

/** The only way into a circle: its owner offers, the organisation itself accepts. */
export function createInvitationService({ database, clock }: CircleParts): InvitationService {
  const as = <T>(caller: Caller, work: (transaction: Transaction) => Promise<T>): Promise<T> => database.transaction(caller.actor, work);

  return {
    invite: (caller, circle, stated) =>
      as(caller, async (transaction) => {
        const row = await ownedAndOpen(transaction, caller, circle);
        const atMs = clock();
        await checkConditions(transaction, row, stated, atMs);
        const { organisation, sponsor, memberUntilMs, answerDays, vettingNote } = stated;
        const offer = { owner: caller.organisation, circle, organisation, by: caller.person };
        await supersedeInvitation(transaction, offer);
        const id = await insertInvitation(transaction, { ...offer, answerDays, memberUntilMs, sponsor });
        invariant(id !== undefined, "an owner's circle takes invitations");
        if (vettingNote !== undefined) await writeVetting(transaction, caller, row, { organisation, note: vettingNote, atMs });
        const invitation = await foundInvitation(transaction, id);
        await recordAudit(transaction, {
          ...by(caller),
          verb: "circle.invited",
          subject: `circle:${circle}`,
          details: {
            name: row.name,
            organisation,
            invitation: id,
            memberUntil: invitation.member_until?.toISOString() ?? null,
            sponsor: sponsor ?? null,
          },
          atMs,
        });
        await announce(transaction, { kind: "circle-invitation", circleId: organisation, organisationId: caller.organisation, atMs });
        return sentInvitationAnswer(invitation, atMs);
      }),
    sent: (caller, circle, { after, limit }) =>
      as(caller, async (transaction) => {
        await known(transaction, caller, circle);
        const rows = await readSentInvitations(transaction, { owner: caller.organisation, id: circle }, readTimePosition(after), limit + 1);
        const nowMs = clock();
        return pageOf(
          rows,
          limit,
          (row) => sentInvitationAnswer(row, nowMs),
          (row) => [row.invited_at.getTime(), row.id],
        );
      }),
    withdraw: (caller, invitation) =>
      as(caller, async (transaction) => {
        const row = await foundInvitation(transaction, invitation);
        if (row.organisation_id !== caller.organisation) throw noSuchInvitation();
        if (!(await closeInvitation(transaction, invitation, { state: "withdrawn", by: caller.person }))) throw alreadyAnswered();
        await writeAnswer(transaction, caller, row, "circle.invitation-withdrawn");
        return sentInvitationAnswer(await foundInvitation(transaction, invitation), clock());
      }),
    received: (caller) =>
      as(caller, async (transaction) => {
        const rows = await readReceivedInvitations(transaction, caller.organisation, MOST_RECEIVED);
        const answers: ReceivedInvitationAnswer[] = [];
        for (const row of rows) answers.push(receivedInvitationAnswer(row, await known(transaction, caller, row.circle_id)));
        return answers;
      }),
    accept: (caller, invitation, agreementSha256) =>
      as(caller, async (transaction) => {
        const row = await ownInvitation(transaction, caller, invitation);
        const circle = await known(transaction, caller, row.circle_id);
        checkAcknowledged(circle, agreementSha256);
        checkSecondFactor(caller, circle);
        if (!(await closeInvitation(transaction, invitation, { state: "accepted", by: caller.person }))) throw alreadyAnswered();
        // New conditions take the place of those in force.
        await endCircleMembership(transaction, {
          circle: circle.id,
          member: caller.organisation,
          by: caller.person,
          reason: "replaced by new conditions",
        });
        await insertMembership(transaction, invitation);
        const atMs = await writeAnswer(transaction, caller, row, "circle.joined");
        if (agreementSha256 !== undefined) await signText(transaction, caller, circle, agreementSha256, atMs);
        await tellOwner(transaction, caller, row, atMs);
        return circleAnswer(await known(transaction, caller, circle.id), { organisation: caller.organisation, nowMs: atMs });
      }),
    decline: (caller, invitation) =>
      as(caller, async (transaction) => {
        const row = await ownInvitation(transaction, caller, invitation);
        if (!(await closeInvitation(transaction, invitation, { state: "declined", by: caller.person }))) throw alreadyAnswered();
        await tellOwner(transaction, caller, row, await writeAnswer(transaction, caller, row, "circle.declined"));
      }),
  };

  /** In the trail of whoever answers; when that was. */
  async function writeAnswer(
    transaction: Transaction,
    caller: Caller,
    { circle_id: circle, id, organisation_id: owner, invited_organisation_id: organisation }: InvitationRow,
    verb: "circle.joined" | "circle.declined" | "circle.invitation-withdrawn",
  ): Promise<number> {
    const atMs = clock();
    await recordAudit(transaction, {
      ...by(caller),
      verb,
      subject: `circle:${circle}`,
      details: { owner, organisation, invitation: id },
      atMs,
    });
    return atMs;
  }
}

async function tellOwner(transaction: Transaction, caller: Caller, invitation: InvitationRow, atMs: number): Promise<void> {
  const circleId = invitation.organisation_id;
  await announce(transaction, { kind: "invitation-answered", circleId, organisationId: caller.organisation, atMs });
}

async function foundInvitation(transaction: Transaction, id: string): Promise<InvitationRow> {
  const row = await findInvitation(transaction, id);
  if (row === undefined) throw noSuchInvitation();
  return row;
}

async function ownInvitation(transaction: Transaction, caller: Caller, id: string): Promise<InvitationRow> {
  const row = await foundInvitation(transaction, id);
  if (row.invited_organisation_id !== caller.organisation) throw noSuchInvitation();
  if (row.state !== "open") throw alreadyAnswered();
  return row;
}

async function checkConditions(transaction: Transaction, circle: CircleRow, stated: StatedInvitation, nowMs: number): Promise<void> {
  const { memberUntilMs, sponsor, organisation } = stated;
  if (memberUntilMs !== undefined && memberUntilMs <= nowMs) {
    throw new CodedError("input-invalid", "Expected an end of the membership in the future", { place: "body.memberUntilMs" });
  }
  const latestMs = circle.longest_days === null ? undefined : nowMs + circle.longest_days * DAY_MS;
  if (memberUntilMs !== undefined && latestMs !== undefined && memberUntilMs > latestMs) {
    throw new CodedError(
      "input-invalid",
      `Expected ${new Date(latestMs).toISOString()} or earlier: memberships of this circle last ${circle.longest_days} days at most. Its owner can change that`,
      { place: "body.memberUntilMs" },
    );
  }
  if (circle.needs_sponsor && sponsor === undefined) {
    throw new CodedError("input-invalid", "Expected a sponsor, as this circle asks: its owner, or one of its members", {
      place: "body.sponsor",
    });
  }
  if (sponsor === organisation) {
    throw new CodedError("input-invalid", "Expected a sponsor other than whoever is invited", { place: "body.sponsor" });
  }
  if (sponsor === undefined || sponsor === circle.organisation_id) return;
  if (!(await isCurrentMember(transaction, circle.organisation_id, circle.id, sponsor))) {
    throw new CodedError("input-invalid", "Expected a sponsor that is in the circle now, or its owner", { place: "body.sponsor" });
  }
}

function checkAcknowledged(circle: CircleRow, agreementSha256: string | undefined): void {
  if (circle.closed_at !== null) throw new CodedError("conflict", "Expected a circle in use: its owner has closed this one");
  if (circle.agreement_sha256 !== null && agreementSha256 === undefined) {
    throw new CodedError("input-invalid", "Expected the digest of the agreement: accepting signs it", { place: "body.agreementSha256" });
  }
}

function noSuchInvitation(): CodedError {
  return new CodedError("not-found", "There is no such invitation, or it is not yours to see");
}

function alreadyAnswered(): CodedError {
  return new CodedError("conflict", "Expected an open invitation: this one was answered or withdrawn, or its time to answer is over");
}
