import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { JsonObject } from "../../vocabulary/json.ts";
import { FIRST_DIALECT, nextDialect, PROBE_WIRES, probeBody, readProbeAnswer, type ProbeAsk, type ProbeWire } from "./probe-wire.ts";

const prompt = { id: "town", text: "Name a town.", maxTokens: 24 };
const ask = (wire: ProbeWire, other: Partial<ProbeAsk> = {}): ProbeAsk => ({
  wire,
  model: "large-2",
  dialect: FIRST_DIALECT,
  thinkingTokens: 0,
  ...other,
});

describe("the body of a probe", () => {
  const messages = [{ role: "user", content: "Name a town." }];
  const bodies: Readonly<Record<ProbeWire, JsonObject>> = {
    "openai-chat": { model: "large-2", messages, max_tokens: 24, temperature: 0, top_p: 1, stream: false },
    "openai-responses": {
      model: "large-2",
      input: "Name a town.",
      max_output_tokens: 24,
      temperature: 0,
      top_p: 1,
      store: false,
      stream: false,
    },
    "anthropic-messages": { model: "large-2", messages, max_tokens: 24, temperature: 0, stream: false },
  };
  for (const wire of PROBE_WIRES) {
    it(`of ${wire} asks for a short, likeliest answer`, () => assert.deepEqual(probeBody(ask(wire), prompt), bodies[wire]));

    it(`of ${wire} can leave the temperature away and make room for thinking`, () => {
      const body = probeBody(ask(wire, { dialect: { ...FIRST_DIALECT, sampling: false }, thinkingTokens: 1000 }), prompt);
      const { temperature: _, top_p: __, ...rest } = bodies[wire];
      const limit = wire === "openai-responses" ? "max_output_tokens" : "max_tokens";
      assert.deepEqual(body, { ...rest, [limit]: 1024 });
    });
  }
});

describe("a refused setting", () => {
  const noTemperature = JSON.stringify({ error: { message: "Unsupported value: 'temperature' does not support 0", param: "temperature" } });
  const noLimit = JSON.stringify({
    error: { message: "'max_tokens' is not supported here. Use 'max_completion_tokens'.", param: "max_tokens" },
  });

  it("is asked otherwise once each, and then no more", () => {
    const newer = nextDialect(ask("openai-chat"), 400, noLimit);
    assert.deepEqual(newer, { sampling: true, limit: "max_completion_tokens" });
    const plain = nextDialect(ask("openai-chat", { dialect: newer ?? FIRST_DIALECT }), 400, noTemperature);
    assert.deepEqual(plain, { sampling: false, limit: "max_completion_tokens" });
    for (const body of [noLimit, noTemperature])
      assert.equal(nextDialect(ask("openai-chat", { dialect: plain ?? FIRST_DIALECT }), 400, body), undefined);
    assert.equal("max_completion_tokens" in probeBody(ask("openai-chat", { dialect: plain ?? FIRST_DIALECT }), prompt), true);
  });

  it("of another wire is only the temperature", () => {
    for (const wire of ["openai-responses", "anthropic-messages"] as const) {
      assert.equal(nextDialect(ask(wire), 400, noLimit), undefined);
      assert.deepEqual(nextDialect(ask(wire), 422, noTemperature), { sampling: false, limit: "max_tokens" });
    }
  });

  it("is no reason when the refusal is about something else", () => {
    for (const [status, body] of [
      [401, noTemperature],
      [500, noLimit],
      [400, "context_length_exceeded"],
      [200, noTemperature],
    ] as const) {
      assert.equal(nextDialect(ask("openai-chat"), status, body), undefined);
    }
  });
});

