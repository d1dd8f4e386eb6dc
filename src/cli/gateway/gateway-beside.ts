import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { type Config, keysDirectoryOf } from "../../server/config.ts";
import { packageRoot } from "../../server/package-root.ts";
import { GATEWAY_NODE_FLAGS } from "./node-flags.ts";

/** The gateway that runs beside a server, in a process of its own. */
export type GatewayBeside = { readonly stop: () => Promise<void> };

const FIRST_RESTART_MS = 1000;
const LONGEST_RESTART_MS = 60_000;
/** A gateway that ran for so long had started. */
const STARTED_MS = 30_000;
const STOP_MS = 15_000;

/** What a gateway has no use for. */
const SERVER_ONLY = new Set(["DATABASE_URL", "DATABASE_REQUEST_URL", "SMTP_URL", "TLS_KEY_FILE", "TLS_CERT_FILE"]);

/** Starts it, says where it listens, and starts it again when it ends, a little later each time. The server goes on without it. */
export function startGatewayBeside(config: Config, say: (line: string) => void): GatewayBeside | undefined {
  const { gateway } = config;
  if (gateway === undefined) return undefined;
  const environment = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !SERVER_ONLY.has(name))),
    SLUICE_KEYS_DIR: keysDirectoryOf(config),
    GATEWAY_PORT: String(gateway.port),
    GATEWAY_HOST: gateway.host,
  };
  let child: ChildProcess | undefined;
  let restartTimer: NodeJS.Timeout | undefined;
  let restartMs = FIRST_RESTART_MS;
  let isStopping = false;
  start();

  return {
    stop: async () => {
      isStopping = true;
      clearTimeout(restartTimer);
      if (child === undefined) return;
      const ended = once(child, "exit");
      const kill = setTimeout(() => child?.kill("SIGKILL"), STOP_MS);
      child.kill("SIGTERM");
      await ended;
      clearTimeout(kill);
    },
  };

  function start(): void {
    const startedAt = performance.now();
    const started = spawn(
      process.execPath,
      [...GATEWAY_NODE_FLAGS, join(packageRoot, "bin", "sluice.js"), "gateway", "--data-dir", config.dataDirectory],
      {
        // By the channel it learns that the server has ended, however it did.
        stdio: ["ignore", "ignore", "inherit", "ipc"],
        env: environment,
      },
    );
    child = started;
    started.on("message", (message: { readonly listensOn?: unknown }) => {
      if (typeof message.listensOn === "string") say(`Model gateway for tools on ${message.listensOn}`);
    });
    started.on("error", () => over(startedAt));
    started.on("exit", () => over(startedAt));

    function over(since: number): void {
      if (child !== started) return;
      child = undefined;
      if (isStopping) return;
      restartMs = performance.now() - since >= STARTED_MS ? FIRST_RESTART_MS : Math.min(LONGEST_RESTART_MS, restartMs * 2);
      say(`The model gateway has ended; it is started again in ${Math.round(restartMs / 1000)} s. The server goes on`);
      restartTimer = setTimeout(start, restartMs);
    }
  }
}
