import assert from "node:assert/strict";
import { test } from "node:test";

import type { UpgradeStep } from "../ecosystem.ts";
import { maven } from "./maven.ts";

const STEP: UpgradeStep = { name: "g.h:a-b", version: "2.17.1", above: false, direct: true, development: false, blocked: false };

test("a name is the group and the artifact, as they stand, and Gradle's are the same", () => {
  assert.equal(maven.nameFromPurl("org.apache.logging.log4j", "log4j-core", undefined), "org.apache.logging.log4j:log4j-core");
  assert.equal(maven.nameFromPurl(undefined, "log4j-core", undefined), "log4j-core");
  assert.equal(maven.purlOf("org.webjars.bower:jQuery"), "pkg:maven/org.webjars.bower/jQuery");
  assert.equal(maven.purlOf("com.typesafe.akka:akka-http-core_2.12"), "pkg:maven/com.typesafe.akka/akka-http-core_2.12");
  assert.equal(maven.purlOf("a b:(c)"), "pkg:maven/a%20b/%28c%29");
  assert.equal(maven.normaliseName("Org:Name"), "Org:Name");
  assert.deepEqual(maven.purlTypes, ["maven", "gradle"]);
});

test("a change may break where the first number changes, in 0.x the second, or the flavour", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["1.2.3", "1.10.0", false],
    ["1.2.3", "2.0.0", true],
    ["01.2", "1.3", false],
    ["0.2.3", "0.2.9", false],
    ["0.2.3", "0.3.0", true],
    ["0.2", "1.0", true],
    ["0", "0.0.1", false],
    ["4.1.70.Final", "4.1.83.Final", false],
    ["5.3.0.RELEASE", "5.3.1", false],
    ["2.0-rc1", "2.0", false],
    ["2.0-pre1", "2.0", false],
    ["9.4.40.v20210413", "9.4.41.v20210516", false],
    ["32.0.0-jre", "32.0.1-android", true],
    ["32.0.0-jre", "32.0.1-jre", false],
    ["32.0", "32.1-jre", false],
    ["1.0-redhat-1", "1.1", true],
    ["r09", "10.0", true],
    ["LATEST", "1.0", true],
    ["1.0", "[1.0,2.0)", true],
  ];
  for (const [from, to, expected] of cases) assert.equal(maven.isBreaking(from, to), expected, `${from} to ${to}`);
});

test("Maven's words for what comes before a release make a prerelease, and pre, preview and ea do", () => {
  for (const version of ["1.0-SNAPSHOT", "1.0.0.RC1", "2.0-M3", "1.0-alpha-1", "1.0b2", "6.1.0pre3", "1.0.CR2", "22-ea", "1.0-preview.1"])
    assert.equal(maven.isPrerelease(version), true, version);
  for (const version of ["1.0", "4.1.83.Final", "2.0.SP1", "31.1-jre", "1.0.GA", "1-m", "1.0-premium", "", "LATEST", "[1.0-rc1]"])
    assert.equal(maven.isPrerelease(version), false, version);
});

test("each kind of upgrade has its lines", () => {
  const own = 'mvn versions:use-dep-version "-Dincludes=g.h:a-b" "-DdepVersion=2.17.1" -DprocessProperties=true';
  const managed = "# pom.xml: g.h:a-b:2.17.1 in dependencyManagement";
  const cases: readonly (readonly [Partial<UpgradeStep>, readonly string[]])[] = [
    [{}, [own]],
    [{ development: true }, [own]],
    [{ blocked: true }, [own, managed]],
    [{ above: true }, ['mvn versions:use-latest-releases "-Dincludes=g.h:a-b"']],
    [{ direct: false }, [managed]],
    [{ direct: false, blocked: true }, [managed]],
    [{ direct: false, above: true }, ["# pom.xml: g.h:a-b above 2.17.1 in dependencyManagement"]],
    [{ direct: undefined }, [`${managed}, or in the project's own dependency where it has one`]],
    [{ statedIn: "../pom.xml" }, ["# ../pom.xml: g.h:a-b:2.17.1 where its version stands"]],
    [{ statedIn: "../pom.xml", above: true }, ["# ../pom.xml: g.h:a-b above 2.17.1 where its version stands"]],
  ];
  for (const [change, lines] of cases) assert.deepEqual(maven.commandsFor({ ...STEP, ...change }), lines, JSON.stringify(change));
});

test("a lockfile of Gradle gets Gradle's lines, and one of another tool none of Maven's", () => {
  const locks = "gradle dependencies --update-locks g.h:a-b";
  const own = "in constraints, or in the project's own dependency where it has one";
  assert.deepEqual(maven.commandsFor({ ...STEP, direct: undefined, tool: "gradle" }), [`# build.gradle: g.h:a-b:2.17.1 ${own}`, locks]);
  assert.deepEqual(maven.commandsFor({ ...STEP, above: true, tool: "gradle" }), [`# build.gradle: g.h:a-b above 2.17.1 ${own}`, locks]);
  assert.deepEqual(maven.commandsFor({ ...STEP, tool: "unheard-of" }), []);
  assert.deepEqual(maven.removalCommands({ name: "g:a", direct: undefined, tool: "gradle" }), [
    "# build.gradle: no dependency g:a, and an exclusion of it where another brings it in",
  ]);
  assert.deepEqual(maven.removalCommands({ name: "g:a", direct: true, tool: "unheard-of" }), []);
});

test("a package is taken out of the project's own dependencies, or kept out of those of another", () => {
  assert.deepEqual(maven.removalCommands({ name: "g:a", direct: true }), ["# pom.xml: no dependency g:a"]);
  assert.deepEqual(maven.removalCommands({ name: "g:a", direct: false }), [
    "# pom.xml: an exclusion of g:a in each dependency that brings it in",
  ]);
  assert.deepEqual(maven.removalCommands({ name: "g:a", direct: undefined }), []);
  assert.deepEqual(maven.removalCommands({ name: "-Dx:a", direct: true }), []);
});

test("a name or version that would mean something else to Maven or a shell gets no command", () => {
  const names = ["a", "g:a:jar", "g:*", "*:*", "g,h:a", "-Dx:a", "g:-a", ":a", "g:", "g:a b", "g:a\nb", "$(id):a", "g:`id`", "g:a;id"];
  for (const name of [...names, 'g:a"b', "g:a'b", "g:a\u001b[2J", "../g:a", "g/h:a", "g:é", ""]) {
    for (const direct of [true, false, undefined]) assert.deepEqual(maven.commandsFor({ ...STEP, name, direct }), [], name);
  }
  const versions = ["", "LATEST", "[1.0,2.0)", "1.0 ", "1.0;id", "$(id)", '1.0"', "${x}", "-1", "1.0\n;id", "1.+", "9".repeat(5000)];
  for (const version of versions) {
    for (const above of [true, false]) assert.deepEqual(maven.commandsFor({ ...STEP, version, above }), [], JSON.stringify(version));
  }
});
