import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { z } from "zod";
import type { AnyEndpoint } from "../../src/contract/endpoint.ts";
import { allEndpoints } from "../../src/contract/endpoints/all.ts";

const root = join(import.meta.dirname, "../..");

type Innocent = { readonly group: string; readonly word: string; readonly because: string };
const innocent = JSON.parse(readFileSync(join(import.meta.dirname, "innocent-words.json"), "utf8")) as readonly Innocent[];

/** Nothing here decides about a model: whoever offers one does so of its own will, and no state of it is anybody's leave. */
const FORBIDDEN = /^(?:(?:dis|un|pre|re)?(?:approv|clear|certif|licen[cs]|permi(?:t|ss)))/i;

/** Where words about models, enrolments, windows and grants stand besides the contract. */
const FILES: Readonly<Record<string, readonly string[]>> = {
  vocabulary: ["src/vocabulary/{access-window,enrolment,exchange,notification,audit,verb-meanings}.ts", "src/vocabulary/identity-*.ts"],
  migrations: ["migrations/*_models.sql", "migrations/*_gateway.sql"],
  rules: ["src/coordination/window/*.ts", "src/server/{models,partners,gateway}/*.ts"],
  pages: [
    "src/web/pages/{models,grants,partners,exchanges}/**/*.{ts,tsx}",
    "src/web/words/*{model,window,grant,partner,exchange,probe,request,terms,notification,audit}*.ts",
  ],
};

const OF_MODELS = /^\/api\/(?:models|windows|grants|programmes|certificates|desks|partner-proposals|gateway|exchanges|model-|stops)/;

type Found = { readonly group: string; readonly word: string; readonly place: string };

test("no word about a model says that somebody gave leave for it; the few innocent uses are a committed list", () => {
  const found = [...ofFiles(), ...ofContract()];
  const listed = new Set(innocent.map(({ group, word }) => `${group} ${word}`));
  const unlisted = found.filter(({ group, word }) => !listed.has(`${group} ${word}`));
  assert.deepEqual(
    unlisted.map(({ word, place }) => `${word} in ${place}`),
    [],
  );
  const used = new Set(found.map(({ group, word }) => `${group} ${word}`));
  assert.deepEqual(
    innocent.filter(({ group, word }) => !used.has(`${group} ${word}`)),
    [],
    "what nobody says any more is on the list",
  );
});

test("the walk sees what stands in an enum, a field, a description, a name and a sentence", () => {
  const schema = z.object({ modelCleared: z.boolean(), state: z.enum(["licensed"]), why: z.string().describe("Pre-approval of the desk") });
  const words = new Set([...strings(z.toJSONSchema(schema))].flatMap(wordsOf));
  assert.deepEqual([...words].toSorted(), ["approval", "cleared", "licensed"]);
  const said = ["isPermitted", "certified_at", "It was unapproved.", "PRECLEARANCE", "HTTPClearance"];
  assert.deepEqual(said.flatMap(wordsOf), ["permitted", "certified", "unapproved", "preclearance", "clearance"]);
  assert.ok(OF_MODELS.test("/api/models/{model}"));
  assert.ok(
    [...ofContract()].some(({ word }) => word === "certificate"),
    "endpoints are walked",
  );
  for (const [group, globs] of Object.entries(FILES)) assert.ok(globSync([...globs], { cwd: root }).length > 0, group);
});

function* ofFiles(): Generator<Found> {
  for (const [group, globs] of Object.entries(FILES)) {
    for (const file of globSync([...globs], { cwd: root }).filter((name) => !/\.test\.tsx?$/.test(name))) {
      for (const word of wordsOf(readFileSync(join(root, file), "utf8"))) yield { group, word, place: file };
    }
  }
}

function* ofContract(): Generator<Found> {
  for (const endpoint of allEndpoints.filter(({ path }) => OF_MODELS.test(path))) {
    for (const text of textsOf(endpoint)) for (const word of wordsOf(text)) yield { group: "contract", word, place: endpoint.id };
  }
}

function* textsOf(endpoint: AnyEndpoint): Generator<string> {
  yield* [endpoint.id, endpoint.path, endpoint.title, endpoint.description];
  for (const schema of [endpoint.params, endpoint.query, endpoint.body, endpoint.answer]) {
    yield* strings(z.toJSONSchema(schema, { unrepresentable: "any", io: "input" }));
  }
}

/** Every text in a value, names of fields among them. */
function* strings(value: unknown): Generator<string> {
  if (typeof value === "string") yield value;
  else if (typeof value === "object" && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      yield key;
      yield* strings(inner);
    }
  }
}

/** The words among which no model may be found, in lower case; a name of several words is taken apart. */
function wordsOf(text: string): readonly string[] {
  const apart = text.replaceAll(/([a-z\d])([A-Z])/g, "$1 $2").replaceAll(/([A-Z]+)([A-Z][a-z])/g, "$1 $2");
  return apart
    .split(/[^A-Za-z]+/)
    .filter((word) => FORBIDDEN.test(word))
    .map((word) => word.toLowerCase());
}
