import {
  columnVisibilityFeature,
  createSortedRowModel,
  rowSelectionFeature,
  rowSortingFeature,
  tableFeatures,
  useTable,
  type ColumnDef,
  type RowSelectionState,
} from "@tanstack/react-table";
import { ChevronDown, ChevronUp } from "lucide-react";
import { useMemo, useRef, type Dispatch, type SetStateAction } from "react";
import { Button, Checkbox } from "react-aria-components";
import type { Column } from "./column.ts";
import { tableRoles } from "./table-roles.ts";
import { useRowKeys } from "./row-keys.ts";
import "./data-table.css";

export type Sort = { readonly column: string; readonly descending: boolean };

export type Selection = { readonly ids: RowSelectionState; readonly set: Dispatch<SetStateAction<RowSelectionState>> };

export type DataTableProps<Row> = {
  /** What the table lists; heard, not seen. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowId: (row: Row) => string;
  /** What a row is called where it is chosen. */
  readonly rowName?: (row: Row) => string;
  readonly hidden?: ReadonlySet<string>;
  readonly sort?: Sort | undefined;
  readonly onSort?: (sort: Sort | undefined) => void;
  readonly selection?: Selection;
  /** usual 36 px, dense 29 px, tall for two lines. */
  readonly rowSize?: "usual" | "dense" | "tall";
  /** J and K move from row to row, X chooses, Enter opens. */
  readonly hasKeys?: boolean;
  /** Old rows are shown while the next ones come. */
  readonly isStale?: boolean;
  /** Narrow enough to stay a table on a phone; columns that stacked rows leave out are left out there too. */
  readonly neverStacks?: boolean;
};

const features = tableFeatures({ columnVisibilityFeature, rowSelectionFeature, rowSortingFeature, sortedRowModel: createSortedRowModel() });

const none: ReadonlySet<string> = new Set();

