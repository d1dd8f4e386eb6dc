import { useState } from "react";
import type { Column } from "../../table/column.ts";
import { DataTable } from "../../table/data-table.tsx";
import { Choice } from "../../forms/choice.tsx";
import { Section } from "../../ui/section.tsx";
import { amountText } from "../../words/model-words.ts";
import type { Grant, Window } from "./model-queries.ts";

type Line = {
  readonly unit: string;
  readonly settled: number;
  readonly unaccounted: number;
  readonly reserved: number;
  readonly left: number;
  readonly whole: number;
};

const all = "all";

/** What the grants allow: settled, reserved and left, of all of them or of one. It adds up but for what an upstream used beyond its budget. */
export function Budget({ grants, windows }: { readonly grants: readonly Grant[] | undefined; readonly windows: readonly Window[] }) {
  const [chosen, setChosen] = useState(all);
  const standing = (grants ?? []).filter(({ window }) => windows.some(({ id }) => id === window.id));
  if (standing.length === 0) return null;
  const counted = chosen === all ? standing : standing.filter(({ id }) => id === chosen);
  return (
    <Section title="Budget" note="Reserved before the first byte goes to the model, settled after.">
      {standing.length < 2 ? null : (
        <div className="budget-of">
          <Choice
            label="Whose"
            value={chosen}
            onChange={setChosen}
            options={[
              { value: all, label: `All ${standing.length} grants` },
              ...standing.map(({ id, organisation, window }) => ({
                value: id,
                label: `${organisation.name ?? "an organisation you do not know"}, ${window.name}`,
              })),
            ]}
          />
        </div>
      )}
      <DataTable
        label="Budget"
        columns={columns}
        rows={[lineOf("Requests", "requests", counted), lineOf("Tokens", "tokens", counted)]}
        rowId={({ unit }) => unit}
        neverStacks
      />
    </Section>
  );
}

function lineOf(unit: string, of: "requests" | "tokens", grants: readonly Grant[]): Line {
  const sum = (part: (grant: Grant) => number): number => grants.reduce((total, grant) => total + part(grant), 0);
  return {
    unit,
    settled: sum(({ spent }) => spent[of]),
    unaccounted: sum(({ unaccounted }) => unaccounted[of]),
    reserved: sum(({ reserved }) => reserved[of]),
    left: sum(({ left }) => left[of]),
    whole: sum(({ budget }) => budget[of]),
  };
}

const columns: readonly Column<Line>[] = [
  {
    id: "unit",
    header: "Unit",
    cell: ({ unit }) => <strong>{unit}</strong>,
    fileValue: ({ unit }) => unit,
    stacked: "name",
    isFixed: true,
  },
  {
    id: "bar",
    header: "Share",
    isHeaderHidden: true,
    cell: ({ settled, reserved, whole }) => (
      <span className="budget-bar" aria-hidden="true">
        <span className="budget-settled" style={{ width: `${share(settled, whole)}%` }} />
        <span className="budget-reserved" style={{ width: `${Math.min(share(reserved, whole), 100 - share(settled, whole))}%` }} />
      </span>
    ),
    fileValue: () => undefined,
    stacked: "none",
  },
  {
    id: "settled",
    header: "Settled",
    cell: ({ settled, unaccounted }) => (
      <>
        <Amount of={settled} />
        {unaccounted === 0 ? null : (
          <span className="cell-second">{amountText(unaccounted)} of it charged because a gateway was ended</span>
        )}
      </>
    ),
    fileValue: ({ settled }) => settled,
    align: "end",
    stacked: "plain",
  },
  {
    id: "reserved",
    header: "Reserved",
    cell: ({ reserved }) => <Amount of={reserved} />,
    fileValue: ({ reserved }) => reserved,
    align: "end",
    stacked: "plain",
  },
  {
    id: "left",
    header: "Left",
    cell: ({ left, whole }) => (
      <strong className="budget-left">
        {amountText(left)} of {amountText(whole)}
      </strong>
    ),
    fileValue: ({ left }) => left,
    align: "end",
    stacked: "plain",
  },
];

function Amount({ of }: { readonly of: number }) {
  return of === 0 ? <span className="zero">0</span> : amountText(of);
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.min(100, (part / whole) * 100);
}
