import type { z } from "zod";
import type { AnswerOf } from "../../contract/endpoint.ts";
import { WORK_KINDS, type comingSchema, type readWork, type WorkKind, type workItemSchema } from "../../contract/endpoints/work.ts";
import { levelOf } from "../../vocabulary/level.ts";
import type { Verb } from "../../vocabulary/organisation.ts";
import type { Database } from "../database/database.ts";
import type { Caller } from "../http/caller.ts";
import type { NotificationService } from "../notifications/notification-service.ts";
import { readWaiting, type WaitingRows } from "./work-store.ts";

export type WorkItem = z.infer<typeof workItemSchema>;
export type Coming = z.infer<typeof comingSchema>;

export type WorkService = { readonly read: (caller: Caller) => Promise<AnswerOf<typeof readWork>> };

export type WorkParts = {
  readonly database: Database;
  readonly notifications: Pick<NotificationService, "list">;
  /** What this installation has been given by whoever runs it. */
  readonly installation: { readonly hasAddress: boolean; readonly hasMail: boolean };
  readonly clock: () => number;
};

const DAYS = 14;
const DAY_MS = 24 * 60 * 60 * 1000;
const UNSEEN = 20;

/** What a kind asks for: nobody is shown what they could not do. */
const VERB_OF: Readonly<Record<WorkKind, Verb | undefined>> = {
  consent: "release.decide",
  "own-hold": "release.decide",
  invitation: "circle.join",
  agreement: "circle.join",
  "access-request": "model.enrol",
  "delivery-failed": "notification.manage",
  "plan-missing": "release.decide",
  held: "draft.read",
  "membership-ends": "draft.read",
  "token-ends": "token.issue",
  "second-way-in": undefined,
  "setup-administrator": "member.manage",
  "setup-address": "installation.manage",
  "setup-mail": "installation.manage",
  "setup-circle": "installation.manage",
};

export function createWorkService({ database, notifications, installation, clock }: WorkParts): WorkService {
  return {
    read: async (caller) => {
      const mayBeTold = caller.verbs.includes("notification.manage");
      const [rows, told] = await Promise.all([
        readWaiting(database, caller, DAYS),
        mayBeTold ? notifications.list(caller, { unseen: true, limit: UNSEEN }) : { rows: [], next: undefined },
      ]);
      const may = (verb: Verb | undefined): boolean => verb === undefined || caller.verbs.includes(verb);
      return {
        nowMs: clock(),
        items: itemsOf(rows, caller, installation)
          .filter(({ kind }) => may(VERB_OF[kind]))
          .toSorted(byWeight),
        coming: may("draft.read") ? comingOf(rows, may, clock() + DAYS * DAY_MS) : [],
        unseen: told.rows,
        hasMoreUnseen: told.next !== undefined,
      };
    },
  };
}

/** By kind, then what is due first, then what has waited longest. */
function byWeight(a: WorkItem, b: WorkItem): number {
  return (
    WORK_KINDS.indexOf(a.kind) - WORK_KINDS.indexOf(b.kind) ||
    (a.dueMs ?? Number.MAX_SAFE_INTEGER) - (b.dueMs ?? Number.MAX_SAFE_INTEGER) ||
    (a.sinceMs ?? 0) - (b.sinceMs ?? 0)
  );
}

function itemsOf(rows: WaitingRows, caller: Caller, installation: WorkParts["installation"]): readonly WorkItem[] {
  const draft = titled(rows);
  return [
    ...rows.consents.map((row): WorkItem => ({
      kind: "consent",
      id: `consent/${row.draft_id}/${row.revision}`,
      ...draft(row.draft_id),
      ...who(row.who),
      ...since(row.since),
    })),
    ...rows.holds.map((row): WorkItem => ({
      kind: row.held_by_organisation_id === caller.organisation ? "own-hold" : "held",
      id: `hold/${row.id}`,
      ...draft(row.draft_id),
      ...who(row.who),
      ...since(row.held_at),
    })),
    ...rows.planless.map((row): WorkItem => ({
      kind: "plan-missing",
      id: `plan/${row.draft_id}`,
      ...draft(row.draft_id),
      ...since(row.created_at),
    })),
    ...rows.invitations.map((row): WorkItem => ({
      kind: "invitation",
      id: `invitation/${row.id}`,
      ...circle(row.circle_id, row.circle_name),
      ...who(row.who),
      ...since(row.invited_at),
      ...due(row.answer_by),
    })),
    ...rows.memberships.flatMap((row): readonly WorkItem[] => {
      const member = { ...circle(row.circle_id, row.circle_name), ...who(row.who) };
      return [
        ...(row.is_unsigned ? [{ kind: "agreement", id: `agreement/${row.id}`, ...member, ...since(row.admitted_at) } as const] : []),
        ...(row.expires_at === null
          ? []
          : [{ kind: "membership-ends", id: `membership/${row.id}`, ...member, ...due(row.expires_at) } as const]),
      ];
    }),
    ...rows.requests.map((row): WorkItem => ({
      kind: "access-request",
      id: `access-request/${row.id}`,
      model: { id: row.enrolment_id, name: row.model_name },
      ...who(row.who),
      ...since(row.asked_at),
    })),
    ...rows.tokens.map((row): WorkItem => ({ kind: "token-ends", id: `token/${row.id}`, name: row.name, ...due(row.expires_at) })),
    ...(rows.failed === undefined || rows.failed.count === 0
      ? []
      : [{ kind: "delivery-failed", id: "deliveries", count: rows.failed.count, ...since(rows.failed.since) } as const]),
    ...setUp(rows, caller, installation),
  ];
}

