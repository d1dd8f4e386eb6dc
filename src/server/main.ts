import { readFile } from "node:fs/promises";
import { CodedError } from "../vocabulary/coded-error.ts";
import type { Config } from "./config.ts";
import { listen, type Listener, type TlsFiles } from "./http/listener.ts";
import { openDoor } from "./local-door/open-door.ts";
import { openServer, type OpenServerOptions } from "./open-server.ts";
import type { Status } from "./system/system-service.ts";

export type RunningServer = {
  /** Where people reach it: PUBLIC_URL, or an address that works on this machine, such as `http://localhost:8080`. */
  readonly url: string;
  /** Where it listens, as an address that works on this machine. */
  readonly listensOn: string;
  readonly port: number;
  /** Where the installation's keys are, when this start made them. */
  readonly madeKeysIn: string | undefined;
  readonly status: () => Promise<Status>;
  /** A one-time link that makes the first administrator, while there is none; it replaces the one before. */
  readonly firstAdministratorLink: () => Promise<string | undefined>;
  /** Finishes what is being answered within 10 seconds, then closes everything. May be called twice. */
  readonly stop: () => Promise<void>;
};

/** Another time than this machine's, for tests that go from hour to hour. */
export type StartOptions = Pick<OpenServerOptions, "clock" | "lookEveryMs">;

const GRACE_MS = 10_000;

/**
 * Opens the server and puts it on the network and behind the local door.
 * @throws CodedError `conflict` when the port is taken, `input-invalid` for host or certificate, and what `openServer` throws
 */
export async function startServer(config: Config, options: StartOptions = {}): Promise<RunningServer> {
  const tls = config.tls === undefined ? undefined : await readTlsFiles(config.tls);
  let url: string | undefined;
  const server = await openServer(config, { ...options, console: true, serverUrl: () => url });
  const listeners: Listener[] = [];
  try {
    // The door first: commands that lost the race for the directory are waiting for it.
    listeners.push(await openDoor(server.app.routing, config.dataDirectory));
    const network = await listenOnNetwork(server.app.routing, config, tls);
    listeners.push(network);
    server.services.start();
    const port = network.port ?? config.port;
    const listensOn = localUrl(config, port);
    url = config.publicUrl?.replace(/\/$/, "") ?? listensOn;
    const { signIn, system } = server.services;
    const origin = new URL(url).origin;
    return {
      url,
      listensOn,
      port,
      madeKeysIn: server.madeKeysIn,
      status: system.status,
      firstAdministratorLink: async () => (await signIn.links.firstAdministrator(origin))?.link,
      stop: once(stop),
    };
  } catch (error) {
    await Promise.all(listeners.map((listener) => listener.stop(0)));
    await server.close();
    throw error;
  }

  async function stop(): Promise<void> {
    server.announceStop();
    const cut = setTimeout(server.openRequests.abortAll, GRACE_MS);
    await Promise.all(listeners.map((listener) => listener.stop(GRACE_MS)));
    clearTimeout(cut);
    await server.close();
  }
}

async function listenOnNetwork(routing: Parameters<typeof listen>[0], config: Config, tls: TlsFiles | undefined): Promise<Listener> {
  try {
    return await listen(routing, { host: config.host, port: config.port }, tls);
  } catch (error) {
    throw refusalToListen(error as NodeJS.ErrnoException, config);
  }
}

function refusalToListen(error: NodeJS.ErrnoException, { host, port }: Config): unknown {
  switch (error.code) {
    case "EADDRINUSE":
      return new CodedError(
        "conflict",
        `port ${port} on ${host} is in use. Stop what listens there, or choose another with PORT or --port`,
        { cause: error },
      );
    case "EACCES":
      return new CodedError(
        "input-invalid",
        `port ${port} needs rights this user does not have. Choose one from 1024 on with PORT or --port`,
        { cause: error },
      );
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new CodedError("input-invalid", `HOST: expected an address of this machine, got ${JSON.stringify(host)}`, { cause: error });
    case "ERR_OSSL_X509_KEY_VALUES_MISMATCH":
    case "ERR_OSSL_PEM_NO_START_LINE":
      return new CodedError("input-invalid", `TLS_CERT_FILE and TLS_KEY_FILE: expected a PEM certificate and its key (${error.message})`, {
        cause: error,
      });
    default:
      return error;
  }
}

async function readTlsFiles(files: NonNullable<Config["tls"]>): Promise<TlsFiles> {
  const read = async (variable: string, file: string): Promise<Buffer> => {
    try {
      return await readFile(file);
    } catch (cause) {
      throw new CodedError("input-invalid", `${variable}: expected a readable file, got ${file} (${(cause as Error).message})`, {
        cause,
        place: variable,
      });
    }
  };
  return { cert: await read("TLS_CERT_FILE", files.certificateFile), key: await read("TLS_KEY_FILE", files.keyFile) };
}

/** An address that works in a browser on this machine. */
function localUrl({ host, tls }: Config, port: number): string {
  const everywhere = host === "0.0.0.0" || host === "::" || host === "127.0.0.1" || host === "::1";
  const name = everywhere ? "localhost" : host.includes(":") ? `[${host}]` : host;
  return `${tls === undefined ? "http" : "https"}://${name}:${port}`;
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => (running ??= work());
}
