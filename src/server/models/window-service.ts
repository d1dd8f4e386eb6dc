import { randomUUID } from "node:crypto";
import type { StatedWindow } from "../../contract/endpoints/access-windows.ts";
import type { WindowAnswer } from "../../contract/model-schemas.ts";
import type { StatedHour } from "../../contract/stated-hour.ts";
import { hourText } from "../../coordination/release/zoned-hour.ts";
import { checkWindow } from "../../coordination/window/check-window.ts";
import { mayEnd, mayExtend } from "../../coordination/window/window-moves.ts";
import { credentialKeyOf } from "../../sealing/grant-keys.ts";
import type { KeyRing } from "../../sealing/key-ring.ts";
import { sealCredential } from "../../sealing/sealed-credential.ts";
import type { AuditVerb } from "../../vocabulary/audit.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { EnrolmentEventKind } from "../../vocabulary/enrolment.ts";
import type { JsonObject } from "../../vocabulary/json.ts";
import { recordAudit } from "../access-review/audit-trail.ts";
import type { Database, Transaction } from "../database/database.ts";
import type { Caller } from "../http/caller.ts";
import { readHour, readOptionalHour } from "../stated-hour.ts";
import type { Custodian } from "./custodian.ts";
import { writeEvent } from "./event-store.ts";
import { windowAnswer } from "./model-answers.ts";
import { by, isClosing, isClosingNow, isWithdrawn, ownModel } from "./model-service.ts";
import { lockModel, type ModelRow, readAccepted } from "./model-store.ts";
import { askedOf, isOver, notFound, onlyTheLab } from "./refusals.ts";
import { stageProblems } from "./release-moves.ts";
import { hourOf, windowFactsOf, type WindowFactsRow } from "./window-facts.ts";
import {
  findWindow,
  hasCredential,
  insertCredential,
  insertWindow,
  lockWindow,
  markEnded,
  readWindows,
  type SeenWindowRow,
  updateHours,
} from "./window-store.ts";

export type WindowService = {
  readonly add: (caller: Caller, model: string, stated: StatedWindow) => Promise<WindowAnswer>;
  readonly giveCredential: (caller: Caller, window: string, credential: string) => Promise<WindowAnswer>;
  readonly extend: (caller: Caller, window: string, closes: StatedHour | undefined) => Promise<WindowAnswer>;
  /** Resolves when the credential is destroyed. */
  readonly end: (caller: Caller, window: string) => Promise<WindowAnswer>;
};

export type WindowServiceParts = {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly custodian: Custodian;
  readonly clock: () => number;
};

/** More than a release plan has stages: every answer of a model holds all of them. */
const MOST_WINDOWS = 50;

/** A lab's windows: their hours, their credentials, their end. By the clock they are the custodian's. */
export function createWindowService({ database, keys, custodian, clock }: WindowServiceParts): WindowService {
  const as = <T>(caller: Caller, work: (transaction: Transaction) => Promise<T>): Promise<T> =>
    askedOf(() => database.transaction(caller.actor, work));
  const read = (caller: Caller, window: string): Promise<WindowAnswer> =>
    as(caller, async (transaction) =>
      windowAnswer(await knownWindow(transaction, window), { organisation: caller.organisation, nowMs: clock() }),
    );

  return {
    add: async (caller, model, stated) => {
      const id = randomUUID();
      await as(caller, async (transaction) => {
        const row = await ownModel(transaction, caller, model);
        if (!(await lockModel(transaction, { lab: row.organisation_id, model }))) throw isWithdrawn();
        const atMs = clock();
        const { kind, name } = stated;
        const opens = readHour(stated.opens, "body.opens");
        const closes = readOptionalHour(stated.closes, "body.closes");
        const windows = await readWindows(transaction, { lab: row.organisation_id, model });
        if (windows.length >= MOST_WINDOWS) throw new CodedError("conflict", `Expected at most ${MOST_WINDOWS} windows of one model`);
        const accepted = await readAccepted(transaction, { lab: row.organisation_id, model });
        refuseHours(factsRow(row, JSON.stringify(accepted), { kind, opens, closes }), { name, atMs });
        await insertWindow(
          transaction,
          { lab: row.organisation_id, model },
          { id, desk: row.desk_organisation_id, kind, name, opens, closes, by: caller.person, atMs },
        );
        const added = await knownWindow(transaction, id);
        const details = { name, kind, opens: hourText(opens), closes: closes === undefined ? null : hourText(closes) };
        await tell(transaction, caller, added, { kind: "window-added", verb: "window.added", details, atMs });
      });
      return read(caller, id);
    },
    giveCredential: async (caller, window, credential) => {
      const { model } = await as(caller, async (transaction) => {
        const row = await ownWindow(transaction, caller, window);
        if (row.custody === "premises") {
          throw new CodedError(
            "conflict",
            "Expected a model whose credential is kept here: this one's stays at a gateway of the lab's own",
          );
        }
        const key = { lab: row.organisation_id, window };
        if (!(await lockWindow(transaction, key))) throw isOver();
        const atMs = clock();
        if (isClosing(row, atMs)) throw isOver();
        if (await hasCredential(transaction, key)) {
          throw new CodedError(
            "conflict",
            "Expected a window without a credential: this one has been given its own. End it, and add another window",
          );
        }
        const { id: keyId, secret } = keys.grantKey(credentialKeyOf(window));
        const sealed = sealCredential(secret, window, credential);
        await insertCredential(transaction, key, { sealed, keyId, by: caller.person, atMs });
        await tell(transaction, caller, row, { kind: "credential-given", verb: "window.credential-given", details: { keyId }, atMs });
        return { model: row.enrolment_id };
      });
      await custodian.settle(model);
      return read(caller, window);
    },
    extend: async (caller, window, closes) => {
      const { model } = await as(caller, async (transaction) => {
        const row = await ownWindow(transaction, caller, window);
        if (!(await lockWindow(transaction, { lab: row.organisation_id, window }))) throw isOver();
        const current = await knownWindow(transaction, window);
        const atMs = clock();
        if (isClosing(current, atMs)) throw isClosingNow();
        const until = readOptionalHour(closes, "body.closes");
        const move = mayExtend(windowFactsOf(current), until, { organisation: caller.organisation, lab: current.organisation_id }, atMs);
        if (!move.allowed) throw new CodedError("conflict", move.why, { place: "body.closes" });
        const opens = hourOf(current.opens_at, current.opens_zone);
        await updateHours(transaction, { lab: current.organisation_id, window }, { opens, closes: until });
        const details = { closes: until === undefined ? null : hourText(until) };
        await tell(transaction, caller, current, { kind: "window-extended", verb: "window.extended", details, atMs });
        return { model: current.enrolment_id };
      });
      await custodian.settle(model);
      return read(caller, window);
    },
    end: async (caller, window) => {
      const key = await as(caller, async (transaction) => {
        const row = await ownWindow(transaction, caller, window);
        const atMs = clock();
        const move = mayEnd(windowFactsOf(row), { organisation: caller.organisation, lab: row.organisation_id }, atMs);
        if (!move.allowed) throw new CodedError("conflict", move.why);
        const ended = { lab: row.organisation_id, window };
        if (!(await markEnded(transaction, ended, "ended", atMs))) throw isOver();
        await tell(transaction, caller, row, { kind: "window-ended", verb: "window.ended", details: { because: "ended" }, atMs });
        return ended;
      });
      await custodian.finish(key);
      return read(caller, window);
    },
  };
}

