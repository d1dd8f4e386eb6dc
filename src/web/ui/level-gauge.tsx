import { DRAFT_LEVELS, levelNumber, type DraftLevel } from "../../vocabulary/level.ts";
import "./level-gauge.css";

export type ShownLevel = DraftLevel | "nothing";

/** How much is seen: five rising bars, one for `public` to five for `case`, and the word beside them. */
export function LevelGauge({ level, quiet = false }: { readonly level: ShownLevel; readonly quiet?: boolean }) {
  const bars = barsOf(level);
  return (
    <span className={`level-gauge${level === "nothing" ? " level-gauge-nothing" : ""}${quiet ? " level-gauge-quiet" : ""}`}>
      <svg className="level-gauge-bars" viewBox="0 0 19 10" width="19" height="10" aria-hidden="true" focusable="false">
        {DRAFT_LEVELS.map((name, index) => (
          <rect
            key={name}
            className={index < bars ? "level-gauge-on" : "level-gauge-off"}
            x={index * 4}
            y={8 - index * 2}
            width="3"
            height={2 + index * 2}
          />
        ))}
      </svg>
      <span className="level-gauge-word">{level}</span>
    </span>
  );
}

function barsOf(level: ShownLevel): number {
  return level === "nothing" ? 0 : DRAFT_LEVELS.length + 1 - levelNumber(level);
}
