import type { Status } from "../queries.ts";
import { Instant } from "../ui/instant.tsx";
import { State } from "../ui/state.tsx";
import { DataTable } from "../table/data-table.tsx";
import type { Column } from "../table/column.ts";
import { numberText } from "../words/count-text.ts";
import { standingWord } from "../words/standing-words.ts";
import { Bar } from "../ui/bar.tsx";
import { useMedia } from "../ui/use-media.ts";

type Row = Status["ecosystems"][number];

/** What is held for each ecosystem and whether it can answer; two tables side by side from eight rows on, where there is room. */
export function EcosystemTables({ ecosystems }: { readonly ecosystems: readonly Row[] }) {
  const sorted = [...ecosystems].sort((a, b) => (b.standing?.advisories ?? 0) - (a.standing?.advisories ?? 0));
  const most = sorted[0]?.standing?.advisories ?? 0;
  const columns = columnsFor(most);
  const isOne = useMedia("(max-width: 62.5em)") || sorted.length < 8;
  const half = isOne ? sorted.length : Math.ceil(sorted.length / 2);
  return (
    <div className={isOne ? "ecosystem-table" : "ecosystem-table ecosystem-table-split"}>
      <DataTable
        label="Ecosystems and what can be said of them"
        columns={columns}
        rows={sorted.slice(0, half)}
        rowId={(row) => row.ecosystem}
        neverStacks
      />
      {half === sorted.length ? null : (
        <DataTable label="More ecosystems" columns={columns} rows={sorted.slice(half)} rowId={(row) => row.ecosystem} neverStacks />
      )}
    </div>
  );
}

function columnsFor(most: number): readonly Column<Row>[] {
  return [
    {
      id: "ecosystem",
      header: "Ecosystem",
      stacked: "plain",
      cell: (row) => <span className="row-name">{row.ecosystem}</span>,
      fileValue: (row) => row.ecosystem,
    },
    {
      id: "advisories",
      header: "Advisories",
      align: "end",
      stacked: "line",
      cell: (row) => numberText(row.standing?.advisories ?? 0),
      fileValue: (row) => row.standing?.advisories,
    },
    {
      id: "share",
      header: "Share of all advisories",
      isHeaderHidden: true,
      stacked: "none",
      cell: (row) => <Bar share={most === 0 ? 0 : (row.standing?.advisories ?? 0) / most} isUnsaid={row.cannotSay !== undefined} />,
      fileValue: () => undefined,
    },
    {
      id: "answer",
      header: "Answer",
      stacked: "side",
      cell: (row) => (row.cannotSay === undefined ? <State kind="passed">can answer</State> : <State kind="cannot-say">cannot say</State>),
      fileValue: (row) => row.cannotSay ?? "can answer",
    },
    {
      id: "age",
      header: "Data age",
      stacked: "line",
      cell: (row) =>
        standingWord(row.cannotSay) ??
        (row.standing?.statedAtMs === undefined ? "not known" : <Instant ms={row.standing.statedAtMs} form="age" inRow />),
      fileValue: (row) => row.standing?.statedAtMs,
    },
  ];
}
