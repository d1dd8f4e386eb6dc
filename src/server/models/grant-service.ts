import { randomUUID } from "node:crypto";
import type { CertificateAnswer, EnrolmentEventAnswer, UseAnswer } from "../../contract/endpoints/model-history.ts";
import type { GrantAnswer, ModelTerms } from "../../contract/model-schemas.ts";
import type { AuditVerb } from "../../vocabulary/audit.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { EnrolmentEventKind } from "../../vocabulary/enrolment.ts";
import { recordAudit } from "../access-review/audit-trail.ts";
import type { Database, Transaction } from "../database/database.ts";
import type { Caller } from "../http/caller.ts";
import { type PageAsked, type PageOf, pageOf, readTimePosition, uuidOf } from "../list-page.ts";
import { announce } from "../notifications/announcement-service.ts";
import { notACursor, readCursor } from "../page-cursor.ts";
import type { Custodian } from "./custodian.ts";
import { readEvents, writeEvent } from "./event-store.ts";
import {
  findGrant,
  type GrantContent,
  type GrantFilter,
  type GrantRow,
  insertGrant,
  markGrantEnded,
  readGrants,
  updateGrant,
} from "./grant-store.ts";
import { type Asked, certificateAnswer, eventAnswer, grantAnswer, useAnswer } from "./model-answers.ts";
import { by, isClosing, knownModel, ownModel } from "./model-service.ts";
import { askedOf, isOver, notFound, onlyTheLab } from "./refusals.ts";
import { findCertificate, markRevoked, readCertificates, readUse, type UsePosition } from "./use-store.ts";
import { ownWindow } from "./window-service.ts";
import { lockWindow } from "./window-store.ts";

export type StatedGrant = GrantContent & { readonly organisation: string };

export type GrantService = {
  readonly make: (caller: Caller, window: string, stated: StatedGrant) => Promise<GrantAnswer>;
  readonly change: (caller: Caller, grant: string, content: GrantContent) => Promise<GrantAnswer>;
  /** Resolves when its tokens are revoked. */
  readonly end: (caller: Caller, grant: string) => Promise<GrantAnswer>;
  /** One's own where no model and no window is named. */
  readonly list: (caller: Caller, asked: PageAsked & Pick<GrantFilter, "model" | "window">) => Promise<PageOf<GrantAnswer>>;
  readonly read: (caller: Caller, grant: string) => Promise<GrantAnswer>;
  readonly use: (caller: Caller, model: string, asked: PageAsked & { readonly grant?: string | undefined }) => Promise<PageOf<UseAnswer>>;
  readonly events: (caller: Caller, model: string, asked: PageAsked) => Promise<PageOf<EnrolmentEventAnswer>>;
  readonly certificates: (caller: Caller, asked: PageAsked & { readonly model?: string | undefined }) => Promise<PageOf<CertificateAnswer>>;
  readonly markRevoked: (caller: Caller, certificate: string) => Promise<void>;
};

export type GrantServiceParts = { readonly database: Database; readonly custodian: Custodian; readonly clock: () => number };

