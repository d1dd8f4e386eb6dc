import { resolve } from "node:path";
import { defineCommand } from "citty";
import { restoreDatabase } from "../../server/backup/restore-database.ts";
import { readConfig } from "../../server/config.ts";
import { doorAnswers } from "../../server/local-door/door-answers.ts";
import { doorPath } from "../../server/local-door/door-path.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { counted } from "../age-words.ts";
import { dataDirectoryFlag, givenFlags } from "../config-flags.ts";

export const restoreCommand = defineCommand({
  meta: { name: "restore", description: "Read a backup into an empty data directory or database" },
  args: { file: { type: "positional", description: "File that sluice backup wrote", required: true }, ...dataDirectoryFlag },
  run: async ({ args }) => {
    const config = readConfig(process.env, givenFlags(args));
    if (await doorAnswers(doorPath(config.dataDirectory))) {
      throw new CodedError(
        "directory-in-use",
        `a server is running on ${config.dataDirectory}: stop it first, or restore into another DATA_DIR`,
      );
    }
    const { rows, writtenAt } = await restoreDatabase(config, resolve(args.file));
    process.stdout.write(`${counted(rows, "row")} restored, as of ${writtenAt}\n`);
    return 0;
  },
});
