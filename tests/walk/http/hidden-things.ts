import type { AnyEndpoint } from "../../../src/contract/endpoint.ts";
import {
  answerAccessRequest,
  askForAccess,
  listAccessRequests,
  withdrawAccessRequest,
} from "../../../src/contract/endpoints/access-requests.ts";
import { addWindow, endWindow, extendWindow, giveCredential } from "../../../src/contract/endpoints/access-windows.ts";
import {
  exportExchanges,
  issueModelToken,
  listExchanges,
  listExchangeSessions,
  listModelTokens,
  readExchange,
  revokeModelToken,
  searchExchanges,
} from "../../../src/contract/endpoints/exchanges.ts";
import { liftStop, listStops, listUsedTokens, revokeGateway, stopUse } from "../../../src/contract/endpoints/gateways.ts";
import { changeGrant, endGrant, makeGrant, readGrant } from "../../../src/contract/endpoints/grants.ts";
import { listModelEvents, listUse, markRevokedUpstream } from "../../../src/contract/endpoints/model-history.ts";
import { changeModelTerms, listModelTerms } from "../../../src/contract/endpoints/model-terms.ts";
import {
  acceptProgramme,
  addModelVersion,
  moveRelease,
  previewRelease,
  readModel,
  retireModelVersion,
  withdrawModel,
} from "../../../src/contract/endpoints/models.ts";
import {
  listProposals,
  proposePartner,
  turnPartnerKey,
  turnPartnerKeyBack,
  withdrawProposal,
} from "../../../src/contract/endpoints/partners.ts";
import { listProbes } from "../../../src/contract/endpoints/probes.ts";
import { isCodedError } from "../../../src/vocabulary/coded-error.ts";
import { Discrepancy } from "../discrepancy.ts";
import type { Fact } from "../oracle/facts.ts";
import { MAY_ASK } from "../oracle/who-asks.ts";
import { SEES, type Eyes } from "../oracle/who-sees.ts";
import { anonymous, nameOf, zoned } from "./answers.ts";
import type { Guest } from "./house.ts";
import { BUDGET, type ModelParts } from "./model-moves.ts";

const LATER = zoned(Date.UTC(2027, 0, 1));
const STATED = { purposes: ["Any"], ...BUDGET };
const VERSION = { name: "Mine", baseUrl: "https://mine.example/v1", upstreamName: "mine" };
const RELEASE = { partnerRelease: LATER, stages: [] };
const TERMS = {
  purposes: ["Any"],
  retentionDays: 0,
  destruction: "None",
  confidentiality: "None",
  whoMaySee: "Anybody",
  contacts: [{ name: "Me", reach: "me@lab.example" }],
};

/** Whose word it takes, by the columns that name who may; everyone else is refused, also whoever sees the thing. */
const LAB = ["organisation_id"] as const;
const DESK = ["desk_organisation_id"] as const;
const SIDES = ["organisation_id", "desk_organisation_id"] as const;
const USER = ["grantee_organisation_id"] as const;
const STOPPER = ["stopped_by_organisation_id"] as const;

type Thing = {
  readonly table: string;
  readonly asked: AnyEndpoint;
  /** Absent = whoever sees the thing is answered. */
  readonly by?: readonly string[];
  readonly body?: (guest: Guest) => unknown;
  readonly query?: Readonly<Record<string, string>>;
  /** The thing that is named, and what it is in. */
  readonly params?: (id: string, fact: Fact) => Readonly<Record<string, string>>;
};

const NAMES: Readonly<Record<string, string>> = {
  enrolment: "model",
  access_window: "window",
  access_grant: "grant",
  partner_proposal: "proposal",
  access_request: "request",
  gateway: "gateway",
  exchange: "exchange",
  destruction_certificate: "certificate",
};

const inModel =
  (name: string) =>
  (id: string, fact: Fact): Readonly<Record<string, string>> => ({ model: String(fact["enrolment_id"]), [name]: id });

