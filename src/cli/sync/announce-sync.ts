import type { Client } from "../../contract/client.ts";
import { estimateSync } from "../../contract/endpoints/feeds.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { counted, durationWords } from "../age-words.ts";
import { printable } from "../printable.ts";
import { megabytes } from "./sync-progress.ts";

export type SyncSource = { readonly feed: "osv" | "kev"; readonly ecosystem: string; readonly from?: string };

/** Says what a sync will take before it takes anything. @throws CodedError `disk-full` when it would not fit, `feed-unreachable` */
export async function announceSync(
  client: Client,
  name: string,
  { feed, ecosystem, from }: SyncSource,
  write: (text: string) => void,
): Promise<void> {
  const estimate = await client(estimateSync, { body: { feed, ecosystem, ...(from === undefined ? {} : { from }) } });
  const { location, bytes, records, seconds, diskNeededBytes, diskFreeBytes } = estimate;
  const facts = [
    ...(bytes === undefined ? [] : [megabytes(bytes)]),
    ...(records === undefined ? [] : [counted(records, "record")]),
    ...(seconds === undefined ? [] : [seconds < 60 ? "less than a minute" : `about ${durationWords(seconds * 1000)}`]),
    ...(diskNeededBytes === undefined ? [] : [`about ${megabytes(diskNeededBytes)} on disk, ${megabytes(diskFreeBytes)} free`]),
  ];
  write(`${name} from ${printable(location)}${facts.length === 0 ? "" : `: ${facts.join(", ")}`}\n`);
  if (diskNeededBytes !== undefined && diskNeededBytes > diskFreeBytes) {
    throw new CodedError(
      "disk-full",
      `expected about ${megabytes(diskNeededBytes)} of free disk for ${name}, found ${megabytes(diskFreeBytes)}. Free some, or move the data with DATA_DIR`,
    );
  }
}
