import assert from "node:assert/strict";
import { test } from "node:test";

import { type StatedAdvisory, statedSnapshot } from "../../tests/support/stated-snapshot.ts";
import { ecosystemOf } from "./ecosystems/ecosystem-of.ts";
import { createMatcher, type MatchOutcome } from "./match.ts";
import { createPackageLookup, isSameRelease } from "./package-lookup.ts";
import { explainMatch } from "./scan/explain-match.ts";

const ADVISORIES: readonly StatedAdvisory[] = [
  { id: "D11", affects: { "Debian:11 nginx": "introduced 0, fixed 1.18.0-6.1+deb11u3", "Debian:11 old": "introduced 0" } },
  { id: "D12", affects: { "Debian:12 nginx": "introduced 0, fixed 1.22.1-9" } },
  { id: "U", affects: { "Ubuntu:22.04:LTS nginx": "introduced 0, fixed 1.18.0-6ubuntu14.4" } },
  { id: "UP", affects: { "Ubuntu:Pro:22.04:LTS nginx": "introduced 0, fixed 1.18.0-6ubuntu14.4+esm1; =2.0-1" } },
  { id: "A", affects: { "Alpine:v3.18 nginx": "introduced 0, fixed 1.24.0-r7; =1.25.0-r1; =broken" } },
  { id: "N", affects: { "npm nginx": "introduced 0" } },
];

const snapshot = statedSnapshot(ADVISORIES);
const match = createMatcher(snapshot, ecosystemOf);

test("a package is its release's: what another release fixes says nothing of it", () => {
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ["Debian:12", "1.18.0-6.1+deb11u2", ["D12"]],
    ["Debian:11", "1.18.0-6.1+deb11u2", ["D11"]],
    ["Debian:11", "1.18.0-6.1+deb11u3", []],
    ["Debian:bookworm", "1.22.1-8", ["D12"]],
    ["Ubuntu:22.04", "1.18.0-6ubuntu14.3", ["U", "UP"]],
    ["Ubuntu:22.04", "1.18.0-6ubuntu14.4", ["UP"]],
    ["Ubuntu:22.04:LTS", "1.18.0-6ubuntu14.4", ["UP"]],
    ["Ubuntu:Pro:22.04:LTS", "1.18.0-6ubuntu14.4+esm1", []],
    ["Alpine:v3.18", "1.24.0-r6", ["A"]],
    ["Alpine:3.18", "1.24.0-r7", []],
    ["npm", "1.0.0", ["N"]],
    ["npm:https://registry.example", "1.0.0", []],
  ];
  for (const [ecosystem, version, ids] of cases) {
    const outcome = match({ ecosystem, name: "nginx", version });
    assert.equal(outcome.kind, "compared", `${ecosystem} ${version}`);
    assert.deepEqual(idsOf(outcome), ids, `${ecosystem} ${version}`);
    assert.ok(!("doubt" in outcome), ecosystem);
  }
});

test("without a release Debian's are put together, and what they hit is flagged", () => {
  const hit = match({ ecosystem: "Debian", name: "nginx", version: "1.20.0-1" });
  assert.deepEqual(idsOf(hit), ["D12"]);
  assert.match(
    (hit.kind === "compared" && hit.doubt) || "",
    /does not name the release of Debian: these are the advisories of every release/,
  );
  assert.deepEqual(idsOf(match({ ecosystem: "Debian", name: "nginx", version: "1.0-1" })), ["D11", "D12"]);
  assert.deepEqual(match({ ecosystem: "Debian", name: "nginx", version: "1.22.1-9" }), { kind: "compared", hits: [], setAside: [] });
  assert.deepEqual(createPackageLookup(snapshot, ecosystemOf)("Debian", "nginx").packages.length, 2);
});

test("without a release Ubuntu's and Alpine's versions cannot be compared, but a listed one is one", () => {
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ["Ubuntu", "1.0-1", []],
    ["Ubuntu", "2.0-1", ["UP"]],
    ["Ubuntu", "9:1-1", []],
    ["Alpine", "1.0-r0", []],
    ["Alpine", "1.25.0-r1", ["A"]],
    ["Alpine", "broken", ["A"]],
  ];
  for (const [ecosystem, version, ids] of cases) {
    const outcome = match({ ecosystem, name: "nginx", version });
    assert.equal(outcome.kind, "cannot-compare", `${ecosystem} ${version}`);
    assert.deepEqual(idsOf(outcome), ids, `${ecosystem} ${version}`);
  }
  const outcome = match({ ecosystem: "Alpine", name: "nginx", version: "1.0-r0" });
  assert.match(outcome.kind === "cannot-compare" ? outcome.reason : "", /does not name the release of Alpine/);
});

