import "../models/models.css";

/** Settled is solid, reserved is striped, left is empty. The numbers stand beside it. */
export function BudgetBar({ spent, reserved, whole }: { readonly spent: number; readonly reserved: number; readonly whole: number }) {
  const settled = shareOf(spent, whole);
  return (
    <span className="budget-bar" aria-hidden="true">
      <span className="budget-settled" style={{ width: `${settled}%` }} />
      <span className="budget-reserved" style={{ width: `${Math.min(shareOf(reserved, whole), 100 - settled)}%` }} />
    </span>
  );
}

function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.min(100, (part / whole) * 100);
}
