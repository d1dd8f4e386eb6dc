import assert from "node:assert/strict";
import { test } from "node:test";
import { projectOf, type StatedProject } from "../../../tests/support/stated-project.ts";
import { NOW, npmStanding, type StatedAdvisory, statedSnapshot } from "../../../tests/support/stated-snapshot.ts";
import type { Component, Inventory } from "../../vocabulary/component.ts";
import type { DataStanding } from "../../vocabulary/data-standing.ts";
import type { ScanAnswer } from "../../vocabulary/scan-answer.ts";
import { scanCounts } from "../../vocabulary/scan-counts.ts";
import { ecosystemOf } from "../ecosystems/ecosystem-of.ts";
import { answerScan, type DocumentToAnswer } from "./answer-scan.ts";

test("a finding is one vulnerability, whatever its advisories are called, with what is best known of it", () => {
  const joined = { vulnerability: "v1", vulnerabilityIds: ["x_OTHER-1", "GHSA-aaaa", "CVE-2026-20000", "CVE-2026-3000"] };
  const { findings, changes } = answerOf({ needs: { a: "^1.0.0" }, installed: { a: "1.0.0" } }, [
    { id: "x_OTHER-1", ...joined, title: "", score: 4, affects: { a: "introduced 0, fixed 1.1.0" } },
    { id: "GHSA-aaaa", ...joined, title: "what it is", score: 7.5, affects: { a: "introduced 0, fixed 1.1.0" } },
  ]);
  assert.deepEqual(findings, [
    {
      vulnerability: "v1",
      ids: ["CVE-2026-3000", "CVE-2026-20000", "GHSA-aaaa", "x_OTHER-1"],
      title: "what it is",
      kind: "vulnerability",
      exploited: false,
      score: 7.5,
      components: [
        {
          ecosystem: "npm",
          name: "a",
          version: "1.0.0",
          advisory: "x_OTHER-1",
          affected: "[0, 1.1.0)",
          places: ["package-lock.json: node_modules/a"],
          fix: { kind: "version", version: "1.1.0", majorChange: false },
        },
      ],
      endedBy: [1],
    },
  ]);
  assert.deepEqual(changes[0]?.ends, ["CVE-2026-3000"]);
});

test("a vulnerability is not ended while one of its advisories still holds the version to go to", () => {
  const joined = { vulnerability: "v1", vulnerabilityIds: ["GHSA-1", "OTHER-1"] };
  const { findings, changes } = answerOf({ needs: { a: "1" }, installed: { a: "1.0.0" } }, [
    { id: "GHSA-1", ...joined, affects: { a: "introduced 0, fixed 1.1.0" } },
    { id: "OTHER-1", ...joined, affects: { a: "introduced 0" } },
  ]);
  assert.deepEqual([changes, findings[0]?.components[0]?.fix, findings[0]?.endedBy], [[], { kind: "none" }, []]);
});

test("worst comes first: exploited, malware, then by score, and one without a score among the high ones", () => {
  const stated: readonly StatedAdvisory[] = [
    { id: "LOW", score: 2, affects: { low: "introduced 0, fixed 2.0.0" } },
    { id: "UNSCORED", affects: { unscored: "introduced 0, fixed 2.0.0" } },
    { id: "HIGH", score: 7, affects: { high: "introduced 0, fixed 2.0.0" } },
    { id: "MEDIUM", score: 6.9, affects: { medium: "introduced 0, fixed 2.0.0" } },
    { id: "MAL-1", kind: "malware", affects: { evil: "introduced 0" } },
    { id: "EXPLOITED", exploited: true, score: 5, affects: { exploited: "introduced 0, fixed 2.0.0" } },
    { id: "CRITICAL", score: 9.8, affects: { critical: "introduced 0, fixed 2.0.0" } },
  ];
  const names = stated.flatMap(({ affects }) => Object.keys(affects));
  const { findings, changes } = answerOf({ installed: Object.fromEntries(names.map((name) => [name, "1.0.0"])) }, stated);
  const order = ["EXPLOITED", "MAL-1", "CRITICAL", "HIGH", "UNSCORED", "MEDIUM", "LOW"];
  assert.deepEqual(
    findings.map(({ ids }) => ids[0]),
    order,
  );
  assert.deepEqual(
    changes.map(({ number, ends }) => [number, ends[0]]),
    order.map((id, index) => [index + 1, id]),
  );
});

