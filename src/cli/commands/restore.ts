import { resolve } from "node:path";
import { defineCommand } from "citty";
import { readConfig } from "../../server/config.ts";
import { restoreInstallation } from "../../server/restore-installation.ts";
import { missingFileWords } from "../missing-file-words.ts";
import { counted } from "../age-words.ts";
import { dataDirectoryFlag, givenFlags } from "../config-flags.ts";

export const restoreCommand = defineCommand({
  meta: { name: "restore", description: "Read a backup, rows and sealed files, into an empty data directory or database" },
  args: { file: { type: "positional", description: "File that sluice backup wrote", required: true }, ...dataDirectoryFlag },
  run: async ({ args }) => {
    const { rows, files, writtenAt, missing } = await restoreInstallation(readConfig(process.env, givenFlags(args)), resolve(args.file));
    process.stdout.write(`${counted(rows, "row")} and ${counted(files, "sealed file")} restored, as of ${writtenAt}\n`);
    process.stderr.write(missingFileWords(missing, "not in the backup: copy attachments from the data directory that it was made of"));
    return 0;
  },
});
