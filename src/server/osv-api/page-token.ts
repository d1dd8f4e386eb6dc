import { createHash } from "node:crypto";
import { CodedError } from "../../vocabulary/coded-error.ts";

/** What a token is bound to. */
export type Question = { readonly ecosystem: string | undefined; readonly name: string; readonly version: string | undefined };

/** What the public service calls the page before the first record; it means "start" here too. */
export const START_TOKEN = "RklSU1RfUEFHRV9UT0tFTg==";

const DIGEST_BYTES = 9;
const MAX_TOKEN_LENGTH = 1000;

/** The token of the page that begins after the record `lastId`. Only the same query can be continued with it. */
export function pageTokenAfter(query: Question, lastId: string): string {
  return Buffer.concat([digestOf(query), Buffer.from(lastId)]).toString("base64url");
}

/** The id after which to go on; undefined = from the start. @throws CodedError `input-invalid`: `invalid cursor` */
export function readPageToken(query: Question, token: string): string | undefined {
  if (token === START_TOKEN) return undefined;
  const bytes = token.length > MAX_TOKEN_LENGTH || !/^[\w-]+$/.test(token) ? Buffer.alloc(0) : Buffer.from(token, "base64url");
  const id = bytes.subarray(DIGEST_BYTES).toString();
  if (id === "" || id.includes("\0") || !bytes.subarray(0, DIGEST_BYTES).equals(digestOf(query)))
    throw new CodedError("input-invalid", "invalid cursor");
  return id;
}

/** Binds a token to its query; it guards against mistakes, and nothing in a token is secret. */
function digestOf({ ecosystem, name, version }: Question): Buffer {
  const question = JSON.stringify([ecosystem ?? null, name, version ?? null]);
  return createHash("sha256").update(question).digest().subarray(0, DIGEST_BYTES);
}