test("the components of a package version are found once, with every place, twenty at most", () => {
  const copies = Object.fromEntries(Array.from({ length: 25 }, (_, index) => [`p${index} > a`, "1.0.0"]));
  const parents = Object.fromEntries(Array.from({ length: 25 }, (_, index) => [`p${index}`, { version: "1.0.0", needs: { a: "^1.0.0" } }]));
  const { findings } = answerOf({ installed: { ...parents, ...copies } }, [{ id: "A", affects: { a: "introduced 0, fixed 1.1.0" } }]);
  assert.equal(findings[0]?.components.length, 1);
  assert.equal(findings[0]?.components[0]?.places.length, 20);
  assert.equal(findings[0]?.components[0]?.places[0], "package-lock.json: node_modules/p0/node_modules/a");
});

test("how the affected range is written says what ends it", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["introduced 0, fixed 2.0.0", "[0, 2.0.0)"],
    ["introduced 1.0.0, last_affected 1.5.0", "[1.0.0, 1.5.0]"],
    ["introduced 1.0.0", "[1.0.0, ∞)"],
    ["introduced 0, limit 3.0.0", "[0, 3.0.0)"],
    ["=1.2.0", "=1.2.0"],
  ];
  for (const [range, text] of cases) {
    const { findings } = answerOf({ installed: { a: "1.2.0" } }, [{ id: "A", affects: { a: range } }]);
    assert.equal(findings[0]?.components[0]?.affected, text, range);
  }
});

test("a version that only stands in a list by its text is found, and still cannot be compared", () => {
  const { findings, cannotCompare } = answerOf({ installed: { a: "nightly" } }, [
    { id: "A", affects: { a: "introduced 0, fixed 2.0.0; =nightly" } },
  ]);
  assert.equal(findings[0]?.components[0]?.affected, "=nightly");
  assert.deepEqual(findings[0]?.components[0]?.fix, { kind: "none" });
  assert.equal(cannotCompare.length, 1);
});

test("what cannot be compared is listed with its place and reason", () => {
  const { findings, cannotCompare } = answerOf({ installed: { a: "1.0.0", b: "latest", c: { needs: {} }, d: "1.0.0" } }, [
    { id: "A1", affects: { a: "introduced 0, fixed unknown; introduced next" } },
    { id: "A2", affects: { a: "introduced 0, fixed unknown" } },
    { id: "A3", affects: { b: "introduced 0, fixed 1.0.0", c: "introduced 0, fixed 1.0.0" } },
  ]);
  const base = { ecosystem: "npm" };
  assert.deepEqual(findings, []);
  const unknown = 'fixed "unknown" has no place in the order: expected a digit at the start, or after a leading v';
  const next = 'introduced "next" has no place in the order: expected a digit at the start, or after a leading v';
  assert.deepEqual(cannotCompare, [
    { ...base, name: "a", version: "1.0.0", place: "package-lock.json: node_modules/a", reason: unknown, advisories: ["A1", "A2"] },
    { ...base, name: "a", version: "1.0.0", place: "package-lock.json: node_modules/a", reason: next, advisories: ["A1"] },
    {
      ...base,
      name: "b",
      version: "latest",
      place: "package-lock.json: node_modules/b",
      reason: "expected a digit at the start, or after a leading v",
      advisories: [],
    },
    {
      ...base,
      name: "c",
      version: undefined,
      place: "package-lock.json: node_modules/c",
      reason: "the document does not say which version",
      advisories: [],
    },
  ]);
});

test("of a package that no advisory names any version is compared: there is nothing to compare it with", () => {
  const { cannotCompare, findings } = answerOf({ installed: { b: "latest", c: { needs: {} } } }, [
    { id: "A1", affects: { a: "introduced 0" } },
  ]);
  assert.deepEqual([findings, cannotCompare], [[], []]);
});

test("each ecosystem of the documents is answered with what its data can carry", () => {
  const cases: readonly (readonly [DataStanding | undefined, string | undefined])[] = [
    [npmStanding, undefined],
    [undefined, "no-data"],
    [{ ...npmStanding, advisories: 0 }, "no-data"],
    [{ ...npmStanding, sample: true }, "sample"],
    [{ ...npmStanding, statedAtMs: undefined }, "undated"],
    [{ ...npmStanding, statedAtMs: NOW - 8 * 86_400_000 }, "stale"],
    [{ ...npmStanding, statedAtMs: NOW + 86_400_000 }, "future"],
  ];
  for (const [standing, cannotSay] of cases) {
    const snapshot = statedSnapshot([], { standings: standing === undefined ? [] : [standing] });
    const { ecosystems } = answerScan({
      snapshot,
      ecosystemOf,
      documents: [documentOf({ installed: { a: "1.0.0" } })],
      unreadable: [],
      nowMs: NOW,
    });
    assert.deepEqual(
      ecosystems.map((answer) => [answer.ecosystem, answer.components, answer.standing?.source, answer.cannotSay]),
      [["npm", 1, standing?.source, cannotSay]],
    );
  }
});

