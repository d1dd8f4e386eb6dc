import { isDeepStrictEqual } from "node:util";
import type { TermsVersionAnswer } from "../../contract/endpoints/model-terms.ts";
import type { ModelTerms } from "../../contract/model-schemas.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { recordAudit } from "../access-review/audit-trail.ts";
import type { Database, Transaction } from "../database/database.ts";
import type { Caller } from "../http/caller.ts";
import { announce } from "../notifications/announcement-service.ts";
import { writeEvent } from "./event-store.ts";
import { readGranteesOf } from "./grant-store.ts";
import { optional } from "./model-answers.ts";
import { by, isWithdrawn, knownModel, ownModel } from "./model-service.ts";
import { lockModel, type ModelRow } from "./model-store.ts";
import { askedOf } from "./refusals.ts";
import { insertTerms, readTermsVersions, type TermsRow } from "./terms-store.ts";

export type StatedTerms = { readonly before: number; readonly terms: ModelTerms };

export type TermsService = {
  /** @throws CodedError `not-found` */
  readonly list: (caller: Caller, model: string) => Promise<readonly TermsVersionAnswer[]>;
  /** @throws CodedError `not-found`, `not-allowed`, `conflict`, `input-invalid` */
  readonly change: (caller: Caller, model: string, stated: StatedTerms) => Promise<void>;
};

/** Every answer of the list holds all of them. */
const MOST_VERSIONS = 50;

/** What a lab states after its offer, a version at a time. What was granted before stays under the version it was granted under. */
export function createTermsService({ database, clock }: { readonly database: Database; readonly clock: () => number }): TermsService {
  const as = <T>(caller: Caller, work: (transaction: Transaction) => Promise<T>): Promise<T> =>
    askedOf(() => database.transaction(caller.actor, work));

  return {
    list: (caller, model) =>
      as(caller, async (transaction) => {
        const { organisation_id: lab } = await knownModel(transaction, model);
        return (await readTermsVersions(transaction, { lab, model })).map(termsAnswer);
      }),
    change: (caller, model, { before, terms }) =>
      as(caller, async (transaction) => {
        const { organisation_id: lab } = await ownModel(transaction, caller, model);
        if (!(await lockModel(transaction, { lab, model }))) throw isWithdrawn();
        const row = await knownModel(transaction, model);
        if (row.terms_version !== before) {
          throw new CodedError("conflict", `Expected the version that holds, ${row.terms_version}, got ${before}: look at it first`);
        }
        if (before >= MOST_VERSIONS) throw new CodedError("conflict", `Expected at most ${MOST_VERSIONS} versions of one model's terms`);
        const held = JSON.parse(row.terms) as ModelTerms;
        const changed = changedFields(held, terms);
        if (changed.length === 0)
          throw new CodedError("conflict", "Expected other terms than those that hold: nothing is changed by these");
        if (changed.includes("partnersEndAtPublicRelease")) {
          throw new CodedError(
            "input-invalid",
            `Expected ${held.partnersEndAtPublicRelease}, as it was offered: partners are chosen on it`,
            {
              place: "body.terms.partnersEndAtPublicRelease",
            },
          );
        }
        const atMs = clock();
        const version = before + 1;
        const desk = row.desk_organisation_id;
        await insertTerms(transaction, { lab, model }, { desk, version, terms: JSON.stringify(terms), by: caller.person, atMs });
        await tell(transaction, caller, row, { version, changed, terms, atMs });
      }),
  };
}

type Told = { readonly version: number; readonly changed: readonly string[]; readonly terms: ModelTerms; readonly atMs: number };

async function tell(transaction: Transaction, caller: Caller, row: ModelRow, { version, changed, terms, atMs }: Told): Promise<void> {
  const { organisation_id: lab, id: model, desk_organisation_id: desk } = row;
  const details = { version, changed: [...changed] };
  await writeEvent(transaction, caller, { lab, model, desk, kind: "terms-changed", details, forGrantees: true, atMs });
  await recordAudit(transaction, {
    ...by(caller),
    verb: "model.terms-changed",
    subject: `model:${model}`,
    details: { ...details, terms: JSON.parse(JSON.stringify(terms)) },
    atMs,
  });
  // Read while the model is held: a grant that these terms waited for is among them. A partner that is but proposed knows of no model yet.
  for (const circleId of new Set([desk, ...(await readGranteesOf(transaction, { lab, model }))])) {
    if (circleId === lab) continue;
    await announce(transaction, { kind: "terms-changed", circleId, organisationId: lab, atMs });
  }
}

function termsAnswer({ version, terms, stated_at, stated_by_name }: TermsRow): TermsVersionAnswer {
  // Written by this server from terms that passed their schema.
  return { version, terms: JSON.parse(terms) as ModelTerms, statedAtMs: stated_at.getTime(), ...optional("by", stated_by_name) };
}

/** The names of what differs, in the order of the alphabet. */
function changedFields(before: ModelTerms, after: ModelTerms): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const fields = (terms: ModelTerms): Readonly<Record<string, unknown>> => JSON.parse(JSON.stringify(terms));
  return [...names].filter((name) => !isDeepStrictEqual(fields(before)[name], fields(after)[name])).toSorted();
}
