import { createHash, randomUUID } from "node:crypto";
import type { ProposalAnswer, StatedProposal } from "../../contract/endpoints/partners.ts";
import { KEY_SIDES, proposalState, sideOf, takeBackKey, turnKey, withdrawProposal } from "../../coordination/window/both-keys.ts";
import { checkProposal, proposalText } from "../../coordination/window/partner-proposal.ts";
import { hourText } from "../../coordination/release/zoned-hour.ts";
import { solveWindow } from "../../coordination/window/solve-window.ts";
import type { AuditVerb } from "../../vocabulary/audit.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { EnrolmentEventKind } from "../../vocabulary/enrolment.ts";
import type { ZonedInstant } from "../../vocabulary/release-plan.ts";
import { recordAudit } from "../access-review/audit-trail.ts";
import type { Database, Transaction } from "../database/database.ts";
import type { Caller } from "../http/caller.ts";
import { type PageAsked, type PageOf, pageOf, readTimePosition } from "../list-page.ts";
import type { Custodian } from "./custodian.ts";
import { writeEvent } from "./event-store.ts";
import { checkPurposes } from "./grant-service.ts";
import { named, optional } from "./model-answers.ts";
import { by, isWithdrawn, knownModel } from "./model-service.ts";
import { askedOf, isOver, notFound } from "./refusals.ts";
import { hourOf, optionalHour, windowFactsOf } from "./window-facts.ts";
import { knownWindow } from "./window-service.ts";
import type { SeenWindowRow } from "./window-store.ts";
import { announce } from "../notifications/announcement-service.ts";
import { readOptionalHour } from "../stated-hour.ts";
import {
  deleteKey,
  findProposal,
  findStanding,
  insertKey,
  insertProposal,
  type KeyRow,
  lockProposal,
  markProposalWithdrawn,
  type ProposalRow,
  readKeys,
  readPartnerName,
  readProposals,
} from "./partner-store.ts";
import { currentText, keysOf, namedModel, namedPartner } from "./proposal-text.ts";

export type PartnerService = {
  readonly list: (
    caller: Caller,
    model: string,
    asked: PageAsked & { readonly window?: string | undefined },
  ) => Promise<PageOf<ProposalAnswer>>;
  readonly propose: (caller: Caller, window: string, stated: StatedProposal) => Promise<ProposalAnswer>;
  readonly turn: (caller: Caller, proposal: string, statedSha256: string) => Promise<ProposalAnswer>;
  readonly turnBack: (caller: Caller, proposal: string) => Promise<ProposalAnswer>;
  readonly withdraw: (caller: Caller, proposal: string) => Promise<ProposalAnswer>;
};

export type PartnerServiceParts = { readonly database: Database; readonly custodian: Custodian; readonly clock: () => number };

