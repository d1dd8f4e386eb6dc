import type { DraftAccessAnswer, OrganisationAccessAnswer, reviewDraft, reviewMember } from "../../contract/endpoints/access-review.ts";
import type { AnswerOf } from "../../contract/endpoint.ts";
import { EVERYONE_SIGNED_IN } from "../../vocabulary/circle.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { DRAFT_LEVELS, type DraftLevel, levelOf } from "../../vocabulary/level.ts";
import { MEMBER_ROLES, VERBS_OF_ROLE } from "../../vocabulary/organisation.ts";
import type { Database, Transaction } from "../database/database.ts";
import type { Caller } from "../http/caller.ts";
import { type PageAsked, type PageOf, pageOf, readTimePosition, uuidOf } from "../list-page.ts";
import { readCursor } from "../page-cursor.ts";
import {
  countMembersByRole,
  findOwnDraft,
  findReviewedMember,
  type KnownOrganisationRow,
  readCirclesInForce,
  readDraftsReaching,
  readExceptions,
  readKnownOrganisations,
  readLastReads,
  readMembershipsOf,
  readOpenedCircles,
  readOpenings,
  readOwnDrafts,
  readReached,
  type ReviewedDraftRow,
} from "./access-store.ts";
import { accessOf, type ReviewedAccess, type ReviewedDraft, type ReviewedOrganisation } from "./grounds.ts";

export type AccessReviewService = {
  readonly drafts: (
    caller: Caller,
    asked: PageAsked,
  ) => Promise<PageOf<DraftNamed & { readonly createdAtMs: number; readonly openedTo: number }>>;
  /** Of one's own draft: who reads it or does not, and why. */
  readonly draft: (caller: Caller, draft: string, asked: PageAsked) => Promise<AnswerOf<typeof reviewDraft>>;
  readonly organisation: (
    caller: Caller,
    organisation: string,
    asked: PageAsked,
  ) => Promise<{ readonly organisation: OrganisationAccessAnswer["organisation"]; drafts: DraftAccessAnswer[]; next?: string }>;
  readonly member: (caller: Caller, member: string) => Promise<AnswerOf<typeof reviewMember>>;
};

type DraftNamed = DraftAccessAnswer["draft"];

export type AccessReviewParts = { readonly database: Database; readonly clock: () => number };

const MOST_CIRCLES = 200;

/** Who can read what, by which rule and since when: read from the database as the reviewing member, who sees no more than its role shows it. */
export function createAccessReviewService({ database, clock }: AccessReviewParts): AccessReviewService {
  const as = <T>(caller: Caller, work: (transaction: Transaction) => Promise<T>): Promise<T> => database.transaction(caller.actor, work);

  return {
    drafts: (caller, { after, limit }) =>
      as(caller, async (transaction) => {
        const rows = await readOwnDrafts(transaction, caller.organisation, readTimePosition(after), limit + 1);
        return pageOf(
          rows,
          limit,
          (row) => ({ ...draftNamed(row), createdAtMs: row.created_at.getTime(), openedTo: row.opened_to }),
          (row) => [row.created_at.getTime(), row.id],
        );
      }),
    draft: (caller, draft, { after, limit }) =>
      as(caller, async (transaction) => {
        const own = caller.organisation;
        const row = await findOwnDraft(transaction, own, draft);
        if (row === undefined) throw new CodedError("not-found", "There is no such draft advisory of your organisation");
        const reached = await readReached(transaction, { own, draft }, readIdPosition(after), limit + 1);
        const { rows: shown, next } = pageOf(
          reached,
          limit,
          (id) => id,
          (id) => [id],
        );
        const facts = await readFacts(transaction, own, [draft], shown);
        return {
          draft: draftNamed(row),
          createdAtMs: row.created_at.getTime(),
          own: await ownReaders(transaction, own),
          ...optional("everyone", everyoneReads(facts.draft(draft), clock())),
          organisations: shown.map((id) => ({ organisation: facts.named(id), ...facts.access(draft, id, clock()) })),
          ...optional("next", next),
        };
      }),
    organisation: (caller, organisation, { after, limit }) =>
      as(caller, async (transaction) => {
        const own = caller.organisation;
        const rows = await readDraftsReaching(transaction, { own, organisation }, readTimePosition(after), limit + 1);
        const facts = await readFacts(
          transaction,
          own,
          rows.map(({ id }) => id),
          [organisation],
        );
        const named = facts.named(organisation);
        if (organisation === own || (rows.length === 0 && named.name === undefined)) {
          throw new CodedError("not-found", "There is no such organisation that anything was opened to, or it is not yours to see");
        }
        const { rows: drafts, ...more } = pageOf(
          rows,
          limit,
          (row) => ({ draft: draftNamed(row), ...facts.access(row.id, organisation, clock()) }),
          (row) => [row.created_at.getTime(), row.id],
        );
        return { organisation: named, drafts, ...more };
      }),
    member: (caller, member) =>
      as(caller, async (transaction) => {
        const row = await findReviewedMember(transaction, caller.organisation, member);
        if (row === undefined) throw new CodedError("not-found", "There is no such member in your organisation");
        const verbs = row.revoked_at === null ? VERBS_OF_ROLE[row.role] : [];
        const circles = verbs.includes("draft.read") ? await readCirclesInForce(transaction, caller.organisation, MOST_CIRCLES) : [];
        return {
          person: { id: member, name: row.name },
          role: row.role,
          sinceMs: row.since.getTime(),
          ...optional("endedAtMs", row.revoked_at?.getTime()),
          ...optional("ownDrafts", verbs.includes("draft.read") ? ("case" as const) : undefined),
          research: verbs.includes("research.read"),
          circles: circles.map(({ id, name, since }) => ({ id, name, sinceMs: since.getTime() })),
          ...optional("lastReadAtMs", row.last_read_at?.getTime()),
        };
      }),
  };
}

