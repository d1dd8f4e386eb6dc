import "./bar.css";

/** A bar in a table: level-4 for data, hatched where the data may not answer. The number stands beside it. */
export function Bar({ share, isUnsaid }: { readonly share: number; readonly isUnsaid: boolean }) {
  return (
    <span className="bar" aria-hidden="true">
      <span className={`bar-fill${isUnsaid ? " bar-unsaid" : ""}`} style={{ width: `${Math.max(1.5, share * 100)}%` }} />
    </span>
  );
}
