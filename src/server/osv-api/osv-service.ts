import { ecosystemOf } from "../../matching/ecosystems/ecosystem-of.ts";
import { type CommitLookup, createCommitLookup } from "../../matching/commit-lookup.ts";
import { createMatcher, type Matcher } from "../../matching/match.ts";
import type { Snapshot } from "../../matching/snapshot/snapshot.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { Config } from "../config.ts";
import type { Database } from "../database/database.ts";
import { heldEcosystems } from "../packages/package-summary-service.ts";
import type { SnapshotService } from "../snapshot/snapshot-service.ts";
import { advisoriesHitting, whyNothingCannotBeSaid } from "./find-statements.ts";
import { inQuery, type OsvQuery, type PackageQuery } from "./osv-query.ts";
import { type ListedAdvisory, readAdvisoriesNaming, readBodiesInForce, readOtherRecords, readRecordBody } from "./osv-record-store.ts";
import { pageTokenAfter, START_TOKEN } from "./page-token.ts";

/** Answers are JSON text: bodies go out as they were received, never parsed and written again. */
export type OsvService = {
  /** @throws CodedError `cannot-say` when the answer is empty and there is no evidence for it */
  readonly query: (query: OsvQuery) => Promise<string>;
  /** @throws CodedError `cannot-say` as soon as one of the answers is empty and there is no evidence for it */
  readonly queryBatch: (queries: readonly OsvQuery[]) => Promise<string>;
  /** @throws CodedError `input-invalid`, `not-found` with the aliases that are held */
  readonly record: (id: string) => Promise<string>;
};

export type OsvServiceParts = {
  readonly database: Database;
  readonly snapshots: Pick<SnapshotService, "current">;
  readonly config: Pick<Config, "emptyAnswerWithoutEvidence">;
  readonly now: () => number;
};

const PAGE_RECORDS = 1000;
/** Soft: the record that goes over it is still sent. */
const PAGE_BYTES = 10_000_000;
const MAX_ID_BYTES = 100;
const MAX_ALIASES = 50;
/** Packages asked whole, without a version, are looked up in the database this many at a time. */
const WHOLE_PACKAGES_AT_ONCE = 100;

export function createOsvService({ database, snapshots, config, now }: OsvServiceParts): OsvService {
  let matching: { readonly snapshot: Snapshot; readonly match: Matcher; readonly commits: CommitLookup } | undefined;
  const current = (): typeof matching => {
    const snapshot = snapshots.current()?.snapshot;
    if (snapshot !== matching?.snapshot)
      matching =
        snapshot === undefined
          ? undefined
          : { snapshot, match: createMatcher(snapshot, ecosystemOf), commits: createCommitLookup(snapshot) };
    return matching;
  };
  const refuseWithoutEvidence = (query: OsvQuery): void => {
    if (config.emptyAnswerWithoutEvidence || isContinued(query)) return;
    const { snapshot, match } = current() ?? {};
    const reason = whyNothingCannotBeSaid(snapshot, match, query, now());
    if (reason !== undefined) throw new CodedError("cannot-say", reason);
  };
  const found = (query: OsvQuery): readonly ListedAdvisory[] => {
    const held = current();
    if (held === undefined) return [];
    const { snapshot, match, commits } = held;
    const listed = (advisory: number): ListedAdvisory => ({
      id: snapshot.advisoryId(advisory),
      modified: snapshot.advisoryModified(advisory),
    });
    if (query.kind === "commit") return pageOf(commits(query.commit).map(listed), undefined);
    if (query.kind !== "package" || query.version === undefined) return [];
    return pageOf(advisoriesHitting(snapshot, match, { ...query, version: query.version }).map(listed), query.after);
  };

  return {
    query: async (query) => {
      const listed = isWholePackage(query) ? ((await readWhole(database, [query]))[0] ?? []) : found(query);
      const ids = listed.slice(0, PAGE_RECORDS).map(({ id }) => id);
      const bodies = ids.length === 0 ? [] : await readBodiesInForce(database, ids, PAGE_BYTES);
      const last = bodies.at(-1)?.id;
      if (last === undefined) {
        refuseWithoutEvidence(query);
        return "{}";
      }
      const more = listed.length > PAGE_RECORDS || ids.at(-1) !== last;
      return pageText(
        bodies.map(({ body }) => withoutMark(body)).join(","),
        more && query.kind === "package" ? pageTokenAfter(query, last) : undefined,
      );
    },

    queryBatch: async (queries) => {
      const whole = wholePackageReader(database, queries);
      const results: string[] = [];
      let length = 0;
      for (const [index, query] of queries.entries()) {
        const result = length > PAGE_BYTES ? unanswered(query) : undefined;
        const text = result ?? batchResult(query, isWholePackage(query) ? await whole(index) : found(query));
        if (text === "{}" && query.kind !== "unknown-purl") {
          try {
            refuseWithoutEvidence(query);
          } catch (error) {
            throw error instanceof CodedError ? inQuery(index, error) : error;
          }
        }
        results.push(text);
        length += text.length;
      }
      return results.length === 0 ? "{}" : `{"results":[${results.join(",")}]}`;
    },

    record: async (id) => {
      if (id === "") throw new CodedError("input-invalid", "ID is required");
      if (Buffer.byteLength(id) > MAX_ID_BYTES) throw new CodedError("input-invalid", "ID is too long");
      if (id.includes("\0")) throw new CodedError("not-found", "Vulnerability not found");
      const body = await readRecordBody(database, id);
      if (body !== undefined) return withoutMark(body);
      const others = await readOtherRecords(database, id, MAX_ALIASES);
      const hint = others.length === 0 ? "" : `, but the following aliases were: ${others.join(" ")}`;
      throw new CodedError("not-found", `Vulnerability not found${hint}`);
    },
  };
}