test("an operating system is counted with its packages where they are listed, and cannot be said of where they are not", () => {
  const system = component("os", undefined, "operating-system");
  const cases: readonly (readonly [readonly Component[], readonly string[]])[] = [
    [[system, component("1", "Debian:12", "deb")], ["Debian 2 no-data"]],
    [
      [system, component("1", "npm", "npm")],
      ["npm 1 no-data", "operating-system 1 no-scheme"],
    ],
  ];
  for (const [components, expected] of cases) {
    const { ecosystems } = answerScan({
      snapshot: statedSnapshot([], { standings: [] }),
      ecosystemOf,
      documents: [document("a", components)],
      unreadable: [],
      nowMs: NOW,
    });
    assert.deepEqual(
      ecosystems.map((answer) => `${answer.ecosystem} ${answer.components} ${answer.cannotSay ?? ""}`),
      expected,
    );
  }
});

test("what has no order is counted under its ecosystem or its package type, and nothing is said of it", () => {
  const documents = [
    document("a", [
      component("1", "npm", "npm"),
      component("2", "Other:12", "deb"),
      component("3", "Other:11", "deb"),
      component("4", undefined, "operating-system"),
      // A package type is a stranger's word: being called `npm` makes it no npm package.
      component("5", undefined, "npm"),
    ]),
  ];
  const standings = [npmStanding, { ...npmStanding, ecosystem: "Other" }];
  const { ecosystems, findings } = answerScan({
    snapshot: statedSnapshot([{ id: "A", affects: { "Other:12 p": "introduced 0" } }], { standings }),
    ecosystemOf,
    documents,
    unreadable: [],
    nowMs: NOW,
  });
  assert.deepEqual(findings, []);
  assert.deepEqual(
    ecosystems.map(({ ecosystem, components, cannotSay, standing }) => [ecosystem, components, cannotSay, standing?.ecosystem]),
    [
      ["Other", 2, "no-scheme", "Other"],
      ["npm", 1, undefined, "npm"],
      ["npm", 1, "no-scheme", undefined],
      ["operating-system", 1, "no-scheme", undefined],
    ],
  );
});

test("a list of installed packages whose release nobody said is counted apart from packages that have no order", () => {
  const component = { packageType: "deb", ecosystem: undefined, version: "1", purl: undefined, development: false };
  const list = (refs: readonly string[]) => refs.map((ref) => ({ ...component, ref, name: ref, place: ref }));
  const inventory = { format: "f", root: undefined, dependencies: new Map(), problems: [] };
  const { ecosystems } = answerScan({
    snapshot: statedSnapshot([]),
    ecosystemOf,
    documents: [
      { name: "status", inventory: { ...inventory, components: list(["a", "b"]), lacksRelease: true } },
      { name: "sbom", inventory: { ...inventory, components: list(["c"]) } },
    ],
    unreadable: [],
    nowMs: NOW,
  });
  assert.deepEqual(
    ecosystems.map(({ ecosystem, components, cannotSay }) => [ecosystem, components, cannotSay]),
    [
      ["deb", 2, "no-release"],
      ["deb", 1, "no-scheme"],
    ],
  );
});

test("several documents are answered together, and each change names its own", () => {
  const advisories = [{ id: "A", affects: { a: "introduced 0, fixed 1.1.0" } }];
  const documents = [
    documentOf({ needs: { a: "^1.0.0" }, installed: { a: "1.0.0" } }, "web/package-lock.json"),
    documentOf({ needs: { b: "1" }, installed: { b: { version: "1.0.0", needs: { a: "^1.0.0" } }, a: "1.0.0" } }, "api/package-lock.json"),
  ];
  const unreadable = [{ place: "x.json", reason: "expected JSON" }];
  const answer = answerScan({ snapshot: statedSnapshot(advisories), ecosystemOf, documents, unreadable, nowMs: NOW });
  assert.deepEqual(
    answer.changes.map(({ document: name, direct, through }) => [name, direct, through]),
    [
      ["api/package-lock.json", false, ["b"]],
      ["web/package-lock.json", true, []],
    ],
  );
  assert.deepEqual(answer.findings[0]?.endedBy, [1, 2]);
  assert.deepEqual(answer.findings[0]?.components[0]?.places, [
    "web/package-lock.json: node_modules/a",
    "api/package-lock.json: node_modules/a",
  ]);
  assert.deepEqual(answer.unreadable, unreadable);
  assert.deepEqual(
    answer.documents.map(({ name, format, components }) => [name, format, components]),
    [
      ["web/package-lock.json", "package-lock 3", 1],
      ["api/package-lock.json", "package-lock 3", 2],
    ],
  );
});

