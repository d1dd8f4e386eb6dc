import type { Logger } from "pino";
import type { ClockVerdict } from "../../coordination/release/clock-guard.ts";
import type { KeyRing } from "../../sealing/key-ring.ts";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import type { Database } from "../database/database.ts";
import { countCertificates, findUnfinished, readLiveWindows, revokeTokensOfEnded } from "./custodian-store.ts";
import { destroyRetained, finishWindow } from "./destroy-keys.ts";
import { isAnyDue, nextHourOf, type Moment, settleDue } from "./due-windows.ts";
import type { WindowKey } from "./window-store.ts";

/** Opens windows at their hours, ends them, and destroys what they were reached with. Any number of servers may run it beside each other. */
export type Custodian = {
  /** Does what is due now, of one model where it is named, and resolves when it is done. */
  readonly settle: (model?: string) => Promise<void>;
  /** Destroys what a window that has ended was reached with, now. */
  readonly finish: (window: WindowKey) => Promise<void>;
  /** Revokes the tokens of grants that have ended. */
  readonly revoke: (model: string) => Promise<void>;
  /** Begins to look by itself, at each hour and every few seconds. */
  readonly start: () => void;
  readonly close: () => Promise<void>;
};

export type CustodianParts = {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly clock: () => number;
  /** Looks at both clocks of the process: apart, nothing opens by the hour. What is to end ends all the same. */
  readonly lookAtClocks: () => ClockVerdict;
  readonly log: Pick<Logger, "error">;
  /** Charges the budget that ended gateways of labs had taken, as the subject of gateways does it: every minute, where a server stopped before it did. */
  readonly chargeEnded?: (() => Promise<void>) | undefined;
  /** How often it looks beside the hours. */
  readonly lookEveryMs?: number | undefined;
};

/** Another server's change is seen so much later at most. */
const LOOK_EVERY_MS = 2000;
const RETENTION_EVERY_MS = 60_000;

export function createCustodian(parts: CustodianParts): Custodian {
  const { database, keys, clock, lookAtClocks, log, chargeEnded, lookEveryMs = LOOK_EVERY_MS } = parts;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  let running: Promise<void> = Promise.resolve();
  let certificates = 0;
  let sweptAtMs = Number.NEGATIVE_INFINITY;

  const momentNow = (): Moment => {
    const verdict = lookAtClocks();
    const atMs = clock();
    // A clock that was moved back must not keep anything open.
    const endsMs = verdict.kind === "apart" && verdict.apartMs < 0 ? atMs - verdict.apartMs : atMs;
    return { atMs, endsMs, hoursCount: verdict.kind === "together" };
  };
  /** One failing does not keep the others open. */
  const each = async (windows: readonly WindowKey[], work: (key: WindowKey) => Promise<unknown>): Promise<void> => {
    for (const key of windows) {
      try {
        await work(key);
      } catch (error) {
        if (isCodedError(error, "database-unavailable", "shutting-down")) throw error;
        log.error({ window: key.window, err: error }, "an access window could not be opened or ended; it is tried again");
      }
    }
  };
  const settle = async (model?: string): Promise<void> => {
    const moment = momentNow();
    const due = (await readLiveWindows(database, model)).filter((row) => isAnyDue(row, moment));
    await each(
      due.map((row) => ({ lab: row.organisation_id, window: row.id })),
      (key) => settleDue(database, key, moment),
    );
    await each(await findUnfinished(database, model), (key) => finishWindow(parts, key));
  };
  /** A key that another server destroyed is forgotten here too. */
  const forget = async (): Promise<void> => {
    const count = await countCertificates(database);
    if (count !== certificates) keys.reload();
    certificates = count;
  };
  const sweep = async (): Promise<void> => {
    if (clock() - sweptAtMs < RETENTION_EVERY_MS) return;
    await destroyRetained(parts);
    await database.transaction("custodian", (transaction) => revokeTokensOfEnded(transaction, clock()));
    await chargeEnded?.();
    sweptAtMs = clock();
  };
  const round = async (): Promise<void> => {
    let waitMs = lookEveryMs;
    try {
      await settle();
      await sweep();
      await forget();
      waitMs = Math.max(0, Math.min(lookEveryMs, nextHourOf(await readLiveWindows(database), clock()) - clock()));
    } catch (error) {
      if (!isClosed) log.error({ err: error }, "a look for windows to open or end failed; it is repeated");
    }
    again(waitMs);
  };
  const again = (waitMs: number): void => {
    if (isClosed) return;
    timer = setTimeout(() => {
      running = round();
    }, waitMs);
    timer.unref();
  };

  return {
    settle: async (model) => {
      await settle(model);
      if (model !== undefined) return;
      await destroyRetained(parts);
      await forget();
    },
    finish: (window) => finishWindow(parts, window),
    revoke: (model) =>
      database.transaction("custodian", async (transaction) => {
        await revokeTokensOfEnded(transaction, clock(), model);
      }),
    start: () => again(0),
    close: async () => {
      isClosed = true;
      clearTimeout(timer);
      await running.catch(() => undefined);
    },
  };
}
