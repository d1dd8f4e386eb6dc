import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Form } from "react-aria-components";
import { Link, useParams, useSearchParams } from "react-router";
import { TextInput } from "../../forms/fields.tsx";
import { packageQuery, statusQuery, type PackageAnswer } from "../../queries.ts";
import { useAnnounce } from "../../shell/announcer.tsx";
import type { Column } from "../../table/column.ts";
import { DataTable, type Sort } from "../../table/data-table.tsx";
import { ExportButtons } from "../../table/list-tools.tsx";
import { Button } from "../../ui/button.tsx";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { FactStrip } from "../../ui/fact-strip.tsx";
import { Instant } from "../../ui/instant.tsx";
import { CannotSay, Empty, Refusal, Skeleton } from "../../ui/notice.tsx";
import { Page } from "../../ui/page.tsx";
import { Section } from "../../ui/section.tsx";
import { CellTitle } from "../../ui/inline-code.tsx";
import { State } from "../../ui/state.tsx";
import { countText, numberText } from "../../words/count-text.ts";
import { vulnerabilityPath } from "../../words/search-target.ts";
import { whatWouldChange, whyCannotSay } from "../../words/standing-words.ts";
import "./package.css";

type Row = PackageAnswer["vulnerabilities"][number];

/** One package: what affects it, or whether one version of it is affected, and why. */
export function PackagePage() {
  const { ecosystem = "", "*": name = "" } = useParams();
  const [params, setParams] = useSearchParams();
  const version = params.get("version") ?? undefined;
  const found = useQuery(packageQuery(ecosystem, name, version));
  const announce = useAnnounce();
  const answer = found.data;
  const said = answer !== undefined && !found.isPlaceholderData && answer.version !== undefined ? headingOf(answer) : "";
  useEffect(() => {
    if (said !== "") announce(said);
  }, [said, announce]);
  const crumbs = [
    { label: "Packages", to: "/packages" },
    { label: ecosystem, to: `/packages?ecosystem=${encodeURIComponent(ecosystem)}` },
    { label: name },
  ];

  return (
    <Page
      title={answer === undefined ? name : headingOf(answer)}
      heading={answer === undefined ? <code>{name}</code> : <Heading answer={answer} />}
      crumbs={crumbs}
      meta={
        <>
          <CopyableId value={name} />
          <span>{ecosystem}</span>
        </>
      }
    >
      <VersionForm
        key={version}
        version={version}
        onAsk={(next) => setParams(next === "" ? {} : { version: next }, { preventScrollReset: true })}
      />
      {answer !== undefined ? (
        <PackageBody answer={answer} isStale={found.isPlaceholderData} />
      ) : found.isError ? (
        <Refusal title={`${name} could not be read`} error={found.error} onRetry={() => void found.refetch()} />
      ) : (
        <Skeleton rows={8} what={name} />
      )}
    </Page>
  );
}

function VersionForm({ version = "", onAsk }: { readonly version: string | undefined; readonly onAsk: (version: string) => void }) {
  const [text, setText] = useState(version);
  return (
    <Form
      className="version-form"
      aria-label="Ask about one version"
      onSubmit={(event) => {
        event.preventDefault();
        onAsk(text.trim());
      }}
    >
      <TextInput label="Is a version affected?" hint="As your lockfile writes it, such as 4.17.15" value={text} onChange={setText} isMono />
      <Button type="submit" look="main">
        Ask
      </Button>
      {version === "" ? null : (
        <Button look="quiet" onPress={() => onAsk("")}>
          All versions
        </Button>
      )}
    </Form>
  );
}

