import assert from "node:assert/strict";
import { test } from "node:test";
import { pathBeside } from "./path-beside.ts";

test("a stated path is seen from where the file is seen that states it", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["pom.xml", "../pom.xml", "../pom.xml"],
    ["", "a.txt", "a.txt"],
    ["parent/pom.xml", "../a.txt", "a.txt"],
    ["parent/pom.xml", "./parent", "parent/parent"],
    ["../pom.xml", "../pom.xml", "../../pom.xml"],
    ["a/b/c.txt", "../../../d.txt", "../d.txt"],
    ["/srv/a/c.txt", "../d.txt", "/srv/d.txt"],
    ["/c.txt", "../../d.txt", "/d.txt"],
    ["a\\b.txt", "c.txt", "a/c.txt"],
    ["a/b.txt", "c//./d/", "a/c/d"],
    ["a/b.txt", ".", "a"],
    ["", "/srv/./a.txt", "/srv/a.txt"],
    ["a/b.txt", "/c.txt", "/c.txt"],
    ["C:\\a\\b.txt", "..\\c.txt", "C:/c.txt"],
  ];
  for (const [file, stated, expected] of cases) assert.equal(pathBeside(file, stated), expected, `${file} ${stated}`);
});
