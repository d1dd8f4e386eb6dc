import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { RowSelectionState } from "@tanstack/react-table";
import { useEffect, useState, type ReactNode } from "react";
import { SearchInput } from "../forms/search-input.tsx";
import { useAnnounce } from "../shell/announcer.tsx";
import { Button } from "../ui/button.tsx";
import { AddChip, Chip } from "../ui/chip.tsx";
import { Refusal, Skeleton } from "../ui/notice.tsx";
import { Page } from "../ui/page.tsx";
import { countText } from "../words/count-text.ts";
import type { Column } from "./column.ts";
import { DataTable } from "./data-table.tsx";
import { FilterPanel } from "./filter-panel.tsx";
import { ColumnPanel, ColumnsButton, ExportButtons, useColumnChoice } from "./list-tools.tsx";
import { PageFoot } from "./page-foot.tsx";
import { PAGE } from "./page-size.ts";
import { useUrlList, type FilterField } from "./url-list.ts";

type Answer<Row> = { readonly rows: readonly Row[]; readonly next?: string | undefined };

/** What the URL asks for, as it stands there; the server's own schema checks it. */
export type Asked = Readonly<Record<string, string | number>>;

export type RecordListProps<Row> = {
  readonly title: string;
  readonly lead: string;
  /** Names the file and what is kept of the columns. */
  readonly name: string;
  /** What one row is: `vulnerability`, `vulnerabilities`. */
  readonly one: string;
  readonly many: string;
  readonly searchLabel: string;
  readonly fields: readonly FilterField[];
  readonly columns: readonly Column<Row>[];
  readonly rowId: (row: Row) => string;
  readonly rowName: (row: Row) => string;
  readonly rowSize: "dense" | "tall";
  /** In which order the server gives them. */
  readonly order: string;
  readonly read: (asked: Asked, signal: AbortSignal) => Promise<Answer<Row>>;
  /** What to show when nothing came: by whether filters are in force. */
  readonly renderEmpty: (isFiltered: boolean) => ReactNode;
  /** Between the filters and the table, for what the search text calls for. */
  readonly renderAside?: (values: Readonly<Record<string, string>>) => ReactNode;
};

/** A list of the public record: search, filters as chips, columns, choice of rows, keyboard, files, pages by key. */
export function RecordList<Row extends object>(props: RecordListProps<Row>) {
  const { title, lead, name, one, many, fields, columns, rowId, rowName, order, read, renderEmpty, renderAside } = props;
  const list = useUrlList(["text", ...fields.map(({ key }) => key)]);
  const { values, after, pageNumber } = list;
  const asked: Asked = { ...values, ...(after === undefined ? {} : { after }), limit: PAGE };
  const found = useQuery({ queryKey: [name, asked], queryFn: ({ signal }) => read(asked, signal), placeholderData: keepPreviousData });
  const choice = useColumnChoice(name, columns);
  const [open, setOpen] = useState<"filters" | "columns">();
  const [chosen, setChosen] = useState<RowSelectionState>({});
  const announce = useAnnounce();
  const rows = found.data?.rows ?? [];
  const next = found.data?.next;
  const said =
    found.isSuccess && !found.isPlaceholderData
      ? `${countText(rows.length, one, many)} shown${next === undefined ? "" : ", more follow"}`
      : "";
  useEffect(() => {
    if (said !== "") announce(said);
  }, [said, announce]);

  const shownColumns = columns.filter(({ id }) => !choice.hidden.has(id));
  const chosenRows = rows.filter((row) => chosen[rowId(row)] === true);
  const isFiltered = Object.keys(values).length > 0;
  const without = (key: string) => Object.fromEntries(Object.entries(values).filter(([other]) => other !== key));

  return (
    <Page title={title} meta={lead} action={<ExportButtons name={name} columns={shownColumns} rows={rows} />}>
      <div className="list-bar">
        <SearchInput
          key={values["text"] ?? ""}
          look="list"
          label={props.searchLabel}
          placeholder={props.searchLabel}
          initial={values["text"] ?? ""}
          onSearch={(text) => list.setValues({ ...without("text"), text })}
        />
        {fields.map((field) => {
          const value = values[field.key];
          if (value === undefined) return null;
          const shown = field.options?.find((option) => option.value === value)?.label ?? value;
          return <Chip key={field.key} field={field.label} value={shown} onRemove={() => list.setValues(without(field.key))} />;
        })}
        <AddChip isOpen={open === "filters"} controls="filters" onPress={() => setOpen(open === "filters" ? undefined : "filters")} />
        {isFiltered ? (
          <Button look="quiet" size="row" onPress={() => list.setValues({})}>
            Clear
          </Button>
        ) : null}
        <span className="list-bar-end">
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
      {renderAside?.(values)}
      {chosenRows.length === 0 ? null : (
        <div className="chosen-strip">
          <strong>{chosenRows.length} chosen</strong>
          <ExportButtons name={name} columns={shownColumns} rows={chosenRows} size="row" />
          <Button look="quiet" size="row" onPress={() => setChosen({})}>
            Clear the choice
          </Button>
        </div>
      )}
      {found.isError ? (
        <Refusal
          title={`${title} could not be read`}
          error={found.error}
          kept="The filters stay as they are."
          onRetry={() => void found.refetch()}
        />
      ) : found.isPending ? (
        <Skeleton rows={12} what={many} rowHeight={props.rowSize === "tall" ? 54 : 29} />
      ) : rows.length === 0 ? (
        renderEmpty(isFiltered)
      ) : (
        <>
          <DataTable
            label={title}
            columns={columns}
            rows={rows}
            rowId={rowId}
            rowName={rowName}
            hidden={choice.hidden}
            sort={list.sort}
            onSort={list.setSort}
            selection={{ ids: chosen, set: setChosen }}
            rowSize={props.rowSize}
            isStale={found.isPlaceholderData}
            hasKeys
          />
          <PageFoot
            rows={rows.length}
            one={one}
            many={many}
            order={list.sort === undefined ? order : `of these, sorted by ${headerOf(columns, list.sort.column)}`}
            after={after}
            next={next}
            pageNumber={pageNumber}
            goTo={list.goTo}
            isStale={found.isPlaceholderData}
            canChoose
          />
        </>
      )}
    </Page>
  );
}

/** A column's header, within a sentence. */
export function headerOf<Row>(columns: readonly Column<Row>[], id: string): string {
  return (columns.find((column) => column.id === id)?.header ?? id).toLowerCase();
}
