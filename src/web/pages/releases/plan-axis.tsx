import type { CSSProperties } from "react";
import { levelNumber, type DraftLevel } from "../../../vocabulary/level.ts";
import { useMedia } from "../../ui/use-media.ts";
import { StageStrip } from "../../ui/stage-strip.tsx";
import { clockText, dayStart, momentText, readerZone, weekdayText, zoneText } from "../../words/instant-text.ts";
import { axisSpan, eventWords, stageState, type PlanAnswer, type PlanStage } from "../../words/release-words.ts";
import "./plan-axis.css";

/** Circles over days: what is open to whom, and from when. The table below it says the same in words. On a narrow window the stages stand on a line. */
export function PlanAxis({ plan }: { readonly plan: PlanAnswer }) {
  const isNarrow = useMedia("(max-width: 56.25em)");
  if (plan.stages.length === 0) return null;
  return (
    <section className="plan-axis-section" aria-label="Stages over days">
      {isNarrow ? <Strip plan={plan} /> : <Axis plan={plan} />}
    </section>
  );
}

function Strip({ plan }: { readonly plan: PlanAnswer }) {
  const zone = readerZone();
  return (
    <StageStrip
      label="Stages of the release plan"
      stages={plan.stages.map((stage) => ({
        id: stage.id,
        state: stageState(plan, stage.id),
        level: stage.level,
        circle: circleName(plan, stage),
        when: whenText(plan, stage, zone),
      }))}
    />
  );
}

type Bar = {
  readonly id: string;
  readonly level: DraftLevel;
  readonly fromMs: number;
  readonly toMs: number | undefined;
  readonly label: string;
};
type Lane = { readonly id: string; readonly name: string; readonly note: string; readonly bars: readonly Bar[]; readonly waits: string };

const MOST_DAYS_NAMED = 26;

function Axis({ plan }: { readonly plan: PlanAnswer }) {
  const zone = readerZone();
  const span = axisSpan(plan);
  const fromMs = dayStart(span.fromMs, 0, zone);
  const days = daysBetween(fromMs, span.toMs, zone);
  const toMs = dayStart(fromMs, days.length, zone);
  const at = (ms: number): number => Math.min(100, Math.max(0, ((ms - fromMs) / (toMs - fromMs)) * 100));
  const every = Math.ceil(days.length / MOST_DAYS_NAMED);
  const end = plan.stages.find(({ circle }) => circle === undefined)?.opens?.instantMs;
  return (
    <figure className="plan-axis">
      <figcaption className="visually-hidden">Circles over days. The table of stages says the same in words.</figcaption>
      <p className="plan-axis-caption" aria-hidden="true">
        <strong>{monthsText(fromMs, toMs, zone)}</strong> {zoneText(plan.nowMs, zone).replace("Times:", "times in")}
      </p>
      <div className="plan-axis-grid" aria-hidden="true">
        <div className="plan-axis-days">
          {days.map((ms, index) => (
            <span
              key={ms}
              className={`plan-axis-day${isWeekend(ms, zone) ? " plan-axis-weekend" : ""}${index % every === 0 ? "" : " plan-axis-unnamed"}`}
              style={{ "--at": at(ms), "--width": 100 / days.length } as CSSProperties}
            >
              {index % every === 0 ? (
                <>
                  <span>{weekdayText(ms, zone).slice(0, 1)}</span>
                  <span className={ms <= plan.nowMs && plan.nowMs < dayStart(ms, 1, zone) ? "plan-axis-today" : ""}>
                    {weekdayText(ms, zone).split(" ")[1]}
                  </span>
                </>
              ) : null}
            </span>
          ))}
        </div>
        {lanesOf(plan, zone).map((lane) => (
          <div className="plan-axis-lane" key={lane.id}>
            <span className="plan-axis-name">
              <strong>{lane.name}</strong>
              <span className="note">{lane.note}</span>
            </span>
            <span className="plan-axis-track">
              {lane.bars.map((bar) => (
                <span
                  key={bar.id}
                  className={`plan-axis-bar plan-axis-level-${6 - levelNumber(bar.level)}`}
                  style={{ "--from": at(bar.fromMs), "--to": bar.toMs === undefined ? 100 : at(bar.toMs) } as CSSProperties}
                >
                  <span className={at(bar.fromMs) > 70 ? "plan-axis-before" : "plan-axis-inside"}>{bar.label}</span>
                </span>
              ))}
              {lane.waits === "" ? null : <span className="plan-axis-waits">{lane.waits}</span>}
            </span>
          </div>
        ))}
        <div className="plan-axis-lines">
          <span className="plan-axis-line plan-axis-now" style={{ "--at": at(plan.nowMs) } as CSSProperties}>
            <span>now, {dayHour(plan.nowMs, zone)}</span>
          </span>
          {end === undefined ? null : (
            <span className="plan-axis-line plan-axis-end" style={{ "--at": at(end) } as CSSProperties}>
              <span>embargo ends</span>
            </span>
          )}
        </div>
      </div>
    </figure>
  );
}

