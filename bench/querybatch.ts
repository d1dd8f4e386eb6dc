import { type BenchLine, withinLimit } from "./bench-line.ts";
import { quarterMillionInstallation } from "./fixtures.ts";
import type { Bench } from "./question.ts";
import { elapsedMs, medians } from "./rounds.ts";
import { startServer } from "./running-server.ts";
import { syntheticComponents } from "./synthetic/inventories.ts";
import { QUARTER_MILLION } from "./synthetic/osv-records.ts";

const QUERIES = 1000;

/** A client on the same machine, one connection kept open. */
export async function measure(bench: Bench): Promise<readonly BenchLine[]> {
  const server = await startServer(await quarterMillionInstallation(bench));
  try {
    const queries = syntheticComponents(QUERIES, QUARTER_MILLION.packages).map(({ ecosystem, name, version }) => ({
      package: { ecosystem, name },
      version,
    }));
    const body = JSON.stringify({ queries });
    const { results } = JSON.parse(await server.post("/v1/querybatch", body)) as {
      readonly results: readonly { readonly vulns?: readonly unknown[] }[];
    };
    const found = results.filter(({ vulns }) => vulns !== undefined).length;
    if (results.length !== QUERIES || found === 0)
      throw new Error(`expected ${QUERIES} results and some with advisories, got ${results.length} and ${found}`);
    const { ours } = await medians(30, { ours: () => elapsedMs(() => server.post("/v1/querybatch", body)) });
    return [withinLimit("querybatch: 1,000 queries over HTTP, 250,000 advisories", ours, 50, "ms")];
  } finally {
    await server.stop();
  }
}
