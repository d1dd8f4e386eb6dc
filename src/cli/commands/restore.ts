import { resolve } from "node:path";
import { defineCommand } from "citty";
import { readConfig } from "../../server/config.ts";
import { restoreInstallation } from "../../server/restore-installation.ts";
import { counted } from "../age-words.ts";
import { dataDirectoryFlag, givenFlags } from "../config-flags.ts";

export const restoreCommand = defineCommand({
  meta: { name: "restore", description: "Read a backup into an empty data directory or database" },
  args: { file: { type: "positional", description: "File that sluice backup wrote", required: true }, ...dataDirectoryFlag },
  run: async ({ args }) => {
    const { rows, writtenAt } = await restoreInstallation(readConfig(process.env, givenFlags(args)), resolve(args.file));
    process.stdout.write(`${counted(rows, "row")} restored, as of ${writtenAt}\n`);
    return 0;
  },
});
