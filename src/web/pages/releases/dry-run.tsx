import type { AnswerOf } from "../../../contract/endpoint.ts";
import type { checkReleasePlan } from "../../../contract/endpoints/releases.ts";
import { Instant } from "../../ui/instant.tsx";
import { LevelGauge } from "../../ui/level-gauge.tsx";
import { Section } from "../../ui/section.tsx";
import { State } from "../../ui/state.tsx";
import { EVENT_WORDS, type PlanAnswer } from "../../words/release-words.ts";
import { circleName } from "./plan-axis.tsx";
import "./plan-tables.css";

type Checked = AnswerOf<typeof checkReleasePlan>;

/** What would open, in order, if the plan runs by its hours; and what a change would need. It reads nothing and opens nothing. */
export function DryRun({
  plan,
  openings,
  amends,
}: {
  readonly plan: PlanAnswer;
  readonly openings: Checked["openings"];
  readonly amends?: Checked["amends"];
}) {
  return (
    <Section title="Dry run" note="What would open, in order, if nothing else happens. Nothing was saved and nothing opened.">
      {openings.length === 0 ? <p className="second">Nothing would open by itself.</p> : null}
      <ol className="dry-run">
        {openings.map(({ stage: id, atMs, plannedMs, by }) => {
          const stage = plan.stages.find((one) => one.id === id);
          if (stage === undefined) return null;
          return (
            <li key={id}>
              <Instant ms={atMs} />
              <span>
                <strong>{circleName(plan, stage)}</strong> <LevelGauge level={stage.level} />
                <span className="plan-second">
                  {by === "hour" ? "by its hour" : `on ${EVENT_WORDS[by as keyof typeof EVENT_WORDS] ?? by}`}
                  {plannedMs < atMs ? ", which has come already" : ""}
                </span>
              </span>
            </li>
          );
        })}
      </ol>
      {amends === undefined ? null : <Amends amends={amends} />}
    </Section>
  );
}

function Amends({ amends: { changes, consent, refused } }: { readonly amends: NonNullable<Checked["amends"]> }) {
  if (changes.length === 0) return <p className="dry-run-needs">These are the stages of the running plan.</p>;
  return (
    <div className="dry-run-needs">
      <p>
        {refused ? (
          <State kind="affected">Refused: what has opened cannot be changed</State>
        ) : consent.length > 0 ? (
          <State kind="due">Needs the consent of {consent.join(", ")}</State>
        ) : (
          <State kind="passed">Needs nobody's consent</State>
        )}
      </p>
      <ul className="second">
        {changes.map(({ stage, message }) => (
          <li key={`${stage ?? ""} ${message}`}>{message}</li>
        ))}
      </ul>
    </div>
  );
}