/** Trusted partners, chosen by the lab and the desk together. What both keys are turned on becomes a grant by the custodian alone. */
export function createPartnerService({ database, custodian, clock }: PartnerServiceParts): PartnerService {
  const as = <T>(caller: Caller, work: (transaction: Transaction) => Promise<T>): Promise<T> =>
    askedOf(() => database.transaction(caller.actor, work));
  const read = (caller: Caller, proposal: string): Promise<ProposalAnswer> =>
    as(caller, async (transaction) => answered(transaction, caller, await knownProposal(transaction, proposal)));

  return {
    list: (caller, model, { window, after, limit }) =>
      as(caller, async (transaction) => {
        const { organisation_id: lab } = await knownModel(transaction, model);
        const rows = await readProposals(transaction, { lab, model, window }, readTimePosition(after), limit + 1);
        const { rows: shown, next } = pageOf(
          rows,
          limit,
          (row) => row,
          (row) => [row.proposed_at.getTime(), row.id],
        );
        const keys = await readKeys(
          transaction,
          lab,
          shown.map(({ id }) => id),
        );
        return { rows: shown.map((row) => proposalAnswer(row, keys, caller)), ...optional("next", next) };
      }),
    propose: async (caller, window, stated) => {
      // By its id a side may propose whom it has not met: from then on it knows it by name.
      const name = await readPartnerName(database, stated.organisation);
      return as(caller, async (transaction) => {
        const stage = await openableStage(transaction, window);
        const model = await knownModel(transaction, stage.enrolment_id);
        if (caller.organisation !== model.organisation_id && caller.organisation !== model.desk_organisation_id) throw noKey();
        if (model.withdrawn_at !== null) throw isWithdrawn();
        const atMs = clock();
        checkPurposes(JSON.parse(model.terms) as { readonly purposes: readonly string[] } as never, [stated.purpose]);
        if (name === undefined) throw notFound();
        const partner = { id: stated.organisation, name };
        const opens = hourOf(stage.opens_at, stage.opens_zone);
        const closes = readOptionalHour(stated.closes, "body.closes") ?? optionalHour(stage.closes_at, stage.closes_zone);
        const proposal = {
          model: namedModel(model.id, model.name),
          organisation: namedPartner(partner.id, partner.name),
          purposes: [stated.purpose],
          opens,
          closes,
          closesAtPublicRelease: stage.ends_at_public_release,
          budget: stated.budget,
        };
        // A stage that is open takes partners too.
        const problems = [...checkProposal(proposal, Math.min(atMs, opens.instantMs - 1)), ...endProblems(stage, closes, atMs)];
        if (problems.length > 0) throw new CodedError("input-invalid", problems.join(" "), { place: "body" });
        const key = { lab: stage.organisation_id, window };
        await replaceStanding(transaction, caller, key, { partner: partner.id, atMs });
        const text = proposalText(proposal);
        const id = randomUUID();
        await insertProposal(transaction, {
          ...key,
          id,
          model: model.id,
          desk: model.desk_organisation_id,
          partner: partner.id,
          purpose: stated.purpose,
          closes,
          budget: stated.budget,
          requestsPerMinute: stated.requestsPerMinute,
          stated: text,
          statedSha256: new Uint8Array(createHash("sha256").update(text, "utf8").digest()),
          termsVersion: model.terms_version,
          by: by(caller),
          atMs,
        });
        const row = await knownProposal(transaction, id);
        await tell(transaction, caller, row, { kind: "partner-proposed", verb: "partner.proposed", atMs });
        for (const circleId of new Set([model.organisation_id, model.desk_organisation_id])) {
          if (circleId === caller.organisation) continue;
          await announce(transaction, { kind: "partner-proposed", circleId, organisationId: caller.organisation, atMs });
        }
        return answered(transaction, caller, row);
      });
    },
    turn: async (caller, proposal, statedSha256) => {
      const model = await as(caller, async (transaction) => {
        const row = await held(transaction, caller, proposal);
        if (solveWindow(windowFactsOf(row), clock()).closed !== undefined) throw isOver();
        if (currentText(row) !== row.stated) {
          throw new CodedError(
            "conflict",
            "What this proposal says does not stand any more, such as the hour of its stage. Propose it anew",
          );
        }
        const atMs = clock();
        const keys = keysOf(row, await readKeys(transaction, row.organisation_id, [row.id]));
        const turn = turnKey(keys, partyOf(caller), statedSha256, atMs);
        if (!turn.turned) throw new CodedError("conflict", turn.why, { place: "body.statedSha256" });
        const side = sideOf(keys, partyOf(caller));
        if (side === undefined) throw noKey();
        const about = { lab: row.organisation_id, proposal, desk: row.desk_organisation_id };
        await insertKey(transaction, about, { side, sha256: row.stated_sha256, ...by(caller), atMs });
        await tell(transaction, caller, row, { kind: "key-turned", verb: "partner.key-turned", atMs });
        return row.opened_at === null ? undefined : row.enrolment_id;
      });
      // A stage that is open lets its partner in at once.
      if (model !== undefined) await custodian.settle(model);
      return read(caller, proposal);
    },
    turnBack: (caller, proposal) =>
      as(caller, async (transaction) => {
        const row = await held(transaction, caller, proposal);
        const keys = keysOf(row, await readKeys(transaction, row.organisation_id, [row.id]));
        const turn = takeBackKey(keys, partyOf(caller));
        if (!turn.turned) throw new CodedError("conflict", turn.why);
        const side = sideOf(keys, partyOf(caller));
        if (side === undefined || !(await deleteKey(transaction, row.organisation_id, proposal, side))) throw noKey();
        await tell(transaction, caller, row, { kind: "key-turned-back", verb: "partner.key-turned-back", atMs: clock() });
        return answered(transaction, caller, row);
      }),
    withdraw: (caller, proposal) =>
      as(caller, async (transaction) => {
        const row = await held(transaction, caller, proposal);
        const keys = keysOf(row, await readKeys(transaction, row.organisation_id, [row.id]));
        const atMs = clock();
        const withdrawal = withdrawProposal(keys, partyOf(caller), atMs);
        if (!withdrawal.turned) throw new CodedError("conflict", withdrawal.why);
        if (!(await markProposalWithdrawn(transaction, row.organisation_id, proposal, atMs))) throw noLongerOpen();
        await tell(transaction, caller, row, { kind: "partner-withdrawn", verb: "partner.withdrawn", atMs });
        return answered(transaction, caller, await knownProposal(transaction, proposal));
      }),
  };

  /** A stage that is not over. */
  async function openableStage(transaction: Transaction, window: string): Promise<SeenWindowRow> {
    const stage = await knownWindow(transaction, window);
    if (stage.kind !== "partner-stage") {
      throw new CodedError("conflict", "Expected a partner stage: testers are granted use by the lab alone");
    }
    if (solveWindow(windowFactsOf(stage), clock()).closed !== undefined) throw isOver();
    return stage;
  }
}

