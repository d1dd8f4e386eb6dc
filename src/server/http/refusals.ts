import type { ErrorDialect } from "../../contract/endpoint.ts";
import { type ProblemDetails, STATUS_OF } from "../../contract/problem.ts";
import { isStatementError } from "../database/statement-error.ts";
import { credentialRefused } from "./stated-credential.ts";
import { CodedError, isCodedError, type RefusalCode } from "../../vocabulary/coded-error.ts";

/** A refusal as it goes over the wire. */
export type RenderedRefusal = { readonly status: number; readonly contentType: string; readonly body: string };

/** The only place where errors become bytes. */
export function renderRefusal(refusal: CodedError, dialect: ErrorDialect): RenderedRefusal {
  const status = STATUS_OF[refusal.code];
  switch (dialect) {
    case "problem":
      return { status, contentType: "application/problem+json; charset=utf-8", body: JSON.stringify(problemOf(refusal, status)) };
    case "osv":
      return { status, contentType: JSON_TYPE, body: JSON.stringify({ code: rpcCode(status), message: refusal.message }) };
    case "npm":
      return { status, contentType: JSON_TYPE, body: JSON.stringify({ error: refusal.message, code: refusal.code, statusCode: status }) };
    case "plain":
      return { status, contentType: "text/plain; charset=utf-8", body: `${refusal.message}\n` };
  }
}

/** What the asker may know of `error`: a refusal is told as it is, anything else is `internal` and only the log has more. */
export function refusalFrom(error: unknown, requestId: string): CodedError {
  if (isCodedError(error)) {
    return error.code === "internal" ? internal(requestId, error) : error;
  }
  // Signed for a member that was none any more when the statement ran.
  if (isStatementError(error, "SL001")) return credentialRefused();
  const { code, statusCode } = error as { readonly code?: unknown; readonly statusCode?: unknown };
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE") return new CodedError("document-too-large", "the body is larger than this endpoint takes");
  if (code === "FST_ERR_CTP_INVALID_MEDIA_TYPE")
    return new CodedError("document-unknown", "content-type: expected a media type", { place: "content-type" });
  if (typeof code === "string" && code.startsWith("FST_") && typeof statusCode === "number" && statusCode >= 400 && statusCode < 500) {
    return new CodedError("input-invalid", (error as Error).message);
  }
  return internal(requestId, error);
}

/** Refusals that a person should look into. */
export function isServerFault(refusal: CodedError): boolean {
  return refusal.code === "internal" || refusal.code === "snapshot-invalid";
}

/** A short name for each code, shared by the problem's title and the docs. */
export function titleOf(code: RefusalCode): string {
  const words = code.replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const JSON_TYPE = "application/json; charset=utf-8";

function problemOf(refusal: CodedError, status: number): ProblemDetails {
  const { code, message, place, current } = refusal;
  const problem = { type: `/docs#${code}`, title: titleOf(code), status, code, detail: message };
  return { ...problem, ...(place === undefined ? {} : { place }), ...(current === undefined ? {} : { current }) };
}

function internal(requestId: string, cause: unknown): CodedError {
  return new CodedError("internal", `Something in Sluice is broken. The server's log has it under request ${requestId}`, { cause });
}

/** google.rpc.Code of an HTTP status, as the OSV API answers. */
function rpcCode(status: number): number {
  switch (status) {
    case 404:
      return 5;
    case 409:
      return 10;
    case 429:
    case 507:
      return 8;
    case 500:
      return 13;
    case 501:
      return 12;
    case 502:
    case 503:
      return 14;
    default:
      return 3;
  }
}
