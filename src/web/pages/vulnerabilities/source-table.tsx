import type { ReactNode } from "react";
import { parseInstant } from "../../../vocabulary/instant.ts";
import type { Statement, Vulnerability } from "../../queries.ts";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { Instant } from "../../ui/instant.tsx";
import { Section } from "../../ui/section.tsx";
import { StateShape } from "../../ui/state.tsx";
import { tableRoles } from "../../table/table-roles.ts";
import type { NamedPackage } from "../../words/affected-axis.ts";
import { isDisputed } from "../../words/disputed-points.ts";
import { scoreWord, shortHash, sourceName } from "../../words/source-words.ts";

type FactRow = {
  readonly label: string;
  /** Which of the server's disagreements are about it. */
  readonly point?: RegExp;
  /** What is compared then; undefined = this source does not say. */
  readonly value?: (statement: Statement) => string | undefined;
  readonly cell: (statement: Statement) => ReactNode;
};

/** What each source says, as received; a value that others contradict is underlined. */
export function SourceTable({
  vulnerability,
  chosen,
}: {
  readonly vulnerability: Vulnerability;
  readonly chosen: NamedPackage | undefined;
}) {
  const { statements, disagreements } = vulnerability;
  return (
    <Section title="Sources, side by side" note="As received. Nothing is averaged. Each has its hash and its earlier revisions.">
      <div className="source-scroll">
        <table className="source-table" {...tableRoles.table}>
          <thead {...tableRoles.rowGroup}>
            <tr {...tableRoles.row}>
              <th {...tableRoles.columnHeader}>Fact</th>
              {statements.map(({ advisory, source }) => (
                <th {...tableRoles.columnHeader} key={advisory}>
                  {sourceName(advisory, source)}
                  <code className="cell-second">{advisory}</code>
                </th>
              ))}
            </tr>
          </thead>
          <tbody {...tableRoles.rowGroup}>
            {factRows(chosen, statements).map((row) => (
              <SourceRow
                key={row.label}
                row={row}
                statements={statements}
                isDisputed={row.point !== undefined && isDisputed(disagreements, chosen, row.point)}
              />
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

function SourceRow({
  row,
  statements,
  isDisputed: isPoint,
}: {
  readonly row: FactRow;
  readonly statements: readonly Statement[];
  readonly isDisputed: boolean;
}) {
  const values = statements.map((statement) => row.value?.(statement));
  const usual = mostFrequent(values);
  const differs = isPoint && new Set(values.filter((value) => value !== undefined)).size > 1;
  return (
    <tr {...tableRoles.row}>
      <th {...tableRoles.rowHeader}>
        <span className="source-mark">
          {differs ? (
            <>
              <StateShape kind="disagree" />
              <span className="visually-hidden">Sources disagree: </span>
            </>
          ) : null}
        </span>
        {row.label}
      </th>
      {statements.map((statement, index) => {
        const isOdd = differs && values[index] !== undefined && values[index] !== usual;
        return (
          <td {...tableRoles.cell} key={statement.advisory}>
            <span className="cell-label">{sourceName(statement.advisory, statement.source)}: </span>
            {isOdd ? <span className="source-odd">{row.cell(statement)}</span> : row.cell(statement)}
          </td>
        );
      })}
    </tr>
  );
}

/** What of this installation's own advisories is signed. */
const OWN_SOURCE = "sluice";

function factRows(chosen: NamedPackage | undefined, statements: readonly Statement[]): readonly FactRow[] {
  const bounds = (statement: Statement, side: "lo" | "hi"): string | undefined => {
    const mine = statement.affected.filter(({ ecosystem, name }) => ecosystem === chosen?.ecosystem && name === chosen.name);
    const texts = mine.flatMap(({ intervals }) =>
      intervals.filter(({ hiKind }) => hiKind !== "listed").map((interval) => interval[side] ?? "none"),
    );
    return texts.length === 0 ? undefined : texts.join(", ");
  };
  const mono = (text: string | undefined, missing: string) =>
    text === undefined ? <span className="zero">{missing}</span> : <code>{text}</code>;
  return [
    {
      label: "First affected",
      point: /^affected versions/,
      value: (statement) => bounds(statement, "lo"),
      cell: (statement) => {
        const text = bounds(statement, "lo");
        return text === "0" ? "every earlier version" : mono(text, "not named");
      },
    },
    {
      label: "First fixed",
      point: /^(?:affected|fixed) version/,
      value: (statement) => bounds(statement, "hi"),
      cell: (statement) => mono(bounds(statement, "hi"), "not named"),
    },
    {
      label: "Score",
      point: /^(?:CVSS|severity in words)/,
      value: (statement) => statement.severities.flatMap(({ score }) => score ?? [])[0]?.toFixed(1),
      cell: (statement) => <Score statement={statement} />,
    },
    {
      label: "Weakness",
      point: /^weaknesses$/,
      value: ({ weaknesses }) => (weaknesses.length === 0 ? undefined : [...weaknesses].sort().join(", ")),
      cell: ({ weaknesses }) => (weaknesses.length === 0 ? <span className="zero">none named</span> : weaknesses.join(", ")),
    },
    { label: "Published", cell: ({ published }) => <Stated text={published} /> },
    { label: "Last changed", cell: ({ modified }) => <Stated text={modified} /> },
    {
      label: "Withdrawn",
      point: /^withdrawn$/,
      value: ({ withdrawn }) => (withdrawn === undefined ? "no" : "yes"),
      cell: ({ withdrawn }) => (withdrawn === undefined ? <span className="zero">no</span> : <Stated text={withdrawn} />),
    },
    { label: "Licence", cell: ({ license }) => license ?? <span className="zero">none stated</span> },
    { label: "Received", cell: ({ receivedAtMs }) => <Instant ms={receivedAtMs} form="distance" /> },
    {
      label: "Received as",
      cell: ({ hash, advisory, revisions }) => (
        <>
          <CopyableId value={hash} shown={shortHash(hash)} />{" "}
          <a
            href={`/api/advisories/${encodeURIComponent(advisory)}/revisions`}
            aria-label={`${revisions === 1 ? "1 revision" : `${revisions} revisions`} of ${advisory}`}
          >
            {revisions === 1 ? "1 revision" : `${revisions} revisions`}
          </a>
        </>
      ),
    },
    ...(statements.some(({ source }) => source === OWN_SOURCE)
      ? [{ label: "Signature", cell: (statement: Statement) => <Signature statement={statement} /> }]
      : []),
  ];
}

function Signature({ statement: { advisory, source } }: { readonly statement: Statement }) {
  if (source !== OWN_SOURCE) return <span className="zero">none kept</span>;
  const name = encodeURIComponent(advisory);
  return (
    <>
      <a href={`/api/advisories/${name}/signature`} download={`${advisory}.sig`} aria-label={`Signature of ${advisory}`}>
        Ed25519
      </a>{" "}
      over <a href={`/v1/vulns/${name}`}>the record</a>
    </>
  );
}

function Score({ statement }: { readonly statement: Statement }) {
  const severity = statement.severities.find(({ score }) => score !== undefined) ?? statement.severities[0];
  if (severity === undefined) return <span className="zero">none in the record</span>;
  if (severity.score === undefined) return <>“{severity.vector}”, no vector</>;
  if (severity.mismatch && severity.statedScore !== undefined) {
    return (
      <span className="source-odd">
        stated {severity.statedScore.toFixed(1)}, vector gives {severity.score.toFixed(1)}
      </span>
    );
  }
  return (
    <span title={severity.vector}>
      {severity.score.toFixed(1)} {scoreWord(severity.score)}
    </span>
  );
}

/** A time as the source states it; one before 1971 is a placeholder, kept as received and not believed. */
function Stated({ text }: { readonly text: string | undefined }) {
  if (text === undefined) return <span className="zero">not stated</span>;
  const ms = parseInstant(text);
  if (ms === undefined || ms < Date.UTC(1971)) return <>{text}, not believed</>;
  return <Instant ms={ms} form="weekday" inRow />;
}

function mostFrequent(values: readonly (string | undefined)[]): string | undefined {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [first, second] = [...counts].sort((a, b) => b[1] - a[1]);
  return first === undefined || first[1] === second?.[1] ? undefined : first[0];
}
