import { randomUUID } from "node:crypto";
import { issueModelToken, revokeModelToken } from "../../../src/contract/endpoints/exchanges.ts";
import {
  readOrders,
  settleExchanges,
  stateDestruction,
  stateProbe,
  takeLease,
  type SettledExchange,
} from "../../../src/contract/endpoints/gateway.ts";
import { issueGateway, revokeGateway } from "../../../src/contract/endpoints/gateways.ts";
import { settledExchange } from "../../../src/gateway/settlements/settled-exchange.ts";
import { PROBE_VERDICTS } from "../../../src/vocabulary/exchange.ts";
import { isCodedError } from "../../../src/vocabulary/coded-error.ts";
import { Discrepancy } from "../discrepancy.ts";
import { DAY_MS, MINUTE_MS } from "../draw.ts";
import { has, type Fact } from "../oracle/facts.ts";
import { leased, modelOf, ordered, serves, toDestroy, windowOf } from "../oracle/who-serves.ts";
import { attempt, nameOf } from "./answers.ts";
import { recordedChunk } from "../../support/recorded-chunk.ts";
import { createGateways, credentialKey, type KnownGateway, tellPlace } from "./gateways.ts";
import type { Guest } from "./house.ts";
import { type ModelParts, placeOf } from "./model-moves.ts";

const HOUR_MS = 60 * MINUTE_MS;
const OUTCOMES = ["complete", "complete", "complete", "cut", "upstream-failed"] as const;

