import { isAbsolute } from "node:path";
import { writeOsvDirectory as writeOsvDirectoryEndpoint } from "../../contract/endpoints/feeds.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { Database } from "../database/database.ts";
import { type Route, route } from "../http/route.ts";
import { writeOsvDirectory } from "./osv-directory-service.ts";

export function osvDirectoryRoutes(database: Database): readonly Route[] {
  return [
    route(writeOsvDirectoryEndpoint, async ({ body: { directory } }) => {
      // The server's working directory is not the asker's.
      if (!isAbsolute(directory))
        throw new CodedError("input-invalid", `expected an absolute path, got ${JSON.stringify(directory)}`, { place: "body.directory" });
      return writeOsvDirectory(database, directory);
    }),
  ];
}
