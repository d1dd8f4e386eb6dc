import { globSync, readFileSync } from "node:fs";
import { packageRoot } from "../src/server/package-root.ts";
import { breaches } from "./walls.ts";

process.chdir(packageRoot);
const paths = globSync("src/**/*.{ts,tsx}").map((path) => path.replaceAll("\\", "/"));
const found = breaches(paths.map((path) => ({ path, text: readFileSync(path, "utf8") })));
for (const { path, imports, rule } of found) console.error(`${path}: imports ${imports}\n  ${rule}`);
console.log(`${paths.length} files, ${found.length} imports through a wall`);
process.exitCode = found.length === 0 ? 0 : 1;
