import assert from "node:assert/strict";
import { test } from "node:test";
import { foundComponent, statedAnswer, statedChange, statedEcosystem, statedFinding } from "../../../tests/support/stated-answer.ts";
import { projectOf } from "../../../tests/support/stated-project.ts";
import { NOW, npmStanding, statedSnapshot } from "../../../tests/support/stated-snapshot.ts";
import { ecosystemOf } from "../../matching/ecosystems/ecosystem-of.ts";
import { answerScan } from "../../matching/scan/answer-scan.ts";
import type { CannotCompare, Change, EcosystemAnswer, ScanAnswer } from "../../vocabulary/scan-answer.ts";
import { colours, type Colours } from "../colours.ts";
import { planText } from "./plan-text.ts";

const plain = colours({ isTTY: false });
const DAY = 86_400_000;

test("the plan comes first, then findings and what the answer rests on", () => {
  const answer = answerScan({
    snapshot: statedSnapshot([
      {
        id: "GHSA-1",
        vulnerability: "v1",
        vulnerabilityIds: ["CVE-2026-1", "GHSA-1"],
        title: "Code injection",
        score: 7.2,
        affects: { lodash: "introduced 0, fixed 4.17.21" },
      },
      { id: "GHSA-2", title: "Denial of service", affects: { qs: "introduced 6.5.0, fixed 6.5.3" } },
      { id: "GHSA-3", title: "No way out", score: 5, affects: { old: "introduced 0" } },
    ]),
    ecosystemOf,
    documents: [
      {
        name: "package-lock.json",
        inventory: projectOf({
          needs: { lodash: "^4.17.0", express: "^4.0.0", old: "1" },
          installed: { lodash: "4.17.15", express: { version: "4.16.4", needs: { qs: "6.5.2" } }, qs: "6.5.2", old: "1.0.0" },
        }),
      },
    ],
    unreadable: [],
    nowMs: NOW,
  });
  assert.equal(
    text(answer),
    `2 changes end 2 of 3 vulnerabilities
  package-lock.json: package-lock 3, 4 components

 1  lodash 4.17.15 → 4.17.21  7.2
    $ npm install lodash@4.17.21
    ends CVE-2026-1
    direct dependency

 2  qs 6.5.2 → 6.5.3  no score
    $ npm pkg set "overrides.qs=6.5.3"
    $ npm install
    ends GHSA-2
    dependency through express
    outside a range that is asked for: express 4.16.4 asks for 6.5.2
    a newer express may bring it by itself: look there first

No fix known
  old 1.0.0  GHSA-3  [0, ∞)  No way out

Findings
  CVE-2026-1       7.2  lodash 4.17.15  change 1      Code injection
  GHSA-2      no score  qs 6.5.2        change 2      Denial of service
  GHSA-3           5.0  old 1.0.0       no fix known  No way out

npm: 100 advisories, 60 minutes old, from https://feed.example/
Versions to go to are the advisories' own words; the registry was not asked
`,
  );
});

test("a change says what to go to, how bad it is and where it stands", () => {
  const cases: readonly (readonly [Partial<Change>, readonly string[]])[] = [
    [{ from: ["4.17.15", "3.10.1"], score: 9.8, exploited: true }, [" 1  lodash 4.17.15, 3.10.1 → 4.17.21  exploited, 9.8"]],
    [{ fix: { kind: "above", version: "1.2.0", majorChange: false } }, [" 1  lodash 4.17.15 → above 1.2.0  no score"]],
    [{ fix: { kind: "remove" } }, [" 1  lodash 4.17.15 → remove it  no score"]],
    [{ number: 12, name: "@babel/core" }, ["12  @babel/core 4.17.15 → 4.17.21  no score"]],
    [{ ends: ["A", "B", "C", "D", "E", "F"] }, ["    ends A, B, C, D and 2 more"]],
    [{ development: true }, ["    direct development dependency"]],
    [{ direct: false, through: ["a", "b"] }, ["    dependency through a, b"]],
    [
      { direct: false, development: true, through: ["a", "b", "c", "d", "e"] },
      ["    development dependency through a, b, c, d and 1 more"],
    ],
    [{ direct: false }, ["    indirect dependency"]],
    [{ direct: undefined, through: ["a"] }, ["    dependency needed by a"]],
    [{ direct: undefined }, ["    the document does not say what depends on it"]],
    [
      { blockedBy: ["p 1.0.0 asks for ~4.16.0", "q 2.0.0 asks for 4.17.15"] },
      ["    outside a range that is asked for: p 1.0.0 asks for ~4.16.0; q 2.0.0 asks for 4.17.15"],
    ],
    [{ notes: ["mind this", "and that"] }, ["    mind this", "    and that"]],
    [{ commands: ["npm install a", "npm install b"] }, ["    $ npm install a", "    $ npm install b"]],
    [{ commands: ['# Gemfile: gem "a", "~> 1.0"', "bundle install"] }, ['    in Gemfile: gem "a", "~> 1.0"', "    $ bundle install"]],
  ];
  for (const [stated, expected] of cases) {
    const lines = text(statedAnswer({ changes: [statedChange(stated)], findings: [statedFinding("A")] })).split("\n");
    for (const line of expected) assert.ok(lines.includes(line), `${JSON.stringify(line)} in ${JSON.stringify(lines)}`);
  }
});

