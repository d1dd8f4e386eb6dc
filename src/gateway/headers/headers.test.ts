import assert from "node:assert/strict";
import { createServer } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { test } from "node:test";
import { answerHeaders, answerHeadFault } from "./answer-headers.ts";
import { bodyHeadFault, headFault } from "./request-head.ts";
import { isCredential, upstreamHeaders } from "./upstream-headers.ts";

const CREDENTIAL = "sk-of-the-lab";

/** What a client, or somebody who means harm, brings. */
const BROUGHT = fields(
  "Host: gateway.example",
  "Authorization: Bearer evaluator",
  "X-Api-Key: evaluator",
  "Cookie: session=1",
  "Content-Type: application/json; charset=utf-8",
  "Content-Length: 999",
  "Accept: text/event-stream",
  "Accept-Encoding: gzip",
  "Connection: keep-alive, X-Mine , Anthropic-Beta",
  "X-Mine: 1",
  "Keep-Alive: timeout=5",
  "TE: trailers",
  "Upgrade: h2c",
  "Proxy-Authorization: Basic x",
  "Forwarded: for=10.0.0.1",
  "X-Forwarded-For: 10.0.0.1",
  "X-Real-IP: 10.0.0.1",
  "Via: 1.1 x",
  "OpenAI-Organization: of-the-evaluator",
  "OpenAI-Project: p",
  "Anthropic-Version: 2023-06-01",
  "Anthropic-Beta: tools-1",
  "User-Agent: OpenAI/JS",
  "X-Stainless-OS: Linux",
  "Idempotency-Key: k",
  "X-Request-Id: r",
  "Traceparent: 00-1-1-01",
  "X-Sluice-Session: s",
  "Expect: 100-continue",
  "Range: bytes=0-1",
  "If-None-Match: x",
  "X-HTTP-Method-Override: DELETE",
);

test("upstream gets a few fields of the client's and the gateway's own, and nothing else", () => {
  assert.deepEqual(upstreamHeaders("openai", BROUGHT, CREDENTIAL, 12), {
    accept: "text/event-stream",
    "content-type": "application/json",
    "content-length": "12",
    "accept-encoding": "identity",
    "user-agent": "sluice-gateway",
    authorization: `Bearer ${CREDENTIAL}`,
  });
});

test("what Connection nominates stays here, also where the wire would pass it", () => {
  const headers = upstreamHeaders("anthropic", BROUGHT, CREDENTIAL, 12);
  assert.deepEqual(Object.keys(headers).sort(), [
    "accept",
    "accept-encoding",
    "anthropic-version",
    "content-length",
    "content-type",
    "user-agent",
    "x-api-key",
  ]);
  assert.equal(headers["x-api-key"], CREDENTIAL);
});

test("beta features said in several fields go up as one", () => {
  const headers = upstreamHeaders("anthropic", ["Anthropic-Beta", "a", "anthropic-beta", "b"], CREDENTIAL, 0);
  assert.equal(headers["anthropic-beta"], "a, b");
});

test("a credential of another scheme goes where its server looks for it", () => {
  assert.equal(upstreamHeaders("anthropic", [], "Bearer token", 0)["authorization"], "Bearer token");
  assert.equal(upstreamHeaders("openai", [], "Bearer token", 0)["authorization"], "Bearer token");
});

test("a credential that would end its header is none", () => {
  for (const text of ["", "a b", "a\r\nx: y", "a\n", "ключ", "Bearer ", `Bearer a b`, "x".repeat(5000)])
    assert.equal(isCredential(text), false, text.slice(0, 20));
  for (const text of ["sk-1", "Bearer abc.def"]) assert.equal(isCredential(text), true);
});

const ANSWERED = fields(
  "Content-Type: text/event-stream",
  "Cache-Control: no-cache",
  "Date: Thu, 01 Jan 2099 00:00:00 GMT",
  "Server: edge",
  "Set-Cookie: lab=1",
  "Connection: keep-alive, x-ratelimit-reset-tokens",
  "Transfer-Encoding: chunked",
  "Keep-Alive: timeout=5",
  "Retry-After: 3",
  "X-Should-Retry: true",
  "X-RateLimit-Remaining-Requests: 9",
  "X-RateLimit-Reset-Tokens: 1s",
  "Anthropic-RateLimit-Requests-Reset: 2026-11-25T00:00:00Z",
  "X-Request-Id: req_lab",
  "OpenAI-Organization: lab",
  "Anthropic-Organization-Id: lab",
  "CF-Ray: 1",
  "Alt-Svc: h3",
  "Location: https://host.example",
  "Strict-Transport-Security: max-age=1",
  "Access-Control-Allow-Origin: *",
  "X-Lab-Node: rack-7",
  "Link: <https://host.example>; rel=next",
  "Trailer: x",
);

test("the client gets what its SDK acts on, and nothing of the lab's", () => {
  assert.deepEqual(answerHeaders(ANSWERED, { passLabHeaders: false }), [
    ["content-type", "text/event-stream"],
    ["cache-control", "no-cache"],
    ["retry-after", "3"],
    ["x-should-retry", "true"],
    ["x-ratelimit-remaining-requests", "9"],
    ["anthropic-ratelimit-requests-reset", "2026-11-25T00:00:00Z"],
  ]);
});

test("the lab's request ids and organisation reach the client only where the terms say so", () => {
  const names = answerHeaders(ANSWERED, { passLabHeaders: true }).map(([name]) => name);
  assert.deepEqual(
    names.filter((name) => !answerHeaders(ANSWERED, { passLabHeaders: false }).some(([always]) => always === name)),
    ["x-request-id", "openai-organization", "anthropic-organization-id"],
  );
});

