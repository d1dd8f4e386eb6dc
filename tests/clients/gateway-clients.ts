import { execFile } from "node:child_process";
import { join } from "node:path";
import type { Script } from "../model-servers/act.ts";
import type { GatewayStand } from "../support/gateway-stand.ts";
import type { Ran } from "./outside-client.ts";

const clients = import.meta.dirname;

export const SAID = "It is Schütz 水門 🌊.";

/** A model that calls the tool it is given, and talks once it has been told what the tool found. */
export const TALK: Script = ({ toolName, prompt }) =>
  toolName === undefined || prompt.includes("水門 is 2 deep") ? { kind: "answer", text: SAID } : { kind: "answer", toolCall: {} };

/** What is set of a client so that it asks a gateway: the variables that its own documents name, and nothing else. */
export function clientSettings({ url, token }: Pick<GatewayStand, "url" | "token">): Readonly<Record<string, string>> {
  return {
    OPENAI_BASE_URL: `${url}/v1`,
    OPENAI_API_KEY: token.text,
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_API_KEY: token.text,
  };
}

/** What an evaluator's program said that its SDK made of an answer, or of a refusal. */
export type Told = { readonly said?: Readonly<Record<string, unknown>>; readonly error?: ToldError };
export type ToldError = {
  readonly class: string;
  readonly name: string;
  readonly status?: number;
  readonly code?: string | null;
  readonly type?: string | null;
  readonly message: string;
  readonly isRetryable?: boolean;
  readonly last?: ToldError;
};

/** The answer that a program got, for one that has to get one. */
export function saidIn({ said, error }: Told): Readonly<Record<string, unknown>> {
  if (said === undefined) throw new Error(`no answer but ${JSON.stringify(error)}`);
  return said;
}

/** Runs one of `programs/`, which use an SDK as its documents say, in a process of its own. */
export async function runEvaluation(stand: Pick<GatewayStand, "url" | "token">, program: string, ...args: string[]): Promise<Told> {
  const { code, stdout, stderr } = await runClient(process.execPath, [join(clients, "programs", `${program}.mjs`), ...args], {
    settings: clientSettings(stand),
  });
  if (code !== 0 || !stdout.startsWith("{")) throw new Error(`${program} ${args.join(" ")}: ${code} ${stdout}${stderr}`);
  return JSON.parse(stdout) as Told;
}

/** Runs an example of JavaScript as a program of this folder, whose `node_modules` has the SDKs. */
export function runJavaScript(stand: Pick<GatewayStand, "url" | "token">, text: string): Promise<Ran> {
  return runClient(process.execPath, ["--input-type=module", "-"], { settings: clientSettings(stand), input: text });
}

/** Runs a client with these settings and nothing of this machine's own. `input` goes to its standard input. */
export function runClient(
  program: string,
  args: readonly string[],
  options: { readonly settings: Readonly<Record<string, string>>; readonly cwd?: string; readonly home?: string; readonly input?: string },
): Promise<Ran> {
  const { settings, cwd = clients, home = cwd, input } = options;
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: home,
    USERPROFILE: home,
    SystemRoot: process.env["SystemRoot"] ?? "",
    ...settings,
  };
  return new Promise((resolve, reject) => {
    const child = execFile(program, [...args], { cwd, env, timeout: 240_000, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (typeof code === "number") resolve({ code, stdout, stderr });
      else reject(new Error(`${program}: ${error?.message}\n${stdout}${stderr}`));
    });
    child.stdin?.end(input ?? "");
  });
}