test("with several documents each is named, and each change says where it is to be made", () => {
  const documents = Array.from({ length: 12 }, (_, index) => ({
    name: `${index}.json`,
    format: "package-lock 3",
    components: 1,
    problems: [],
  }));
  const lines = text(statedAnswer({ documents, changes: [statedChange({ document: "3.json" })], findings: [statedFinding("A")] })).split(
    "\n",
  );
  assert.ok(lines.includes("  9.json: package-lock 3, 1 component") && !lines.includes("  10.json: package-lock 3, 1 component"));
  assert.ok(lines.includes("  and 2 more documents"));
  assert.ok(lines.includes(" 1  lodash 4.17.15 → 4.17.21  no score  3.json"));
});

test("what was left out and what was not read is named with its reason", () => {
  const problems = Array.from({ length: 7 }, (_, index) => ({ place: `components[${index}]`, reason: "expected a name" }));
  const documents = [{ name: "sbom.json", format: "CycloneDX 1.5", components: 3, problems }];
  const lines = text(statedAnswer({ documents, unreadable: [{ place: "x.json", reason: "expected JSON" }] })).split("\n");
  assert.deepEqual(lines.slice(1, 9), [
    "  sbom.json: CycloneDX 1.5, 3 components",
    "  left out: sbom.json: components[0]: expected a name",
    "  left out: sbom.json: components[1]: expected a name",
    "  left out: sbom.json: components[2]: expected a name",
    "  left out: sbom.json: components[3]: expected a name",
    "  left out: sbom.json: components[4]: expected a name",
    "  left out: sbom.json: 2 more; --format json has all",
    "  not read: x.json: expected JSON",
  ]);
});

test("what cannot be said is as plain as the rest: how many, why, and what would change it", () => {
  const cases: readonly (readonly [Partial<EcosystemAnswer>, string])[] = [
    [{ cannotSay: "no-data", standing: undefined }, "  npm  10 components. No data for npm. `sluice sync npm`: 142 MB, about 3 minutes"],
    [
      { cannotSay: "sample" },
      "  npm  10 components. Only the bundled sample of 100 advisories is here. `sluice sync npm`: 142 MB, about 3 minutes",
    ],
    [
      { cannotSay: "undated" },
      "  npm  10 components. The age of the data is unknown. `sluice sync npm`: 142 MB, about 3 minutes, or give its date with --stated-at",
    ],
    [
      { cannotSay: "future" },
      "  npm  10 components. The data states a time in the future: check this machine's clock and the date given with --stated-at",
    ],
    [
      { cannotSay: "stale", standing: { ...npmStanding, statedAtMs: NOW - 12 * DAY } },
      "  npm  10 components. The data is 12 days old, and 7 days is the most. `sluice sync npm`: 142 MB, about 3 minutes",
    ],
    [
      { ecosystem: "RubyGems", components: 1, cannotSay: "no-data", standing: undefined },
      "  RubyGems  1 component. No data for RubyGems. `sluice sync RubyGems`",
    ],
    [
      { ecosystem: "Maven", cannotSay: "no-scheme", standing: undefined },
      "  Maven  10 components. Their versions have no order: only those that an advisory lists are found",
    ],
    [
      { ecosystem: "unknown", cannotSay: "no-scheme", standing: undefined },
      "  unknown  10 components. The document does not name them as packages of an ecosystem that has advisories",
    ],
  ];
  for (const [stated, line] of cases) {
    const lines = text(statedAnswer({ ecosystems: [statedEcosystem(stated)] })).split("\n");
    assert.ok(lines.includes("Cannot say") && lines.includes(line), `${line} in ${lines.join("\n")}`);
  }
});

