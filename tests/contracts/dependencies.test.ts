import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { packageRoot } from "../../src/server/package-root.ts";

describe("dependencies", () => {
  it("run no script of their own when they are installed", () => {
    const { packages } = JSON.parse(readFileSync(join(packageRoot, "package-lock.json"), "utf8")) as {
      readonly packages: Readonly<Record<string, { readonly hasInstallScript?: boolean }>>;
    };
    assert.ok(Object.keys(packages).length > 1);
    assert.deepEqual(
      Object.entries(packages).flatMap(([path, { hasInstallScript }]) => (hasInstallScript === true ? [path] : [])),
      [],
    );
  });
});
