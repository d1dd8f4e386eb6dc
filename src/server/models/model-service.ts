import { randomUUID } from "node:crypto";
import type { MovedRelease, ReleaseEffects, StatedModel } from "../../contract/endpoints/models.ts";
import type { ListedModelAnswer, ModelAnswer, StatedVersion } from "../../contract/model-schemas.ts";
import { hourText } from "../../coordination/release/zoned-hour.ts";
import { checkRecord } from "../../coordination/window/check-record.ts";
import { EO_14409, PROGRAMME_RECORDS, recordsInForce } from "../../coordination/window/programme-records.ts";
import { solveWindow } from "../../coordination/window/solve-window.ts";
import type { ProgrammeRecord } from "../../vocabulary/access-window.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { recordAudit } from "../access-review/audit-trail.ts";
import type { Database, Transaction } from "../database/database.ts";
import { isStatementError } from "../database/statement-error.ts";
import type { Caller } from "../http/caller.ts";
import { type PageAsked, type PageOf, pageByName, pageOf, readNamePosition, readTimePosition } from "../list-page.ts";
import { announce } from "../notifications/announcement-service.ts";
import { readHour, readOptionalHour } from "../stated-hour.ts";
import type { Custodian } from "./custodian.ts";
import { writeEvent } from "./event-store.ts";
import { readGranteesOf } from "./grant-store.ts";
import { type Asked, listedModelAnswer, modelAnswer } from "./model-answers.ts";
import {
  type DeskRow,
  findModel,
  findProgramme,
  insertAccepted,
  insertModel,
  insertProgramme,
  insertVersion,
  lockModel,
  markWithdrawn,
  type ModelRow,
  readAccepted,
  findTester,
  readDesks,
  readModels,
  readProgrammes,
  readVersions,
  retireVersion,
  updateReleases,
} from "./model-store.ts";
import { askedOf, notFound, onlyTheLab } from "./refusals.ts";
import { effectsOfMove, readMove, releaseProblems } from "./release-moves.ts";
import { windowFactsOf } from "./window-facts.ts";
import { markEnded, readWindows, readWindowsOf, type SeenWindowRow, updateHours } from "./window-store.ts";

export type ModelService = {
  readonly desks: (caller: Caller, asked: PageAsked) => Promise<PageOf<DeskRow>>;
  readonly list: (caller: Caller, asked: PageAsked) => Promise<PageOf<ListedModelAnswer>>;
  readonly enrol: (caller: Caller, stated: StatedModel) => Promise<ModelAnswer>;
  readonly read: (caller: Caller, model: string) => Promise<ModelAnswer>;
  readonly withdraw: (caller: Caller, model: string) => Promise<ModelAnswer>;
  readonly addVersion: (caller: Caller, model: string, stated: StatedVersion) => Promise<ModelAnswer>;
  readonly retireVersion: (caller: Caller, model: string, version: string) => Promise<ModelAnswer>;
  readonly previewRelease: (caller: Caller, model: string, stated: MovedRelease) => Promise<ReleaseEffects>;
  readonly moveRelease: (caller: Caller, model: string, stated: MovedRelease) => Promise<ModelAnswer>;
  readonly acceptProgramme: (caller: Caller, model: string, programme: string) => Promise<ModelAnswer>;
  readonly programmes: () => Promise<readonly ProgrammeRecord[]>;
  readonly addProgramme: (caller: Caller, record: ProgrammeRecord) => Promise<ProgrammeRecord>;
};

export type ModelServiceParts = { readonly database: Database; readonly custodian: Custodian; readonly clock: () => number };

