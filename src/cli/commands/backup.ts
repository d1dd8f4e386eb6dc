import { resolve } from "node:path";
import { defineCommand } from "citty";
import { writeBackup } from "../../contract/endpoints/feeds.ts";
import { readConfig } from "../../server/config.ts";
import { missingFileWords } from "../missing-file-words.ts";
import { counted } from "../age-words.ts";
import { dataDirectoryFlag, givenFlags } from "../config-flags.ts";
import { reachServer } from "../reach-server.ts";

export const backupCommand = defineCommand({
  meta: {
    name: "backup",
    description:
      "Write the whole database, and the sealed files of draft advisories, into one file, which must not exist yet. Keys are not in it",
  },
  args: { file: { type: "positional", description: "File to write", required: true }, ...dataDirectoryFlag },
  run: async ({ args }) => {
    const server = await reachServer(readConfig(process.env, givenFlags(args)));
    try {
      const written = await server.client(writeBackup, { body: { file: resolve(args.file) } });
      process.stdout.write(
        `${written.file}: ${counted(written.rows, "row")}, ${counted(written.files, "sealed file")}, ${counted(written.bytes, "byte")}\nsha256 ${written.sha256}\n`,
      );
      process.stderr.write(missingFileWords(written.missing, "not on disk, and not in the backup: removed while it was written, or lost"));
      return 0;
    } finally {
      await server.close();
    }
  },
});
