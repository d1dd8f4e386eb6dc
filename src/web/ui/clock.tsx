import type { ReactNode } from "react";
import { useNow } from "../shell/now.tsx";
import { distanceText, momentText, readerZone } from "../words/instant-text.ts";
import "./clock.css";

export type ClockProps = {
  /** What happens then: "Embargo ends", "Opens to everyone". */
  readonly label: string;
  readonly atMs: number;
  /** When it began to run; without it there is no bar. */
  readonly fromMs?: number;
  /** What set it, what would change it, and the source. */
  readonly children?: ReactNode;
  /** `page`: the one clock of a page; `inside`: one among others. */
  readonly size?: "page" | "inside";
  /** A deadline of somebody's: red once it has passed, never before. */
  readonly isDeadline?: boolean;
};

/** What is left, when that is, and what set it. */
export function Clock({ label, atMs, fromMs, children, size = "inside", isDeadline = false }: ClockProps) {
  const nowMs = useNow();
  const isOver = isDeadline && atMs < nowMs;
  return (
    <div className={`clock clock-${size}`}>
      <p className="clock-label">{label}</p>
      <p className={`clock-left${isOver ? " clock-over" : ""}`}>
        {isOver ? "overdue, " : ""}
        {distanceText(atMs, nowMs)}
      </p>
      <p className="clock-moment">
        <time dateTime={new Date(atMs).toISOString()}>{momentText(atMs, nowMs, readerZone())}</time>
      </p>
      {fromMs === undefined ? null : (
        <svg className="clock-bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true" focusable="false">
          <rect className="clock-bar-run" width={runPercent(fromMs, atMs, nowMs)} height="1" />
        </svg>
      )}
      {children === undefined ? null : <p className="clock-note">{children}</p>}
    </div>
  );
}

function runPercent(fromMs: number, atMs: number, nowMs: number): number {
  if (atMs <= fromMs) return 100;
  return Math.round(Math.min(1, Math.max(0, (nowMs - fromMs) / (atMs - fromMs))) * 1000) / 10;
}