/** What labs offer, as they, the desk and those who may use it see it. Windows are `window-service.ts`, grants `grant-service.ts`. */
export function createModelService({ database, custodian, clock }: ModelServiceParts): ModelService {
  const as = <T>(caller: Caller, work: (transaction: Transaction) => Promise<T>): Promise<T> =>
    askedOf(() => database.transaction(caller.actor, work));
  const askedBy = (caller: Caller): Asked => ({ organisation: caller.organisation, nowMs: clock() });
  const read = (caller: Caller, model: string): Promise<ModelAnswer> =>
    as(caller, async (transaction) => answered(transaction, await knownModel(transaction, model), askedBy(caller)));

  return {
    desks: (caller, { after, limit }) =>
      as(caller, async (transaction) =>
        pageByName(
          await readDesks(transaction, readNamePosition(after), limit + 1),
          limit,
          (row) => row,
          (row) => row,
        ),
      ),
    list: (caller, { after, limit }) =>
      as(caller, async (transaction) => {
        const rows = await readModels(transaction, readTimePosition(after), limit + 1);
        const windows = await readWindowsOf(
          transaction,
          rows.map(({ id }) => id),
        );
        return pageOf(
          rows,
          limit,
          (row) => listedModelAnswer(row, windows, askedBy(caller)),
          (row) => [row.created_at.getTime(), row.id],
        );
      }),
    read,
    enrol: (caller, stated) =>
      as(caller, async (transaction) => {
        const atMs = clock();
        const partnerRelease = readHour(stated.partnerRelease, "body.partnerRelease");
        const publicRelease = readOptionalHour(stated.publicRelease, "body.publicRelease");
        refuseAny(releaseProblems({ partnerRelease, publicRelease }), "body.publicRelease");
        if (partnerRelease.instantMs <= atMs) {
          throw new CodedError("input-invalid", `Expected a planned release to come, got ${hourText(partnerRelease)}`, {
            place: "body.partnerRelease",
          });
        }
        refuseRepeated(stated.versions.map(({ name }) => name));
        const key = { lab: caller.organisation, model: randomUUID() };
        const { desk, name, wire, custody, terms } = stated;
        const tester = await findTester(transaction, desk);
        if (tester === undefined) throw notFound();
        if (tester.kind !== "coordinator" && tester.kind !== "agency") {
          throw new CodedError("input-invalid", `Expected a coordinator or an agency to test it, got a ${tester.kind}`, {
            place: "body.desk",
          });
        }
        await insertModel(transaction, key.model, {
          lab: key.lab,
          desk,
          name,
          wire,
          custody,
          partnerRelease,
          publicRelease,
          terms: JSON.stringify(terms),
          by: caller.person,
          atMs,
        });
        for (const version of stated.versions) await insertVersion(transaction, key, { ...version, id: randomUUID(), desk, atMs });
        await writeEvent(transaction, caller, { ...key, desk, kind: "enrolled", atMs });
        await recordAudit(transaction, {
          ...by(caller),
          verb: "model.enrolled",
          subject: `model:${key.model}`,
          details: { name, desk, wire, custody, partnerRelease: hourText(partnerRelease), terms: JSON.parse(JSON.stringify(terms)) },
          atMs,
        });
        if (desk !== key.lab) await announce(transaction, { kind: "model-offered", circleId: desk, organisationId: key.lab, atMs });
        return answered(transaction, await knownModel(transaction, key.model), askedBy(caller));
      }),
    withdraw: async (caller, model) => {
      await as(caller, async (transaction) => {
        const row = await ownModel(transaction, caller, model);
        const key = { lab: row.organisation_id, model };
        const atMs = clock();
        const desk = row.desk_organisation_id;
        const told = new Set([desk, ...(await readGranteesOf(transaction, key))]);
        // Before the model itself: what is withdrawn is changed by nobody any more.
        for (const window of (await readWindows(transaction, key)).filter(({ ended_at }) => ended_at === null)) {
          await markEnded(transaction, { lab: key.lab, window: window.id }, "withdrawn", atMs);
        }
        if (!(await markWithdrawn(transaction, key, atMs))) throw isWithdrawn();
        await writeEvent(transaction, caller, { ...key, desk, kind: "withdrawn", forGrantees: true, atMs });
        await recordAudit(transaction, {
          ...by(caller),
          verb: "model.withdrawn",
          subject: `model:${model}`,
          details: { name: row.name },
          atMs,
        });
        for (const circleId of told) await announce(transaction, { kind: "model-withdrawn", circleId, organisationId: key.lab, atMs });
      });
      await custodian.settle(model);
      return read(caller, model);
    },
    addVersion: (caller, model, stated) =>
      as(caller, async (transaction) => {
        const row = await ownStanding(transaction, caller, model);
        const key = { lab: row.organisation_id, model };
        refuseRepeated([stated.name, ...(await readVersions(transaction, key)).map(({ name }) => name)]);
        const atMs = clock();
        const id = randomUUID();
        await insertVersion(transaction, key, { ...stated, id, desk: row.desk_organisation_id, atMs });
        await tell(transaction, caller, row, {
          kind: "version-added",
          verb: "model.version-added",
          details: { version: stated.name },
          atMs,
        });
        return answered(transaction, row, askedBy(caller));
      }),
    retireVersion: (caller, model, version) =>
      as(caller, async (transaction) => {
        const row = await ownStanding(transaction, caller, model);
        const atMs = clock();
        if (!(await retireVersion(transaction, { lab: row.organisation_id, model }, version, atMs))) throw notFound();
        await tell(transaction, caller, row, { kind: "version-retired", verb: "model.version-retired", details: { version }, atMs });
        return answered(transaction, row, askedBy(caller));
      }),
    previewRelease: (caller, model, stated) =>
      as(caller, async (transaction) => {
        const row = await ownModel(transaction, caller, model);
        const windows = await readWindows(transaction, { lab: row.organisation_id, model });
        return effectsOfMove(windows, readMove(stated, row), clock());
      }),
    moveRelease: async (caller, model, stated) => {
      await as(caller, (transaction) => ownModel(transaction, caller, model));
      // What an hour has closed until now is closed, whatever this one moves.
      await custodian.settle(model);
      await as(caller, async (transaction) => {
        const row = await ownStanding(transaction, caller, model);
        const key = { lab: row.organisation_id, model };
        const atMs = clock();
        const windows = await readWindows(transaction, key);
        if (windows.some((window) => isClosing(window, atMs))) throw isClosingNow();
        const move = readMove(stated, row);
        const { problems, windows: effects } = effectsOfMove(windows, move, atMs);
        refuseAny(problems, "body");
        await updateReleases(transaction, key, move);
        for (const { window, ...hours } of move.stages) await updateHours(transaction, { lab: key.lab, window }, hours);
        const details = {
          before: hourText({ instantMs: row.partner_release_at.getTime(), zone: row.partner_release_zone }),
          after: hourText(move.partnerRelease),
          publicRelease: move.publicRelease === undefined ? null : hourText(move.publicRelease),
          effects: effects.map((one) => ({ window: one.id, effects: one.effects.map(({ message }) => message) })),
        };
        await recordAudit(transaction, { ...by(caller), verb: "model.release-moved", subject: `model:${model}`, details, atMs });
        const event = { ...key, desk: row.desk_organisation_id, kind: "release-moved" as const, atMs };
        // Windows of which a grantee knows nothing are not told to it.
        await writeEvent(transaction, caller, { ...event, details: { before: details.before, after: details.after }, forGrantees: true });
      });
      await custodian.settle(model);
      return read(caller, model);
    },
    acceptProgramme: async (caller, model, programme) => {
      await as(caller, (transaction) => ownModel(transaction, caller, model));
      await custodian.settle(model);
      return as(caller, async (transaction) => {
        const row = await ownStanding(transaction, caller, model);
        const key = { lab: row.organisation_id, model };
        if (programme === EO_14409.id) throw new CodedError("conflict", `${EO_14409.name} always holds: there is nothing to accept`);
        const record = await findProgramme(transaction, programme);
        if (record === undefined) throw new CodedError("not-found", `Expected a programme record of this installation, got ${programme}`);
        if ((await readAccepted(transaction, key)).some(({ id }) => id === programme)) {
          throw new CodedError("conflict", `${record.name} is accepted for this model already`);
        }
        const atMs = clock();
        await insertAccepted(transaction, key, { desk: row.desk_organisation_id, programme, by: caller.person, atMs });
        const details = { programme, name: record.name, citation: record.citation, days: record.days };
        await tell(transaction, caller, row, { kind: "programme-accepted", verb: "model.programme-accepted", details, atMs });
        return answered(transaction, row, askedBy(caller));
      });
    },
    programmes: async () => [...PROGRAMME_RECORDS, ...(await database.transaction("reader", readProgrammes))],
    addProgramme: async (caller, record) => {
      refuseAny(checkRecord(record), "body");
      if (PROGRAMME_RECORDS.some(({ id }) => id === record.id)) throw isKnown(record.id);
      try {
        return await database.transaction(caller.actor, async (transaction) => {
          await insertProgramme(transaction, record);
          const details = { citation: record.citation, days: record.days };
          await recordAudit(transaction, {
            ...by(caller),
            verb: "programme.added",
            subject: `programme:${record.id}`,
            details,
            atMs: clock(),
          });
          return record;
        });
      } catch (error) {
        if (isStatementError(error, "23505")) throw isKnown(record.id);
        throw error;
      }
    },
  };

  /** Locked until the transaction ends. @throws CodedError `conflict` for a model that is withdrawn */
  async function ownStanding(transaction: Transaction, caller: Caller, model: string): Promise<ModelRow> {
    const row = await ownModel(transaction, caller, model);
    if (!(await lockModel(transaction, { lab: row.organisation_id, model }))) throw isWithdrawn();
    // Read again: it may have changed before it was held.
    return knownModel(transaction, model);
  }
}

