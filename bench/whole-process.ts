import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

export type ProcessRun = {
  readonly ms: number;
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The most memory that it and the processes it started ever held, with what they share; undefined unless asked for. */
  readonly peakMb: number | undefined;
};

export type ProcessOptions = {
  readonly environment?: Readonly<Record<string, string>>;
  readonly directory?: string;
  /** Looks at the process every few milliseconds, which costs some time: memory and time are taken in runs of their own. */
  readonly watchMemory?: boolean;
};

const LOOK_EVERY_MS = 5;

/** One run of a program from start to end, everything it prints read. */
export async function runProcess(program: string, args: readonly string[], options: ProcessOptions = {}): Promise<ProcessRun> {
  const startedMs = performance.now();
  const child = spawn(program, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...options.environment },
    ...(options.directory === undefined ? {} : { cwd: options.directory }),
  });
  const [stdout, stderr]: [string[], string[]] = [[], []];
  child.stdout.setEncoding("utf8").on("data", (text: string) => stdout.push(text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => stderr.push(text));
  const watching = options.watchMemory === true ? watchPeak(child) : undefined;
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => (signal === null ? resolve(code ?? 0) : reject(new Error(`${program} ended by ${signal}`))));
  });
  return { ms: performance.now() - startedMs, exitCode, stdout: stdout.join(""), stderr: stderr.join(""), peakMb: await watching };
}

/** What a process holds now and held at most, in megabytes of 1024² bytes. Linux tells both; nothing else is asked. */
export function memoryOf(pid: number): { readonly nowMb: number; readonly peakMb: number } | undefined {
  let status: string;
  try {
    status = readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    return undefined; // It has ended, or this is not Linux.
  }
  const [now, peak] = [/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1], /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]];
  return now === undefined || peak === undefined ? undefined : { nowMb: Number(now) / 1024, peakMb: Number(peak) / 1024 };
}

async function watchPeak(child: ChildProcess): Promise<number | undefined> {
  let peakMb: number | undefined;
  while (child.exitCode === null && child.signalCode === null) {
    const own = child.pid === undefined ? undefined : memoryOf(child.pid);
    if (own !== undefined) peakMb = Math.max(peakMb ?? 0, own.peakMb, own.nowMb + heldByChildren(child.pid ?? 0));
    await delay(LOOK_EVERY_MS);
  }
  return peakMb;
}

function heldByChildren(pid: number): number {
  let children: string;
  try {
    children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  } catch {
    return 0; // It has ended.
  }
  const pids = children.split(" ").filter((text) => text !== "");
  return pids.reduce((sum, child) => sum + (memoryOf(Number(child))?.nowMb ?? 0), 0);
}
