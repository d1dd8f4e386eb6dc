import { randomUUID } from "node:crypto";
import type { RequestAnswer, StatedAnswer, StatedRequest } from "../../contract/endpoints/access-requests.ts";
import { solveWindow } from "../../coordination/window/solve-window.ts";
import { mayExtend } from "../../coordination/window/window-moves.ts";
import type { RequestState } from "../../vocabulary/access-request.ts";
import type { AuditVerb } from "../../vocabulary/audit.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { EnrolmentEventKind } from "../../vocabulary/enrolment.ts";
import type { ZonedInstant } from "../../vocabulary/release-plan.ts";
import { recordAudit } from "../access-review/audit-trail.ts";
import type { Database, Transaction } from "../database/database.ts";
import type { Caller } from "../http/caller.ts";
import { type PageAsked, type PageOf, pageOf, readTimePosition } from "../list-page.ts";
import { announce } from "../notifications/announcement-service.ts";
import { readOptionalHour } from "../stated-hour.ts";
import { writeEvent } from "./event-store.ts";
import { findGrant } from "./grant-store.ts";
import { named, optional } from "./model-answers.ts";
import { by, isClosing, isWithdrawn, knownModel } from "./model-service.ts";
import type { ModelRow } from "./model-store.ts";
import { askedOf, isOver, notFound, onlyTheLab } from "./refusals.ts";
import {
  countOpenRequests,
  findRequest,
  insertRequest,
  markAnswered,
  markTakenBack,
  readRequests,
  type RequestRow,
} from "./request-store.ts";
import { optionalHour, windowFactsOf } from "./window-facts.ts";
import { knownWindow } from "./window-service.ts";
import type { SeenWindowRow } from "./window-store.ts";

export type RequestService = {
  readonly list: (caller: Caller, model: string, asked: PageAsked) => Promise<PageOf<RequestAnswer>>;
  /** @throws CodedError `not-found`, `not-allowed`, `conflict`, `input-invalid` */
  readonly ask: (caller: Caller, model: string, stated: StatedRequest) => Promise<RequestAnswer>;
  /** @throws CodedError `not-found`, `not-allowed`, `conflict`, `input-invalid` */
  readonly answer: (caller: Caller, request: string, stated: StatedAnswer) => Promise<RequestAnswer>;
  /** @throws CodedError `not-found`, `not-allowed`, `conflict` */
  readonly withdraw: (caller: Caller, request: string) => Promise<RequestAnswer>;
};

/** A lab is not to be asked without end. */
const MOST_OPEN = 20;

