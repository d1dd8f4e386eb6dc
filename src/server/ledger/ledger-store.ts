import type { Tile, TileId } from "../../sealing/tiles.ts";
import { invariant } from "../../vocabulary/invariant.ts";
import type { Actor, Database, Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import type { TimePosition } from "../list-page.ts";

export type Tree = {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
  readonly startedAt: Date;
  readonly lastBatchAt: Date | undefined;
};

export type KeptCheckpoint = {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
  readonly note: string;
  readonly signedAt: Date;
};

export type KeptCosignature = {
  readonly origin: string;
  readonly size: number;
  readonly witness: string;
  readonly line: string;
  readonly statedAt: Date;
};

/** A leaf that waits: its bytes, and where its index is to be written. */
export type PendingLeaf = { readonly leaf: Uint8Array; readonly organisationId: string; readonly id: string };
export type PendingRevision = { readonly leaf: Uint8Array; readonly advisoryId: string; readonly version: number };

type TreeRow = { origin: string; size: number; root: Uint8Array; started_at: Date; last_batch_at: Date | null };

/** Makes the tree when there is none: of two processes that begin at once, one does. */
export async function beginTree(database: Database, origin: string, emptyRoot: Uint8Array, startedAt: Date): Promise<void> {
  await database.query(
    "notary",
    sql`insert into ledger (origin, size, root, started_at) values (${origin}, 0, ${emptyRoot}, ${startedAt}) on conflict (id) do nothing`,
  );
}

export async function readTree(transaction: Transaction): Promise<Tree> {
  return treeOf(await transaction.query<TreeRow>(sql`select origin, size, root, started_at, last_batch_at from ledger`));
}

/** Keeps every other batch and signature waiting until the transaction ends: what makes the log one line of time. */
export async function lockTree(transaction: Transaction): Promise<Tree> {
  return treeOf(await transaction.query<TreeRow>(sql`select origin, size, root, started_at, last_batch_at from ledger for update`));
}

export async function pendingStatements(transaction: Transaction, atMost: number): Promise<readonly PendingLeaf[]> {
  return transaction.query<PendingLeaf>(sql`select organisation_id as "organisationId", id, leaf from ledger_statement
    where leaf_index is null order by recorded_at, id limit ${atMost}`);
}

export async function pendingRevisions(transaction: Transaction, atMost: number): Promise<readonly PendingRevision[]> {
  const rows = await transaction.query<{
    advisory_id: string;
    version: number;
    leaf: string;
  }>(sql`select advisory_id, version, leaf from ledger_revision
    where leaf_index is null order by recorded_at, advisory_id, version limit ${atMost}`);
  return rows.map(({ advisory_id, version, leaf }) => ({ advisoryId: advisory_id, version, leaf: Buffer.from(leaf, "utf8") }));
}

/** True once anything was recorded: an installation that records nothing has no batches. */
export async function hasRecorded(transaction: Transaction): Promise<boolean> {
  const [row] = await transaction.query<{ any: boolean }>(
    sql`select (select size from ledger) > 0 or exists (select from ledger_statement) or exists (select from ledger_revision) as any`,
  );
  return row?.any === true;
}

export async function readTiles(transaction: Transaction, ids: readonly TileId[]): Promise<readonly Tile[]> {
  if (ids.length === 0) return [];
  return transaction.query<Tile>(sql`select t.level, t.index, t.hashes from ledger_tile t
    join unnest(${ids.map(({ level }) => level)}::int[], ${ids.map(({ index }) => index)}::int8[]) as wanted (level, index)
      on t.level = wanted.level and t.index = wanted.index`);
}

export async function writeTiles(transaction: Transaction, tiles: readonly Tile[]): Promise<void> {
  await transaction.run(sql`insert into ledger_tile (level, index, hashes)
    select * from unnest(${tiles.map(({ level }) => level)}::int2[], ${tiles.map(({ index }) => index)}::int8[], ${tiles.map(({ hashes }) => hashes)}::bytea[])
    on conflict (level, index) do update set hashes = excluded.hashes`);
}

export type BundleAddition = { readonly index: number; readonly entries: Uint8Array };

/** Adds entries behind those that a bundle has. Each bundle once. */
export async function extendBundles(transaction: Transaction, additions: readonly BundleAddition[]): Promise<void> {
  await transaction.run(sql`insert into ledger_bundle (index, entries)
    select * from unnest(${additions.map(({ index }) => index)}::int8[], ${additions.map(({ entries }) => entries)}::bytea[])
    on conflict (index) do update set entries = ledger_bundle.entries || excluded.entries`);
}

export async function placeStatements(
  transaction: Transaction,
  placed: readonly (PendingLeaf & { readonly index: number })[],
): Promise<void> {
  if (placed.length === 0) return;
  await transaction.run(sql`update ledger_statement s set leaf_index = p.index
    from unnest(${placed.map(({ organisationId }) => organisationId)}::uuid[], ${placed.map(({ id }) => id)}::uuid[], ${placed.map(({ index }) => index)}::int8[])
      as p (organisation_id, id, index)
    where s.organisation_id = p.organisation_id and s.id = p.id`);
}

export async function placeRevisions(
  transaction: Transaction,
  placed: readonly (PendingRevision & { readonly index: number })[],
): Promise<void> {
  if (placed.length === 0) return;
  await transaction.run(sql`update ledger_revision r set leaf_index = p.index
    from unnest(${placed.map(({ advisoryId }) => advisoryId)}::text[], ${placed.map(({ version }) => version)}::int[], ${placed.map(({ index }) => index)}::int8[])
      as p (advisory_id, version, index)
    where r.advisory_id = p.advisory_id and r.version = p.version`);
}

export async function growTree(
  transaction: Transaction,
  grown: { readonly size: number; readonly root: Uint8Array; readonly at: Date },
): Promise<void> {
  await transaction.run(sql`update ledger set size = ${grown.size}, root = ${grown.root}, last_batch_at = ${grown.at}`);
}

export async function newestCheckpoint(transaction: Transaction): Promise<KeptCheckpoint | undefined> {
  const [row] = await transaction.query<KeptCheckpoint>(
    sql`select c.origin, c.size, c.root, c.note, c.signed_at as "signedAt" from ledger l join ledger_checkpoint c on c.origin = l.origin order by c.size desc limit 1`,
  );
  return row;
}

export async function newestCheckpoints(transaction: Transaction, atMost: number): Promise<readonly KeptCheckpoint[]> {
  return transaction.query<KeptCheckpoint>(
    sql`select c.origin, c.size, c.root, c.note, c.signed_at as "signedAt" from ledger l join ledger_checkpoint c on c.origin = l.origin
      order by c.size desc limit ${atMost}`,
  );
}

export async function keepCheckpoint(transaction: Transaction, { origin, size, root, note, signedAt }: KeptCheckpoint): Promise<void> {
  await transaction.run(sql`insert into ledger_checkpoint (origin, size, root, note, signed_at)
    values (${origin}, ${size}, ${root}, ${note}, ${signedAt})`);
}

/** From now on the same leaves are another log. */
export async function renameTree(transaction: Transaction, origin: string): Promise<void> {
  await transaction.run(sql`update ledger set origin = ${origin}`);
}

export async function cosignaturesAt(
  transaction: Transaction,
  { origin, size }: Pick<KeptCheckpoint, "origin" | "size">,
): Promise<readonly KeptCosignature[]> {
  return transaction.query<KeptCosignature>(sql`select origin, size, witness, line, stated_at as "statedAt" from ledger_cosignature
    where origin = ${origin} and size = ${size} order by witness`);
}

/** The largest tree that each witness has cosigned. */
export async function newestCosignatures(transaction: Transaction): Promise<readonly KeptCosignature[]> {
  return transaction.query<KeptCosignature>(sql`select distinct on (c.witness) c.origin, c.size, c.witness, c.line, c.stated_at as "statedAt"
    from ledger l join ledger_cosignature c on c.origin = l.origin order by c.witness, c.size desc`);
}

export async function keepCosignature(transaction: Transaction, { origin, size, witness, line, statedAt }: KeptCosignature): Promise<void> {
  await transaction.run(sql`insert into ledger_cosignature (origin, size, witness, line, stated_at)
    values (${origin}, ${size}, ${witness}, ${line}, ${statedAt})
    on conflict (origin, size, witness) do update set line = excluded.line, stated_at = excluded.stated_at`);
}

export async function readBundle(transaction: Transaction, index: number): Promise<Uint8Array | undefined> {
  const [row] = await transaction.query<{ entries: Uint8Array }>(sql`select entries from ledger_bundle where index = ${index}`);
  return row?.entries;
}

export type SeenRevision = {
  readonly version: number;
  readonly sha256: string;
  readonly leaf: string;
  readonly recordedAt: Date;
  readonly leafIndex: number | null;
};

export async function readRevisions(transaction: Transaction, advisoryId: string): Promise<readonly SeenRevision[]> {
  return transaction.query<SeenRevision>(sql`select version, sha256, leaf, recorded_at as "recordedAt", leaf_index as "leafIndex"
    from ledger_revision where advisory_id = ${advisoryId} order by version`);
}

export type SeenStatement = {
  readonly organisationId: string;
  readonly id: string;
  readonly kind: string;
  readonly recordId: string | null;
  readonly statement: string | null;
  readonly nonce: Uint8Array | null;
  readonly leaf: Uint8Array;
  readonly recordedAt: Date;
  readonly leafIndex: number | null;
  readonly erasedAt: Date | null;
};

const seenColumns = sql`s.organisation_id as "organisationId", s.id, s.kind, s.record_id as "recordId", s.statement, s.nonce, s.leaf,
  s.recorded_at as "recordedAt", s.leaf_index as "leafIndex", s.erased_at as "erasedAt"`;

/** Newest first, behind `after`: the organisation's own, or those about one record. */
export async function listStatements(
  transaction: Transaction,
  from: { readonly organisationId: string } | { readonly record: { readonly organisationId: string; readonly id: string } },
  after: TimePosition | undefined,
  atMost: number,
): Promise<readonly SeenStatement[]> {
  const whose =
    "record" in from
      ? sql`s.record_organisation_id = ${from.record.organisationId}::uuid and s.record_id = ${from.record.id}::uuid`
      : sql`s.organisation_id = ${from.organisationId}::uuid`;
  const behind = after === undefined ? sql`true` : sql`(s.recorded_at, s.id) < (${new Date(after.atMs)}::timestamptz, ${after.id}::uuid)`;
  return transaction.query<SeenStatement>(sql`select ${seenColumns} from ledger_statement s where ${whose} and ${behind}
    order by s.recorded_at desc, s.id desc limit ${atMost}`);
}

export async function readStatement(database: Database, actor: Actor, id: string): Promise<SeenStatement | undefined> {
  const [row] = await database.query<SeenStatement>(actor, sql`select ${seenColumns} from ledger_statement s where s.id = ${id}::uuid`);
  return row;
}

/** True when there was something to erase that the actor may. */
export async function eraseStatement(
  transaction: Transaction,
  {
    organisationId,
    id,
    personId,
    at,
  }: { readonly organisationId: string; readonly id: string; readonly personId: string; readonly at: Date },
): Promise<boolean> {
  const touched =
    await transaction.run(sql`update ledger_statement set statement = null, nonce = null, erased_at = ${at}, erased_by = ${personId}::uuid
    where organisation_id = ${organisationId}::uuid and id = ${id}::uuid and erased_at is null`);
  return touched === 1;
}

function treeOf(rows: readonly TreeRow[]): Tree {
  const [row] = rows;
  invariant(row !== undefined, "the ledger has no tree: beginTree comes first");
  return { origin: row.origin, size: row.size, root: row.root, startedAt: row.started_at, lastBatchAt: row.last_batch_at ?? undefined };
}
