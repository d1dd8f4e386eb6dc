import type { AnswerOf, QueryOf } from "../../contract/endpoint.ts";
import type {
  ExchangeRowAnswer,
  FoundExchange,
  readExchange,
  searchExchanges,
  SessionRowAnswer,
} from "../../contract/endpoints/exchanges.ts";
import { recordAudit } from "../access-review/audit-trail.ts";
import type { Database } from "../database/database.ts";
import type { Caller } from "../http/caller.ts";
import { type PageAsked, type PageOf, pageOf, readTimePosition, type TimePosition } from "../list-page.ts";
import { notFound } from "../models/refusals.ts";
import { readCursor, writeCursor } from "../page-cursor.ts";
import { answerBody, contentsAnswer, exchangeAnswer, sessionAnswer } from "./exchange-answers.ts";
import { type ExchangeRow, findExchange, readExchanges, readSessions } from "./exchange-store.ts";
import { ownGrant } from "./model-token-service.ts";
import { rawText, readableText } from "./readable-text.ts";
import type { TranscriptFiles } from "./transcript-files.ts";

/** An organisation's own exchanges with models: the database decides whose they are, before anything is opened. */
export type TranscriptService = {
  readonly sessions: (caller: Caller, grant: string, asked: PageAsked) => Promise<PageOf<SessionRowAnswer>>;
  readonly list: (
    caller: Caller,
    grant: string,
    asked: PageAsked & { readonly session?: string | undefined },
  ) => Promise<PageOf<ExchangeRowAnswer>>;
  /** @throws CodedError `not-found` */
  readonly read: (caller: Caller, exchange: string) => Promise<AnswerOf<typeof readExchange>>;
  readonly search: (caller: Caller, grant: string, asked: QueryOf<typeof searchExchanges>) => Promise<AnswerOf<typeof searchExchanges>>;
  /** JSON lines. Ends by itself after half a minute, with a line that says where to go on: an actor's signature holds for two. */
  readonly export: (
    caller: Caller,
    grant: string,
    asked: { readonly session?: string | undefined; readonly after?: string | undefined },
  ) => Promise<AsyncIterable<string>>;
};

export type TranscriptParts = {
  readonly database: Database;
  readonly files: TranscriptFiles;
  readonly clock: () => number;
  readonly limits?: Partial<TranscriptLimits>;
};

export type TranscriptLimits = {
  readonly shownBytes: number;
  readonly exportedBytes: number;
  readonly exportMs: number;
  readonly searched: number;
  readonly searchedBytes: number;
  readonly searchMs: number;
};

const LIMITS: TranscriptLimits = {
  shownBytes: 2 * 1024 * 1024,
  exportedBytes: 64 * 1024 * 1024,
  exportMs: 30_000,
  searched: 400,
  searchedBytes: 64 * 1024 * 1024,
  searchMs: 5000,
};
const ROWS_AT_ONCE = 50;
const EXCERPT_BEFORE = 80;
const EXCERPT_CHARACTERS = 240;