const THINGS: readonly Thing[] = [
  { table: "enrolment", asked: readModel },
  { table: "enrolment", asked: listUse },
  { table: "enrolment", asked: listModelEvents },
  { table: "enrolment", asked: listProposals },
  { table: "enrolment", asked: listStops },
  { table: "enrolment", asked: listModelTerms },
  { table: "enrolment", asked: listAccessRequests },
  { table: "enrolment", asked: changeModelTerms, by: LAB, body: () => ({ before: 1, terms: TERMS }) },
  {
    table: "enrolment",
    asked: askForAccess,
    by: DESK,
    body: ({ viewer }) => ({ kind: "grant", organisation: viewer.organisation, words: "Mine" }),
  },
  { table: "enrolment", asked: listUsedTokens, by: SIDES },
  { table: "enrolment", asked: stopUse, by: SIDES, body: () => ({ reason: "Mine" }) },
  { table: "enrolment", asked: withdrawModel, by: LAB },
  { table: "enrolment", asked: addModelVersion, by: LAB, body: () => VERSION },
  { table: "enrolment", asked: previewRelease, by: LAB, body: () => RELEASE },
  { table: "enrolment", asked: moveRelease, by: LAB, body: () => RELEASE },
  { table: "enrolment", asked: acceptProgramme, by: LAB, body: () => ({ programme: "eo-14409" }) },
  { table: "enrolment", asked: addWindow, by: LAB, body: () => ({ kind: "partner-stage", name: "Mine", opens: LATER }) },
  { table: "model_version", asked: retireModelVersion, by: LAB, params: (version, fact) => inModel("version")(version, fact) },
  { table: "access_stop", asked: liftStop, by: STOPPER, params: (stop, fact) => inModel("stop")(stop, fact) },
  { table: "access_window", asked: giveCredential, by: LAB, body: () => ({ credential: "sk-of-somebody-else" }) },
  { table: "access_window", asked: extendWindow, by: LAB, body: () => ({ closes: LATER }) },
  { table: "access_window", asked: endWindow, by: LAB },
  { table: "access_window", asked: listProbes },
  { table: "access_window", asked: makeGrant, by: LAB, body: ({ viewer }) => ({ organisation: viewer.organisation, ...STATED }) },
  {
    table: "access_window",
    asked: proposePartner,
    by: SIDES,
    body: ({ viewer }) => ({ organisation: viewer.organisation, purpose: "Any", ...BUDGET }),
  },
  { table: "access_grant", asked: readGrant },
  { table: "access_grant", asked: changeGrant, by: LAB, body: () => STATED },
  { table: "access_grant", asked: endGrant, by: LAB },
  { table: "access_grant", asked: listModelTokens, by: USER },
  { table: "access_grant", asked: issueModelToken, by: USER, body: () => ({ name: "Mine", purpose: "Any" }) },
  { table: "access_grant", asked: listExchangeSessions, by: USER },
  { table: "access_grant", asked: listExchanges, by: USER },
  { table: "access_grant", asked: searchExchanges, by: USER, query: { text: "told-" } },
  { table: "access_grant", asked: exportExchanges, by: USER },
  {
    table: "gateway_token",
    asked: revokeModelToken,
    by: LAB,
    params: (token, fact) => ({ grant: String(fact["grant_id"]), token }),
  },
  { table: "exchange", asked: readExchange },
  { table: "gateway", asked: revokeGateway, by: LAB },
  { table: "destruction_certificate", asked: markRevokedUpstream, by: LAB },
  { table: "partner_proposal", asked: turnPartnerKey, by: SIDES, body: () => ({ statedSha256: "0".repeat(64) }) },
  { table: "partner_proposal", asked: turnPartnerKeyBack, by: SIDES },
  { table: "partner_proposal", asked: withdrawProposal, by: SIDES },
  { table: "access_request", asked: answerAccessRequest, by: LAB, body: () => ({ outcome: "declined" }) },
  { table: "access_request", asked: withdrawAccessRequest, by: DESK },
];

/** Endpoints that are asked of what somebody else has. */
export const ASKED_OF_OTHERS: readonly string[] = THINGS.map(({ asked }) => asked.id);

export function createHiddenThings({ draw, guests, asked: notes, oneOf }: ModelParts, eyesNow: (guest: Guest) => Eyes) {
  const { random, facts } = draw;

  /** What is asked of a hidden thing is answered in the words for what is not there; of what one sees and may not touch, one is refused. */
  async function ask(guest: Guest, thing = random.pick(THINGS)): Promise<void> {
    const eyes = eyesNow(guest);
    const sees = (fact: Fact): boolean => SEES[thing.table]?.(eyes, fact) === true;
    const fact = oneOf(thing.table, (told) => told["id"] !== null && !(sees(told) && mayAsk(thing, eyes, told)));
    if (fact === undefined) return;
    const what = `${nameOf(guest)} asks ${thing.asked.id} of ${thing.table} ${JSON.stringify(fact)}`;
    const real = await answerTo(guest, thing, String(fact["id"]), fact);
    if (!/^(?:not-found|not-allowed|conflict|input-invalid): /.test(real)) throw new Discrepancy(`${what}: got ${real}`);
    notes.ofOthers.add(thing.asked.id);
    if (sees(fact)) return;
    const madeUp = await answerTo(guest, thing, draw.uuid(), thing.params === undefined ? fact : elsewhere(eyes, fact));
    if (anonymous(real) !== anonymous(madeUp) || !/^not-(?:found|allowed): /.test(real))
      throw new Discrepancy(`${what}, which is hidden: got ${real}, and of nothing ${madeUp}`);
  }

  /** Each thing at least once, by whoever it is hidden from. */
  async function askEach(): Promise<void> {
    for (const thing of THINGS)
      for (const guest of random.shuffled(guests)) {
        if (notes.ofOthers.has(thing.asked.id)) break;
        await ask(guest, thing);
      }
  }

  /** What a hidden thing is in is named as it is where it is seen itself, and else is made up too. */
  function elsewhere(eyes: Eyes, fact: Fact): Fact {
    const isSeen = (table: string, id: unknown): boolean =>
      facts.of(table).some((told) => told["id"] === id && SEES[table]?.(eyes, told) === true);
    return {
      ...fact,
      ...(isSeen("enrolment", fact["enrolment_id"]) ? {} : { enrolment_id: draw.uuid() }),
      ...(isSeen("access_grant", fact["grant_id"]) ? {} : { grant_id: draw.uuid() }),
    };
  }

  async function answerTo(guest: Guest, { table, asked, body, query, params }: Thing, id: string, fact: Fact): Promise<string> {
    const stated = body?.(guest);
    const request = {
      params: params === undefined ? { [NAMES[table] ?? "id"]: id } : params(id, fact),
      ...(query === undefined ? {} : { query }),
      ...(stated === undefined ? {} : { body: stated }),
    };
    // Answered to whoever may not, it would count as answered.
    try {
      return JSON.stringify(await (guest.askSignedIn ?? guest.ask)(asked, request as never));
    } catch (error) {
      if (isCodedError(error)) return `${error.code}: ${error.message}`;
      throw error;
    }
  }

  return { ask, askEach };
}

function mayAsk({ asked, by }: Thing, eyes: Eyes, fact: Fact): boolean {
  const may = MAY_ASK[asked.access as keyof typeof MAY_ASK];
  return may(eyes) && (by === undefined || by.some((column) => fact[column] === eyes.viewer.organisation));
}
