import { notACursor, readCursor, writeCursor } from "./page-cursor.ts";

/** Where a row stands in a list by name. */
export type NamePosition = { readonly name: string; readonly id: string };
/** The same in a list by time. */
export type TimePosition = { readonly atMs: number; readonly id: string };

export type PageAsked = { readonly after?: string | undefined; readonly limit: number };
export type PageOf<Row> = { readonly rows: Row[]; readonly next?: string };

/** @throws CodedError `input-invalid` unless it is a cursor of such a list */
export function readNamePosition(after: string | undefined): NamePosition | undefined {
  if (after === undefined) return undefined;
  const [name, id] = readCursor(after, ["", ""]);
  return { name, id: uuidOf(id) };
}

/** @throws CodedError `input-invalid` unless it is a cursor of a list by time */
export function readTimePosition(after: string | undefined): TimePosition | undefined {
  if (after === undefined) return undefined;
  const [atMs, id] = readCursor(after, [0, ""]);
  // Neither Date nor PostgreSQL has every moment that a whole number has.
  if (atMs < 0 || Number.isNaN(new Date(atMs).getTime())) throw notACursor();
  return { atMs, id: uuidOf(id) };
}

/** A page of at most `limit` rows, from one row more than that. */
export function pageByName<Row, Answer>(
  rows: readonly Row[],
  limit: number,
  toAnswer: (row: Row) => Answer,
  positionOf: (row: Row) => NamePosition,
): PageOf<Answer> {
  return pageOf(rows, limit, toAnswer, (row) => {
    const { name, id } = positionOf(row);
    return [name, id];
  });
}

/** The same for a list in any order. */
export function pageOf<Row, Answer>(
  rows: readonly Row[],
  limit: number,
  toAnswer: (row: Row) => Answer,
  keyOf: (row: Row) => readonly (string | number)[],
): PageOf<Answer> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const answers = shown.map(toAnswer);
  return rows.length > limit && last !== undefined ? { rows: answers, next: writeCursor(keyOf(last)) } : { rows: answers };
}

/** @throws CodedError `input-invalid` for a cursor's part that is no id */
export function uuidOf(id: string): string {
  if (uuidPattern.test(id)) return id;
  throw notACursor();
}

const uuidPattern = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;