type WholePackageQuery = PackageQuery & { readonly version: undefined; readonly ecosystem: string };

function isWholePackage(query: OsvQuery): query is WholePackageQuery {
  return query.kind === "package" && query.version === undefined;
}

/** A continued answer had records on the pages before. */
function isContinued(query: OsvQuery): boolean {
  return query.kind === "package" && query.after !== undefined;
}

/** The records after `after`, in id order, as many as show whether there is another page. */
function pageOf(listed: readonly ListedAdvisory[], after: string | undefined): readonly ListedAdvisory[] {
  const rest = after === undefined ? listed : listed.filter(({ id }) => id > after);
  return rest.toSorted((a, b) => (a.id < b.id ? -1 : 1)).slice(0, PAGE_RECORDS + 1);
}

async function readWhole(database: Database, queries: readonly WholePackageQuery[]): Promise<readonly (readonly ListedAdvisory[])[]> {
  const packages = queries.map(({ ecosystem, name, after }) => ({
    // The database holds no NUL, and refuses to be asked for one.
    ...(name.includes("\0") || ecosystem.includes("\0")
      ? { ecosystem: "", name: "" }
      : { ecosystem, name: ecosystemOf(ecosystem)?.normaliseName(name) ?? name }),
    after,
  }));
  const ecosystems = await heldEcosystems(database, packages);
  return readAdvisoriesNaming(
    database,
    packages.map(({ name, after }, index) => ({ ecosystems: ecosystems[index] ?? [], name, after })),
    PAGE_RECORDS + 1,
  );
}

/** Answers the batch's queries without a version, by index; asked in order, so that a long batch is looked up in few statements and little memory. */
function wholePackageReader(database: Database, queries: readonly OsvQuery[]): (index: number) => Promise<readonly ListedAdvisory[]> {
  const waiting = queries.flatMap((query, index) => (isWholePackage(query) ? [{ index, query }] : []));
  const read = new Map<number, readonly ListedAdvisory[]>();
  return async (index) => {
    if (!read.has(index)) {
      read.clear();
      const next = waiting.filter((entry) => entry.index >= index).slice(0, WHOLE_PACKAGES_AT_ONCE);
      const found = await readWhole(
        database,
        next.map(({ query }) => query),
      );
      for (const [at, entry] of next.entries()) read.set(entry.index, found[at] ?? []);
    }
    return read.get(index) ?? [];
  };
}

function batchResult(query: OsvQuery, listed: readonly ListedAdvisory[]): string {
  const shown = listed.slice(0, PAGE_RECORDS);
  const last = shown.at(-1);
  if (last === undefined) return "{}";
  const vulns = shown.map(({ id, modified }) => `{"id":${JSON.stringify(id)},"modified":${JSON.stringify(modified)}}`).join(",");
  return pageText(vulns, listed.length > PAGE_RECORDS && query.kind === "package" ? pageTokenAfter(query, last.id) : undefined);
}

/** The answer is full: the client comes back for this query with the token of the page it asked for. */
function unanswered(query: OsvQuery): string | undefined {
  if (query.kind !== "package") return undefined;
  return `{"next_page_token":${JSON.stringify(query.after === undefined ? START_TOKEN : pageTokenAfter(query, query.after))}}`;
}

function pageText(vulns: string, nextPageToken: string | undefined): string {
  return nextPageToken === undefined ? `{"vulns":[${vulns}]}` : `{"vulns":[${vulns}],"next_page_token":${JSON.stringify(nextPageToken)}}`;
}

/** A byte order mark may begin a file, but not a value in the middle of an answer. */
function withoutMark(body: string): string {
  return body.startsWith("\uFEFF") ? body.slice(1) : body;
}
