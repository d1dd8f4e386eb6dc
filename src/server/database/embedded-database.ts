import { CodedError } from "../../vocabulary/coded-error.ts";
import { invariant } from "../../vocabulary/invariant.ts";
import { becomeActor, DEFAULT_TIMEOUT_MS, IDLE_TIMEOUT_MS } from "./actor-role.ts";
import type { Actor, OwnedDatabase, OwnerOptions, OwnerTransaction, Row, TransactionOptions } from "./database.ts";
import { startEngine, type EmbeddedEngine } from "./embedded-engine.ts";
import type { WorkerStart } from "./embedded-messages.ts";
import { nestingGuard } from "./nesting-guard.ts";
import { identifier, type SqlQuery } from "./sql.ts";
import { rowsOf, runTransaction, singleStatement, type Session, type Step, type StepResult } from "./transaction.ts";
import { untilAborted } from "./until-aborted.ts";

export type EmbeddedDatabase = OwnedDatabase & {
  /** A tar of the whole cluster, files as they are. */
  readonly exportTar: () => Promise<Uint8Array<ArrayBuffer>>;
  /** Two thirds of the files of a new cluster are databases that only CREATE DATABASE reads. */
  readonly dropTemplates: () => Promise<void>;
  /** In memory only: closes it; a tar of the cluster as its shutdown left it, so that opening a copy has nothing to recover. */
  readonly closeAndExport: () => Promise<Uint8Array<ArrayBuffer>>;
};

export type EmbeddedLife = {
  readonly idleTimeoutMs?: number | undefined;
  /** Runs after the last worker thread has ended. */
  readonly onClosed?: () => void;
};

/** The database over one worker thread at a time: it is reopened when it ends itself or exceeds a time limit. */
export async function embeddedDatabase(start: WorkerStart, life: EmbeddedLife): Promise<EmbeddedDatabase> {
  const { idleTimeoutMs = IDLE_TIMEOUT_MS, onClosed = () => {} } = life;
  const listeners = new Map<string, Set<() => void>>();
  let closing: Promise<void> | undefined;
  let lost: Error | undefined;
  let current: Promise<EmbeddedEngine> | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  let exclusive: Promise<unknown> = Promise.resolve();
  const holding = nestingGuard();

  function engine(): Promise<EmbeddedEngine> {
    if (lost !== undefined) return Promise.reject(lost);
    if (current === undefined) {
      const opening = open();
      current = opening;
      opening.then(
        ({ ended }) => ended.then(() => reopen(opening)),
        () => forget(opening),
      );
    }
    return current;
  }

  /** The one before has left the directory when the next opens it. */
  async function livingEngine(): Promise<EmbeddedEngine> {
    const found = await engine();
    if (!found.isDead()) return found;
    await found.ended;
    return engine();
  }

  async function open(): Promise<EmbeddedEngine> {
    const opened = await startEngine(start, (channel) => listeners.get(channel)?.forEach((onHint) => onHint()));
    if (listeners.size > 0) await opened.send([...listeners.keys()].map(listenStep));
    return opened;
  }

  function forget(ended: Promise<EmbeddedEngine>): void {
    if (current === ended) current = undefined;
  }

  function reopen(ended: Promise<EmbeddedEngine>): void {
    forget(ended);
    if (closing !== undefined) return;
    if (start.directory === undefined)
      lost = new CodedError("database-unavailable", "the database in memory has ended and its rows with it");
    // Whoever asks next is told when it cannot be opened, and tries again.
    else engine().catch(() => {});
  }

  /** One after the other, in the order asked: the engine has one session. */
  function inTurn<T>(work: (engine: EmbeddedEngine) => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (closing !== undefined) return Promise.reject(new CodedError("shutting-down", "the database is closing"));
    const before = queue;
    const turn = holding(async () => {
      await before;
      signal?.throwIfAborted();
      return work(await livingEngine());
    });
    queue = turn.catch(() => {});
    // A statement under way cannot be cancelled: it ends by itself or by its limit, and its transaction is rolled back then.
    return untilAborted(turn, signal);
  }

  function script(text: string): Promise<void> {
    return inTurn(async (engine) => void (await engine.send([{ text }])));
  }

  async function close(): Promise<void> {
    try {
      await queue;
      const last = await current?.catch(() => undefined);
      await last?.close();
    } finally {
      onClosed();
    }
  }

  await engine();
  return {
    kind: "embedded",
    transaction: (actor, work, options = {}) =>
      inTurn(
        (engine) =>
          watched(engine, { timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS, idleMs: idleTimeoutMs }, (session) =>
            runTransaction(session, { begin: beginAs(actor), owner: false, signal: options.signal }, work),
          ),
        options.signal,
      ),
    query: <R extends Row>(actor: Actor, query: SqlQuery, options: TransactionOptions = {}) =>
      inTurn(
        (engine) =>
          watched(engine, { timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS, idleMs: idleTimeoutMs }, async (session) => {
            const [, result] = await session.send(singleStatement(beginAs(actor), query));
            invariant(result !== undefined, "a statement without an answer");
            return rowsOf<R>(result);
          }),
        options.signal,
      ),
    asOwner: <T>(work: (transaction: OwnerTransaction) => Promise<T>, options: OwnerOptions = {}) =>
      inTurn(
        (engine) =>
          watched(engine, { timeoutMs: options.timeoutMs, idleMs: undefined }, (session) =>
            runTransaction(session, { begin: beginAsOwner(options), owner: true, signal: options.signal }, work),
          ),
        options.signal,
      ),
    exclusively: (work) => {
      // The directory's lock has made this process the only one.
      const turn = exclusive.then(work);
      exclusive = turn.catch(() => {});
      return turn;
    },
    listen: async (channel, onHint) => {
      const hints = listeners.get(channel) ?? new Set();
      hints.add(onHint);
      listeners.set(channel, hints);
      await script(listenStep(channel).text);
      return async () => void hints.delete(onHint);
    },
    vacuum: () => script("vacuum (analyze)"),
    analyze: () => script("analyze"),
    checkpoint: () => script("checkpoint"),
    exportTar: () => inTurn((engine) => engine.exportTar()),
    dropTemplates: async () => {
      await script("update pg_database set datistemplate = false, datallowconn = true");
      for (const name of ["template0", "template1"]) await script(`drop database ${name}`);
    },
    closeAndExport: () => {
      const tar = inTurn((engine) => engine.closeAndExport());
      closing = settled(tar);
      return tar;
    },
    close: () => (closing ??= close()),
  };
}