describe("the answer of a probe", () => {
  const answers: readonly (readonly [
    title: string,
    wire: ProbeWire,
    body: JsonObject,
    text: string,
    model?: string,
    fingerprint?: string,
  ])[] = [
    [
      "in words",
      "openai-chat",
      {
        model: "large-2-0102",
        system_fingerprint: "fp_1",
        choices: [{ message: { role: "assistant", content: " Ostmark,\n Bela " }, finish_reason: "stop" }],
      },
      "Ostmark, Bela",
      "large-2-0102",
      "fp_1",
    ],
    ["cut at its limit", "openai-chat", { choices: [{ message: { content: "Ost" }, finish_reason: "length" }] }, "Ost"],
    ["that declines", "openai-chat", { choices: [{ message: { content: null, refusal: "I cannot." } }] }, "I cannot."],
    [
      "in parts",
      "openai-chat",
      {
        choices: [
          {
            message: {
              content: [
                { type: "text", text: "Ost" },
                { type: "text", text: "mark" },
              ],
            },
          },
        ],
      },
      "Ostmark",
    ],
    [
      "after reasoning",
      "openai-responses",
      {
        model: "large-2",
        error: null,
        output: [
          { type: "reasoning", summary: [] },
          {
            type: "message",
            content: [
              { type: "output_text", text: "Ost" },
              { type: "output_text", text: "mark" },
            ],
          },
        ],
      },
      "Ostmark",
      "large-2",
    ],
    ["that declines", "openai-responses", { output: [{ type: "message", content: [{ type: "refusal", refusal: "No." }] }] }, "No."],
    [
      "after thinking",
      "anthropic-messages",
      {
        model: "large-2",
        content: [
          { type: "thinking", thinking: "hm" },
          { type: "text", text: "Ostmark" },
        ],
        stop_reason: "max_tokens",
      },
      "Ostmark",
      "large-2",
    ],
  ];
  for (const [title, wire, body, text, model, fingerprint] of answers) {
    it(`${wire}: ${title}`, () => {
      assert.deepEqual(readProbeAnswer(wire, "town", 200, JSON.stringify(body)), {
        prompt: "town",
        kind: "answered",
        text,
        model,
        fingerprint,
      });
    });
  }

  it("is the same whichever way its letters are composed", () => {
    const text = (content: string): unknown =>
      readProbeAnswer("openai-chat", "p", 200, JSON.stringify({ choices: [{ message: { content } }] }));
    assert.deepEqual(text("cafe\u0301  noir\n"), text("caf\u00e9 noir"));
    assert.notDeepEqual(text("Noir"), text("noir"));
  });

  const failures: readonly (readonly [wire: ProbeWire, status: number, body: string, why: string])[] = [
    ["openai-chat", 429, "{}", "rate-limited"],
    ["openai-chat", 529, "overloaded", "upstream-error"],
    ["anthropic-messages", 401, "{}", "upstream-error"],
    ["openai-chat", 302, "", "upstream-error"],
    ["openai-chat", 200, '{"error":{"message":"late"}}', "upstream-error"],
    ["openai-responses", 200, '{"status":"failed","error":{"code":"server_error"},"output":[]}', "upstream-error"],
    ["openai-chat", 200, '{"choices":[{"mess', "unreadable"],
    ["openai-chat", 200, "[]", "unreadable"],
    ["openai-chat", 200, "null", "unreadable"],
    ["openai-chat", 200, '{"choices":[]}', "unreadable"],
    ["openai-chat", 200, '{"choices":"x"}', "unreadable"],
    ["openai-responses", 200, '{"choices":[]}', "unreadable"],
    ["anthropic-messages", 200, '{"type":"message"}', "unreadable"],
    ["openai-chat", 200, '{"choices":[{"message":{"content":" \\n"}}]}', "no-text"],
    ["openai-chat", 200, '{"choices":[{"message":{"content":null,"tool_calls":[{"id":"1"}]}}]}', "no-text"],
    ["openai-responses", 200, '{"status":"incomplete","output":[{"type":"reasoning"}]}', "no-text"],
    ["anthropic-messages", 200, '{"content":[{"type":"thinking","thinking":"hm"}]}', "no-text"],
    ["anthropic-messages", 200, '{"content":[null,7,"x",{"type":"text","text":7}]}', "no-text"],
  ];
  for (const [wire, status, body, why] of failures) {
    it(`${wire} ${status} ${body} is none: ${why}`, () => {
      assert.deepEqual(readProbeAnswer(wire, "town", status, body), { prompt: "town", kind: "failed", why });
    });
  }
});
