import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

import * as registered from "../../src/connectors/all.ts";

const CONNECTORS = new URL("../../src/connectors/", import.meta.url);

/** What all connectors stand on. Whatever else is a folder is a connector. */
const GROUND: ReadonlySet<string> = new Set(["outgoing", "zip"]);

const folders = readdirSync(CONNECTORS, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !GROUND.has(entry.name))
  .map(({ name }) => name);

for (const folder of folders) {
  const url = new URL(`${folder}/`, CONNECTORS);

  test(`${folder} has its code, its test, its README and its testdata`, () => {
    for (const file of [`${folder}.ts`, `${folder}.test.ts`, "README.md"])
      assert.ok(existsSync(new URL(file, url)), `${folder}/${file} is missing`);
    assert.ok(
      existsSync(new URL("testdata/", url)) && readdirSync(new URL("testdata/", url)).length > 0,
      `${folder}/testdata is missing or empty`,
    );
  });

  test(`${folder} says in its README where it reads from, what is odd there and what is left out`, () => {
    const readme = readFileSync(new URL("README.md", url), "utf8");
    assert.ok(readme.startsWith(`# ${folder}\n`), "expected its id as the title");
    for (const expected of [/^(Source|Sources): /m, /^## Quirks$/m, /^## Left out$/m]) assert.match(readme, expected);
  });

  test(`${folder} is registered in all.ts under its id, with a title for people`, () => {
    const connector = Object.values(registered).find(({ id }) => id === folder);
    assert.ok(connector !== undefined, `${folder} is not in all.ts`);
    assert.ok(connector.title.length > 10);
  });

  test(`${folder} fetches and never parses: it knows no format and no sibling`, () => {
    for (const file of readdirSync(url).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))) {
      const imports = [...readFileSync(new URL(file, url), "utf8").matchAll(/ from "([^"]+)"/g)].map(([, path = ""]) => path);
      for (const path of imports) {
        assert.doesNotMatch(path, /\/(formats|matching|contract|server|cli|web)\//, `${folder}/${file}`);
        for (const sibling of folders) assert.ok(sibling === folder || !path.includes(`/${sibling}/`), `${folder}/${file} imports ${path}`);
      }
    }
  });
}

test("all.ts registers nothing that has no folder, and nothing twice", () => {
  assert.deepEqual(
    Object.values(registered)
      .map(({ id }) => id)
      .sort(),
    [...folders].sort(),
  );
});
