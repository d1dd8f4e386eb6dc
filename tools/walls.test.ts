import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { breaches, type SourceFile } from "./walls.ts";

const families: readonly SourceFile[] = [
  { path: "src/formats/all.ts", text: `import { x } from "./x/x.ts";\nimport { y } from "./y/y.ts";\n` },
  { path: "src/connectors/all.ts", text: `import { y } from "./y/y.ts";\n` },
  { path: "src/matching/versions/all.ts", text: `import { y } from "./y/y.ts";\n` },
];

const importing = (specifier: string): string => `import { a } from "${specifier}";\n`;

describe("walls", () => {
  const forbidden: readonly (readonly [path: string, specifier: string, rule: RegExp])[] = [
    ["src/vocabulary/a.ts", "../matching/b.ts", /tsconfig/],
    ["src/web/a.tsx", "../server/http/b.ts", /tsconfig/],
    ["src/formats/x/a.ts", "../../connectors/all.ts", /tsconfig/],
    ["src/matching/a.ts", "node:fs", /pure/],
    ["src/vocabulary/a.ts", "zod", /pure/],
    ["src/coordination/release/a.ts", "node:crypto", /pure/],
    ["src/coordination/release/a.ts", "../../matching/b.ts", /tsconfig/],
    ["src/web/a.tsx", "../coordination/release/b.ts", /tsconfig/],
    ["src/contract/a.ts", "node:path", /browsers/],
    ["src/formats/x/a.ts", "node:https", /never fetch/],
    ["src/formats/x/a.ts", "../y/b.ts", /sibling/],
    ["src/matching/versions/x/a.ts", "../y/b.ts", /sibling/],
    ["src/connectors/outgoing/a.ts", "../y/b.ts", /sibling/],
    ["src/cli/commands/a.ts", "../../server/feeds/feeds-service.ts", /command line/],
    ["src/server/feeds/feeds-service.ts", "../database/sql.ts", /SQL/],
    ["src/server/feeds/feeds-service.ts", "fastify", /Fastify/],
    ["src/server/feeds/feeds-service.ts", "jose", /cryptography/],
    ["src/connectors/x/a.ts", "age-encryption", /cryptography/],
    ["src/sealing/a.ts", "../vocabulary/b.ts", /tsconfig/],
    ["src/server/feeds/feeds-service.ts", "../scanning/scan-store.ts", /another subject/],
    ["src/server/feeds/feeds-routes.ts", "./feeds-store.ts", /never a store/],
    ["src/server/feeds/feeds-service.ts", "./feeds-routes.ts", /know no routes/],
    ["src/server/feeds/feeds-store.ts", "./feeds-service.ts", /not their own service/],
  ];
  for (const [path, specifier, rule] of forbidden) {
    it(`${path} may not import ${specifier}`, () => {
      const [breach, ...others] = breaches([...families, { path, text: importing(specifier) }]);
      assert.match(breach?.rule ?? "", rule);
      assert.deepEqual(others, []);
    });
  }

  const allowed: readonly (readonly [path: string, specifier: string])[] = [
    ["src/matching/versions/x/a.ts", "../key-writer.ts"],
    ["src/matching/ecosystems/x/a.ts", "../../versions/y/b.ts"],
    ["src/formats/detect.ts", "./x/a.ts"],
    ["src/formats/x/a.ts", "../zip/entries.ts"],
    ["src/formats/x/a.ts", "../read-json.ts"],
    ["src/contract/a.ts", "zod"],
    ["src/cli/a.ts", "../server/main.ts"],
    ["src/cli/a.ts", "../sealing/key-ring.ts"],
    ["src/sealing/a.ts", "age-encryption"],
    ["src/server/releases/release-service.ts", "../../coordination/release/check-plan.ts"],
    ["src/coordination/release/a.ts", "../../vocabulary/level.ts"],
    ["src/server/feeds/feeds-store.ts", "../database/sql.ts"],
    ["src/server/feeds/feeds-store.ts", "../packages/packages-service.ts"],
    ["src/server/feeds/feeds-service.ts", "../scanning/scan-service.ts"],
    ["src/server/feeds/feeds-service.test.ts", "../scanning/scan-store.ts"],
  ];
  for (const [path, specifier] of allowed) {
    it(`${path} may import ${specifier}`, () => assert.deepEqual(breaches([...families, { path, text: importing(specifier) }]), []));
  }

  it("sees imports of every kind, and none in comments or texts", () => {
    const kinds = [
      `import "node:fs";`,
      `export * from "node:fs";`,
      `const a = await import("node:fs");`,
      `import {\n  a,\n  b,\n} from "node:fs";`,
      `import type { A } from 'node:fs';`,
    ];
    for (const text of kinds) assert.equal(breaches([{ path: "src/matching/a.ts", text }]).length, 1, text);
    const others = [`// import "node:fs";`, `/* import a from "node:fs"; */`, `const text = "taken from \\"node:fs\\"";`];
    for (const text of others) assert.equal(breaches([{ path: "src/matching/a.ts", text }]).length, 0, text);
  });

  it("lets node:crypto give digests and random values anywhere, and the rest only to sealing", () => {
    const cases: readonly (readonly [text: string, count: number])[] = [
      [`import { createHash, randomBytes, type Hash } from "node:crypto";`, 0],
      [`import { randomUUID } from "node:crypto";`, 0],
      [`import {\n  createHash,\n  createHmac as mac,\n} from "node:crypto";`, 1],
      [`import { sign } from "node:crypto";`, 1],
      [`import { createCipheriv } from "node:crypto";`, 1],
      [`import * as crypto from "node:crypto";`, 1],
      [`import crypto from "node:crypto";`, 1],
      [`const { sign } = await import("node:crypto");`, 1],
      [`import { createHash } from "crypto";`, 1],
    ];
    for (const [text, count] of cases) {
      assert.equal(breaches([{ path: "src/server/a.ts", text }]).length, count, text);
      assert.equal(breaches([{ path: "src/sealing/a.ts", text }]).length, 0, text);
    }
  });
});
