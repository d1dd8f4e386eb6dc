import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import type { FaultPlan } from "./die-at-step.ts";

/** A process that ended by itself, or was ended at one of its steps. */
export type StoppedRun = {
  readonly fault: string;
  /** The directory in which its steps were counted, as it left it. */
  readonly directory: string;
  /** The whole lines that it wrote. */
  readonly said: readonly string[];
  readonly wasKilled: boolean;
  readonly code: number | null;
  readonly errors: string;
};

export type StoppedAtEachStep = {
  /** A program that is given `directory` and then `args`. */
  readonly program: string;
  readonly args?: readonly string[];
  /** Makes what is there before it begins. */
  readonly prepare?: (directory: string) => Promise<void> | void;
  /** What each must leave: the next start, in this process. */
  readonly check: (run: StoppedRun) => Promise<void> | void;
  /** Every so many of the steps only, but for a soak. */
  readonly every?: number;
};

const SIDE_BY_SIDE = 4;
const PRELOAD = join(import.meta.dirname, "die-at-step.ts");
const root = mkdtempSync(join(tmpdir(), "sluice-steps-"));
after(() => rmSync(root, { recursive: true, force: true }));
let runs = 0;

/**
 * Runs a program once as it is, and then once for each step in which it changes something on the disk: killed before the step, killed in the middle of
 * its bytes, and with a disk that takes nothing from there on. Returns the steps.
 */
export async function stopAtEachStep(plan: StoppedAtEachStep): Promise<readonly string[]> {
  const { check } = plan;
  const every = process.env["SLUICE_SOAK"] === undefined ? (plan.every ?? 1) : 1;
  const whole = await run(plan, "kill", Number.MAX_SAFE_INTEGER);
  if (whole.code !== 0) throw new Error(`the program failed without a fault: ${whole.errors}`);
  await check(whole);
  const steps = whole.steps;
  const faults = steps.flatMap((name, index) => {
    const at = index + 1;
    if (at % every !== 0 && at !== steps.length) return [];
    const isWrite = /^(?:write|appendFile)/.test(name);
    const takes = isWrite || /^(?:mkdir|link|copyFile)/.test(name);
    return [
      { how: "kill", at } as const,
      ...(isWrite ? [{ how: "torn", at } as const] : []),
      ...(takes ? [{ how: "full", at } as const] : []),
    ];
  });
  const wrong: string[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: SIDE_BY_SIDE }, async () => {
      for (let fault = faults[next++]; fault !== undefined; fault = faults[next++]) {
        const stopped = await run(plan, fault.how, fault.at, steps[fault.at - 1]);
        // One whose disk was faster or slower may have had fewer steps.
        if (fault.how !== "full" && !stopped.wasKilled && stopped.steps.length >= fault.at)
          throw new Error(`${stopped.fault}: not killed, but ended with ${stopped.code}: ${stopped.errors}`);
        try {
          await check(stopped);
        } catch (error) {
          wrong.push(`${stopped.fault}: ${error instanceof Error ? error.message : String(error)}`);
        }
        rmSync(stopped.directory, { recursive: true, force: true });
      }
    }),
  );
  if (wrong.length > 0)
    throw new Error(`after ${wrong.length} of ${faults.length} stops the next start was not as expected:\n${wrong.join("\n")}`);
  return steps;
}

async function run(
  { program, args = [], prepare }: StoppedAtEachStep,
  how: FaultPlan["how"],
  at: number,
  step = "no step",
): Promise<StoppedRun & { readonly steps: readonly string[] }> {
  const directory = mkdtempSync(join(root, `${++runs}-`));
  const report = `${directory}.steps`;
  await prepare?.(directory);
  const plan: FaultPlan = { directory, how, at, report };
  const child = spawn(process.execPath, ["--import", PRELOAD, program, directory, ...args], {
    // Made by the first, which is not killed.
    env: { ...process.env, NODE_COMPILE_CACHE: join(root, "compiled"), DIE_AT_STEP: JSON.stringify(plan) },
  });
  let [said, errors] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  const wasKilled = signal === "SIGKILL";
  return {
    fault: `${how} at ${at} (${step})`,
    directory,
    said: said.split("\n").slice(0, -1),
    wasKilled,
    code,
    errors,
    steps: wasKilled ? [] : readFileSync(report, "utf8").split("\n").slice(0, -1),
  };
}
