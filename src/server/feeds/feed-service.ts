import type { AnswerOf } from "../../contract/endpoint.ts";
import type { listFeeds, listProblems } from "../../contract/endpoints/feeds.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { Database } from "../database/database.ts";
import { type ProblemCursor, readFeedStates, readProblems } from "./feed-store.ts";

type FeedList = AnswerOf<typeof listFeeds>["feeds"];

export type FeedService = {
  readonly list: () => Promise<FeedList>;
  readonly problems: (query: {
    readonly ecosystem?: string | undefined;
    readonly after?: string | undefined;
    readonly limit: number;
  }) => Promise<AnswerOf<typeof listProblems>>;
};

export function createFeedService({
  database,
  isScheduled,
}: {
  readonly database: Database;
  readonly isScheduled: (place: string | null) => boolean;
}): FeedService {
  return {
    list: async () =>
      (await readFeedStates(database)).map((row) => ({
        feed: row.feed,
        ecosystem: row.ecosystem,
        location: row.location,
        state: row.state,
        records: row.records,
        problems: row.problems,
        includesMalware: row.includes_malware,
        scheduled: row.feed !== "sample" && isScheduled(row.place),
        ...optional("statedAtMs", row.stated_at?.getTime()),
        ...optional("lastTriedAtMs", row.last_tried_at?.getTime()),
        ...optional("lastSuccessAtMs", row.last_success_at?.getTime()),
        ...optional("lastFullAtMs", row.last_full_at?.getTime()),
        ...optional("lastError", row.last_error ?? undefined),
      })),
    problems: async ({ ecosystem, after, limit }) => {
      const rows = await readProblems(database, {
        ecosystem,
        after: after === undefined ? undefined : parseCursor(after),
        limit: limit + 1,
      });
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        rows: page.map((row) => ({
          feed: row.feed,
          ecosystem: row.ecosystem,
          id: row.record_id,
          place: row.place,
          reason: row.reason,
          seenAtMs: row.seen_at.getTime(),
        })),
        ...optional(
          "next",
          rows.length > limit && last !== undefined
            ? formatCursor({ feed: last.feed, ecosystem: last.ecosystem, record: last.record_id })
            : undefined,
        ),
      };
    },
  };
}

function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V };
}

function formatCursor({ feed, ecosystem, record }: ProblemCursor): string {
  return Buffer.from(JSON.stringify([feed, ecosystem, record])).toString("base64url");
}

function parseCursor(text: string): ProblemCursor {
  try {
    const [feed, ecosystem, record] = JSON.parse(Buffer.from(text, "base64url").toString("utf8")) as readonly unknown[];
    if (typeof feed === "string" && typeof ecosystem === "string" && typeof record === "string") return { feed, ecosystem, record };
  } catch (error) {
    throw new CodedError("input-invalid", "after: expected the `next` of a page before", { cause: error });
  }
  throw new CodedError("input-invalid", "after: expected the `next` of a page before");
}
