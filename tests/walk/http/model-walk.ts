import type { AnyEndpoint } from "../../../src/contract/endpoint.ts";
import {
  exportExchanges,
  listExchanges,
  listExchangeSessions,
  listModelTokens,
  revokeModelToken,
} from "../../../src/contract/endpoints/exchanges.ts";
import { liftStop, listStops, listUsedTokens, stopUse } from "../../../src/contract/endpoints/gateways.ts";
import {
  addWindow,
  changeGrant,
  endGrant,
  endWindow,
  enrolModel,
  giveCredential,
  listModelEvents,
  listUse,
  makeGrant,
  readGrant,
  readModel,
  withdrawModel,
} from "../../../src/contract/endpoints/models.ts";
import {
  listProposals,
  proposePartner,
  turnPartnerKey,
  turnPartnerKeyBack,
  withdrawProposal,
} from "../../../src/contract/endpoints/partners.ts";
import { isCodedError } from "../../../src/vocabulary/coded-error.ts";
import { Discrepancy } from "../discrepancy.ts";
import { DAY_MS, MINUTE_MS } from "../draw.ts";
import { has, hourOf, type Fact } from "../oracle/facts.ts";
import { SEES, type Eyes } from "../oracle/who-sees.ts";
import { anonymous, attempt, nameOf, sameAll, zoned } from "./answers.ts";
import type { Guest, House } from "./house.ts";

const HOUR_MS = 60 * MINUTE_MS;
const BUDGET = { budget: { requests: 10, tokens: 1000 }, requestsPerMinute: 60 };

/** Tables whose words an answer may hold, and whose ids tell that something is there. */
export const MODEL_TABLES = [
  "enrolment",
  "model_version",
  "model_endpoint",
  "access_window",
  "sealed_credential",
  "access_grant",
  "partner_proposal",
  "access_stop",
] as const;

export type ModelWalk = ReturnType<typeof createModelWalk>;