test("a release that no advisory is about cannot be compared, unless no release has an advisory of the package", () => {
  for (const ecosystem of ["Debian:sid", "Debian:9", "Ubuntu:24.04", "Alpine:edge"]) {
    const outcome = match({ ecosystem, name: "nginx", version: "1.0-r0" });
    assert.equal(outcome.kind, "cannot-compare", ecosystem);
    assert.match(outcome.kind === "cannot-compare" ? outcome.reason : "", /no advisory is about the release \S+ of /, ecosystem);
    assert.deepEqual(match({ ecosystem, name: "unheard-of", version: "1.0-r0" }), { kind: "compared", hits: [], setAside: [] }, ecosystem);
  }
  assert.deepEqual(match({ ecosystem: "Debian:12", name: "old", version: "1-1" }), { kind: "compared", hits: [], setAside: [] });
});

test("a distribution that the snapshot has nothing of is no obstacle: that is said of the distribution, once", () => {
  const onlyNpm = createMatcher(statedSnapshot([{ id: "N", affects: { nginx: "introduced 0" } }]), ecosystemOf);
  for (const ecosystem of ["Debian", "Debian:12", "Alpine", "Ubuntu:22.04"])
    assert.deepEqual(onlyNpm({ ecosystem, name: "nginx", version: "1.0-r0" }), { kind: "compared", hits: [], setAside: [] }, ecosystem);
});

test("a binary package whose source nobody names is compared where its own name is known, and cannot be said of otherwise", () => {
  const nginx = match({ ecosystem: "Debian:12", name: "nginx", version: "1.22.1-8", sourceUnsaid: true });
  assert.deepEqual([nginx.kind, idsOf(nginx)], ["compared", ["D12"]]);
  for (const ecosystem of ["Debian:12", "Debian", "Debian:9", "Ubuntu:22.04", "Alpine", "Alpine:v3.18"]) {
    const unknown = match({ ecosystem, name: "libnginx-mod-http", version: "1.0-r0", sourceUnsaid: true });
    const reason = "the document does not name the source package";
    assert.deepEqual(unknown, { kind: "cannot-compare", reason, hits: [] }, ecosystem);
  }
  assert.equal(match({ ecosystem: "Debian:12", name: "libnginx-mod-http", version: "1.0-1" }).kind, "compared");
  assert.equal(match({ ecosystem: "Rocky Linux:9", name: "libnginx", version: "1.0-1", sourceUnsaid: true }).kind, "compared");
});

test("what hits is flagged where several streams of updates were put together for a release", () => {
  const streams = statedSnapshot([
    { id: "MAIN", affects: { "Red Hat:enterprise_linux:9::baseos curl": "introduced 0, fixed 7.76.1-29.el9" } },
    { id: "REPO", affects: { "Red Hat:enterprise_linux:9::appstream curl": "introduced 0, fixed 7.76.1-28.el9" } },
    { id: "EUS", affects: { "Red Hat:rhel_eus:9.2::baseos curl": "introduced 0, fixed 7.76.1-23.el9_2.4" } },
    { id: "SP1", affects: { "openEuler:22.03-LTS-SP1 curl": "introduced 0, fixed 7.79.1-27" } },
    { id: "SP3", affects: { "openEuler:22.03-LTS-SP3 curl": "introduced 0, fixed 7.79.1-30" } },
  ]);
  const ask = createMatcher(streams, ecosystemOf);
  const cases: readonly (readonly [string, string, RegExp | undefined])[] = [
    ["Red Hat:9.2", "7.76.1-10.el9", /which of enterprise_linux:9, rhel_eus:9\.2 the machine follows/],
    ["Red Hat:9.4", "7.76.1-10.el9", undefined],
    ["Red Hat:rhel_eus:9.2::baseos", "7.76.1-10.el9", undefined],
    ["openEuler:22.03", "7.79.1-28", /which of 22\.03-LTS-SP1, 22\.03-LTS-SP3 the machine follows/],
    ["openEuler:22.03-LTS-SP3", "7.79.1-28", undefined],
  ];
  for (const [ecosystem, version, expected] of cases) {
    const outcome = ask({ ecosystem, name: "curl", version });
    assert.ok(outcome.hits.length > 0, ecosystem);
    const doubt = outcome.kind === "compared" ? outcome.doubt : undefined;
    if (expected === undefined) assert.equal(doubt, undefined, ecosystem);
    else assert.match(doubt ?? "", expected, ecosystem);
  }
});

