import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { openGatewayStand, type GatewayStand } from "../../../tests/support/gateway-stand.ts";
import { CHAT, callTool, MESSAGES, refusalCode, sendRaw, type ToolCall } from "../../../tests/support/tool-call.ts";

describe("calls that go no further", () => {
  let stand: GatewayStand;
  before(async () => {
    stand = await openGatewayStand({ limits: { requestBytes: 20_000 } });
  });
  after(async () => {
    await stand.close();
  });

  const big = { ...CHAT, messages: [{ role: "user", content: "x".repeat(20_001) }] };
  const cases: readonly (readonly [title: string, call: ToolCall, status: number, code: string])[] = [
    ["an unknown token", { token: "slm_unknown" }, 401, "token-unknown"],
    ["no token", { headers: { authorization: "Basic abc" } }, 401, "token-missing"],
    ["two tokens", { headers: { "x-api-key": "another" } }, 401, "token-missing"],
    ["an unknown model", { body: { ...CHAT, model: "gpt-9" } }, 404, "model-unknown"],
    ["the lab's own name of the model", { body: { ...CHAT, model: "aurora-1-internal" } }, 404, "model-unknown"],
    ["the other wire", { path: "/v1/messages", body: MESSAGES }, 404, "wire-unknown"],
    ["a path that only normalises to a wire's", { path: "/v1/../v1/chat/completions" }, 404, "path-unknown"],
    ["a path with an encoded slash", { path: "/v1/chat%2fcompletions" }, 404, "path-unknown"],
    ["a path with a double slash", { path: "//v1/chat/completions" }, 404, "path-unknown"],
    ["a path in other letters", { path: "/V1/chat/completions" }, 404, "path-unknown"],
    ["a path below a wire's", { path: "/v1/chat/completions/../../files" }, 404, "path-unknown"],
    ["an absolute target", { path: "http://127.0.0.1:1/v1/chat/completions" }, 404, "path-unknown"],
    ["a path of the lab's account", { path: "/v1/files" }, 404, "path-unknown"],
    ["another method", { method: "PUT" }, 404, "path-unknown"],
    ["a body that is no JSON", { body: Buffer.from("{") }, 400, "request-invalid"],
    [
      "a body that two readers read differently",
      { body: Buffer.from(`{"model":"aurora-1","model":"x","messages":[]}`) },
      400,
      "request-invalid",
    ],
    ["a body of another type", { headers: { "content-type": "text/plain" } }, 415, "request-invalid"],
    ["a compressed body", { headers: { "content-encoding": "gzip" } }, 415, "request-invalid"],
    ["a body that is too large", { body: big }, 413, "request-too-large"],
    [
      "a chunked body that is too large",
      { body: big, headers: { "transfer-encoding": "chunked", "content-length": [] } },
      413,
      "request-too-large",
    ],
    ["a provider's tool", { body: { ...CHAT, tools: [{ type: "web_search" }] } }, 403, "outside-refused"],
    [
      "media by its address",
      { body: { ...CHAT, messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "https://x.example/a" } }] }] } },
      403,
      "outside-refused",
    ],
    ["a session with a line in it", { headers: { "x-sluice-session": "a b" } }, 400, "request-invalid"],
    [
      "a head of many fields",
      { headers: Object.fromEntries(Array.from({ length: 120 }, (_, n) => [`x-${n}`, "1"])) },
      431,
      "request-invalid",
    ],
    ["a limit of output that no model has", { body: { ...CHAT, max_tokens: 1e12 } }, 400, "request-invalid"],
  ];
  for (const [title, call, status, code] of cases) {
    it(title, async () => {
      const answer = await callTool(stand, call);
      assert.deepEqual([answer.status, refusalCode(answer)], [status, code]);
      assert.equal(stand.model.received.length, 0);
    });
  }

  const auth = () => `authorization: Bearer ${stand.token.text}\r\n`;
  const body = JSON.stringify(CHAT);
  const smuggled: readonly (readonly [title: string, request: () => string, status: RegExp])[] = [
    [
      "two lengths",
      () =>
        `POST /v1/chat/completions HTTP/1.1\r\nhost: g\r\n${auth()}content-type: application/json\r\ncontent-length: ${body.length}\r\ncontent-length: 5\r\n\r\n${body}`,
      /^HTTP\/1\.1 400/,
    ],
    [
      "a length beside a transfer coding",
      () =>
        `POST /v1/chat/completions HTTP/1.1\r\nhost: g\r\n${auth()}content-type: application/json\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
      /^HTTP\/1\.1 400/,
    ],
    [
      "another transfer coding",
      () =>
        `POST /v1/chat/completions HTTP/1.1\r\nhost: g\r\n${auth()}content-type: application/json\r\ntransfer-encoding: gzip, chunked\r\nconnection: close\r\n\r\n0\r\n\r\n`,
      /^HTTP\/1\.1 400/,
    ],
    ["a folded header", () => `POST /v1/chat/completions HTTP/1.1\r\nhost: g\r\n${auth()}x: a\r\n b\r\n\r\n`, /^HTTP\/1\.1 400/],
    ["a space before the colon", () => `GET /v1/models HTTP/1.1\r\nhost: g\r\nauthorization : Bearer x\r\n\r\n`, /^HTTP\/1\.1 400/],
    [
      "two tokens of one name",
      () => `GET /v1/models HTTP/1.1\r\nhost: g\r\n${auth()}authorization: Bearer other\r\nconnection: close\r\n\r\n`,
      /^HTTP\/1\.1 400/,
    ],
    ["no host", () => `GET /v1/models HTTP/1.1\r\n${auth()}\r\n`, /^HTTP\/1\.1 400/],
    ["HTTP/1.0", () => `GET /v1/models HTTP/1.0\r\n${auth()}\r\n`, /^HTTP\/1\.1 400/],
    ["a tunnel", () => `CONNECT 127.0.0.1:22 HTTP/1.1\r\nhost: 127.0.0.1:22\r\n${auth()}\r\n`, /^HTTP\/1\.1 405/],
    [
      "another protocol",
      () => `GET /v1/models HTTP/1.1\r\nhost: g\r\n${auth()}connection: upgrade\r\nupgrade: websocket\r\n\r\n`,
      /^HTTP\/1\.1 400/,
    ],
    ["a head without end", () => `GET /v1/models HTTP/1.1\r\nhost: g\r\nx: ${"y".repeat(40_000)}`, /^HTTP\/1\.1 431/],
    ["bytes that are no HTTP", () => "\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", /^HTTP\/1\.1 400/],
  ];
  for (const [title, request, status] of smuggled) {
    it(`${title}, on the wire`, async () => {
      const answer = await sendRaw(stand.url, request());
      assert.match(answer, status);
      assert.equal(answer.split("HTTP/1.1 ").length, 2, "one answer, and the connection ends");
      assert.equal(stand.model.received.length, 0);
    });
  }

  it("a token of another window's grant, for this window's model", async () => {
    const other = stand.steward.openWindow({
      wire: "openai",
      baseUrl: stand.model.baseUrl,
      credential: "sk-another",
      models: [["borealis-1", "borealis-1"]],
    });
    const token = stand.steward.issueToken(stand.steward.openGrant(other));
    const answer = await callTool(stand, { token: token.text });
    assert.deepEqual([answer.status, refusalCode(answer)], [404, "model-unknown"]);
    assert.ok(!answer.body.includes("aurora-1, ") && answer.body.includes("borealis-1"));
    assert.equal(stand.model.received.length, 0);
  });

  it("what was refused cost nothing, and the next call goes through", async () => {
    assert.equal((await callTool(stand)).status, 200);
    await stand.gateway.stop();
    assert.equal(stand.steward.exchanges().length, 1);
    assert.equal(stand.steward.meter(stand.grant).spentRequests, 1);
  });
});

describe("a request that does not come to its end", () => {
  for (const [title, request] of [
    ["in its head", () => "POST /v1/chat/completions HTTP/1.1\r\nhost: g\r\n"],
    [
      "in its body",
      ({ token }: GatewayStand) =>
        `POST /v1/chat/completions HTTP/1.1\r\nhost: g\r\nauthorization: Bearer ${token.text}\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{`,
    ],
  ] as const) {
    it(`is given up, ${title}`, async () => {
      const stand = await openGatewayStand({ limits: { requestMs: 200 } });
      try {
        assert.match(await sendRaw(stand.url, request(stand)), /^HTTP\/1\.1 408/);
        await stand.gateway.stop();
        assert.deepEqual([stand.model.received.length, stand.steward.meter(stand.grant).spentRequests], [0, 0]);
      } finally {
        await stand.close();
      }
    });
  }

  it("does not keep others out: all bodies together are bounded", async () => {
    const stand = await openGatewayStand({ limits: { requestsBytes: 1000 } });
    try {
      const answer = await callTool(stand, { body: { ...CHAT, messages: [{ role: "user", content: "x".repeat(1000) }] } });
      assert.deepEqual([answer.status, refusalCode(answer)], [503, "gateway-busy"]);
      for (let n = 0; n < 10; n++) assert.equal((await callTool(stand)).status, 200);
    } finally {
      await stand.close();
    }
  });
});

describe("an address that no model may have", () => {
  const addresses = [
    "http://models.example/v1",
    "http://10.0.0.1/v1",
    "https://10.0.0.1/v1",
    "https://169.254.169.254/latest",
    "https://[fd00::1]/v1",
    "https://[::ffff:10.0.0.1]/v1",
    "https://user:word@models.example/v1",
    "https://models.example/v1?key=x",
    "file:///etc/passwd",
    "unix:/run/x.sock",
  ];
  for (const address of addresses) {
    it(address, async () => {
      const stand = await openGatewayStand({ baseUrl: () => address });
      try {
        const answer = await callTool(stand);
        assert.deepEqual([answer.status, refusalCode(answer)], [502, "upstream-refused-here"]);
      } finally {
        await stand.close();
      }
    });
  }
});