/** Models that labs offer over HTTP, partners that both keys let in, and who is told of them. */
export function createModelWalk({ draw, guests }: House, eyesNow: (guest: Guest) => Eyes) {
  const { random, facts } = draw;
  const leaders = (organisation: unknown): readonly Guest[] =>
    guests.filter(({ viewer, role }) => viewer.organisation === organisation && viewer.floor === 1 && role === "administrator");
  const sees = (guest: Guest, table: string, fact: Fact): boolean => SEES[table]?.(eyesNow(guest), fact) === true;
  const oneOf = (table: string, which: (fact: Fact) => boolean = () => true): Fact | undefined => {
    const told = facts.of(table).filter(which);
    return told.length === 0 ? undefined : random.pick(told);
  };

  async function enrol(): Promise<void> {
    const lab = random.pick(guests.filter(({ viewer, role, kind }) => kind === "lab" && viewer.floor === 1 && role !== "reader"));
    const desk = oneOf("organisation", ({ kind }) => kind === "coordinator" || kind === "agency");
    const releaseMs = facts.nowMs() + (random.oneIn(2) ? 40 * DAY_MS : (2 + random.below(10)) * HOUR_MS);
    const [purpose, destruction] = [draw.text(), draw.text()];
    const stated = { name: draw.text(), baseUrl: `https://models.example/${draw.text()}`, upstreamName: draw.text() };
    const name = draw.text();
    const made = await lab.ask(enrolModel, {
      body: {
        name,
        desk: String(desk?.["id"]),
        wire: "openai",
        custody: "here",
        versions: [stated],
        partnerRelease: zoned(releaseMs),
        terms: {
          purposes: [purpose],
          retentionDays: 30,
          destruction,
          confidentiality: "Nothing is passed on",
          whoMaySee: "Whoever tests",
          contacts: [{ name: "Lia", reach: "lia@lab.example" }],
        },
      },
    });
    const place = { organisation_id: lab.viewer.organisation, desk_organisation_id: desk?.["id"] ?? null };
    facts.tell("enrolment", {
      ...place,
      id: made.id,
      name,
      purpose,
      destruction,
      release_at: draw.hour(releaseMs - facts.nowMs()),
      withdrawn_at: null,
    });
    facts.tell("model_version", { ...place, enrolment_id: made.id, name: stated.name });
    facts.tell("model_endpoint", { ...place, enrolment_id: made.id, base_url: stated.baseUrl, upstream_name: stated.upstreamName });
  }

  const placeOf = (model: Fact): Fact => ({
    organisation_id: model["organisation_id"] ?? null,
    enrolment_id: model["id"] ?? null,
    desk_organisation_id: model["desk_organisation_id"] ?? null,
  });

  async function offerWindow(): Promise<void> {
    const model = oneOf("enrolment", ({ withdrawn_at: at, release_at: release }) => at === null && hourOf(release) > facts.nowMs());
    const [lab] = leaders(model?.["organisation_id"]);
    if (model === undefined || lab === undefined) return;
    const releaseMs = hourOf(model["release_at"]);
    const isStage = releaseMs < facts.nowMs() + 30 * DAY_MS;
    const before = facts.of("access_window").filter((told) => told["enrolment_id"] === model["id"]).length;
    const opensMs = isStage ? releaseMs + before * HOUR_MS : releaseMs - 3 * DAY_MS;
    const kind = isStage ? "partner-stage" : "testing-window";
    const name = draw.text();
    const made = await attempt(() =>
      lab.ask(addWindow, { params: { model: String(model["id"]) }, body: { kind, name, opens: zoned(opensMs) } }),
    );
    if (made === undefined) return;
    facts.tell("access_window", { ...placeOf(model), id: made.id, kind, name, opens_at: new Date(opensMs).toISOString(), ended_at: null });
    const credential = draw.text();
    if ((await attempt(() => lab.ask(giveCredential, { params: { window: made.id }, body: { credential } }))) !== undefined)
      facts.tell("sealed_credential", { organisation_id: lab.viewer.organisation, window_id: made.id });
  }

  const organisationOfSomebody = (): string => random.pick(guests).viewer.organisation;
  const modelOf = (fact: Fact): Fact | undefined => facts.of("enrolment").find((told) => told["id"] === fact["enrolment_id"]);

  async function grant(): Promise<void> {
    const window = oneOf("access_window", (told) => told["kind"] === "testing-window" && told["ended_at"] === null);
    const [lab] = leaders(window?.["organisation_id"]);
    const model = window && modelOf(window);
    if (window === undefined || lab === undefined || model === undefined) return;
    const [organisation, purpose] = [organisationOfSomebody(), String(model["purpose"])];
    const params = { window: String(window["id"]) };
    const made = await attempt(() => lab.ask(makeGrant, { params, body: { organisation, purposes: [purpose], ...BUDGET } }));
    if (made !== undefined)
      facts.tell("access_grant", { ...placeOf(model), id: made.id, window_id: params.window, grantee_organisation_id: organisation });
  }

  async function propose(): Promise<void> {
    const window = oneOf("access_window", (told) => told["kind"] === "partner-stage" && told["ended_at"] === null);
    const model = window && modelOf(window);
    if (window === undefined || model === undefined || hourOf(window["opens_at"]) <= facts.nowMs()) return;
    const sides = [leaders(model["organisation_id"])[0], leaders(model["desk_organisation_id"])[0]];
    const [by] = random.shuffled(sides);
    if (by === undefined) return;
    const partner = organisationOfSomebody();
    const key = { window_id: String(window["id"]), partner_organisation_id: partner };
    if (facts.of("partner_proposal").some((told) => has(told, key))) return;
    const body = { organisation: partner, purpose: String(model["purpose"]), ...BUDGET };
    const made = await attempt(() => by.ask(proposePartner, { params: { window: key.window_id }, body }));
    if (made === undefined) return;
    const fact = { ...placeOf(model), ...key, id: made.id, keys: 0, withdrawn_at: null };
    let keys = 0;
    for (const side of random.oneIn(3) ? sides.slice(1) : sides) {
      const turned =
        side &&
        (await attempt(() => side.ask(turnPartnerKey, { params: { proposal: made.id }, body: { statedSha256: made.statedSha256 } })));
      if (turned !== undefined) keys++;
    }
    facts.tell("partner_proposal", { ...fact, keys });
  }

  async function withdrawPartner(): Promise<void> {
    const proposal = oneOf("partner_proposal", (told) => told["withdrawn_at"] === null);
    const [by] = leaders(proposal?.[random.oneIn(2) ? "organisation_id" : "desk_organisation_id"]);
    if (proposal === undefined || by === undefined) return;
    if ((await attempt(() => by.ask(withdrawProposal, { params: { proposal: String(proposal["id"]) } }))) !== undefined)
      facts.change("partner_proposal", proposal, { withdrawn_at: draw.hour() });
  }

  async function stop(): Promise<void> {
    const model = oneOf("enrolment");
    const [by] = leaders(model?.[random.oneIn(2) ? "organisation_id" : "desk_organisation_id"]);
    if (model === undefined || by === undefined) return;
    const grantee = oneOf("access_grant", (told) => told["enrolment_id"] === model["id"])?.["grantee_organisation_id"];
    const reason = draw.text();
    const body = { reason, ...(grantee === undefined || grantee === null || random.oneIn(2) ? {} : { organisation: String(grantee) }) };
    const made = await attempt(() => by.ask(stopUse, { params: { model: String(model["id"]) }, body }));
    if (made === undefined) return;
    facts.tell("access_stop", {
      ...placeOf(model),
      id: made.id,
      grantee_organisation_id: body.organisation ?? null,
      token_id: null,
      reason,
    });
    if (random.oneIn(2)) await by.ask(liftStop, { params: { model: String(model["id"]), stop: made.id } });
  }

  async function end(): Promise<void> {
    const isModel = random.oneIn(3) && facts.of("enrolment").length > 3;
    const fact = oneOf(isModel ? "enrolment" : "access_window", (told) => (isModel ? told["withdrawn_at"] : told["ended_at"]) === null);
    const [lab] = leaders(fact?.["organisation_id"]);
    if (fact === undefined || lab === undefined) return;
    const id = String(fact["id"]);
    const done = await attempt<unknown>(() =>
      isModel ? lab.ask(withdrawModel, { params: { model: id } }) : lab.ask(endWindow, { params: { window: id } }),
    );
    if (done === undefined) return;
    if (isModel) facts.change("enrolment", fact, { withdrawn_at: draw.hour() });
    for (const window of facts
      .of("access_window")
      .filter((told) => told["ended_at"] === null && told[isModel ? "enrolment_id" : "id"] === id))
      facts.change("access_window", window, { ended_at: draw.hour() });
  }

  /** At its hour a stage lets in whom both keys let in, and tells nobody else. */
  function openStages(): void {
    for (const window of facts.of("access_window")) {
      if (window["kind"] !== "partner-stage" || window["ended_at"] !== null || hourOf(window["opens_at"]) > facts.nowMs()) continue;
      const isGiven = facts.of("sealed_credential").some((told) => told["window_id"] === window["id"]);
      for (const proposal of facts.of("partner_proposal")) {
        if (!isGiven || !has(proposal, { window_id: window["id"] ?? null, keys: 2, withdrawn_at: null })) continue;
        const { organisation_id, enrolment_id, desk_organisation_id, window_id, partner_organisation_id: partner = null } = proposal;
        const fact = { organisation_id, enrolment_id, desk_organisation_id, window_id, grantee_organisation_id: partner } as Fact;
        if (!facts.of("access_grant").some((told) => has(told, fact))) facts.tell("access_grant", { ...fact, id: null });
      }
    }
  }

  /** Whoever may know of a model has it in the list and can read it; to anybody else it is as if it were not there. */
  async function lookAtModels(guest: Guest): Promise<void> {
    const rows = await listed(guest, "/api/models");
    const known = facts.of("enrolment").filter((told) => sees(guest, "enrolment", told));
    sameAll(
      `${nameOf(guest)} lists models`,
      rows,
      known.map(({ id }) => String(id)),
    );
    const mine = facts
      .of("access_grant")
      .filter((told) => told["grantee_organisation_id"] === guest.viewer.organisation && sees(guest, "access_grant", told));
    const grants = await listed(guest, "/api/grants");
    if (grants.length !== mine.length)
      throw new Discrepancy(`${nameOf(guest)} lists grants: expected ${mine.length}, got ${grants.length}`);
    for (const model of random.shuffled(facts.of("enrolment")).slice(0, 2)) {
      const id = String(model["id"]);
      const expected = known.includes(model) ? 200 : 404;
      for (const part of ["", "/events", "/use", "/stops", "/partners"]) {
        const { status } = await guest.get(`/api/models/${id}${part}`);
        if (status !== expected)
          throw new Discrepancy(`${nameOf(guest)} reads ${part} of model ${id}: expected ${expected}, got ${status}`);
      }
      if (expected === 404) continue;
      const proposals = facts.of("partner_proposal").filter((told) => told["enrolment_id"] === id && sees(guest, "partner_proposal", told));
      sameAll(
        `${nameOf(guest)} lists partners of ${id}`,
        await listed(guest, `/api/models/${id}/partners`),
        proposals.map((told) => String(told["id"])),
      );
    }
  }

  async function listed(guest: Guest, path: string): Promise<readonly string[]> {
    const ids: string[] = [];
    for (let after = ""; ;) {
      const page = JSON.parse((await guest.get(`${path}?limit=7${after}`)).body) as {
        readonly rows: readonly { readonly id: string }[];
        readonly next?: string;
      };
      ids.push(...page.rows.map(({ id }) => id));
      if (page.next === undefined) return ids;
      after = `&after=${encodeURIComponent(page.next)}`;
    }
  }

  /** What is asked of a hidden thing is answered in the words for what is not there. */
  async function askHidden(guest: Guest): Promise<void> {
    const { table, asked, body, more } = random.pick(ASKED);
    const hidden = oneOf(table, (told) => told["id"] !== null && !sees(guest, table, told));
    if (hidden === undefined) return;
    const [there, nowhere] = [String(hidden["id"]), draw.uuid()];
    const answers = [there, nowhere].map(async (id) => {
      const stated = body?.(guest.viewer.organisation);
      const request = { params: { [NAMES[table]]: id, ...more }, ...(stated === undefined ? {} : { body: stated }) };
      try {
        return JSON.stringify(await guest.ask(asked, request as never));
      } catch (error) {
        if (isCodedError(error)) return `${error.code}: ${error.message}`;
        throw error;
      }
    });
    const [real, madeUp] = (await Promise.all(answers)).map(anonymous);
    if (real !== madeUp || !/^not-(found|allowed): /.test(real ?? ""))
      throw new Discrepancy(`${nameOf(guest)} asks ${asked.id} of a hidden ${table} ${there}: got ${real}, and of nothing ${madeUp}`);
  }

  async function move(): Promise<void> {
    const choice = random.below(16);
    if (choice < 3 || facts.of("enrolment").length < 2) await enrol();
    else if (choice < 7) await offerWindow();
    else if (choice < 10) await grant();
    else if (choice < 13) await propose();
    else if (choice === 13) await withdrawPartner();
    else if (choice === 14) await stop();
    else await end();
  }

  return { move, openStages, lookAtModels, askHidden };
}

