import assert from "node:assert/strict";
import { test } from "node:test";

import { filesInMemory } from "../../../tests/support/files-in-memory.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { Inventory } from "../../vocabulary/component.ts";
import { requirementsTxt } from "./requirements-txt.ts";

function read(text: string, files: Readonly<Record<string, string | CodedError>>, name = "app/requirements.txt"): Inventory {
  return requirementsTxt.read({ name, bytes: new TextEncoder().encode(text), beside: filesInMemory(files) }, () => undefined);
}

const refsOf = ({ components }: Inventory): readonly string[] => components.map(({ ref }) => ref);
const problemsOf = ({ problems }: Inventory): readonly string[] => problems.map(({ place, reason }) => `${place}: ${reason}`);
const needsOf = ({ dependencies }: Inventory): readonly string[] | undefined =>
  dependencies.get("")?.map(({ ref, range }) => `${ref} ${range ?? "-"}`);

test("an included file's lines stand in the place of the line that includes it, with their own places", () => {
  const inventory = read("a==1\n-r parts/base.txt\nb==2\n", {
    "parts/base.txt": "c==3\n-r ../more.txt\n",
    "more.txt": "d==4 ; os_name=='nt'\n",
  });
  assert.deepEqual([inventory.format, inventory.problems], ["requirements.txt, with parts/base.txt, more.txt", []]);
  assert.deepEqual(
    inventory.components.map(({ ref, place, statedIn }) => [ref, place, statedIn]),
    [
      ["a@1", "line 1", undefined],
      ["c@3", "parts/base.txt line 1", "parts/base.txt"],
      ["d@4", "more.txt line 1", "more.txt"],
      ["b@2", "line 3", undefined],
    ],
  );
  assert.deepEqual(needsOf(inventory), ["a@1 ==1", "c@3 ==3", "d@4 ==4", "b@2 ==2"]);
});

test("constraints give a version where they leave no choice, bound what is asked for, and ask for nothing", () => {
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ["A.b", "a-b==1.0\nother==2", ["A.b@1.0 ==1.0"]],
    ["a>=1", "a==1.5", ["a@1.5 >=1,==1.5"]],
    ["a>=1", "a<2", ["a >=1,<2"]],
    ["a", "a<2\na!=1.5", ["a <2,!=1.5"]],
    ["a==1", "a==2", ["a@1 ==1"]],
    ["a==1", "a<2", ["a@1 ==1,<2"]],
    ["a", "a==1; python_version<'3.9'\na==2; python_version>='3.9'", ["a@1 ==1", "a@2 ==2"]],
    ["a", Array.from({ length: 21 }, (_, index) => `a==${index}`).join("\n"), ["a -"]],
    ["a @ git+https://x.example/a", "a==1", ["a@1 ==1"]],
  ];
  for (const [line, constraints, needs] of cases) {
    const inventory = read(`${line}\n-c limits.txt\n`, { "limits.txt": constraints });
    assert.deepEqual([needsOf(inventory), inventory.problems], [needs, []], `${line} | ${constraints}`);
    assert.equal(inventory.format, "requirements.txt, with limits.txt");
  }
  assert.equal(read("a\n-c limits.txt", { "limits.txt": "a==1" }).components[0]?.statedIn, "limits.txt");
  assert.equal(read("a==1\n-c limits.txt", { "limits.txt": "a==1" }).components[0]?.statedIn, undefined);
});

test("without a file beside it nothing changes: what is asked for elsewhere is said, and a constraint is passed over", () => {
  const inventory = read("a\n-r none.txt\n-c none.txt\n", {});
  assert.deepEqual([inventory.format, refsOf(inventory)], ["requirements.txt", ["a"]]);
  assert.deepEqual(problemsOf(inventory), [
    'line 2: Expected requirements in this document or in a file beside it, inside what is scanned, found "-r none.txt"',
  ]);
});

test("only a path that leads beside the document is asked for", () => {
  const asked: string[] = [];
  const beside = {
    file: (path: string) => {
      asked.push(path);
      return undefined;
    },
    folders: () => [],
  };
  const stated = ["/etc/x", "https://x.example/r.txt", "file:///etc/x", "C:\\x.txt", "~/x", "a\\b.txt", "", "x".repeat(2000)];
  const text = ["a", ...stated.map((path) => `-r ${path}`), "-r ../b/./c.txt", "-r ../../d.txt"].join("\n");
  const inventory = requirementsTxt.read({ name: "requirements.txt", bytes: new TextEncoder().encode(text), beside }, () => undefined);
  assert.deepEqual(asked, ["../b/c.txt", "../../d.txt"]);
  assert.equal(inventory.problems.length, stated.length + 2);
});

test("files that include one another are read once each, and only so many one inside another", () => {
  const round = read("a\n-r one.txt\n-r two.txt", {
    "one.txt": "b\n-r two.txt\n-r requirements.txt",
    "two.txt": "c\n-r one.txt\n-c two.txt",
  });
  assert.deepEqual([refsOf(round), round.problems], [["a", "b", "c"], []]);
  const deep = Object.fromEntries(Array.from({ length: 13 }, (_, index) => [`${index}.txt`, `p${index}\n-r ${index + 1}.txt\n`]));
  const inventory = read("-r 0.txt", deep);
  assert.equal(inventory.components.length, 10);
  assert.deepEqual(problemsOf(inventory), ["10.txt: Expected at most 10 files one inside another, found more"]);
});

test("a file that cannot be used is kept aside with its place, and the rest is read", () => {
  const inventory = read("a==1\n-r binary.txt\n-r closed.txt\n-r prose.txt\n-r partly.txt\n-c prose.txt\n", {
    "binary.txt": "\u0000",
    "closed.txt": new CodedError("document-invalid", "Expected this, found that"),
    "prose.txt": "root of all\nsecret here\nand here\n",
    "partly.txt": "b==1\nno such line\n--no-such-option\n",
  });
  assert.deepEqual(refsOf(inventory), ["a@1", "b@1"]);
  assert.deepEqual(
    inventory.problems.map(({ place }) => place),
    ["binary.txt line 1", "closed.txt", "prose.txt line 1", "partly.txt line 2", "partly.txt line 3", "prose.txt line 1"],
  );
  assert.doesNotMatch(problemsOf(inventory).join("\n"), /secret/);
  assert.throws(() => read("-r prose.txt", { "prose.txt": "no requirements here" }), {
    code: "document-invalid",
    place: "prose.txt line 1",
  });
});

test("what an included file is for, its own name says; what both ask for is not for development only", () => {
  const inventory = read("pytest==8\nc==1\n-r requirements.txt", { "requirements.txt": "a==1\nc==1" }, "requirements-dev.txt");
  assert.deepEqual(
    inventory.components.map(({ ref, development }) => [ref, development]),
    [
      ["pytest@8", true],
      ["c@1", false],
      ["a@1", false],
    ],
  );
});

test("many lines under many constraints are read in the time of their length", () => {
  const lines = Array.from({ length: 20_000 }, (_, index) => `p${index % 100}>=${index}`).join("\n");
  const limits = Array.from({ length: 20_000 }, (_, index) => `p${index % 1000}==${index}`).join("\n");
  const inventory = read(`${lines}\n-c limits.txt`, { "limits.txt": limits });
  assert.equal(inventory.components.length, 2000);
  assert.equal(inventory.dependencies.get("")?.length, 400_000);
});
