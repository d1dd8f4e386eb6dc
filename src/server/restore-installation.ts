import type { RestoredBackup } from "./backup/backup-service.ts";
import { restoreDatabase } from "./backup/restore-database.ts";
import type { Config } from "./config.ts";
import { doorAnswers } from "./local-door/door-answers.ts";
import { doorPath } from "./local-door/door-path.ts";
import { CodedError } from "../vocabulary/coded-error.ts";

/**
 * Makes this installation what `file` says; there must be neither a database with rows yet nor a running server.
 * @throws CodedError `directory-in-use`, `backup-invalid`, `not-found`, `conflict`, `disk-full`
 */
export async function restoreInstallation(config: Pick<Config, "dataDirectory" | "databaseUrl">, file: string): Promise<RestoredBackup> {
  if (await doorAnswers(doorPath(config.dataDirectory))) {
    throw new CodedError(
      "directory-in-use",
      `a server is running on ${config.dataDirectory}: stop it first, or restore into another DATA_DIR`,
    );
  }
  return restoreDatabase(config, file);
}
