import { globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join, relative } from "node:path";
import { finished } from "node:stream/promises";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { parseArgs } from "node:util";
import { buildConsoleWhenStale } from "../src/server/console-build.ts";
import { packageRoot } from "../src/server/package-root.ts";
import { type AllowedSkip, type Skip, unlistedSkips } from "./allowed-skips.ts";

/**
 * node tools/run-tests.ts [--soak] [--browser] [--clients] [--skipped-for REASON] [PART-OF-A-PATH…]
 *
 * Runs the suite with Node's own runner and ends with its count. A skip that `tests/allowed-skips.json` does not list is a failure.
 * What needs a browser is run where it is asked for, by --browser or by a part of its path, and so by `tools/check.ts`.
 * --skipped-for runs only what the last run skipped for that reason, once the reason is gone.
 */
const { values: flags, positionals: wanted } = parseArgs({
  options: { soak: { type: "boolean" }, browser: { type: "boolean" }, clients: { type: "boolean" }, "skipped-for": { type: "string" } },
  allowPositionals: true,
});

export type TestCounts = {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly skips: readonly Skip[];
};

/** Where the last run leaves its count for `tools/check.ts`. */
const COUNTS_FILE = join(packageRoot, "build", "test-counts.json");
const BROWSER = "tests/browser/**/*.test.ts";
/** Folders with files that take minutes: begun last, one of them would run on while nothing is left for the other cores. */
const LONG = ["tests/walk/", "tests/story/"];
/** So many files are named with their time, if they took so long. */
const SLOWEST = 15;
const SLOW_SECONDS = 5;
const TEST_LIMIT_MS = flags.soak === true ? 6 * 60 * 60_000 : 10 * 60_000;

process.chdir(packageRoot);
if (flags.soak === true) process.env["SLUICE_SOAK"] = "1";
process.exitCode = await main();

async function main(): Promise<number> {
  const { files, titles } =
    flags["skipped-for"] === undefined ? { files: chosenFiles(), titles: undefined } : skippedBefore(flags["skipped-for"]);
  if (files.length === 0 && titles === undefined) {
    console.error(`no test file has ${wanted.join(" or ")} in its path`);
    return 2;
  }
  await buildConsoleWhenStale(console.log);
  const { passed, failed, skips } = files.length === 0 ? { passed: 0, failed: 0, skips: [] } : await runFiles(files, titles);
  const unlisted = unlistedSkips(skips, JSON.parse(readFileSync("tests/allowed-skips.json", "utf8")) as readonly AllowedSkip[]);
  for (const skip of unlisted) console.error(`${skip.file}: skipped, but not in tests/allowed-skips.json: ${skip.title} (${skip.reason})`);
  for (const [reason, group] of Map.groupBy(skips, (skip) => skip.reason))
    console.log(`${group.length} skipped: ${reason === "" ? "no reason given" : reason}`);
  const counts: TestCounts = { passed, failed: failed + unlisted.length, skipped: skips.length - unlisted.length, skips };
  mkdirSync(dirname(COUNTS_FILE), { recursive: true });
  writeFileSync(COUNTS_FILE, JSON.stringify(counts));
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  return counts.failed === 0 && (counts.passed > 0 || files.length === 0) ? 0 : 1;
}

type Chosen = { readonly files: readonly string[]; readonly titles: readonly string[] | undefined };

function chosenFiles(): readonly string[] {
  const found = globSync(patterns(), { exclude: ["**/node_modules/**"] });
  const paths = found.map((path) => path.replaceAll("\\", "/"));
  return longFirst(paths.filter((path) => wanted.length === 0 || wanted.some((part) => path.includes(part))));
}

function longFirst(paths: readonly string[]): readonly string[] {
  const isLong = (path: string): boolean => LONG.some((folder) => path.startsWith(folder));
  const sorted = paths.toSorted();
  return [...sorted.filter(isLong), ...sorted.filter((path) => !isLong(path))];
}

function patterns(): readonly string[] {
  if (flags.clients === true) return ["tests/clients/*.test.ts"];
  if (flags.browser === true) return [BROWSER];
  const suite = ["src/**/*.test.ts", "tests/{contracts,system,database,support,story,walk}/**/*.test.ts", "tools/**/*.test.ts"];
  return wanted.length === 0 ? suite : [...suite, BROWSER];
}

function skippedBefore(reason: string): Chosen {
  const { skips } = JSON.parse(readFileSync(COUNTS_FILE, "utf8")) as TestCounts;
  const again = skips.filter((skip) => skip.reason === reason);
  return { files: longFirst([...new Set(again.map(({ file }) => file))]), titles: again.map(({ title }) => title) };
}

/** A suite that is skipped counts as one skip. */
async function runFiles(
  files: readonly string[],
  titles: readonly string[] | undefined,
): Promise<Pick<TestCounts, "passed" | "failed" | "skips">> {
  const skips: Skip[] = [];
  let [passed, failed] = [0, 0];
  const events = run({
    files: [...files],
    // The clients' tests install them into one folder, and pack this one.
    concurrency: flags.clients === true ? 1 : Math.max(2, availableParallelism()),
    timeout: TEST_LIMIT_MS,
    // A title is matched with those of its suites before it.
    ...(titles === undefined ? {} : { testNamePatterns: titles.map((title) => new RegExp(`(?:^| )${RegExp.escape(title)}$`)) }),
  });
  events.on("test:pass", ({ name, skip, details, entryFile }) => {
    if (skip !== undefined)
      skips.push({
        title: name,
        reason: typeof skip === "string" ? skip : "",
        file: relative(packageRoot, entryFile ?? "").replaceAll("\\", "/"),
      });
    else if (details.type !== "suite") passed++;
  });
  events.on("test:fail", ({ details }) => {
    // A parent that fails only because of its children has been counted with them.
    if ((details.error as { readonly failureType?: string }).failureType !== "subtestsFailed") failed++;
  });
  const took: { readonly file: string; readonly seconds: number }[] = [];
  events.on("test:summary", ({ file, duration_ms }) => {
    if (file !== undefined) took.push({ file: relative(packageRoot, file).replaceAll("\\", "/"), seconds: duration_ms / 1000 });
  });
  const output = events.compose(new spec());
  output.pipe(process.stdout, { end: false });
  await finished(output, { writable: false });
  for (const { file, seconds } of took.toSorted((a, b) => b.seconds - a.seconds).slice(0, SLOWEST))
    if (seconds > SLOW_SECONDS) console.log(`${seconds.toFixed(0).padStart(5)} s  ${file}`);
  return { passed, failed, skips };
}
