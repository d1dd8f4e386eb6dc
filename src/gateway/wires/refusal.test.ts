import assert from "node:assert/strict";
import { test } from "node:test";
import { refusalAnswer } from "./refusal.ts";

const CLOSED = { status: 403, code: "window-closed", message: "The window closed at 17:00" };

test("OpenAI's clients find message and code where their wire has them", () => {
  const { headers, body } = refusalAnswer("openai", CLOSED);
  assert.deepEqual(JSON.parse(body.toString()), {
    error: { message: CLOSED.message, type: "permission_error", param: null, code: "window-closed" },
  });
  assert.equal(headers["content-length"], String(body.length));
});

test("Anthropic's clients find type, message and code where their wire has them", () => {
  assert.deepEqual(JSON.parse(refusalAnswer("anthropic", CLOSED).body.toString()), {
    type: "error",
    error: { type: "permission_error", message: CLOSED.message, details: { error_code: "window-closed" } },
  });
});

test("a code that Anthropic's clients go on from stands where they look for it, beside ours", () => {
  const refusal = { ...CLOSED, code: "outside-refused", wireCode: "thread_unsupported_request" };
  const { error } = JSON.parse(refusalAnswer("anthropic", refusal).body.toString()) as { readonly error: { readonly details: unknown } };
  assert.deepEqual(error.details, { error_code: "thread_unsupported_request", refusal: "outside-refused" });
});

test("a refusal that will not change says not to be asked again; one that may says when", () => {
  for (const family of ["openai", "anthropic"] as const) {
    const final = refusalAnswer(family, CLOSED).headers;
    assert.equal(final["x-should-retry"], "false");
    assert.equal(final["retry-after"], undefined);
    const passing = refusalAnswer(family, { ...CLOSED, status: 429, retryAfterSeconds: 0.2 }).headers;
    assert.equal(passing["x-should-retry"], "true");
    assert.equal(passing["retry-after"], "1");
  }
});
