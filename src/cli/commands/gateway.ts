import { text as readAll } from "node:stream/consumers";
import { defineCommand } from "citty";
import { type Client, createClient } from "../../contract/client.ts";
import { DEFAULT_LIMITS, type GatewayConfig } from "../../gateway/config.ts";
import { jsonLines } from "../../gateway/log.ts";
import { startGateway } from "../../gateway/main.ts";
import type { KeyRing } from "../../sealing/key-ring.ts";
import { isToken } from "../../sealing/token.ts";
import { type Config, readConfig } from "../../server/config.ts";
import { doorPath } from "../../server/local-door/door-path.ts";
import { openKeys } from "../../server/open-keys.ts";
import { exchangesIn } from "../../server/sealed-files.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { dataDirectoryFlag, givenFlags } from "../config-flags.ts";
import { createDoorTransport } from "../door-transport.ts";
import { destroyWhatIsDue } from "../gateway/destroy-due.ts";
import { gatewayName } from "../gateway/gateway-name.ts";
import { hearOrders } from "../gateway/hear-orders.ts";
import { openHostKeys } from "../gateway/host-keys.ts";
import { keepCredential, keptWindows } from "../gateway/kept-credentials.ts";
import { beginWithNodeFlags } from "../gateway/node-flags.ts";
import { createServerTransport } from "../server-transport.ts";
import { stopSignal } from "../stop-signal.ts";
import { UsageError } from "../terminal-error.ts";

export const gatewayCommand = defineCommand({
  meta: {
    name: "gateway",
    description:
      "Let evaluators' tools reach enrolled models: beside a server on this data directory, or on a lab's premises with --server and SLUICE_GATEWAY_TOKEN. gateway credential WINDOW keeps a credential that is read from standard input",
  },
  args: {
    action: { type: "positional", description: "Only `credential`", required: false, valueHint: "credential" },
    window: { type: "positional", description: "Id of the window that the credential is for", required: false, valueHint: "WINDOW" },
    server: { type: "string", description: "Address of the server, for a gateway on a lab's own premises", valueHint: "URL" },
    port: { type: "string", description: "Port for tools (GATEWAY_PORT; 8788)", valueHint: "N" },
    host: { type: "string", description: "Address to listen on (GATEWAY_HOST; 127.0.0.1)", valueHint: "ADDRESS" },
    ...dataDirectoryFlag,
  },
  run: async ({ args }) => {
    if (args.action !== undefined && args.action !== "credential") {
      throw new UsageError(`sluice gateway: expected credential or nothing, got ${JSON.stringify(args.action)}`);
    }
    if (args.action === undefined) beginWithNodeFlags();
    const environment = {
      ...process.env,
      SLUICE_GATEWAY: "on",
      ...(args.port === undefined ? {} : { GATEWAY_PORT: args.port }),
      ...(args.host === undefined ? {} : { GATEWAY_HOST: args.host }),
    };
    const config = readConfig(environment, givenFlags({ "data-dir": args["data-dir"] }));
    const { keys } = await openKeys(config);
    return args.action === "credential" ? keep(config, keys, args.window) : serve(config, keys, args.server);
  },
});

async function keep({ dataDirectory }: Config, keys: KeyRing, window: string | undefined): Promise<number> {
  if (window === undefined || !/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/.test(window)) {
    throw new UsageError(`sluice gateway credential: expected the id of a window, got ${window ?? "nothing"}`);
  }
  const credential = (await readAll(process.stdin)).trim();
  if (!/^[\x21-\x7e]+$/.test(credential)) {
    throw new UsageError("sluice gateway credential: expected a credential on one line of standard input, without spaces");
  }
  process.stdout.write(`Kept, sealed, in ${keepCredential(keys, dataDirectory, window, credential)}\n`);
  return 0;
}

async function serve(config: Config, keys: KeyRing, server: string | undefined): Promise<number> {
  const log = jsonLines((line) => void process.stderr.write(line), config.logLevel);
  const reached = server === undefined ? throughDoor(config) : overNetwork(server);
  const gatewayConfig = gatewayConfigOf(config, gatewayName(config.dataDirectory));
  const { recordDirectory } = gatewayConfig;
  const { dataDirectory } = config;
  const destruction = destroyWhatIsDue({ client: reached.client, gateway: gatewayConfig.name, keys, dataDirectory, recordDirectory, log });
  const stopped = asked();
  const gateway = await startGateway(gatewayConfig, {
    client: hearOrders(reached.client, {
      heard: destruction.heard,
      holds: server === undefined ? undefined : () => keptWindows(dataDirectory),
    }),
    ...openHostKeys({ keys, dataDirectory, recordDirectory, log }),
    log,
  });
  process.send?.({ listensOn: gateway.url });
  if (process.send === undefined) process.stdout.write(`Model gateway listens on ${gateway.url}\n`);
  await stopped;
  await gateway.stop();
  await destruction.settled();
  reached.close();
  // Whoever listens for the channel's end is kept running by it.
  if (process.connected) process.disconnect?.();
  return 0;
}

/** A signal, or the end of the server that started it: a gateway without one would only stand in the way of the next. */
function asked(): Promise<void> {
  return Promise.race([stopSignal(), new Promise<void>((resolve) => process.once("disconnect", resolve))]);
}

type Reached = { readonly client: Client; readonly close: () => void };

function throughDoor({ dataDirectory }: Config): Reached {
  const door = createDoorTransport(doorPath(dataDirectory));
  return { client: createClient(door.transport), close: door.close };
}

function overNetwork(server: string): Reached {
  const token = process.env["SLUICE_GATEWAY_TOKEN"] ?? "";
  if (!isToken(token, "slg")) {
    throw new CodedError(
      "input-invalid",
      "SLUICE_GATEWAY_TOKEN: expected the credential that an administrator of the lab was shown, `slg_` and 49 characters",
    );
  }
  return {
    client: createClient(createServerTransport({ server, token, unreachable: "Nothing goes through until it can" })),
    close: () => {},
  };
}

function gatewayConfigOf({ gateway, dataDirectory, allowedPrivateHosts }: Config, name: string): GatewayConfig {
  if (gateway === undefined) throw new CodedError("input-invalid", "SLUICE_GATEWAY: expected on, got off");
  const { host, port } = gateway;
  return { name, host, port, recordDirectory: exchangesIn(dataDirectory), listedHosts: allowedPrivateHosts, limits: DEFAULT_LIMITS };
}
