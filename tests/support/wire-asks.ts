import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Wire } from "../../src/gateway/wires/wire.ts";
import { isCodedError } from "../../src/vocabulary/coded-error.ts";
import { OUTSIDE_FEATURES } from "../../src/vocabulary/exchange.ts";

type WrittenAsk = { readonly what: string; readonly body: string; readonly outside: readonly string[]; readonly sent?: string };

const NONE = new Set<never>();
const ALL = new Set(OUTSIDE_FEATURES);

/** Tests for the written requests of a wire: what of them is outside, and which bytes go upstream. */
export function testAsks(wire: Wire, testdata: URL): void {
  const asks = JSON.parse(readFileSync(new URL("asks.json", testdata), "utf8")) as readonly WrittenAsk[];
  for (const { what, body, outside, sent } of asks) {
    test(`${wire.id}: ${what}`, () => {
      const bytes = Buffer.from(body);
      const ask = wire.readAsk(bytes);
      assert.deepEqual(
        ask.outside.map(({ action, kind, place }) => `${action} ${kind} ${place}`),
        outside,
      );
      const upstream = ask.upstreamBody({ model: ask.model, granted: NONE, asksStreamUsage: true });
      if (sent === "same") assert.equal(upstream.bytes, bytes, "the client's own buffer");
      else if (sent !== undefined) assert.equal(upstream.bytes.toString(), sent);
      assert.equal(upstream.rewritten.length === 0, upstream.bytes.equals(bytes));
      const granted = ask.upstreamBody({ model: ask.model, granted: ALL, asksStreamUsage: true });
      assert.equal(granted.bytes, bytes, "what is granted is not stripped");
    });
  }
}

/** Tests that a body two readers could understand differently is refused, for members a wire looks at. */
export function testAmbiguousBodies(wire: Wire, bodies: readonly string[]): void {
  for (const body of bodies) {
    test(`${wire.id} refuses ${body.slice(0, 70)}`, () => {
      assert.throws(
        () => wire.readAsk(Buffer.from(body)),
        (error) => isCodedError(error, "document-invalid") && error.message !== "",
      );
    });
  }
}
