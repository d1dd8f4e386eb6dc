import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { AdvisoryFeed } from "../../connectors/advisory-feed.ts";
import { openOsvBucket } from "../../connectors/osv-bucket/osv-bucket.ts";
import type { OutgoingOptions } from "../../connectors/outgoing/outgoing.ts";
import type { Config } from "../config.ts";

export type FeedConfig = Pick<Config, "dataDirectory" | "osvFeedUrl" | "kevFeedUrl" | "allowedPrivateHosts"> & {
  /** Between tries of a source that does not answer; as a source expects it when absent. */
  readonly wait?: NonNullable<OutgoingOptions["wait"]>;
};

/** Opens an ecosystem of an OSV bucket, with a folder of its own for what is being taken. */
export async function openFeed(
  config: FeedConfig,
  ecosystem: string,
  place: string,
  statedAtMs: number | undefined,
): Promise<AdvisoryFeed> {
  const workDirectory = join(config.dataDirectory, "work");
  await mkdir(workDirectory, { recursive: true });
  return openOsvBucket({ ...outgoingOf(config), place, ecosystem, workDirectory, statedAtMs });
}

/** How a feed is asked. */
export function outgoingOf({ allowedPrivateHosts, wait }: Pick<FeedConfig, "allowedPrivateHosts" | "wait">): OutgoingOptions {
  return { allowedPrivateHosts, ...(wait === undefined ? {} : { wait }) };
}