/** What a desk asks of a lab. What was answered stands in the request alone: no event, audit entry, count or statement says it. */
export function createRequestService({ database, clock }: { readonly database: Database; readonly clock: () => number }): RequestService {
  const as = <T>(caller: Caller, work: (transaction: Transaction) => Promise<T>): Promise<T> =>
    askedOf(() => database.transaction(caller.actor, work));

  return {
    list: (caller, model, { after, limit }) =>
      as(caller, async (transaction) => {
        const { organisation_id: lab } = await knownModel(transaction, model);
        return pageOf(await readRequests(transaction, { lab, model }, readTimePosition(after), limit + 1), limit, requestAnswer, (row) => [
          row.asked_at.getTime(),
          row.id,
        ]);
      }),
    ask: (caller, model, stated) =>
      as(caller, async (transaction) => {
        const row = await knownModel(transaction, model);
        if (row.desk_organisation_id !== caller.organisation) throw onlyTheDesk();
        if (row.withdrawn_at !== null) throw isWithdrawn();
        const key = { lab: row.organisation_id, model };
        if ((await countOpenRequests(transaction, key)) >= MOST_OPEN) {
          throw new CodedError("conflict", `Expected at most ${MOST_OPEN} requests that wait: take one back, or wait for an answer`);
        }
        const atMs = clock();
        const id = randomUUID();
        const content = await contentOf(transaction, row, stated, atMs);
        await insertRequest(transaction, key, { ...content, id, desk: caller.organisation, words: stated.words, by: caller.person, atMs });
        const asked = await knownRequest(transaction, id);
        await tell(transaction, caller, asked, { kind: "request-made", verb: "request.made", atMs });
        await announce(transaction, { kind: "access-requested", circleId: key.lab, organisationId: caller.organisation, atMs });
        return requestAnswer(asked);
      }),
    answer: (caller, request, stated) =>
      as(caller, async (transaction) => {
        const row = await knownRequest(transaction, request);
        if (row.organisation_id !== caller.organisation) throw onlyTheLab();
        refuseUnlessAsked(row);
        const atMs = clock();
        const outcome = stated.outcome === "granted" ? await doneFor(transaction, row, stated.grant, atMs) : nothingDone;
        const key = { lab: row.organisation_id, request };
        const answer = { outcome: stated.outcome, words: stated.words, ...outcome, by: caller.person, atMs };
        if (!(await markAnswered(transaction, key, answer))) throw isAnswered();
        const answered = await knownRequest(transaction, request);
        await tell(transaction, caller, answered, { kind: "request-answered", verb: "request.answered", atMs });
        const circleId = row.desk_organisation_id;
        await announce(transaction, { kind: "request-answered", circleId, organisationId: caller.organisation, atMs });
        return requestAnswer(answered);
      }),
    withdraw: (caller, request) =>
      as(caller, async (transaction) => {
        const row = await knownRequest(transaction, request);
        if (row.desk_organisation_id !== caller.organisation) throw onlyTheDesk();
        const atMs = clock();
        if (!(await markTakenBack(transaction, { lab: row.organisation_id, request }, atMs))) throw isAnswered();
        await tell(transaction, caller, row, { kind: "request-withdrawn", verb: "request.withdrawn", atMs });
        return requestAnswer(await knownRequest(transaction, request));
      }),
  };
}

type Content = {
  readonly kind: StatedRequest["kind"];
  readonly window: string | undefined;
  readonly organisation: string | undefined;
  readonly closes: ZonedInstant | undefined;
  readonly closedThen: ZonedInstant | undefined;
};

/** What can be granted as things stand; the lab may still not want to. */
async function contentOf(transaction: Transaction, model: ModelRow, stated: StatedRequest, atMs: number): Promise<Content> {
  const window = stated.window === undefined ? undefined : await windowOf(transaction, model, stated.window, atMs);
  if (stated.kind === "grant") {
    if (window !== undefined && window.kind !== "testing-window") {
      throw new CodedError("conflict", "Expected a testing window: partners of a stage are proposed, and chosen with both keys");
    }
    return { kind: "grant", window: stated.window, organisation: stated.organisation, closes: undefined, closedThen: undefined };
  }
  if (window === undefined) throw notFound();
  const closes = readOptionalHour(stated.closes, "body.closes");
  const facts = windowFactsOf(window);
  const move = mayExtend(facts, closes, { organisation: model.organisation_id, lab: model.organisation_id }, atMs);
  if (!move.allowed) throw new CodedError("input-invalid", move.why, { place: "body.closes" });
  return { kind: "extension", window: stated.window, organisation: undefined, closes, closedThen: solveWindow(facts, atMs).closes?.at };
}

async function windowOf(transaction: Transaction, model: ModelRow, window: string, atMs: number): Promise<SeenWindowRow> {
  const row = await knownWindow(transaction, window);
  if (row.enrolment_id !== model.id) throw notFound();
  if (row.ended_at !== null || isClosing(row, atMs)) throw isOver();
  return row;
}

type Done = { readonly grant: string | undefined; readonly closes: ZonedInstant | undefined };
const nothingDone: Done = { grant: undefined, closes: undefined };

