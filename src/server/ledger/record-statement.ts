import { randomUUID } from "node:crypto";
import { newNonce, statementLeaf } from "../../sealing/statement-leaf.ts";
import { invariant } from "../../vocabulary/invariant.ts";
import { isJsonObject, type Json, type JsonObject } from "../../vocabulary/json.ts";
import type { Transaction } from "../database/database.ts";
import { insertRevision, insertStatement, newestRevision, readActor } from "./statement-store.ts";

export type NewStatement = {
  /** Whose statement it is: for a signed actor, its own organisation. */
  readonly organisationId: string;
  /** Such as `release.opened`; lower case, with a dot between what and what happened. */
  readonly kind: string;
  /** What it is about, with the level from which it may be known; absent = known to the organisation alone. */
  readonly record?: { readonly organisationId: string; readonly id: string; readonly level: number };
  /** What is stated. It is kept as it is, and told to whoever may see it. */
  readonly facts: JsonObject;
  readonly atMs: number;
};

export type RecordedStatement = { readonly id: string; readonly statement: string; readonly nonce: Uint8Array; readonly leaf: Uint8Array };

/** The most confidential level of any kind of record. */
const MOST_CONFIDENTIAL = 1;
const kindPattern = /^[a-z]+(?:[.-][a-z]+)*$/;
/** What is stated is facts, not a document: the largest is a release plan. */
const MAX_STATEMENT_CHARACTERS = 1024 * 1024;

/**
 * Records a statement in the very transaction in which it becomes true: both are there, or neither. Its leaf comes into the tree with the next batch.
 * For signed actors (their own organisation), the releaser and the gatekeeper.
 */
export async function recordStatement(
  transaction: Pick<Transaction, "run">,
  { organisationId, kind, record, facts, atMs }: NewStatement,
): Promise<RecordedStatement> {
  invariant(kindPattern.test(kind), `a statement's kind is words with dots or hyphens, not ${kind}`);
  const id = randomUUID();
  const recordedAt = new Date(atMs);
  const statement = stableJson({ ...facts, kind, id, organisation: organisationId, at: recordedAt.toISOString() });
  invariant(
    statement.length <= MAX_STATEMENT_CHARACTERS,
    `a statement has at most ${MAX_STATEMENT_CHARACTERS} characters, not ${statement.length}`,
  );
  const nonce = newNonce();
  const leaf = statementLeaf(nonce, statement);
  const about = record === undefined ? undefined : { organisationId: record.organisationId, id: record.id };
  await insertStatement(transaction, {
    organisationId,
    id,
    kind,
    record: about,
    level: record?.level ?? MOST_CONFIDENTIAL,
    statement,
    nonce,
    leaf,
    recordedAt,
  });
  return { id, statement, nonce, leaf };
}

/** The same for what a signed actor does, in its own name and at its clock. */
export async function recordOwnStatement(
  transaction: Transaction,
  { facts, ...rest }: Omit<NewStatement, "organisationId" | "atMs">,
): Promise<RecordedStatement> {
  const { organisation, person, at } = await readActor(transaction);
  return recordStatement(transaction, { ...rest, organisationId: organisation, facts: { ...facts, person }, atMs: at.getTime() });
}

export type PublishedRevision = {
  readonly advisoryId: string;
  /** Of the published bytes, hexadecimal. */
  readonly sha256: string;
  readonly atMs: number;
};

/** Records that an advisory of this installation was published as these bytes, for everybody to see. For the releaser, while it publishes. */
export async function recordRevision(
  transaction: Transaction,
  { advisoryId, sha256, atMs }: PublishedRevision,
): Promise<{ readonly version: number }> {
  const previous = await newestRevision(transaction, advisoryId);
  if (previous?.sha256 === sha256) return { version: previous.version };
  const version = (previous?.version ?? 0) + 1;
  const leaf = JSON.stringify({ kind: "advisory", id: advisoryId, version, sha256, prev: previous?.sha256 ?? null });
  await insertRevision(transaction, { advisoryId, version, sha256, leaf, recordedAt: new Date(atMs) });
  return { version };
}

/** Of the newest revision of an advisory that is recorded; 0 = none is. */
export async function newestVersion(transaction: Transaction, advisoryId: string): Promise<number> {
  return (await newestRevision(transaction, advisoryId))?.version ?? 0;
}

/** JSON with the keys of every object in order, so that the same facts are the same text. */
function stableJson(value: Json): string {
  if (!isJsonObject(value))
    return typeof value === "object" && value !== null ? `[${value.map(stableJson).join(",")}]` : JSON.stringify(value);
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${stableJson(inner)}`).join(",")}}`;
}
