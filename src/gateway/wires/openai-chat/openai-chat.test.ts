import assert from "node:assert/strict";
import { test } from "node:test";
import { testAmbiguousBodies, testAsks } from "../../../../tests/support/wire-asks.ts";
import { testAnswers } from "../../../../tests/support/wire-answers.ts";
import { openaiChat } from "./openai-chat.ts";

const TESTDATA = new URL("testdata/", import.meta.url);

testAsks(openaiChat, TESTDATA);
testAnswers(openaiChat, TESTDATA);

testAmbiguousBodies(openaiChat, [
  `{"model":"m","model":"n"}`,
  `{"model":"m","store":false,"store":true}`,
  `{"model":"m","store":false,"st\\u006fre":true}`,
  `{"model":"m","Store":true}`,
  `{"model":"m","store\\u0000":true}`,
  `{"model":"m","\\u017ftore":true}`,
  `{"model":"m","tools":[],"tools":[{"type":"mcp"}]}`,
  `{"model":"m","TOOLS":[{"type":"mcp"}]}`,
  `{"model":"m","tools":{"0":{"type":"mcp"}}}`,
  `{"model":"m","tools":[{"type":"function","type":"mcp","function":{"name":"f"}}]}`,
  `{"model":"m","tools":[{"type":["mcp"]}]}`,
  `{"model":"m","messages":[{"content":[{"image_url":"data:,","image_url":"https://host.example"}]}]}`,
  `{"model":"m","messages":[{"content":[{"image_url":{"url":"data:,","URL":"https://host.example"}}]}]}`,
  `{"model":"m","max_tokens":"100"}`,
  `{"model":"m","max_tokens":-1}`,
  `{"model":"m","max_tokens":1e400}`,
  `{"model":"m","max_tokens":1.5}`,
  `{"model":"m","n":1000000}`,
  `{"model":"m","stream":"true"}`,
  `{"model":"m","stream":1}`,
  `{"model":null}`,
  `{"model":""}`,
  `{"model":["m"]}`,
  `{}`,
  `[]`,
  `"text"`,
]);

test("the reservation is what the limits say, times the answers asked for", () => {
  const output = (body: object): unknown => openaiChat.readAsk(Buffer.from(JSON.stringify({ model: "m", ...body }))).tokensAtMost.output;
  assert.equal(output({ max_tokens: 10 }), 10);
  assert.equal(output({ max_tokens: 10, max_completion_tokens: 300 }), 300);
  assert.equal(output({ max_completion_tokens: 300, n: 4 }), 1200);
  assert.equal(output({ max_tokens: null }), 32_768);
});

test("the input is bounded by its bytes, and a picture counts by itself", () => {
  const input = (content: object): number =>
    openaiChat.readAsk(Buffer.from(JSON.stringify({ model: "m", messages: [{ role: "user", content: [content] }] }))).tokensAtMost.input;
  const text = input({ type: "text", text: "x".repeat(100_000) });
  assert.ok(text > 100_000 && text < 103_000, String(text));
  const picture = input({ type: "image_url", image_url: { url: `data:image/png;base64,${"A".repeat(100_000)}` } });
  assert.ok(picture > 12_000 && picture < 15_000, String(picture));
  const document = input({ type: "file", file: { file_data: `data:application/pdf;base64,${"A".repeat(100_000)}` } });
  assert.ok(document > 100_000, String(document));
});

const asked: readonly (readonly [string, string, string])[] = [
  ["without options", `{"model":"m","stream":true}`, `{"stream_options":{"include_usage":true},"model":"m","stream":true}`],
  ["with none", `{"model":"m","stream":true,"stream_options":null}`, `{"model":"m","stream":true,"stream_options":{"include_usage":true}}`],
  [
    "with others",
    `{"model":"m","stream":true,"stream_options":{ "include_obfuscation":false}}`,
    `{"model":"m","stream":true,"stream_options":{"include_usage":true, "include_obfuscation":false}}`,
  ],
  [
    "that does not want it",
    `{"stream":true,"stream_options":{"include_usage" : false},"model":"m"}`,
    `{"stream":true,"stream_options":{"include_usage" : true},"model":"m"}`,
  ],
];

for (const [what, body, sent] of asked) {
  test(`a stream ${what} is asked for its usage, and the answer has an event to take out`, () => {
    const upstream = openaiChat.readAsk(Buffer.from(body)).upstreamBody({ model: "m", granted: new Set(), asksStreamUsage: true });
    assert.equal(upstream.bytes.toString(), sent);
    assert.equal(upstream.addsUsageEvent, true);
    assert.deepEqual(upstream.rewritten, ["stream_options.include_usage"]);
  });
}

const notAsked = [
  `{"model":"m","stream":false}`,
  `{"model":"m","stream":true,"stream_options":{"include_usage":true}}`,
  `{"model":"m","stream":true,"stream_options":3}`,
];

for (const body of notAsked) {
  test(`${body} goes up as it is`, () => {
    const bytes = Buffer.from(body);
    const upstream = openaiChat.readAsk(bytes).upstreamBody({ model: "m", granted: new Set(), asksStreamUsage: true });
    assert.equal(upstream.bytes, bytes);
    assert.equal(upstream.addsUsageEvent, false);
  });
}

for (const body of [...asked.map(([, asking]) => asking), ...notAsked]) {
  test(`${body} goes up as it is to a server that is not asked for usage`, () => {
    const bytes = Buffer.from(body);
    const upstream = openaiChat.readAsk(bytes).upstreamBody({ model: "m", granted: new Set(), asksStreamUsage: false });
    assert.equal(upstream.bytes, bytes);
    assert.deepEqual([upstream.addsUsageEvent, upstream.rewritten], [false, []]);
  });
}

test("a server that is not asked for usage gets everything else that has to change", () => {
  const ask = openaiChat.readAsk(Buffer.from(`{"model":"offered","stream":true,"store":true,"stream_options":{"include_usage":false}}`));
  const upstream = ask.upstreamBody({ model: "internal", granted: new Set(), asksStreamUsage: false });
  assert.equal(upstream.bytes.toString(), `{"model":"internal","stream":true,"store":false,"stream_options":{"include_usage":false}}`);
  assert.deepEqual([upstream.addsUsageEvent, upstream.rewritten], [false, ["model", "store"]]);
});

test("upstream's own name of the model takes the place of the enrolled one", () => {
  const ask = openaiChat.readAsk(Buffer.from(`{"model" : "offered" ,"store":true}`));
  const upstream = ask.upstreamBody({ model: 'in"ternal', granted: new Set(), asksStreamUsage: true });
  assert.equal(upstream.bytes.toString(), `{"model" : "in\\"ternal" ,"store":false}`);
  assert.deepEqual(upstream.rewritten, ["model", "store"]);
});
