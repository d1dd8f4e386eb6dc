import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import formats from "ajv-formats";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { PartBody } from "../../vocabulary/draft-advisory.ts";
import { seededRandom, type SeededRandom } from "../../../tests/support/seeded-random.ts";
import { zipEntries } from "../../../tests/support/zip-entries.ts";
import { draftToOsv } from "./draft-to-osv.ts";
import { osvToDraft } from "./osv-to-draft.ts";
import { whyNotSayable } from "./sayable.ts";

const feeds = process.env["SLUICE_FEEDS"];
const needsFeeds = { skip: feeds === undefined && "SLUICE_FEEDS is not set" };
const head = { id: "x_SLUICE-2026-test", modified: "2026-11-30T16:00:00.000Z", published: "2026-11-30T16:00:00.000Z" };

const cases: readonly (readonly [what: string, part: PartBody, isSayable: boolean])[] = [
  ...severities("CVSS_V3", [
    ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", true],
    ["CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N/E:P/MAV:X", true],
    ["AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", false],
    ["CVSS:3.1/AV:N/", false],
    ["CVSS:3.1/AV:Q", false],
    ["7.5", false],
  ]),
  ...severities("CVSS_V4", [
    ["CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N", true],
    ["CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N/E:P/U:Amber", true],
    ["CVSS:4.0/AC:L/AV:N/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N", false],
    ["CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N/U:Amber/E:P", false],
  ]),
  ...severities("CVSS_V2", [
    ["AV:N/AC:L/Au:N/C:P/I:P/A:P", true],
    ["AV:N/AC:L/Au:N/C:P/I:P/A:P/E:POC/RL:OF/RC:UR/CDP:LM/TD:ND/CR:ND", true],
    ["AV:N/AC:L/Au:N/C:H", false],
  ]),
  ...severities("Ubuntu", [
    ["high", true],
    ["important", false],
  ]),
  ...references([
    ["https://halyard.example/a/b?c=d&e=%20#f", true],
    ["https://halyard.example/a b", false],
    ["https://halyard.example/|", false],
    ["https://halyard.example/ä", false],
    ["https://halyard.example/%zz", false],
    ["https://halyard.example/#a#b", false],
  ]),
  ranged("whole hashes", "GIT", "https://git.example/a", ["introduced 0", `fixed ${"a".repeat(40)}`], true),
  ranged("a short hash", "GIT", "https://git.example/a", ["introduced 0", "fixed abc1234"], false),
  ranged("no repository", "GIT", undefined, ["introduced 0"], false),
  ranged("both kinds of end", "SEMVER", undefined, ["introduced 0", "fixed 2", "last_affected 1"], false),
  ranged("several ends of a kind", "SEMVER", undefined, ["introduced 0", "fixed 2", "introduced 3", "fixed 4"], true),
];

for (const [what, part, isSayable] of cases) {
  test(`${what} ${isSayable ? "can" : "cannot"} be said in a record`, () => {
    assert.equal(whyNotSayable(part) === undefined, isSayable);
  });
}

test("what can be said makes a valid record, what cannot would not", needsFeeds, () => {
  const isValid = validator();
  for (const [what, part, isSayable] of cases) assert.equal(isValid(recordOf([part])), isSayable, what);
});

test("whatever can be said of a draft is valid by the schema, in any mixture", needsFeeds, () => {
  const isValid = validator();
  const sayable = cases.flatMap(([, part, isSayable]) => (isSayable ? [part] : []));
  const random = seededRandom(20_261_125);
  for (let round = 0; round < 500; round++) {
    const parts = Array.from({ length: random.below(12) }, () => random.pick([...sayable, ...otherParts(random)]));
    assert.ok(isValid(recordOf(parts)), JSON.stringify(parts));
  }
});

test("real records read into parts and written again are valid by the schema", needsFeeds, async () => {
  const isValid = validator();
  let written = 0;
  for (const ecosystem of ["npm", "PyPI", "crates.io", "GIT", "Red Hat", "Ubuntu"]) {
    let taken = 0;
    for await (const { name, bytes } of zipEntries(join(feeds ?? "", "osv", ecosystem, "all.zip"))) {
      if (++taken > 150) break;
      if ("withdrawn" in (JSON.parse(new TextDecoder().decode(bytes)) as object)) continue;
      const parts = osvToDraft(bytes, name).parts.filter((part) => whyNotSayable(part) === undefined);
      assert.ok(isValid(recordOf(parts)), name);
      written++;
    }
  }
  assert.ok(written > 300, `only ${written} were written`);
});

function validator(): (record: unknown) => boolean {
  const ajv = new Ajv2020({ strict: false });
  formats.default(ajv);
  return ajv.compile(JSON.parse(readFileSync(join(feeds ?? "", "schemas", "osv", "schema.json"), "utf8")) as object) as (
    record: unknown,
  ) => boolean;
}

function recordOf(parts: readonly PartBody[]): unknown {
  return JSON.parse(new TextDecoder().decode(draftToOsv(parts, head)));
}

function otherParts(random: SeededRandom): readonly PartBody[] {
  const text = random.pick(["short", "with\nlines\n", "```fence```", "😀 \u2028", "<b>"]);
  return [
    { kind: "summary", body: { text } },
    { kind: "details", body: { text } },
    { kind: "weakness", body: { text: "CWE-79" } },
    { kind: "alias", body: { text: "CVE-2026-1" } },
    { kind: "severity", body: { type: "SSVC", vector: "act" } },
    { kind: "credit", body: { name: text, role: text, contact: [text] } },
    { kind: "notice", body: { packages: [{ ecosystem: "npm", name: "a" }] } },
    { kind: "build", body: { text } },
    { kind: "research", body: { text } },
    ...(["fixed-version", "commit", "diff", "mitigation"] as const).map((kind): PartBody => ({
      kind: "patch",
      body: { kind, ecosystem: "npm", name: "a", text },
    })),
    { kind: "patch", body: { kind: "commit", ecosystem: undefined, name: undefined, text: "https://git.example/a/commit/1" } },
    { kind: "patch", body: { kind: "commit", ecosystem: undefined, name: undefined, text: "https://git.example/a b|c" } },
    { kind: "patch", body: { kind: "commit", ecosystem: undefined, name: undefined, text: "javascript:alert(1)" } },
  ];
}

function severities(type: string, vectors: readonly (readonly [string, boolean])[]): typeof cases {
  return vectors.map(([vector, isSayable]) => [`${type} ${vector}`, { kind: "severity", body: { type, vector } }, isSayable]);
}

function references(urls: readonly (readonly [string, boolean])[]): typeof cases {
  return urls.map(([url, isSayable]) => [url, { kind: "reference", body: { type: "WEB", url } }, isSayable]);
}

function ranged(
  what: string,
  type: string,
  repository: string | undefined,
  events: readonly string[],
  isSayable: boolean,
): (typeof cases)[number] {
  const range = {
    type,
    repository,
    events: events.map((event) => {
      const [kind = "", version = ""] = event.split(" ");
      return { kind: kind as "introduced", version };
    }),
  };
  return [
    what,
    { kind: "affected", body: { package: { ecosystem: "npm", name: "a" }, purl: undefined, ranges: [range], versions: [] } },
    isSayable,
  ];
}
