import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, request as httpRequest, type IncomingMessage } from "node:http";
import { after, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { openaiChat } from "../../src/gateway/wires/all.ts";
import { allWires } from "../../src/gateway/wires/route.ts";
import type { AnswerFacts, Wire } from "../../src/gateway/wires/wire.ts";
import { MODEL_WIRES, type ModelWire } from "../../src/vocabulary/exchange.ts";
import { until } from "../support/until.ts";
import type { Act, Answer } from "./act.ts";
import { openModelServer, PRIVATE_HEADERS, type ModelServer } from "./model-server.ts";
import { NAMED_ACTS } from "./named-acts.ts";

const CREDENTIAL = "sk-of-the-lab";
const servers: Readonly<Record<ModelWire, ModelServer>> = {
  openai: await openModelServer({ wire: "openai", credential: CREDENTIAL }),
  anthropic: await openModelServer({ wire: "anthropic", credential: CREDENTIAL }),
};
after(() => Promise.all(MODEL_WIRES.map((wire) => servers[wire].stop())));

const speaking = allWires.filter(({ id }) => id !== "anthropic-count-tokens");

for (const wire of speaking) {
  test(`${wire.id}: an answer is read to its end, streamed and whole, with what it used`, async () => {
    for (const stream of [true, false]) {
      const { facts } = await asked(wire, { kind: "answer" }, { stream });
      assert.equal(facts.end, "complete");
      assert.equal(facts.model, "scripted");
      assert.equal(facts.usage.output, 12);
      assert.ok((facts.usage.input ?? 0) > 0);
    }
  });

  test(`${wire.id}: the same prompt has the same words, another prompt or another model others`, async () => {
    const words = async (act: Act, prompt: string): Promise<string> => withoutIds((await asked(wire, act, { prompt })).text);
    const said = await words({ kind: "answer" }, "a");
    assert.equal(await words({ kind: "answer" }, "a"), said);
    assert.notEqual(await words({ kind: "answer" }, "b"), said);
    assert.notEqual(await words({ kind: "answer", served: { voice: "other" } }, "a"), said);
  });

  test(`${wire.id}: a stream written a byte at a time is the same stream`, async () => {
    const whole = await asked(wire, { kind: "answer", text: "水門 🌊 écluse" }, { stream: true });
    const bytewise = await asked(wire, { kind: "answer", text: "水門 🌊 écluse", pieces: 1 }, { stream: true });
    assert.equal(withoutIds(bytewise.text), withoutIds(whole.text));
    assert.deepEqual(bytewise.facts, whole.facts);
  });
}

type Row = {
  readonly act: string | Answer;
  readonly stream: boolean;
  readonly end: AnswerFacts["end"] | "broken";
  readonly facts?: Partial<AnswerFacts>;
};

const rows: Readonly<Record<string, Row>> = {
  "an error inside a stream": { act: "scripted-error-in-stream", stream: true, end: "error", facts: { errorType: "overloaded_error" } },
  "a stream without its terminator": { act: "scripted-no-terminator", stream: true, end: "truncated" },
  "a stream that ends early and cleanly": { act: "scripted-early-end", stream: true, end: "truncated" },
  "a stream that is shorter than promised": { act: "scripted-short", stream: true, end: "broken" },
  "a whole answer that is shorter than promised": { act: "scripted-short", stream: false, end: "broken" },
  "a reset inside a stream": { act: "scripted-reset-in-stream", stream: true, end: "broken" },
  "a compressed stream": { act: "scripted-gzip", stream: true, end: "complete" },
  "a compressed whole answer": { act: { kind: "answer", coding: "br" }, stream: false, end: "complete" },
  "no usage": { act: "scripted-no-usage", stream: true, end: "complete", facts: { usage: {} } },
  "lying usage": { act: "scripted-lying-usage", stream: false, end: "complete", facts: { usage: {} } },
  "a swapped model": { act: "scripted-swapped", stream: true, end: "complete", facts: { model: "other-model" } },
  "a large event": { act: { kind: "answer", largeEventBytes: 300_000 }, stream: true, end: "complete" },
  "a tool call": { act: "scripted-tool", stream: true, end: "complete" },
  "a refused request": {
    act: "scripted-429",
    stream: false,
    end: "error",
    facts: { errorType: "rate_limit_error", usage: { input: 0, output: 0 } },
  },
  "a page of a proxy": { act: "scripted-html-502", stream: true, end: "error", facts: { usage: { input: 0, output: 0 } } },
};

for (const wire of speaking) {
  for (const [what, { act, stream, end, facts }] of Object.entries(rows)) {
    test(`${wire.id}: ${what} is read as what it is`, async () => {
      const scripted = typeof act === "string" ? NAMED_ACTS[act] : act;
      assert.ok(scripted !== undefined);
      const heard = await asked(wire, scripted, { stream });
      assert.equal(heard.isBroken, end === "broken");
      assert.equal(heard.facts.end, end === "broken" ? "truncated" : end);
      for (const [name, value] of Object.entries(facts ?? {})) assert.deepEqual(heard.facts[name as keyof AnswerFacts], value, name);
    });
  }

  test(`${wire.id}: why it stopped is said in the wire's own words`, async () => {
    const reasons: (string | undefined)[] = [];
    for (const ends of ["stop", "length", "refusal", "filter"] as const) {
      reasons.push((await asked(wire, { kind: "answer", ends }, { stream: true })).facts.stopReason);
    }
    assert.deepEqual(reasons, STOP_REASONS[wire.id]);
  });
}

const STOP_REASONS: Readonly<Record<string, readonly string[]>> = {
  "openai-chat": ["stop", "length", "stop", "content_filter"],
  "openai-responses": ["completed", "max_output_tokens", "completed", "content_filter"],
  "anthropic-messages": ["end_turn", "max_tokens", "refusal", "refusal"],
};

test("counting tokens answers with a count and uses nothing", async () => {
  const wire = allWires.find(({ id }) => id === "anthropic-count-tokens");
  assert.ok(wire !== undefined);
  const { text, facts } = await asked(wire, { kind: "answer" }, {});
  assert.match(text, /^\{"input_tokens":\d+\}$/);
  assert.deepEqual(facts, { end: "complete", usage: { input: 0, output: 0 } });
});

for (const wire of MODEL_WIRES) {
  test(`${wire}: another credential, and an old one after a change, are refused`, async () => {
    const server = await openModelServer({ wire, credential: "new" });
    try {
      const speaks = speaking.find(({ family }) => family === wire);
      assert.ok(speaks !== undefined);
      assert.equal((await sent(server, speaks, {}, "new")).response.statusCode, 200);
      server.rotate("newer");
      assert.equal((await sent(server, speaks, {}, "new")).response.statusCode, 401);
      assert.equal((await sent(server, speaks, {}, "newer")).response.statusCode, 200);
    } finally {
      await server.stop();
    }
  });
}

test("heads carry what a gateway has to keep to itself, and a clock of the script's own", async () => {
  const { headers } = await asked(openaiChat, NAMED_ACTS["scripted-skewed-clock"] as Act, {});
  for (const name of Object.keys(PRIVATE_HEADERS)) assert.ok(headers[name] !== undefined, name);
  assert.match(headers["date"] ?? "", /2099/);
});

test("a 429 says when to come back", async () => {
  const { status, headers } = await asked(openaiChat, NAMED_ACTS["scripted-429"] as Act, {});
  assert.deepEqual([status, headers["retry-after"]], [429, "1"]);
});

for (const name of ["scripted-reset", "scripted-large-head"]) {
  test(`${name} gives no answer at all`, async () => {
    servers.openai.follow(NAMED_ACTS[name] as Act);
    await assert.rejects(sent(servers.openai, openaiChat, {}, CREDENTIAL));
  });
}

test("a connection that was idle too long is closed without a word", async () => {
  const server = await openModelServer({ wire: "openai", credential: CREDENTIAL, idleMs: 20 });
  const agent = new Agent({ keepAlive: true });
  try {
    const { response } = await sent(server, openaiChat, {}, CREDENTIAL, agent);
    await readAll(response);
    assert.equal(server.openConnections(), 1);
    await until(() => server.openConnections() === 0);
  } finally {
    agent.destroy();
    await server.stop();
  }
});

test("an endless stream waits for its reader and ends when the reader goes", async () => {
  servers.openai.follow(NAMED_ACTS["scripted-endless"] as Act);
  const { response } = await sent(servers.openai, openaiChat, { stream: true }, CREDENTIAL);
  const seen = servers.openai.received.at(-1);
  response.pause();
  let before = -1;
  await until(async () => {
    const now = seen?.sentBytes() ?? 0;
    const isStill = now > 0 && now === before;
    before = now;
    if (!isStill) await delay(100);
    return isStill;
  });
  assert.ok(before < 64 * 1024 * 1024);
  response.destroy();
  await until(() => seen?.abandonedMs() !== undefined);
});

test("in a process of its own it follows the name of the model and orders on its standard input", async () => {
  const child = spawn(process.execPath, [new URL("model-server-child.ts", import.meta.url).pathname, "openai", CREDENTIAL]);
  try {
    const line = async (): Promise<string> => String((await once(child.stdout, "data"))[0]).trim();
    const baseUrl = await line();
    const status = async (model: string): Promise<number> => {
      const body = JSON.stringify({ model, messages: [] });
      const headers = { authorization: `Bearer ${CREDENTIAL}`, "content-type": "application/json" };
      const response = await fetch(`${baseUrl}/chat/completions`, { method: "POST", headers, body });
      await response.arrayBuffer();
      return response.status;
    };
    assert.deepEqual([await status("scripted"), await status("scripted-529")], [200, 529]);
    child.stdin.write('{"act":{"kind":"error","status":503}}\n');
    assert.equal(await line(), "done");
    assert.equal(await status("scripted"), 503);
  } finally {
    child.kill();
    await once(child, "exit");
  }
});

type Asking = { readonly stream?: boolean; readonly prompt?: string };
type Heard = {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
  readonly facts: AnswerFacts;
  readonly isBroken: boolean;
};

async function asked(wire: Wire, act: Act, asking: Asking): Promise<Heard> {
  const server = servers[wire.family];
  server.follow(act);
  const { response } = await sent(server, wire, asking, CREDENTIAL);
  const reader = wire.readAnswer({ status: response.statusCode ?? 0, headers: response.headers });
  const chunks: Buffer[] = [];
  let isBroken = false;
  try {
    for await (const chunk of response) {
      reader.push(chunk as Buffer);
      chunks.push(chunk as Buffer);
    }
  } catch (error) {
    assert.match(String(error), /aborted|ECONNRESET/);
    isBroken = true;
  }
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text: Buffer.concat(chunks).toString(),
    facts: await reader.end(),
    isBroken,
  };
}