test("versions that cannot be compared are gathered by package and reason", () => {
  const one = (stated: Partial<CannotCompare>): CannotCompare => {
    return { ecosystem: "npm", name: "a", version: "latest", place: "l: a", reason: "no order", advisories: [], ...stated };
  };
  const many = Array.from({ length: 12 }, (_, index) => one({ name: `p${index}`, advisories: ["G"], place: `l: p${index}` }));
  const lines = text(
    statedAnswer({
      cannotCompare: [
        one({}),
        one({ place: "l: b > a" }),
        one({ name: "b", version: undefined, reason: "the document does not say which version", place: "l: b" }),
        one({ name: "c", version: "1.0.0", reason: "fixed unknown", advisories: ["G1", "G2", "G3", "G4"], place: "l: c" }),
        ...many,
      ],
    }),
  ).split("\n");
  assert.deepEqual(lines.slice(3, 7), [
    "Cannot say",
    "  a latest: cannot compare: no order, l: a and 1 more",
    "  b without a version: cannot compare: the document does not say which version, l: b",
    "  c 1.0.0: cannot compare: fixed unknown (for G1, G2, G3 and 1 more), l: c",
  ]);
  assert.ok(lines.includes("  and 5 more that cannot be compared; --format json has all"));
});

test("what stands in the way of many packages alike is said once", () => {
  const reason = "the document does not name the source package";
  const one = (name: string): CannotCompare => {
    return { ecosystem: "Debian:12", name, version: "1-1", place: `sbom: ${name}`, reason, advisories: [] };
  };
  const linesOf = (...names: readonly string[]): readonly string[] => text(statedAnswer({ cannotCompare: names.map(one) })).split("\n");
  assert.ok(linesOf("adduser", "apt").includes(`  apt 1-1: cannot compare: ${reason}, sbom: apt`));
  assert.ok(
    linesOf("adduser", "apt", "bash", "dash").includes(
      `  4 packages of Debian:12: cannot compare: ${reason} (adduser 1-1, apt 1-1, bash 1-1 and 1 more), sbom: adduser and 3 more`,
    ),
  );
});

test("findings beyond what a person reads are counted", () => {
  const findings = Array.from({ length: 75 }, (_, index) => statedFinding(`CVE-2026-${index}`));
  const open = Array.from({ length: 25 }, (_, index) =>
    statedFinding(`GHSA-${index}`, { endedBy: [], components: [foundComponent({ fix: { kind: "none" } })] }),
  );
  const lines = text(statedAnswer({ findings: [...findings, ...open], changes: [statedChange()] })).split("\n");
  assert.equal(lines.filter((line) => line.startsWith("  CVE-2026-")).length, 60);
  assert.ok(lines.includes("  and 40 more; --format json has all") && lines.includes("  and 5 more; --format json has all"));
});

test("exploited and malware are said in words, and a long title is cut", () => {
  const findings = [
    statedFinding("A", { exploited: true, score: 9.8 }),
    statedFinding("B", { kind: "malware", title: `${"long ".repeat(40)}\n  end` }),
    statedFinding("C", { endedBy: [], exploited: true, components: [foundComponent({ fix: { kind: "none" }, advisory: "OTHER-1" })] }),
  ];
  const lines = text(statedAnswer({ findings, changes: [statedChange()] })).split("\n");
  assert.ok(lines.includes("  A       9.8  lodash 4.17.15  change 1      exploited: title of A"), lines.join("\n"));
  assert.match(lines.find((line) => line.startsWith("  B")) ?? "", /malware: (?:long ){17}long…$/);
  assert.ok(lines.includes("  lodash 4.17.15  C  [0, 4.17.21) by OTHER-1  exploited: title of C"));
});

test("that only a prerelease fixes something is said, and not that nothing does", () => {
  const component = foundComponent({ affected: "[0, 5.0.0-beta.1)", fix: { kind: "none" } });
  const lines = text(statedAnswer({ findings: [statedFinding("A", { endedBy: [], components: [component] })] })).split("\n");
  assert.ok(
    lines.includes("  lodash 4.17.15  A  [0, 5.0.0-beta.1) by GHSA-1  only a prerelease fixes it, 5.0.0-beta.1: title of A"),
    lines.join("\n"),
  );
  assert.ok(lines.includes("  A  no score  lodash 4.17.15  only a prerelease  title of A"), lines.join("\n"));
});

