import assert from "node:assert/strict";
import { test } from "node:test";

import type { UpgradeStep } from "../ecosystem.ts";
import { packagist } from "./packagist.ts";

test("a package's name is vendor and name, in lower case", () => {
  assert.equal(packagist.nameFromPurl("Laravel", "Framework", undefined), "laravel/framework");
  assert.equal(packagist.nameFromPurl(undefined, "php", undefined), "php");
  assert.equal(packagist.normaliseName("Laravel/Framework"), "laravel/framework");
  assert.equal(packagist.purlOf("Laravel/Framework"), "pkg:composer/laravel/framework");
  assert.equal(packagist.purlOf("a/b (c)"), "pkg:composer/a/b%20%28c%29");
});

test("the repository of a package is in its purl, and Packagist itself is none", () => {
  const fromPurl = (url: string): string | undefined => packagist.releases?.fromPurl({ repository_url: url });
  assert.equal(fromPurl("https://packages.drupal.org/8/"), "https://packages.drupal.org/8");
  assert.equal(fromPurl("https://repo.packagist.org"), undefined);
  assert.equal(fromPurl("https://packagist.org/"), undefined);
  assert.equal(packagist.releases?.fromPurl({}), undefined);
  assert.equal(packagist.releases?.covers("https://packages.drupal.org/8", "https://packages.drupal.org/8/"), true);
  assert.equal(packagist.releases?.covers("https://packages.drupal.org/8", "https://packages.drupal.org/7"), false);
});

test("a change may break where it leaves Composer's caret range of the version in use", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["1.2.3", "1.9", false],
    ["1.2.3", "2.0", true],
    ["0.2.3", "0.2.9", false],
    ["0.2.3", "0.3", true],
    ["0.0.3", "0.0.4", true],
    ["0.0.3", "0.0.3.1", false],
    ["2.4.4-p9", "2.4.5-p8", false],
    ["v1.0-beta1", "1.0", false],
    ["01.0", "1.1", false],
    ["2010-01-02", "2011-01-02", true],
    ["dev-main", "1.0", true],
    ["1.0", "latest", true],
  ];
  for (const [from, to, expected] of cases) assert.equal(packagist.isBreaking(from, to), expected, `${from} to ${to}`);
});

test("whatever Composer does not call stable is a prerelease", () => {
  for (const version of ["1.0-alpha1", "1.0b2", "1.0-RC1", "1.0-dev", "1.x-dev", "dev-main", "1.0-p1-dev"])
    assert.equal(packagist.isPrerelease(version), true, version);
  for (const version of ["1.0", "1.0-p1", "1.0-stable", "1.0+rc1", "20100102", "", "latest"])
    assert.equal(packagist.isPrerelease(version), false, version);
});

test("each kind of upgrade has its command", () => {
  const step: UpgradeStep = {
    name: "twig/twig",
    version: "3.4.3",
    above: false,
    direct: true,
    development: false,
    blocked: false,
  };
  const require = 'composer require "twig/twig:^3.4.3" --with-all-dependencies';
  const cases: readonly (readonly [Partial<UpgradeStep>, readonly string[]])[] = [
    [{}, [require]],
    [{ blocked: true }, [require]],
    [{ development: true }, ['composer require --dev "twig/twig:^3.4.3" --with-all-dependencies']],
    [{ above: true }, ['composer require "twig/twig:>3.4.3" --with-all-dependencies']],
    [{ version: "v3.4.3+build" }, [require]],
    [{ version: "2.4.4-p9" }, ['composer require "twig/twig:^2.4.4-p9" --with-all-dependencies']],
    [{ version: "4.0.0-beta1" }, ['composer require "twig/twig:^4.0.0-beta1" --with-all-dependencies']],
    [{ direct: false }, ["composer update twig/twig"]],
    [{ direct: undefined }, ["composer update twig/twig"]],
    [{ direct: false, above: true }, ["composer update twig/twig"]],
    [{ direct: false, blocked: true }, []],
    [{ direct: undefined, blocked: true }, []],
  ];
  for (const [change, lines] of cases) assert.deepEqual(packagist.commandsFor({ ...step, ...change }), lines, JSON.stringify(change));
});

test("a package is taken out only where it is known to be a dependency of the project itself", () => {
  assert.deepEqual(packagist.removalCommands({ name: "evil/x", direct: true }), ["composer remove evil/x"]);
  assert.deepEqual(packagist.removalCommands({ name: "evil/x", direct: false }), []);
  assert.deepEqual(packagist.removalCommands({ name: "evil/x", direct: undefined }), []);
  assert.deepEqual(packagist.removalCommands({ name: "--dev", direct: true }), []);
});

test("a name or version that would mean something else on the command line gets no command", () => {
  const hostile = [
    "--dev",
    "-g",
    "php",
    "../x",
    "/etc",
    "a/b c",
    "a/b\nc",
    "a/$(id)",
    "a/`id`",
    "a/b;id",
    'a/b"',
    "a/b'",
    "a/b/c",
    "a/-b/",
    "é/a",
    "a/b:1",
    "",
  ];
  for (const name of hostile) {
    for (const direct of [true, false])
      assert.deepEqual(packagist.commandsFor({ name, version: "1.0", above: false, direct, development: false, blocked: false }), [], name);
  }
  for (const version of ["latest", "dev-main", "1.0 || 2.0", "1.0;id", ">=1.0", "1.0\n;id", "", "$(id)", "1.0 as 2.0", "9".repeat(5000)]) {
    for (const above of [true, false])
      assert.deepEqual(
        packagist.commandsFor({ name: "a/b", version, above, direct: true, development: false, blocked: false }),
        [],
        JSON.stringify(version),
      );
  }
});
