import type { ReactNode } from "react";

/** One column of a list: how it shows, sorts, leaves the page as a file, and where it goes when rows are stacked. */
export type Column<Row> = {
  readonly id: string;
  readonly header: string;
  /** The header is heard, not seen: the column explains itself. */
  readonly isHeaderHidden?: boolean;
  readonly cell: (row: Row) => ReactNode;
  /** Present = the loaded rows can be sorted by it. Undefined values go last. */
  readonly sortValue?: (row: Row) => number | string | undefined;
  /** What the file gets. */
  readonly fileValue: (row: Row) => FileValue;
  readonly align?: "end";
  /** Part of the table's width in percent, where the content should not decide. */
  readonly widthPercent?: number;
  /**
   * Its place in a stacked row: `name` on a line of its own, `side` at the right, `line` in the running text with its header as label,
   * `plain` there without, `none` left out.
   */
  readonly stacked: "name" | "side" | "line" | "plain" | "none";
  /** Never left out by the reader: the column that names the row. */
  readonly isFixed?: boolean;
  /** Shown only when the reader asks. */
  readonly isExtra?: boolean;
};

export type FileValue = string | number | boolean | readonly string[] | undefined;
