import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";

/** The one reason that `tests/allowed-skips.json` has for every ecosystem's tool, so that a new one adds no line there. */
export const NOT_INSTALLED = "the ecosystem's own tool is not installed";

/** Why a test that asks `program` is skipped; false where the program is installed. */
export function skipWithout(program: string, versionFlag = "--version"): string | false {
  const { status } = spawnSync(program, [versionFlag], { stdio: "ignore" });
  return status === 0 ? false : NOT_INSTALLED;
}

/** One process for all questions: each is a line on its standard input, and each has its answer as one line on its standard output. */
export function askTool(program: string, args: readonly string[], questions: readonly string[]): readonly string[] {
  for (const question of questions) assert.ok(!/[\r\n]/.test(question), `a question is one line: ${JSON.stringify(question)}`);
  const { status, error, stdout, stderr } = spawnSync(program, args, {
    input: questions.map((question) => `${question}\n`).join(""),
    encoding: "utf8",
    maxBuffer: 256 * 1024 * 1024,
  });
  assert.equal(status, 0, error === undefined ? `${program} failed: ${stderr}` : `${program} did not run: ${error.message}`);
  const answers = stdout.replaceAll("\r\n", "\n").split("\n").slice(0, -1);
  assert.equal(answers.length, questions.length, `${program} answered ${answers.length} of ${questions.length} questions: ${stderr}`);
  return answers;
}
