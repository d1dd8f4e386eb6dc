import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { uptime } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { KnownBefore } from "../../coordination/release/clock-guard.ts";

/** What the machine's clocks showed when a server last looked, kept in the data directory for the next one. */
export type ClockMarks = {
  /** What the mark that lies there says at this start. */
  readonly known: () => KnownBefore;
  /** To be called while the clock is believed, and not otherwise: the next start goes by it. */
  readonly keep: () => void;
};

/** What no setting of the clock moves, since the machine was started. */
export type MachineTime = {
  /** Of this start of the machine; undefined = this system does not say, and nothing is compared. */
  readonly boot: string | undefined;
  /** With the time that it slept; some containers count from their own start. */
  readonly uptimeMs: number;
  /** Without the time that it slept. */
  readonly monotonicMs: number;
};

export type ClockMarksParts = {
  readonly dataDirectory: string;
  readonly clock?: () => number;
  readonly machine?: () => MachineTime;
};

const mark = z.object({ wallMs: z.number(), boot: z.string().optional(), uptimeMs: z.number(), monotonicMs: z.number() });

export function openClockMarks({ dataDirectory, clock = Date.now, machine = readMachineTime }: ClockMarksParts): ClockMarks {
  const file = join(dataDirectory, "clock.json");
  return {
    known: () => {
      const before = readMark(file);
      if (before === undefined) return {};
      const now = machine();
      // The larger: what slept counts by the first alone, what counts anew in a container by the second.
      const elapsedMs = Math.max(now.uptimeMs - before.uptimeMs, now.monotonicMs - before.monotonicMs);
      const isSameBoot = now.boot !== undefined && now.boot === before.boot && elapsedMs >= 0;
      return { lastWallMs: before.wallMs, ...(isSameBoot ? { stopped: { byWallMs: clock() - before.wallMs, elapsedMs } } : {}) };
    },
    keep: () => {
      const beside = `${file}.new`;
      writeFileSync(beside, `${JSON.stringify({ wallMs: clock(), ...machine() })}\n`, { mode: 0o600 });
      renameSync(beside, file);
    },
  };
}

/** A mark that a kill or an editor has spoilt is none: it is a hint that is made anew within a minute. */
function readMark(file: string): z.output<typeof mark> | undefined {
  try {
    return mark.safeParse(JSON.parse(readFileSync(file, "utf8"))).data;
  } catch {
    return undefined;
  }
}

function readMachineTime(): MachineTime {
  return { boot: readBoot(), uptimeMs: uptime() * 1000, monotonicMs: Number(process.hrtime.bigint() / 1_000_000n) };
}

/** Linux alone says which start of the machine this is in a way that no clock changes. */
function readBoot(): string | undefined {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return undefined;
  }
}
