import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, createClient, type Transport } from "../../../src/contract/client.ts";
import { createOrganisation } from "../../../src/contract/endpoints/organisations.ts";
import { issueToken } from "../../../src/contract/endpoints/access-tokens.ts";
import { type ExchangeRecord, openExchangeRecord } from "../../../src/gateway/record/exchange-record.ts";
import { recordKeyOf } from "../../../src/sealing/grant-keys.ts";
import { type Config, readConfig } from "../../../src/server/config.ts";
import { listen } from "../../../src/server/http/listener.ts";
import { createInProcessTransport } from "../../../src/server/local-door/in-process-transport.ts";
import { openKeys } from "../../../src/server/open-keys.ts";
import { openServer, type OpenServer } from "../../../src/server/open-server.ts";
import { exchangesIn } from "../../../src/server/sealed-files.ts";
import { type MemberRole, type OrganisationKind, verbsOf } from "../../../src/vocabulary/organisation.ts";
import { enrolAt, type HttpMember } from "../../support/http-member.ts";
import { seededRandom } from "../../support/seeded-random.ts";
import { createDraw, type Draw } from "../draw.ts";
import { createFacts } from "../oracle/facts.ts";
import type { Viewer } from "../oracle/who-sees.ts";
import { type Asked, createAsked } from "./asked.ts";

/** Somebody who asks over HTTP with a token. */
export type Guest = {
  readonly viewer: Viewer;
  readonly role: MemberRole;
  readonly kind: OrganisationKind;
  readonly ask: Client;
  /** Signed in, for what no token may ask; undefined = shown notices only. */
  readonly askSignedIn: Client | undefined;
  /** A request without a body; what came back as it is. */
  readonly get: (path: string) => Promise<{ readonly status: number; readonly body: string }>;
};

export type House = {
  readonly draw: Draw;
  readonly guests: readonly Guest[];
  readonly asked: Asked;
  /** As the gateway beside the server, through the local door. */
  readonly beside: Client;
  /** Over the network, with a credential or with none. */
  readonly asGateway: (credential: string | undefined) => Client;
  /** Where the gateway beside the server keeps what was asked and answered, sealed. */
  readonly record: ExchangeRecord;
  /** Lets the jobs open what is due. */
  readonly settle: () => Promise<void>;
  /** Lets the courier bring what was announced. */
  readonly bring: () => Promise<void>;
};

export type Place = { readonly databaseUrl: string; readonly databaseRequestUrl: string } | "embedded";

const KINDS = ["vendor", "maintainer", "operator", "agency", "lab", "lab"] as const;
const ROLES = ["administrator", "editor", "reader"] as const;
const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 10, 25, 9);

/** A whole server on a port of loopback, with organisations and people who came in by links and passkeys, and a token for each. */
export async function withHouse(place: Place, seed: number, work: (house: House) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-walk-"));
  const facts = createFacts(START_MS);
  const draw = createDraw(seededRandom(seed), facts);
  const config = {
    ...readConfig({ DATA_DIR: join(directory, "data"), LOG_LEVEL: "silent", SYNC_EVERY_HOURS: "0", REQUESTS_PER_MINUTE: "10000000" }),
    ...(place === "embedded" ? {} : place),
    port: 0,
  };
  let url = "";
  const server = await openServer(config, { clock: facts.nowMs, serverUrl: () => url });
  try {
    const listener = await listen(server.app.routing, { host: "127.0.0.1", port: 0 }, undefined);
    try {
      url = `http://localhost:${listener.port}`;
      const link = await server.services.signIn.links.firstAdministrator(url);
      const asked = createAsked();
      const guests = await invited({ url, draw, asked }, link?.link ?? "");
      const record = await openRecord(config, facts.nowMs);
      try {
        await work({
          draw,
          guests,
          asked,
          record,
          beside: asked.watch(createClient(createInProcessTransport(server.app))),
          asGateway: (credential) => asked.watch(createClient(overNetwork(url, credential))),
          settle: () => settleAll(server.services),
          bring: () => bringAll(server.services),
        });
      } finally {
        await record.close();
      }
    } finally {
      await listener.stop(0);
    }
  } finally {
    await server.close();
    await rm(directory, { recursive: true, force: true });
  }
}