/** What the lab has done for it. @throws CodedError `input-invalid`, `conflict` when that is not what was asked */
async function doneFor(transaction: Transaction, row: RequestRow, grant: string | undefined, atMs: number): Promise<Done> {
  if (row.kind === "grant") {
    const made = grant === undefined ? undefined : await findGrant(transaction, grant);
    const isAskedFor = made?.enrolment_id === row.enrolment_id && made.grantee_organisation_id === row.for_organisation_id;
    if (made === undefined || !isAskedFor || made.grant_ended_at !== null) {
      throw new CodedError("input-invalid", "Expected a grant that stands, of this model and to the organisation that was asked for", {
        place: "body.grant",
      });
    }
    return { grant: made.id, closes: undefined };
  }
  if (grant !== undefined) {
    throw new CodedError("input-invalid", "Expected no grant: a later end of a window was asked for", { place: "body.grant" });
  }
  const { closes } = solveWindow(windowFactsOf(await knownWindow(transaction, row.window_id ?? "")), atMs);
  if (closes === undefined || (row.closed_then_at !== null && closes.at.instantMs <= row.closed_then_at.getTime())) {
    throw new CodedError("conflict", "Expected a window that closes later than when it was asked: extend it first, then answer");
  }
  return { grant: undefined, closes: closes.at };
}

async function knownRequest(transaction: Transaction, request: string): Promise<RequestRow> {
  const row = await findRequest(transaction, request);
  if (row === undefined) throw notFound();
  return row;
}

function refuseUnlessAsked(row: RequestRow): void {
  const state = stateOf(row);
  if (state === "lapsed") throw isOver();
  if (state !== "asked") throw isAnswered();
}

function requestAnswer(row: RequestRow): RequestAnswer {
  return {
    id: row.id,
    model: { id: row.enrolment_id, name: row.model_name },
    kind: row.kind,
    ...(row.window_id === null ? {} : { window: { id: row.window_id, name: row.window_name ?? "" } }),
    ...optional("organisation", row.for_organisation_id === null ? undefined : named(row.for_organisation_id, row.for_name)),
    ...optional("closes", optionalHour(row.closes_at, row.closes_zone)),
    ...optional("closedThen", optionalHour(row.closed_then_at, row.closed_then_zone)),
    words: row.words,
    askedBy: named(row.desk_organisation_id, row.desk_name),
    askedAtMs: row.asked_at.getTime(),
    state: stateOf(row),
    ...optional("withdrawnAtMs", row.withdrawn_at?.getTime()),
    ...(row.answered_at === null || row.outcome === null
      ? {}
      : {
          answer: {
            outcome: row.outcome,
            atMs: row.answered_at.getTime(),
            ...optional("words", row.answer_words),
            ...optional("grant", row.grant_id),
            ...optional("closes", optionalHour(row.closes_now_at, row.closes_now_zone)),
          },
        }),
  };
}

function stateOf(row: RequestRow): RequestState {
  if (row.answered_at !== null) return "answered";
  if (row.withdrawn_at !== null) return "withdrawn";
  return row.is_over ? "lapsed" : "asked";
}

type Told = { readonly kind: EnrolmentEventKind; readonly verb: AuditVerb; readonly atMs: number };

async function tell(transaction: Transaction, caller: Caller, row: RequestRow, { kind, verb, atMs }: Told): Promise<void> {
  const about = { lab: row.organisation_id, model: row.enrolment_id, desk: row.desk_organisation_id, ...optional("window", row.window_id) };
  const details = { request: row.id, asks: row.kind };
  await writeEvent(transaction, caller, { ...about, kind, details, forGrantees: false, atMs });
  await recordAudit(transaction, { ...by(caller), verb, subject: `access-request:${row.id}`, details: { model: row.enrolment_id }, atMs });
}

function onlyTheDesk(): CodedError {
  return new CodedError("not-allowed", "Expected the desk that the model was offered to: nobody else asks the lab here");
}

function isAnswered(): CodedError {
  return new CodedError("conflict", "Expected a request that waits: this one was answered or taken back");
}
