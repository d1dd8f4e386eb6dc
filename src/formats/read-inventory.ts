import { CodedError } from "../vocabulary/coded-error.ts";
import type { Inventory } from "../vocabulary/component.ts";
import * as registered from "./all.ts";
import type { InputDocument, InventoryFormat, PurlResolver } from "./inventory-format.ts";
import { unreadForm } from "./unread-forms.ts";
import { unreadLockfile } from "./unread-lockfiles.ts";

/** Every format that lists components, in the order in which they are asked whether a document is theirs. */
export const allInventoryFormats: readonly InventoryFormat[] = Object.values(registered);

/**
 * Reads a document of any known format.
 * @throws CodedError `document-unknown` (of no format that is read), `document-invalid`, `document-too-large`.
 */
export function readInventory(document: InputDocument, resolvePurl: PurlResolver): Inventory {
  const format = allInventoryFormats.find((candidate) => candidate.recognises(document));
  if (format !== undefined) return format.read(document, resolvePurl);
  const unread = unreadForm(document) ?? unreadLockfile(document.name);
  if (unread !== undefined) {
    throw new CodedError("document-unknown", `Expected a lockfile or SBOM that is read here, found ${unread.found}. ${unread.instead}`);
  }
  const titles = allInventoryFormats.map((known) => known.title).join("; ");
  const found = document.bytes.length === 0 ? "an empty document" : "a document that is none of these";
  throw new CodedError("document-unknown", `Expected ${titles}. Found ${found}`);
}

/** True for the paths by which a walk through a directory finds documents; any file may be read when it is named. */
export function isInventoryFileName(path: string): boolean {
  const names = path.toLowerCase().split(/[\\/]/);
  return allInventoryFormats.some(
    ({ fileNames }) =>
      fileNames.some((pattern) => matches(names, pattern)) &&
      !fileNames.some((pattern) => pattern.startsWith("!") && matches(names, pattern.slice(1))),
  );
}

function matches(names: readonly string[], pattern: string): boolean {
  const wanted = pattern.split("/");
  const found = names.slice(-wanted.length);
  return found.length === wanted.length && wanted.every((name, index) => fits(found[index] ?? "", name));
}

function fits(name: string, pattern: string): boolean {
  const [start = "", ...rest] = pattern.split("*");
  const end = rest.pop();
  if (end === undefined) return name === pattern;
  if (name.length < start.length + end.length || !name.startsWith(start) || !name.endsWith(end)) return false;
  const middle = name.slice(start.length, name.length - end.length);
  let at = 0;
  for (const part of rest) {
    const found = middle.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return true;
}
