import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { withPostgresDatabase, withTestDatabase } from "../../../tests/database/test-database.ts";
import { type TrustedActors, withTrustedActors } from "../../../tests/support/trusted-actors.ts";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import type { Database, OwnedDatabase, SignedActor } from "../database/database.ts";
import { openEmbedded } from "../database/open-embedded.ts";
import { openPostgres } from "../database/open-postgres.ts";
import { openAttachmentFiles } from "../drafts/attachment-files.ts";
import { type AttachmentService, createAttachmentService } from "../drafts/attachment-service.ts";
import { createDraftService } from "../drafts/draft-service.ts";
import { sealedFilesIn } from "../sealed-files.ts";
import { restoreBackup, writeBackup } from "./backup-service.ts";

/** Of several pieces, so that they must come back in their order. */
const large = randomBytes(700_000);
const small = Buffer.from("a note");

type Scene = {
  readonly root: string;
  readonly actor: SignedActor;
  readonly draft: string;
  readonly ids: readonly string[];
  readonly attachments: AttachmentService;
  readonly keys: TrustedActors["keys"];
};

async function withFiles(database: OwnedDatabase, work: (scene: Scene) => Promise<void>): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "sluice-backup-files-"));
  try {
    await withTrustedActors(database, async (actors) => {
      const actor = actors.as(await actors.makeMember(await actors.makeOrganisation("Harbour desk")));
      const { id: draft } = await createDraftService({ database, clock: actors.clock }).create(actor, []);
      const attachments = serviceOver(database, actors.keys, join(root, "attachments"));
      const ids: string[] = [];
      for (const [name, bytes] of [
        ["large.bin", large],
        ["note.txt", small],
      ] as const) {
        const content = Readable.from([bytes]);
        ids.push((await attachments.add(actor, draft, { name, mediaType: "application/octet-stream", level: "case", content })).id);
      }
      await work({ root, actor, draft, ids, attachments, keys: actors.keys });
    });
  } finally {
    rmSync(root, { recursive: true });
  }
}

function serviceOver(database: Database, keys: TrustedActors["keys"], directory: string): AttachmentService {
  return createAttachmentService({ database, keys, files: openAttachmentFiles({ directory, keys }) });
}

async function contentOf(service: AttachmentService, { actor, draft }: Scene, id: string): Promise<Buffer> {
  const { content } = await service.read(actor, draft, id);
  return Buffer.concat(await Array.fromAsync(content));
}

async function onEachEmpty(work: (open: () => Promise<OwnedDatabase>) => Promise<void>): Promise<void> {
  await work(() => openEmbedded({ directory: undefined, schema: "none" }));
  if (process.env["DATABASE_URL"] !== undefined) await withPostgresDatabase((url) => work(() => openPostgres({ url })));
}

/** The database itself, which a restore closes; the test looks at it afterwards. */
function keptOpen(database: OwnedDatabase): OwnedDatabase {
  return { ...database, close: async () => {} };
}

function filesOf(directory: string): readonly string[] {
  return existsSync(directory)
    ? readdirSync(directory, { recursive: true, withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [entry.name] : []))
    : [];
}

