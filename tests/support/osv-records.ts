import type { BucketRecord } from "../feed-server/bucket-objects.ts";

/** A plain record: `name` is affected from the start and fixed in `fixed`. */
export function osvRecord(id: string, name: string, fixed: string, more: Readonly<Record<string, unknown>> = {}): BucketRecord {
  return {
    schema_version: "1.7.0",
    id,
    modified: "2026-11-01T00:00:00Z",
    summary: `${name} is affected`,
    affected: [{ package: { ecosystem: "npm", name }, ranges: [{ type: "SEMVER", events: [{ introduced: "0" }, { fixed }] }] }],
    ...more,
  } as BucketRecord;
}

/** `count` records over a third as many packages, two of three with an alias that joins them in pairs; the same for the same count. */
export function manyRecords(count: number): readonly BucketRecord[] {
  return Array.from({ length: count }, (_, index) => {
    const id = `GHSA-${String(index).padStart(4, "0")}-test-${String(index % 97).padStart(4, "0")}`;
    const aliases = index % 3 === 0 ? [] : [`CVE-2026-${10_000 + Math.floor(index / 3)}`];
    const modified = new Date(Date.UTC(2026, 0, 1) + index * 60_000).toISOString();
    return osvRecord(id, `package-${index % Math.ceil(count / 3)}`, `${1 + (index % 7)}.${index % 11}.0`, {
      aliases,
      modified,
      details: "x".repeat(800),
    });
  });
}
