import { randomUUID } from "node:crypto";
import { MAX_ATTACHMENT_BYTES, MAX_ATTACHMENTS } from "../../contract/endpoints/draft-attachments.ts";
import { contentAddress } from "../../sealing/content-address.ts";
import type { KeyRing } from "../../sealing/key-ring.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { DraftLevel } from "../../vocabulary/level.ts";
import type { Database, SignedActor, Transaction } from "../database/database.ts";
import type { AttachmentFiles } from "./attachment-files.ts";
import {
  type DraftAttachment,
  endAttachment,
  findAttachment,
  insertAttachment,
  readAttachments,
  readStorageKeys,
} from "./attachment-store.ts";
import { findDraft, type SeenDraft } from "./draft-store.ts";
import { eventStatement } from "./event-store.ts";
import { writeReadEvent } from "./part-store.ts";
import { askedOf, notFound, requireCase, requireStillOpen } from "./refusals.ts";

export type { DraftAttachment };

export type AttachmentRequest = {
  readonly name: string;
  readonly mediaType: string;
  readonly level: DraftLevel;
  readonly content: AsyncIterable<Uint8Array>;
};

/** Files of drafts, sealed on this server's disk. */
export type AttachmentService = {
  /** @throws CodedError `not-found`, `document-too-large`, `conflict` (not open, or as many files as a draft takes), `disk-full` */
  readonly add: (actor: SignedActor, draft: string, request: AttachmentRequest) => Promise<DraftAttachment>;
  /** That it was read is written down before the first byte is sent. @throws CodedError `not-found` */
  readonly read: (
    actor: SignedActor,
    draft: string,
    attachment: string,
  ) => Promise<{ readonly attachment: DraftAttachment; readonly content: ReadableStream<Uint8Array> }>;
  /** The row stays, the bytes go. @throws CodedError `not-found`, `not-allowed` (another organisation's) */
  readonly remove: (actor: SignedActor, draft: string, attachment: string) => Promise<void>;
  /** Removes from disk what no draft has any more. How many files there were. */
  readonly sweep: () => Promise<number>;
};

export type AttachmentParts = {
  readonly database: Database;
  readonly files: AttachmentFiles;
  readonly keys: KeyRing;
};

export function createAttachmentService({ database, files, keys }: AttachmentParts): AttachmentService {
  return {
    add: async (actor, draft, { name, mediaType, level, content }) => {
      // Asked before a byte is taken: whoever may not write fills no disk.
      const key = await askedOf(() => database.transaction(actor, (transaction) => requireRoom(transaction, draft)));
      const id = randomUUID();
      const written = await files.write(content, MAX_ATTACHMENT_BYTES, (sha256) =>
        contentAddress(keys.current("token").secret, [key.organisation, draft, id], sha256),
      );
      try {
        return await askedOf(() =>
          database.transaction(actor, async (transaction) => {
            const seen = await requireRoom(transaction, draft);
            await insertAttachment(transaction, seen, { ...written, id, level, name, mediaType });
            await transaction.run(eventStatement(seen, [{ level, kind: "attachment-added", details: { attachment: id, name } }]));
            await requireStillOpen(transaction, seen);
            const added = await findAttachment(transaction, seen, id);
            if (added === undefined) throw notFound();
            return added;
          }),
        );
      } catch (error) {
        await files.remove(written.storageKey);
        throw error;
      }
    },

    read: async (actor, draft, id) => {
      const attachment = await askedOf(() =>
        database.transaction(actor, async (transaction) => {
          const seen = await findDraft(transaction, draft);
          const found = seen === undefined ? undefined : await findAttachment(transaction, seen, id);
          if (seen === undefined || found === undefined) throw notFound();
          await writeReadEvent(transaction, seen, found.level);
          return found;
        }),
      );
      return { attachment, content: await files.read(attachment) };
    },

    remove: async (actor, draft, id) => {
      const removed = await askedOf(() =>
        database.transaction(actor, async (transaction) => {
          const seen = await requireCase(transaction, draft);
          const found = await findAttachment(transaction, seen, id);
          if (found === undefined) throw notFound();
          if (!found.isMine && !seen.isOwner) {
            throw new CodedError("not-allowed", "Expected a file that your organisation added. The draft's owner can remove this one");
          }
          if (!(await endAttachment(transaction, seen, id))) throw notFound();
          await transaction.run(
            eventStatement(seen, [{ level: found.level, kind: "attachment-removed", details: { attachment: id, name: found.name } }]),
          );
          return found;
        }),
      );
      await files.remove(removed.storageKey);
    },

    sweep: async () => files.sweep(await readStorageKeys(database), Date.now()),
  };
}

async function requireRoom(transaction: Transaction, draft: string): Promise<SeenDraft> {
  const seen = await requireCase(transaction, draft);
  const { length } = await readAttachments(transaction, seen);
  if (length < MAX_ATTACHMENTS) return seen;
  throw new CodedError("conflict", `Expected at most ${MAX_ATTACHMENTS} files in one draft, got one more. Remove one first`);
}
