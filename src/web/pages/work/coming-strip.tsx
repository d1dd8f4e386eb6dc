import type { CSSProperties } from "react";
import { Link } from "react-router";
import type { Coming } from "../../shell/work.ts";
import { StateShape, type StateKind } from "../../ui/state.tsx";
import { layInLanes } from "../../words/day-lanes.ts";
import { clockText, dayStart, readerZone, weekdayText } from "../../words/instant-text.ts";
import { countText } from "../../words/count-text.ts";
import { comingWords } from "../../words/work-words.ts";

const DAYS = 14;
const REACH = 3;
const LANES = 4;

const shapes: Readonly<Record<Coming["kind"], StateKind>> = {
  opens: "waits",
  public: "opened",
  "membership-ends": "due",
  "token-ends": "due",
  "answer-by": "due",
};

/** The next 14 days in one strip: each thing at its day, with its hour. A list on a phone. */
export function ComingStrip({ coming, nowMs }: { readonly coming: readonly Coming[]; readonly nowMs: number }) {
  const zone = readerZone();
  const starts = Array.from({ length: DAYS + 1 }, (_, day) => dayStart(nowMs, day, zone));
  const dayOf = (atMs: number): number =>
    Math.max(
      0,
      starts.findLastIndex((startMs) => startMs <= atMs),
    );
  const shown = coming.map((thing) => ({ thing, day: dayOf(thing.atMs) })).filter(({ day }) => day < DAYS);
  const { laid, over } = layInLanes(shown, DAYS, REACH, LANES);
  if (shown.length === 0) return null;
  return (
    <section className="coming" aria-label="The next 14 days">
      <div className="coming-days" aria-hidden="true">
        {starts.slice(0, DAYS).map((startMs, day) => (
          <span key={startMs} className={day === 0 ? "coming-today" : isWeekend(startMs, zone) ? "coming-weekend" : ""}>
            {dayHead(startMs, zone, day)}
          </span>
        ))}
      </div>
      <ol className="coming-things" style={{ "--lanes": Math.max(1, ...laid.map(({ lane }) => lane + 1)) } as CSSProperties}>
        {laid
          .toSorted((a, b) => a.thing.atMs - b.thing.atMs)
          .map(({ thing, first, last, lane }) => {
            const { what, to } = comingWords(thing);
            return (
              <li
                key={`${thing.kind} ${thing.id}`}
                style={{ "--first": first + 1, "--last": last + 2, "--lane": lane + 1 } as CSSProperties}
              >
                <StateShape kind={shapes[thing.kind]} />
                <Link to={to}>{what}</Link>
                <time dateTime={new Date(thing.atMs).toISOString()}>
                  {weekdayText(thing.atMs, zone, false)}, {clockText(thing.atMs, zone)}
                </time>
              </li>
            );
          })}
      </ol>
      {over.length === 0 ? null : <p className="note">and {countText(over.length, "more thing")} in these days</p>}
    </section>
  );
}

/** `Wed 25`; with the month where a new one begins. */
function dayHead(ms: number, zone: string, day: number): string {
  const [weekday = "", date = "", month = ""] = weekdayText(ms, zone, false).split(" ");
  return day === 0 || date === "1" ? `${weekday} ${date} ${month}` : `${weekday} ${date}`;
}

function isWeekend(ms: number, zone: string): boolean {
  return weekdayText(ms, zone, false).startsWith("S");
}
