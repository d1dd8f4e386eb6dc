import type { Client } from "../../contract/client.ts";
import { estimateSync } from "../../contract/endpoints/feeds.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { counted, durationWords } from "../age-words.ts";
import { printable } from "../printable.ts";
import { megabytes } from "./sync-progress.ts";

export type SyncSource = { readonly feed: "osv" | "kev"; readonly ecosystem: string; readonly from?: string };

/**
 * Says what a sync will take before it takes anything, and returns what it will need on disk. `alreadyNeeded` is what others before it will.
 * @throws CodedError `disk-full` when it would not fit, `feed-unreachable`
 */
export async function announceSync(
  client: Client,
  name: string,
  { feed, ecosystem, from }: SyncSource,
  alreadyNeeded: number,
  write: (text: string) => void,
): Promise<number> {
  const estimate = await client(estimateSync, { body: { feed, ecosystem, ...(from === undefined ? {} : { from }) } });
  const { location, bytes, records, seconds, diskNeededBytes, diskFreeBytes } = estimate;
  const facts = [
    ...(bytes === undefined ? [] : [megabytes(bytes)]),
    ...(records === undefined ? [] : [counted(records, "record")]),
    ...(seconds === undefined ? [] : [seconds < 60 ? "less than a minute" : `about ${durationWords(seconds * 1000)}`]),
    ...(diskNeededBytes === undefined ? [] : [`about ${megabytes(diskNeededBytes)} on disk, ${megabytes(diskFreeBytes)} free`]),
  ];
  write(`${name} from ${printable(location)}${facts.length === 0 ? "" : `: ${facts.join(", ")}`}\n`);
  const needed = alreadyNeeded + (diskNeededBytes ?? 0);
  if (diskNeededBytes !== undefined && needed > diskFreeBytes) {
    throw new CodedError(
      "disk-full",
      `expected about ${megabytes(needed)} of free disk for ${name}${alreadyNeeded === 0 ? "" : " and what comes before it"}, found ${megabytes(diskFreeBytes)}. Free some, or move the data with DATA_DIR`,
    );
  }
  return diskNeededBytes ?? 0;
}
