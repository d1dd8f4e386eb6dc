import { writeBackup as writeBackupEndpoint } from "../../contract/endpoints/feeds.ts";
import type { OwnedDatabase } from "../database/database.ts";
import { type Route, route } from "../http/route.ts";
import { writeBackup } from "./backup-service.ts";

export function backupRoutes(database: OwnedDatabase): readonly Route[] {
  return [route(writeBackupEndpoint, async ({ body }) => ({ ...(await writeBackup(database, body.file)), file: body.file }))];
}
