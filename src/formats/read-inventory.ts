import { CodedError } from "../vocabulary/coded-error.ts";
import type { Inventory } from "../vocabulary/component.ts";
import * as registered from "./all.ts";
import { baseName } from "./document-start.ts";
import type { InputDocument, InventoryFormat, PurlResolver } from "./inventory-format.ts";

/** Every format that lists components, in the order in which they are asked whether a document is theirs. */
export const allInventoryFormats: readonly InventoryFormat[] = Object.values(registered);

/**
 * Reads a document of any known format.
 * @throws CodedError `document-unknown` (of no format that is read), `document-invalid`, `document-too-large`.
 */
export function readInventory(document: InputDocument, resolvePurl: PurlResolver): Inventory {
  const format = allInventoryFormats.find((candidate) => candidate.recognises(document));
  if (format !== undefined) return format.read(document, resolvePurl);
  const titles = allInventoryFormats.map((known) => known.title).join("; ");
  const found = document.bytes.length === 0 ? "an empty document" : "a document that is none of these";
  throw new CodedError("document-unknown", `Expected ${titles}. Found ${found}`);
}

/** True for the names by which a walk through a directory finds documents; any file may be read when it is named. */
export function isInventoryFileName(name: string): boolean {
  const base = baseName(name);
  return allInventoryFormats.some((format) =>
    format.fileNames.some((pattern) => (pattern.startsWith("*") ? base.endsWith(pattern.slice(1)) : base === pattern)),
  );
}
