import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { allEndpoints } from "../src/contract/endpoints/all.ts";
import { packageRoot, packageVersion } from "../src/server/package-root.ts";
import { apiReference } from "../src/server/system/api-reference.ts";
import { openApiDocument } from "../src/server/system/openapi-document.ts";
import { documentReference } from "./document-reference.ts";
import { ecosystemReference } from "./ecosystem-reference.ts";
import { feedReference } from "./feed-reference.ts";
import { roleReference } from "./role-reference.ts";

/**
 * node tools/generate.ts [--check]
 *
 * Writes what is made from the contract and from the ecosystems into docs/reference; with --check only says which files are not up to date.
 * What becomes of the feeds' documents and records is made where SLUICE_FEEDS names their directory, and left as it is elsewhere.
 */
const feeds = process.env["SLUICE_FEEDS"];
const generated: Readonly<Record<string, string>> = {
  "openapi.json": `${JSON.stringify(openApiDocument(allEndpoints, { version: packageVersion, serverUrl: undefined }), undefined, 2)}\n`,
  "api.md": apiReference(allEndpoints),
  "ecosystems.md": ecosystemReference(),
  "roles.md": roleReference(),
  ...(feeds === undefined ? {} : { "read-documents.md": await documentReference(feeds), "feed-problems.md": await feedReference(feeds) }),
};

if (feeds === undefined) console.log("docs/reference/read-documents.md is left as it is: SLUICE_FEEDS is not set");

const folder = join(packageRoot, "docs", "reference");
const checkOnly = process.argv.includes("--check");
await mkdir(folder, { recursive: true });
for (const [name, text] of Object.entries(generated)) {
  const path = join(folder, name);
  const present = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    return undefined;
  });
  if (present === text) continue;
  if (checkOnly) {
    console.error(`docs/reference/${name} is not what the code says: run npm run generate and commit it`);
    process.exitCode = 1;
  } else {
    await writeFile(path, text);
    console.log(`wrote docs/reference/${name}`);
  }
}
