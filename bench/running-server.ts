import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { createInterface } from "node:readline";
import { createDoorTransport } from "../src/cli/door-transport.ts";
import { type Client, createClient } from "../src/contract/client.ts";
import { doorPath } from "../src/server/local-door/door-path.ts";
import { SLUICE } from "./fixtures.ts";

/** A server in a process of its own, as `sluice serve` starts it. */
export type RunningServer = {
  readonly pid: number;
  readonly url: string;
  /** Speaks the contract through the local door. */
  readonly client: Client;
  /** One request over the network with keep-alive; the body of the answer. */
  readonly post: (path: string, body: string) => Promise<string>;
  readonly get: (path: string) => Promise<string>;
  readonly stop: () => Promise<void>;
};

const ENVIRONMENT = {
  SYNC_EVERY_HOURS: "0",
  SLUICE_GATEWAY: "off",
  REQUESTS_PER_MINUTE: "10000000",
  // The age of synthetic data says nothing.
  EMPTY_ANSWER_WITHOUT_EVIDENCE: "true",
};

export async function startServer(
  dataDirectory: string,
  environment: Readonly<Record<string, string | undefined>> = {},
): Promise<RunningServer> {
  const args = [SLUICE, "serve", "--no-build", "--port", "0", "--data-dir", dataDirectory];
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...ENVIRONMENT, ...environment },
  });
  const url = await addressOf(child);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const door = createDoorTransport(doorPath(dataDirectory));
  return {
    pid: child.pid ?? 0,
    url,
    client: createClient(door.transport),
    post: (path, body) => ask(agent, new URL(path, url), "POST", body),
    get: (path) => ask(agent, new URL(path, url), "GET", undefined),
    stop: async () => {
      agent.destroy();
      door.close();
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
}

async function addressOf(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("the server has no standard output");
  for await (const line of createInterface({ input: child.stdout })) {
    const address = /listens on (http:\/\/\S+)/.exec(line)?.[1];
    if (address === undefined) continue;
    // What it says from now on is not looked at, but must not fill the pipe.
    child.stdout.resume();
    return address;
  }
  throw new Error("the server ended before it listened");
}

function ask(agent: Agent, url: URL, method: string, body: string | undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const asked = request(url, { agent, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`expected status 200 from ${method} ${url.pathname}, got ${response.statusCode}: ${text.slice(0, 300)}`));
      });
    });
    asked.on("error", reject);
    asked.end(body);
  });
}