/** The one table. Under 720 px its rows are stacked unless they are short; it never scrolls sideways. */
export function DataTable<Row extends object>(props: DataTableProps<Row>) {
  const {
    label,
    columns,
    rows,
    rowId,
    rowName,
    hidden = none,
    sort,
    onSort,
    selection,
    rowSize = "usual",
    hasKeys = false,
    isStale = false,
    neverStacks = false,
  } = props;
  const tableRef = useRef<HTMLTableElement>(null);
  const definitions = useMemo(() => columns.map((column) => toDefinition(column)), [columns]);
  const table = useTable({
    features,
    columns: definitions,
    data: rows as Row[],
    getRowId: rowId,
    enableMultiSort: false,
    onRowSelectionChange: (change) => selection?.set(change),
    state: {
      sorting: sort === undefined ? [] : [{ id: sort.column, desc: sort.descending }],
      columnVisibility: Object.fromEntries([...hidden].map((id) => [id, false])),
      rowSelection: selection?.ids ?? {},
    },
  });
  const currentId = useRowKeys(tableRef, hasKeys, (id) => table.getRow(id).toggleSelected());
  const shown = columns.filter((column) => !hidden.has(column.id));

  return (
    <table
      ref={tableRef}
      {...tableRoles.table}
      className={`data-table${rowSize === "usual" ? "" : ` data-table-${rowSize}`}${isStale ? " data-table-stale" : ""}${neverStacks ? " data-table-narrow" : ""}`}
      aria-label={label}
      aria-busy={isStale}
    >
      <colgroup>
        {selection === undefined ? null : <col />}
        {shown.map(({ id, widthPercent }) => (
          <col key={id} {...(widthPercent === undefined ? {} : { style: { width: `${widthPercent}%` } })} />
        ))}
      </colgroup>
      <thead {...tableRoles.rowGroup}>
        <tr {...tableRoles.row}>
          {selection === undefined ? null : (
            <th {...tableRoles.columnHeader} className="cell-choose">
              <RowCheckbox
                label="Choose all rows loaded"
                isSelected={table.getIsAllRowsSelected()}
                isIndeterminate={table.getIsSomeRowsSelected() && !table.getIsAllRowsSelected()}
                onChange={(isSelected) => table.toggleAllRowsSelected(isSelected)}
              />
            </th>
          )}
          {shown.map((column) => (
            <HeadCell key={column.id} column={column} sort={sort} onSort={onSort} />
          ))}
        </tr>
      </thead>
      <tbody {...tableRoles.rowGroup}>
        {table.getRowModel().rows.map((row) => {
          const classes = ["data-row", row.getIsSelected() ? "data-row-chosen" : "", row.id === currentId ? "data-row-current" : ""];
          return (
            <tr key={row.id} {...tableRoles.row} className={classes.filter((name) => name !== "").join(" ")} data-row-id={row.id}>
              {selection === undefined ? null : (
                <td {...tableRoles.cell} className="cell-choose">
                  <RowCheckbox
                    label={`Choose ${rowName?.(row.original) ?? row.id}`}
                    isSelected={row.getIsSelected()}
                    onChange={(isSelected) => row.toggleSelected(isSelected)}
                  />
                </td>
              )}
              {shown.map((column) => (
                <td
                  key={column.id}
                  {...tableRoles.cell}
                  className={`stacked-${column.stacked}${column.align === "end" ? " align-end" : ""}`}
                >
                  {column.stacked === "line" ? <span className="cell-label">{column.header}: </span> : null}
                  {column.cell(row.original)}
                </td>
              ))}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function HeadCell<Row>({
  column,
  sort,
  onSort,
}: {
  readonly column: Column<Row>;
  readonly sort: Sort | undefined;
  readonly onSort: ((sort: Sort | undefined) => void) | undefined;
}) {
  const isSorted = sort?.column === column.id;
  const direction = isSorted ? (sort.descending ? "descending" : "ascending") : undefined;
  const Chevron = sort?.descending === false ? ChevronUp : ChevronDown;
  const next = (): Sort | undefined => {
    if (!isSorted) return { column: column.id, descending: column.align === "end" };
    return sort.descending === (column.align === "end") ? { column: column.id, descending: !sort.descending } : undefined;
  };
  return (
    <th
      {...tableRoles.columnHeader}
      className={`head-${column.stacked}${column.align === "end" ? " align-end" : ""}`}
      {...(direction === undefined ? {} : { "aria-sort": direction })}
    >
      {column.sortValue === undefined || onSort === undefined ? (
        <span className={column.isHeaderHidden === true ? "visually-hidden" : undefined}>{column.header}</span>
      ) : (
        <Button className={`head-sort${isSorted ? " head-sorted" : ""}`} onPress={() => onSort(next())}>
          {column.header}
          {isSorted ? <Chevron size={13} strokeWidth={1.75} aria-hidden="true" /> : null}
        </Button>
      )}
    </th>
  );
}

function RowCheckbox({
  label,
  ...rest
}: {
  readonly label: string;
  readonly isSelected: boolean;
  readonly isIndeterminate?: boolean;
  readonly onChange: (isSelected: boolean) => void;
}) {
  return (
    <Checkbox className="tick" aria-label={label} {...rest}>
      {({ isSelected, isIndeterminate }) => <TickBox isSelected={isSelected} isIndeterminate={isIndeterminate} />}
    </Checkbox>
  );
}

/** The square of a checkbox. */
export function TickBox({ isSelected, isIndeterminate = false }: { readonly isSelected: boolean; readonly isIndeterminate?: boolean }) {
  return (
    <span className="tick-box" aria-hidden="true">
      <svg viewBox="0 0 12 12" width="12" height="12" fill="none" stroke="currentColor" strokeWidth="1.9">
        {isIndeterminate ? <path d="M2.2 6h7.6" /> : isSelected ? <path d="M2 6.3 4.8 9 10 3.2" /> : null}
      </svg>
    </span>
  );
}

function toDefinition<Row extends object>(column: Column<Row>): ColumnDef<typeof features, Row> {
  const { sortValue } = column;
  return {
    id: column.id,
    accessorFn: (row: Row) => sortValue?.(row),
    enableSorting: sortValue !== undefined,
    sortUndefined: "last",
    sortFn: (left, right, id) => compare(left.getValue(id), right.getValue(id)),
  };
}

function compare(left: unknown, right: unknown): number {
  if (typeof left === "number" && typeof right === "number") return left - right;
  return String(left).localeCompare(String(right), "en");
}