async function settleAll({ releaseJob, custodian }: OpenServer["services"]): Promise<void> {
  await releaseJob.settle();
  await custodian.settle();
}

async function bringAll({ courier }: OpenServer["services"]): Promise<void> {
  while ((await courier.round(new AbortController().signal)) > 0);
}

/** The gateway's own process opens the installation's keys by itself. */
async function openRecord(config: Config, nowMs: () => number): Promise<ExchangeRecord> {
  const { keys } = await openKeys(config);
  let later = 0;
  return openExchangeRecord({
    directory: exchangesIn(config.dataDirectory),
    gatewayId: BESIDE,
    recordKey: (grant) => keys.grantKey(recordKeyOf(grant)).secret,
    // No two at the same moment: whoever lists them has them in their order.
    clock: () => nowMs() + ++later,
  });
}

/** The name that the gateway beside the server gives itself. */
export const BESIDE = "beside";

type Reception = { readonly url: string; readonly draw: Draw; readonly asked: Asked };

async function invited(reception: Reception, link: string): Promise<readonly Guest[]> {
  const { url, draw, asked } = reception;
  const ada = await enrolAt(url, link, { name: draw.text(), email: "ada@desk.example", organisation: draw.text() });
  const guests = [...(await guestsOf(reception, ada))];
  const create = asked.watch(ada.ask);
  for (const kind of KINDS) {
    const name = draw.text();
    const organisation = await create(createOrganisation, { body: { kind, name, hasIntelligenceFunction: kind === "agency" } });
    const invitee = draw.text();
    const administrator = await ada.invite({ name: invitee, role: "administrator", organisation: organisation.id });
    // Whoever invited somebody by name has it in its own books.
    draw.facts.tell("ledger_statement", {
      organisation_id: ada.session.acting.organisation,
      record_id: null,
      level: 5,
      statement: invitee,
    });
    guests.push(...(await guestsOf(reception, administrator)));
    for (const role of ROLES.slice(1)) guests.push(...(await guestsOf(reception, await administrator.invite({ name: draw.text(), role }))));
  }
  return guests;
}

/** A member with its whole rights, and with a token that is shown notices only. */
async function guestsOf({ url, draw, asked }: Reception, member: HttpMember): Promise<readonly Guest[]> {
  const { facts, hour } = draw;
  const { person, name, acting } = member.session;
  const { organisation, kind, role } = acting;
  if (!facts.of("organisation").some((fact) => fact["id"] === organisation))
    facts.tell("organisation", { id: organisation, name: acting.name, kind, has_intelligence_function: kind === "agency" });
  facts.tell("member", { organisation_id: organisation, person_id: person, name, role, since: hour(), revoked_at: null });
  const viewer = { organisation, person, floor: 1, secondFactor: true };
  const verbs = [...verbsOf(role, kind)];
  const askSignedIn = whileItLasts(asked.watch(member.ask), member, facts.nowMs);
  const issue = async (shows: "case" | "notice"): Promise<string> =>
    (await askSignedIn(issueToken, { body: { name: shows, verbs, shows, days: 365 } })).token;
  const guest = (token: string, floor: number): Guest => ({
    viewer: { ...viewer, floor },
    role,
    kind,
    ask: asked.watch(createClient(overNetwork(url, token))),
    askSignedIn: floor === 1 ? askSignedIn : undefined,
    get: async (path) => {
      const response = await fetch(url + path, { headers: { authorization: `Bearer ${token}` } });
      asked.note("GET", path, response.status);
      return { status: response.status, body: await response.text() };
    },
  });
  return [guest(await issue("case"), 1), guest(await issue("notice"), 4)];
}

/** A session is over after an hour without use. */
function whileItLasts(ask: Client, { signInAgain }: HttpMember, nowMs: () => number): Client {
  let usedMs = nowMs();
  return async (endpoint, call) => {
    if (nowMs() - usedMs >= HOUR_MS) await signInAgain();
    usedMs = nowMs();
    return ask(endpoint, call);
  };
}

function overNetwork(url: string, token: string | undefined): Transport {
  return async ({ method, path, headers, body }) => {
    const response = await fetch(url + path, {
      method,
      headers: { ...headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : new Uint8Array(body) }),
    });
    return { status: response.status, headers: Object.fromEntries(response.headers), body: new Uint8Array(await response.arrayBuffer()) };
  };
}
