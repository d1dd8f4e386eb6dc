import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createServer } from "node:http";
import { once } from "node:events";
import type { JsonObject } from "../../vocabulary/json.ts";
import { measureBaseline } from "./baseline.ts";
import { compareAnswers } from "./compare-answers.ts";
import { PROBE_PROMPTS } from "./probe-prompts.ts";
import { digestAnswers, type ProbeRun } from "./probe-run.ts";
import { FIRST_DIALECT, type ProbeAsk } from "./probe-wire.ts";
import { runProbes, type ProbeReply, type SendProbe } from "./run-probes.ts";

const ask: ProbeAsk = { wire: "openai-chat", model: "large-2", dialect: FIRST_DIALECT, thinkingTokens: 0 };

/** An endpoint on loopback that answers as `reply` says, and keeps what it was asked. */
async function endpoint(
  reply: (body: JsonObject) => ProbeReply,
): Promise<AsyncDisposable & { readonly send: SendProbe; readonly asked: JsonObject[] }> {
  const asked: JsonObject[] = [];
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += String(chunk);
    const body: JsonObject = JSON.parse(text);
    asked.push(body);
    const answer = reply(body);
    if ("failed" in answer) response.destroy();
    else response.writeHead(answer.status, { "content-type": "application/json" }).end(answer.body);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return {
    asked,
    send: async (body) => {
      try {
        const response = await fetch(`http://127.0.0.1:${address.port}/v1/chat/completions`, {
          method: "POST",
          body: JSON.stringify(body),
        });
        return { status: response.status, body: await response.text() };
      } catch {
        return { failed: "unreachable" };
      }
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await once(server.close(), "close");
    },
  };
}

const says = (content: string, model = "large-2"): ProbeReply => ({
  status: 200,
  body: JSON.stringify({ model, choices: [{ message: { content } }] }),
});
const echo =
  (voice: string): ((body: JsonObject) => ProbeReply) =>
  (body) =>
    says(`${voice}: ${JSON.stringify(body["messages"]).length}`);

describe("a run of probes", () => {
  it("asks each prompt once, in order, and tells a swapped model from the one at opening", async () => {
    await using first = await endpoint(echo("one"));
    await using second = await endpoint(echo("two"));
    const repeats: ProbeRun[] = [];
    for (let repeat = 0; repeat < 10; repeat += 1) repeats.push((await runProbes(ask, first.send)).run);
    assert.equal(first.asked.length, 120);
    assert.deepEqual(
      first.asked.slice(0, 12).map(({ messages }) => messages),
      PROBE_PROMPTS.map(({ text }) => [{ role: "user", content: text }]),
    );
    const baseline = measureBaseline("sluice-probes-1/openai-chat/likeliest", repeats);
    assert.equal(compareAnswers(baseline, (await runProbes(ask, first.send)).run).verdict, "same");
    assert.equal(compareAnswers(baseline, (await runProbes(ask, second.send)).run).verdict, "different");
  });

  it("learns which settings an endpoint takes, once, and names its answers after them", async () => {
    await using picky = await endpoint((body) => {
      if ("max_tokens" in body) return { status: 400, body: '{"error":{"message":"use max_completion_tokens"}}' };
      if ("temperature" in body) return { status: 400, body: '{"error":{"message":"temperature is fixed"}}' };
      return says("hello");
    });
    const { run, dialect } = await runProbes(ask, picky.send);
    assert.deepEqual(dialect, { sampling: false, limit: "max_completion_tokens" });
    assert.equal(picky.asked.length, 14);
    assert.equal(run.promptSet, "sluice-probes-1/openai-chat/as-served");
    assert.ok(run.answers.every(({ kind }) => kind === "answered"));
    await runProbes({ ...ask, dialect }, picky.send);
    assert.equal(picky.asked.length, 26);
  });

  it("does not change how it asks in the middle of a run", async () => {
    let count = 0;
    await using moody = await endpoint(() => {
      count += 1;
      return count === 1 ? says("hello") : { status: 400, body: '{"error":{"message":"temperature is fixed"}}' };
    });
    const { run, dialect } = await runProbes(ask, moody.send);
    assert.deepEqual(dialect, FIRST_DIALECT);
    assert.deepEqual(
      run.answers.map((answer) => (answer.kind === "failed" ? answer.why : answer.kind)),
      ["answered", ...Array.from({ length: 11 }, () => "upstream-error")],
    );
  });

  it("keeps what fails as a failure of its prompt, and goes on", async () => {
    let count = 0;
    await using broken = await endpoint(() => {
      count += 1;
      return count % 2 === 0 ? { failed: "unreachable" } : says("hello");
    });
    const { run } = await runProbes(ask, broken.send);
    assert.deepEqual(
      run.answers.map((answer) => (answer.kind === "failed" ? answer.why : answer.kind)),
      Array.from({ length: 12 }, (_, index) => (index % 2 === 0 ? "answered" : "unreachable")),
    );
  });

  it("sends nothing more when the budget is spent", async () => {
    let sent = 0;
    const { run } = await runProbes(ask, () => {
      sent += 1;
      return Promise.resolve(sent <= 3 ? says("hello") : { failed: "budget-spent" });
    });
    assert.equal(sent, 4);
    assert.equal(run.answers.filter((answer) => answer.kind === "failed" && answer.why === "budget-spent").length, 9);
  });

  it("can be judged by digests of its texts alone", async () => {
    await using first = await endpoint(echo("one"));
    await using second = await endpoint(echo("two"));
    const digest = (text: string): string => `digest of ${[...text].toReversed().join("")}`;
    const digested = async (send: SendProbe): Promise<ProbeRun> => digestAnswers((await runProbes(ask, send)).run, digest);
    const one = await digested(first.send);
    assert.ok(!JSON.stringify(one).includes("one:"));
    const baseline = measureBaseline(
      one.promptSet,
      Array.from({ length: 10 }, () => one),
    );
    assert.equal(compareAnswers(baseline, await digested(first.send)).verdict, "same");
    assert.equal(compareAnswers(baseline, await digested(second.send)).verdict, "different");
  });
});
