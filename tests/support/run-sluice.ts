import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { packageRoot } from "../../src/server/package-root.ts";

export type SluiceRun = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

export type SluiceRunOptions = {
  readonly environment?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: string | Uint8Array;
  /** Closes the reading side of standard output before anything is written. */
  readonly closesOutput?: boolean;
};

/** Runs the command as a person does, in a process of its own that inherits no setting of ours. */
export async function runSluice(args: readonly string[], options: SluiceRunOptions = {}): Promise<SluiceRun> {
  const inherited = Object.entries(process.env).filter(([name]) => !SETTINGS.test(name));
  const child = spawn(process.execPath, [join(packageRoot, "bin", "sluice.js"), ...args], {
    env: { ...Object.fromEntries(inherited), LOG_LEVEL: "silent", ...options.environment },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  if (options.closesOutput === true) child.stdout.destroy();
  // A command that does not read its input may end before all of it is written.
  child.stdin.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  child.stdin.end(options.input ?? "");
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout, stderr };
}

const SETTINGS =
  /^(?:SLUICE_.*|DATABASE_URL|DATABASE_REQUEST_URL|DATA_DIR|OSV_FEED_URL|KEV_FEED_URL|ALLOWED_PRIVATE_HOSTS|NODE_TEST_CONTEXT|NO_COLOR|FORCE_COLOR)$/;
