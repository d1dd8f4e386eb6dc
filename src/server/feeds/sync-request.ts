import { resolve } from "node:path";
import { ecosystemMeant, isOsvEcosystem } from "../../matching/ecosystems/ecosystem-of.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { parseInstant } from "../../vocabulary/instant.ts";
import type { FeedStateRow } from "./feed-store.ts";

export type SyncRequest = {
  readonly feed: "osv" | "kev";
  readonly ecosystem: string;
  readonly from?: string | undefined;
  readonly statedAt?: string | undefined;
  readonly malware?: boolean | undefined;
  readonly full: boolean;
};

export type CheckedRequest = SyncRequest & { readonly statedAtMs: number | undefined };

/** @throws CodedError `input-invalid`, before anything is asked of anybody. */
export function checkRequest(request: SyncRequest): CheckedRequest {
  const statedAtMs = request.statedAt === undefined ? undefined : parseInstant(request.statedAt);
  if (request.statedAt !== undefined && statedAtMs === undefined) {
    throw new CodedError(
      "input-invalid",
      `--stated-at: expected a date such as 2026-08-22 or a time with a zone, got ${JSON.stringify(request.statedAt)}`,
    );
  }
  const url = request.from === undefined ? null : URL.parse(request.from);
  if (url !== null && (url.username !== "" || url.password !== "")) {
    throw new CodedError("input-invalid", "--from: expected an address without a user and a password: it is kept and shown");
  }
  if (request.feed === "osv" && !isOsvEcosystem(request.ecosystem)) {
    const meant = ecosystemMeant(request.ecosystem);
    const words = meant === undefined ? "such as PyPI" : `which would be ${meant}`;
    throw new CodedError("input-invalid", `expected an ecosystem as OSV names it, ${words}, got ${JSON.stringify(request.ecosystem)}`);
  }
  if (request.feed === "kev" && request.ecosystem !== "")
    throw new CodedError("input-invalid", `the kev feed is not of one ecosystem, got ${JSON.stringify(request.ecosystem)}`);
  return { ...request, statedAtMs };
}

/** The place as it is kept: absolute, so that a later sync from another directory finds it; undefined = the public one. */
export function placeOf(request: SyncRequest, before: FeedStateRow | undefined): string | undefined {
  if (request.from === undefined) return before?.place ?? undefined;
  return /^https?:\/\//i.test(request.from) ? request.from : resolve(request.from);
}
