import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Client, createClient, type Transport } from "../../src/contract/client.ts";
import { createDoorTransport } from "../../src/cli/door-transport.ts";
import { doorPath } from "../../src/server/local-door/door-path.ts";

/** A server in a process of its own, with a clock that the story moves. It may be killed at any moment, and starts again when it is next asked. */
export type StoryServer = {
  /** Where it listens now. */
  readonly url: () => string;
  readonly setClock: (ms: number) => Promise<void>;
  /** As whoever holds a token or a cookie, or as a stranger. */
  readonly as: (headers: Readonly<Record<string, string>>) => Transport;
  /** As whoever owns the machine. */
  readonly door: () => Client;
  readonly kill: () => Promise<void>;
  /** How often it was killed, and how often that came in the middle of an answer. */
  readonly kills: () => { readonly killed: number; readonly inTheMiddle: number };
  readonly revive: () => Promise<void>;
  /** As an administrator stops it. */
  readonly stop: () => Promise<void>;
};

/** The server went away before it had answered: what was asked for may have happened, or not. */
export class CutOff extends Error {}

export type Place = { readonly databaseUrl: string; readonly databaseRequestUrl: string } | "embedded";

/** Runs a story on a server of its own, with everything of it in a directory that is removed afterwards. */
export async function withStoryServer(place: Place, startMs: number, work: (server: StoryServer) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-story-"));
  const clockFile = join(directory, "clock");
  await writeFile(clockFile, String(startMs));
  const server = await openStoryServer(directory, clockFile, place);
  try {
    await work(server);
  } finally {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function openStoryServer(directory: string, clockFile: string, place: Place): Promise<StoryServer> {
  const dataDirectory = join(directory, "data");
  const environment = {
    PATH: process.env["PATH"] ?? "",
    DATA_DIR: dataDirectory,
    HOST: "127.0.0.1",
    LOG_LEVEL: "error",
    SYNC_EVERY_HOURS: "0",
    REQUESTS_PER_MINUTE: "10000000",
    // Hours of the story are moments here.
    SLUICE_LEDGER_EVERY_SECONDS: "1",
    SLUICE_LEDGER_BATCH_LEAVES: "128",
    ...(place === "embedded" ? {} : { DATABASE_URL: place.databaseUrl, DATABASE_REQUEST_URL: place.databaseRequestUrl }),
  };
  let running: Running | undefined;
  let reviving: Promise<void> | undefined;
  let [killed, inTheMiddle] = [0, 0];

  const revive = async (): Promise<void> => {
    if (running?.isAlive() === true) return;
    if (running !== undefined && !running.wasKilled()) throw new Error(`the server ended by itself:\n${running.words()}`);
    reviving ??= begin();
    await reviving;
  };
  const begin = async (): Promise<void> => {
    try {
      // Two servers on one directory would be another story.
      await running?.ended;
      running = await start(clockFile, environment);
    } finally {
      reviving = undefined;
    }
  };
  const alive = async (): Promise<Running> => {
    await revive();
    if (running === undefined) throw new Error("the server did not start");
    return running;
  };
  await revive();
  return {
    url: () => running?.url ?? "",
    setClock: async (ms) => {
      // Whole at every moment: the server reads it when it likes.
      await writeFile(`${clockFile}.next`, String(ms));
      await rename(`${clockFile}.next`, clockFile);
    },
    as: (headers) => async (asked) => {
      const asking = await alive();
      try {
        return await send(asking, { ...asked, headers: { ...asked.headers, ...headers } });
      } catch (error) {
        if (!asking.wasKilled()) throw new Error(`the server cut an answer off by itself:\n${asking.words()}`, { cause: error });
        inTheMiddle++;
        throw new CutOff("the server was killed before it had answered", { cause: error });
      }
    },
    door: () => createClient(createDoorTransport(doorPath(dataDirectory)).transport),
    kill: async () => {
      if (running?.isAlive() !== true) return;
      killed++;
      await running.kill();
    },
    kills: () => ({ killed, inTheMiddle }),
    revive,
    stop: async () => {
      await reviving;
      await running?.stop();
    },
  };
}

type Running = {
  readonly url: string;
  readonly agent: Agent;
  readonly isAlive: () => boolean;
  readonly wasKilled: () => boolean;
  /** Settles when the process is gone. */
  readonly ended: Promise<unknown>;
  readonly words: () => string;
  readonly kill: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

async function start(clockFile: string, env: NodeJS.ProcessEnv): Promise<Running> {
  const program = join(import.meta.dirname, "server-child.ts");
  const child = spawn(process.execPath, [program, clockFile], { env, stdio: ["ignore", "pipe", "pipe"] });
  const agent = new Agent({ keepAlive: true });
  let said = "";
  child.stderr.on("data", (text: Buffer) => {
    said = (said + text.toString()).slice(-20_000);
  });
  let isKilled = false;
  const ended = once(child, "exit");
  const url = await firstLine(child, () => said);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await ended;
    agent.destroy();
  };
  return {
    url,
    agent,
    isAlive: () => !isKilled && child.exitCode === null && child.signalCode === null,
    wasKilled: () => isKilled,
    ended,
    words: () => said,
    kill: () => {
      isKilled = true;
      return end("SIGKILL");
    },
    stop: () => end("SIGTERM"),
  };
}

async function firstLine(child: ChildProcess, said: () => string): Promise<string> {
  if (child.stdout === null) throw new Error("the server has no output");
  for await (const line of createInterface({ input: child.stdout })) {
    const [, url] = /^listens on (\S+)$/.exec(line) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error(`the server did not start:\n${said()}`);
}

function send({ url, agent }: Running, { method, path, headers, body }: Parameters<Transport>[0]): ReturnType<Transport> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const asked = request(new URL(path, url), { agent, method, headers: { ...headers, ...length } }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const plain = Object.entries(response.headers).map(([name, value]) => [name, [value ?? ""].flat().join(", ")]);
        resolve({ status: response.statusCode ?? 0, headers: Object.fromEntries(plain), body: Buffer.concat(chunks) });
      });
    });
    asked.on("error", reject);
    asked.end(body);
  });
}
