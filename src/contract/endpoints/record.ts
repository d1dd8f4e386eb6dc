import { z } from "zod";
import { endpoint } from "../endpoint.ts";
import { cursor, ecosystemAnswerSchema, noBody, nothing, pageLimit } from "../schemas.ts";

const asked = {
  bodyKind: "none",
  body: noBody,
  bodyLimitBytes: 0,
  access: "anyone",
  errors: "problem",
  answerType: "application/json",
  method: "GET",
} as const;
const flag = z
  .enum(["true", "false"])
  .transform((text) => text === "true")
  .optional();

const row = z.object({
  vulnerability: z.string(),
  ids: z.array(z.string()),
  title: z.string(),
  kind: z.enum(["vulnerability", "malware"]),
  exploited: z.boolean(),
  score: z.number().optional(),
  hasPatch: z.boolean(),
  withdrawn: z.boolean(),
  modifiedMs: z.number(),
  publishedMs: z.number().optional(),
  packages: z.array(z.object({ ecosystem: z.string(), name: z.string() })).describe("At most 5"),
  packageCount: z.number().int(),
});

/** Search in the record, newest change first. */
export const searchVulnerabilities = endpoint({
  ...asked,
  id: "searchVulnerabilities",
  path: "/api/vulnerabilities",
  title: "Search vulnerabilities",
  description: "Text looks in ids, titles and package names. Filters are joined by AND. Pages by key; there are no totals.",
  params: nothing,
  query: z.object({
    text: z.string().max(200).optional().describe("An id, a package, a package and a version, or words of the title"),
    ecosystem: z.string().max(100).optional(),
    package: z.string().max(300).optional(),
    cwe: z
      .string()
      .regex(/^CWE-\d{1,6}$/)
      .optional(),
    exploited: flag,
    hasPatch: flag,
    kind: z.enum(["vulnerability", "malware"]).optional(),
    since: z.iso.date().optional().describe("Changed on or after this day (UTC)"),
    withdrawn: flag.describe("Absent or false leaves them out"),
    after: cursor,
    limit: pageLimit,
  }),
  answer: z.object({ rows: z.array(row), next: z.string().optional() }),
});

const interval = z.object({
  text: z.string().describe("`[lo, hi)`, `[lo, hi]` for last_affected, `=v` for a listed version"),
  hiKind: z.enum(["fixed", "last_affected", "limit", "none", "listed"]),
  lo: z.string(),
  hi: z.string().optional(),
});

const statement = z.object({
  advisory: z.string(),
  source: z.string(),
  /** Absent = the record states none. */
  license: z.string().optional(),
  summary: z.string(),
  details: z.string().describe("Markdown as received; shown as text"),
  modified: z.string(),
  published: z.string().optional(),
  withdrawn: z.string().optional(),
  receivedAtMs: z.number(),
  hash: z.string().describe("SHA-256 of the bytes as received, hex"),
  revisions: z.number().int(),
  severities: z.array(
    z.object({
      type: z.string(),
      vector: z.string(),
      score: z.number().optional(),
      statedScore: z.number().optional(),
      mismatch: z.boolean(),
      package: z.string().optional(),
    }),
  ),
  weaknesses: z.array(z.string()),
  aliases: z.array(z.string()),
  upstream: z.array(z.string()),
  related: z.array(z.string()),
  affected: z.array(
    z.object({
      ecosystem: z.string(),
      name: z.string(),
      intervals: z.array(interval),
      listedVersions: z.number().int(),
      setAside: z.array(z.string()).describe("Ranges that cannot be compared, each with its reason"),
    }),
  ),
  references: z.array(z.object({ type: z.string(), url: z.string() })),
});

