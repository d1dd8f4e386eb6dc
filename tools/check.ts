import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { packageRoot } from "../src/server/package-root.ts";
import type { TestCounts } from "./run-tests.ts";

/**
 * node tools/check.ts [--after-tests]
 *
 * Everything a change must pass, one step after the other; ends with the count of all tests. --after-tests goes on from a run of
 * `npm test` that has just passed: of the suite it runs only what needs PostgreSQL, and its count goes into the total.
 */
const { values: flags } = parseArgs({ options: { "after-tests": { type: "boolean" } } });
const afterTests = flags["after-tests"] === true;

type Step = { readonly name: string; readonly command: readonly string[]; readonly countsTests?: boolean };

const NEEDS_POSTGRES = "DATABASE_URL is not set";
const node = process.execPath;
const onPostgres = [node, "tools/with-postgres.ts", node, "tools/run-tests.ts"];

const steps: readonly Step[] = [
  { name: "generated files", command: [node, "tools/generate.ts", "--check"] },
  { name: "compile", command: [node, binOf("typescript", "tsc"), "-b"] },
  { name: "lint", command: [node, binOf("oxlint", "oxlint"), "--deny-warnings", "."] },
  { name: "walls", command: [node, "tools/check-walls.ts"] },
  { name: "format", command: [node, binOf("oxfmt", "oxfmt"), "--check"] },
  {
    name: afterTests ? "tests on PostgreSQL" : "tests on both databases",
    command: [...onPostgres, ...(afterTests ? ["--skipped-for", NEEDS_POSTGRES] : [])],
    countsTests: true,
  },
  { name: "pages in a browser", command: [node, "tools/run-tests.ts", "--browser"], countsTests: true },
  { name: "outside clients", command: [node, "tools/run-tests.ts", "--clients"], countsTests: true },
];

process.chdir(packageRoot);
const total = { passed: 0, failed: 0, skipped: 0 };
if (afterTests) addCounts(NEEDS_POSTGRES);
const failures: string[] = [];
const times: string[] = [];
for (const step of steps) {
  console.log(`\n== ${step.name}`);
  const startedMs = performance.now();
  const code = await run(step.command);
  times.push(
    `${step.name.padEnd(24)} ${((performance.now() - startedMs) / 1000).toFixed(1).padStart(7)} s${code === 0 ? "" : "   FAILED"}`,
  );
  if (code !== 0) failures.push(step.name);
  if (step.countsTests === true) addCounts();
}
console.log(`\n${times.join("\n")}`);
if (failures.length > 0) console.log(`failed: ${failures.join(", ")}`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = failures.length === 0 && total.failed === 0 ? 0 : 1;

function run([program = node, ...args]: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: "inherit" });
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });
}

/** Adds the last run's count; what it skipped for `runLater` is run by a later step. */
function addCounts(runLater?: string): void {
  const counts = JSON.parse(readFileSync(join("build", "test-counts.json"), "utf8")) as TestCounts;
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped - counts.skips.filter(({ reason }) => reason === runLater).length;
}

/** A program of a package by its package.json: what `npx` would run, without asking npm. */
function binOf(packageName: string, program: string): string {
  const folder = join(packageRoot, "node_modules", packageName);
  const { bin } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    readonly bin: string | Readonly<Record<string, string>>;
  };
  const path = typeof bin === "string" ? bin : bin[program];
  if (path === undefined) throw new Error(`${packageName} has no program ${program}`);
  return join(folder, path);
}
