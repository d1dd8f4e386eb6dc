import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../src/server/package-root.ts";

test("every test that the threat model names exists, and it names many", () => {
  const text = readFileSync(join(packageRoot, "docs/threat-model.md"), "utf8");
  const titles = [...text.matchAll(/(?<!\*)\*([^*]+)\*(?!\*)/g)]
    .map(([, title = ""]) => title.replaceAll(/\s+/g, " "))
    .filter((title) => title.split(" ").length > 2);
  const sources = globSync("{src,tests}/**/*.test.ts", { cwd: packageRoot, exclude: ["**/node_modules/**"] }).map((path) =>
    readFileSync(join(packageRoot, path), "utf8"),
  );
  assert.ok(titles.length >= 25, `${titles.length} titles`);
  assert.deepEqual(
    titles.filter((title) => !sources.some((source) => source.includes(`"${title}"`) || source.includes(`"${title}`))),
    [],
  );
});
