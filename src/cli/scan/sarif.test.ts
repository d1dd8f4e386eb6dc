import assert from "node:assert/strict";
import { test } from "node:test";
import { foundComponent, statedAnswer, statedChange, statedEcosystem, statedFinding } from "../../../tests/support/stated-answer.ts";
import { isJsonObject, type Json, type JsonObject } from "../../vocabulary/json.ts";
import type { ScanAnswer } from "../../vocabulary/scan-answer.ts";
import { toSarif } from "./sarif.ts";

const documentNamed = (name: string): ScanAnswer["documents"][number] => ({ name, format: "package-lock 3", components: 10, problems: [] });

/** One with everything that can occur. */
const FULL = statedAnswer({
  documents: [
    documentNamed("web/package-lock.json"),
    { ...documentNamed("sbom.json"), problems: [{ place: "components[3]", reason: "no name" }] },
  ],
  unreadable: [{ place: "x.json", reason: "expected JSON" }],
  findings: [
    statedFinding("CVE-2026-1", {
      ids: ["CVE-2026-1", "GHSA-1"],
      score: 7.25,
      components: [
        foundComponent({
          places: [
            "web/package-lock.json: node_modules/lodash",
            "sbom.json: components[0]",
            "web/package-lock.json: node_modules/a/node_modules/lodash",
          ],
        }),
        foundComponent({ version: "3.0.0", places: ["sbom.json: components[1]"], fix: { kind: "none" } }),
      ],
    }),
    statedFinding("MAL-1", {
      kind: "malware",
      components: [foundComponent({ name: "evil", fix: { kind: "remove" }, places: ["sbom.json: components[2]"] })],
    }),
    statedFinding("GHSA-2", {
      score: 5,
      exploited: true,
      components: [foundComponent({ fix: { kind: "above", version: "1.0.0", majorChange: true }, places: ["sbom.json: components[4]"] })],
    }),
  ],
  cannotCompare: [
    { ecosystem: "npm", name: "a", version: undefined, place: "sbom.json: components[5]", reason: "no version", advisories: [] },
  ],
  ecosystems: [statedEcosystem(), statedEcosystem({ ecosystem: "Maven", components: 4, cannotSay: "no-scheme" })],
});

test("every answer has what SARIF 2.1.0 requires, and nothing points nowhere", () => {
  for (const answer of [FULL, statedAnswer(), statedAnswer({ documents: [], ecosystems: [], unreadable: FULL.unreadable })])
    checkLog(logOf(answer));
});

test("one rule a vulnerability, one result a component, and the documents it stands in", () => {
  const run = runOf(FULL);
  const rules = objects(objectAt(objectAt(run, "tool"), "driver"), "rules");
  assert.deepEqual(
    rules.map((rule) => [rule["id"], objectAt(rule, "defaultConfiguration")["level"], rule["properties"]]),
    [
      ["CVE-2026-1", "error", { tags: ["security"], "security-severity": "7.3", aliases: ["GHSA-1"] }],
      ["MAL-1", "error", { tags: ["security", "malware"], aliases: [] }],
      ["GHSA-2", "error", { tags: ["security", "exploited"], "security-severity": "5.0", aliases: [] }],
    ],
  );
  assert.deepEqual(
    objects(run, "results").map((result) => [result["ruleIndex"], objectAt(result, "message")["text"], urisOf(result)]),
    [
      [0, "lodash 4.17.15 is in [0, 4.17.21): title of CVE-2026-1. Go to 4.17.21.", ["web/package-lock.json", "sbom.json"]],
      [0, "lodash 3.0.0 is in [0, 4.17.21): title of CVE-2026-1. No fixed version is known.", ["sbom.json"]],
      [1, "evil 4.17.15 is in [0, 4.17.21): title of MAL-1. Remove it: it is malware.", ["sbom.json"]],
      [2, "lodash 4.17.15 is in [0, 4.17.21): title of GHSA-2. Go above 1.0.0.", ["sbom.json"]],
    ],
  );
});

