import { Columns3, Download } from "lucide-react";
import { useState } from "react";
import { Checkbox, Group } from "react-aria-components";
import { recall, remember } from "../shell/browser-memory.ts";
import { useAnnounce } from "../shell/announcer.tsx";
import { Button } from "../ui/button.tsx";
import type { Column } from "./column.ts";
import { TickBox } from "./data-table.tsx";
import { saveFile, toCsv, toJson } from "./rows-file.ts";
import "./list-tools.css";

export type ColumnChoice = {
  readonly hidden: ReadonlySet<string>;
  readonly set: (hidden: ReadonlySet<string>) => void;
  readonly putBack: () => void;
};

/** Which columns the reader left out of a list; kept in this browser. */
export function useColumnChoice<Row>(list: string, columns: readonly Column<Row>[]): ColumnChoice {
  const key = `sluice.columns.${list}`;
  const atFirst = new Set(columns.filter((column) => column.isExtra === true).map((column) => column.id));
  const [hidden, setHidden] = useState<ReadonlySet<string>>(() => {
    const kept = recall(key);
    return kept === undefined ? atFirst : new Set(kept.split(" "));
  });
  return {
    hidden,
    set: (next) => {
      setHidden(next);
      remember(key, [...next].join(" "));
    },
    putBack: () => {
      setHidden(atFirst);
      remember(key, undefined);
    },
  };
}

/** The button that opens the choice of columns, which stands in the page (`ColumnPanel`). */
export function ColumnsButton<Row>({
  columns,
  choice,
  isOpen,
  onPress,
}: {
  readonly columns: readonly Column<Row>[];
  readonly choice: ColumnChoice;
  readonly isOpen: boolean;
  readonly onPress: () => void;
}) {
  return (
    <Button size="row" expanded={isOpen} controls="columns" onPress={onPress}>
      <Columns3 size={14} strokeWidth={1.75} aria-hidden="true" />
      Columns{" "}
      <span className="second number">
        {columns.filter((column) => !choice.hidden.has(column.id)).length} of {columns.length}
      </span>
    </Button>
  );
}

export function ColumnPanel<Row>({ columns, choice }: { readonly columns: readonly Column<Row>[]; readonly choice: ColumnChoice }) {
  return (
    <Group className="list-panel" id="columns" aria-label="Columns">
      <div className="list-panel-choices">
        {columns
          .filter((column) => column.isFixed !== true)
          .map((column) => (
            <Checkbox
              key={column.id}
              className="tick"
              isSelected={!choice.hidden.has(column.id)}
              onChange={(isShown) => {
                const next = new Set(choice.hidden);
                if (isShown) next.delete(column.id);
                else next.add(column.id);
                choice.set(next);
              }}
            >
              {({ isSelected }) => (
                <>
                  <TickBox isSelected={isSelected} />
                  {column.header}
                </>
              )}
            </Checkbox>
          ))}
      </div>
      <Button look="quiet" size="row" onPress={choice.putBack}>
        Put back
      </Button>
    </Group>
  );
}

/** The rows that are loaded, as a file. */
export function ExportButtons<Row>({
  name,
  columns,
  rows,
  size = "usual",
}: {
  readonly name: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly size?: "row" | "usual";
}) {
  const announce = useAnnounce();
  const save = (kind: "CSV" | "JSON") => {
    if (kind === "CSV") saveFile(`${name}.csv`, "text/csv", toCsv(columns, rows));
    else saveFile(`${name}.json`, "application/json", toJson(columns, rows));
    announce(`${rows.length} rows exported as ${kind}`);
  };
  return (
    <Group className="export-buttons" aria-label={`Export the ${rows.length} rows shown`}>
      {(["CSV", "JSON"] as const).map((kind) => (
        <Button key={kind} size={size} isDisabled={rows.length === 0} onPress={() => save(kind)}>
          <Download size={14} strokeWidth={1.75} aria-hidden="true" />
          {size === "row" ? `Export ${rows.length} as ${kind}` : kind}
          {size === "row" ? null : <span className="visually-hidden"> export of the {rows.length} rows shown</span>}
        </Button>
      ))}
    </Group>
  );
}
