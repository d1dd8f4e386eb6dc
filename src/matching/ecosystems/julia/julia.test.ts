import assert from "node:assert/strict";
import { test } from "node:test";

import type { UpgradeStep } from "../ecosystem.ts";
import { julia } from "./julia.ts";

test("a package's name is matched as it stands", () => {
  for (const name of ["HTTP", "MbedTLS_jll", "JSON3"]) {
    assert.equal(julia.nameFromPurl(undefined, name, undefined), name);
    assert.equal(julia.purlOf(name), `pkg:julia/${name}`);
    assert.equal(julia.normaliseName(name), name);
  }
});

test("a change may break where the first number that is not 0 changes", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["1.2.3", "1.9.0", false],
    ["1.2.3", "2.0.0", true],
    ["0.2.3", "0.2.9", false],
    ["0.2.3", "0.3.0", true],
    ["0.0.3", "0.0.4", true],
    ["1.2.3+0", "1.2.3+1", false],
    ["v1.0", "1.1", false],
    ["1.0rc1", "1.0", false],
    ["latest", "1.0.0", true],
  ];
  for (const [from, to, expected] of cases) assert.equal(julia.isBreaking(from, to), expected, `${from} to ${to}`);
});

test("a prerelease is told from a release and from a build", () => {
  for (const version of ["1.0.0-rc.1", "1.0rc1", "1.0-", "1.0.0-DEV+1"]) assert.equal(julia.isPrerelease(version), true, version);
  for (const version of ["1.0.0", "1.0.0+1", "1.0+", "", "latest"]) assert.equal(julia.isPrerelease(version), false, version);
});

test("each kind of upgrade has its command", () => {
  const step: UpgradeStep = { name: "HTTP", version: "1.10.17", above: false, direct: true, development: false, blocked: false };
  const update = `julia --project -e 'using Pkg; Pkg.update("HTTP")'`;
  const ofManifest = `julia --project -e 'using Pkg; Pkg.update("HTTP"; mode=PKGMODE_MANIFEST)'`;
  const cases: readonly (readonly [Partial<UpgradeStep>, readonly string[]])[] = [
    [{}, [update]],
    [{ above: true }, [update]],
    [{ version: "1.10.17+1" }, [update]],
    [{ direct: false }, [ofManifest]],
    [{ direct: undefined }, [ofManifest]],
    [{ blocked: true }, [`julia --project -e 'using Pkg; Pkg.compat("HTTP", "1.10.17"); Pkg.update("HTTP")'`]],
    [{ blocked: true, version: "v2.1+3" }, [`julia --project -e 'using Pkg; Pkg.compat("HTTP", "2.1.0"); Pkg.update("HTTP")'`]],
    [{ blocked: true, above: true }, []],
    [{ blocked: true, version: "2.0.0-rc1" }, []],
    [{ blocked: true, version: "0.0.0" }, []],
    [{ blocked: true, direct: false }, []],
    [{ blocked: true, direct: undefined }, []],
  ];
  for (const [change, lines] of cases) assert.deepEqual(julia.commandsFor({ ...step, ...change }), lines, JSON.stringify(change));
});

test("a package is taken out only where it is known to be a dependency of the project itself", () => {
  assert.deepEqual(julia.removalCommands({ name: "Evil", direct: true }), [`julia --project -e 'using Pkg; Pkg.rm("Evil")'`]);
  assert.deepEqual(julia.removalCommands({ name: "Evil", direct: false }), []);
  assert.deepEqual(julia.removalCommands({ name: "Evil", direct: undefined }), []);
  assert.deepEqual(julia.removalCommands({ name: 'Evil"); run(`id`)', direct: true }), []);
});

test("a name or version that would mean something else on the command line gets no command", () => {
  const hostile = ["--all", "../x", "/etc", "a b", "a\nb", "$(id)", "`id`", "a;id", 'a"b', "a'b", "a/b", "a-b", "1a", "é", "_a", ""];
  for (const name of hostile) {
    for (const blocked of [true, false])
      assert.deepEqual(julia.commandsFor({ name, version: "1.0.0", above: false, direct: true, development: false, blocked }), [], name);
  }
  for (const version of ["latest", "1.0.0;id", "^1.0.0", "1.0.0\n", "", "$(id)", "1.0'", `1.0.0-${"a".repeat(300)}`]) {
    for (const blocked of [true, false])
      assert.deepEqual(
        julia.commandsFor({ name: "A", version, above: false, direct: true, development: false, blocked }),
        [],
        JSON.stringify(version),
      );
  }
});
