import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MAX_ATTACHMENT_BYTES, MAX_ATTACHMENTS } from "../../contract/endpoints/draft-attachments.ts";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import { type DraftLevel, levelNumber } from "../../vocabulary/level.ts";
import { withTestDatabase } from "../../../tests/database/test-database.ts";
import { type TestMember, type TrustedActors, withTrustedActors } from "../../../tests/support/trusted-actors.ts";
import type { OwnedDatabase } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import { openAttachmentFiles } from "./attachment-files.ts";
import { type AttachmentService, createAttachmentService } from "./attachment-service.ts";
import { createDraftService, type DraftService } from "./draft-service.ts";

const secret = Buffer.from(`a proof of ${"concept ".repeat(30_000)}`);

withTestDatabase("a file comes back as it was added, and never lies on disk in the clear", async (database) => {
  await withAttachments(database, async ({ actors, drafts, attachments, owner, directory, add }) => {
    const { id } = await drafts.create(actors.as(owner), []);
    const added = await add(id, secret);
    assert.deepEqual([added.sizeBytes, Buffer.from(added.sha256)], [secret.length, createHash("sha256").update(secret).digest()]);
    assert.deepEqual(await read(attachments, actors.as(owner), id, added.id), secret);
    const [file, ...others] = await filesIn(directory);
    assert.ok(file !== undefined && others.length === 0 && file.endsWith(added.storageKey));
    const sealed = await readFile(file);
    assert.ok(sealed.toString("latin1").startsWith("age-encryption.org/v1") && !sealed.includes("concept"));
    assert.notEqual(added.storageKey, Buffer.from(added.sha256).toString("hex"));
    const empty = await add(id, Buffer.alloc(0));
    assert.equal((await read(attachments, actors.as(owner), id, empty.id)).length, 0);
    await actors.keys.rotate("sealing");
    assert.deepEqual(await read(attachments, actors.as(owner), id, added.id), secret);
  });
});

withTestDatabase("a file that was changed or cut off on disk is never read to its end", async (database) => {
  await withAttachments(database, async ({ actors, drafts, attachments, owner, directory, add }) => {
    const { id } = await drafts.create(actors.as(owner), []);
    const added = await add(id, secret);
    const other = await add(id, Buffer.from("another"));
    const [path, otherPath] = (await Promise.all([added, other].map(({ storageKey }) => pathOf(directory, storageKey)))) as [
      string,
      string,
    ];
    const sealed = await readFile(path);
    for (const [what, bytes] of [
      ["one bit changed", sealed.with(sealed.length - 5, (sealed[sealed.length - 5] ?? 0) ^ 1)],
      ["cut off", sealed.subarray(0, sealed.length - 40)],
      ["another's content", await readFile(otherPath)],
      ["no content", Buffer.alloc(0)],
    ] as const) {
      await writeFile(path, bytes);
      await assert.rejects(read(attachments, actors.as(owner), id, added.id), (error) => isCodedError(error, "internal"), what);
    }
    await rm(path);
    await assert.rejects(read(attachments, actors.as(owner), id, added.id), (error) => isCodedError(error, "internal"));
  });
});

withTestDatabase("who sees a file's level reads it, everyone else finds nothing, and each reading is written down", async (database) => {
  await withAttachments(database, async ({ actors, drafts, attachments, owner, add, open }) => {
    const { id } = await drafts.create(actors.as(owner), []);
    const atFix = await add(id, secret, "fix");
    const atCase = await add(id, secret, "case");
    const reader = await actors.makeMember(await actors.makeOrganisation("Reader"), "editor");
    await assert.rejects(read(attachments, actors.as(reader), id, atFix.id), isNotFound);
    await open(id, reader, "fix");
    assert.deepEqual(
      (await drafts.read(actors.as(reader), id)).attachments.map((one) => one.id),
      [atFix.id],
    );
    assert.deepEqual(await read(attachments, actors.as(reader), id, atFix.id), secret);
    await assert.rejects(read(attachments, actors.as(reader), id, atCase.id), isNotFound);
    await assert.rejects(attachments.remove(actors.as(reader), id, atFix.id), isNotFound);
    await assert.rejects(add(id, secret, "fix", reader), isNotFound);
    await assert.rejects(read(attachments, actors.as(owner, { floor: 4 }), id, atFix.id), isNotFound);
    const reads = await database.query<{ level: number }>(
      actors.as(owner),
      sql`select level from read_event where draft_id = ${id} and reader_person_id = ${reader.person} order by at, level`,
    );
    assert.deepEqual(
      reads.map(({ level }) => level),
      [3, 3],
    );
  });
});

