import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { ParsedPurl } from "../inventory-format.ts";
import { buildPurl, isPurlRefusal, parsePurl, type PurlRefusal } from "./purl.ts";

const feeds = process.env["SLUICE_FEEDS"];

function casesOf(file: string, separator: string): readonly (readonly [string, string])[] {
  const lines = readFileSync(join(import.meta.dirname, "testdata", file), "utf8").split("\n");
  return lines
    .filter((line) => line !== "" && !line.startsWith("# "))
    .map((line) => {
      const at = line.indexOf(separator);
      assert.notEqual(at, -1, line);
      return [line.slice(0, at), line.slice(at + separator.length)];
    });
}

function canonical(text: string): string | PurlRefusal {
  const parsed = parsePurl(text);
  return isPurlRefusal(parsed) ? parsed : buildPurl(parsed);
}

test("a purl as generators write it has one canonical form, and that form is its own", () => {
  for (const [written, expected] of casesOf("normalised.txt", " = ")) {
    assert.equal(canonical(written), expected, written);
    assert.equal(canonical(expected), expected, expected);
  }
});

test("what is no purl is refused with a reason", () => {
  for (const [written, reason] of casesOf("refused.txt", " | ")) {
    const result = parsePurl(written);
    assert.ok(isPurlRefusal(result), `${written} was read as ${JSON.stringify(result)}`);
    assert.ok(result.reason.includes(reason), `${written}: ${result.reason}`);
  }
});

test("the parts are decoded, and absent ones are undefined", () => {
  const parsed = parsePurl("pkg:npm/%40sluice/core@1.0.0%2Bx?vcs_url=git%2Bhttps:%2F%2Fx.example%2Fr.git#lib/a%20b");
  assert.ok(!isPurlRefusal(parsed));
  assert.deepEqual(
    { ...parsed, qualifiers: { ...parsed.qualifiers } },
    {
      type: "npm",
      namespace: "@sluice",
      name: "core",
      version: "1.0.0+x",
      qualifiers: { vcs_url: "git+https://x.example/r.git" },
      subpath: "lib/a b",
    },
  );
  assert.deepEqual(parsePurl("pkg:npm/a"), parsePurl("pkg:npm/a@?#"));
});

test("looking up any qualifier key finds only what the purl says", () => {
  const parsed = parsePurl("pkg:npm/a");
  assert.ok(!isPurlRefusal(parsed));
  for (const key of ["constructor", "__proto__", "toString"]) assert.equal(parsed.qualifiers[key], undefined);
});

test("strict refuses what tolerant reads: upper-case keys, a missing namespace, a missing qualifier", () => {
  for (const text of ["pkg:npm/a?Arch=x", "pkg:golang/stdlib@1.22.1", "pkg:julia/Dates@1.9"]) {
    assert.ok(!isPurlRefusal(parsePurl(text)), text);
    assert.ok(isPurlRefusal(parsePurl(text, "strict")), text);
  }
});

test("parts that make no purl are refused, lone surrogates are replaced", () => {
  for (const parts of [
    { type: "", name: "a" },
    { type: "npm", name: "" },
    { type: "npm", name: "a", qualifiers: { "a b": "1" } },
    { type: "composer", name: "a" },
    { type: "gem", namespace: "n", name: "a" },
  ]) {
    assert.ok(isPurlRefusal(buildPurl(parts)), JSON.stringify(parts));
  }
  assert.equal(buildPurl({ type: "npm", name: "a\ud800" }), "pkg:npm/a%EF%BF%BD");
});

type OfficialCase = {
  readonly description: string;
  readonly test_group: "required" | "recommended";
  readonly test_type: "parse" | "build" | "validate";
  readonly input: unknown;
  readonly expected_output: unknown;
  readonly expected_failure: boolean;
};

test("every case of the official suite holds", { skip: feeds === undefined ? "SLUICE_FEEDS is not set" : false }, () => {
  const directory = join(feeds ?? "", "../conformance/purl/tests");
  const files = readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".json"));
  const cases = files.flatMap((name) => (JSON.parse(readFileSync(join(directory, name), "utf8")) as { tests: OfficialCase[] }).tests);
  for (const official of cases) {
    const result = answerOf(official);
    const label = `${official.test_group} ${official.test_type}: ${official.description}: ${JSON.stringify(official.input)}`;
    if (official.expected_failure) assert.ok(isPurlRefusal(result), label);
    else assert.deepEqual(comparable(result), comparable(official.expected_output), label);
  }
  assert.equal(cases.length, 586);
});

/** Required cases state what the standard admits; recommended ones how to mend common faults. */
function answerOf(official: OfficialCase): ParsedPurl | string | PurlRefusal {
  if (official.test_type === "build") {
    const parts = Object.fromEntries(Object.entries(official.input as object).filter(([, value]) => value !== null));
    return buildPurl({ type: "", name: "", ...parts });
  }
  const parsed = parsePurl(official.input as string, official.test_group === "required" ? "strict" : "tolerant");
  return official.test_type === "validate" && !isPurlRefusal(parsed) ? buildPurl(parsed) : parsed;
}

function comparable(result: unknown): unknown {
  if (typeof result !== "object" || result === null) return result;
  const { qualifiers, ...parts } = result as { qualifiers?: object | null };
  const stated = Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== null && value !== undefined));
  return { ...stated, qualifiers: { ...qualifiers } };
}