function setUp({ standing }: WaitingRows, caller: Caller, { hasAddress, hasMail }: WorkParts["installation"]): readonly WorkItem[] {
  if (standing === undefined || caller.isToken) return [];
  const isCoordinator = caller.organisationKind === "coordinator";
  const missing: readonly (readonly [WorkKind, boolean])[] = [
    ["second-way-in", caller.floor === 1 && standing.ways_in < 2 && standing.codes === 0],
    ["setup-administrator", standing.administrators < 2],
    ["setup-address", isCoordinator && !hasAddress],
    ["setup-mail", isCoordinator && !hasMail],
    ["setup-circle", isCoordinator && standing.circles === 0],
  ];
  return missing.flatMap(([kind, isMissing]) => (isMissing ? [{ kind, id: kind }] : []));
}

function comingOf(rows: WaitingRows, may: (verb: Verb) => boolean, untilMs: number): Coming[] {
  const draft = titled(rows);
  const coming: readonly Coming[] = [
    ...rows.stages.map((row): Coming => ({
      id: row.id,
      kind: row.circle_id === null ? "public" : "opens",
      atMs: row.opens_at.getTime(),
      ...draft(row.draft_id),
      ...(row.circle_id === null ? {} : circle(row.circle_id, row.circle_name)),
      level: levelOf(row.level),
    })),
    ...rows.dates.map((row): Coming => ({ id: row.draft_id, kind: "public", atMs: row.public_at.getTime(), ...draft(row.draft_id) })),
    ...(may("circle.join")
      ? rows.invitations.map((row): Coming => ({
          id: row.id,
          kind: "answer-by",
          atMs: row.answer_by.getTime(),
          ...circle(row.circle_id, row.circle_name),
        }))
      : []),
    ...rows.memberships.flatMap((row): readonly Coming[] =>
      row.expires_at === null
        ? []
        : [{ id: row.id, kind: "membership-ends", atMs: row.expires_at.getTime(), ...circle(row.circle_id, row.circle_name) }],
    ),
    ...rows.tokens.map((row): Coming => ({ id: row.id, kind: "token-ends", atMs: row.expires_at.getTime(), name: row.name })),
  ];
  return coming.filter(({ atMs }) => atMs <= untilMs).toSorted((a, b) => a.atMs - b.atMs);
}

function titled({ titles }: WaitingRows): (id: string) => Pick<WorkItem, "draft"> {
  const known = new Map(titles.map((row) => [row.draft_id, summaryText(row.summary) ?? row.package_name ?? "a draft advisory"]));
  return (id) => ({ draft: { id, title: known.get(id) ?? "a draft advisory" } });
}

/** A part's body is JSON of its kind's shape, written by the server itself. */
function summaryText(body: string | null): string | undefined {
  if (body === null) return undefined;
  const { text } = JSON.parse(body) as { readonly text?: unknown };
  return typeof text === "string" && text !== "" ? text : undefined;
}

const who = (name: string | null): Pick<WorkItem, "who"> => (name === null ? {} : { who: name });
const since = (at: Date | null): Pick<WorkItem, "sinceMs"> => (at === null ? {} : { sinceMs: at.getTime() });
const due = (at: Date): Pick<WorkItem, "dueMs"> => ({ dueMs: at.getTime() });
const circle = (id: string, name: string | null): Pick<WorkItem, "circle"> => ({ circle: { id, name: name ?? "a circle" } });
