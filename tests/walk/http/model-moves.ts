import { addWindow, endWindow, extendWindow, giveCredential } from "../../../src/contract/endpoints/access-windows.ts";
import { liftStop, stopUse } from "../../../src/contract/endpoints/gateways.ts";
import { changeGrant, endGrant, makeGrant } from "../../../src/contract/endpoints/grants.ts";
import { listCertificates, markRevokedUpstream } from "../../../src/contract/endpoints/model-history.ts";
import {
  acceptProgramme,
  addModelVersion,
  addProgramme,
  enrolModel,
  moveRelease,
  previewRelease,
  retireModelVersion,
  withdrawModel,
} from "../../../src/contract/endpoints/models.ts";
import type { StatedVersion } from "../../../src/contract/model-schemas.ts";
import { Discrepancy } from "../discrepancy.ts";
import { DAY_MS, MINUTE_MS } from "../draw.ts";
import { hourOf, type Fact } from "../oracle/facts.ts";
import { modelOf } from "../oracle/who-serves.ts";
import { attempt, zoned } from "./answers.ts";
import type { Guest, House } from "./house.ts";
import type { WindowClock } from "./window-clock.ts";

const HOUR_MS = 60 * MINUTE_MS;
export const BUDGET = { budget: { requests: 10, tokens: 1000 }, requestsPerMinute: 60 };
const MOST_MODELS = 14;

export type ModelParts = House & {
  readonly clock: WindowClock;
  readonly leaders: (organisation: unknown) => readonly Guest[];
  readonly oneOf: (table: string, which?: (fact: Fact) => boolean) => Fact | undefined;
};

/** The model and the desk that a fact about it names. */
export const placeOf = (model: Fact): Fact => ({
  organisation_id: model["organisation_id"] ?? null,
  enrolment_id: model["id"] ?? null,
  desk_organisation_id: model["desk_organisation_id"] ?? null,
});