test("a part that goes with another package is told to take that one", () => {
  const finding = statedFinding("A", { endedBy: [2], components: [foundComponent()] });
  const changes = [statedChange({ number: 2, name: "whole", fix: { kind: "version", version: "9.0.0", majorChange: false } })];
  const [result] = objects(runOf(statedAnswer({ findings: [finding], changes })), "results");
  assert.match(String(objectAt(result ?? {}, "message")["text"]), / Take whole 9\.0\.0, which takes it along\.$/);
});

test("a place that names a line leads to it", () => {
  const cases: readonly (readonly [string, number | undefined])[] = [
    ["line 29", 29],
    ["103:5", 103],
    ["line 0", undefined],
    ["package[13]", undefined],
    ["7zip", undefined],
  ];
  for (const [place, line] of cases) {
    const components = [foundComponent({ places: [`package-lock.json: ${place}`] })];
    const [result] = objects(runOf(statedAnswer({ findings: [statedFinding("A", { components })] })), "results");
    const [location] = objects(result ?? {}, "locations");
    assert.deepEqual(objectAt(location ?? {}, "physicalLocation")["region"], line === undefined ? undefined : { startLine: line }, place);
  }
});

test("a score becomes a level, and no score is never a low one", () => {
  const cases: readonly (readonly [number | undefined, string])[] = [
    [9.8, "error"],
    [7, "error"],
    [6.9, "warning"],
    [4, "warning"],
    [3.9, "note"],
    [0, "note"],
    [undefined, "error"],
  ];
  for (const [score, level] of cases) {
    const run = runOf(statedAnswer({ findings: [statedFinding("A", { score })] }));
    assert.equal(objects(run, "results")[0]?.["level"], level, String(score));
  }
});

test("what could not be read, said or compared is told, and a run with an unread document did not succeed", () => {
  const [invocation] = objects(runOf(FULL), "invocations");
  assert.equal(invocation?.["executionSuccessful"], false);
  assert.deepEqual(
    objects(invocation ?? {}, "toolExecutionNotifications").map((note) => [note["level"], objectAt(note, "message")["text"]]),
    [
      ["error", "x.json: expected JSON"],
      ["warning", "sbom.json: components[3]: no name"],
      ["warning", "cannot say for 4 components of Maven: no-scheme"],
      ["warning", "cannot compare a without a version (sbom.json: components[5]): no version"],
    ],
  );
  assert.equal(objects(runOf(statedAnswer()), "invocations")[0]?.["executionSuccessful"], true);
});

test("a document's name becomes a URI reference, on every system", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["package-lock.json", "package-lock.json"],
    ["web app/päckage.json", "web%20app/p%C3%A4ckage.json"],
    ["web\\api\\package-lock.json", "web/api/package-lock.json"],
    ["C:\\work\\my app\\package-lock.json", "file:///C:/work/my%20app/package-lock.json"],
    ["/srv/app/package-lock.json", "file:///srv/app/package-lock.json"],
    ["../other/package-lock.json", "../other/package-lock.json"],
    ["a#b?c%d: e.json", "a%23b%3Fc%25d%3A%20e.json"],
    ["javascript:alert(1)", "javascript%3Aalert(1)"],
    ["-", "-"],
    ["\uD800.json", "%EF%BF%BD.json"],
  ];
  for (const [name, uri] of cases) {
    const components = [foundComponent({ places: [`${name}: node_modules/lodash`] })];
    const run = runOf(statedAnswer({ documents: [documentNamed(name)], findings: [statedFinding("A", { components })] }));
    assert.deepEqual(urisOf(objects(run, "results")[0] ?? {}), [uri], name);
    assert.equal(objectAt(objects(run, "artifacts")[0] ?? {}, "location")["uri"], uri);
  }
});

