import { useEffect, useState, type ReactNode } from "react";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import { Button } from "./button.tsx";
import { StateShape } from "./state.tsx";
import "./notice.css";

/** An empty list: what would be here, why it is not, and what fills it. */
export function Empty({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div className="notice notice-empty">
      <h3>{title}</h3>
      <div className="stack second">{children}</div>
    </div>
  );
}

/** Something that was asked did not happen: what, where, why, and what was kept. */
export function Refusal({
  title,
  error,
  kept,
  onRetry,
}: {
  readonly title: string;
  readonly error: unknown;
  readonly kept?: string;
  readonly onRetry?: () => void;
}) {
  const coded = isCodedError(error);
  return (
    <div className="notice notice-refusal" role="alert">
      <StateShape kind="affected" />
      <div className="stack">
        <h3>{title}</h3>
        <p className="second">
          {coded && error.place !== undefined ? <code>{error.place}</code> : null}
          {coded && error.place !== undefined ? ": " : null}
          {coded ? error.message : "This server did not answer. Whoever runs it can see why in its log; this page asks again when you do."}
        </p>
        {kept === undefined ? null : <p className="second">{kept}</p>}
        {onRetry === undefined ? null : <Button onPress={onRetry}>Ask again</Button>}
      </div>
    </div>
  );
}

/** What cannot be said, in the dashed violet frame that nothing else has. */
export function CannotSay({ title, children }: { readonly title?: string; readonly children: ReactNode }) {
  return (
    <div className="notice cannot-say">
      {title === undefined ? null : (
        <h3>
          <StateShape kind="cannot-say" /> {title}
        </h3>
      )}
      <div className="stack">{children}</div>
    </div>
  );
}

/** Bars of the height of the rows to come; after two seconds a sentence says what is being waited for. */
export function Skeleton({ rows, what, rowHeight = 36 }: { readonly rows: number; readonly what: string; readonly rowHeight?: number }) {
  const [isLate, setIsLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsLate(true), 2000);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="skeleton" aria-busy="true">
      {Array.from({ length: rows }, (_, index) => (
        <div className="skeleton-row" key={index} style={{ height: rowHeight }}>
          <span className={`skeleton-bar skeleton-bar-${index % 4}`} />
        </div>
      ))}
      <output className="note skeleton-note">
        {isLate ? `Still reading ${what}.` : <span className="visually-hidden">Reading {what}.</span>}
      </output>
    </div>
  );
}
