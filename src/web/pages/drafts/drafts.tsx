import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { listDrafts, type WireDraftRow } from "../../../contract/endpoints/drafts.ts";
import { DRAFT_STATES } from "../../../vocabulary/draft-advisory.ts";
import { ask } from "../../server-client.ts";
import { MembersOnly } from "../../shell/members-only.tsx";
import type { Session } from "../../shell/session.ts";
import type { Column } from "../../table/column.ts";
import { DataTable } from "../../table/data-table.tsx";
import { FilterPanel } from "../../table/filter-panel.tsx";
import { ColumnPanel, ColumnsButton, ExportButtons, useColumnChoice } from "../../table/list-tools.tsx";
import { PageFoot } from "../../table/page-foot.tsx";
import { PAGE } from "../../table/page-size.ts";
import { useUrlList, type FilterField } from "../../table/url-list.ts";
import { Button } from "../../ui/button.tsx";
import { AddChip, Chip } from "../../ui/chip.tsx";
import { Instant } from "../../ui/instant.tsx";
import { LevelGauge } from "../../ui/level-gauge.tsx";
import { Empty, Refusal, Skeleton } from "../../ui/notice.tsx";
import { PackageName } from "../../ui/package-name.tsx";
import { Page } from "../../ui/page.tsx";
import { countText } from "../../words/count-text.ts";
import { rowTitle, STATE_WORDS } from "../../words/draft-words.ts";
import { BeginDraft, type Beginning } from "./begin-draft.tsx";
import { DraftState } from "./draft-state.tsx";
import "./drafts.css";

/** Drafts that the acting organisation may know of, the newest opening first. */
export function DraftsPage() {
  return <MembersOnly title="Draft advisories">{(session) => <Drafts session={session} />}</MembersOnly>;
}

const fields: readonly FilterField[] = [
  { key: "state", label: "State", options: DRAFT_STATES.map((value) => ({ value, label: STATE_WORDS[value] })) },
  {
    key: "own",
    label: "Written by",
    options: [
      { value: "true", label: "your organisation" },
      { value: "false", label: "others" },
    ],
  },
];

function Drafts({ session }: { readonly session: Session }) {
  const list = useUrlList(fields.map(({ key }) => key));
  const { values, after, pageNumber } = list;
  const found = useQuery({
    queryKey: ["drafts", values, after],
    // What the URL says is checked by the server's own schema.
    queryFn: ({ signal }) =>
      ask(listDrafts, { query: { ...values, ...(after === undefined ? {} : { after }), limit: PAGE } as never, signal }),
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false,
  });
  const choice = useColumnChoice("drafts", columns);
  const [open, setOpen] = useState<"filters" | "columns">();
  const [beginning, setBeginning] = useState<Beginning>();
  const rows = found.data?.rows ?? [];
  const mayWrite = session.verbs.includes("draft.write");
  const isFiltered = Object.keys(values).length > 0;
  const without = (key: string) => Object.fromEntries(Object.entries(values).filter(([other]) => other !== key));
  return (
    <Page
      title="Draft advisories"
      meta={`What ${session.acting.name} writes, and what others have opened to it.`}
      action={
        mayWrite ? (
          <>
            <Button onPress={() => setBeginning("import")}>Import a document</Button>
            <Button look="main" onPress={() => setBeginning("write")}>
              Begin a draft
            </Button>
            <p className="note">Nobody else sees it until its release plan opens a stage.</p>
          </>
        ) : undefined
      }
    >
      {beginning === undefined ? null : <BeginDraft how={beginning} onClose={() => setBeginning(undefined)} />}
      <div className="list-bar">
        {fields.map((field) => {
          const value = values[field.key];
          if (value === undefined) return null;
          const shown = field.options?.find((option) => option.value === value)?.label ?? value;
          return <Chip key={field.key} field={field.label} value={shown} onRemove={() => list.setValues(without(field.key))} />;
        })}
        <AddChip isOpen={open === "filters"} controls="filters" onPress={() => setOpen(open === "filters" ? undefined : "filters")} />
        <span className="list-bar-end drafts-tools">
          {rows.length === 0 ? null : <ExportButtons name="drafts" columns={columns} rows={rows} size="row" />}
          <ColumnsButton
            columns={columns}
            choice={choice}
            isOpen={open === "columns"}
            onPress={() => setOpen(open === "columns" ? undefined : "columns")}
          />
        </span>
      </div>
      {open === "filters" ? (
        <FilterPanel
          key={JSON.stringify(values)}
          fields={fields}
          values={values}
          onApply={(next) => {
            list.setValues(next);
            setOpen(undefined);
          }}
        />
      ) : null}
      {open === "columns" ? <ColumnPanel columns={columns} choice={choice} /> : null}
      {found.isError ? (
        <Refusal
          title="Drafts could not be read"
          error={found.error}
          kept="The filters stay as they are."
          onRetry={() => void found.refetch()}
        />
      ) : found.isPending ? (
        <Skeleton rows={6} what="drafts" rowHeight={54} />
      ) : rows.length === 0 ? (
        <NoDrafts isFiltered={isFiltered} mayWrite={mayWrite} />
      ) : (
        <>
          <DataTable
            label="Draft advisories"
            columns={columns}
            rows={rows}
            rowId={({ id }) => id}
            rowName={rowTitle}
            hidden={choice.hidden}
            sort={list.sort}
            onSort={list.setSort}
            rowSize="tall"
            isStale={found.isPlaceholderData}
            hasKeys
          />
          <PageFoot
            rows={rows.length}
            one="draft"
            many="drafts"
            order="newest opening first"
            after={after}
            next={found.data?.next}
            pageNumber={pageNumber}
            goTo={list.goTo}
            isStale={found.isPlaceholderData}
          />
        </>
      )}
    </Page>
  );
}