withTestDatabase(
  "files of drafts come back from a backup as they were sealed, on either driver, and open with the same keys alone",
  async (database) => {
    await withFiles(database, async (scene) => {
      const { root } = scene;
      const file = join(root, "a.sluice-backup");
      const written = await writeBackup(database, file, sealedFilesIn(join(root, "attachments")));
      assert.deepEqual([written.files, written.missing], [2, []]);
      assert.equal(readFileSync(file).includes(small), false);
      let place = 0;
      await onEachEmpty(async (open) => {
        const copy = await open();
        const directory = join(root, `restored-${place++}`);
        try {
          const restored = await restoreBackup(async () => keptOpen(copy), file, { files: sealedFilesIn(directory) });
          assert.deepEqual([restored.rows, restored.files, restored.missing], [written.rows, 2, []]);
          assert.deepEqual(filesOf(directory).toSorted(), filesOf(join(root, "attachments")).toSorted());
          for (const name of filesOf(directory)) {
            const at = (base: string): Buffer => readFileSync(sealedFilesIn(base).pathOf(name));
            assert.deepEqual(at(directory), at(join(root, "attachments")), "as they are on disk");
          }
        } finally {
          await copy.close();
        }
      });
      // Over the rows that are there, since no restored database trusts the keys of this test.
      const again = serviceOver(database, scene.keys, join(root, "restored-0"));
      assert.deepEqual(await contentOf(again, scene, scene.ids[0] ?? ""), large);
      assert.deepEqual(await contentOf(again, scene, scene.ids[1] ?? ""), small);
    });
  },
);

withTestDatabase("a file that is not on disk is named by the backup and by the restore, and keeps nothing else out", async (database) => {
  await withFiles(database, async ({ root, actor, draft, ids, attachments }) => {
    const before = new Set(filesOf(join(root, "attachments")));
    await attachments.add(actor, draft, {
      name: "lost.txt",
      mediaType: "text/plain",
      level: "case",
      content: Readable.from([Buffer.from("lost")]),
    });
    const lost = filesOf(join(root, "attachments")).find((name) => !before.has(name)) ?? "";
    rmSync(sealedFilesIn(join(root, "attachments")).pathOf(lost));
    await attachments.remove(actor, draft, ids[1] ?? "");
    const file = join(root, "a.sluice-backup");
    const written = await writeBackup(database, file, sealedFilesIn(join(root, "attachments")));
    assert.deepEqual([written.files, written.missing.map(({ name }) => name)], [1, ["lost.txt"]], "what was removed is not missed");
    await onEachEmpty(async (open) => {
      const directory = join(root, `restored-${process.hrtime.bigint()}`);
      const { missing } = await restoreBackup(open, file, { files: sealedFilesIn(directory) });
      assert.deepEqual(
        missing.map(({ name, advisory }) => [name, advisory.startsWith("x_SLUICE-")]),
        [["lost.txt", true]],
      );
    });
  });
});

withTestDatabase("a restore that fails leaves no file of the backup, and takes away none that lay there", async (database) => {
  await withFiles(database, async ({ root }) => {
    const file = join(root, "a.sluice-backup");
    await writeBackup(database, file, sealedFilesIn(join(root, "attachments")));
    const directory = join(root, "restored");
    const files = sealedFilesIn(directory);
    const [first = ""] = filesOf(join(root, "attachments")).toSorted();
    await files.write(first, Readable.from([Buffer.from("copied by hand")]));
    const failing = async (): Promise<OwnedDatabase> => {
      const opened = await openEmbedded({ directory: undefined, schema: "none" });
      return {
        ...opened,
        asOwner: (work, options) =>
          opened.asOwner(async (transaction) => {
            await work(transaction);
            throw new Error("broken off");
          }, options),
      };
    };
    await assert.rejects(restoreBackup(failing, file, { files }), /broken off/);
    assert.deepEqual(filesOf(directory), [first]);
  });
});

withTestDatabase("a full disk, or a sink that fails, ends a backup and its transaction", async (database) => {
  await withFiles(database, async ({ root }) => {
    const files = sealedFilesIn(join(root, "attachments"));
    const broken = {
      ...files,
      read: async (name: string) => {
        const found = await files.read(name);
        return found && { ...found, pieces: Readable.from([Buffer.alloc(1), new Error("the disk is gone")]) };
      },
    };
    const names = readdirSync(root);
    await assert.rejects(writeBackup(database, join(root, "a.sluice-backup"), broken));
    assert.deepEqual(readdirSync(root), names);
    writeFileSync(join(root, "taken"), "");
    await assert.rejects(writeBackup(database, join(root, "taken"), files), (error) => isCodedError(error, "conflict"));
  });
});
