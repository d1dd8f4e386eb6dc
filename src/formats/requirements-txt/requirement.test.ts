import assert from "node:assert/strict";
import { test } from "node:test";

import { parseRequirement } from "./requirement.ts";

test("a requirement has a name, what is asked for as written, and a version where that leaves no choice", () => {
  const cases: readonly (readonly [string, string, string | undefined, string | undefined])[] = [
    ["a", "a", undefined, undefined],
    ["Django==2.2.28", "Django", "2.2.28", "==2.2.28"],
    ["zope.interface == 5.0", "zope.interface", "5.0", "== 5.0"],
    ["a===1.0-odd", "a", "1.0-odd", "===1.0-odd"],
    ["a==1.0+local.1", "a", "1.0+local.1", "==1.0+local.1"],
    ["a==1!2.0", "a", "1!2.0", "==1!2.0"],
    ["a==1.0,>=0.5", "a", "1.0", "==1.0,>=0.5"],
    ["a>=1,<2", "a", undefined, ">=1,<2"],
    ["a ~= 1.4.2", "a", undefined, "~= 1.4.2"],
    ["a==1.*", "a", undefined, "==1.*"],
    ["a!=1.0", "a", undefined, "!=1.0"],
    ["a>=1,", "a", undefined, ">=1,"],
    ["a (>=1)", "a", undefined, ">=1"],
    ["a (==1)", "a", "1", "==1"],
    ["a[x,y]==1.0", "a", "1.0", "==1.0"],
    ["a [x] ==1.0", "a", "1.0", "==1.0"],
    ["a[]", "a", undefined, undefined],
    ['a==1.0; python_version < "3.8"', "a", "1.0", "==1.0"],
    ['a==1.0;platform_version=="a/b"', "a", "1.0", "==1.0"],
    ["a;os_name=='nt'", "a", undefined, undefined],
    ["a @ https://x.example/a.tar.gz", "a", undefined, undefined],
    ["a[x]@git+ssh://git@x.example/a.git@main ; os_name=='nt'", "a", undefined, undefined],
    ["a @ file:///x/a-1.0-py3-none-any.whl", "a", "1.0", undefined],
    ["a_b-1.0-1-cp312-abi3-linux_x86_64.whl", "a_b", "1.0", undefined],
    ["./dist/a_b-1.0-py3-none-any.whl", "a_b", "1.0", undefined],
    ["https://x.example/a_b-1.0%2Bl.1-py3-none-any.whl#sha256=00", "a_b", "1.0+l.1", undefined],
    ["https://x.example/a.zip#egg=a_b&subdirectory=c", "a_b", undefined, undefined],
    ["git+https://x.example/a#subdirectory=c&egg=a_b[x]", "a_b", undefined, undefined],
  ];
  for (const [text, name, version, range] of cases) assert.deepEqual(parseRequirement(text, "line 1"), { name, version, range }, text);
});

test("a directory is the project's own code", () => {
  for (const text of [".", "./", ".[dev]", "./a", "../a", "/srv/a", "~/a", "a/b", "file:///srv/a", "C:\\a", "./a ; os_name=='nt'"]) {
    assert.equal(parseRequirement(text, "line 1"), undefined, text);
  }
});

test("what names no project, or asks in no way that pip has, is refused with its place", () => {
  for (const text of [
    "a b",
    "a=1.0",
    "a==",
    "a==1.0 >=2",
    "a^1",
    "a==1.0||2",
    "==1.0",
    "a-",
    "-a",
    "é",
    "a==1\u0007",
    "a[x",
    "a\u0000",
    "https://x.example/a.tar.gz",
    "git+https://x.example/a",
    "./a-1.0.tar.gz",
    "x.whl",
    "https://x.example/-1.0-py3-none-any.whl",
    "a, b",
  ]) {
    assert.throws(() => parseRequirement(text, "line 7"), { code: "document-invalid", place: "line 7" }, text);
  }
});

test("a requirement of any length is read in the time of its length", () => {
  for (const part of ["a", "-", ".", " ", "[", "]", ",", "==1,", ";", "@", "/", "#egg=", "a-", "(", "x.whl ", "\\"]) {
    for (const text of [part.repeat(300_000), `a${part.repeat(300_000)}!`, `./${part.repeat(300_000)}.whl`]) {
      try {
        parseRequirement(text, "line 1");
      } catch (error) {
        assert.equal((error as { code?: string }).code, "document-invalid", part);
      }
    }
  }
});
