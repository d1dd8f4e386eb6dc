import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDoorTransport } from "../../src/cli/door-transport.ts";
import { openHostKeys } from "../../src/cli/gateway/host-keys.ts";
import { type Client, createClient } from "../../src/contract/client.ts";
import { addWindow, giveCredential } from "../../src/contract/endpoints/access-windows.ts";
import { makeGrant } from "../../src/contract/endpoints/grants.ts";
import { enrolModel, readModel } from "../../src/contract/endpoints/models.ts";
import { createOrganisation } from "../../src/contract/endpoints/organisations.ts";
import { DEFAULT_LIMITS } from "../../src/gateway/config.ts";
import { startGateway } from "../../src/gateway/main.ts";
import { type Config, readConfig } from "../../src/server/config.ts";
import { doorPath } from "../../src/server/local-door/door-path.ts";
import { openKeys } from "../../src/server/open-keys.ts";
import { exchangesIn } from "../../src/server/sealed-files.ts";
import type { Custody } from "../../src/vocabulary/enrolment.ts";
import type { ModelWire } from "../../src/vocabulary/exchange.ts";
import type { OrganisationKind } from "../../src/vocabulary/organisation.ts";
import { type ModelServer, openModelServer } from "../model-servers/model-server.ts";
import { byModelName } from "../model-servers/named-acts.ts";
import type { HttpMember } from "../support/http-member.ts";
import { until } from "../support/until.ts";
import { type OpenConsole, openConsole } from "./console.ts";

/** A console, a gateway beside its server, and a scripted model that a lab lets evaluators use. */
export type GrantedConsole = {
  readonly console: OpenConsole;
  /** Administrators of the desk, the lab, the evaluators, and of an organisation that has nothing to do with it. */
  readonly ada: HttpMember;
  readonly leo: HttpMember;
  readonly eva: HttpMember;
  readonly bo: HttpMember;
  readonly evaluators: string;
  readonly model: ModelServer;
  /** What the console says tools are pointed at; the gateway itself is at `gateway`. */
  readonly statedUrl: string;
  readonly gateway: string;
  /** What the gateway beside the server asks and states, by its local door. */
  readonly door: Client;
  readonly grantModel: (more?: NewGrant) => Promise<Granted>;
  readonly close: () => Promise<void>;
};

export type NewGrant = {
  readonly name?: string;
  readonly wire?: ModelWire;
  readonly custody?: Custody;
  readonly versions?: readonly string[];
  readonly budget?: { readonly requests: number; readonly tokens: number };
  readonly probes?: { readonly callsPerDay: number; readonly tokensPerDay: number };
};
export type Granted = { readonly model: string; readonly window: string; readonly grant: string };

export const LAB_KEY = "sk-lab-9Kx3bTq7";
const DAY_MS = 86_400_000;

export async function openGrantedConsole(): Promise<GrantedConsole> {
  const dataDirectory = await mkdtemp(join(tmpdir(), "sluice-granted-"));
  const statedUrl = "https://gateway.example";
  const settings: Partial<Config> = {
    dataDirectory,
    keysDirectory: `${dataDirectory}-keys`,
    gateway: { host: "127.0.0.1", port: 0, url: statedUrl },
    // A model of these tests listens on loopback, without TLS.
    allowedPrivateHosts: ["127.0.0.1"],
  };
  const console = await openConsole(undefined, settings);
  const model = await openModelServer({ wire: "openai", credential: LAB_KEY, script: byModelName });
  const { keys } = await openKeys({ ...readConfig({}), ...settings });
  const transport = createDoorTransport(doorPath(dataDirectory));
  const door = createClient(transport.transport);
  const recordDirectory = exchangesIn(dataDirectory);
  const log = (): void => {};
  const gateway = await startGateway(
    { name: "beside", host: "127.0.0.1", port: 0, recordDirectory, listedHosts: [], limits: { ...DEFAULT_LIMITS, stopMs: 1000 } },
    { client: door, ...openHostKeys({ keys, dataDirectory, recordDirectory, log }), log },
  );
  await gateway.ready;
  const ada = await console.firstAdministrator();
  const make = async (name: string, kind: OrganisationKind): Promise<string> =>
    (await ada.ask(createOrganisation, { body: { name, kind, country: "DE" } })).id;
  const evaluators = await make("Testing institute", "vendor");
  const leo = await ada.invite({ name: "Leo", role: "administrator", organisation: await make("Example Lab", "lab") });
  const eva = await ada.invite({ name: "Eva", role: "administrator", organisation: evaluators });
  const bo = await ada.invite({ name: "Bo", role: "administrator", organisation: await make("Northgate Hospital", "operator") });
  const hour = (ms: number) => ({ local: new Date(ms).toISOString().slice(0, 16), zone: "UTC" });
  return {
    console,
    ada,
    leo,
    eva,
    bo,
    evaluators,
    model,
    statedUrl,
    gateway: gateway.url,
    door,
    grantModel: async (more = {}) => {
      const { name = "large-2", wire = "openai", custody = "here", versions = ["scripted"] } = more;
      const enrolled = await leo.ask(enrolModel, {
        body: {
          name,
          wire,
          custody,
          desk: ada.session.acting.organisation,
          versions: versions.map((version) => ({ name: version, baseUrl: model.baseUrl, upstreamName: version })),
          partnerRelease: hour(Date.now() + 15 * DAY_MS),
          terms: {
            purposes: ["Finding software flaws", "Refusals and safeguards"],
            retentionDays: 90,
            destruction: "Outputs are destroyed after the report.",
            confidentiality: "Nothing is passed on.",
            whoMaySee: "The organisation that sent them.",
            contacts: [{ name: "Leo", reach: "leo@lab.example" }],
            ...(more.probes === undefined ? {} : { probes: more.probes }),
          },
        },
      });
      const window = await leo.ask(addWindow, {
        params: { model: enrolled.id },
        body: { kind: "testing-window", name: "First", opens: hour(Date.now() - DAY_MS) },
      });
      if (custody === "here") await leo.ask(giveCredential, { params: { window: window.id }, body: { credential: LAB_KEY } });
      const grant = await leo.ask(makeGrant, {
        params: { window: window.id },
        body: {
          organisation: evaluators,
          purposes: ["Finding software flaws", "Refusals and safeguards"],
          budget: more.budget ?? { requests: 1000, tokens: 2_000_000 },
        },
      });
      await until(async () => {
        const { windows } = await leo.ask(readModel, { params: { model: enrolled.id } });
        return windows.some(({ id, state }) => id === window.id && state === "open");
      });
      return { model: enrolled.id, window: window.id, grant: grant.id };
    },
    close: async () => {
      await gateway.stop();
      transport.close();
      await console.close();
      await model.stop();
      for (const directory of [dataDirectory, `${dataDirectory}-keys`]) await rm(directory, { recursive: true, force: true });
    },
  };
}
