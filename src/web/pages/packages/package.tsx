import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Form } from "react-aria-components";
import { Link, useParams, useSearchParams } from "react-router";
import { TextInput } from "../../forms/text-input.tsx";
import { packageQuery, statusQuery, type PackageAnswer } from "../../queries.ts";
import { useAnnounce } from "../../shell/announcer.tsx";
import { DataTable, type Sort } from "../../table/data-table.tsx";
import { ExportButtons } from "../../table/list-tools.tsx";
import { PageFoot } from "../../table/page-foot.tsx";
import { headerOf } from "../../table/record-list.tsx";
import { useUrlList, type UrlList } from "../../table/url-list.ts";
import { Button } from "../../ui/button.tsx";
import { Command } from "../../ui/command.tsx";
import { CopyableId } from "../../ui/copyable-id.tsx";
import { CannotSay, Empty, Refusal, Skeleton } from "../../ui/notice.tsx";
import { Breakable, PackageName } from "../../ui/package-name.tsx";
import { Page } from "../../ui/page.tsx";
import { Section } from "../../ui/section.tsx";
import { State } from "../../ui/state.tsx";
import { Unfold } from "../../ui/unfold.tsx";
import { sentenceText } from "../../words/count-text.ts";
import { exampleVersion } from "../../words/example-version.ts";
import { headingAfterName } from "../../words/package-heading.ts";
import { packagePath } from "../../words/search-target.ts";
import { whatWouldChange, whyCannotSay } from "../../words/standing-words.ts";
import { baseColumns, verdictColumns } from "./package-columns.tsx";
import { PackageStrip } from "./package-strip.tsx";
import "./package.css";

/** One package: what affects it, or whether one version of it is affected, and why. */
export function PackagePage() {
  const { ecosystem = "", "*": name = "" } = useParams();
  const [, setParams] = useSearchParams();
  const list = useUrlList(["version"]);
  const version = list.values["version"];
  const found = useQuery(packageQuery(ecosystem, name, { version, after: list.after }));
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
      heading={answer === undefined ? <PackageName name={name} /> : <Heading answer={answer} />}
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
        example={exampleVersion((answer?.vulnerabilities ?? []).flatMap(({ intervals }) => intervals))}
        onAsk={(next) => setParams(next === "" ? {} : { version: next }, { preventScrollReset: true })}
      />
      {answer !== undefined ? (
        <PackageBody answer={answer} list={list} isStale={found.isPlaceholderData} />
      ) : found.isError ? (
        <Refusal title={`${name} could not be read`} error={found.error} onRetry={() => void found.refetch()} />
      ) : (
        <Skeleton rows={8} what={name} />
      )}
    </Page>
  );
}

function VersionForm({
  version = "",
  example,
  onAsk,
}: {
  readonly version: string | undefined;
  readonly example: string | undefined;
  readonly onAsk: (version: string) => void;
}) {
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
      <TextInput
        label="Is a version affected?"
        hint={
          <>
            As your package manager writes it
            {example === undefined ? null : (
              <>
                , such as{" "}
                <code>
                  <Breakable text={example} />
                </code>
              </>
            )}
          </>
        }
        value={text}
        onChange={setText}
        isMono
      />
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

function PackageBody({ answer, list, isStale }: { readonly answer: PackageAnswer; readonly list: UrlList; readonly isStale: boolean }) {
  const status = useQuery(statusQuery);
  return (
    <>
      <PackageStrip answer={answer} status={status.data} />
      <WhatFixes answer={answer} />
      <ToMind answer={answer} />
      <WhatCannotBeSaid answer={answer} />
      <Vulnerabilities answer={answer} list={list} isStale={isStale} />
    </>
  );
}

function WhatFixes({ answer: { upgrade, releases } }: { readonly answer: PackageAnswer }) {
  if (upgrade === undefined) return null;
  return (
    <Section title="What fixes it" note="The smallest step that ends the most.">
      <p>
        <State kind={upgrade.to !== undefined ? "proven" : releases.length > 0 ? "cannot-say" : "no-fix"}>
          {upgrade.to === undefined ? sentenceText(upgrade.sentence) : upgrade.sentence}
        </State>
      </p>
      {upgrade.commands.map((command) => (
        <div className="package-command" key={command}>
          <Command text={command} />
        </div>
      ))}
    </Section>
  );
}

/** A distribution without its release, and whatever else the server asks to mind. */
function ToMind({ answer: { caution, releases, name, version } }: { readonly answer: PackageAnswer }) {
  if (caution === undefined) return null;
  return (
    <Section title="To mind" note="Each release of a distribution has its own versions.">
      <p>
        <State kind="cannot-say">{sentenceText(caution)}</State>
      </p>
      {releases.length === 0 ? null : (
        <div className="package-releases">
          <span className="second">Ask about one:</span>
          <Unfold items={releases} atFirst={12}>
            {(shown) =>
              shown.map((release) => (
                <Link key={release} to={packagePath(release, name, version)}>
                  {release}
                </Link>
              ))
            }
          </Unfold>
        </div>
      )}
    </Section>
  );
}

function WhatCannotBeSaid({ answer }: { readonly answer: PackageAnswer }) {
  const { cannotSay, standing, ecosystem } = answer.answer;
  if (cannotSay === undefined) return null;
  const change = whatWouldChange(cannotSay, ecosystem);
  return (
    <Section title="Cannot say" note="No evidence is not good news.">
      <CannotSay title={`Cannot say “nothing else” for ${answer.ecosystem}`}>
        <p>
          {whyCannotSay(cannotSay, standing?.advisories ?? 0)}. {change.sentence}
          {change.command === undefined ? "." : " "}
          {change.command === undefined ? null : <CopyableId value={change.command} />}
        </p>
      </CannotSay>
    </Section>
  );
}

function Vulnerabilities({ answer, list, isStale }: { readonly answer: PackageAnswer; readonly list: UrlList; readonly isStale: boolean }) {
  const [sort, setSort] = useState<Sort>();
  const { vulnerabilities, version, counts } = answer;
  const columns = version === undefined ? baseColumns : verdictColumns;
  const order = version === undefined ? "worst first" : "what affects it first, then the worst";
  return (
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
            That is not “not affected”: see on the <Link to="/data">data page</Link> what is held for {answer.answer.ecosystem} and how old
            it is.
          </p>
        </Empty>
      ) : (
        <>
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
          {answer.next === undefined && list.after === undefined ? null : (
            <PageFoot
              rows={vulnerabilities.length}
              one="vulnerability"
              many="vulnerabilities"
              total={counts.vulnerabilities}
              order={sort === undefined ? order : `of these, sorted by ${headerOf(columns, sort.column)}`}
              after={list.after}
              next={answer.next}
              pageNumber={list.pageNumber}
              goTo={list.goTo}
              isStale={isStale}
            />
          )}
        </>
      )}
    </Section>
  );
}

function Heading({ answer }: { readonly answer: PackageAnswer }) {
  return (
    <>
      <PackageName name={answer.name} />
      {headingAfterName(answer)}
    </>
  );
}

/** What the package is and how it stands. */
function headingOf(answer: PackageAnswer): string {
  return answer.name + headingAfterName(answer);
}