const NAMES = { enrolment: "model", access_window: "window", access_grant: "grant", partner_proposal: "proposal" } as const;
type Asked = {
  readonly table: keyof typeof NAMES;
  readonly asked: AnyEndpoint;
  readonly body?: (organisation: string) => unknown;
  readonly more?: Readonly<Record<string, string>>;
};
const NOWHERE = "00000000-0000-4000-8000-00000000dead";
const LATER = zoned(Date.UTC(2027, 0, 1));
const STATED = { purposes: ["Any"], ...BUDGET };

const ASKED: readonly Asked[] = [
  { table: "enrolment", asked: readModel },
  { table: "enrolment", asked: withdrawModel },
  { table: "enrolment", asked: addWindow, body: () => ({ kind: "partner-stage", name: "Mine", opens: LATER }) },
  { table: "enrolment", asked: listUse },
  { table: "enrolment", asked: listModelEvents },
  { table: "enrolment", asked: listProposals },
  { table: "enrolment", asked: listStops },
  { table: "enrolment", asked: listUsedTokens },
  { table: "enrolment", asked: stopUse, body: () => ({ reason: "Mine" }) },
  { table: "enrolment", asked: liftStop, more: { stop: NOWHERE } },
  { table: "access_window", asked: giveCredential, body: () => ({ credential: "sk-of-somebody-else" }) },
  { table: "access_window", asked: endWindow },
  { table: "access_window", asked: makeGrant, body: (organisation) => ({ organisation, ...STATED }) },
  { table: "access_window", asked: proposePartner, body: (organisation) => ({ organisation, purpose: "Any", ...BUDGET }) },
  { table: "access_grant", asked: readGrant },
  { table: "access_grant", asked: changeGrant, body: () => STATED },
  { table: "access_grant", asked: endGrant },
  { table: "access_grant", asked: listModelTokens },
  { table: "access_grant", asked: revokeModelToken, more: { token: NOWHERE } },
  { table: "access_grant", asked: listExchangeSessions },
  { table: "access_grant", asked: listExchanges },
  { table: "access_grant", asked: exportExchanges },
  { table: "partner_proposal", asked: turnPartnerKey, body: () => ({ statedSha256: "0".repeat(64) }) },
  { table: "partner_proposal", asked: turnPartnerKeyBack },
  { table: "partner_proposal", asked: withdrawProposal },
];
