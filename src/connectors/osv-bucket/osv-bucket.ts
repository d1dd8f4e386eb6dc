import { CodedError } from "../../vocabulary/coded-error.ts";
import type { AdvisoryFeed } from "../advisory-feed.ts";
import type { Connector } from "../connector.ts";
import type { OutgoingOptions } from "../outgoing/outgoing.ts";
import { parsePlace } from "../place.ts";
import { ZIP_LIMITS, type ZipLimits } from "../zip/zip-records.ts";
import { openLocalBucket } from "./local-bucket.ts";
import { openRemoteBucket } from "./remote-bucket.ts";

export const osvBucket: Connector = {
  id: "osv-bucket",
  title: "Advisories in the layout of the OSV bucket: an https URL, a directory or a zip",
};

export type OsvBucketOptions = OutgoingOptions & {
  /** An http(s) URL or directory under which `ECOSYSTEM/all.zip` stands, a directory that holds `all.zip` or records itself, or one zip. */
  readonly place: string;
  /** An OSV ecosystem; a release suffix (`Debian:12`) is left off, as the bucket has none. */
  readonly ecosystem: string;
  /** An existing directory for the archive of a URL while it is read. One feed of one ecosystem at a time uses it. */
  readonly workDirectory: string;
  /** When the place last stated its complete state, told by a person; wins over what the place says. */
  readonly statedAtMs?: number | undefined;
  readonly limits?: Partial<ZipLimits>;
};

/** Opens one ecosystem of an OSV bucket. Nothing is asked of a URL yet. @throws CodedError `input-invalid`, `archive-invalid`, `archive-too-large`. */
export async function openOsvBucket(options: OsvBucketOptions): Promise<AdvisoryFeed> {
  const [ecosystem = ""] = options.ecosystem.split(":");
  if (ecosystem === "" || ecosystem.startsWith(".") || /[/\\\p{Cc}]/u.test(ecosystem)) {
    throw new CodedError("input-invalid", `expected an ecosystem's name, got ${JSON.stringify(options.ecosystem)}`);
  }
  const limits = { ...ZIP_LIMITS, ...options.limits };
  const place = parsePlace(options.place);
  return place.kind === "url"
    ? openRemoteBucket({ ...options, base: place.url, ecosystem, limits })
    : openLocalBucket({ ...options, place: place.path, ecosystem, limits });
}
