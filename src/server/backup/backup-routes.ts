import { isAbsolute } from "node:path";
import { writeBackup as writeBackupEndpoint } from "../../contract/endpoints/feeds.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { OwnedDatabase } from "../database/database.ts";
import { type Route, route } from "../http/route.ts";
import type { SealedFiles } from "../sealed-files.ts";
import { writeBackup } from "./backup-service.ts";

export function backupRoutes(database: OwnedDatabase, files: SealedFiles): readonly Route[] {
  return [
    route(writeBackupEndpoint, async ({ body }) => {
      const { file } = body;
      // The server's working directory is not the asker's.
      if (!isAbsolute(file))
        throw new CodedError("input-invalid", `expected an absolute path, got ${JSON.stringify(file)}`, { place: "body.file" });
      const { missing, ...written } = await writeBackup(database, file, files);
      return { ...written, file, missing: missing.map(({ advisory, name }) => ({ advisory, name })) };
    }),
  ];
}
