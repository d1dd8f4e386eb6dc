import { z } from "zod";
import { endpoint } from "../endpoint.ts";
import { cursor, noBody, nothing, pageLimit } from "../schemas.ts";

const asked = {
  bodyKind: "none",
  body: noBody,
  bodyLimitBytes: 0,
  errors: "problem",
  answerType: "application/json",
  method: "GET",
} as const;

export const listFeeds = endpoint({
  ...asked,
  id: "listFeeds",
  path: "/api/feeds",
  title: "Feeds and their health",
  description: "Every feed that was ever synced: where from, when it was last reached, what it stated, what went wrong.",
  access: "anyone",
  params: nothing,
  query: nothing,
  answer: z.object({
    feeds: z.array(
      z.object({
        feed: z.string(),
        ecosystem: z.string().describe("Empty for a feed that is not of one ecosystem (KEV)"),
        location: z.string(),
        state: z.enum(["current", "partial", "failed", "running"]),
        records: z.number().int(),
        problems: z.number().int(),
        statedAtMs: z.number().optional(),
        lastTriedAtMs: z.number().optional(),
        lastSuccessAtMs: z.number().optional(),
        lastFullAtMs: z.number().optional().describe("Last full reconciliation with the archive"),
        lastError: z.string().optional(),
        includesMalware: z.boolean(),
        scheduled: z.boolean(),
      }),
    ),
  }),
});

export const listProblems = endpoint({
  ...asked,
  id: "listProblems",
  path: "/api/feeds/problems",
  title: "Records kept aside",
  description: "Each with its place and reason; what was readable before stays in force.",
  access: "anyone",
  params: nothing,
  query: z.object({ ecosystem: z.string().max(100).optional(), after: cursor, limit: pageLimit }),
  answer: z.object({
    rows: z.array(
      z.object({ feed: z.string(), ecosystem: z.string(), id: z.string(), place: z.string(), reason: z.string(), seenAtMs: z.number() }),
    ),
    next: z.string().optional(),
  }),
});

/** Progress of one sync, as the server last wrote it down. */
export const syncStateSchema = z.object({
  sync: z.string(),
  feed: z.string(),
  ecosystem: z.string(),
  phase: z.enum(["waiting", "estimating", "taking", "taken", "grouping", "building", "done", "failed", "cancelled"]),
  takenBytes: z.number(),
  totalBytes: z.number().optional(),
  totalRecords: z.number().int().optional(),
  records: z.number().int().describe("Read so far"),
  changed: z.number().int(),
  unchanged: z.number().int(),
  problems: z.number().int(),
  error: z.string().optional(),
  startedAtMs: z.number(),
  takenAtMs: z
    .number()
    .optional()
    .describe("When its records were in: it answers with them once it is done, together with the syncs behind it"),
  endedAtMs: z.number().optional(),
});
export type SyncState = z.infer<typeof syncStateSchema>;

export const startSync = endpoint({
  id: "startSync",
  method: "POST",
  path: "/api/syncs",
  title: "Take a feed",
  description: "Starts one, or joins the one that is running for the same feed and ecosystem.",
  access: "local-door",
  errors: "problem",
  params: nothing,
  query: nothing,
  bodyKind: "json",
  body: z.object({
    feed: z.enum(["osv", "kev"]),
    ecosystem: z.string().max(100).default("").describe("Needed for osv"),
    from: z
      .string()
      .max(2000)
      .optional()
      .describe("https URL, directory or zip; absent = where it was last taken from, else the public feed"),
    statedAt: z.string().max(40).optional().describe("For a directory or zip: when its state was stated"),
    malware: z.boolean().optional().describe("Take MAL- records too; absent = as last chosen, at first no"),
    full: z.boolean().default(false).describe("Reconcile with the whole archive"),
  }),
  bodyLimitBytes: 64 * 1024,
  answerType: "application/json",
  answer: syncStateSchema,
});

