import type { CompiledAdvisory } from "./compile-advisory.ts";

/** A record about to be written: as received, and what was made of it. */
export type AdvisoryToWrite = { readonly compiled: CompiledAdvisory; readonly body: string; readonly hash: string };

/** A batch as the statements that write it take it: a JSON list for each table. */
export type AdvisoryRows = {
  readonly ids: readonly string[];
  /** True when none of them was held when that was last asked. */
  readonly areNew: boolean;
  readonly facts: string;
  readonly relations: string;
  readonly packages: string;
  readonly intervals: string;
  readonly severities: string;
  readonly patches: string;
};

export function advisoryRows(batch: readonly AdvisoryToWrite[], areNew: boolean): AdvisoryRows {
  const all = batch.map(({ compiled }) => compiled);
  return {
    ids: all.map(({ advisory }) => advisory.id),
    areNew,
    facts: JSON.stringify(batch.map(factsOf)),
    relations: JSON.stringify(all.flatMap(relationsOf)),
    packages: JSON.stringify(all.flatMap(packagesOf)),
    intervals: JSON.stringify(all.flatMap(intervalsOf)),
    severities: JSON.stringify(all.flatMap(severitiesOf)),
    patches: JSON.stringify(all.flatMap(patchesOf)),
  };
}

function factsOf({ compiled, body, hash }: AdvisoryToWrite): object {
  const { advisory } = compiled;
  return {
    id: advisory.id,
    kind: advisory.kind,
    title: advisory.summary,
    modified: advisory.modified,
    published: advisory.published ?? null,
    withdrawn: advisory.withdrawn ?? null,
    license: advisory.license ?? null,
    score: compiled.score ?? null,
    vector: compiled.vector,
    weaknesses: advisory.weaknesses,
    has_patch: compiled.patches.length > 0,
    hash,
    body,
  };
}

function relationsOf({ advisory }: CompiledAdvisory): readonly object[] {
  const { id } = advisory;
  const to = (kind: string, others: readonly string[]): readonly object[] =>
    [...new Set(others)].filter((other) => other !== id).map((other) => ({ a: id, k: kind, o: other }));
  return [...to("alias", advisory.aliases), ...to("upstream", advisory.upstream), ...to("related", advisory.related)];
}

function packagesOf({ advisory, packages }: CompiledAdvisory): readonly object[] {
  return packages.map(({ ecosystem, name, scheme, compiled }) => ({
    a: advisory.id,
    e: ecosystem,
    n: name,
    s: scheme ?? null,
    t: compiled.texts,
    sa: compiled.setAside.map(({ reason }) => reason),
    em: compiled.empty,
  }));
}

function intervalsOf({ advisory, packages }: CompiledAdvisory): readonly object[] {
  return packages.flatMap(({ ecosystem, name, compiled }) =>
    compiled.intervals.map(({ lo, hi, loText, hiText, hiKind }) => ({
      a: advisory.id,
      e: ecosystem,
      n: name,
      lo: toHex(lo),
      hi: toHex(hi),
      lt: loText,
      ht: hiText ?? null,
      k: hiKind,
    })),
  );
}

function severitiesOf({ advisory, severities }: CompiledAdvisory): readonly object[] {
  return severities.map(({ type, vector, score, package: named }, ordinal) => ({
    a: advisory.id,
    o: ordinal,
    t: type,
    v: vector,
    s: score ?? null,
    e: named?.ecosystem ?? null,
    n: named?.name ?? null,
  }));
}

function patchesOf({ advisory, patches }: CompiledAdvisory): readonly object[] {
  return patches.map(({ kind, value, package: named }, ordinal) => ({
    a: advisory.id,
    o: ordinal,
    k: kind,
    v: value,
    e: named?.ecosystem ?? null,
    n: named?.name ?? null,
  }));
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}