test("the same finding has the same fingerprint in every run, and another component another one", () => {
  const fingerprints = objects(runOf(FULL), "results").map((result) => JSON.stringify(result["partialFingerprints"]));
  assert.equal(new Set(fingerprints).size, fingerprints.length);
  assert.deepEqual(
    fingerprints,
    objects(runOf(FULL), "results").map((result) => JSON.stringify(result["partialFingerprints"])),
  );
});

/** The properties that the SARIF 2.1.0 standard requires (sections 3.13 to 3.58), and the references within the log. */
function checkLog(log: JsonObject): void {
  assert.equal(log["version"], "2.1.0");
  assert.match(String(log["$schema"]), /sarif-2\.1\.0/);
  assert.ok(Array.isArray(log["runs"]));
  for (const run of objects(log, "runs")) {
    const driver = objectAt(objectAt(run, "tool"), "driver");
    assert.ok(typeof driver["name"] === "string" && driver["name"] !== "");
    assert.match(String(driver["semanticVersion"]), /^\d+\.\d+\.\d+/);
    assert.equal(run["columnKind"], "utf16CodeUnits");
    const rules = objects(driver, "rules");
    const ids = rules.map((rule) => rule["id"]);
    assert.equal(new Set(ids).size, ids.length, "rule ids are unique");
    for (const rule of rules) {
      assert.ok(typeof rule["id"] === "string" && rule["id"] !== "");
      checkMessage(objectAt(rule, "shortDescription"));
      checkLevel(objectAt(rule, "defaultConfiguration"));
    }
    for (const invocation of objects(run, "invocations")) {
      assert.equal(typeof invocation["executionSuccessful"], "boolean");
      for (const note of objects(invocation, "toolExecutionNotifications")) {
        checkMessage(objectAt(note, "message"));
        checkLevel(note);
      }
    }
    const artifacts = new Set(objects(run, "artifacts").map((artifact) => objectAt(artifact, "location")["uri"]));
    for (const result of objects(run, "results")) {
      checkMessage(objectAt(result, "message"));
      checkLevel(result);
      assert.equal(rules[Number(result["ruleIndex"])]?.["id"], result["ruleId"]);
      assert.ok(urisOf(result).length > 0, "a result has a place");
      for (const uri of urisOf(result)) {
        assert.ok(artifacts.has(uri), `${uri} is among the artifacts`);
        assert.doesNotThrow(() => new URL(uri, "file:///base/"));
        assert.match(uri, /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+$/);
      }
      for (const value of Object.values(objectAt(result, "partialFingerprints"))) assert.equal(typeof value, "string");
    }
  }
}

function checkMessage(message: JsonObject): void {
  assert.ok(typeof message["text"] === "string" && message["text"] !== "");
}

function checkLevel(holder: JsonObject): void {
  assert.ok(["none", "note", "warning", "error"].includes(String(holder["level"])), JSON.stringify(holder));
}

function urisOf(result: JsonObject): readonly string[] {
  return objects(result, "locations").map((location) =>
    String(objectAt(objectAt(location, "physicalLocation"), "artifactLocation")["uri"]),
  );
}

function runOf(answer: ScanAnswer): JsonObject {
  return objects(logOf(answer), "runs")[0] ?? assert.fail("no run");
}

function logOf(answer: ScanAnswer): JsonObject {
  const log = JSON.parse(JSON.stringify(toSarif(answer, "0.1.0"))) as Json;
  return isJsonObject(log) ? log : assert.fail("a log is an object");
}

function objectAt(holder: JsonObject, name: string): JsonObject {
  const value = holder[name];
  return isJsonObject(value) ? value : assert.fail(`${name} is an object, in ${JSON.stringify(holder)}`);
}

function objects(holder: JsonObject, name: string): readonly JsonObject[] {
  const values = holder[name];
  assert.ok(Array.isArray(values), `${name} is an array`);
  return values.map((value: Json) => (isJsonObject(value) ? value : assert.fail(`${name} holds objects`)));
}