test("a binary package whose source the document does not name is no word of not affected, unless others of its document name theirs", () => {
  const snapshot = statedSnapshot([{ id: "DSA-1", affects: { "Debian:12 openssl": "introduced 0, fixed 3.0.13-1" } }], {
    standings: [{ ...npmStanding, ecosystem: "Debian" }],
  });
  const deb = (name: string, source: Component["source"]): Component => {
    return { ...component(name, "Debian:12", "deb"), name, version: "3.0.11-1", ...(source === undefined ? {} : { source }) };
  };
  const silent = document("trivy.cdx.json", [deb("libssl3", "unstated"), deb("openssl", "unstated"), deb("bash", undefined)]);
  const naming = document("syft.cdx.json", [deb("openssl", "stated"), deb("adduser", "unstated")]);
  const answer = answerScan({ snapshot, ecosystemOf, documents: [silent, naming], unreadable: [], nowMs: NOW });
  assert.deepEqual(answer.findings[0]?.components[0]?.places, [
    "trivy.cdx.json: components[openssl]",
    "syft.cdx.json: components[openssl]",
  ]);
  assert.deepEqual(answer.cannotCompare, [
    {
      ecosystem: "Debian:12",
      name: "libssl3",
      version: "3.0.11-1",
      place: "trivy.cdx.json: components[libssl3]",
      reason: "the document does not name the source package",
      advisories: [],
    },
  ]);
  const { found, cannotCompare, nothingFound } = scanCounts(answer);
  assert.deepEqual({ found, cannotCompare, nothingFound }, { found: 2, cannotCompare: 1, nothingFound: 2 });
});

test("the same question has the same answer", () => {
  const ask = (): ScanAnswer =>
    answerOf({ needs: { a: "1", b: "1" }, installed: { a: "1.0.0", b: "1.0.0" } }, [
      { id: "B", affects: { b: "introduced 0, fixed 2.0.0", a: "introduced 0, fixed 2.0.0" } },
      { id: "A", affects: { a: "introduced 0, fixed 2.0.0" } },
    ]);
  assert.deepEqual(ask(), ask());
});

function answerOf(project: StatedProject, advisories: readonly StatedAdvisory[]): ScanAnswer {
  return answerScan({ snapshot: statedSnapshot(advisories), ecosystemOf, documents: [documentOf(project)], unreadable: [], nowMs: NOW });
}

function documentOf(project: StatedProject, name = "package-lock.json"): DocumentToAnswer {
  return { name, inventory: projectOf(project) };
}

function document(name: string, components: readonly Component[]): DocumentToAnswer {
  const inventory: Inventory = { format: "CycloneDX 1.5", root: undefined, components, dependencies: new Map(), problems: [] };
  return { name, inventory };
}

function component(ref: string, ecosystem: string | undefined, packageType: string): Component {
  return { ref, ecosystem, packageType, name: "p", version: "1.0.0", purl: undefined, place: `components[${ref}]`, development: false };
}

test("of an ecosystem without an order a version that an advisory lists is a finding, and no other is said not to be affected", () => {
  const component = { name: "p", packageType: "generic", purl: undefined, development: false };
  const at = (ref: string, ecosystem: string, version: string) => ({ ...component, ref, place: ref, ecosystem, version });
  const components = [at("1", "OSS-Fuzz", "v1.0"), at("2", "OSS-Fuzz", "v2.0"), at("3", "TuxCare:npm", "1.0.0")];
  const documents = [{ name: "a", inventory: { format: "f", root: undefined, dependencies: new Map(), problems: [], components } }];
  const affects = { "OSS-Fuzz p": "introduced 0, fixed 9; =v1.0", "TuxCare:npm p": "introduced 0, fixed 1.0.1" };
  const standings = ["OSS-Fuzz", "TuxCare"].map((ecosystem) => ({ ...npmStanding, ecosystem }));
  const answer = answerScan({
    snapshot: statedSnapshot([{ id: "A", affects }], { standings }),
    ecosystemOf,
    documents,
    unreadable: [],
    nowMs: NOW,
  });
  assert.deepEqual(
    answer.changes.map(({ ecosystem, from, fix, commands }) => [ecosystem, from, fix.kind, commands]),
    [["TuxCare:npm", ["1.0.0"], "version", []]],
  );
  assert.deepEqual(
    answer.findings.flatMap(({ components: found }) => found.map((each) => [each.ecosystem, each.version, each.fix.kind])),
    [
      ["OSS-Fuzz", "v1.0", "none"],
      ["TuxCare:npm", "1.0.0", "version"],
    ],
  );
  assert.deepEqual(answer.cannotCompare, []);
  assert.deepEqual(
    answer.ecosystems.map(({ ecosystem, components, cannotSay }) => [ecosystem, components, cannotSay]),
    [
      ["OSS-Fuzz", 2, "no-scheme"],
      ["TuxCare", 1, undefined],
    ],
  );
});
