import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { CodedError } from "../vocabulary/coded-error.ts";

/** Where an outside system's files stand: a URL, or an absolute path on this machine. */
export type Place = { readonly kind: "url"; readonly url: URL } | { readonly kind: "path"; readonly path: string };

/** @throws CodedError `input-invalid` for what looks like a URL and is none. */
export function parsePlace(text: string): Place {
  if (!/^(?:https?|file):/i.test(text)) return { kind: "path", path: resolve(text) };
  const url = URL.parse(text);
  if (url === null || (url.protocol === "file:" && url.host !== "")) {
    throw new CodedError("input-invalid", `expected an https URL, a directory or a file, got ${JSON.stringify(text)}`);
  }
  return url.protocol === "file:" ? { kind: "path", path: fileURLToPath(url) } : { kind: "url", url };
}