export const readVulnerability = endpoint({
  ...asked,
  id: "readVulnerability",
  path: "/api/vulnerabilities/{id}",
  title: "One vulnerability, all its sources side by side",
  description:
    "`id` may be the surrogate id or any id it goes by. An id that was merged away still answers; `vulnerability` then has the present one.",
  params: z.object({ id: z.string().min(1).max(200) }),
  query: nothing,
  answer: z.object({
    vulnerability: z.string(),
    ids: z.array(z.string()),
    title: z.string(),
    kind: z.enum(["vulnerability", "malware"]),
    exploited: z
      .object({
        since: z.string(),
        dueDate: z.string().optional(),
        ransomware: z.string().optional(),
        requiredAction: z.string().optional(),
        source: z.string(),
      })
      .optional(),
    score: z.number().optional(),
    withdrawn: z.boolean(),
    statements: z.array(statement),
    packages: z
      .array(
        z.object({
          ecosystem: z.string(),
          name: z.string(),
          bounds: z
            .array(z.string())
            .describe(
              "Every version at which a source's range begins or ends, lowest first in the ecosystem's order; what has no place in it is left out",
            ),
          outside: z
            .object({
              version: z.string(),
              isItself: z.boolean().describe("False for a last affected version: outside is above it"),
              commands: z.array(z.string()).describe("What takes a direct dependency there, as one would type it"),
            })
            .optional()
            .describe("Where every source's ranges have ended; absent while one stays open"),
        }),
      )
      .describe("Those that most sources name first"),
    patches: z.array(
      z.object({
        kind: z.enum(["fixed-version", "commit", "pull-request"]),
        value: z.string(),
        ecosystem: z.string().optional(),
        name: z.string().optional(),
        advisory: z.string(),
      }),
    ),
    disagreements: z.array(z.object({ about: z.string(), values: z.array(z.object({ advisory: z.string(), value: z.string() })) })),
    upstream: z.array(z.string()),
    related: z.array(z.string()),
    history: z.array(z.object({ atMs: z.number(), advisory: z.string(), what: z.string() })).describe("Newest first"),
  }),
});

export const readAdvisoryRevisions = endpoint({
  ...asked,
  id: "readAdvisoryRevisions",
  path: "/api/advisories/{id}/revisions",
  title: "An advisory as received, every revision",
  description: "From the first sync on. `body` is the record's text as it came.",
  params: z.object({ id: z.string().min(1).max(200) }),
  query: nothing,
  answer: z.object({
    revisions: z.array(z.object({ receivedAtMs: z.number(), hash: z.string(), modified: z.string(), body: z.string() })),
  }),
});

export const listPackages = endpoint({
  ...asked,
  id: "listPackages",
  path: "/api/packages",
  title: "Packages with advisories",
  description: "By name from `text` on, or those with most vulnerabilities first.",
  params: nothing,
  query: z.object({ ecosystem: z.string().max(100).optional(), text: z.string().max(300).optional(), after: cursor, limit: pageLimit }),
  answer: z.object({
    rows: z.array(
      z.object({
        ecosystem: z.string(),
        name: z.string(),
        vulnerabilities: z.number().int(),
        exploited: z.number().int(),
        highestScore: z.number().optional(),
        withoutPatch: z.number().int(),
        newestChangeMs: z.number().optional(),
      }),
    ),
    next: z.string().optional(),
  }),
});

export const readPackage = endpoint({
  ...asked,
  id: "readPackage",
  path: "/api/packages/{ecosystem}/{name}",
  title: "One package: what affects it, or one version of it",
  description:
    "Worst first, a page at a time; `counts` are over all of them. With `version`: each vulnerability says affected, not affected or cannot compare, with the event that decides. Slashes in the name are sent as %2F.",
  params: z.object({ ecosystem: z.string().min(1).max(100), name: z.string().min(1).max(300) }),
  query: z.object({ version: z.string().max(300).optional(), after: cursor, limit: pageLimit }),
  answer: z.object({
    ecosystem: z.string(),
    name: z.string(),
    answer: ecosystemAnswerSchema,
    releases: z
      .array(z.string())
      .describe("The releases of a distribution whose advisories are meant, when the question names none of its own"),
    /** What to mind in all of this: a release that nobody names, or that no advisory is about. */
    caution: z.string().optional(),
    version: z.string().optional(),
    counts: z
      .object({
        vulnerabilities: z.number().int(),
        exploited: z.number().int(),
        withoutPatch: z.number().int(),
        verdicts: z
          .object({
            affected: z.number().int(),
            affectedExploited: z.number().int().describe("Of these the exploited ones"),
            cannotCompare: z.number().int(),
            notAffected: z.number().int(),
          })
          .optional()
          .describe("Present when a version was asked about"),
      })
      .describe("Of all vulnerabilities in force against the package, whatever the page"),
    vulnerabilities: z
      .array(
        row.extend({
          intervals: z.array(z.string()),
          /** Present when a version was asked about. */
          verdict: z.enum(["affected", "not-affected", "cannot-compare"]).optional(),
          why: z.string().optional(),
        }),
      )
      .describe("One page: what affects the version first, then what cannot be compared with it; within each the worst first"),
    next: z.string().optional(),
    upgrade: z
      .object({
        to: z.string().optional(),
        sentence: z.string(),
        commands: z.array(z.string()).describe("As one would type them where it is a direct dependency"),
      })
      .optional(),
  }),
});

export const recordEndpoints = [searchVulnerabilities, readVulnerability, readAdvisoryRevisions, listPackages, readPackage] as const;