/** @throws CodedError `not-found` */
export async function knownWindow(transaction: Transaction, window: string): Promise<SeenWindowRow> {
  const row = await findWindow(transaction, window);
  if (row === undefined) throw notFound();
  return row;
}

/** @throws CodedError `not-found`, `not-allowed` */
export async function ownWindow(transaction: Transaction, caller: Caller, window: string): Promise<SeenWindowRow> {
  const row = await knownWindow(transaction, window);
  if (row.organisation_id !== caller.organisation) throw onlyTheLab();
  return row;
}

type NewHours = Pick<StatedWindow, "kind"> & {
  readonly opens: ReturnType<typeof readHour>;
  readonly closes: ReturnType<typeof readOptionalHour>;
};

/** The window as the database will have it. */
function factsRow(model: ModelRow, accepted: string, { kind, opens, closes }: NewHours): WindowFactsRow {
  const terms = JSON.parse(model.terms) as { readonly partnersEndAtPublicRelease?: boolean };
  return {
    kind,
    opens_at: new Date(opens.instantMs),
    opens_zone: opens.zone,
    closes_at: closes === undefined ? null : new Date(closes.instantMs),
    closes_zone: closes?.zone ?? null,
    opened_at: null,
    ended_at: null,
    ended_because: null,
    partner_release_at: model.partner_release_at,
    partner_release_zone: model.partner_release_zone,
    public_release_at: model.public_release_at,
    public_release_zone: model.public_release_zone,
    ends_at_public_release: terms.partnersEndAtPublicRelease ?? true,
    accepted,
  };
}

function refuseHours(row: WindowFactsRow, { name, atMs }: { readonly name: string; readonly atMs: number }): void {
  const refused = checkWindow(windowFactsOf(row), atMs).filter(({ severity }) => severity === "refused");
  const problems = refused.map(({ message }) => message);
  if (row.kind === "partner-stage") {
    problems.push(...stageProblems(hourOf(row.opens_at, row.opens_zone), hourOf(row.partner_release_at, row.partner_release_zone), name));
  }
  if (problems.length > 0) throw new CodedError("input-invalid", problems.join(" "), { place: "body" });
}

type Told = { readonly kind: EnrolmentEventKind; readonly verb: AuditVerb; readonly details: JsonObject; readonly atMs: number };

async function tell(transaction: Transaction, caller: Caller, row: SeenWindowRow, { kind, verb, details, atMs }: Told): Promise<void> {
  const about = { lab: row.organisation_id, model: row.enrolment_id, desk: row.desk_organisation_id, window: row.id };
  await writeEvent(transaction, caller, { ...about, kind, details, forGrantees: kind !== "credential-given", atMs });
  await recordAudit(transaction, {
    ...by(caller),
    verb,
    subject: `window:${row.id}`,
    details: { ...details, model: row.enrolment_id },
    atMs,
  });
}
