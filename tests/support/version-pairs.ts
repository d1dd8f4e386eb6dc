import { encodeVersion } from "../../src/matching/versions/encode-version.ts";
import { compareKeys } from "../../src/matching/versions/key-writer.ts";
import type { VersionScheme } from "../../src/matching/versions/version-scheme.ts";
import type { SeededRandom } from "./seeded-random.ts";

/** Those that the scheme reads, in its order, which a fuzz is about: where it is wrong, neighbours are too. */
export function inOrder(versions: readonly string[], scheme: VersionScheme): readonly string[] {
  return versions
    .flatMap((version) => {
      const key = encodeVersion(version, scheme);
      return key instanceof Uint8Array ? [{ version, key }] : [];
    })
    .toSorted((a, b) => compareKeys(a.key, b.key))
    .map(({ version }) => version);
}

export type Variation = (random: SeededRandom, version: string) => string;

/** One of the pool with its neighbour, one near it, any other, itself in another spelling, or itself with a character changed. */
export function pickPair(
  random: SeededRandom,
  pool: readonly string[],
  { respelled, altered }: { readonly respelled: Variation; readonly altered: Variation },
): readonly [string, string] {
  const at = random.below(pool.length);
  const a = pool[at] ?? "0";
  const kind = random.below(5);
  if (kind === 0) return [a, pool[at + 1] ?? a];
  if (kind === 1) return [a, pool[Math.max(0, at - 8 + random.below(17))] ?? a];
  if (kind === 2) return [a, random.pick(pool)];
  return [a, kind === 3 ? respelled(random, a) : altered(random, a)];
}
