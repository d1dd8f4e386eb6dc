import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_LIMITS, type GatewayConfig, type GatewayLimits } from "../../src/gateway/config.ts";
import type { GatewayClock } from "../../src/gateway/clock.ts";
import type { GatewayLine } from "../../src/gateway/log.ts";
import { startGateway, type GatewayParts, type RunningGateway } from "../../src/gateway/main.ts";
import { openSealedCredential } from "../../src/sealing/sealed-credential.ts";
import { type Act, ANSWER, type Script } from "../model-servers/act.ts";
import { type ModelServer, openModelServer } from "../model-servers/model-server.ts";
import type { ModelWire } from "../../src/vocabulary/exchange.ts";
import { type NewGrant, openSteward, type Steward, type StewardGrant, type StewardToken, type StewardWindow } from "./steward.ts";

/** A gateway between a scripted model and a server's side in memory, with one window, grant and token. */
export type GatewayStand = {
  readonly url: string;
  readonly gateway: RunningGateway;
  readonly model: ModelServer;
  readonly steward: Steward;
  readonly window: StewardWindow;
  readonly grant: StewardGrant;
  readonly token: StewardToken;
  readonly lines: readonly GatewayLine[];
  readonly recordDirectory: string;
  /** The next gateway on the same record, as after a restart. */
  readonly restart: () => Promise<RunningGateway>;
  readonly close: () => Promise<void>;
};

export type StandOptions = {
  readonly wire?: ModelWire;
  readonly script?: Script | Act;
  readonly limits?: Partial<GatewayLimits>;
  readonly grant?: NewGrant;
  readonly clock?: GatewayClock;
  readonly closesMs?: number;
  readonly models?: readonly (readonly [name: string, upstreamName: string])[];
  /** Absent = the server does not say. */
  readonly asksStreamUsage?: boolean;
  readonly baseUrl?: (model: ModelServer) => string;
  readonly passLabHeaders?: boolean;
  readonly idleMs?: number;
  /** What the lab pays for a day. */
  readonly probes?: { readonly callsPerDay: number; readonly tokensPerDay: number };
};

export const LAB_CREDENTIAL = "sk-lab-credential-never-seen-0123456789";

export async function openGatewayStand(options: StandOptions = {}): Promise<GatewayStand> {
  const { wire = "openai", script = ANSWER, clock } = options;
  const idle = options.idleMs === undefined ? {} : { idleMs: options.idleMs };
  const model = await openModelServer({ wire, script, credential: LAB_CREDENTIAL, ...idle });
  const steward = await openSteward(clock?.wallMs);
  const window = steward.openWindow({
    wire,
    baseUrl: options.baseUrl?.(model) ?? model.baseUrl,
    credential: LAB_CREDENTIAL,
    passLabHeaders: options.passLabHeaders ?? false,
    ...(options.closesMs === undefined ? {} : { closesMs: options.closesMs }),
    ...(options.probes === undefined ? {} : { probes: { ...options.probes, callsToday: 0, tokensToday: 0 } }),
    ...(options.models === undefined ? {} : { models: options.models }),
    ...(options.asksStreamUsage === undefined ? {} : { asksStreamUsage: options.asksStreamUsage }),
  });
  const grant = steward.openGrant(window, options.grant);
  const token = steward.issueToken(grant);
  const recordDirectory = mkdtempSync(join(tmpdir(), "sluice-gateway-"));
  const lines: GatewayLine[] = [];
  const config: GatewayConfig = {
    name: "g1",
    host: "127.0.0.1",
    port: 0,
    recordDirectory,
    listedHosts: [],
    limits: {
      ...DEFAULT_LIMITS,
      stopMs: 1e3,
      ...options.limits,
    },
  };
  const parts: GatewayParts = {
    client: steward.client,
    openCredential: (opened) => {
      const key = steward.credentialKey(opened.id);
      if (key === undefined || opened.sealedCredential === undefined) return undefined;
      return Buffer.from(openSealedCredential(key, opened.id, opened.sealedCredential), "latin1");
    },
    recordKey: steward.recordKey,
    log: (line) => void lines.push(line),
    ...(clock === undefined ? {} : { clock }),
  };
  const started: RunningGateway[] = [];
  const start = async (): Promise<RunningGateway> => {
    const gateway = await startGateway(config, parts);
    started.push(gateway);
    await gateway.ready;
    return gateway;
  };
  const gateway = await start();
  return {
    url: gateway.url,
    gateway,
    model,
    steward,
    window,
    grant,
    token,
    lines,
    recordDirectory,
    restart: start,
    close: async () => {
      for (const one of started) await one.stop();
      await steward.stop();
      await model.stop();
      rmSync(recordDirectory, {
        recursive: true,
        force: true,
      });
    },
  };
}
