import { useLocation, useNavigate, useSearchParams } from "react-router";
import type { Sort } from "./data-table.tsx";

/** A filter of a list: a field in the panel, a chip when in force, a parameter in the URL. */
export type FilterField = {
  readonly key: string;
  readonly label: string;
  /** Absent = free text. */
  readonly options?: readonly { readonly value: string; readonly label: string }[];
  readonly hint?: string;
  readonly isMono?: boolean;
  /** What was expected, when `value` is not it. */
  readonly refuse?: (value: string) => string | undefined;
};

export type UrlList = {
  /** Filters in force, by key; `text` is the search. */
  readonly values: Readonly<Record<string, string>>;
  readonly sort: Sort | undefined;
  /** Cursor of the page shown; undefined = the first. */
  readonly after: string | undefined;
  readonly pageNumber: number;
  readonly setValues: (values: Readonly<Record<string, string>>) => void;
  readonly setSort: (sort: Sort | undefined) => void;
  readonly goTo: (after: string | undefined, pageNumber: number) => void;
};

/** A list's filters, order and page, kept in the URL so that they can be sent to somebody. */
export function useUrlList(keys: readonly string[]): UrlList {
  const [params, setParams] = useSearchParams();
  const navigate = useNavigate();
  const location = useLocation();
  const values: Record<string, string> = {};
  for (const key of keys) {
    const value = params.get(key);
    if (value !== null && value !== "") values[key] = value;
  }
  const sortText = params.get("sort");
  const write = (change: (next: URLSearchParams) => void, state: unknown = undefined) => {
    const next = new URLSearchParams(params);
    change(next);
    void navigate({ search: next.toString() }, { state });
  };
  return {
    values,
    sort: sortText === null ? undefined : { column: sortText.replace(/^-/, ""), descending: sortText.startsWith("-") },
    after: params.get("after") ?? undefined,
    pageNumber: pageNumberOf(location.state),
    setValues: (given) =>
      write((next) => {
        for (const key of keys) next.delete(key);
        for (const [key, value] of Object.entries(given)) if (value !== "") next.set(key, value);
        next.delete("after");
      }),
    setSort: (sort) => {
      setParams(
        (before) => {
          const next = new URLSearchParams(before);
          if (sort === undefined) next.delete("sort");
          else next.set("sort", `${sort.descending ? "-" : ""}${sort.column}`);
          return next;
        },
        { replace: true, preventScrollReset: true, state: location.state as unknown },
      );
    },
    goTo: (after, pageNumber) =>
      write(
        (next) => {
          if (after === undefined) next.delete("after");
          else next.set("after", after);
        },
        { pageNumber },
      ),
  };
}

/** A page opened from a link does not know its number. */
function pageNumberOf(state: unknown): number {
  if (typeof state !== "object" || state === null || !("pageNumber" in state)) return 0;
  return typeof state.pageNumber === "number" ? state.pageNumber : 0;
}