/** Who may use a model, what was used, and what became of the keys. */
export function createGrantService({ database, custodian, clock }: GrantServiceParts): GrantService {
  const as = <T>(caller: Caller, work: (transaction: Transaction) => Promise<T>): Promise<T> =>
    askedOf(() => database.transaction(caller.actor, work));
  const askedBy = (caller: Caller): Asked => ({ organisation: caller.organisation, nowMs: clock() });
  const read = (caller: Caller, grant: string): Promise<GrantAnswer> =>
    as(caller, async (transaction) => grantAnswer(await knownGrant(transaction, grant), askedBy(caller)));

  return {
    read,
    make: (caller, window, stated) =>
      as(caller, async (transaction) => {
        const row = await ownWindow(transaction, caller, window);
        if (row.kind !== "testing-window") {
          throw new CodedError(
            "conflict",
            "Expected a testing window: partners of a stage are chosen by the lab and the desk with both keys",
          );
        }
        if (!(await lockWindow(transaction, { lab: row.organisation_id, window }))) throw isOver();
        const atMs = clock();
        if (isClosing(row, atMs)) throw isOver();
        const model = await ownModel(transaction, caller, row.enrolment_id);
        checkPurposes(purposesOf(model), stated.purposes);
        const { organisation: grantee, purposes, budget, requestsPerMinute, outside } = stated;
        const id = randomUUID();
        const about = { lab: row.organisation_id, model: row.enrolment_id, desk: row.desk_organisation_id, window };
        const content = { purposes, budget, requestsPerMinute, outside };
        const isNew = await insertGrant(transaction, {
          ...about,
          ...content,
          id,
          kind: "testing-window",
          grantee,
          termsVersion: model.terms_version,
          by: caller.person,
          atMs,
        });
        if (!isNew)
          throw new CodedError("conflict", "The organisation has a grant in this window already. Change that one, or end it first");
        const made = await knownGrant(transaction, id);
        await tell(transaction, caller, made, { kind: "grant-made", verb: "grant.made", content, atMs });
        const isOpen = row.opened_at !== null;
        if (isOpen) await announce(transaction, { kind: "window-opened", circleId: grantee, organisationId: caller.organisation, atMs });
        return grantAnswer(made, askedBy(caller));
      }),
    change: (caller, grant, content) =>
      as(caller, async (transaction) => {
        const row = await ownGrant(transaction, caller, grant);
        if (row.kind !== "testing-window") {
          throw new CodedError(
            "conflict",
            "Expected a grant of a testing window: what was agreed with both keys is changed by nobody alone",
          );
        }
        // A grant stays under the terms that it was made under.
        checkPurposes(purposesOf(row), content.purposes);
        const atMs = clock();
        if (!(await updateGrant(transaction, { lab: row.organisation_id, grant }, content))) throw hasEnded();
        await tell(transaction, caller, row, { kind: "grant-changed", verb: "grant.changed", content, atMs });
        return grantAnswer(await knownGrant(transaction, grant), askedBy(caller));
      }),
    end: async (caller, grant) => {
      const model = await as(caller, async (transaction) => {
        const row = await ownGrant(transaction, caller, grant);
        const atMs = clock();
        if (!(await markGrantEnded(transaction, { lab: row.organisation_id, grant }, atMs))) throw hasEnded();
        await tell(transaction, caller, row, { kind: "grant-ended", verb: "grant.ended", atMs });
        return row.enrolment_id;
      });
      await custodian.revoke(model);
      return read(caller, grant);
    },
    list: (caller, { model, window, after, limit }) =>
      as(caller, async (transaction) => {
        const filter = model === undefined && window === undefined ? { grantee: caller.organisation } : { model, window };
        return pageOf(
          await readGrants(transaction, filter, readTimePosition(after), limit + 1),
          limit,
          (row) => grantAnswer(row, askedBy(caller)),
          (row) => [row.created_at.getTime(), row.id],
        );
      }),
    use: (caller, model, { grant, after, limit }) =>
      as(caller, async (transaction) => {
        const { organisation_id: lab } = await knownModel(transaction, model);
        return pageOf(await readUse(transaction, { lab, model, grant }, usePosition(after), limit + 1), limit, useAnswer, (row) => [
          row.hour.getTime(),
          row.grant_id,
          row.purpose,
        ]);
      }),
    events: (caller, model, { after, limit }) =>
      as(caller, async (transaction) => {
        const { organisation_id: lab } = await knownModel(transaction, model);
        return pageOf(await readEvents(transaction, { lab, model }, readTimePosition(after), limit + 1), limit, eventAnswer, (row) => [
          row.at.getTime(),
          row.id,
        ]);
      }),
    certificates: (caller, { model, after, limit }) =>
      as(caller, async (transaction) =>
        pageOf(await readCertificates(transaction, model, readTimePosition(after), limit + 1), limit, certificateAnswer, (row) => [
          row.destroyed_at.getTime(),
          row.id,
        ]),
      ),
    markRevoked: (caller, certificate) =>
      as(caller, async (transaction) => {
        const row = await findCertificate(transaction, certificate);
        if (row === undefined) throw notFound();
        if (row.organisation_id !== caller.organisation) throw onlyTheLab();
        if (row.what !== "credential")
          throw new CodedError("conflict", "Expected the certificate of a credential: a record key has no upstream");
        const atMs = clock();
        if (!(await markRevoked(transaction, { lab: row.organisation_id, certificate }, caller.person, atMs))) {
          throw new CodedError("conflict", "This has been stated before");
        }
        const about = { lab: row.organisation_id, model: row.enrolment_id, desk: row.desk_organisation_id, window: row.window_id };
        const details = { keyId: row.key_id };
        await writeEvent(transaction, caller, { ...about, kind: "revoked-upstream", details, forGrantees: false, atMs });
        const subject = `certificate:${certificate}`;
        await recordAudit(transaction, { ...by(caller), verb: "certificate.revoked-upstream", subject, details, atMs });
      }),
  };
}

