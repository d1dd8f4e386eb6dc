import type { Logger } from "pino";
import type { ClockVerdict, KnownBefore } from "../../coordination/release/clock-guard.ts";
import type { Database } from "../database/database.ts";
import { signRecordsInForce } from "../ledger/sign-records.ts";
import { announceHalt, readLastHour, readNextHour } from "./opening-store.ts";
import { openDueStages, type OpenedNow } from "./open-due-stages.ts";
import { publishDrafts, type PublishParts } from "./publish-drafts.ts";
import type { ClockMarks } from "./clock-marks.ts";
import { clockWords, createReleaseClock } from "./release-clock.ts";

/** Opens stages at their hours and puts what is public into the record. Any number of servers may run it beside each other. */
export type ReleaseJob = {
  /** Opens what is due now; publishing what became public then goes on by itself. */
  readonly open: () => Promise<OpenedNow>;
  /** Opens and publishes what is due now, and resolves when it is in the record. */
  readonly settle: () => Promise<void>;
  /** The same for what has become public or was corrected; what fails is told to the log, and tried again with the next look. */
  readonly publish: () => Promise<void>;
  /** Begins to look by itself, at each planned hour and every few seconds. */
  readonly start: () => void;
  /** Why nothing opens by the hour; undefined = it does. */
  readonly clockHeld: () => string | undefined;
  /** Looks at both clocks of the process now; for other jobs whose hours they are. */
  readonly lookAtClocks: () => ClockVerdict;
  /** False = the clocks were not apart. */
  readonly trustClock: () => Promise<boolean>;
  readonly close: () => Promise<void>;
};

export type ReleaseJobParts = Pick<PublishParts, "snapshots" | "keys"> & {
  readonly database: Database;
  readonly clock: () => number;
  /** Milliseconds that no setting of the clock moves. */
  readonly monotonic: () => number;
  readonly log: Pick<Logger, "error" | "warn">;
  /** The database server's clock, where it may be another machine's. */
  readonly readDatabaseMs?: (() => Promise<number>) | undefined;
  /** What the clocks showed before this process. */
  readonly marks?: ClockMarks | undefined;
  /** How often it looks beside the planned hours. */
  readonly lookEveryMs?: number | undefined;
};

const MARK_EVERY_MS = 60_000;

/** Another server's event is seen so much later at most. */
const LOOK_EVERY_MS = 2000;

export async function createReleaseJob({
  database,
  clock,
  monotonic,
  log,
  keys,
  snapshots,
  readDatabaseMs,
  marks,
  lookEveryMs = LOOK_EVERY_MS,
}: ReleaseJobParts): Promise<ReleaseJob> {
  const releaseClock = createReleaseClock(clock, monotonic, knownBefore(await readLastHour(database), marks?.known()));
  if (readDatabaseMs !== undefined) await releaseClock.compare(readDatabaseMs);
  let markedAtMs = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  let isHalted = false;
  let hasSigned = false;
  let opening: Promise<OpenedNow> | undefined;
  let publication: Promise<void> = Promise.resolve();

  const told = new Set<string>();
  const onFailure = (draft: string, reason: string): void => {
    if (told.has(draft)) return;
    told.add(draft);
    log.error({ draft, reason }, "a draft advisory whose public stage has opened cannot be put into the record; it is tried again");
  };
  const look = async (): Promise<OpenedNow> => {
    const verdict = readDatabaseMs === undefined ? releaseClock.look() : await releaseClock.compare(readDatabaseMs);
    const nowMs = releaseClock.nowMs();
    if (verdict.kind === "apart" && !isHalted) {
      isHalted = true;
      log.error(
        { apartMs: verdict.apartMs, by: verdict.by },
        "the clock cannot be believed: nothing opens by the hour until an administrator trusts it",
      );
      await announceHalt(database, nowMs);
    }
    const onFailed = (draft: string, error: unknown): void =>
      log.error({ draft, err: error }, "the stages of one release plan could not be opened; it is tried again");
    return openDueStages(database, { nowMs, hoursCount: verdict.kind === "together", onFailure: onFailed });
  };
  /** One look at a time: the next waits, and sees what this one has done. */
  const open = (): Promise<OpenedNow> => {
    const next = (opening ?? Promise.resolve()).then(look, look);
    opening = next;
    return next;
  };
  const publish = (): Promise<void> => {
    publication = publication
      .catch(() => undefined)
      .then(() => publishDrafts(database, { snapshots, keys, nowMs: releaseClock.nowMs(), onFailure }));
    return publication;
  };
  const openThenPublish = async (): Promise<OpenedNow> => {
    const now = await open();
    if (now.isAnyPublic) publish().catch(noted);
    return now;
  };
  const noted = (error: unknown): void => {
    if (!isClosed) log.error({ err: error }, "a look for stages to open failed; it is repeated");
  };
  /** A record that cannot be signed is told once a start, and keeps no other from it. */
  const signInForce = async (): Promise<void> => {
    if (hasSigned) return;
    for (const advisory of await signRecordsInForce(database, keys, releaseClock.nowMs()))
      log.error({ advisory }, "the record in force is not the one that the ledger has, and is not signed");
    hasSigned = true;
  };
  /** Only a clock that is believed is what the next start goes by. */
  const markClock = (): void => {
    if (marks === undefined || releaseClock.verdict().kind === "apart" || monotonic() - markedAtMs < MARK_EVERY_MS) return;
    markedAtMs = monotonic();
    // A disk that is full keeps nothing from being published.
    try {
      marks.keep();
    } catch (error) {
      noted(error);
    }
  };
  const round = async (): Promise<void> => {
    try {
      await signInForce().catch(noted);
      await open();
      markClock();
      await publish();
      const nextMs = await readNextHour(database, releaseClock.nowMs());
      again(Math.max(0, Math.min(lookEveryMs, (nextMs ?? Number.POSITIVE_INFINITY) - releaseClock.nowMs())));
    } catch (error) {
      noted(error);
      again(lookEveryMs);
    }
  };
  const again = (waitMs: number): void => {
    if (isClosed) return;
    timer = setTimeout(() => {
      running = round();
    }, waitMs);
    timer.unref();
  };
  let running: Promise<void> = Promise.resolve();

  return {
    open: openThenPublish,
    settle: async () => {
      await open();
      await publish();
    },
    publish: () => publish().catch(noted),
    start: () => again(0),
    clockHeld: () => clockWords(releaseClock.verdict()),
    lookAtClocks: () => releaseClock.look(),
    trustClock: async () => {
      const wasApart = releaseClock.trust();
      isHalted = false;
      markedAtMs = Number.NEGATIVE_INFINITY;
      if (wasApart) await openThenPublish();
      return wasApart;
    },
    close: async () => {
      isClosed = true;
      clearTimeout(timer);
      await Promise.allSettled([running, opening, publication]);
    },
  };
}

function knownBefore(lastHourMs: number | undefined, known: KnownBefore = {}): KnownBefore {
  const last = [lastHourMs, known.lastWallMs].filter((ms) => ms !== undefined);
  return { ...known, ...(last.length === 0 ? {} : { lastWallMs: Math.max(...last) }) };
}