function PackageBody({ answer, isStale }: { readonly answer: PackageAnswer; readonly isStale: boolean }) {
  const [sort, setSort] = useState<Sort>();
  const status = useQuery(statusQuery);
  const isCatalogueMissing = status.data !== undefined && status.data.exploited === undefined;
  const { vulnerabilities, version, upgrade } = answer;
  const { cannotSay, standing } = answer.answer;
  const exploited = vulnerabilities.filter((row) => row.exploited).length;
  const without = vulnerabilities.filter((row) => !row.hasPatch).length;
  const change = cannotSay === undefined ? undefined : whatWouldChange(cannotSay, answer.ecosystem);
  const columns = version === undefined ? baseColumns : verdictColumns;
  return (
    <>
      <FactStrip
        facts={[
          {
            label: "Exploited now",
            value:
              exploited > 0 ? (
                <State kind="exploited">{countText(exploited, "vulnerability", "vulnerabilities")}</State>
              ) : isCatalogueMissing ? (
                <State kind="cannot-say">cannot say</State>
              ) : (
                <State kind="waits">none known</State>
              ),
            note: isCatalogueMissing ? "The KEV catalogue has not been read" : "CISA KEV",
          },
          {
            label: "Vulnerabilities",
            value: <strong className="number">{numberText(vulnerabilities.length)}</strong>,
            note: without === 0 ? "each has a fixed version" : `${numberText(without)} without a fixed version`,
          },
          {
            label: "Data",
            value:
              cannotSay !== undefined ? (
                <State kind="cannot-say">cannot say</State>
              ) : standing?.statedAtMs === undefined ? (
                "of unknown age"
              ) : (
                <>
                  <Instant ms={standing.statedAtMs} form="age" /> old
                </>
              ),
            note:
              cannotSay === undefined
                ? `${numberText(standing?.advisories ?? 0)} advisories of ${answer.ecosystem}`
                : whyCannotSay(cannotSay, standing?.advisories ?? 0),
          },
        ]}
      />
      {upgrade === undefined ? null : (
        <Section title="What fixes it" note="The smallest step that ends the most.">
          <p>
            <State kind={upgrade.to === undefined ? "no-fix" : "proven"}>{upgrade.sentence}</State>
          </p>
        </Section>
      )}
      {answer.caution === undefined ? null : (
        <Section title="To mind" note="Each release of a distribution has its own versions.">
          <p>
            <State kind="cannot-say">{answer.caution}</State>
          </p>
        </Section>
      )}
      {cannotSay === undefined || change === undefined ? null : (
        <Section title="Cannot say" note="No evidence is not good news.">
          <CannotSay title={`Cannot say “nothing else” for ${answer.ecosystem}`}>
            <p>
              {whyCannotSay(cannotSay, standing?.advisories ?? 0)}. {change.sentence}
              {change.command === undefined ? "." : " "}
              {change.command === undefined ? null : <CopyableId value={change.command} />}
            </p>
          </CannotSay>
        </Section>
      )}
      <Section
        title={version === undefined ? "What affects it" : "Verdicts"}
        note={
          <>
            {version === undefined
              ? "Each range is half-open: its first version is affected, its last is not."
              : "One for each vulnerability, with what decides it."}
            <span className="findings-export">
              <ExportButtons name={answer.name} columns={columns} rows={vulnerabilities} size="row" />
            </span>
          </>
        }
      >
        {vulnerabilities.length === 0 ? (
          <Empty title={`No advisory held here names ${answer.name}`}>
            <p>
              That is not “not affected”: see on the <Link to="/data">data page</Link> what is held for {answer.ecosystem} and how old it
              is.
            </p>
          </Empty>
        ) : (
          <DataTable
            label={`Vulnerabilities of ${answer.name}`}
            columns={columns}
            rows={vulnerabilities}
            rowId={(row) => row.vulnerability}
            sort={sort}
            onSort={setSort}
            isStale={isStale}
            rowSize="tall"
            hasKeys
          />
        )}
      </Section>
    </>
  );
}

function Heading({ answer }: { readonly answer: PackageAnswer }) {
  const [before, after] = headingOf(answer).split(answer.name, 2);
  return (
    <>
      {before}
      <code>{answer.name}</code>
      {after}
    </>
  );
}