/** One row a circle, in the order in which the plan first names it; before them whoever sees the draft beside the plan. */
function lanesOf(plan: PlanAnswer, zone: string): readonly Lane[] {
  const given = plan.given.map(({ circle, level, sinceMs }): [string, Bar] => [
    circle,
    { id: `given ${circle}`, level, fromMs: sinceMs, toMs: undefined, label: `${level}, since ${dayHour(sinceMs, zone)}` },
  ]);
  const staged = plan.stages.flatMap((stage): [string, Bar][] => {
    const opened = plan.opened.find((one) => one.stage === stage.id)?.atMs;
    const fromMs = opened ?? stage.opens?.instantMs;
    if (fromMs === undefined) return [];
    const words =
      opened === undefined ? `${stage.level}, opens ${dayHour(fromMs, zone)}` : `${stage.level}, since ${dayHour(fromMs, zone)}`;
    return [[stage.circle ?? "", { id: stage.id, level: stage.level, fromMs, toMs: stage.closes?.instantMs, label: words }]];
  });
  const bars = Map.groupBy([...given, ...staged], ([circle]) => circle);
  const waiting = plan.stages.filter((stage) => stage.opens === undefined && plan.opened.every((one) => one.stage !== stage.id));
  const circles = [...given.map(([circle]) => circle), ...plan.stages.map(({ circle }) => circle ?? "")];
  return [...new Set(circles)].map((circle) => {
    const waits = waiting.find((stage) => (stage.circle ?? "") === circle);
    return {
      id: circle,
      name: circleNamed(plan, circle),
      note: countNote(plan, circle),
      bars: (bars.get(circle) ?? []).map(([, bar]) => bar),
      waits: waits === undefined ? "" : `${waits.level} ${eventWords(waits.on, false)}`,
    };
  });
}

export function circleName(plan: PlanAnswer, { circle }: Pick<PlanStage, "circle">): string {
  return circleNamed(plan, circle ?? "");
}

function circleNamed({ circles }: PlanAnswer, id: string): string {
  return id === "" ? "Everyone" : (circles.find((circle) => circle.id === id)?.name ?? "a circle that you do not know");
}

function countNote({ circles }: PlanAnswer, id: string): string {
  if (id === "") return "no account needed";
  const count = circles.find((circle) => circle.id === id)?.organisations;
  return count === undefined ? "its owner knows who" : count === 1 ? "1 organisation" : `${count} organisations`;
}

/** When it opens or has opened, for dense places. */
function whenText(plan: PlanAnswer, stage: PlanStage, zone: string): string {
  const opened = plan.opened.find((one) => one.stage === stage.id);
  if (opened !== undefined) return `Opened ${momentText(opened.atMs, plan.nowMs, zone)}`;
  const hour = stage.opens === undefined ? "" : momentText(stage.opens.instantMs, plan.nowMs, zone);
  return [hour, eventWords(stage.on, hour !== "")].filter((words) => words !== "").join(", ");
}

function dayHour(ms: number, zone: string): string {
  return `${weekdayText(ms, zone, false)}, ${clockText(ms, zone)}`;
}

function daysBetween(fromMs: number, toMs: number, zone: string): readonly number[] {
  const days: number[] = [];
  for (let index = 0; index < 400; index++) {
    const ms = dayStart(fromMs, index, zone);
    if (ms > toMs) break;
    days.push(ms);
  }
  return days;
}

function isWeekend(ms: number, zone: string): boolean {
  return weekdayText(ms, zone).startsWith("S");
}

function monthsText(fromMs: number, toMs: number, zone: string): string {
  const month = (ms: number): string => weekdayText(ms, zone).split(" ").slice(2).join(" ");
  const [first, last] = [month(fromMs), month(toMs - 1)];
  return first === last ? first : `${first} to ${last}`;
}
