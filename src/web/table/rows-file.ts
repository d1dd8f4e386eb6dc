import type { Column, FileValue } from "./column.ts";

/** The rows as CSV (RFC 4180), one header line, lists joined by spaces. */
export function toCsv<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const lines = [
    columns.map((column) => csvField(column.id)),
    ...rows.map((row) => columns.map((column) => csvField(column.fileValue(row)))),
  ];
  return lines.map((line) => `${line.join(",")}\r\n`).join("");
}

/** The rows as a JSON array of objects; what is not known is absent. */
export function toJson<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const objects = rows.map((row) => Object.fromEntries(columns.map((column) => [column.id, column.fileValue(row)])));
  return `${JSON.stringify(objects, undefined, 2)}\n`;
}

/** Hands `text` to the browser as a file to keep. */
export function saveFile(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

function csvField(value: FileValue): string {
  const text = value === undefined ? "" : Array.isArray(value) ? value.join(" ") : String(value);
  // A spreadsheet would run a cell that begins like a formula; titles come from strangers.
  const inert = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