function readIdPosition(after: string | undefined): string | undefined {
  return after === undefined ? undefined : uuidOf(readCursor(after, [""])[0]);
}

type Facts = {
  readonly named: (organisation: string) => OrganisationAccessAnswer["organisation"];
  readonly draft: (draft: string) => ReviewedDraft;
  readonly access: (
    draft: string,
    organisation: string,
    nowMs: number,
  ) => ReviewedAccess & Pick<DraftAccessAnswer, "exception" | "lastReadAtMs">;
};

async function readFacts(
  transaction: Transaction,
  own: string,
  drafts: readonly string[],
  organisations: readonly string[],
): Promise<Facts> {
  const openings = await readOpenings(transaction, own, drafts);
  const circleRows = await readOpenedCircles(transaction, [...new Set(openings.map(({ circle_id }) => circle_id))]);
  const memberships = await readMembershipsOf(
    transaction,
    organisations,
    circleRows.map(({ id }) => id),
  );
  const known = new Map((await readKnownOrganisations(transaction, organisations)).map((row) => [row.id, row]));
  const exceptions = await readExceptions(transaction, own, drafts);
  const lastReads = await readLastReads(transaction, own, drafts, organisations);

  const circles = new Map(
    circleRows.map((row) => [
      row.id,
      {
        id: row.id,
        name: row.name,
        closedAtMs: row.closed_at?.getTime(),
        needsSignature: row.needs_signature,
        needsSecondFactor: row.needs_second_factor,
      },
    ]),
  );
  const openingsOf = Map.groupBy(openings, ({ record_id }) => record_id);
  const membershipsOf = Map.groupBy(memberships, ({ member_organisation_id }) => member_organisation_id);

  const draftFacts = (draft: string): ReviewedDraft => ({
    circles,
    openings: (openingsOf.get(draft) ?? []).map((row) => ({
      circle: row.circle_id,
      level: levelOf(row.level),
      stage: row.stage === null ? undefined : row.stage + 1,
      openedBy: row.opened_by,
      openedAtMs: row.opened_at.getTime(),
      closesAtMs: row.closes_at?.getTime(),
    })),
  });
  const organisationFacts = (draft: string, id: string): ReviewedOrganisation => {
    const exception = exceptions.find((row) => row.record_id === draft && row.excepted_organisation_id === id);
    return {
      id,
      hasIntelligenceFunction: known.get(id)?.has_intelligence_function,
      memberships: (membershipsOf.get(id) ?? []).map((row) => ({
        circle: row.circle_id,
        sinceMs: row.admitted_at.getTime(),
        expiresAtMs: row.expires_at?.getTime(),
        endedAtMs: row.revoked_at?.getTime(),
        endedBecause: row.revoked_reason ?? undefined,
        signedAtMs: row.signed_at?.getTime(),
      })),
      exception: exception === undefined ? undefined : { reason: exception.reason, madeAtMs: exception.made_at.getTime() },
    };
  };
  return {
    named: (id) => namedOrganisation(id, known.get(id)),
    draft: draftFacts,
    access: (draft, id, nowMs) => {
      const reviewed = organisationFacts(draft, id);
      const lastRead = lastReads.find((row) => row.draft_id === draft && row.reader_organisation_id === id);
      return {
        ...accessOf(reviewed, draftFacts(draft), nowMs),
        ...optional("exception", reviewed.exception),
        ...optional("lastReadAtMs", lastRead?.at.getTime()),
      };
    },
  };
}

async function ownReaders(transaction: Transaction, own: string): Promise<AnswerOf<typeof reviewDraft>["own"]> {
  const counted = new Map((await countMembersByRole(transaction, own)).map(({ role, members }) => [role, members]));
  return MEMBER_ROLES.filter((role) => VERBS_OF_ROLE[role].includes("draft.read")).map((role) => ({
    role,
    members: counted.get(role) ?? 0,
    reads: DRAFT_LEVELS[0],
    research: VERBS_OF_ROLE[role].includes("research.read"),
  }));
}

function everyoneReads({ openings }: ReviewedDraft, nowMs: number): DraftLevel | undefined {
  return openings.find(({ circle, closesAtMs }) => circle === EVERYONE_SIGNED_IN && (closesAtMs === undefined || nowMs < closesAtMs))
    ?.level;
}

function namedOrganisation(id: string, row: KnownOrganisationRow | undefined): OrganisationAccessAnswer["organisation"] {
  return row === undefined ? { id } : { id, name: row.name, kind: row.kind, hasIntelligenceFunction: row.has_intelligence_function };
}

function draftNamed({ id, advisory_id, state }: ReviewedDraftRow): DraftNamed {
  return { id, advisory: advisory_id, state };
}

/** A field that is left out when there is nothing to say. */
function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V };
}
