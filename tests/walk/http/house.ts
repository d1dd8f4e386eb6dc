import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, createClient } from "../../../src/contract/client.ts";
import { createOrganisation } from "../../../src/contract/endpoints/organisations.ts";
import { issueToken } from "../../../src/contract/endpoints/access-tokens.ts";
import { readConfig } from "../../../src/server/config.ts";
import { listen } from "../../../src/server/http/listener.ts";
import { openServer, type OpenServer } from "../../../src/server/open-server.ts";
import { type MemberRole, type OrganisationKind, verbsOf } from "../../../src/vocabulary/organisation.ts";
import { enrolAt, type HttpMember } from "../../support/http-member.ts";
import { seededRandom } from "../../support/seeded-random.ts";
import { createDraw, type Draw } from "../draw.ts";
import { createFacts } from "../oracle/facts.ts";
import type { Viewer } from "../oracle/who-sees.ts";

/** Somebody who asks over HTTP with a token. */
export type Guest = {
  readonly viewer: Viewer;
  readonly role: MemberRole;
  readonly kind: OrganisationKind;
  readonly ask: Client;
  /** A request without a body; what came back as it is. */
  readonly get: (path: string) => Promise<{ readonly status: number; readonly body: string }>;
};

export type House = {
  readonly draw: Draw;
  readonly guests: readonly Guest[];
  /** Lets the jobs open what is due. */
  readonly settle: () => Promise<void>;
};

export type Place = { readonly databaseUrl: string; readonly databaseRequestUrl: string } | "embedded";

const KINDS = ["vendor", "maintainer", "operator", "agency", "lab", "lab"] as const;
const ROLES = ["administrator", "editor", "reader"] as const;
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
      const guests = await invited(url, draw, link?.link ?? "");
      await work({ draw, guests, settle: () => settleAll(server.services) });
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

async function invited(url: string, draw: Draw, link: string): Promise<readonly Guest[]> {
  const ada = await enrolAt(url, link, { name: draw.text(), email: "ada@desk.example", organisation: draw.text() });
  const guests = [...(await guestsOf(url, draw, ada))];
  for (const kind of KINDS) {
    const name = draw.text();
    const organisation = await ada.ask(createOrganisation, { body: { kind, name, hasIntelligenceFunction: kind === "agency" } });
    const invitee = draw.text();
    const administrator = await ada.invite({ name: invitee, role: "administrator", organisation: organisation.id });
    // Whoever invited somebody by name has it in its own books.
    draw.facts.tell("ledger_statement", {
      organisation_id: ada.session.acting.organisation,
      record_id: null,
      level: 5,
      statement: invitee,
    });
    guests.push(...(await guestsOf(url, draw, administrator)));
    for (const role of ROLES.slice(1)) guests.push(...(await guestsOf(url, draw, await administrator.invite({ name: draw.text(), role }))));
  }
  return guests;
}

/** A member with its whole rights, and with a token that is shown notices only. */
async function guestsOf(url: string, { facts, hour }: Draw, member: HttpMember): Promise<readonly Guest[]> {
  const { person, name, acting } = member.session;
  const { organisation, kind, role } = acting;
  if (!facts.of("organisation").some((fact) => fact["id"] === organisation))
    facts.tell("organisation", { id: organisation, name: acting.name, kind, has_intelligence_function: kind === "agency" });
  facts.tell("member", { organisation_id: organisation, person_id: person, name, role, since: hour(), revoked_at: null });
  const viewer = { organisation, person, floor: 1, secondFactor: true };
  const verbs = [...verbsOf(role, kind)];
  const issue = async (shows: "case" | "notice"): Promise<string> =>
    (await member.ask(issueToken, { body: { name: shows, verbs, shows, days: 365 } })).token;
  const guest = (token: string, floor: number): Guest => ({ viewer: { ...viewer, floor }, role, kind, ...asking(url, token) });
  return [guest(await issue("case"), 1), guest(await issue("notice"), 4)];
}

function asking(url: string, token: string): Pick<Guest, "ask" | "get"> {
  const authorization = `Bearer ${token}`;
  return {
    ask: createClient(async ({ method, path, headers, body }) => {
      const response = await fetch(url + path, {
        method,
        headers: { ...headers, authorization },
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : new Uint8Array(body) }),
      });
      return { status: response.status, headers: Object.fromEntries(response.headers), body: new Uint8Array(await response.arrayBuffer()) };
    }),
    get: async (path) => {
      const response = await fetch(url + path, { headers: { authorization } });
      return { status: response.status, body: await response.text() };
    },
  };
}
