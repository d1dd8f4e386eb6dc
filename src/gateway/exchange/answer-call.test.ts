import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { Agent } from "node:http";
import { join } from "node:path";
import { describe, it } from "node:test";
import { LAB_CREDENTIAL, openGatewayStand, type GatewayStand, type StandOptions } from "../../../tests/support/gateway-stand.ts";
import { CHAT, CHAT_STREAM, callTool, MESSAGES, MESSAGES_STREAM } from "../../../tests/support/tool-call.ts";

function withStand(title: string, options: StandOptions, work: (stand: GatewayStand) => Promise<void>): void {
  it(title, async () => {
    const stand = await openGatewayStand(options);
    try {
      await work(stand);
    } finally {
      await stand.close();
    }
  });
}

/** The same request straight to the model. */
async function direct({ model }: GatewayStand, path: string, body: object): Promise<Buffer> {
  const response = await fetch(new URL(path, model.baseUrl), {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${LAB_CREDENTIAL}` },
    body: JSON.stringify(body),
  });
  return Buffer.from(await response.arrayBuffer());
}

describe("what passes through the gateway", () => {
  const same = { models: [["aurora-1", "aurora-1"]] } as const;
  const shapes = [
    ["openai", "/v1/chat/completions", CHAT],
    ["openai", "/v1/chat/completions", { ...CHAT_STREAM, stream_options: { include_usage: true } }],
    ["openai", "/v1/responses", { model: "aurora-1", input: "hello", max_output_tokens: 50, store: false, stream: true }],
    ["anthropic", "/v1/messages", MESSAGES],
    ["anthropic", "/v1/messages", MESSAGES_STREAM],
    ["anthropic", "/v1/messages/count_tokens", { model: "aurora-1", messages: MESSAGES.messages }],
  ] as const;
  for (const [wire, path, body] of shapes) {
    withStand(`every byte of ${path}${"stream" in body ? " as a stream" : ""}, both ways`, { ...same, wire }, async (stand) => {
      // Unknown fields and spaces are the client's.
      const text = Buffer.from(JSON.stringify({ ...body, seed: 7, x_unknown: { a: [1, null] } }, null, 1));
      const answer = await callTool(stand, { path, body: text });
      assert.deepEqual([answer.status, answer.isWhole], [200, true]);
      assert.deepEqual(stand.model.received[0]?.body, text);
      const plain = (bytes: Buffer): string => bytes.toString("utf8").replaceAll(/scripted[-_]\d+/g, "id");
      assert.equal(plain(answer.body), plain(await direct(stand, path, { ...body, seed: 7, x_unknown: { a: [1, null] } })));
    });
  }

  withStand("a stream that did not ask for usage gets none, and is charged what it used", same, async (stand) => {
    const answer = await callTool(stand, { body: CHAT_STREAM });
    assert.ok(!answer.body.includes("prompt_tokens"));
    assert.match(answer.body.toString(), /data: \[DONE\]\n\n$/);
    await stand.gateway.stop();
    const [exchange] = stand.steward.exchanges();
    assert.ok(exchange?.outputTokens !== undefined && exchange.chargedTokens < 100);
  });

  withStand("answers that come at once, one behind the other on one connection, leave nothing on it", same, async (stand) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const warnings: string[] = [];
    const warned = ({ name }: Error): void => void warnings.push(name);
    process.on("warning", warned);
    try {
      // One more than a connection's emitter takes of one kind without a warning.
      for (let call = 0; call < 12; call++) assert.ok((await callTool(stand, { body: CHAT_STREAM, agent })).isWhole);
      assert.deepEqual(warnings, []);
    } finally {
      process.off("warning", warned);
      agent.destroy();
    }
  });

  withStand("only the headers of the wire: neither the token nor the tool's own go up, nor the lab's down", {}, async (stand) => {
    const answer = await callTool(stand, {
      headers: {
        cookie: "a=b",
        connection: "close, x-secret-hop",
        "x-secret-hop": "1",
        "openai-organization": "org-of-the-evaluator",
        "x-stainless-os": "Linux",
        "user-agent": "inspect",
        "x-forwarded-for": "10.1.2.3",
        "idempotency-key": "k",
        "x-sluice-session": "run-7",
      },
    });
    const [received] = stand.model.received;
    assert.deepEqual(Object.keys(received?.headers ?? {}).toSorted(), [
      "accept-encoding",
      "authorization",
      "connection",
      "content-length",
      "content-type",
      "host",
      "user-agent",
    ]);
    assert.equal(received?.headers.authorization, `Bearer ${LAB_CREDENTIAL}`);
    const passed = Object.keys(answer.headers).toSorted();
    assert.deepEqual(passed, ["connection", "content-length", "content-type", "date"]);
    await stand.gateway.stop();
    assert.equal(stand.steward.exchanges()[0]?.session, "run-7");
  });

  withStand("the lab's request ids, where the terms say so", { passLabHeaders: true }, async (stand) => {
    const { headers } = await callTool(stand);
    assert.equal(headers["x-request-id"], "req_of_the_lab");
    assert.equal(headers["set-cookie"], undefined);
  });

  withStand("the model by the lab's own name for it, and models of the token alone", {}, async (stand) => {
    await callTool(stand);
    assert.equal(stand.model.received[0]?.request.model, "aurora-1-internal");
    const list = await callTool(stand, { method: "GET", path: "/v1/models" });
    assert.deepEqual(
      (JSON.parse(list.body.toString()) as { data: { id: string }[] }).data.map(({ id }) => id),
      ["aurora-1"],
    );
    assert.equal((await callTool(stand, { method: "GET", path: "/v1/models/aurora-1" })).status, 200);
    assert.equal((await callTool(stand, { method: "GET", path: "/v1/models/unreleased-secret" })).status, 404);
    assert.equal(stand.model.received.length, 1);
  });

  withStand(
    "a compressed answer that nobody asked for is refused, or passes where the tool takes it",
    { script: { kind: "answer", coding: "gzip" } },
    async (stand) => {
      assert.equal((await callTool(stand)).status, 502);
      const taken = await callTool(stand, { headers: { "accept-encoding": "gzip" } });
      assert.deepEqual([taken.status, taken.headers["content-encoding"], taken.isWhole], [200, "gzip", true]);
      await stand.gateway.stop();
      const [, second] = stand.steward.exchanges();
      assert.ok(second?.inputTokens !== undefined && second.chargedTokens === second.inputTokens + (second.outputTokens ?? 0));
    },
  );

  withStand(
    "a redirection is neither followed nor passed on",
    { script: { kind: "error", status: 307, headers: { location: "http://127.0.0.1:1/elsewhere" } } },
    async (stand) => {
      const answer = await callTool(stand);
      assert.equal(answer.status, 502);
      assert.equal(answer.headers.location, undefined);
      assert.equal(stand.model.received.length, 1);
    },
  );

  withStand(
    "a connection that the model's server closed while it was idle fails no call",
    { idleMs: 40, limits: { upstreamIdleMs: 20 } },
    async (stand) => {
      for (let n = 0; n < 20; n++) {
        assert.equal((await callTool(stand)).status, 200);
        await new Promise((resolve) => setTimeout(resolve, 35 + n));
      }
      assert.equal(stand.model.received.length, 20);
    },
  );

  it("a call to a server that is not there is refused, charged nothing, and asked for at most twice", async () => {
    const stand = await openGatewayStand({ baseUrl: () => "http://127.0.0.1:1/v1" });
    try {
      const answer = await callTool(stand);
      assert.equal(answer.status, 502);
      assert.match(answer.body.toString(), /refused connection/);
      await stand.gateway.stop();
      const [exchange] = stand.steward.exchanges();
      assert.deepEqual([exchange?.outcome, exchange?.chargedTokens], ["upstream-failed", 0]);
    } finally {
      await stand.close();
    }
  });

  withStand(
    "a slow reader stops the model, and neither loses a byte",
    { script: { kind: "answer", largeEventBytes: 16 * 1024 * 1024, pieces: 64 * 1024 } },
    async (stand) => {
      let sent = 0;
      const answer = await callTool(stand, {
        body: CHAT_STREAM,
        began: (response) => {
          response.pause();
          setTimeout(() => {
            sent = stand.model.received[0]?.sentBytes() ?? 0;
            response.resume();
          }, 400);
        },
      });
      assert.ok(answer.isWhole && answer.body.length > 16 * 1024 * 1024, `${answer.body.length}`);
      await stand.gateway.stop();
      assert.equal(stand.steward.exchanges()[0]?.outcome, "complete");
      // What the kernel holds between the three, and no more.
      assert.ok(sent < 12 * 1024 * 1024, `the model had sent ${sent}`);
    },
  );

  withStand(
    "a tool that goes away stops the model at once, and is charged by what was seen",
    { wire: "anthropic", script: { kind: "answer", endless: true, pauseMs: 5 } },
    async (stand) => {
      await callTool(stand, {
        path: "/v1/messages",
        body: MESSAGES_STREAM,
        began: (response) => void response.once("data", () => response.destroy()),
      });
      await stand.gateway.stop();
      assert.ok(stand.model.received[0]?.abandonedMs() !== undefined);
      const [exchange] = stand.steward.exchanges();
      assert.deepEqual([exchange?.outcome, exchange?.inputTokens !== undefined], ["client-gone", true]);
      assert.equal(exchange?.chargedTokens, (exchange?.inputTokens ?? 0) + Math.max(50, exchange?.outputTokens ?? 50));
    },
  );

  withStand(
    "nothing of the credential or of what was said stands in the log, the record or an error",
    { script: { kind: "error", status: 401 } },
    async (stand) => {
      const answer = await callTool(stand, { body: { ...CHAT, messages: [{ role: "user", content: "a secret question" }] } });
      await stand.gateway.stop();
      const directory = join(stand.recordDirectory, stand.grant.id);
      const record = readdirSync(directory).map((name) => readFileSync(join(directory, name), "latin1"));
      const told = [JSON.stringify(stand.lines), answer.body.toString(), ...record].join("\n");
      for (const secret of [LAB_CREDENTIAL, stand.token.text, "a secret question"]) assert.ok(!told.includes(secret), secret);
    },
  );
});
