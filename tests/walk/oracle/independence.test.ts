import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

test("the oracle shares nothing with what it judges but the types of the vocabulary", () => {
  const files = globSync("*.ts", { cwd: import.meta.dirname, exclude: ["*.test.ts"] });
  assert.ok(files.length >= 4);
  for (const file of files) {
    const source = readFileSync(join(import.meta.dirname, file), "utf8");
    for (const [statement, kind, from = ""] of source.matchAll(/^import (type )?[^;]*? from "([^"]+)";/gms)) {
      const isOwn = /^\.\/[a-z-]+\.ts$/.test(from);
      const isVocabulary = from.startsWith("../../../src/vocabulary/") && kind === "type ";
      assert.ok(isOwn || isVocabulary, `${file}: ${statement}`);
    }
  }
});