async function sent(
  server: ModelServer,
  wire: Wire,
  { stream, prompt = "hi" }: Asking,
  credential: string,
  agent?: Agent,
): Promise<{ response: IncomingMessage }> {
  const messages = [{ role: "user", content: prompt }];
  const body = JSON.stringify({
    model: "scripted",
    max_tokens: 100,
    ...(wire.id === "openai-responses" ? { input: prompt } : { messages }),
    ...(stream === undefined ? {} : { stream, stream_options: { include_usage: true } }),
  });
  const request = httpRequest(server.baseUrl + wire.upstreamPath, {
    method: "POST",
    ...(agent === undefined ? {} : { agent }),
    headers: {
      ...(wire.family === "openai" ? { authorization: `Bearer ${credential}` } : { "x-api-key": credential }),
      "content-type": "application/json",
    },
  });
  const response = once(request, "response") as Promise<[IncomingMessage]>;
  // After the head, what breaks is heard by whoever reads the answer.
  request.on("error", () => undefined);
  request.end(body);
  return { response: (await response)[0] };
}

async function readAll(response: IncomingMessage): Promise<void> {
  for await (const _ of response) continue;
}

/** Ids count requests. */
function withoutIds(text: string): string {
  return text.replaceAll(/scripted-\d+/g, "");
}
