import type { Client } from "../../../src/contract/client.ts";
import type { AnyEndpoint } from "../../../src/contract/endpoint.ts";
import {
  readDestroyedRecords,
  readOrders,
  settleExchanges,
  stateDestruction,
  stateProbe,
  takeLease,
} from "../../../src/contract/endpoints/gateway.ts";
import { isCodedError } from "../../../src/vocabulary/coded-error.ts";
import { Discrepancy } from "../discrepancy.ts";
import type { Fact } from "../oracle/facts.ts";
import { certifiedRecords, ordered, serves, toDestroy } from "../oracle/who-serves.ts";
import { anonymous, nameOf, sameAll } from "./answers.ts";
import { credentialKey, type KnownGateway, tellPlace } from "./gateways.ts";
import type { Guest } from "./house.ts";
import type { ModelParts } from "./model-moves.ts";
import type { UseMoves } from "./use-moves.ts";

/** What gateways are told and may state: of the models that they serve, and of no others. */
export function createGatewayLooks({ draw, asGateway, oneOf }: ModelParts, { gateways, isForeign }: UseMoves) {
  const { random, facts } = draw;
  let asks = 0;

  async function lookAtOrders(gateway: KnownGateway = random.pick(gateways.all())): Promise<void> {
    const { serving, ask, name } = gateway;
    const said = saysWhatItKeeps(gateway);
    const answer = await ask(readOrders, { body: { gateway: name, ...said } });
    if (answer.kind !== "orders") throw new Discrepancy(`a gateway that knew nothing is told that nothing changed`);
    const { windows, grants, destroy } = answer.orders;
    const expected = ordered(facts, serving);
    for (const window of facts.of("access_window"))
      if (serves(facts, serving, window) && (said.holds ?? idsOf(expected.windows)).includes(String(window["id"])))
        tellPlace(facts, gateway, credentialKey(window));
    const what = `the gateway of ${JSON.stringify(serving)} is ordered`;
    sameAll(`${what} windows`, idsOf(windows), idsOf(expected.windows));
    sameAll(
      `${what} versions`,
      windows.flatMap(({ id, models }) => models.map(({ name: version, asksStreamUsage }) => `${id} ${version} ${asksStreamUsage}`)),
      expected.windows.flatMap(versionsOf),
    );
    sameAll(`${what} grants`, idsOf(grants), idsOf(expected.grants));
    sameAll(
      `${what} tokens`,
      grants.flatMap(({ tokens }) => idsOf(tokens)),
      idsOf(expected.tokens),
    );
    const due = toDestroy(facts, serving, name);
    sameAll(`${what} to destroy credentials`, destroy?.credentials ?? [], idsOf(due?.credentials ?? []));
    sameAll(`${what} to destroy records`, destroy?.records.map(({ grant }) => grant) ?? [], idsOf(due?.records ?? []));
    // What the lab told nobody but its gateway, and what it told nobody at all.
    const words = facts.of("model_endpoint").filter((told) => !windows.some(({ enrolment }) => enrolment === told["enrolment_id"]));
    const leaked = words.find((told) => JSON.stringify(answer).includes(String(told["upstream_name"])));
    if (leaked !== undefined) throw new Discrepancy(`${what} and is told of ${JSON.stringify(leaked)}`);
    await lookAtDestroyed(gateway);
  }

  /** Those of a window's model that can be named, and whether their server is asked for the usage of streams. */
  function versionsOf({ id, enrolment_id: model }: Fact): readonly string[] {
    return facts
      .of("model_version")
      .filter((told) => told["enrolment_id"] === model && told["retired_at"] === null)
      .map((told) => `${String(id)} ${String(told["name"])} ${String(told["asks_stream_usage"])}`);
  }

  /** Some say nothing of what they keep; whoever names what another serves is not believed. */
  function saysWhatItKeeps({ serving }: KnownGateway): { readonly holds?: string[] } {
    asks += 1;
    if (asks % 2 === 0) return {};
    const own = facts.of("access_window").filter((window, nth) => serves(facts, serving, window) && (nth + asks) % 4 < 2);
    const foreign = facts.of("access_window").find((window) => !serves(facts, serving, window));
    return { holds: [...own, ...(foreign === undefined ? [] : [foreign])].map(({ id }) => String(id)) };
  }

  /** What it may remove: of all that there is, what is certified of its own keys, or of the server's for the one beside it. */
  async function lookAtDestroyed({ serving, ask, name }: KnownGateway): Promise<void> {
    const grants = facts.of("access_grant").flatMap(({ id }) => (id === null || id === undefined ? [] : [String(id)]));
    const { destroyed } = await ask(readDestroyedRecords, { body: { gateway: name, grants } });
    sameAll(`the gateway of ${JSON.stringify(serving)} is told of certificates`, destroyed, certifiedRecords(facts, serving, name));
  }

  /** Of what another serves a gateway is answered as of what is not there, and it changes nothing. */
  async function askForeign(gateway: KnownGateway = random.pick(gateways.all())): Promise<void> {
    const grant = oneOf("access_grant", (told) => told["id"] !== null && isForeign(gateway, told));
    const window = oneOf("access_window", (told) => isForeign(gateway, told));
    const token = oneOf("gateway_token", (told) => told["grant_id"] === grant?.["id"])?.["id"] ?? draw.uuid();
    for (const [endpoint, body] of asksOf(gateway, String(window?.["id"]), String(grant?.["id"]), String(token))) {
      if (grant === undefined || window === undefined) return;
      const nowhere = new Map([grant["id"], window["id"], token].map((id) => [String(id), draw.uuid()]));
      const madeUp = JSON.parse(JSON.stringify(body).replaceAll(/[0-9a-f-]{36}/g, (id) => nowhere.get(id) ?? id)) as Readonly<
        Record<string, unknown>
      >;
      const [real, none] = [await wordsOf(gateway.ask, endpoint, body), await wordsOf(gateway.ask, endpoint, madeUp)];
      const isRefused = /^not-(?:found|allowed): /.test(real) || /"settled":0,"refused":\[\{"id":"[^"]+","why":"grant"\}\]/.test(real);
      if (!isRefused || anonymous(real) !== anonymous(none))
        throw new Discrepancy(
          `the gateway of ${JSON.stringify(gateway.serving)} asks ${endpoint.id} of ${JSON.stringify(grant)}, which another serves: got ${real}, and of nothing ${none}`,
        );
    }
  }

  type Ask = readonly [endpoint: AnyEndpoint, body: Readonly<Record<string, unknown>>];

  function asksOf({ name }: Pick<KnownGateway, "name">, window: string, grant: string, token: string): readonly Ask[] {
    const gateway = name;
    const atMs = facts.nowMs();
    const key = { keyId: draw.text(), file: "/nowhere", destroyedMs: atMs, cannotReach: [] };
    const exchange = {
      id: draw.uuid(),
      grant,
      lease: draw.uuid(),
      token,
      session: draw.text(),
      segment: "1-0-0-1",
      model: "any",
      path: "/v1/responses",
      startedMs: atMs,
      endedMs: atMs,
      outcome: "complete",
      chargedTokens: 1,
      requestDigest: "0".repeat(64),
      afterDifferent: false,
    };
    const heads = [{ grant, segment: draw.text(), frames: 1, sha256: "0".repeat(64) }];
    return [
      [takeLease, { gateway, grant, lease: draw.uuid(), requests: 1, tokens: 10, tokensAtLeast: 1 }],
      [settleExchanges, { gateway, exchanges: [exchange], endedLeases: [{ grant, lease: draw.uuid() }], heads }],
      [stateProbe, { gateway, window, id: draw.uuid(), occasion: "daily", verdict: "different", basis: {}, calls: 1, tokens: 1, atMs }],
      [stateDestruction, { gateway, window, grant, what: "record", ...key }],
    ];
  }

  /** What is for gateways is for nobody who is signed in, and for nobody without a credential. */
  async function askAsMember(guest: Guest): Promise<void> {
    const window = String(draw.one("access_window")?.["id"]);
    const grant = String(oneOf("access_grant", ({ id }) => id !== null)?.["id"]);
    const token = String(draw.one("gateway_token")?.["id"]);
    const asks: readonly Ask[] = [
      [readOrders, { gateway: "mine" }],
      [readDestroyedRecords, { gateway: "mine", grants: [grant] }],
      ...asksOf({ name: "mine" }, window, grant, token),
    ];
    const [endpoint, body] = random.pick(asks);
    const nobody = asGateway(random.oneIn(2) ? undefined : `slg_${draw.text()}`);
    for (const ask of [guest.ask, guest.askSignedIn, nobody]) {
      if (ask === undefined) continue;
      const got = await wordsOf(ask, endpoint, body);
      if (!/^(?:sign-in-needed|credential-refused): /.test(got))
        throw new Discrepancy(`${nameOf(guest)} asks ${endpoint.id} as a gateway: got ${got}`);
    }
  }

  return { lookAtOrders, askForeign, askAsMember };
}

async function wordsOf(ask: Client, endpoint: AnyEndpoint, body: unknown): Promise<string> {
  try {
    return JSON.stringify(await ask(endpoint, { body } as never));
  } catch (error) {
    if (isCodedError(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
}

function idsOf(rows: readonly (Fact | { readonly id: string })[]): readonly string[] {
  return rows.map((row) => String(row.id));
}
