import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import * as registered from "../../src/gateway/wires/all.ts";
import { allWires } from "../../src/gateway/wires/route.ts";
import type { Ask, Wire } from "../../src/gateway/wires/wire.ts";
import { isCodedError } from "../../src/vocabulary/coded-error.ts";
import { mutatedDocument } from "../support/mutated-document.ts";

const WIRES = new URL("../../src/gateway/wires/", import.meta.url);
const ROUNDS = process.env["SLUICE_SOAK"] === undefined ? 400 : 40_000;
const SEED = 20_261_125;
const NOTHING = { granted: new Set<never>(), asksStreamUsage: true };

const folders = readdirSync(WIRES, { withFileTypes: true }).filter((entry) => entry.isDirectory());

for (const { name } of folders) {
  test(`${name} has its code, its test, its README with sources and its testdata, and is registered`, () => {
    const url = new URL(`${name}/`, WIRES);
    for (const file of [`${name}.ts`, `${name}.test.ts`, "README.md", "testdata/"]) assert.ok(existsSync(new URL(file, url)), file);
    assert.ok(readdirSync(new URL("testdata/", url)).length > 0);
    assert.match(readFileSync(new URL("README.md", url), "utf8"), /^- Sources: /m);
    assert.ok(Object.values(registered).some(({ id }) => id === name));
  });
}

for (const wire of allWires) {
  const asks = written(wire, "asks.json") as readonly { readonly body: string }[];
  const answers = written(wire, "answers.json") as readonly { readonly body: string | readonly string[] }[];

  test(`${wire.id}: of ${ROUNDS} damaged requests, each is refused with its place or goes up as the same JSON without what was stripped`, () => {
    for (let number = 0; number < ROUNDS; number++) {
      const { bytes, steps } = mutatedDocument(
        asks.map(({ body }) => ({ name: "ask.json", bytes: Buffer.from(body) })),
        SEED,
        number,
      );
      const body = Buffer.from(bytes);
      const ask = askOrRefusal(wire, body);
      if (ask === undefined) continue;
      const upstream = ask.upstreamBody({ ...NOTHING, model: ask.model });
      assert.deepEqual(
        unchanged(upstream.bytes, upstream.rewritten),
        unchanged(body, upstream.rewritten),
        `number ${number}: ${steps.join(", ")}`,
      );
      assert.equal(upstream.bytes === body, upstream.rewritten.length === 0);
      // What was stripped stays away when the bytes are read again: nothing else has become outside.
      const again = askOrRefusal(wire, upstream.bytes);
      assert.deepEqual(again?.outside.filter(({ action }) => action === "strip") ?? [], [], `number ${number}: ${steps.join(", ")}`);
    }
  });

  test(`${wire.id}: ${ROUNDS} damaged answers are read without a fault, the same in one piece and in many`, async () => {
    for (let number = 0; number < ROUNDS; number++) {
      const { bytes, steps } = mutatedDocument(
        answers.map(({ body }) => ({ name: "answer", bytes: Buffer.from(typeof body === "string" ? body : body.join("\n")) })),
        SEED,
        number,
      );
      for (const type of ["text/event-stream", "application/json"]) {
        const [whole, split] = await Promise.all([facts(wire, bytes, type, bytes.length + 1), facts(wire, bytes, type, 5)]);
        assert.deepEqual(split, whole, `number ${number}: ${steps.join(", ")}`);
      }
    }
  });
}

function askOrRefusal(wire: Wire, body: Buffer): Ask | undefined {
  try {
    return wire.readAsk(body);
  } catch (error) {
    assert.ok(isCodedError(error, "document-invalid", "document-too-large"), String(error));
    return undefined;
  }
}

function facts(wire: Wire, bytes: Uint8Array, type: string, size: number): ReturnType<ReturnType<Wire["readAnswer"]>["end"]> {
  const reader = wire.readAnswer({ status: 200, headers: { "content-type": type } });
  for (let at = 0; at < bytes.length; at += size) reader.push(Buffer.from(bytes.subarray(at, at + size)));
  return reader.end();
}

/** The members of a body that no rewriting touched; undefined when a text inside is none for JSON.parse, which upstream has to judge. */
function unchanged(bytes: Buffer, rewritten: readonly string[]): readonly unknown[] | undefined {
  const touched = new Set(rewritten.map((place) => place.split(".")[0]));
  try {
    return Object.entries(JSON.parse(bytes.toString("utf8")) as object).filter(([name]) => !touched.has(name));
  } catch {
    return undefined;
  }
}

function written(wire: Wire, file: string): unknown {
  return JSON.parse(readFileSync(new URL(`${wire.id}/testdata/${file}`, WIRES), "utf8"));
}
