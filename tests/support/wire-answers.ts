import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import type { AnswerFacts, Wire } from "../../src/gateway/wires/wire.ts";

type WrittenAnswer = {
  readonly what: string;
  readonly status?: number;
  readonly type?: string;
  /** The body's text, or the lines of a stream. */
  readonly body: string | readonly string[];
  readonly facts: AnswerFacts;
};

const CODERS = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync, zstd: zstdCompressSync };

/** Tests for the written answers of a wire: what is read from each, however it is split or compressed, and that a cut is never an end. */
export function testAnswers(wire: Wire, testdata: URL): void {
  for (const answer of JSON.parse(readFileSync(new URL("answers.json", testdata), "utf8")) as readonly WrittenAnswer[]) {
    const bytes = Buffer.from(typeof answer.body === "string" ? answer.body : answer.body.join("\n"));
    const isStream = typeof answer.body !== "string";
    const head = { "content-type": answer.type ?? (isStream ? "text/event-stream; charset=utf-8" : "application/json") };
    const read = async (content: Buffer, size: number, more: Readonly<Record<string, string>> = {}): Promise<AnswerFacts> => {
      const reader = wire.readAnswer({ status: answer.status ?? 200, headers: { ...head, ...more } });
      for (let at = 0; at < content.length; at += size) reader.push(content.subarray(at, at + size));
      return reader.end();
    };

    test(`${wire.id}: ${answer.what}, however it is split`, async () => {
      for (const size of [bytes.length, 1, 2, 3, 7, 64]) assert.deepEqual(await read(bytes, size), answer.facts, `pieces of ${size}`);
    });

    test(`${wire.id}: ${answer.what}, compressed although identity was asked`, async () => {
      for (const [coding, code] of Object.entries(CODERS)) {
        assert.deepEqual(await read(code(bytes), 5, { "content-encoding": coding }), answer.facts, coding);
      }
      const unknown = await read(bytes, 5, { "content-encoding": "lzw" });
      assert.equal(unknown.end, (answer.status ?? 200) < 400 ? "truncated" : "error");
    });

    test(`${wire.id}: ${answer.what}, cut anywhere, never states more than it did`, async () => {
      const whole = answer.facts;
      // The line ends behind the last event belong to nothing.
      const end = bytes.toString().trimEnd();
      const last = Buffer.byteLength(end);
      for (let length = 0; length < last; length += Math.max(3, Math.floor(last / 500))) {
        const facts = await read(bytes.subarray(0, length), 50);
        if (whole.end === "complete") assert.notEqual(facts.end, "complete", `cut at ${length}`);
        for (const part of ["input", "output"] as const) {
          const [seen, stated] = [facts.usage[part], whole.usage[part]];
          assert.ok(seen === undefined || (stated !== undefined && seen <= stated), `${part} when cut at ${length}: ${seen}`);
        }
      }
    });
  }
}
