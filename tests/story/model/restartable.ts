import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { packageRoot } from "../../../src/server/package-root.ts";

/** A command of Sluice in a process of its own, that is killed and started again on the same port. */
export type Restartable = {
  readonly url: string;
  /** With kill -9, and started again at once. */
  readonly crash: () => Promise<void>;
  readonly stop: () => Promise<void>;
  /** What it wrote to its standard error, over all its lives. */
  readonly words: () => string;
};

/** `args` is told the port: 0 at first, then the one that it got. */
export async function startRestartable(
  args: (port: number) => readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Restartable> {
  let said = "";
  const start = async (port: number): Promise<{ readonly child: ChildProcess; readonly url: string }> => {
    const child = spawn(process.execPath, [join(packageRoot, "bin", "sluice.js"), ...args(port)], {
      env: { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stderr.on("data", (text: Buffer) => {
      said = (said + text.toString()).slice(-200_000);
    });
    for await (const line of createInterface({ input: child.stdout })) {
      const [, url] = /listens on (http:\/\/\S+?)\/?$/.exec(line) ?? [];
      if (url === undefined) continue;
      child.stdout.resume();
      return { child, url };
    }
    throw new Error(`sluice ${args(port).join(" ")} ended before it listened:\n${said}`);
  };
  const end = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  };
  let running = await start(0);
  const { url } = running;
  return {
    url,
    crash: async () => {
      await end(running.child, "SIGKILL");
      running = await start(Number(new URL(url).port));
    },
    stop: () => end(running.child, "SIGTERM"),
    words: () => said,
  };
}
