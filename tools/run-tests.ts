import { globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { parseArgs } from "node:util";
import { buildConsoleWhenStale } from "../src/server/console-build.ts";
import { packageRoot } from "../src/server/package-root.ts";
import { type AllowedSkip, type Skip, unlistedSkips } from "./allowed-skips.ts";

/**
 * node tools/run-tests.ts [--soak] [--clients] [--only-postgres] [PART-OF-A-PATH…]
 *
 * Runs the suite with Node's own runner and ends with its count. A skip that `tests/allowed-skips.json` does not list is a failure.
 */
const { values: flags, positionals: wanted } = parseArgs({
  options: { soak: { type: "boolean" }, clients: { type: "boolean" }, "only-postgres": { type: "boolean" } },
  allowPositionals: true,
});

export type TestCounts = {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Skips by the reason that the tests give. */
  readonly skippedFor: Readonly<Record<string, number>>;
};

/** Where the last run leaves its count for `tools/check.ts`. */
const COUNTS_FILE = join(packageRoot, "build", "test-counts.json");
const TEST_LIMIT_MS = flags.soak === true ? 6 * 60 * 60_000 : 5 * 60_000;

process.chdir(packageRoot);
if (flags.soak === true) process.env["SLUICE_SOAK"] = "1";
process.exitCode = await main();

async function main(): Promise<number> {
  const skips: Skip[] = [];
  const files = chosenFiles();
  if (files.length === 0) {
    console.error(`no test file has ${wanted.join(" or ")} in its path`);
    return 2;
  }
  await buildConsoleWhenStale(console.log);
  const { passed, failed: broken } = await runFiles(files, skips);
  const unlisted = unlistedSkips(skips, JSON.parse(readFileSync("tests/allowed-skips.json", "utf8")) as readonly AllowedSkip[]);
  for (const skip of unlisted) console.error(`skipped, but not in tests/allowed-skips.json: ${skip.title} (${skip.reason})`);
  const skippedFor = Object.fromEntries([...Map.groupBy(skips, ({ reason }) => reason)].map(([reason, group]) => [reason, group.length]));
  for (const [reason, count] of Object.entries(skippedFor)) console.log(`${count} skipped: ${reason === "" ? "no reason given" : reason}`);
  const counts: TestCounts = { passed, failed: broken + unlisted.length, skipped: skips.length - unlisted.length, skippedFor };
  mkdirSync(join(packageRoot, "build"), { recursive: true });
  writeFileSync(COUNTS_FILE, JSON.stringify(counts));
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  return counts.failed === 0 && counts.passed > 0 ? 0 : 1;
}

function chosenFiles(): readonly string[] {
  const patterns =
    flags.clients === true
      ? ["tests/clients/*.test.ts"]
      : ["src/**/*.test.ts", "tests/{contracts,system,database,support}/**/*.test.ts", "tools/**/*.test.ts", "tests/browser/**/*.test.ts"];
  const found = globSync(patterns, { exclude: ["**/node_modules/**"] }).map((path) => path.replaceAll("\\", "/"));
  const chosen = found.filter((path) => wanted.length === 0 || wanted.some((part) => path.includes(part)));
  return (flags["only-postgres"] === true ? chosen.filter(speaksToPostgres) : chosen).sort();
}

function speaksToPostgres(path: string): boolean {
  return /withTestDatabase|\(postgres\)/.test(readFileSync(path, "utf8"));
}

/** The skips are added to `skips`; a suite that is skipped counts as one. */
async function runFiles(files: readonly string[], skips: Skip[]): Promise<{ readonly passed: number; readonly failed: number }> {
  let [passed, failed] = [0, 0];
  const events = run({
    files: [...files],
    concurrency: Math.max(2, availableParallelism()),
    timeout: TEST_LIMIT_MS,
    ...(flags["only-postgres"] === true ? { testNamePatterns: [/\(postgres\)/] } : {}),
  });
  events.on("test:pass", ({ name, skip, details }) => {
    if (skip !== undefined) skips.push({ title: name, reason: typeof skip === "string" ? skip : "" });
    else if (details.type !== "suite") passed++;
  });
  events.on("test:fail", ({ details }) => {
    // A parent that fails only because of its children has been counted with them.
    if ((details.error as { readonly failureType?: string }).failureType !== "subtestsFailed") failed++;
  });
  const output = events.compose(new spec());
  output.pipe(process.stdout, { end: false });
  await finished(output, { writable: false });
  return { passed, failed };
}
