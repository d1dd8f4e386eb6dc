import type { ReactNode } from "react";
import type { DraftLevel } from "../../vocabulary/level.ts";
import { LevelGauge } from "./level-gauge.tsx";
import { StateShape } from "./state.tsx";
import "./stage-strip.css";

export type StripStage = {
  readonly id: string;
  readonly state: "opened" | "next" | "waits";
  /** "Opened Mon 9 Nov, 10:20", "in 2 days (Thu 26 Nov, 10:00)". */
  readonly when: ReactNode;
  readonly level: DraftLevel;
  readonly circle: ReactNode;
  /** How many organisations, and what they see. */
  readonly note?: ReactNode;
};

const words = { opened: "opened", next: "next", waits: "waits" } as const;
const shapes = { opened: "opened", next: "in-force", waits: "waits" } as const;

/** The stages of a release plan on a line, which is drawn in accent up to the next one. */
export function StageStrip({ stages, label }: { readonly stages: readonly StripStage[]; readonly label: string }) {
  return (
    <ol className="stage-strip" aria-label={label}>
      {stages.map((stage) => (
        <li key={stage.id} className={`stage stage-${stage.state}`}>
          <span className="stage-line">
            <StateShape kind={shapes[stage.state]} />
            <span className="visually-hidden">{words[stage.state]}</span>
          </span>
          <p className="stage-when">{stage.when}</p>
          <p>
            <LevelGauge level={stage.level} />
          </p>
          <p className="stage-circle">{stage.circle}</p>
          {stage.note === undefined ? null : <p className="note">{stage.note}</p>}
        </li>
      ))}
    </ol>
  );
}