withTestDatabase("what is removed, refused or left by a kill does not stay on disk", async (database) => {
  await withAttachments(database, async ({ actors, drafts, attachments, owner, directory, add }) => {
    const { id } = await drafts.create(actors.as(owner), []);
    const added = await add(id, secret);
    await attachments.remove(actors.as(owner), id, added.id);
    assert.deepEqual(await filesIn(directory), []);
    await assert.rejects(read(attachments, actors.as(owner), id, added.id), isNotFound);
    await assert.rejects(attachments.remove(actors.as(owner), id, added.id), isNotFound);

    async function* endless(): AsyncGenerator<Uint8Array> {
      for (let sent = 0; sent <= MAX_ATTACHMENT_BYTES; sent += 1 << 20) yield new Uint8Array(1 << 20);
    }
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield secret;
      throw new Error("the client has gone");
    }
    const request = { name: "x", mediaType: "application/octet-stream", level: "case" as const };
    await assert.rejects(attachments.add(actors.as(owner), id, { ...request, content: endless() }), (error) =>
      isCodedError(error, "document-too-large"),
    );
    await assert.rejects(attachments.add(actors.as(owner), id, { ...request, content: broken() }), /has gone/);
    assert.deepEqual(await filesIn(directory), []);

    const kept = await add(id, secret);
    const orphan = join(directory, `${"0".repeat(32)}.new`);
    await writeFile(orphan, "the rest of a write");
    assert.equal(await attachments.sweep(), 0);
    for (const path of await filesIn(directory)) await utimes(path, 0, 0);
    assert.equal(await attachments.sweep(), 1);
    const gone = await add(id, Buffer.from("not restored"));
    assert.deepEqual(await read(attachments, actors.as(owner), id, kept.id), secret);
    for (const name of await readdir(directory)) await rm(join(directory, name), { recursive: true });
    await attachments.remove(actors.as(owner), id, gone.id);
    await assert.rejects(attachments.remove(actors.as(owner), id, gone.id), isNotFound);
  });
});

withTestDatabase("a draft takes so many files and no more", async (database) => {
  await withAttachments(database, async ({ actors, drafts, owner, add }) => {
    const { id } = await drafts.create(actors.as(owner), []);
    for (let count = 0; count < MAX_ATTACHMENTS; count++) await add(id, Buffer.from([count]));
    await assert.rejects(add(id, Buffer.from("one more")), (error) => isCodedError(error, "conflict"));
  });
});

type Setting = {
  readonly actors: TrustedActors;
  readonly drafts: DraftService;
  readonly attachments: AttachmentService;
  readonly owner: TestMember;
  readonly directory: string;
  readonly add: (draft: string, content: Uint8Array, level?: DraftLevel, by?: TestMember) => ReturnType<AttachmentService["add"]>;
  readonly open: (draft: string, reader: TestMember, level: DraftLevel) => Promise<void>;
};

async function withAttachments(database: OwnedDatabase, work: (setting: Setting) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-attachments-"));
  try {
    await withTrustedActors(database, async (actors) => {
      const owner = await actors.makeMember(await actors.makeOrganisation("Owner"), "editor");
      const files = openAttachmentFiles({ directory, keys: actors.keys });
      const attachments = createAttachmentService({ database, files, keys: actors.keys });
      await work({
        actors,
        drafts: createDraftService({ database, clock: actors.clock }),
        attachments,
        owner,
        directory,
        add: (draft, content, level = "case", by = owner) =>
          attachments.add(actors.as(by), draft, {
            name: "proof.bin",
            mediaType: "application/octet-stream",
            level,
            content: pieces(content),
          }),
        open: async (draft, reader, level) => {
          await database.query(
            "releaser",
            sql`insert into opening (organisation_id, record_id, circle_id, level, opened_by, opened_at)
                values (${owner.organisation}, ${draft}, ${reader.organisation}, ${levelNumber(level)}, 'hour', ${new Date(actors.clock())})`,
          );
        },
      });
    });
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function* pieces(content: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += 10_000) yield content.subarray(at, at + 10_000);
}

async function read(attachments: AttachmentService, actor: ReturnType<TrustedActors["as"]>, draft: string, id: string): Promise<Buffer> {
  const { content } = await attachments.read(actor, draft, id);
  const parts: Uint8Array[] = [];
  for await (const part of content) parts.push(part);
  return Buffer.concat(parts);
}

async function filesIn(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function pathOf(directory: string, storageKey: string): Promise<string | undefined> {
  return (await filesIn(directory)).find((path) => path.endsWith(storageKey));
}

function isNotFound(error: unknown): boolean {
  return isCodedError(error, "not-found");
}
