import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import * as registered from "../../src/matching/ecosystems/all.ts";
import { allEcosystems, baseEcosystemName, ecosystemOf, packageOfPurl } from "../../src/matching/ecosystems/ecosystem-of.ts";
import type { Ecosystem } from "../../src/matching/ecosystems/ecosystem.ts";
import { baseEcosystemNames, purlMappings } from "../../src/matching/ecosystems/osv-ecosystems.ts";
import { whyNoVersions } from "../../src/matching/commits.ts";
import { isAffectedByFold, type FoldVerdict } from "../../src/matching/evaluate.ts";
import { compileAffected, isVersionRange, type CompiledPackage } from "../../src/matching/interval.ts";
import { encodeVersion } from "../../src/matching/versions/encode-version.ts";
import { compareKeys, MAX_KEY_BYTES } from "../../src/matching/versions/key-writer.ts";
import type { VersionScheme } from "../../src/matching/versions/version-scheme.ts";
import { isRebuilder } from "../../src/matching/rebuilds/rebuilds.ts";
import { readOsvRecord } from "../../src/formats/osv/osv.ts";
import { parsePurl } from "../../src/formats/purl/purl.ts";
import type { AffectedPackage } from "../../src/vocabulary/advisory.ts";
import { readAdmits } from "../support/admits.ts";
import { assertOrderings, readOrderings } from "../support/orderings.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { zipEntries } from "../support/zip-entries.ts";

const ECOSYSTEMS = new URL("../../src/matching/ecosystems/", import.meta.url);
const VERSIONS = new URL("../../src/matching/versions/", import.meta.url);
const FEEDS = process.env["SLUICE_FEEDS"];
/** Of the versions that an entry lists, beside each of its bounds. */
const LISTED_ASKED = process.env["SLUICE_SOAK"] === undefined ? 5 : 20;

/** A folder is one adapter, named by its id, or by the export of its ecosystem where the id is no file name. */
const ecosystemFolders = foldersOf(ECOSYSTEMS);
const schemeFolders = foldersOf(VERSIONS);

for (const { name, url } of [...ecosystemFolders, ...schemeFolders]) {
  test(`${name} has its code, its test, its README and its testdata`, () => {
    for (const file of [`${name}.ts`, `${name}.test.ts`, "README.md", "testdata/orderings.txt"])
      assert.ok(existsSync(new URL(file, url)), `${name}/${file} is missing`);
  });
}

for (const { name, url } of ecosystemFolders) {
  test(`${name} states in its testdata names and which versions its requirements admit`, () => {
    for (const file of ["testdata/names.txt", "testdata/admits.txt"])
      assert.ok(existsSync(new URL(file, url)), `${name}/${file} is missing`);
  });

  test(`${name} is registered in all.ts, under the name that its folder has`, async () => {
    const exported = exportNamed(await import(new URL(`${name}.ts`, url).href), name);
    assert.ok(
      Object.values(registered).some((ecosystem) => ecosystem === exported),
      `${name} is not in src/matching/ecosystems/all.ts`,
    );
  });
}

test("all.ts registers nothing that has no folder, and nothing twice", () => {
  assert.deepEqual(
    Object.keys(registered).toSorted(),
    ecosystemFolders.map(({ name }) => exportNameOf(name)).toSorted(),
    "what all.ts registers, and the folders, differ",
  );
  for (const field of ["id", "purlTypes"] as const) {
    const values = allEcosystems.flatMap((ecosystem) => ecosystem[field]);
    assert.equal(new Set(values).size, values.length, `${field}: ${values.join(", ")}`);
  }
});

test("a version scheme's id stands for one scheme", () => {
  const schemes = new Map<string, VersionScheme>();
  for (const { id, scheme } of allEcosystems) {
    assert.equal(schemes.get(scheme.id) ?? scheme, scheme, `${id} has another scheme that calls itself ${scheme.id}`);
    schemes.set(scheme.id, scheme);
  }
});

for (const { name, url } of schemeFolders) {
  test(`${name} keeps the rules of keys on its own orderings`, async () => {
    const scheme = exportNamed(await import(new URL(`${name}.ts`, url).href), name) as VersionScheme;
    assert.equal(scheme.id, name);
    assertKeyRules(scheme, new URL("testdata/orderings.txt", url));
  });
}

