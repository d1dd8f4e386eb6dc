import assert from "node:assert/strict";
import { test } from "node:test";

import { readInventory } from "../../src/formats/read-inventory.ts";
import { packageOfPurl } from "../../src/matching/ecosystems/ecosystem-of.ts";
import { filesInMemory } from "../support/files-in-memory.ts";
import { assertHoldsTogether } from "../support/inventory-holds-together.ts";
import { mutatedDocument } from "../support/mutated-document.ts";

const ROUNDS = process.env["SLUICE_SOAK"] === undefined ? 300 : 20_000;
const SEED = 20_261_125;

const POM = `<project><parent><groupId>w</groupId><artifactId>top</artifactId><version>1</version></parent><artifactId>gate</artifactId>
<dependencies><dependency><groupId>g</groupId><artifactId>a</artifactId></dependency></dependencies></project>`;
const TOP = `<project><groupId>w</groupId><artifactId>top</artifactId><version>1</version><properties><v>1.0</v></properties>
<dependencyManagement><dependencies><dependency><groupId>g</groupId><artifactId>a</artifactId><version>\${v}</version></dependency></dependencies></dependencyManagement>
<dependencies><dependency><groupId>g</groupId><artifactId>b</artifactId><version>2</version></dependency></dependencies></project>`;
const CLASSIC = '# yarn lockfile v1\n\na@^1.0.0:\n  version "1.2.3"\n  dependencies:\n    b "^2.0.0"\n\nb@^2.0.0:\n  version "2.0.1"\n';
const BERRY = `__metadata:\n  version: 8\n\n"a@npm:^1.0.0":\n  version: 1.2.3\n  resolution: "a@npm:1.2.3"\n\n"w@workspace:.":\n  version: 0.0.0-use.local
  resolution: "w@workspace:."\n  dependencies:\n    a: "npm:^1.0.0"\n`;
const MANIFEST = JSON.stringify({
  name: "w",
  version: "1.0.0",
  workspaces: ["p/*"],
  dependencies: { b: "^2.0.0" },
  devDependencies: { a: "^1.0.0" },
});
const POETRY = '[[package]]\nname = "a"\nversion = "1.0"\n\n[[package]]\nname = "b"\nversion = "2.0"\n\n[metadata]\nlock-version = "2.0"\n';
const PYPROJECT = '[project]\nname = "w"\ndependencies = ["a>=1"]\n\n[tool.poetry.group.dev.dependencies]\nb = "^2.0"\n';

/** A document that is read by itself, and a file beside it that makes its inventory more. */
const PAIRS: readonly (readonly [string, string, string, string])[] = [
  ["pom.xml", POM, "../pom.xml", TOP],
  ["yarn.lock", CLASSIC, "package.json", MANIFEST],
  ["yarn.lock", BERRY, "package.json", MANIFEST],
  ["requirements.txt", "a\nc==1\n-r more.txt\n", "more.txt", "b==2\n-c limits.txt\nd @ https://x.example/d-1.0-py3-none-any.whl\n"],
  ["requirements.txt", "a\nb>=1\n-c limits.txt\n", "limits.txt", "a==1.0 ; os_name == 'nt'\nb<2 \\\n  --hash=sha256:00\n"],
  ["poetry.lock", POETRY, "pyproject.toml", PYPROJECT],
];

for (const [index, [name, text, path, companion]] of PAIRS.entries()) {
  const bytes = new TextEncoder().encode(text);
  const whole = { name: path, bytes: new TextEncoder().encode(companion) };
  test(`${name} with ${path} (${index}) says more than alone, and with ${ROUNDS} damaged ones never less`, { timeout: 300_000 }, () => {
    const alone = readInventory({ name, bytes }, packageOfPurl);
    const joined = readInventory({ name, bytes, beside: filesInMemory({ [path]: companion }) }, packageOfPurl);
    assertHoldsTogether(joined, name);
    assert.deepEqual([joined.format, joined.problems], [`${alone.format}, with ${path}`, []]);
    const names = alone.components.map((component) => component.name);
    for (let number = 0; number < ROUNDS; number++) {
      const damaged = mutatedDocument([whole], SEED, number);
      const label = `${name} with ${path}, seed ${SEED}, number ${number}: ${damaged.steps.join(", ")}`;
      const beside = { ...filesInMemory({}), file: (asked: string) => (asked === path ? damaged.bytes : undefined) };
      let inventory;
      try {
        inventory = readInventory({ name, bytes, beside }, packageOfPurl);
      } catch (cause) {
        throw new Error(label, { cause });
      }
      assertHoldsTogether(inventory, label);
      const found = new Set(inventory.components.map((component) => component.name));
      assert.ok(
        names.every((own) => found.has(own)),
        label,
      );
    }
  });
}
