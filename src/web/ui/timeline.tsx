import type { ReactNode } from "react";
import { useNow } from "../shell/now.tsx";
import { clockText, readerZone, sameDay, weekdayText } from "../words/instant-text.ts";
import { LevelGauge, type ShownLevel } from "./level-gauge.tsx";
import { StateShape, type StateKind } from "./state.tsx";
import "./timeline.css";

export type TimelineEvent = {
  readonly id: string;
  readonly atMs: number;
  readonly shape: StateKind;
  /** One bold actor and what happened. */
  readonly what: ReactNode;
  /** The fact, on a second line. */
  readonly fact?: ReactNode;
  /** What a person wrote; stands behind a rule. */
  readonly words?: string;
  readonly level?: ShownLevel;
};

/** What happened, newest first under day heads, on one unbroken line. */
export function Timeline({ events, label }: { readonly events: readonly TimelineEvent[]; readonly label: string }) {
  const nowMs = useNow();
  const zone = readerZone();
  return (
    <ol className="timeline" aria-label={label}>
      {byDay(events, zone).map((day) => (
        <li key={day.id} className="timeline-day">
          <h3 className="timeline-head">{sameDay(day.atMs, nowMs, zone) ? "Today" : dayHead(day.atMs, nowMs, zone)}</h3>
          <ol>
            {day.events.map((event) => (
              <li key={event.id} className="timeline-event">
                <time className="timeline-hour number" dateTime={new Date(event.atMs).toISOString()}>
                  {clockText(event.atMs, zone)}
                </time>
                <span className="timeline-shape">
                  <StateShape kind={event.shape} />
                </span>
                <div className="timeline-body">
                  <p>{event.what}</p>
                  {event.fact === undefined ? null : <p className="timeline-fact">{event.fact}</p>}
                  {event.words === undefined ? null : <blockquote className="timeline-words">{event.words}</blockquote>}
                </div>
                {event.level === undefined ? null : (
                  <span className="timeline-level">
                    <LevelGauge level={event.level} quiet />
                  </span>
                )}
              </li>
            ))}
          </ol>
        </li>
      ))}
    </ol>
  );
}

type Day = { readonly id: string; readonly atMs: number; readonly events: readonly TimelineEvent[] };

function byDay(events: readonly TimelineEvent[], zone: string): readonly Day[] {
  const days: { id: string; atMs: number; events: TimelineEvent[] }[] = [];
  for (const event of events.toSorted((a, b) => b.atMs - a.atMs)) {
    const last = days.at(-1);
    if (last !== undefined && sameDay(last.atMs, event.atMs, zone)) last.events.push(event);
    else days.push({ id: event.id, atMs: event.atMs, events: [event] });
  }
  return days;
}

function dayHead(ms: number, nowMs: number, zone: string): string {
  return weekdayText(ms, zone, weekdayText(ms, zone).slice(-4) !== weekdayText(nowMs, zone).slice(-4));
}