test("an explanation says what the match says", () => {
  const cases: readonly (readonly [string, string, string, string, RegExp])[] = [
    ["Debian", "1.20.0-1", "D12", "affected", /fixed 1\.22\.1-9/],
    ["Debian", "1.20.0-1", "D11", "not-affected", /fixed 1\.18\.0-6\.1\+deb11u3/],
    ["Ubuntu", "1.0-1", "UP", "cannot-compare", /does not name the release/],
    ["Ubuntu", "2.0-1", "UP", "affected", /lists 2\.0-1/],
    ["Alpine", "broken", "A", "affected", /lists exactly/],
  ];
  for (const [ecosystem, version, id, verdict, why] of cases) {
    const [explanation] = explainMatch(snapshot, ecosystemOf, [documentWith(ecosystem, version)], id);
    assert.equal(explanation?.verdict, verdict, `${ecosystem} ${version} ${id}`);
    assert.match(explanation?.decidedBy ?? "", why, `${ecosystem} ${version} ${id}`);
  }
});

test("without a repository Packagist's own advisories count, and those of other repositories are flagged", () => {
  const packagist = statedSnapshot([
    { id: "CORE", affects: { "Packagist drupal/core": "introduced 0, fixed 9.0.0" } },
    { id: "TOKEN", affects: { "Packagist:https://packages.drupal.org/8 drupal/token": "introduced 0, fixed 1.7.0" } },
  ]);
  const ask = createMatcher(packagist, ecosystemOf);
  const cases: readonly (readonly [string, string, number, RegExp | undefined])[] = [
    ["Packagist", "drupal/core", 1, undefined],
    ["Packagist", "Drupal/Token", 1, /does not name the repository of Packagist: these are the advisories of every repository/],
    ["Packagist:https://packages.drupal.org/8", "drupal/token", 1, undefined],
    ["Packagist:https://packages.drupal.org/8/", "drupal/token", 1, undefined],
    ["Packagist:https://packages.drupal.org/8", "drupal/core", 0, undefined],
    ["Packagist:https://mirror.example", "vendor/unheard-of", 0, undefined],
  ];
  for (const [ecosystem, name, count, expected] of cases) {
    const outcome = ask({ ecosystem, name, version: "1.6.0" });
    assert.equal(outcome.kind, "compared", `${ecosystem} ${name}`);
    assert.equal(outcome.hits.length, count, `${ecosystem} ${name}`);
    const doubt = outcome.kind === "compared" ? outcome.doubt : undefined;
    if (expected === undefined) assert.equal(doubt, undefined, `${ecosystem} ${name}`);
    else assert.match(doubt ?? "", expected);
  }
  const mirrored = ask({ ecosystem: "Packagist:https://mirror.example", name: "drupal/core", version: "1.6.0" });
  assert.match(
    mirrored.kind === "cannot-compare" ? mirrored.reason : "",
    /no advisory is about the repository https:\/\/mirror\.example of Packagist/,
  );
});

test("a question about a distribution is about each of its releases", () => {
  const debian = ecosystemOf("Debian");
  const ubuntu = ecosystemOf("Ubuntu");
  assert.equal(isSameRelease(debian, "Debian:12", "Debian"), true);
  assert.equal(isSameRelease(debian, "Debian:12", "Debian:bookworm"), true);
  assert.equal(isSameRelease(debian, "Debian:12", "Debian:11"), false);
  assert.equal(isSameRelease(debian, "Debian", "Debian:11"), false);
  assert.equal(isSameRelease(debian, "Debian:22.04", "Ubuntu:22.04"), false);
  assert.equal(isSameRelease(ubuntu, "Ubuntu:22.04:LTS", "Ubuntu:22.04"), true);
  assert.equal(isSameRelease(undefined, "Photon OS:3.0", "Photon OS:3.0"), true);
  assert.equal(isSameRelease(undefined, "Photon OS:3.0", "Photon OS:4.0"), false);
});

function idsOf(outcome: MatchOutcome): readonly string[] {
  return outcome.hits.map(({ advisory }) => snapshot.advisoryId(advisory)).toSorted();
}

function documentWith(ecosystem: string, version: string): Parameters<typeof explainMatch>[2][number] {
  const component = { ref: "c", ecosystem, packageType: "deb", name: "nginx", version, purl: undefined, place: "c", development: false };
  return { name: "sbom", inventory: { format: "x", root: undefined, components: [component], dependencies: new Map(), problems: [] } };
}
