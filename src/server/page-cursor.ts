import { CodedError } from "../vocabulary/coded-error.ts";

/** The key of the last row of a page, from which the next one goes on. Opaque to clients. */
export type PageKey = readonly (string | number)[];

/** A page's key as clients carry it. */
export function writeCursor(key: PageKey): string {
  return Buffer.from(JSON.stringify(key)).toString("base64url");
}

/** @throws CodedError `input-invalid` unless it is a cursor of such a list: texts and whole numbers in the places where `like` has them. */
export function readCursor<const K extends PageKey>(
  cursor: string,
  like: K,
): { readonly [I in keyof K]: K[I] extends string ? string : number } {
  const key = parse(cursor);
  const fits =
    Array.isArray(key) &&
    key.length === like.length &&
    like.every((part, index) => typeof part === typeof key[index] && (typeof part === "string" || Number.isSafeInteger(key[index])));
  // PostgreSQL takes no NUL in a text.
  if (!fits || key.some((part) => typeof part === "string" && part.includes("\0"))) {
    throw notACursor();
  }
  return key as { readonly [I in keyof K]: K[I] extends string ? string : number };
}

/** For a key whose parts are of the right kind and still none of this list. */
export function notACursor(): CodedError {
  return new CodedError("input-invalid", "expected `next` of the page before, unchanged", { place: "query.after" });
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}
