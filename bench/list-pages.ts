import { type BenchLine, withinLimit } from "./bench-line.ts";
import type { Bench } from "./question.ts";
import { elapsedMs, medians } from "./rounds.ts";
import { type RunningServer, startServer } from "./running-server.ts";
import { makeMillionRows, MILLION, MOST_RANK, rankedWord } from "./synthetic/million-rows.ts";

const LIMIT_MS = 200;

const COMMON = rankedWord(2);
/** Some eighty titles have it. */
const RARE = rankedWord(Math.floor(MOST_RANK ** 0.99));

/** First pages, from those that lie at hand to those that must be searched for. */
const LISTS: Readonly<Record<string, readonly string[]>> = {
  vulnerabilities: [
    "/api/vulnerabilities?limit=50",
    "/api/vulnerabilities?limit=50&ecosystem=Go",
    "/api/vulnerabilities?limit=50&package=package-7",
    "/api/vulnerabilities?limit=50&exploited=true&ecosystem=Maven",
    "/api/vulnerabilities?limit=50&hasPatch=false&cwe=CWE-79",
    "/api/vulnerabilities?limit=50&kind=malware",
    "/api/vulnerabilities?limit=50&since=2026-07-30",
    `/api/vulnerabilities?limit=50&text=${COMMON}`,
    `/api/vulnerabilities?limit=50&text=${RARE}`,
    `/api/vulnerabilities?limit=50&text=${COMMON}%20${RARE}`,
    `/api/vulnerabilities?limit=50&text=${RARE}%20${COMMON.charAt(0)}`,
    `/api/vulnerabilities?limit=50&text=${COMMON.charAt(0)}`,
    `/api/vulnerabilities?limit=50&text=${rankedWord(5)}&ecosystem=npm&exploited=true`,
    "/api/vulnerabilities?limit=50&text=nothing%20like%20this",
    "/api/vulnerabilities?limit=50&text=GHSA-e10adc3949ba59abbe56e057f20f883e",
  ],
  packages: [
    "/api/packages?limit=50",
    "/api/packages?limit=50&ecosystem=npm",
    "/api/packages?limit=50&text=package-1",
    "/api/packages?limit=50&text=none",
  ],
};

/** The slowest of the first pages of each list decides. */
export async function measure(bench: Bench): Promise<readonly BenchLine[]> {
  const server = await startServer(
    await bench.work.made("installation-million", (folder) =>
      makeMillionRows(folder, (done) => {
        if (done % 100_000 === 0) bench.say(`${done} of ${MILLION} rows`);
      }),
    ),
  );
  try {
    const lines: BenchLine[] = [];
    for (const [list, paths] of Object.entries(LISTS)) {
      const slowest = await slowestOf(server, paths, bench);
      lines.push(withinLimit(`list-pages: first page of ${list}, 1,000,000 behind it`, slowest, LIMIT_MS, "ms"));
    }
    return lines;
  } finally {
    await server.stop();
  }
}

async function slowestOf(server: RunningServer, paths: readonly string[], bench: Bench): Promise<number> {
  const figures = await medians(5, Object.fromEntries(paths.map((path) => [path, () => elapsedMs(() => server.get(path))])));
  for (const path of paths) bench.say(`${(figures[path] ?? Number.NaN).toFixed(1).padStart(8)} ms  ${path}`);
  return Math.max(...Object.values(figures));
}
