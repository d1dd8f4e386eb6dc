import type { DraftKey } from "../../vocabulary/draft-advisory.ts";
import { type DraftLevel, levelNumber, levelOf } from "../../vocabulary/level.ts";
import type { Database, Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import type { WrittenContent } from "./attachment-files.ts";

/** A file of a draft as an actor sees it. */
export type DraftAttachment = WrittenContent & {
  readonly id: string;
  readonly level: DraftLevel;
  readonly name: string;
  readonly mediaType: string;
  readonly writtenAtMs: number;
  /** Of the actor's organisation. */
  readonly isMine: boolean;
};

/** Files in force at levels that the actor sees, in the order in which they came. */
export async function readAttachments(transaction: Transaction, { organisation, draft }: DraftKey): Promise<readonly DraftAttachment[]> {
  const rows = await transaction.query<AttachmentRow>(
    sql`select id, level, name, media_type, size_bytes, sha256, storage_key, written_at, author_organisation_id = (select actor_organisation()) as is_mine
        from draft_attachment where organisation_id = ${organisation} and draft_id = ${draft} and removed_at is null
        order by written_at, id`,
  );
  return rows.map(toAttachment);
}

export async function findAttachment(
  transaction: Transaction,
  { organisation, draft }: DraftKey,
  attachment: string,
): Promise<DraftAttachment | undefined> {
  const rows = await transaction.query<AttachmentRow>(
    sql`select id, level, name, media_type, size_bytes, sha256, storage_key, written_at, author_organisation_id = (select actor_organisation()) as is_mine
        from draft_attachment
        where organisation_id = ${organisation} and draft_id = ${draft} and id = ${attachment} and removed_at is null`,
  );
  return rows[0] === undefined ? undefined : toAttachment(rows[0]);
}

export type NewAttachment = WrittenContent & Pick<DraftAttachment, "id" | "level" | "name" | "mediaType">;

export async function insertAttachment(
  transaction: Transaction,
  { organisation, draft }: DraftKey,
  attachment: NewAttachment,
): Promise<void> {
  const { id, level, name, mediaType, sizeBytes, sha256, storageKey } = attachment;
  await transaction.run(
    sql`insert into draft_attachment (organisation_id, draft_id, id, level, name, media_type, size_bytes, sha256, storage_key,
          author_organisation_id, author_person_id, written_at)
        values (${organisation}, ${draft}, ${id}, ${levelNumber(level)}, ${name}, ${mediaType}, ${sizeBytes}, ${sha256}, ${storageKey},
          actor_organisation(), actor_person(), actor_clock())`,
  );
}

/** False = it is not in force any more. */
export async function endAttachment(transaction: Transaction, { organisation, draft }: DraftKey, attachment: string): Promise<boolean> {
  const changed = await transaction.run(
    sql`update draft_attachment set removed_at = actor_clock()
        where organisation_id = ${organisation} and draft_id = ${draft} and id = ${attachment} and removed_at is null`,
  );
  return changed === 1;
}

/** Every file that is to be on disk. */
export async function readStorageKeys(database: Database): Promise<ReadonlySet<string>> {
  const rows = await database.query<{ storage_key: string }>(
    "keeper",
    sql`select storage_key from draft_attachment where removed_at is null`,
  );
  return new Set(rows.map(({ storage_key }) => storage_key));
}

type AttachmentRow = {
  readonly id: string;
  readonly level: number;
  readonly name: string;
  readonly media_type: string;
  readonly size_bytes: number;
  readonly sha256: Uint8Array;
  readonly storage_key: string;
  readonly written_at: Date;
  readonly is_mine: boolean;
};

function toAttachment(row: AttachmentRow): DraftAttachment {
  return {
    id: row.id,
    level: levelOf(row.level),
    name: row.name,
    mediaType: row.media_type,
    sizeBytes: row.size_bytes,
    sha256: row.sha256,
    storageKey: row.storage_key,
    writtenAtMs: row.written_at.getTime(),
    isMine: row.is_mine,
  };
}
