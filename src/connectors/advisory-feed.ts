/** One record as the outside system has it: bytes, never parsed here. */
export type FeedRecord = {
  /** The name under which the source lists it: its file name without extension. */
  readonly id: string;
  readonly bytes: Uint8Array;
  /** For problems: `npm/all.zip!GHSA-1.json`. */
  readonly place: string;
};

/** A line of the source's list of changes. */
export type FeedEntry = { readonly id: string; readonly modified: string };

/** What is to be taken, before it is: shown before a large download. */
export type FeedEstimate = { readonly bytes: number | undefined; readonly records: number | undefined };

/** A problem met by the connector itself: an archive entry that cannot be read, a list line without an id. */
export type FeedProblem = { readonly id: string | undefined; readonly place: string; readonly reason: string };

/** One public feed of advisories, opened at one place (https URL, directory or zip), for one ecosystem. */
export type AdvisoryFeed = {
  /** For people: the place without credentials. */
  readonly location: string;
  /** When the source last stated its complete state (Last-Modified of its list); undefined = it does not say. */
  readonly statedAtMs: (signal: AbortSignal) => Promise<number | undefined>;
  readonly estimate: (signal: AbortSignal) => Promise<FeedEstimate>;
  /** Every entry of the list of changes, newest first as text; undefined when the source has no list (a lone zip). Lines that cannot be used go to `onProblem`. */
  readonly changes: (signal: AbortSignal, onProblem?: (problem: FeedProblem) => void) => Promise<AsyncIterable<FeedEntry> | undefined>;
  /** One record; undefined when the source no longer has it. @throws CodedError `feed-invalid` when this one cannot be read, while others may be. */
  readonly record: (id: string, signal: AbortSignal) => Promise<FeedRecord | undefined>;
  /** Every record of the archive, in the archive's order, in bounded memory. */
  readonly archive: (options: ArchiveOptions) => AsyncIterable<FeedRecord>;
  readonly close: () => Promise<void>;
};

export type ArchiveOptions = {
  readonly signal: AbortSignal;
  readonly onProblem: (problem: FeedProblem) => void;
  /** Bytes taken so far of the total, when known. */
  readonly onProgress: (taken: number, total: number | undefined) => void;
  /** The number of records in the archive, as soon as it is known: for a URL, once the archive has been taken. */
  readonly onCount?: (records: number) => void;
  /** Tells entries that need not be read (already held and unchanged); undefined = read all. */
  readonly wants?: (id: string) => boolean;
};
