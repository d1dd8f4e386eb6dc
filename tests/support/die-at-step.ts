import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

/** What the process into which this is loaded is told, as JSON in `DIE_AT_STEP`. */
export type FaultPlan = {
  /** Only what happens in it counts. */
  readonly directory: string;
  /** Which of its steps, from 1; beyond the last: none. */
  readonly at: number;
  /** `kill`: SIGKILL before the step. `torn`: after half of the bytes that it writes. `full`: from it on the disk takes nothing more. */
  readonly how: "kill" | "torn" | "full";
  /** Where the steps are written to, a line each, when the process ends by itself. */
  readonly report: string;
};

/**
 * Loaded by `--import` before anything else: counts the calls of `node:fs` that change something in a directory, whoever makes them, and ends or
 * fails the process at one of them. What SQLite or the engine of the database writes by itself is not among them.
 */
const plan = JSON.parse(process.env["DIE_AT_STEP"] ?? "") as FaultPlan;
const steps: string[] = [];
const open = new Map<number, string>();

type Call = (...args: unknown[]) => unknown;
type Calls = Record<string, Call>;

/** What takes room on the disk: the first that takes none of it is refused before it does anything. */
const TAKING = new Set(["open", "write", "writeFile", "appendFile", "mkdir", "copyFile", "link"]);
const NAMES = ["mkdir", "rename", "link", "unlink", "rmdir", "truncate", "chmod", "copyFile"];
const ON_DESCRIPTORS = ["write", "fsync", "fdatasync", "ftruncate"];
const ON_HANDLES = ["write", "writeFile", "sync", "datasync", "truncate"];
const WHOLE_FILES = ["writeFile", "appendFile"];

const original = { ...(fs as unknown as Calls) };
const originalPromises = { ...(fs.promises as unknown as Calls) };
for (const name of [...NAMES, ...WHOLE_FILES]) {
  replace(name, (args) => relevantPath(args));
  replacePromise(name, (args) => relevantPath(args));
}
replaceSync("rm", (args) => relevantPath(args));
replace("open", (args) => (isWriting(args[1]) ? relevantPath(args) : undefined));
for (const name of ON_DESCRIPTORS) replace(name, ([descriptor]) => open.get(Number(descriptor)));
const handles = Object.getPrototypeOf(await fs.promises.open(import.meta.filename, "r").then(closed)) as Calls;
for (const name of ON_HANDLES) {
  const call = handles[name] ?? never();
  handles[name] = async function (this: { readonly fd: number }, ...args: unknown[]) {
    const path = open.get(this.fd);
    const half = path === undefined ? "whole" : step(name, path, args[0]);
    if (half === "whole") return call.apply(this, args);
    fs.writeSync(this.fd, half);
    return die();
  };
}
noteOpened();
syncBuiltinESMExports();
process.on("exit", () => original["writeFileSync"]?.(plan.report, steps.map((line) => `${line}\n`).join("")));

type PathOf = (args: readonly unknown[]) => string | undefined;

/** The synchronous form alone: `rm` that is waited for removes name by name, each of them a step. */
function replaceSync(name: string, pathOf: PathOf): Call {
  const sync = original[`${name}Sync`] ?? never();
  (fs as unknown as Calls)[`${name}Sync`] = (...args) => {
    const path = pathOf(args);
    const half = path === undefined ? "whole" : step(name, path, args[1]);
    return half === "whole" ? sync(...args) : tornAndDead(sync, args, half);
  };
  return sync;
}

/** The synchronous form and the one that calls back. */
function replace(name: string, pathOf: PathOf): void {
  const sync = replaceSync(name, pathOf);
  const later = original[name] ?? never();
  (fs as unknown as Calls)[name] = (...args) => {
    const path = pathOf(args);
    try {
      const half = path === undefined ? "whole" : step(name, path, args[1]);
      return half === "whole" ? later(...args) : tornAndDead(sync, args, half);
    } catch (error) {
      const done = args.at(-1) as Call;
      return process.nextTick(() => done(error));
    }
  };
}

function replacePromise(name: string, pathOf: PathOf): void {
  const call = originalPromises[name] ?? never();
  (fs.promises as unknown as Calls)[name] = async (...args) => {
    const path = pathOf(args);
    const half = path === undefined ? "whole" : step(name, path, args[1]);
    return half === "whole" ? call(...args) : tornAndDead(original[`${name}Sync`] ?? never(), args, half);
  };
}

/** So that what happens to a descriptor is known to happen to its file. */
function noteOpened(): void {
  const target = fs as unknown as Calls;
  const { openSync, open: openLater } = target;
  target["openSync"] = (...args) => noted(openSync?.(...args), args[0]);
  target["open"] = (...args) => {
    const done = args.at(-1) as Call;
    return openLater?.(...args.slice(0, -1), (error: unknown, descriptor: unknown) => done(error, noted(descriptor, args[0])));
  };
  const { open: openHandle } = originalPromises;
  (fs.promises as unknown as Calls)["open"] = async (...args) => {
    if (isWriting(args[1]) && relevantPath(args) !== undefined) step("open", relevantPath(args) ?? "", undefined);
    const handle = (await openHandle?.(...args)) as { readonly fd: number };
    noted(handle.fd, args[0]);
    return handle;
  };
}

function noted(descriptor: unknown, path: unknown): unknown {
  if (typeof descriptor !== "number") return descriptor;
  const relevant = relevantPath([path]);
  if (relevant === undefined) open.delete(descriptor);
  else open.set(descriptor, relevant);
  return descriptor;
}

/** `whole`: to be done; bytes: these and no more, before the end. */
function step(name: string, path: string, content: unknown): "whole" | Uint8Array {
  steps.push(`${name} ${path}`);
  if (plan.how === "full") {
    if (steps.length >= plan.at && TAKING.has(name))
      throw Object.assign(new Error(`ENOSPC: no space left, ${name} '${path}'`), { code: "ENOSPC" });
    return "whole";
  }
  if (steps.length !== plan.at) return "whole";
  if (plan.how === "kill") return die();
  const bytes = bytesOf(content);
  return bytes === undefined || !/^(?:write|appendFile)/.test(name) ? die() : bytes.subarray(0, Math.ceil(bytes.length / 2));
}

function tornAndDead(call: Call, [target, , ...rest]: readonly unknown[], half: Uint8Array): never {
  call(target, half, ...rest.filter((one) => typeof one === "object" && one !== null));
  return die();
}

function bytesOf(content: unknown): Uint8Array | undefined {
  return typeof content === "string" ? Buffer.from(content) : content instanceof Uint8Array ? content : undefined;
}

function relevantPath(args: readonly unknown[]): string | undefined {
  const texts = args.slice(0, 2).map((path) => (path instanceof Uint8Array ? Buffer.from(path).toString() : path));
  const found = texts.filter((path) => typeof path === "string" && path.startsWith(plan.directory)) as string[];
  return found.length === 0 ? undefined : found.map((path) => path.slice(plan.directory.length)).join(" ");
}

function isWriting(flags: unknown): boolean {
  return typeof flags === "string" && flags !== "r";
}

async function closed(handle: fs.promises.FileHandle): Promise<fs.promises.FileHandle> {
  await handle.close();
  return handle;
}

function die(): never {
  process.kill(process.pid, "SIGKILL");
  return never();
}

function never(): never {
  throw new Error("not reached");
}
