import { Fragment } from "react";
import { Link } from "react-router";
import type { WireScanAnswer } from "../../../contract/schemas.ts";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { InlineCode } from "../../ui/inline-code.tsx";
import { CannotSay } from "../../ui/notice.tsx";
import { Section } from "../../ui/section.tsx";
import { State } from "../../ui/state.tsx";
import type { Column } from "../../table/column.ts";
import { DataTable } from "../../table/data-table.tsx";
import { countText, listText, numberText } from "../../words/count-text.ts";
import { isEnded, planFacts } from "../../words/plan-facts.ts";
import { vulnerabilityPath } from "../../words/search-target.ts";
import { whatWouldChange, whyCannotSay } from "../../words/standing-words.ts";

/** Findings that no change ends, said as clearly as the rest. */
export function NoPatch({ answer }: { readonly answer: WireScanAnswer }) {
  const left = answer.findings.filter((finding) => !isEnded(finding));
  if (left.length === 0) return null;
  return (
    <Section title="No patch" note="Said as clearly as the rest.">
      <ul className="no-patch">
        {left.map((finding) => (
          <li key={finding.vulnerability}>
            <State kind="no-fix">No fix known</State>
            <div className="stack">
              <p>
                <strong>{[...new Set(finding.components.map(({ name, version }) => `${name} ${version}`))].join(", ")}</strong>:{" "}
                <InlineCode text={finding.title} /> (
                <Link className="plain-link" to={vulnerabilityPath(finding.ids[0] ?? finding.vulnerability)}>
                  <code>{finding.ids[0] ?? finding.vulnerability}</code>
                </Link>
                ). {noFixReason(finding)}
              </p>
              <p className="second">
                What remains is to replace the package, to keep its input from strangers, or to ask its maintainers. No source names a
                version that ends this.
              </p>
            </div>
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** What of it is left once the plan is followed. */
function noFixReason({ components }: WireScanAnswer["findings"][number]): string {
  const without = components.filter(({ fix }) => fix.kind === "none");
  return without.length === components.length
    ? ""
    : `The plan ends it elsewhere; ${listText(without.map(({ name, version }) => `${name} ${version}`))} stays affected.`;
}

type UnsaidRow = {
  readonly id: string;
  readonly kind: "cannot-say" | "cannot-compare";
  readonly what: string;
  readonly count: number;
  readonly why: string;
  readonly names: readonly string[];
  readonly change: { readonly sentence: string; readonly command?: string };
};

/** What could not be said: what, how many, why, what would change it and who can. */
export function Unsaid({ answer }: { readonly answer: WireScanAnswer }) {
  const rows = [...ecosystemRows(answer), ...compareRows(answer)];
  if (rows.length === 0) return null;
  return (
    <Section title="Cannot say" note="No evidence is not good news. This is what is missing and who can mend it.">
      <CannotSay>
        <DataTable label="What could not be said" columns={unsaidColumns} rows={rows} rowId={(row) => row.id} />
      </CannotSay>
    </Section>
  );
}

function ecosystemRows(answer: WireScanAnswer): readonly UnsaidRow[] {
  const { unsaid } = planFacts(answer);
  return answer.ecosystems.flatMap(({ ecosystem, cannotSay, standing }): readonly UnsaidRow[] => {
    if (cannotSay === undefined) return [];
    const why = whyCannotSay(cannotSay, standing?.advisories ?? 0);
    return [
      {
        id: ecosystem,
        kind: "cannot-say",
        what: cannotSay === "no-release" ? `${ecosystem} packages` : ecosystem,
        count: unsaid.get(ecosystem) ?? 0,
        why: answer.findings.length > 0 && standing !== undefined ? `${why}. More may affect what was found` : why,
        names: [],
        change: whatWouldChange(cannotSay, ecosystem),
      },
    ];
  });
}

function compareRows(answer: WireScanAnswer): readonly UnsaidRow[] {
  const groups = Map.groupBy(answer.cannotCompare, ({ version, advisories }) =>
    advisories.length > 0 ? "range" : version === undefined ? "no-version" : "version",
  );
  return [...groups].map(([group, entries]) => ({
    id: `compare ${group}`,
    kind: "cannot-compare" as const,
    what: { range: "Ranges", "no-version": "No version", version: "Versions" }[group],
    count: new Set(entries.map(({ place }) => place)).size,
    why: {
      range: "Advisories name versions that have no place in the order: ",
      "no-version": "The file names them without a version: ",
      version: "Their versions have no place in the order of the ecosystem: ",
    }[group],
    names: [...new Set(entries.map(({ name, version }) => (version === undefined ? name : `${name} ${version}`)))],
    change: {
      sentence:
        group === "range"
          ? "The advisory's source mends its record"
          : "Make the file again with the package manager or the build tool’s plug-in, from released versions",
    },
  }));
}

const unsaidColumns: readonly Column<UnsaidRow>[] = [
  { id: "what", header: "What", stacked: "plain", cell: (row) => <State kind={row.kind}>{row.what}</State>, fileValue: (row) => row.what },
  {
    id: "components",
    header: "Components",
    align: "end",
    stacked: "side",
    cell: (row) => (
      <>
        {numberText(row.count)}
        <span className="cell-label"> {row.count === 1 ? "component" : "components"}</span>
      </>
    ),
    fileValue: (row) => row.count,
  },
  { id: "why", header: "Why", stacked: "name", cell: (row) => <Why row={row} />, fileValue: (row) => row.why },
  {
    id: "change",
    header: "What would change it",
    stacked: "name",
    cell: ({ change }) => (
      <>
        {change.sentence}
        {change.command === undefined ? null : (
          <>
            {" "}
            <CopyableId value={change.command} />
          </>
        )}
      </>
    ),
    fileValue: (row) => row.change.command ?? row.change.sentence,
  },
];

function Why({ row }: { readonly row: UnsaidRow }) {
  const shown = row.names.slice(0, 6);
  return (
    <>
      {row.why}
      {shown.map((name, index) => (
        <Fragment key={name}>
          {index === 0 ? "" : ", "}
          <code>{name}</code>
        </Fragment>
      ))}
      {row.names.length > shown.length ? ` and ${row.names.length - shown.length} more` : ""}
    </>
  );
}

/** Entries of the file that were left out, each with its place and reason. */
export function LeftOut({ answer }: { readonly answer: WireScanAnswer }) {
  const problems = [...answer.unreadable, ...answer.documents.flatMap((document) => document.problems)];
  if (problems.length === 0) return null;
  return (
    <Section title="Left out" note={`${countText(problems.length, "entry", "entries")} of the file could not be read.`}>
      <DataTable
        label="Entries left out"
        columns={problemColumns}
        rows={problems}
        rowId={(problem) => `${problem.place} ${problem.reason}`}
      />
    </Section>
  );
}

const problemColumns: readonly Column<WireScanAnswer["unreadable"][number]>[] = [
  { id: "place", header: "Place", stacked: "name", cell: (problem) => <code>{problem.place}</code>, fileValue: (problem) => problem.place },
  { id: "reason", header: "Reason", stacked: "name", cell: (problem) => problem.reason, fileValue: (problem) => problem.reason },
];
