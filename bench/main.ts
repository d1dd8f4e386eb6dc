import { availableParallelism, loadavg, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { type BenchLine, lineText } from "./bench-line.ts";
import type { Question } from "./question.ts";
import { openWorkDirectory } from "./work-directory.ts";

/**
 * npm run bench [-- NAME…] [--json] [--work DIR]
 *
 * Answers the questions of DESIGN's table of bars, each with its peer or limit measured in the same run. Exit 1 when a bar does not hold.
 * --work keeps the synthetic data (some 5 GB) in DIR, so that the next run need not make it again.
 */
const { values: flags, positionals: names } = parseArgs({
  options: { json: { type: "boolean" }, work: { type: "string" } },
  allowPositionals: true,
});

/** In the order in which they are answered: the quick ones first. */
const QUESTIONS: Readonly<Record<string, () => Promise<{ readonly measure: Question }>>> = {
  "snapshot-load": () => import("./snapshot-load.ts"),
  match: () => import("./match.ts"),
  "version-orders": () => import("./version-orders.ts"),
  scan: () => import("./scan.ts"),
  mixed: () => import("./mixed.ts"),
  import: () => import("./import.ts"),
  querybatch: () => import("./querybatch.ts"),
  "changed-advisory": () => import("./changed-advisory.ts"),
  "published-draft": () => import("./published-draft.ts"),
  memory: () => import("./memory.ts"),
  "list-pages": () => import("./list-pages.ts"),
  "confidential-lists": () => import("./confidential-lists.ts"),
  "staged-scan": () => import("./staged-scan.ts"),
  "model-gateway": () => import("./model-gateway.ts"),
};

process.exitCode = await main();

async function main(): Promise<number> {
  const unknown = names.filter((name) => !Object.hasOwn(QUESTIONS, name));
  if (unknown.length > 0) {
    console.error(`no question ${unknown.join(", ")}; there are ${Object.keys(QUESTIONS).join(", ")}`);
    return 2;
  }
  const work = openWorkDirectory(flags.work);
  const lines: BenchLine[] = [];
  say(
    `${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}, ${process.platform} ${process.arch}; load ${loadavg()[0]?.toFixed(1)}`,
  );
  try {
    for (const [name, load] of Object.entries(QUESTIONS)) {
      if (names.length > 0 && !names.includes(name)) continue;
      const { measure } = await load();
      for (const line of await measure({ work, say: (text) => say(`${name}: ${text}`) })) {
        lines.push(line);
        console.log(flags.json === true ? JSON.stringify(line) : lineText(line));
      }
    }
  } finally {
    work.close();
  }
  return lines.every(({ holds }) => holds) ? 0 : 1;
}

/** What goes on is not what was found: it never stands between the lines on standard output. */
function say(line: string): void {
  console.error(line);
}