/** What testers, their tools and gateways do: tokens, calls, probes, destruction. */
export function createUseMoves(parts: ModelParts) {
  const { draw, guests, record, asGateway, leaders, oneOf } = parts;
  const { random, facts } = draw;
  const gateways = createGateways(parts);
  let moments = 0;
  let leases = 0;
  /** No two facts of a gateway are of one moment. */
  const moment = (): number => facts.nowMs() + ++moments;

  async function issue(): Promise<void> {
    const open = gateways.all().flatMap(({ serving }) => ordered(facts, serving).grants);
    const grant =
      open.length > 0 && !random.oneIn(4)
        ? random.pick(open)
        : oneOf("access_grant", (told) => told["id"] !== null && (told["ended_at"] === null || random.oneIn(4)));
    const testers = testersOf(grant);
    if (grant === undefined || testers.length === 0) return;
    const tester = random.pick(testers);
    const name = draw.text();
    const body = { name, purpose: String(grant["purpose"]), days: 1 + random.below(3) };
    const params = { grant: String(grant["id"]) };
    if ((await attempt(() => tester.ask(issueModelToken, { params, body }))) !== undefined)
      throw new Discrepancy(`${nameOf(tester)} makes a token for a model by an access token`);
    const made = await attempt(async () => tester.askSignedIn?.(issueModelToken, { params, body }));
    if ((made !== undefined) !== (grant["ended_at"] === null))
      throw new Discrepancy(`${nameOf(tester)} makes a token for ${JSON.stringify(grant)}: got ${JSON.stringify(made?.id)}`);
    if (made === undefined) return;
    facts.tell("gateway_token", {
      organisation_id: tester.viewer.organisation,
      id: made.id,
      lab_organisation_id: grant["organisation_id"] ?? null,
      grant_id: params.grant,
      name,
      purpose: body.purpose,
      created_by: tester.viewer.person,
      created_at: draw.hour(),
      expires_at: new Date(facts.nowMs() + body.days * DAY_MS).toISOString(),
      revoked_at: null,
    });
  }

  const testersOf = (grant: Fact | undefined): readonly Guest[] =>
    guests.filter(
      ({ viewer, role, askSignedIn }) =>
        viewer.organisation === grant?.["grantee_organisation_id"] && askSignedIn !== undefined && role !== "reader",
    );

  async function revoke(): Promise<void> {
    const token = oneOf("gateway_token", (told) => told["revoked_at"] === null);
    const [by] = leaders(token?.["organisation_id"]);
    if (token === undefined || by === undefined) return;
    await by.ask(revokeModelToken, { params: { grant: String(token["grant_id"]), token: String(token["id"]) } });
    facts.change("gateway_token", token, { revoked_at: draw.hour() });
  }

  async function setUp(): Promise<void> {
    const [lab] = random.shuffled(
      guests.filter(({ role, kind, askSignedIn }) => kind === "lab" && role === "administrator" && askSignedIn),
    );
    const standing = facts
      .of("gateway")
      .filter((told) => has(told, { organisation_id: lab?.viewer.organisation ?? null, revoked_at: null }));
    if (lab?.askSignedIn === undefined || standing.length > 1) return;
    const name = draw.text();
    if ((await attempt(() => lab.ask(issueGateway, { body: { name } }))) !== undefined)
      throw new Discrepancy(`${nameOf(lab)} issues a gateway's credential by an access token`);
    const made = await lab.askSignedIn(issueGateway, { body: { name } });
    facts.tell("gateway", { organisation_id: lab.viewer.organisation, id: made.id, name, revoked_at: null });
    gateways.issued(made.id, {
      serving: { custody: "premises", lab: lab.viewer.organisation },
      name: draw.text(),
      ask: asGateway(made.credential),
    });
  }

  async function takeDown(): Promise<void> {
    const standing = facts.of("gateway").filter((told) => told["revoked_at"] === null);
    const gateway = standing.length > 1 ? random.pick(standing) : undefined;
    const [lab] = leaders(gateway?.["organisation_id"]);
    if (gateway === undefined || lab === undefined) return;
    await lab.ask(revokeGateway, { params: { gateway: String(gateway["id"]) } });
    facts.change("gateway", gateway, { revoked_at: draw.hour() });
    const gone = gateways.revoked(String(gateway["id"]));
    for (const lease of facts.of("budget_lease").filter((told) => has(told, { gateway: gone?.name ?? null, ended_at: null })))
      chargeLost(lease);
    if (gone !== undefined && !(await isRefused(gone)))
      throw new Discrepancy(`a gateway whose credential was revoked is told what it may let through`);
  }

  /** What is left of it is charged in full, and nothing of it becomes use. */
  function chargeLost(lease: Fact): void {
    const grant = facts.of("access_grant").find(({ id }) => id === lease["grant_id"]);
    if (grant === undefined) return;
    const more = (column: string, amount: "requests" | "tokens"): number => Number(grant[column] ?? 0) + Number(lease[amount]);
    facts.change("budget_lease", lease, { ended_at: draw.hour() });
    facts.change("access_grant", grant, {
      spent_requests: more("spent_requests", "requests"),
      spent_tokens: more("spent_tokens", "tokens"),
      unaccounted_requests: more("unaccounted_requests", "requests"),
      unaccounted_tokens: more("unaccounted_tokens", "tokens"),
    });
  }

  async function isRefused({ ask, name }: KnownGateway): Promise<boolean> {
    try {
      await ask(readOrders, { body: { gateway: name } });
      return false;
    } catch (error) {
      return isCodedError(error, "credential-refused");
    }
  }

  /** A tool calls a model through the gateway that serves it: a block is leased, what was said is recorded, and the books are told. */
  async function call(): Promise<void> {
    const inForce = usable();
    const token = random.oneIn(6) || inForce.length === 0 ? draw.one("gateway_token") : random.pick(inForce);
    const grant = facts.of("access_grant").find(({ id }) => id === token?.["grant_id"]);
    const model = grant && modelOf(facts, grant);
    const gateway = model && gateways.serving(model);
    if (token === undefined || grant === undefined || gateway === undefined) return;
    const lease = draw.uuid();
    const asked = { gateway: gateway.name, grant: String(grant["id"]), lease, requests: 1, tokens: 50, tokensAtLeast: 1 };
    const block = await gateway.ask(takeLease, { body: asked });
    const got = block.kind === "taken" ? "taken" : block.reason;
    const expected = leased(facts, gateway.serving, grant);
    if (got !== expected) throw new Discrepancy(`a gateway leases of ${JSON.stringify(grant)}: expected ${expected}, got ${got}`);
    if (block.kind !== "taken") return;
    tellPlaces(gateway, grant);
    if (gateway.serving.custody === "premises" && ++leases % 4 === 1) await loseLease(gateway, grant);
    const [prompt, answer] = [draw.text(), draw.text()];
    const session = random.oneIn(2)
      ? draw.text()
      : String(oneOf("exchange", (told) => told["grant_id"] === grant["id"])?.["session"] ?? draw.text());
    const said = { grant: asked.grant, token: String(token["id"]), lease, session, prompt, answer };
    const isHeld = gateway.serving.custody === "here";
    const exchange = isHeld ? await recorded(said) : notRecorded(said);
    const head = { grant: asked.grant, segment: draw.text(), frames: 1 + random.below(9), sha256: draw.digest().slice(2) };
    const heads = random.oneIn(3) ? [head] : [];
    const batch = {
      gateway: gateway.name,
      exchanges: [exchange],
      endedLeases: [{ grant: asked.grant, lease }],
      endsAllLeases: false,
      heads,
    };
    const { settled, refused } = await gateway.ask(settleExchanges, { body: batch });
    if (settled !== 1) throw new Discrepancy(`an exchange was not settled: ${JSON.stringify(refused)}`);
    tellExchange(grant, token, { exchange, prompt, answer, isHeld });
    const organisation = grant["grantee_organisation_id"] ?? null;
    // The head is stated in the name of whoever used, and says which gateway it is of.
    const statement = `${head.segment} ${gateway.name}`;
    if (heads.length > 0) facts.tell("ledger_statement", { organisation_id: organisation, record_id: null, level: 1, statement });
  }

  /** A block of which nothing more is heard: its gateway may be gone. */
  async function loseLease(gateway: KnownGateway, grant: Fact): Promise<void> {
    if (leased(facts, gateway.serving, grant) !== "taken") return;
    const asked = { gateway: gateway.name, grant: String(grant["id"]), lease: randomUUID(), requests: 1, tokens: 10, tokensAtLeast: 1 };
    const block = await gateway.ask(takeLease, { body: asked });
    if (block.kind !== "taken") return;
    const { organisation_id = null } = grant;
    const taken = { requests: block.requests, tokens: block.tokens };
    facts.tell("budget_lease", { organisation_id, grant_id: asked.grant, gateway: gateway.name, ...taken, ended_at: null });
  }

  function tellPlaces(gateway: KnownGateway, grant: Fact): void {
    const window = windowOf(facts, grant);
    if (window !== undefined) tellPlace(facts, gateway, credentialKey(window));
    const { window_id = null, id = null, grantee_organisation_id = null } = grant;
    tellPlace(facts, gateway, { ...placeOf(grant), window_id, grant_id: id, grantee_organisation_id, what: "record" });
  }

  /** The tokens by which something goes through now. */
  function usable(): readonly Fact[] {
    return gateways.all().flatMap(({ serving }) => ordered(facts, serving).tokens);
  }

  type Said = {
    readonly grant: string;
    readonly token: string;
    readonly lease: string;
    readonly session: string;
    readonly prompt: string;
    readonly answer: string;
  };

  async function recorded({ grant, token, lease, session, prompt, answer }: Said): Promise<SettledExchange> {
    const path = "/v1/chat/completions";
    const exchange = await record.begin({
      grantId: grant,
      exchangeId: draw.uuid(),
      session,
      leaseId: lease,
      reserved: { requests: 1, tokens: 50 },
      facts: { token, model: "any", path },
      method: "POST",
      path,
      headers: [["content-type", "application/json"]],
      body: Buffer.from(JSON.stringify({ messages: [{ role: "user", content: `Say ${prompt} twice` }] })),
    });
    await exchange.open(200, [["content-type", "application/json"]]);
    await recordedChunk(exchange, Buffer.from(JSON.stringify({ choices: [{ message: { content: `It is ${answer}` } }] })));
    const outcome = random.pick(OUTCOMES);
    const usage = outcome === "complete" ? { inputTokens: 1 + random.below(9), outputTokens: 1 + random.below(9) } : {};
    return settledExchange(await exchange.close({ outcome, usage, charged: { requests: 1, tokens: 1 + random.below(40) } }));
  }

  /** On a lab's premises: here it is known that it happened, and not what was said. */
  function notRecorded({ grant, token, lease, session }: Said): SettledExchange {
    const atMs = moment();
    return {
      id: draw.uuid(),
      grant,
      lease,
      token,
      session,
      segment: "1-0-0-1",
      model: "any",
      path: "/v1/responses",
      startedMs: atMs,
      endedMs: atMs,
      outcome: random.pick(OUTCOMES),
      chargedTokens: 1 + random.below(40),
      requestDigest: draw.digest().slice(2),
      afterDifferent: false,
    };
  }

  type Settled = { readonly exchange: SettledExchange; readonly prompt: string; readonly answer: string; readonly isHeld: boolean };

  function tellExchange(grant: Fact, token: Fact, { exchange, prompt, answer, isHeld }: Settled): void {
    const { id, session, outcome, chargedTokens, inputTokens = null, outputTokens = null, startedMs } = exchange;
    const organisation = grant["grantee_organisation_id"] ?? null;
    const of = { grant_id: grant["id"] ?? null, token_id: token["id"] ?? null, purpose: token["purpose"] ?? null };
    const startedAt = new Date(startedMs).toISOString();
    const counted = { input_tokens: inputTokens, output_tokens: outputTokens, charged_tokens: chargedTokens };
    facts.tell("exchange", { organisation_id: organisation, id, ...of, session, outcome, started_at: startedAt, ...counted });
    if (isHeld) facts.tell("transcript", { organisation_id: organisation, id, grant_id: of.grant_id, prompt, answer });
    const hour = new Date(startedMs - (startedMs % HOUR_MS)).toISOString();
    const { organisation_id = null, enrolment_id = null, desk_organisation_id = null } = grant;
    facts.tell("access_use", {
      organisation_id,
      enrolment_id,
      desk_organisation_id,
      grantee_organisation_id: organisation,
      ...of,
      hour,
      incomplete: outcome === "complete" ? 0 : 1,
      unknown_usage: inputTokens === null || outputTokens === null ? 1 : 0,
      ...counted,
    });
    const spent = { spent_requests: Number(grant["spent_requests"]) + 1, spent_tokens: Number(grant["spent_tokens"]) + chargedTokens };
    facts.change("access_grant", grant, spent);
  }

  async function probe(): Promise<void> {
    const window = oneOf("access_window", (told) => told["opened_at"] !== null);
    const model = window && modelOf(facts, window);
    const gateway = model && gateways.serving(model);
    if (window === undefined || model === undefined || gateway === undefined) return;
    const stated = {
      id: draw.uuid(),
      occasion: "daily",
      verdict: random.pick(PROBE_VERDICTS),
      atMs: moment(),
    } as const;
    const basis = { note: draw.text() };
    await gateway.ask(stateProbe, {
      body: { gateway: gateway.name, window: String(window["id"]), ...stated, basis, calls: 2, tokens: 30 },
    });
    const { id, verdict, atMs } = stated;
    facts.tell("identity_probe", { ...placeOf(model), window_id: window["id"] ?? null, id, verdict, basis: basis.note, at_ms: atMs });
  }

  /** A lab's own gateway destroys what it is ordered to, and states it. */
  async function destroy(): Promise<void> {
    for (const { serving, ask, name } of gateways.all()) {
      const due = toDestroy(facts, serving, name);
      const [window] = due?.credentials ?? [];
      const [grant] = due?.records ?? [];
      const about = window === undefined ? grant && windowOf(facts, grant) : window;
      if (about === undefined) continue;
      const ofGrant = window === undefined && grant !== undefined ? { grant: String(grant["id"]) } : {};
      const what = window === undefined ? "record" : "credential";
      const stated = { keyId: draw.text(), file: `/keys/${draw.text()}`, cannotReach: [draw.text()] };
      const body = { gateway: name, window: String(about["id"]), ...ofGrant, what, ...stated, destroyedMs: moment() } as const;
      const { taken } = await ask(stateDestruction, { body });
      if (!taken) throw new Discrepancy(`a gateway's destruction of ${stated.keyId} was not taken`);
      const { organisation_id = null, enrolment_id = null, desk_organisation_id = null } = about;
      facts.tell("destruction_certificate", {
        organisation_id,
        enrolment_id,
        desk_organisation_id,
        window_id: body.window,
        grant_id: ofGrant.grant ?? null,
        grantee_organisation_id: ofGrant.grant === undefined ? null : (grant?.["grantee_organisation_id"] ?? null),
        what,
        id: null,
        key_id: stated.keyId,
        file: stated.file,
        cannot_reach: stated.cannotReach,
        gateway: name,
        revoked_upstream_at: null,
      });
      return;
    }
  }

  /** Whether a fact is of a model that no gateway of this one's serves. */
  const isForeign = (gateway: KnownGateway, fact: Fact): boolean => !serves(facts, gateway.serving, fact);

  /** A lab keeps a credential on its premises and has no gateway there. */
  const isMissed = (): boolean => facts.of("enrolment").some((model) => gateways.serving(model) === undefined);

  return { gateways, isForeign, isMissed, usable, call, issue, setUp, seldom: [revoke, setUp, takeDown, probe, destroy] };
}

export type UseMoves = ReturnType<typeof createUseMoves>;