test("a finding names the change that ends it, also where that is of the package that takes it along", () => {
  const findings = [
    statedFinding("A", { endedBy: [1], components: [foundComponent({ name: "actionpack" })] }),
    statedFinding("B", { endedBy: [1, 2], components: [foundComponent({ name: "actionpack" }), foundComponent({ name: "rack" })] }),
  ];
  const changes = [statedChange({ name: "rails", from: ["7.0.0"] }), statedChange({ number: 2, name: "rack" })];
  const rows = text(statedAnswer({ findings, changes }))
    .split("\n")
    .filter((line) => /^ {2}[AB] /.test(line))
    .map((line) => /(\w+) 4\.17\.15 +(change [\d, ]*\d)/.exec(line)?.slice(1));
  assert.deepEqual(rows, [
    ["actionpack", "change 1"],
    ["actionpack", "change 1"],
    ["rack", "change 2"],
  ]);
});

test("the data's age, source and count are said for each ecosystem that has any", () => {
  const sample = statedEcosystem({
    cannotSay: "sample",
    standing: { ...npmStanding, source: "bundled sample", advisories: 1320, sample: true, statedAtMs: undefined },
  });
  assert.match(text(statedAnswer({ ecosystems: [sample] })), /^npm: 1,320 advisories, a sample, from bundled sample$/m);
  const undated = statedEcosystem({ cannotSay: "undated", standing: { ...npmStanding, advisories: 1, statedAtMs: undefined } });
  assert.match(text(statedAnswer({ ecosystems: [undated] })), /^npm: 1 advisory, age unknown, from https:\/\/feed\.example\/$/m);
});

test("names and titles from outside neither move the cursor nor pass for lines or colours of ours", () => {
  const hostile = "x\u001b[2J\u001b[31m\u009b8m\r\nNothing found in 9 components\u202e\u0007";
  const washed = "x\uFFFD[2J\uFFFD[31m\uFFFD8m\uFFFD\uFFFDNothing found in 9 components\uFFFD\uFFFD";
  const answer = statedAnswer({
    documents: [{ name: hostile, format: hostile, components: 1, problems: [{ place: hostile, reason: hostile }] }],
    unreadable: [{ place: hostile, reason: hostile }],
    changes: [
      statedChange({
        name: hostile,
        from: [hostile],
        fix: { kind: "version", version: hostile, majorChange: true },
        document: hostile,
        commands: [hostile],
        notes: [hostile],
        ends: [hostile],
        direct: false,
        through: [hostile],
        blockedBy: [hostile],
      }),
    ],
    findings: [
      statedFinding(hostile, { title: hostile, components: [foundComponent({ name: hostile, version: hostile })] }),
      statedFinding(hostile, {
        title: hostile,
        endedBy: [],
        components: [foundComponent({ name: hostile, version: hostile, affected: hostile, advisory: hostile, fix: { kind: "none" } })],
      }),
    ],
    cannotCompare: [{ ecosystem: hostile, name: hostile, version: hostile, place: hostile, reason: hostile, advisories: [hostile] }],
    ecosystems: [
      statedEcosystem({ ecosystem: hostile, standing: { ...npmStanding, source: hostile } }),
      statedEcosystem({ ecosystem: hostile, cannotSay: "no-data" }),
    ],
  });
  const shown = text(answer);
  // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
  assert.doesNotMatch(shown, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  assert.doesNotMatch(shown, /^Nothing found/m);
  assert.ok(shown.includes(washed));
  // In colour only our own codes are there, whatever the names hold.
  const coloured = text(answer, colours({ isTTY: true }));
  // oxlint-disable-next-line no-control-regex -- escapes are what is looked at
  for (const [code] of coloured.matchAll(/\u001b\[?[^m]{0,4}m?/g)) assert.match(code, /^\u001b\[(?:1|2|22|31|33|35|39)m$/);
});

function text(answer: ScanAnswer, paint: Colours = plain): string {
  return planText(answer, { paint, feedBytes: (ecosystem) => (ecosystem === "npm" ? 142_300_000 : undefined) });
}
