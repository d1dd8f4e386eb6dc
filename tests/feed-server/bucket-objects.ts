import type { Json } from "../../src/vocabulary/json.ts";
import { writeZip } from "./write-zip.ts";

/** A record as the bucket has it: at least an id and when it was last modified. */
export type BucketRecord = { readonly id: string; readonly modified: string; readonly [key: string]: Json };

/** The objects of one ecosystem, by path: its zip ordered by id, its list newest first, and each record. */
export function bucketObjects(ecosystem: string, records: readonly BucketRecord[]): Map<string, Buffer> {
  const byId = [...records].sort((a, b) => (a.id < b.id ? -1 : 1));
  const newestFirst = [...byId].sort((a, b) => (a.modified === b.modified ? 0 : a.modified > b.modified ? -1 : 1));
  const objects = new Map<string, Buffer>();
  objects.set(`${ecosystem}/all.zip`, writeZip(byId.map((record) => ({ name: `${record.id}.json`, bytes: JSON.stringify(record) }))));
  objects.set(`${ecosystem}/modified_id.csv`, Buffer.from(newestFirst.map(({ id, modified }) => `${modified},${id}\n`).join("")));
  for (const record of byId) objects.set(`${ecosystem}/${record.id}.json`, Buffer.from(JSON.stringify(record)));
  return objects;
}
