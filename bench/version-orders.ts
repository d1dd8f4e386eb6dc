import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compare as compareSemver, valid as validSemver } from "semver";
import { zipEntries } from "../tests/support/zip-entries.ts";
import { readOsvRecord } from "../src/formats/osv/osv.ts";
import { parseOrderStatement } from "../src/matching/versions/order-statement.ts";
import { allEcosystems, baseEcosystemName } from "../src/matching/ecosystems/ecosystem-of.ts";
import type { Ecosystem } from "../src/matching/ecosystems/ecosystem.ts";
import { encodeVersion } from "../src/matching/versions/encode-version.ts";
import { compareKeys } from "../src/matching/versions/key-writer.ts";
import type { VersionScheme } from "../src/matching/versions/version-scheme.ts";
import { type BenchLine, besidePeer } from "./bench-line.ts";
import { installPeers } from "./peers/install-peers.ts";
import { loadVersionPeers, type VersionPeer } from "./peers/version-peers.ts";
import type { Bench } from "./question.ts";
import { elapsedMs, medians } from "./rounds.ts";

/** As many as the ecosystem with most packages has versions in one record. */
const MOST_VERSIONS = 5000;
/** Fewer than these say nothing. */
const FEWEST_VERSIONS = 50;
const ROUNDS = 7;

/**
 * Sorts versions that are given as text, and compares them two by two, in every order that Sluice knows, beside the ecosystem's JavaScript library where
 * there is one. The versions are those of the ecosystem's records in SLUICE_FEEDS, else those of its own testdata.
 */
export async function measure(bench: Bench): Promise<readonly BenchLine[]> {
  await installPeers();
  const peers: Readonly<Record<string, VersionPeer>> = {
    npm: { name: "semver", isVersion: (text) => validSemver(text) !== null, compare: compareSemver },
    ...(await loadVersionPeers()),
  };
  const lines: BenchLine[] = [];
  const measured = new Set<string>();
  for (const ecosystem of allEcosystems) {
    if (measured.has(ecosystem.scheme.id)) continue;
    measured.add(ecosystem.scheme.id);
    const peer = peers[ecosystem.id];
    const { versions, source } = await versionsOf(ecosystem, peer);
    bench.say(`${ecosystem.scheme.id}: ${versions.length} versions of ${source}`);
    lines.push(...(await measureOrder(ecosystem, versions, peer)));
  }
  return lines;
}

async function measureOrder(
  { id, scheme }: Ecosystem,
  versions: readonly string[],
  peer: VersionPeer | undefined,
): Promise<readonly BenchLine[]> {
  const keys = versions.map((version) => keyOf(version, scheme));
  const pairs = versions.length - 1;
  const perMs = (count: number, ms: number): number => (ms / count) * 1000;
  const figures = await medians(ROUNDS, {
    encode: async () => perMs(versions.length, await elapsedMs(() => versions.forEach((version) => keyOf(version, scheme)))),
    split: async () =>
      perMs(versions.length, await elapsedMs(() => versions.reduce((parts, version) => parts + version.split(".").length, 0))),
    keys: async () => perMs(pairs, await elapsedMs(() => countRises(keys, compareKeys))),
    peer: async () => (peer === undefined ? 0 : perMs(pairs, await elapsedMs(() => countRises(versions, peer.compare)))),
    sort: async () => perMs(versions.length, await elapsedMs(() => versions.map((version) => keyOf(version, scheme)).sort(compareKeys))),
    peerSort: async () => perMs(versions.length, await elapsedMs(() => versions.toSorted(peer?.compare))),
  });
  const name = `version-orders: ${id}`;
  return [
    besidePeer(`${name}, one key from text`, figures.encode, "µs", { name: "splitting it at its dots", value: figures.split }),
    besidePeer(`${name}, comparing two keys`, figures.keys, "µs", {
      name: peer === undefined ? "making one" : `${peer.name}, two texts`,
      value: peer === undefined ? figures.encode : figures.peer,
    }),
    besidePeer(`${name}, sorting, each of ${versions.length}`, figures.sort, "µs", {
      name: peer?.name ?? "sorting as text, a wrong order",
      value: figures.peerSort,
    }),
  ];
}

function countRises<T>(values: readonly T[], compare: (a: T, b: T) => number): number {
  let rises = 0;
  for (let index = 1; index < values.length; index++) if (compare(values[index - 1] as T, values[index] as T) < 0) rises++;
  return rises;
}

function keyOf(version: string, scheme: VersionScheme): Uint8Array {
  const key = encodeVersion(version, scheme);
  if (key instanceof Uint8Array) return key;
  throw new Error(`${scheme.id}: ${version} has no key: ${key.reason}`);
}

/** Versions that both can read. */
async function versionsOf(
  ecosystem: Ecosystem,
  peer: VersionPeer | undefined,
): Promise<{ readonly versions: readonly string[]; readonly source: string }> {
  const isUsable = (version: string): boolean =>
    encodeVersion(version, ecosystem.scheme) instanceof Uint8Array && (peer === undefined || peer.isVersion(version));
  const feeds = process.env["SLUICE_FEEDS"];
  const archive = join(feeds ?? "", "osv", ecosystem.id, "all.zip");
  if (feeds !== undefined && existsSync(archive)) {
    const versions = (await publishedVersions(archive, ecosystem)).filter(isUsable);
    if (versions.length >= FEWEST_VERSIONS) return { versions: versions.slice(0, MOST_VERSIONS), source: "the feed" };
  }
  return { versions: statedVersions(ecosystem).filter(isUsable), source: "the testdata" };
}

/** Every bound and listed version of the ecosystem's records, each once, in a mixed order that is the same in every run. */
async function publishedVersions(archive: string, ecosystem: Ecosystem): Promise<readonly string[]> {
  const found = new Set<string>();
  for await (const { name, bytes } of zipEntries(archive)) {
    for (const affected of readOsvRecord(bytes, name).affected) {
      if (affected.package === undefined || baseEcosystemName(affected.package.ecosystem) !== ecosystem.id) continue;
      for (const { type, events } of affected.ranges) if (type !== "GIT") for (const { version } of events) found.add(version);
      for (const version of affected.versions) found.add(version);
    }
  }
  return mixed([...found]);
}

/** The words of the ecosystem's own orderings, each in many spellings of its own numbers. */
function statedVersions({ id }: Ecosystem): readonly string[] {
  const folder = new URL(`../src/matching/ecosystems/${id.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}/`, import.meta.url);
  const stated = readFileSync(new URL("testdata/orderings.txt", folder), "utf8").split("\n").map(parseOrderStatement);
  const words = stated.flatMap((statement) => (statement === undefined || statement === "nothing" ? [] : [statement.a, statement.b]));
  return mixed([
    ...new Set(
      Array.from({ length: 50 }, (_, step) => words.map((word) => word.replaceAll(/\d+/g, (digits) => `${Number(digits) + step}`))).flat(),
    ),
  ]);
}

/** Coprime steps through the list: neighbours come apart. */
function mixed(versions: readonly string[]): readonly string[] {
  const step = 7919;
  return versions.map((_, index) => versions[(index * step) % versions.length] ?? "");
}