export function createTranscriptService({ database, files, clock, limits: given = {} }: TranscriptParts): TranscriptService {
  const limits = { ...LIMITS, ...given };
  return {
    sessions: (caller, grant, { after, limit }) =>
      database.transaction(caller.actor, async (transaction) => {
        await ownGrant(transaction, grant);
        const rows = await readSessions(transaction, grant, readSessionPosition(after), limit + 1);
        return pageOf(rows, limit, sessionAnswer, ({ last_at, session }) => [last_at.getTime(), session]);
      }),
    list: (caller, grant, { session, after, limit }) =>
      database.transaction(caller.actor, async (transaction) => {
        await ownGrant(transaction, grant);
        const asked = { grant, session, order: "newest-first", after: readTimePosition(after), limit: limit + 1 } as const;
        return pageOf(await readExchanges(transaction, asked), limit, exchangeAnswer, keyOf);
      }),
    read: async (caller, exchange) => {
      const row = await database.transaction(caller.actor, (transaction) => findExchange(transaction, exchange));
      if (row === undefined) throw notFound();
      return { ...exchangeAnswer(row), contents: contentsAnswer(await files.read(row), limits.shownBytes) };
    },
    search,
    export: async (caller, grant, { session, after }) => {
      const begin = readTimePosition(after);
      await database.transaction(caller.actor, async (transaction) => {
        await ownGrant(transaction, grant);
        const { organisation, person } = caller;
        const details = { session: session ?? null, continued: after !== undefined };
        await recordAudit(transaction, {
          organisation,
          person,
          verb: "transcript.exported",
          subject: `grant:${grant}`,
          details,
          atMs: clock(),
        });
      });
      return exportLines(caller, grant, session, begin);
    },
  };

  async function search(caller: Caller, grant: string, asked: QueryOf<typeof searchExchanges>): Promise<AnswerOf<typeof searchExchanges>> {
    const needle = asked.text.toLowerCase();
    const startedAt = performance.now();
    const rows: FoundExchange[] = [];
    let position = readTimePosition(asked.after);
    let [searched, unheld, bytes] = [0, 0, 0];
    for (;;) {
      const page = await rowsBehind(caller, { grant, session: asked.session, order: "newest-first", after: position });
      for (const row of page) {
        const read = await files.read(row);
        searched += 1;
        position = positionOf(row);
        if (read.kind === "not-held") unheld += 1;
        else {
          const { request } = read.transcript;
          const answered = answerBody(read.transcript);
          bytes += request.body.length + answered.length;
          const inRequest = excerptOf(request.body, needle);
          const inAnswer = inRequest === undefined ? excerptOf(answered, needle) : undefined;
          if (inRequest !== undefined) rows.push({ exchange: exchangeAnswer(row), where: "request", excerpt: inRequest });
          else if (inAnswer !== undefined) rows.push({ exchange: exchangeAnswer(row), where: "answer", excerpt: inAnswer });
        }
        const isEnough =
          rows.length >= asked.limit ||
          searched >= limits.searched ||
          bytes >= limits.searchedBytes ||
          performance.now() - startedAt >= limits.searchMs;
        if (isEnough) return { rows, searched, unheld, next: writeCursor(keyOf(row)) };
      }
      if (page.length < ROWS_AT_ONCE) return { rows, searched, unheld };
    }
  }

  async function* exportLines(
    caller: Caller,
    grant: string,
    session: string | undefined,
    begin: TimePosition | undefined,
  ): AsyncGenerator<string, void> {
    const startedAt = performance.now();
    let position = begin;
    let lines = 0;
    for (;;) {
      const page = await rowsBehind(caller, { grant, session, order: "oldest-first", after: position });
      for (const row of page) {
        const contents = contentsAnswer(await files.read(row), limits.exportedBytes);
        lines += 1;
        position = positionOf(row);
        yield `${JSON.stringify({ kind: "exchange", ...exchangeAnswer(row), contents })}\n`;
        if (performance.now() - startedAt < limits.exportMs) continue;
        yield `${JSON.stringify({ kind: "more", lines, after: writeCursor(keyOf(row)) })}\n`;
        return;
      }
      if (page.length < ROWS_AT_ONCE) break;
    }
    yield `${JSON.stringify({ kind: "end", lines })}\n`;
  }

  async function rowsBehind(caller: Caller, asked: Omit<Parameters<typeof readExchanges>[1], "limit">): Promise<readonly ExchangeRow[]> {
    return database.transaction(caller.actor, async (transaction) => {
      await ownGrant(transaction, asked.grant);
      return readExchanges(transaction, { ...asked, limit: ROWS_AT_ONCE });
    });
  }
}

/** Around the first place; in what a person reads, or else in the bytes as they came. */
function excerptOf(body: Uint8Array, needle: string): string | undefined {
  return excerptIn(readableText(body), needle) ?? excerptIn(rawText(body), needle);
}

function excerptIn(text: string, needle: string): string | undefined {
  const lower = text.toLowerCase();
  const at = lower.indexOf(needle);
  if (at === -1) return undefined;
  // A few characters are longer in lower case: then places in one are none in the other.
  const source = lower.length === text.length ? text : lower;
  const from = Math.max(0, at - EXCERPT_BEFORE);
  return source.slice(from, from + EXCERPT_CHARACTERS).toWellFormed();
}

function readSessionPosition(after: string | undefined): { readonly lastMs: number; readonly session: string } | undefined {
  if (after === undefined) return undefined;
  const [lastMs, session] = readCursor(after, [0, ""]);
  return { lastMs, session };
}

function keyOf({ started_at, id }: ExchangeRow): readonly [number, string] {
  return [started_at.getTime(), id];
}

function positionOf({ started_at, id }: ExchangeRow): TimePosition {
  return { atMs: started_at.getTime(), id };
}