/** What the package is and how it stands. */
function headingOf(answer: PackageAnswer): string {
  const { name, version, vulnerabilities } = answer;
  if (version === undefined && vulnerabilities.length === 0) return `${name}: no advisory held here`;
  if (version === undefined) return `${name}: ${countText(vulnerabilities.length, "vulnerability", "vulnerabilities")}`;
  const affected = vulnerabilities.filter(({ verdict }) => verdict === "affected").length;
  const incomparable = vulnerabilities.filter(({ verdict }) => verdict === "cannot-compare").length;
  if (affected > 0) return `${name} ${version} is affected by ${countText(affected, "vulnerability", "vulnerabilities")}`;
  if (incomparable > 0) return `${name} ${version} cannot be compared`;
  const isOpen = answer.answer.cannotSay !== undefined || (answer.caution !== undefined && vulnerabilities.length === 0);
  return !isOpen ? `Nothing found for ${name} ${version}` : `Cannot say whether ${name} ${version} is affected`;
}

const verdictOrder = { affected: 0, "cannot-compare": 1, "not-affected": 2 } as const;

const named: Column<Row> = {
  id: "vulnerability",
  header: "Vulnerability",
  widthPercent: 40,
  stacked: "name",
  sortValue: (row) => row.ids[0],
  cell: (row) => (
    <>
      <Link to={vulnerabilityPath(row.ids[0] ?? row.vulnerability)}>
        <CellTitle text={row.title === "" ? (row.ids[0] ?? "") : row.title} />
      </Link>
      <code className="cell-second">{row.ids[0] ?? row.vulnerability}</code>
    </>
  ),
  fileValue: (row) => row.ids,
};
const ranges: Column<Row> = {
  id: "affected",
  header: "Affected",
  stacked: "plain",
  cell: (row) => (
    <>
      {row.intervals.slice(0, 4).map((text) => (
        <code className="cell-several" key={text}>
          {text}
        </code>
      ))}
      {row.intervals.length > 4 ? <span className="note">and {row.intervals.length - 4} more</span> : null}
    </>
  ),
  fileValue: (row) => row.intervals,
};
const exploitedColumn: Column<Row> = {
  id: "exploited",
  header: "Exploited",
  stacked: "side",
  sortValue: (row) => Number(row.exploited),
  cell: (row) => (row.exploited ? <State kind="exploited">yes</State> : <State kind="waits">not known</State>),
  fileValue: (row) => row.exploited,
};
const patchColumn: Column<Row> = {
  id: "patch",
  header: "Patch",
  stacked: "line",
  sortValue: (row) => Number(row.hasPatch),
  cell: (row) =>
    row.withdrawn ? (
      <State kind="refuted">withdrawn</State>
    ) : row.hasPatch ? (
      <State kind="passed">exists</State>
    ) : (
      <State kind="no-fix">none known</State>
    ),
  fileValue: (row) => row.hasPatch,
};
const scoreColumn: Column<Row> = {
  id: "score",
  header: "Score",
  stacked: "line",
  sortValue: (row) => row.score,
  cell: (row) =>
    row.score === undefined ? <State kind="cannot-say">no vector</State> : <span className="number">{row.score.toFixed(1)}</span>,
  fileValue: (row) => row.score,
};

const baseColumns: readonly Column<Row>[] = [named, ranges, exploitedColumn, patchColumn, scoreColumn];

const verdictColumns: readonly Column<Row>[] = [
  named,
  {
    id: "verdict",
    header: "Verdict",
    stacked: "side",
    sortValue: (row) => (row.verdict === undefined ? undefined : verdictOrder[row.verdict]),
    cell: (row) =>
      row.verdict === "affected" ? (
        <State kind="affected">affected</State>
      ) : row.verdict === "cannot-compare" ? (
        <State kind="cannot-compare">cannot compare</State>
      ) : (
        <State kind="passed">not affected</State>
      ),
    fileValue: (row) => row.verdict,
  },
  { id: "why", header: "Why", widthPercent: 28, stacked: "name", cell: (row) => row.why ?? "", fileValue: (row) => row.why },
  { ...exploitedColumn, stacked: "none" },
  { ...scoreColumn, stacked: "none" },
];
