import assert from "node:assert/strict";
import { test } from "node:test";

import { apk3 } from "../versions/apk3/apk3.ts";
import { dpkg } from "../versions/dpkg/dpkg.ts";
import { rpm } from "../versions/rpm/rpm.ts";
import {
  apkAdmits,
  aptPattern,
  debAdmits,
  debNoteOn,
  distribution,
  isApkName,
  isDebName,
  isRpmName,
  rpmAdmits,
  rpmSource,
} from "./distribution.ts";

test("what is no relation of the package format is not read", () => {
  const cases: readonly (readonly [ReturnType<typeof debAdmits>, readonly string[]])[] = [
    [debAdmits(dpkg), ["", "1.2", "< 1.2", "> 1.2", "== 1.2", ">= ", ">= 1.2 | << 1", ">= a:1", "any", "(>= 1.2)"]],
    [rpmAdmits(rpm), ["", "1.2", "<< 1.2", "== 1.2", ">= ", ">= 1.2 3", ">= -1"]],
    [apkAdmits(apk3), ["", "1.2", "<< 1.2", "><Q1abc", ">=", "~", "~v1", ">=v1"]],
  ];
  for (const [admits, requirements] of cases) {
    for (const requirement of requirements) assert.equal(admits(requirement, "1.2-1"), undefined, requirement);
  }
  assert.equal(debAdmits(dpkg)(">= 1.2", "a:1"), undefined);
  assert.equal(apkAdmits(apk3)("~1.2", "latest"), undefined);
});

test("a requirement without a release looks at no release in rpm, and one with it does", () => {
  const admits = rpmAdmits(rpm);
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["= 1.2", "1.2-9.el9", true],
    ["<= 1.2", "1.2-9.el9", true],
    ["> 1.2", "1.2-9.el9", false],
    ["= 1.2-9", "1.2-9.el9", false],
    [">= 1.2-9", "1.2-9.el9", true],
    [">= 1:1.2", "1.3-1", false],
  ];
  for (const [requirement, version, expected] of cases) assert.equal(admits(requirement, version), expected, `${requirement} ${version}`);
});

test("the source package's name is read from the name of its file", () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ["openssl-3.0.7-6.el9.src.rpm", "openssl"],
    ["java-17-openjdk-17.0.9.0.9-2.el9.src.rpm", "java-17-openjdk"],
    ["firefox-1-2.nosrc.rpm", "firefox"],
    ["openssl", "openssl"],
    ["", undefined],
    ["two words", undefined],
  ];
  for (const [upstream, name] of cases) assert.equal(rpmSource({ upstream })?.name, name, upstream);
  assert.equal(rpmSource({ source: "bash-5.1-1.src.rpm" })?.name, "bash");
  assert.equal(rpmSource({})?.name, undefined);
});

test("apt's pattern is about one source package alone: what a name has of an expression is escaped", () => {
  assert.equal(aptPattern("libstdc++6.1-x"), String.raw`'?installed?source-package(^libstdc\+\+6\.1-x$)'`);
});

test("a command names what is installed where that is known, and nothing else where one name is none", () => {
  const made = distribution({
    id: "Sample",
    scheme: dpkg,
    purlTypes: ["deb/sample"],
    admits: debAdmits(dpkg),
    isName: isDebName,
    upgrade: (names) => [`up ${names}`],
    remove: (names) => [`out ${names}`],
    ofSource: (source) => `'?source(${source})'`,
  });
  const step = { name: "gate", version: "2-1", above: false, direct: undefined, development: false, blocked: false };
  const cases: readonly (readonly [readonly string[] | undefined, string | undefined])[] = [
    [undefined, "'?source(gate)'"],
    [[], "'?source(gate)'"],
    [["libgate3"], "libgate3"],
    [["gate-tools", "libgate3", "libgate3:i386"], "gate-tools libgate3 libgate3:i386"],
    [["gate-tools", "-y"], undefined],
    [["libgate3:"], undefined],
    [["libgate3:a b"], undefined],
    [["libgate3;id"], undefined],
  ];
  for (const [installed, names] of cases) {
    assert.deepEqual(made.commandsFor({ ...step, installed }), names === undefined ? [] : [`up ${names}`], String(installed));
    assert.deepEqual(made.removalCommands({ ...step, installed }), names === undefined ? [] : [`out ${names}`], String(installed));
  }
  assert.deepEqual(made.commandsFor({ ...step, version: "a:1", installed: ["libgate3"] }), []);
});

test("of an installed kernel it is said that it stays beside the newer one", () => {
  const noted = (installed?: readonly string[]): boolean => debNoteOn({ name: "linux", installed }) !== undefined;
  assert.deepEqual(
    [noted(), noted(["linux-libc-dev"]), noted(["linux-image-amd64"]), noted(["linux-image-6.1.0-56-amd64"])],
    [false, false, false, true],
  );
});

test("a name that a shell or a package manager would read as something else is none", () => {
  for (const isName of [isDebName, isApkName, isRpmName]) {
    for (const name of ["bash", "g++", "gtk+3.0", "7zip"]) assert.equal(isName(name), true, name);
    for (const name of ["", "-y", "--all", "a b", "a;b", "a'b", "$(id)", "a/b", "a@b", "a=b", ".x", "a\n", "é", "a*"])
      assert.equal(isName(name), false, name);
  }
});
