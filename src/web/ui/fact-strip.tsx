import type { CSSProperties, ReactNode } from "react";
import "./fact-strip.css";

export type Fact = {
  readonly label: string;
  readonly value: ReactNode;
  readonly note?: ReactNode;
};

/** At most five facts under a page's head. "Cannot say" is one of them wherever something could not be said. */
export function FactStrip({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl className="fact-strip" style={{ "--facts": facts.length } as CSSProperties}>
      {facts.map((fact) => (
        <div className="fact" key={fact.label}>
          <dt>{fact.label}</dt>
          <dd className="fact-value">{fact.value}</dd>
          {fact.note === undefined ? null : <dd className="fact-note">{fact.note}</dd>}
        </div>
      ))}
    </dl>
  );
}
