import { readFileSync } from "node:fs";

/** node load-json.ts FILE: prints the milliseconds from the file to the same facts as objects. */
const startedMs = performance.now();
JSON.parse(readFileSync(process.argv[2] ?? "", "utf8"));
console.log(performance.now() - startedMs);