async function knownProposal(transaction: Transaction, proposal: string): Promise<ProposalRow> {
  const row = await findProposal(transaction, proposal);
  if (row === undefined) throw notFound();
  return row;
}

/** One of whose two sides the caller is, kept as it is until the transaction ends. @throws CodedError `not-found`, `conflict` */
async function held(transaction: Transaction, caller: Caller, proposal: string): Promise<ProposalRow> {
  const row = await knownProposal(transaction, proposal);
  if (caller.organisation !== row.organisation_id && caller.organisation !== row.desk_organisation_id) throw notFound();
  if (!(await lockProposal(transaction, row.organisation_id, proposal))) throw noLongerOpen();
  return row;
}

async function replaceStanding(
  transaction: Transaction,
  caller: Caller,
  key: { readonly lab: string; readonly window: string },
  { partner, atMs }: { readonly partner: string; readonly atMs: number },
): Promise<void> {
  const standing = await findStanding(transaction, key, partner);
  if (standing === undefined) return;
  if (!(await markProposalWithdrawn(transaction, key.lab, standing.id, atMs))) {
    throw new CodedError("conflict", "The organisation is a partner of this stage already");
  }
  await tell(transaction, caller, standing, { kind: "partner-withdrawn", verb: "partner.withdrawn", atMs });
}

/** Its own end is within its stage. */
function endProblems(stage: SeenWindowRow, closes: ZonedInstant | undefined, atMs: number): readonly string[] {
  const { closes: end } = solveWindow(windowFactsOf(stage), atMs);
  const problems: string[] = [];
  if (closes !== undefined && closes.instantMs <= atMs) problems.push(`Expected an hour to come, got ${hourText(closes)}.`);
  if (closes !== undefined && end !== undefined && closes.instantMs > end.at.instantMs) {
    problems.push(`Expected to close by the end of its stage (${hourText(end.at)}), got ${hourText(closes)}.`);
  }
  return problems;
}