const answers: readonly (readonly [number, readonly string[], string | undefined, RegExp | undefined])[] = [
  [200, ["content-type", "application/json"], undefined, undefined],
  [429, ["content-encoding", "identity"], undefined, undefined],
  [200, ["content-encoding", "gzip"], "gzip, deflate", undefined],
  [200, ["content-encoding", "zstd"], "*;q=0.5", undefined],
  [200, ["content-encoding", "gzip"], undefined, /without content-encoding/],
  [200, ["content-encoding", "gzip"], "gzip;q=0, deflate", /without content-encoding/],
  [200, ["content-encoding", "gzip, br"], "gzip, br", /without content-encoding/],
  [302, ["location", "https://host.example"], undefined, /redirection/],
  [304, [], undefined, /redirection/],
  [101, ["upgrade", "h2c"], undefined, /status/],
  [999, [], undefined, /status/],
  [200, ["content-length", "1", "content-length", "2"], undefined, /one `content-length`/],
  [200, ["content-type", "a", "content-type", "b"], undefined, /one `content-type`/],
];

for (const [status, raw, accepts, fault] of answers) {
  test(`an answer ${status} with ${JSON.stringify(raw)} for a client that accepts ${accepts} is ${fault === undefined ? "passed" : "refused"}`, () => {
    const found = answerHeadFault(status, raw, accepts);
    if (fault === undefined) assert.equal(found, undefined);
    else assert.match(found ?? "", fault);
  });
}

test("a body of another type, coding or character set is refused", () => {
  const fault = (...raw: string[]): number | undefined => bodyHeadFault(raw)?.status;
  assert.equal(fault("content-type", "application/json"), undefined);
  assert.equal(fault("content-type", 'application/json; charset="UTF-8"'), undefined);
  assert.equal(fault(), 415);
  assert.equal(fault("content-type", "text/plain"), 415);
  assert.equal(fault("content-type", "application/json; charset=utf-16"), 415);
  assert.equal(fault("content-type", "multipart/form-data; boundary=application/json"), 415);
  assert.equal(fault("content-type", "application/json", "content-encoding", "gzip"), 415);
  assert.equal(fault("content-type", "application/json", "content-encoding", "identity"), undefined);
});

const smuggled: readonly (readonly [string, string])[] = [
  ["two equal lengths", "Content-Length: 2\r\nContent-Length: 2"],
  ["two lengths", "Content-Length: 2\r\nContent-Length: 20"],
  ["a list of lengths", "Content-Length: 2, 2"],
  ["a signed length", "Content-Length: +2"],
  ["a length and a transfer coding", "Content-Length: 2\r\nTransfer-Encoding: chunked"],
  ["a coding before chunked", "Transfer-Encoding: gzip, chunked"],
  ["a coding that ends like chunked", "Transfer-Encoding: xchunked"],
  ["two transfer codings", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity"],
  ["a folded line", "X-A: b\r\n c\r\nContent-Length: 2"],
  ["a space before the colon", "Content-Length : 2"],
  ["a space in a name", "X A: b\r\nContent-Length: 2"],
  ["a bare line feed", "X-A: b\nContent-Length: 2"],
  ["a bare carriage return", "X-A: b\rContent-Length: 2\r\nContent-Length: 2"],
  ["a NUL", "X-A: \0\r\nContent-Length: 2"],
  ["two hosts", "Host: other\r\nContent-Length: 2"],
  ["two authorizations", "Authorization: Bearer a\r\nAuthorization: Bearer b\r\nContent-Length: 2"],
  ["two keys", "X-Api-Key: a\r\nx-api-key: b\r\nContent-Length: 2"],
  ["two types", "Content-Type: text/plain\r\nContent-Length: 2"],
  ["another encoding of the body", "Content-Encoding: gzip\r\nContent-Length: 2"],
  ["an expectation nobody has", "Expect: something\r\nContent-Length: 2"],
  ["characters that would change on the way", "Anthropic-Beta: \xff\r\nContent-Length: 2"],
  ["more fields than anybody needs", `${"X-A: b\r\n".repeat(120)}Content-Length: 2`],
];

test("whatever two readers of a head could take differently is refused, by the parser or here", async () => {
  const server = createServer((request, response) => {
    const fault = bodyHeadFault(request.rawHeaders);
    response.writeHead(fault?.status ?? 200, { connection: "close" }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const status = async (fields: string): Promise<number> => {
    const head = `POST /v1/messages HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n${fields}\r\n\r\n{}`;
    const answer = await new Promise<string>((resolve) => {
      let text = "";
      const socket = connect(port, "127.0.0.1", () => socket.write(Buffer.from(head, "latin1")));
      socket.on("data", (bytes: Buffer) => {
        text += bytes.toString("latin1");
        if (text.includes("\r\n\r\n")) socket.destroy();
      });
      socket.on("close", () => resolve(text));
    });
    return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);
  };
  try {
    assert.equal(await status("Content-Length: 2"), 200);
    for (const [what, fields] of smuggled) {
      const found = await status(fields);
      assert.ok(found >= 400 && found < 500, `${what}: ${found}`);
    }
  } finally {
    server.close();
  }
});

test("a head without a body is held to the same", () => {
  assert.equal(headFault(["Host", "a"]), undefined);
  assert.equal(headFault(["Host", "a", "host", "b"])?.status, 400);
});

/** `Name: value` as node:http keeps it. */
function fields(...lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
}
