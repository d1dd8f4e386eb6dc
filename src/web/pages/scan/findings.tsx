import { useState } from "react";
import { Link } from "react-router";
import type { WireScanAnswer } from "../../../contract/schemas.ts";
import type { Column } from "../../table/column.ts";
import { DataTable, type Sort } from "../../table/data-table.tsx";
import { ExportButtons } from "../../table/list-tools.tsx";
import { Button } from "../../ui/button.tsx";
import { Empty } from "../../ui/notice.tsx";
import { Breakable } from "../../ui/package-name.tsx";
import { Section } from "../../ui/section.tsx";
import { CellTitle } from "../../ui/inline-code.tsx";
import { State } from "../../ui/state.tsx";
import { usePrinting } from "../../ui/use-printing.ts";
import { listText, numberText } from "../../words/count-text.ts";
import { planFacts } from "../../words/plan-facts.ts";
import { vulnerabilityPath } from "../../words/search-target.ts";

type Finding = WireScanAnswer["findings"][number];

const AT_FIRST = 40;

export function FindingTable({ answer }: { readonly answer: WireScanAnswer }) {
  const [sort, setSort] = useState<Sort>();
  const [isUnfolded, setIsUnfolded] = useState(false);
  const isPrinting = usePrinting();
  const isWhole = isUnfolded || isPrinting;
  const components = answer.documents.reduce((sum, document) => sum + document.components, 0);
  if (answer.findings.length === 0) {
    return (
      <Section title="Findings">
        {planFacts(answer).nothingFound === 0 ? (
          <Empty title="No findings, and no evidence that there are none">
            <p>Nothing in the file could be compared with data that can carry an answer. What is missing stands above.</p>
          </Empty>
        ) : (
          <Empty title="Nothing found">
            <p>No advisory held here names one of the versions that could be compared. New advisories change this answer.</p>
          </Empty>
        )}
      </Section>
    );
  }
  const shown = isWhole ? answer.findings : answer.findings.slice(0, AT_FIRST);
  const rest = answer.findings.length - shown.length;
  return (
    <Section
      title="Findings"
      note={
        <>
          Grouped by vulnerability, not by alias.
          <span className="findings-export no-print">
            <ExportButtons name="findings" columns={columns} rows={answer.findings} size="row" />
          </span>
        </>
      }
    >
      <DataTable
        label="Findings"
        columns={columns}
        rows={shown}
        rowId={(finding) => finding.vulnerability}
        sort={sort}
        onSort={setSort}
        rowSize="tall"
        hasKeys
      />
      <p className="findings-rest note">
        {rest === 0 ? null : (
          <Button look="quiet" size="row" onPress={() => setIsUnfolded(true)}>
            {numberText(rest)} more
          </Button>
        )}{" "}
        {numberText(answer.findings.length)} in all (n = {numberText(components)} components)
      </p>
    </Section>
  );
}

const columns: readonly Column<Finding>[] = [
  {
    id: "vulnerability",
    header: "Vulnerability",
    widthPercent: 34,
    stacked: "name",
    sortValue: (finding) => finding.ids[0],
    cell: (finding) => (
      <>
        <Link to={vulnerabilityPath(finding.ids[0] ?? finding.vulnerability)}>
          <CellTitle text={finding.title === "" ? (finding.ids[0] ?? "") : finding.title} />
        </Link>
        <code className="cell-second">{finding.ids[0] ?? finding.vulnerability}</code>
      </>
    ),
    fileValue: (finding) => finding.ids,
  },
  {
    id: "component",
    header: "Component",
    widthPercent: 20,
    stacked: "plain",
    sortValue: (finding) => finding.components[0]?.name,
    cell: (finding) => <Several values={finding.components.map(({ name, version }) => `${name} ${version}`)} />,
    fileValue: (finding) => finding.components.map(({ name, version }) => `${name}@${version}`),
  },
  {
    id: "affected",
    header: "Affected",
    widthPercent: 17,
    stacked: "none",
    cell: (finding) => <Several values={finding.components.map(({ affected }) => affected)} />,
    fileValue: (finding) => finding.components.map(({ affected }) => affected),
  },
  {
    id: "exploited",
    header: "Exploited",
    stacked: "side",
    sortValue: (finding) => Number(finding.exploited),
    cell: (finding) =>
      finding.kind === "malware" ? (
        <State kind="affected">malicious</State>
      ) : finding.exploited ? (
        <State kind="exploited">yes</State>
      ) : (
        <State kind="waits">not known</State>
      ),
    fileValue: (finding) => finding.exploited,
  },
  {
    id: "score",
    header: "Score",
    stacked: "none",
    sortValue: (finding) => finding.score,
    cell: (finding) =>
      finding.score === undefined ? <State kind="cannot-say">no vector</State> : <span className="number">{finding.score.toFixed(1)}</span>,
    fileValue: (finding) => finding.score,
  },
  {
    id: "endedBy",
    header: "Ended by",
    stacked: "line",
    cell: ({ endedBy }) =>
      endedBy.length === 0 ? (
        <span className="zero">no patch</span>
      ) : (
        <a href={`#change-${endedBy[0]}`}>
          {endedBy.length === 1 ? "change" : "changes"} {listText(endedBy.map(String))}
        </a>
      ),
    fileValue: ({ endedBy }) => endedBy.map(String),
  },
];

function Several({ values }: { readonly values: readonly string[] }) {
  const distinct = [...new Set(values)];
  return (
    <>
      {distinct.slice(0, 3).map((value) => (
        <code className="cell-several" key={value}>
          <Breakable text={value} />
        </code>
      ))}
      {distinct.length > 3 ? <span className="note">and {distinct.length - 3} more</span> : null}
    </>
  );
}