/** @throws CodedError `not-found` */
export async function knownModel(transaction: Transaction, model: string): Promise<ModelRow> {
  const row = await findModel(transaction, model);
  if (row === undefined) throw notFound();
  return row;
}

/** @throws CodedError `not-found`, `not-allowed` */
export async function ownModel(transaction: Transaction, caller: Caller, model: string): Promise<ModelRow> {
  const row = await knownModel(transaction, model);
  if (row.organisation_id !== caller.organisation) throw onlyTheLab();
  return row;
}

export function by({ organisation, person }: Caller): { readonly organisation: string; readonly person: string } {
  return { organisation, person };
}

/** True for a window whose closing hour has come and that nobody has ended yet. */
export function isClosing(row: SeenWindowRow, atMs: number): boolean {
  return row.ended_at === null && solveWindow(windowFactsOf(row), atMs).closed !== undefined;
}

export function isClosingNow(): CodedError {
  return new CodedError("conflict", "A window of this model closes in this moment. Ask again");
}

export function isWithdrawn(): CodedError {
  return new CodedError("conflict", "Expected a model that is offered: this one is withdrawn, and can be offered anew");
}

async function answered(transaction: Transaction, row: ModelRow, asked: Asked): Promise<ModelAnswer> {
  const key = { lab: row.organisation_id, model: row.id };
  const versions = await readVersions(transaction, key);
  const programmes = recordsInForce(await readAccepted(transaction, key));
  return modelAnswer(row, { versions, programmes, windows: await readWindows(transaction, key) }, asked);
}

type Told = {
  readonly kind: "version-added" | "version-retired" | "programme-accepted";
  readonly verb: "model.version-added" | "model.version-retired" | "model.programme-accepted";
  readonly details: Readonly<Record<string, string | number>>;
  readonly atMs: number;
};

async function tell(transaction: Transaction, caller: Caller, row: ModelRow, { kind, verb, details, atMs }: Told): Promise<void> {
  const about = { lab: row.organisation_id, model: row.id, desk: row.desk_organisation_id };
  await writeEvent(transaction, caller, { ...about, kind, details, forGrantees: true, atMs });
  await recordAudit(transaction, { ...by(caller), verb, subject: `model:${row.id}`, details, atMs });
}

function refuseAny(problems: readonly string[], place: string): void {
  if (problems.length > 0) throw new CodedError("input-invalid", problems.join(" "), { place });
}

function refuseRepeated(names: readonly string[]): void {
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw new CodedError("conflict", `Expected another name: ${repeated} is a version of this model already`);
}

function isKnown(id: string): CodedError {
  return new CodedError("conflict", `There is a programme record ${id} already; one that is known is never changed`);
}