/** What labs do with the models that they offer: each move asks as who may, and tells the oracle what was said where it was not refused. */
export function createModelMoves({ draw, guests, settle, clock, leaders, oneOf }: ModelParts) {
  const { random, facts } = draw;
  const standing = (): Fact | undefined =>
    oneOf("enrolment", ({ withdrawn_at: at, release_at: release }) => at === null && hourOf(release) > facts.nowMs());
  const labOf = (fact: Fact | undefined): Guest | undefined => leaders(fact?.["organisation_id"])[0];
  const again = (table: string, id: unknown): Fact | undefined => facts.of(table).find((told) => told["id"] === id);

  /** Whatever the hours do to windows that were just changed is done, by the server and in what is told. */
  async function look(): Promise<void> {
    await settle();
    clock.turn();
    clock.destroyRetained();
  }

  async function enrol(): Promise<void> {
    if (facts.of("enrolment").length >= MOST_MODELS) return;
    const lab = random.pick(guests.filter(({ viewer, role, kind }) => kind === "lab" && viewer.floor === 1 && role !== "reader"));
    const desk = oneOf("organisation", ({ kind }) => kind === "coordinator" || kind === "agency");
    const releaseMs = facts.nowMs() + (random.oneIn(3) ? (2 + random.below(10)) * HOUR_MS : (5 + random.below(20)) * DAY_MS);
    const [purpose, destruction] = [draw.text(), draw.text()];
    const stated = statedVersion();
    const name = draw.text();
    const custody = random.oneIn(3) ? "premises" : "here";
    const retentionDays = random.oneIn(2) ? 0 : 30;
    const made = await lab.ask(enrolModel, {
      body: {
        name,
        desk: String(desk?.["id"]),
        wire: "openai",
        custody,
        versions: [stated],
        partnerRelease: zoned(releaseMs),
        terms: {
          purposes: [purpose],
          retentionDays,
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
      custody,
      retention_days: retentionDays,
      release_at: new Date(releaseMs).toISOString(),
      withdrawn_at: null,
    });
    tellVersion({ ...place, enrolment_id: made.id }, stated, made.versions[0]?.id);
  }

  function statedVersion(): StatedVersion {
    const stated = { name: draw.text(), baseUrl: `https://models.example/${draw.text()}`, upstreamName: draw.text() };
    return { ...stated, asksStreamUsage: facts.of("model_version").length % 2 === 0 };
  }

  function tellVersion(place: Fact, stated: StatedVersion, id = ""): void {
    facts.tell("model_version", { ...place, id, name: stated.name, retired_at: null, asks_stream_usage: stated.asksStreamUsage });
    facts.tell("model_endpoint", { ...place, base_url: stated.baseUrl, upstream_name: stated.upstreamName });
  }

  async function addVersion(): Promise<void> {
    const model = standing();
    const lab = labOf(model);
    if (model === undefined || lab === undefined) return;
    const stated = statedVersion();
    const params = { model: String(model["id"]) };
    const made = await lab.ask(addModelVersion, { params, body: stated });
    tellVersion(placeOf(model), stated, made.versions.find(({ name }) => name === stated.name)?.id);
  }

  async function retireVersion(): Promise<void> {
    const version = oneOf("model_version", (told) => told["retired_at"] === null);
    const lab = labOf(version);
    if (version === undefined || lab === undefined) return;
    const params = { model: String(version["enrolment_id"]), version: String(version["id"]) };
    if ((await attempt(() => lab.ask(retireModelVersion, { params }))) !== undefined)
      facts.change("model_version", version, { retired_at: draw.hour() });
  }

  async function offerWindow(): Promise<void> {
    const model = standing();
    const lab = labOf(model);
    if (model === undefined || lab === undefined) return;
    const releaseMs = hourOf(model["release_at"]);
    const isStage = random.oneIn(3);
    const before = facts.of("access_window").filter((told) => told["enrolment_id"] === model["id"]).length;
    const opensMs = isStage ? releaseMs + before * HOUR_MS : facts.nowMs() + (random.oneIn(3) ? HOUR_MS : 0);
    const kind = isStage ? "partner-stage" : "testing-window";
    // A stage closes at an hour of its own: no public release is planned here.
    const closesMs = isStage || random.oneIn(3) ? opensMs + (6 + random.below(40)) * HOUR_MS : undefined;
    const name = draw.text();
    const hours = { opens: zoned(opensMs), ...(closesMs === undefined ? {} : { closes: zoned(closesMs) }) };
    const params = { model: String(model["id"]) };
    const made = await attempt(() => lab.ask(addWindow, { params, body: { kind, name, ...hours } }));
    if (made === undefined) return;
    facts.tell("access_window", {
      ...placeOf(model),
      id: made.id,
      kind,
      name,
      opens_at: new Date(opensMs).toISOString(),
      closes_at: closesMs === undefined ? null : new Date(closesMs).toISOString(),
      opened_at: null,
      ended_at: null,
    });
    const credential = draw.text();
    if ((await attempt(() => lab.ask(giveCredential, { params: { window: made.id }, body: { credential } }))) !== undefined)
      facts.tell("sealed_credential", { organisation_id: lab.viewer.organisation, window_id: made.id });
    await look();
  }

  async function extend(): Promise<void> {
    const window = oneOf("access_window", (told) => told["ended_at"] === null && told["closes_at"] !== null);
    const lab = labOf(window);
    const model = window && modelOf(facts, window);
    if (window === undefined || lab === undefined || model === undefined) return;
    const hours = 2 + random.below(40);
    const closesMs = Math.max(facts.nowMs(), hourOf(window["closes_at"] ?? window["opens_at"])) + hours * HOUR_MS;
    const params = { window: String(window["id"]) };
    if ((await attempt(() => lab.ask(extendWindow, { params, body: { closes: zoned(closesMs) } }))) === undefined) return;
    facts.change("access_window", window, { closes_at: new Date(closesMs).toISOString() });
    clock.turn(String(model["id"]));
  }

  async function move(): Promise<void> {
    const model = standing();
    const lab = labOf(model);
    if (model === undefined || lab === undefined) return;
    const releaseMs = facts.nowMs() + (random.oneIn(3) ? (1 + random.below(30)) * HOUR_MS : (2 + random.below(40)) * DAY_MS);
    const params = { model: String(model["id"]) };
    const body = { partnerRelease: zoned(releaseMs), stages: [] };
    const { problems } = await lab.ask(previewRelease, { params, body });
    const moved = await attempt(() => lab.ask(moveRelease, { params, body }));
    if (moved === undefined && problems.length === 0) throw new Discrepancy(`the release of ${params.model} was previewed and not moved`);
    if (moved === undefined) return;
    facts.change("enrolment", model, { release_at: new Date(releaseMs).toISOString() });
    clock.turn(params.model);
  }

  async function statedProgramme(): Promise<void> {
    const coordinator = guests.find(({ viewer, role, kind }) => kind === "coordinator" && role === "administrator" && viewer.floor === 1);
    const record = { id: draw.text(), name: draw.text(), title: draw.text(), citation: draw.text(), rule: draw.text() };
    const days = 10 + random.below(80);
    await coordinator?.ask(addProgramme, { body: { ...record, citedOn: "2026-10-01", source: "primary", days } });
    facts.tell("programme_record", { ...record, days });
  }

  async function accept(): Promise<void> {
    const model = standing();
    const lab = labOf(model);
    if (facts.of("programme_record").length < 3) await statedProgramme();
    const programme = String(draw.one("programme_record")?.["id"]);
    if (model === undefined || lab === undefined) return;
    const params = { model: String(model["id"]) };
    if ((await attempt(() => lab.ask(acceptProgramme, { params, body: { programme } }))) !== undefined)
      facts.tell("accepted_programme", { ...placeOf(model), programme_id: programme });
    await look();
  }

  async function grant(): Promise<void> {
    const window = oneOf("access_window", (told) => told["kind"] === "testing-window" && told["ended_at"] === null);
    const lab = labOf(window);
    const model = window && modelOf(facts, window);
    if (window === undefined || lab === undefined || model === undefined) return;
    const [organisation, purpose] = [random.pick(guests).viewer.organisation, String(model["purpose"])];
    const params = { window: String(window["id"]) };
    const made = await attempt(() => lab.ask(makeGrant, { params, body: { organisation, purposes: [purpose], ...BUDGET } }));
    if (made === undefined) return;
    facts.tell("access_grant", {
      ...placeOf(model),
      id: made.id,
      window_id: params.window,
      kind: "testing-window",
      grantee_organisation_id: organisation,
      purpose,
      budget_requests: BUDGET.budget.requests,
      budget_tokens: BUDGET.budget.tokens,
      spent_requests: 0,
      spent_tokens: 0,
      ended_at: null,
    });
  }

  async function alterGrant(): Promise<void> {
    const changed = oneOf("access_grant", (told) => told["ended_at"] === null && told["id"] !== null);
    const lab = labOf(changed);
    if (changed === undefined || lab === undefined) return;
    const params = { grant: String(changed["id"]) };
    if (random.oneIn(4)) {
      if ((await attempt(() => lab.ask(endGrant, { params }))) === undefined) return;
      facts.change("access_grant", changed, { ended_at: draw.hour() });
      clock.revokeEnded(String(changed["enrolment_id"]));
      return;
    }
    const budget = { requests: 10 + random.below(30), tokens: 500 + random.below(2000) };
    const body = { purposes: [String(changed["purpose"])], budget, requestsPerMinute: 30 };
    if ((await attempt(() => lab.ask(changeGrant, { params, body }))) !== undefined)
      facts.change("access_grant", changed, { budget_requests: budget.requests, budget_tokens: budget.tokens });
  }

  async function stop(): Promise<void> {
    const model = oneOf("enrolment", (told) => told["withdrawn_at"] === null);
    const [by] = leaders(model?.[random.oneIn(2) ? "organisation_id" : "desk_organisation_id"]);
    if (model === undefined || by === undefined) return;
    const of = (told: Fact): boolean => told["enrolment_id"] === model["id"];
    const grantee = oneOf("access_grant", of)?.["grantee_organisation_id"] ?? undefined;
    const token = oneOf("access_use", of)?.["token_id"] ?? undefined;
    const reason = draw.text();
    const named =
      token !== undefined && random.oneIn(2)
        ? { token: String(token) }
        : grantee !== undefined && random.oneIn(2)
          ? { organisation: String(grantee) }
          : {};
    const made = await attempt(() => by.ask(stopUse, { params: { model: String(model["id"]) }, body: { reason, ...named } }));
    if (made === undefined) return;
    facts.tell("access_stop", {
      ...placeOf(model),
      id: made.id,
      grantee_organisation_id: named.organisation ?? null,
      token_id: named.token ?? null,
      reason,
      stopped_by_organisation_id: by.viewer.organisation,
      lifted_at: null,
    });
  }

  /** What was stopped stands still only for a while, or soon nothing could be used any more. */
  async function lift(): Promise<void> {
    const stopped = oneOf("access_stop", (told) => told["lifted_at"] === null);
    const [by] = leaders(stopped?.["stopped_by_organisation_id"]);
    if (stopped === undefined || by === undefined) return;
    await by.ask(liftStop, { params: { model: String(stopped["enrolment_id"]), stop: String(stopped["id"]) } });
    facts.change("access_stop", stopped, { lifted_at: draw.hour() });
  }

  async function end(): Promise<void> {
    const isModel = random.oneIn(3) && facts.of("enrolment").length > 3;
    const fact = oneOf(isModel ? "enrolment" : "access_window", (told) => (isModel ? told["withdrawn_at"] : told["ended_at"]) === null);
    const lab = labOf(fact);
    if (fact === undefined || lab === undefined) return;
    const id = String(fact["id"]);
    const done = await attempt<unknown>(() =>
      isModel ? lab.ask(withdrawModel, { params: { model: id } }) : lab.ask(endWindow, { params: { window: id } }),
    );
    if (done === undefined) return;
    if (isModel) facts.change("enrolment", fact, { withdrawn_at: draw.hour() });
    for (const window of facts
      .of("access_window")
      .filter((told) => told["ended_at"] === null && told[isModel ? "enrolment_id" : "id"] === id)) {
      facts.change("access_window", window, { ended_at: draw.hour() });
      clock.finish(String(window["id"]));
    }
  }

  /** Which one it is the lab finds in its list. */
  async function markRevoked(): Promise<void> {
    const certificate = oneOf("destruction_certificate", (told) => told["what"] === "credential" && told["revoked_upstream_at"] === null);
    const lab = labOf(certificate);
    if (certificate === undefined || lab === undefined) return;
    const query = { model: String(certificate["enrolment_id"]), limit: 200 };
    const { rows } = await lab.ask(listCertificates, { query });
    const { window_id: over, key_id: known } = certificate;
    const row = rows.find(
      ({ window, what, gateway, keyId }) =>
        window === over && what === "credential" && (known === null ? gateway === undefined : keyId === known),
    );
    if (row === undefined) throw new Discrepancy(`the lab is not shown that the credential of ${String(over)} was destroyed`);
    facts.change("destruction_certificate", certificate, { id: row.id });
    await lab.ask(markRevokedUpstream, { params: { certificate: row.id } });
    const stated = again("destruction_certificate", row.id);
    if (stated !== undefined) facts.change("destruction_certificate", stated, { revoked_upstream_at: draw.hour() });
  }

  return {
    enrol,
    offerWindow,
    grant,
    seldom: [addVersion, retireVersion, extend, move, statedProgramme, accept, alterGrant, stop, lift, end, markRevoked],
  };
}
