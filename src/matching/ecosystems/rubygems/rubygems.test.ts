import assert from "node:assert/strict";
import { test } from "node:test";

import type { UpgradeStep } from "../ecosystem.ts";
import { rubygems } from "./rubygems.ts";

test("a gem's name is matched as it stands, and its purl has no namespace", () => {
  for (const name of ["rails", "RedCloth", "aws-sdk-s3", "active_support", "jquery.rails"]) {
    assert.equal(rubygems.nameFromPurl(undefined, name, undefined), name);
    assert.equal(rubygems.purlOf(name), `pkg:gem/${name}`);
    assert.equal(rubygems.normaliseName(name), name);
  }
  assert.equal(rubygems.purlOf("a b/(c)"), "pkg:gem/a%20b%2F%28c%29");
});

test("a change may break where the first number changes, or in 0.x the second", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["1.2.3", "1.2.4", false],
    ["1.2.3", "1.10.0", false],
    ["1.2.3", "2.0.0", true],
    ["2.0", "1.9", true],
    ["0.2.3", "0.2.9", false],
    ["0.2.3", "0.3.0", true],
    ["0.2", "1.0", true],
    ["0.0.3", "0.0.4", false],
    ["0", "0.0.1", false],
    ["0", "0.1", true],
    ["6.1.7", "6.1.7.1", false],
    ["1.0.0.rc1", "1.0.0", false],
    ["1.0", "2.0.0.rc1", true],
    ["01.2", "1.3", false],
    ["latest", "1.0.0", true],
    ["1.0.0", "v2", true],
  ];
  for (const [from, to, expected] of cases) assert.equal(rubygems.isBreaking(from, to), expected, `${from} to ${to}`);
});

test("letters or a hyphen make a prerelease", () => {
  for (const version of ["1.0.rc1", "1.0.a", "1.0-1", "1.2b", "1.0.0-beta.2"]) assert.equal(rubygems.isPrerelease(version), true, version);
  for (const version of ["1.0", "1", "1.0.0.1", "20240101", "", "latest", "v1.0"])
    assert.equal(rubygems.isPrerelease(version), false, version);
});

test("each kind of upgrade has its lines", () => {
  const step: UpgradeStep = { name: "rack", version: "2.2.3", above: false, direct: true, development: false, blocked: false };
  const update = "bundle update --conservative rack";
  const cases: readonly (readonly [Partial<UpgradeStep>, readonly string[]])[] = [
    [{}, ['# Gemfile: gem "rack", "~> 2.2.3"', update]],
    [{ development: true }, ['# Gemfile: gem "rack", "~> 2.2.3"', update]],
    [{ blocked: true }, ['# Gemfile: gem "rack", "~> 2.2.3"', update]],
    [{ above: true }, ['# Gemfile: gem "rack", "> 2.2.3"', update]],
    [{ version: "2.0" }, ['# Gemfile: gem "rack", "~> 2.0.0"', update]],
    [{ version: "3" }, ['# Gemfile: gem "rack", "~> 3.0.0"', update]],
    [{ version: "0.3.1" }, ['# Gemfile: gem "rack", "~> 0.3.1"', update]],
    [{ version: "6.1.7.1" }, ['# Gemfile: gem "rack", "~> 6.1.7", ">= 6.1.7.1"', update]],
    [{ version: "7.0.0.rc1" }, ['# Gemfile: gem "rack", "~> 7.0.0.a", ">= 7.0.0.rc1"', update]],
    [{ version: " 2.2.3 " }, ['# Gemfile: gem "rack", "~> 2.2.3"', update]],
    [{ direct: false }, [update]],
    [{ direct: false, above: true }, [update]],
    [{ direct: undefined }, [update]],
    [{ direct: false, blocked: true }, []],
    [{ direct: undefined, blocked: true }, []],
  ];
  for (const [change, lines] of cases) assert.deepEqual(rubygems.commandsFor({ ...step, ...change }), lines, JSON.stringify(change));
});

test("what the Gemfile is told to ask for admits the version, and nothing of the next minor release", () => {
  for (const version of ["2.2.3", "2.0", "3", "0.3.1", "6.1.7.1", "7.0.0.rc1", "0", "1.2.3.4.5", "1.0-beta"]) {
    const [edit = ""] = rubygems.commandsFor({ name: "x", version, above: false, direct: true, development: false, blocked: false });
    const requirement = edit.replace('# Gemfile: gem "x", ', "").replaceAll('"', "");
    const [major = "0", minor = "0"] = version.split(/[.-]/);
    assert.equal(rubygems.admits(requirement, version), true, `${requirement} and ${version}`);
    assert.equal(rubygems.admits(requirement, `${major}.${Number(minor) + 1}`), false, requirement);
    assert.equal(rubygems.admits(requirement, `${major}.${Number(minor)}.a`), false, requirement);
  }
});

test("a gem is taken out only where it is known to be a dependency of the project itself", () => {
  assert.deepEqual(rubygems.removalCommands({ name: "evil", direct: true }), ["bundle remove evil", "bundle install"]);
  assert.deepEqual(rubygems.removalCommands({ name: "evil", direct: false }), []);
  assert.deepEqual(rubygems.removalCommands({ name: "evil", direct: undefined }), []);
  assert.deepEqual(rubygems.removalCommands({ name: "--all", direct: true }), []);
});

test("a name or version that would mean something else on the command line gets no command", () => {
  const hostile = ["--all", "-g", "../x", "/etc", "a b", "a\nb", "$(id)", "`id`", "a;id", 'a"b', "a'b", "a\u001b[2J", "a/b", ".x", "é", ""];
  for (const name of hostile) {
    for (const direct of [true, false, undefined])
      assert.deepEqual(rubygems.commandsFor({ name, version: "1.0", above: false, direct, development: false, blocked: false }), [], name);
  }
  for (const version of ["latest", '1.0"', "1.0;id", "~> 1.0", "1.0\n;id", "", "$(id)", "9".repeat(5000)]) {
    for (const above of [true, false])
      assert.deepEqual(
        rubygems.commandsFor({ name: "a", version, above, direct: true, development: false, blocked: false }),
        [],
        JSON.stringify(version),
      );
  }
});