for (const ecosystem of allEcosystems) {
  const folder = ecosystemFolders.find(({ name }) => Reflect.get(registered, exportNameOf(name)) === ecosystem);

  test(`${ecosystem.id} keeps the rules of keys on its orderings`, () => {
    assert.ok(folder !== undefined);
    assertKeyRules(ecosystem.scheme, new URL("testdata/orderings.txt", folder.url));
  });

  test(`${ecosystem.id} is an ecosystem of OSV, and is found by its name with and without a suffix`, () => {
    assert.ok((baseEcosystemNames as readonly string[]).includes(ecosystem.id), `OSV has no ecosystem ${ecosystem.id}`);
    assert.equal(ecosystemOf(ecosystem.id), ecosystem);
    assert.equal(ecosystemOf(`${ecosystem.id}:suffix`), isRebuilder(ecosystem.id) ? undefined : ecosystem);
  });

  test(`${ecosystem.id}: a name becomes a purl and the purl the same name`, () => {
    assert.ok(folder !== undefined);
    const names = linesOf(new URL("testdata/names.txt", folder.url));
    assert.ok(names.length > 0, "testdata/names.txt names nothing");
    for (const name of names) {
      const full = ecosystem.normaliseName(name);
      const purl = ecosystem.purlOf(full);
      assert.equal(purl === undefined, ecosystem.purlTypes.length === 0, "a name has a purl where a purl type names the packages");
      if (purl === undefined) continue;
      const parsed = parsePurl(purl);
      assert.ok(!("reason" in parsed), `${ecosystem.purlOf(full)} is no purl`);
      const { source: _, ...found } = packageOfPurl(parsed) ?? assert.fail(`${ecosystem.purlOf(full)} names no package`);
      assert.deepEqual(found, { ecosystem: ecosystem.id, name: full });
      assert.equal(ecosystem.normaliseName(full), full, "a normalised name is normal");
    }
  });

  test(`${ecosystem.id} admits what its admits.txt says, and nothing else`, () => {
    assert.ok(folder !== undefined);
    const statements = readAdmits(new URL("testdata/admits.txt", folder.url));
    if (statements.length === 0) {
      for (const requirement of ["1.0", ">= 1.0", "^1.0.0", "= 1.0", "*"]) assert.equal(ecosystem.admits(requirement, "1.0.0"), undefined);
      return;
    }
    assert.ok(
      statements.some(({ expected }) => expected) && statements.some(({ expected }) => !expected),
      "expected both kinds of version",
    );
    for (const { requirement, version, expected, line } of statements)
      assert.equal(ecosystem.admits(requirement, version), expected, `admits.txt:${line}: ${requirement} and ${version}`);
  });

  test(`${ecosystem.id} does not contradict the table of purl types`, () => {
    for (const type of ecosystem.purlTypes) assert.equal(purlMappings.get(type)?.ecosystem ?? ecosystem.id, ecosystem.id, type);
  });

  test(`${ecosystem.id} answers every question about versions that are none without throwing`, () => {
    const odd = ["", " ", "latest", "\0", "\ud800", "v", "-", "9".repeat(5000), "1.0.0\n", "[1,2)", "__proto__"];
    for (const a of odd) {
      assert.equal(typeof ecosystem.isPrerelease(a), "boolean");
      assert.ok(
        Array.isArray(ecosystem.commandsFor({ name: a, version: a, above: false, direct: true, development: false, blocked: false })),
      );
      for (const b of odd) {
        assert.equal(typeof ecosystem.isBreaking(a, b), "boolean");
        assert.ok([true, false, undefined].includes(ecosystem.admits(a, b)));
      }
    }
  });

  test(`${ecosystem.id} puts no stranger's text on a command line unquoted`, () => {
    for (const hostile of ["a;id", "a b", "$(id)", "`id`", "a\nid", "a|id", "a&id", "a>x", "--flag", "a\u001b[2J"]) {
      for (const [name, version] of [
        [hostile, "1.0.0"],
        ["name", hostile],
      ] as const) {
        const commands = [
          ...[true, false].flatMap((above) => [
            ...ecosystem.commandsFor({ name, version, above, direct: true, development: false, blocked: false }),
            ...ecosystem.commandsFor({ name, version, above, direct: false, development: false, blocked: true }),
          ]),
          ...ecosystem.removalCommands({ name, direct: true }),
        ];
        for (const command of commands) {
          const unquoted = command.replaceAll(/"[^"$`\\]*"|'[^']*'/g, "");
          assert.ok(!unquoted.includes(hostile) && !/\p{Cc}/u.test(command), command);
        }
      }
    }
  });

  test(
    `${ecosystem.id}: every bound of its feed has a key, and around each of them intervals and fold agree`,
    { skip: FEEDS === undefined && "SLUICE_FEEDS is not set" },
    async (context) => {
      const archive = join(FEEDS ?? "", "osv", ecosystem.id, "all.zip");
      if (!existsSync(archive)) return context.skip("SLUICE_FEEDS has no archive of this ecosystem");
      let asked = 0;
      for await (const { name, bytes } of zipEntries(archive)) asked += checkRecord(ecosystem, name, bytes);
      assert.ok(asked > 0, `${archive} asks nothing`);
    },
  );
}

/** Returns how many versions were asked. */
function checkRecord(ecosystem: Ecosystem, name: string, bytes: Uint8Array): number {
  let asked = 0;
  for (const affected of readOsvRecord(bytes, name).affected) {
    if (affected.package === undefined || baseEcosystemName(affected.package.ecosystem) !== ecosystem.id) continue;
    const compiled = compileAffected(affected, ecosystem.scheme);
    const noVersions = whyNoVersions(affected);
    assert.deepEqual(compiled.setAside, noVersions === undefined ? [] : [{ reason: noVersions }], name);
    for (const version of versionsAround(affected)) {
      const expected = isAffectedByFold(affected, version, ecosystem.scheme).verdict;
      assert.equal(verdictByIntervals(compiled, version, ecosystem.scheme), expected, `${name}: ${version}`);
      asked++;
    }
  }
  return asked;
}

/** The bounds and some listed versions themselves, and near ones above and below them in one ecosystem's spelling or another's. */
function versionsAround({ ranges, versions }: AffectedPackage): ReadonlySet<string> {
  const bounds = ranges.filter(isVersionRange).flatMap(({ events }) => events.map(({ version }) => version));
  const step = Math.ceil(versions.length / LISTED_ASKED);
  const listed = versions.filter((_, index) => index % step === 0);
  const endings = ["", "-0", "-rc.1", ".1", ".a", ".0", ".0-0", "+build", "~1"];
  const around = [...bounds, ...listed].flatMap((version) => endings.map((ending) => `${version}${ending}`));
  return new Set([...around, "0", "0.0.0-0", "0.0.0", "999999999.0.0"]);
}

function verdictByIntervals({ intervals, texts, setAside }: CompiledPackage, version: string, scheme: VersionScheme): FoldVerdict {
  if (texts.includes(version)) return "affected";
  const key = encodeVersion(version, scheme);
  if (!(key instanceof Uint8Array)) return "cannot-compare";
  if (intervals.some(({ lo, hi }) => compareKeys(lo, key) <= 0 && compareKeys(key, hi) < 0)) return "affected";
  const mayLieAbove = scheme.doubtOf?.(version) !== undefined;
  const isOpen = mayLieAbove && intervals.some(({ lo, hiKind }) => hiKind !== "listed" && compareKeys(lo, key) > 0);
  return setAside.length > 0 || isOpen ? "cannot-compare" : "not-affected";
}

/** No key is empty, starts with FF or is over the cap; what the file calls equal has equal bytes, and nothing else has. */
function assertKeyRules(scheme: VersionScheme, orderings: URL): void {
  assertOrderings(orderings, scheme);
  const keys: { readonly version: string; readonly key: Uint8Array }[] = [];
  for (const version of new Set([...readOrderings(orderings).flatMap(({ a, b }) => [a, b]), ...randomTexts()])) {
    const key = encodeVersion(version, scheme);
    if (!(key instanceof Uint8Array)) {
      assert.ok(key.reason.length > 0, `${JSON.stringify(version)} is refused without a reason`);
      continue;
    }
    assert.ok(key.length > 0 && key.length <= MAX_KEY_BYTES, `${JSON.stringify(version)}: ${key.length} bytes`);
    assert.notEqual(key[0], 0xff, JSON.stringify(version));
    keys.push({ version, key });
  }
  assert.ok(keys.length > 0);
  for (const { a, order, b, line } of readOrderings(orderings)) {
    const [keyOfA, keyOfB] = [encodeVersion(a, scheme), encodeVersion(b, scheme)];
    assert.ok(keyOfA instanceof Uint8Array && keyOfB instanceof Uint8Array);
    assert.equal(Buffer.compare(keyOfA, keyOfB) === 0, order === "=", `line ${line}: ${a} ${order} ${b}`);
    assert.equal(Math.sign(compareKeys(keyOfA, keyOfB)), Buffer.compare(keyOfA, keyOfB), `line ${line}`);
  }
}

/** Texts made of what versions are made of, and of what they are not. */
function randomTexts(): readonly string[] {
  const random = seededRandom(20_260_825);
  const pieces = [
    "1",
    "0",
    "12",
    "007",
    "99999999999999999999",
    ".",
    "-",
    "+",
    "~",
    "^",
    ":",
    "_",
    "a",
    "rc",
    "Z",
    "v",
    " ",
    "é",
    "\0",
    "*",
    "/",
  ];
  return Array.from({ length: 2000 }, () => Array.from({ length: 1 + random.below(8) }, () => random.pick(pieces)).join(""));
}

function linesOf(file: URL): readonly string[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
}

function exportNamed(module: unknown, folder: string): unknown {
  const name = exportNameOf(folder);
  assert.ok(typeof module === "object" && module !== null && name in module, `${folder}/${folder}.ts exports no ${name}`);
  return Reflect.get(module, name);
}

/** `crates-io` exports `cratesIo`. */
function exportNameOf(folder: string): string {
  return folder.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function foldersOf(parent: URL): readonly { readonly name: string; readonly url: URL }[] {
  return readdirSync(parent, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ name, url: new URL(`${name}/`, parent) }));
}