function NoDrafts({ isFiltered, mayWrite }: { readonly isFiltered: boolean; readonly mayWrite: boolean }) {
  if (isFiltered) {
    return (
      <Empty title="No draft fits these filters">
        <p>Take one away to see more of what is open to you.</p>
      </Empty>
    );
  }
  return (
    <Empty title="No drafts yet">
      <p>
        A draft advisory says what is wrong in a package, confidentially. It stands here when your organisation writes one, or when a stage
        of another's opens to one of your circles.
      </p>
      {mayWrite ? <p>Begin one above, or import an OSV record or a CSAF document.</p> : null}
    </Empty>
  );
}

const columns: readonly Column<WireDraftRow>[] = [
  {
    id: "draft",
    header: "Draft",
    cell: (row) => (
      <>
        <Link to={`/drafts/${row.id}`}>{rowTitle(row)}</Link>
        {row.advisory === undefined ? null : (
          <span className="draft-second note">
            <code>{row.advisory}</code>
          </span>
        )}
      </>
    ),
    sortValue: rowTitle,
    fileValue: rowTitle,
    stacked: "name",
    isFixed: true,
    widthPercent: 34,
  },
  {
    id: "level",
    header: "You see",
    cell: ({ level }) => <LevelGauge level={level} />,
    fileValue: ({ level }) => level,
    stacked: "side",
  },
  {
    id: "state",
    header: "State",
    cell: ({ state }) => <DraftState state={state} />,
    sortValue: ({ state }) => state,
    fileValue: ({ state }) => state,
    stacked: "plain",
  },
  {
    id: "packages",
    header: "Packages",
    cell: ({ packages, packageCount }) =>
      packageCount === 0 ? (
        <span className="note">none named</span>
      ) : (
        <>
          {packages.slice(0, 2).map(({ ecosystem, name }) => (
            <span key={`${ecosystem} ${name}`} className="draft-package">
              <span className="second">{ecosystem}</span> <PackageName name={name} />
            </span>
          ))}
          {packageCount > 2 ? <span className="note">and {countText(packageCount - 2, "more", "more")}</span> : null}
        </>
      ),
    fileValue: ({ packages }) => packages.map(({ ecosystem, name }) => `${ecosystem} ${name}`),
    stacked: "plain",
  },
  {
    id: "owner",
    header: "Owner",
    cell: ({ owner }) => (owner === undefined ? <span className="note">not shown at notice</span> : (owner.name ?? "not known to you")),
    sortValue: ({ owner }) => owner?.name,
    fileValue: ({ owner }) => owner?.name,
    stacked: "line",
  },
  {
    id: "public",
    header: "Public",
    cell: ({ publicOn, state }) =>
      publicOn === undefined || state !== "open" ? (
        <span className="note">{state === "open" ? "no date yet" : STATE_WORDS[state]}</span>
      ) : (
        <Instant ms={publicOn.instantMs} form="distance" inRow />
      ),
    sortValue: ({ publicOn }) => publicOn?.instantMs,
    fileValue: ({ publicOn }) => (publicOn === undefined ? undefined : new Date(publicOn.instantMs).toISOString()),
    stacked: "line",
  },
  {
    id: "opened",
    header: "Opened to you",
    cell: ({ openedAtMs }) => <Instant ms={openedAtMs} form="distance" inRow />,
    sortValue: ({ openedAtMs }) => openedAtMs,
    fileValue: ({ openedAtMs }) => new Date(openedAtMs).toISOString(),
    align: "end",
    stacked: "line",
  },
];