function partyOf({ organisation, organisationKind }: Caller): { readonly organisation: string; readonly kind: Caller["organisationKind"] } {
  return { organisation, kind: organisationKind };
}

async function answered(transaction: Transaction, caller: Caller, row: ProposalRow): Promise<ProposalAnswer> {
  return proposalAnswer(row, await readKeys(transaction, row.organisation_id, [row.id]), caller);
}

/** `turned`: keys of this proposal, and perhaps of others. */
function proposalAnswer(row: ProposalRow, turned: readonly KeyRow[], caller: Caller): ProposalAnswer {
  const rows = turned.filter((key) => key.proposal_id === row.id);
  const keys = keysOf(row, rows);
  return {
    id: row.id,
    model: { id: row.enrolment_id, name: row.model_name },
    window: { id: row.window_id, name: row.window_name },
    organisation: named(row.partner_organisation_id, row.partner_name),
    purpose: row.purpose,
    ...optional("closes", optionalHour(row.proposal_closes_at, row.proposal_closes_zone)),
    budget: { requests: row.budget_requests, tokens: row.budget_tokens },
    requestsPerMinute: row.requests_per_minute,
    stated: row.stated,
    statedSha256: keys.text,
    state: stateOf(row, proposalState(keys)),
    keys: Object.fromEntries(KEY_SIDES.flatMap((side) => keyAnswer(side, rows))),
    ...optional("ownKey", ownSide(row, caller)),
    proposedBy: named(row.proposed_by_organisation_id, row.proposed_by_name),
    proposedAtMs: row.proposed_at.getTime(),
    ...optional("withdrawnAtMs", row.withdrawn_at?.getTime()),
    ...optional("grant", row.grant_id),
  };
}

function stateOf(row: ProposalRow, state: ReturnType<typeof proposalState>): ProposalAnswer["state"] {
  if (row.grant_id !== null) return "admitted";
  return state !== "withdrawn" && currentText(row) !== row.stated ? "superseded" : state;
}

function keyAnswer(side: (typeof KEY_SIDES)[number], rows: readonly KeyRow[]): [string, NonNullable<ProposalAnswer["keys"]["lab"]>][] {
  const key = rows.find((row) => row.side === side);
  if (key === undefined) return [];
  return [[side, { by: named(key.turned_by_organisation_id, key.turned_by_name), atMs: key.turned_at.getTime() }]];
}

function ownSide(row: ProposalRow, { organisation }: Caller): "lab" | "government" | undefined {
  if (organisation === row.organisation_id) return "lab";
  return organisation === row.desk_organisation_id ? "government" : undefined;
}

function noKey(): CodedError {
  return new CodedError("not-allowed", "Expected the lab that offered the model or the desk it was offered to: nobody else has a key");
}

function noLongerOpen(): CodedError {
  return new CodedError(
    "conflict",
    "Expected a proposal that stands: this one was withdrawn, or has become a grant, which the lab can end",
  );
}

type Told = { readonly kind: EnrolmentEventKind; readonly verb: AuditVerb; readonly atMs: number };

async function tell(transaction: Transaction, caller: Caller, row: ProposalRow, { kind, verb, atMs }: Told): Promise<void> {
  const about = { lab: row.organisation_id, model: row.enrolment_id, desk: row.desk_organisation_id, window: row.window_id };
  const grantee = row.partner_organisation_id;
  const details = { proposal: row.id, statedSha256: Buffer.from(row.stated_sha256).toString("hex") };
  await writeEvent(transaction, caller, { ...about, kind, details, grantee, atMs });
  const trail = { ...details, model: row.enrolment_id, window: row.window_id, organisation: grantee, stated: row.stated };
  await recordAudit(transaction, { ...by(caller), verb, subject: `proposal:${row.id}`, details: trail, atMs });
}
