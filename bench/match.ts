import { join } from "node:path";
import { Range, satisfies } from "semver";
import { ecosystemOf } from "../src/matching/ecosystems/ecosystem-of.ts";
import { createMatcher, type Matcher } from "../src/matching/match.ts";
import type { Snapshot } from "../src/matching/snapshot/snapshot.ts";
import { readSnapshotFile } from "../src/server/snapshot-file.ts";
import { type BenchLine, besidePeer, withinLimit } from "./bench-line.ts";
import { quarterMillionLines, quarterMillionSnapshot } from "./fixtures.ts";
import { installPeers } from "./peers/install-peers.ts";
import { openOsvOffline } from "./peers/osv-offline.ts";
import type { Bench } from "./question.ts";
import { elapsedMs, median, medians } from "./rounds.ts";
import { syntheticComponents, type SyntheticComponent } from "./synthetic/inventories.ts";
import { QUARTER_MILLION } from "./synthetic/osv-records.ts";

const SLICE = 1000;
/** osv-offline reads and parses each record again: on all of them it would take minutes. */
const PEER_COMPONENTS = 2000;

export async function measure(bench: Bench): Promise<readonly BenchLine[]> {
  await installPeers();
  process.env["OSV_OFFLINE_ROOT_DIR"] = await quarterMillionLines(bench);
  const { snapshot } = await readSnapshotFile(join(await quarterMillionSnapshot(bench), "snapshot", "current.sluice"));
  const match = createMatcher(snapshot, ecosystemOf);
  const components = syntheticComponents(100_000, QUARTER_MILLION.packages);
  const ranges = rangesByName(snapshot);
  expectSameAnswers(snapshot, match, ranges, components.slice(0, PEER_COMPONENTS));
  const offline = await openOsvOffline();
  bench.say("osv-offline-db builds its index");
  await offline.query("npm", "a");

  const slices = Array.from({ length: components.length / SLICE }, (_, index) => components.slice(index * SLICE, (index + 1) * SLICE));
  const perComponent = async (work: (slice: readonly SyntheticComponent[]) => unknown, some = slices): Promise<number> => {
    const figures: number[] = [];
    for (const slice of some) figures.push(((await elapsedMs(() => work(slice))) / slice.length) * 1000);
    return median(figures);
  };
  const figures = await medians(5, {
    whole: () => elapsedMs(() => matchAll(match, components)),
    ours: () => perComponent((slice) => matchAll(match, slice)),
    semver: () => perComponent((slice) => hitsBySemver(ranges, slice)),
    offline: () =>
      perComponent(
        async (slice) => {
          for (const { name } of slice) await offline.query("npm", name);
        },
        slices.slice(0, PEER_COMPONENTS / SLICE),
      ),
  });
  offline[Symbol.dispose]();
  const one = "match: one component, in process, 250,000 advisories";
  return [
    withinLimit(one, figures.ours, 10, "µs"),
    besidePeer(one, figures.ours, "µs", { name: "npm semver, same candidates", value: figures.semver }),
    besidePeer(one, figures.ours, "µs", { name: "osv-offline-db, names only", value: figures.offline }),
    withinLimit("match: 100,000 components, in process, 250,000 advisories", figures.whole, 150, "ms"),
  ];
}

function matchAll(match: Matcher, components: readonly SyntheticComponent[]): number {
  let hits = 0;
  for (const component of components) hits += match(component).hits.length;
  return hits;
}

type RangesByName = ReadonlyMap<string, readonly { readonly advisory: number; readonly range: Range }[]>;

/** As a client would keep them for npm's own library: parsed once, found by name. */
function rangesByName(snapshot: Snapshot): RangesByName {
  const ranges = new Map<string, { readonly advisory: number; readonly range: Range }[]>();
  for (let index = 0; index < snapshot.packageCount; index++) {
    const own = snapshot.rowsOf(index).map((number) => {
      const { advisory, loText, hiText, hiKind } = snapshot.row(number);
      const upper = hiText === undefined ? "" : hiKind === "last_affected" ? ` <=${hiText}` : ` <${hiText}`;
      return { advisory, range: new Range(`>=${loText === "0" ? "0.0.0-0" : loText}${upper}`, { includePrerelease: true }) };
    });
    ranges.set(snapshot.packageName(index), own);
  }
  return ranges;
}

function hitsBySemver(ranges: RangesByName, components: readonly SyntheticComponent[]): number {
  let hits = 0;
  for (const { name, version } of components) {
    for (const { range } of ranges.get(name) ?? []) if (satisfies(version, range, { includePrerelease: true })) hits++;
  }
  return hits;
}

/** Two that answer differently must not be compared. */
function expectSameAnswers(snapshot: Snapshot, match: Matcher, ranges: RangesByName, components: readonly SyntheticComponent[]): void {
  for (const component of components) {
    const candidates = ranges.get(component.name) ?? [];
    const theirs = new Set(
      candidates.filter(({ range }) => satisfies(component.version, range, { includePrerelease: true })).map(({ advisory }) => advisory),
    );
    const ours = new Set(match(component).hits.map((hit) => hit.advisory));
    const differing = [...ours.symmetricDifference(theirs)].map((advisory) => snapshot.advisoryId(advisory));
    if (differing.length > 0)
      throw new Error(
        `expected the answers of npm semver for ${component.name} ${component.version}, but they differ in ${differing.join(", ")}`,
      );
  }
}