async function knownGrant(transaction: Transaction, grant: string): Promise<GrantRow> {
  const row = await findGrant(transaction, grant);
  if (row === undefined) throw notFound();
  return row;
}

async function ownGrant(transaction: Transaction, caller: Caller, grant: string): Promise<GrantRow> {
  const row = await knownGrant(transaction, grant);
  if (row.organisation_id !== caller.organisation) throw onlyTheLab();
  return row;
}

function purposesOf({ terms }: { readonly terms: string }): Pick<ModelTerms, "purposes"> {
  return JSON.parse(terms) as Pick<ModelTerms, "purposes">;
}

/** @throws CodedError `input-invalid` */
export function checkPurposes(terms: Pick<ModelTerms, "purposes">, purposes: readonly string[]): void {
  const unknown = purposes.find((purpose) => !terms.purposes.includes(purpose));
  if (unknown === undefined) return;
  const known = terms.purposes.map((purpose) => JSON.stringify(purpose)).join(", ");
  throw new CodedError("input-invalid", `Expected purposes of the model's terms (${known}), got ${JSON.stringify(unknown)}`, {
    place: "body.purposes",
  });
}

function usePosition(after: string | undefined): UsePosition | undefined {
  if (after === undefined) return undefined;
  const [hourMs, grant, purpose] = readCursor(after, [0, "", ""]);
  if (hourMs < 0 || Number.isNaN(new Date(hourMs).getTime())) throw notACursor();
  return { hourMs, grant: uuidOf(grant), purpose };
}

function hasEnded(): CodedError {
  return new CodedError("conflict", "Expected a grant that stands: this one has ended, and another can be made");
}

type Told = {
  readonly kind: EnrolmentEventKind;
  readonly verb: AuditVerb;
  readonly content?: GrantContent;
  readonly atMs: number;
};

async function tell(transaction: Transaction, caller: Caller, row: GrantRow, { kind, verb, content, atMs }: Told): Promise<void> {
  const about = { lab: row.organisation_id, model: row.enrolment_id, desk: row.desk_organisation_id, window: row.window_id };
  const grantee = row.grantee_organisation_id;
  const stated =
    content === undefined
      ? {}
      : {
          purposes: [...content.purposes],
          requests: content.budget.requests,
          tokens: content.budget.tokens,
          requestsPerMinute: content.requestsPerMinute,
          outside: [...content.outside],
        };
  await writeEvent(transaction, caller, { ...about, kind, details: { grant: row.id, ...stated }, forGrantees: true, grantee, atMs });
  const details = { model: row.enrolment_id, window: row.window_id, organisation: grantee, ...stated };
  await recordAudit(transaction, { ...by(caller), verb, subject: `grant:${row.id}`, details, atMs });
}