type Limits = { readonly timeoutMs: number | undefined; readonly idleMs: number | undefined };

async function settled(work: Promise<unknown>): Promise<void> {
  await work;
}

function beginAs(actor: Actor): string {
  return `begin; ${becomeActor(actor)}`;
}

function beginAsOwner(options: OwnerOptions): string {
  return options.snapshot === true ? "begin isolation level repeatable read read only" : "begin";
}

function listenStep(channel: string): Step {
  return { text: `listen ${identifier(channel).text}` };
}

/**
 * PGlite knows no statement timeout and no cancellation: a statement over its limit ends the whole worker. What was committed is on disk;
 * what was under way is refused. A transaction that stands open without a statement for too long is rolled back.
 */
async function watched<T>(engine: EmbeddedEngine, { timeoutMs, idleMs }: Limits, work: (session: Session) => Promise<T>): Promise<T> {
  const expired = Promise.withResolvers<never>();
  let over: CodedError | undefined;
  let idle: NodeJS.Timeout | undefined;

  function expire(): void {
    over = new CodedError("statement-timeout", `a transaction waited over ${idleMs} ms between two statements and was rolled back`);
    // Sent before anything of the next transaction; a failure of the engine itself reaches that one.
    engine.send([{ text: "rollback" }]).catch(() => {});
    expired.reject(over);
  }

  async function send(steps: readonly Step[]): Promise<readonly StepResult[]> {
    if (over !== undefined) throw over;
    clearTimeout(idle);
    try {
      return await withinLimit(engine, timeoutMs, steps);
    } finally {
      if (idleMs !== undefined) idle = setTimeout(expire, idleMs);
    }
  }

  try {
    return await Promise.race([work({ send }), expired.promise]);
  } finally {
    clearTimeout(idle);
  }
}

async function withinLimit(engine: EmbeddedEngine, timeoutMs: number | undefined, steps: readonly Step[]): Promise<readonly StepResult[]> {
  if (timeoutMs === undefined) return engine.send(steps);
  let answered = false;
  const refusal = new CodedError("statement-timeout", `a statement ran longer than its time limit of ${timeoutMs} ms`);
  // An answer that arrived while this thread was busy is taken before the verdict.
  const limit = setTimeout(() => setImmediate(() => answered || void engine.kill(refusal)), timeoutMs);
  try {
    return await engine.send(steps);
  } finally {
    answered = true;
    clearTimeout(limit);
  }
}
