import { Instant } from "../../ui/instant.tsx";
import { LevelGauge } from "../../ui/level-gauge.tsx";
import { Section } from "../../ui/section.tsx";
import { State } from "../../ui/state.tsx";
import { EVENT_WORDS, eventWords, stageState, type PlanAnswer, type PlanStage } from "../../words/release-words.ts";
import { circleName } from "./plan-axis.tsx";
import "./plan-tables.css";

/** The stages in words: what opens to whom, when, and how it stands. */
export function StageTable({ plan }: { readonly plan: PlanAnswer }) {
  return (
    <Section title="Stages" note="An outer circle never sees more, or sooner, than the plan says. What has opened cannot be closed again.">
      <div className="plan-scroll">
        <table className="plan-table plan-stages">
          <thead>
            <tr>
              <th scope="col">Stage</th>
              <th scope="col">Circle</th>
              <th scope="col">Level</th>
              <th scope="col">Opens when</th>
              <th scope="col">To get in</th>
              <th scope="col">State</th>
            </tr>
          </thead>
          <tbody>
            {plan.stages.map((stage, index) => (
              <tr key={stage.id}>
                <td data-label="Stage" className="number">
                  {index + 1}
                </td>
                <th scope="row" data-label="Circle">
                  {circleName(plan, stage)}
                </th>
                <td data-label="Level">
                  <LevelGauge level={stage.level} />
                </td>
                <td data-label="Opens when">
                  <div>
                    <OpensWhen stage={stage} />
                  </div>
                </td>
                <td data-label="To get in">{needsText(plan, stage)}</td>
                <td data-label="State">
                  <div>
                    <StageState plan={plan} stage={stage} />
                  </div>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

function OpensWhen({ stage: { opens, on, closes } }: { readonly stage: PlanStage }) {
  const events = eventWords(on, opens !== undefined);
  return (
    <>
      {opens === undefined ? null : <Instant ms={opens.instantMs} />}
      {opens !== undefined && events !== "" ? ", " : null}
      {events}
      {closes === undefined ? null : (
        <span className="plan-second">
          until <Instant ms={closes.instantMs} />
        </span>
      )}
    </>
  );
}

function needsText({ circles }: PlanAnswer, { circle }: PlanStage): string {
  if (circle === undefined) return "nothing";
  const needs = circles.find(({ id }) => id === circle)?.needs ?? [];
  return needs.length === 0 ? "being in the circle" : needs.join(", ");
}

function StageState({ plan, stage }: { readonly plan: PlanAnswer; readonly stage: PlanStage }) {
  const state = stageState(plan, stage.id);
  const opened = plan.opened.find((one) => one.stage === stage.id);
  const circle = plan.circles.find(({ id }) => id === stage.circle);
  if (opened !== undefined) {
    const late = opened.atMs - opened.plannedMs;
    return (
      <>
        <State kind="opened">opened</State>
        <span className="plan-second">
          {opened.by === "hour" ? "by its hour" : `on ${EVENT_WORDS[opened.by as keyof typeof EVENT_WORDS] ?? opened.by}`}
          {late > 60_000 ? `, ${Math.round(late / 60_000)} min after it was due` : ""}
        </span>
      </>
    );
  }
  return (
    <>
      {state === "next" ? <State kind="in-force">next</State> : <State kind="waits">waits</State>}
      {circle?.organisations === undefined || circle.entered === undefined ? null : (
        <span className="plan-second">
          {circle.entered} of {circle.organisations} can read it
        </span>
      )}
    </>
  );
}