export const readSync = endpoint({
  ...asked,
  id: "readSync",
  path: "/api/syncs/{sync}",
  title: "Progress of a sync",
  description: "`waitMs` holds the answer until something changed, at most 20 seconds.",
  access: "local-door",
  params: z.object({ sync: z.string().max(100) }),
  query: z.object({
    waitMs: z.coerce.number().int().min(0).max(20_000).default(0),
    seen: z.coerce.number().int().min(0).default(0).describe("Records already seen"),
  }),
  answer: syncStateSchema,
});

export const cancelSync = endpoint({
  ...asked,
  method: "POST",
  id: "cancelSync",
  path: "/api/syncs/{sync}/cancel",
  title: "Stop a sync",
  description: "What was taken stays; the next sync goes on from there.",
  access: "local-door",
  params: z.object({ sync: z.string().max(100) }),
  query: nothing,
  answer: syncStateSchema,
});

export const estimateSync = endpoint({
  id: "estimateSync",
  method: "POST",
  path: "/api/syncs/estimate",
  title: "What a sync would take",
  description: "Size, records and free disk before anything is taken.",
  access: "local-door",
  errors: "problem",
  params: nothing,
  query: nothing,
  bodyKind: "json",
  body: z.object({ feed: z.enum(["osv", "kev"]), ecosystem: z.string().max(100).default(""), from: z.string().max(2000).optional() }),
  bodyLimitBytes: 64 * 1024,
  answerType: "application/json",
  answer: z.object({
    location: z.string(),
    bytes: z.number().optional(),
    records: z.number().optional(),
    seconds: z.number().optional(),
    diskFreeBytes: z.number(),
    diskNeededBytes: z.number().optional(),
  }),
});

export const writeBackup = endpoint({
  id: "writeBackup",
  method: "POST",
  path: "/api/backups",
  title: "Write a backup",
  description:
    "One file with every table, and the sealed files that belong to its rows as they lie on disk; readable by `sluice restore` on either database. No key is in it.",
  access: "local-door",
  errors: "problem",
  params: nothing,
  query: nothing,
  bodyKind: "json",
  body: z.object({ file: z.string().max(4000).describe("Absolute path on the server's machine; must not exist") }),
  bodyLimitBytes: 64 * 1024,
  answerType: "application/json",
  answer: z.object({
    file: z.string(),
    bytes: z.number(),
    rows: z.number().int(),
    files: z.number().int().describe("Sealed files of draft advisories"),
    missing: z
      .array(z.object({ advisory: z.string(), name: z.string() }))
      .describe("Files that rows name and that are not on disk: removed while the backup was written, or lost"),
    sha256: z.string(),
  }),
});

export const writeOsvDirectory = endpoint({
  id: "writeOsvDirectory",
  method: "POST",
  path: "/api/osv-directories",
  title: "Write osv-scanner's offline database",
  description: "An archive of the records of each ecosystem that was taken from the public feed, where osv-scanner looks for it.",
  access: "local-door",
  errors: "problem",
  params: nothing,
  query: nothing,
  bodyKind: "json",
  body: z.object({ directory: z.string().min(1).max(4000).describe("Absolute path on the server's machine; made when it is not there") }),
  bodyLimitBytes: 64 * 1024,
  answerType: "application/json",
  answer: z.object({
    ecosystems: z.array(
      z.object({
        ecosystem: z.string(),
        records: z.number().int(),
        bytes: z.number(),
        statedAtMs: z.number().optional(),
        includesMalware: z.boolean(),
      }),
    ),
    leftOut: z
      .array(z.object({ ecosystem: z.string(), reason: z.string() }))
      .describe("Not written: their records would speak for what is not there"),
    untouched: z.array(z.string()).describe("Ecosystems whose archives stood there before: what they say is of another time"),
  }),
});

export const feedEndpoints = [
  listFeeds,
  listProblems,
  startSync,
  readSync,
  cancelSync,
  estimateSync,
  writeBackup,
  writeOsvDirectory,
] as const;
