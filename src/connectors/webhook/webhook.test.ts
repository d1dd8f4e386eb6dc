import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, test } from "node:test";
import type { Delivery } from "../delivery.ts";
import { openWebhook, type WebhookOptions } from "./webhook.ts";

const signal = AbortSignal.timeout(60_000);
const message = {
  id: "0b5c1d52-0c53-4b0e-9a53-93c2a5f6a3b1",
  timestamp: 1_795_000_000,
  signature: "v1,AAAA v1,BBBB",
  body: readFileSync(new URL("testdata/notification.json", import.meta.url), "utf8").trim(),
};

const opened: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

type Request = {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};
type Receiver = { readonly url: URL; readonly requests: Request[] };

async function startReceiver(answer: (response: ServerResponse, request: IncomingMessage) => void): Promise<Receiver> {
  const requests: Request[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      requests.push({ method: request.method, path: request.url, headers: request.headers, body: Buffer.concat(chunks).toString() });
      answer(response, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  opened.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return { url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?team=a`), requests };
}

async function send(url: URL, options: Partial<WebhookOptions> = {}): Promise<Delivery> {
  const sender = openWebhook({ allowedPrivateHosts: ["127.0.0.1"], ...options });
  opened.push(sender.close);
  return sender.send({ ...message, url }, signal);
}

const status =
  (code: number, headers: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    void response.writeHead(code, headers).end("no");

test("a message is posted as JSON under the names of Standard Webhooks", async () => {
  const { url, requests } = await startReceiver(status(204));
  assert.deepEqual(await send(url), { kind: "delivered" });
  const [request] = requests;
  assert.equal(requests.length, 1);
  assert.equal(request?.method, "POST");
  assert.equal(request.path, "/hook?team=a");
  assert.equal(request.body, message.body);
  assert.equal(request.headers["content-type"], "application/json");
  assert.equal(request.headers["content-length"], String(message.body.length));
  assert.equal(request.headers["webhook-id"], message.id);
  assert.equal(request.headers["webhook-timestamp"], "1795000000");
  assert.equal(request.headers["webhook-signature"], message.signature);
});

describe("what one attempt comes to", () => {
  const answers: readonly (readonly [number, Delivery["kind"]])[] = [
    [200, "delivered"],
    [202, "delivered"],
    [301, "delayed"],
    [307, "delayed"],
    [400, "delayed"],
    [401, "delayed"],
    [404, "delayed"],
    [410, "refused"],
    [429, "delayed"],
    [500, "delayed"],
    [503, "delayed"],
  ];
  for (const [code, kind] of answers) {
    test(`status ${code}: ${kind}, after one request`, async () => {
      const { url, requests } = await startReceiver(status(code));
      assert.equal((await send(url)).kind, kind);
      assert.equal(requests.length, 1);
    });
  }

  test("a redirect is not followed, not even to the same host", async () => {
    const { url, requests } = await startReceiver(status(308, { location: "/elsewhere" }));
    assert.deepEqual(await send(url), { kind: "delayed", reason: "status 308: redirects are not followed" });
    assert.equal(requests.length, 1);
  });

  test("nobody listens: delayed", async () => {
    const { url } = await startReceiver(status(200));
    await opened.pop()?.();
    assert.equal((await send(url)).kind, "delayed");
  });

  test("the connection ends without an answer: delayed", async () => {
    const { url } = await startReceiver((_response, request) => request.socket.destroy());
    assert.equal((await send(url)).kind, "delayed");
  });

  test("no answer comes: delayed", async () => {
    const { url } = await startReceiver(() => undefined);
    const found = await send(url, { silenceMs: 50 });
    assert.deepEqual(found, { kind: "delayed", reason: "no answer within 50 ms" });
  });

  test("an answer without end is given up after 1 kB, and counts by its status", async () => {
    let isClosed: Promise<unknown> = Promise.resolve();
    const { url } = await startReceiver((response) => {
      isClosed = new Promise((resolve) => response.once("close", resolve));
      response.writeHead(200);
      const pour = (): void => {
        while (response.write("x".repeat(512))) if (response.destroyed) return;
        response.once("drain", pour);
      };
      pour();
    });
    assert.deepEqual(await send(url), { kind: "delivered" });
    await isClosed;
  });

  test("an answer that drips counts by its status when the whole time is over", async () => {
    const { url } = await startReceiver((response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write("x"), 5);
      response.once("close", () => clearInterval(timer));
    });
    assert.deepEqual(await send(url, { wholeMs: 100 }), { kind: "delivered" });
  });

  test("who ends the wait gets the reason as it was given", async () => {
    const { url } = await startReceiver(() => undefined);
    const sender = openWebhook({ allowedPrivateHosts: ["127.0.0.1"] });
    opened.push(sender.close);
    const stop = new AbortController();
    const reason = new Error("the server stops");
    const sent = sender.send({ ...message, url }, stop.signal);
    stop.abort(reason);
    await assert.rejects(sent, reason);
  });
});

describe("where a message never goes", () => {
  test("plain http to a host that is not listed", async () => {
    const { url, requests } = await startReceiver(status(200));
    const found = await send(url, { allowedPrivateHosts: [] });
    assert.match(found.kind === "delayed" ? found.reason : "", /^expected an https URL/);
    assert.deepEqual(requests, []);
  });

  for (const host of ["127.0.0.1", "10.1.2.3", "169.254.169.254", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433", "0x7f.1"]) {
    test(`a private address: ${host}`, async () => {
      const found = await send(new URL(`https://${host}/hook`), { allowedPrivateHosts: [] });
      assert.match(found.kind === "delayed" ? found.reason : "", /to have a public address/);
    });
  }

  test("a name that leads to a private address", async () => {
    const found = await send(new URL("https://hook.example/"), {
      allowedPrivateHosts: [],
      resolve: (_name, _options, callback) => callback(null, [{ address: "192.168.1.1", family: 4 }]),
    });
    assert.match(found.kind === "delayed" ? found.reason : "", /expected hook\.example to have a public address, got 192\.168\.1\.1/);
  });

  test("a listed host may be private, and no other with it", async () => {
    const { url, requests } = await startReceiver(status(200));
    const alias = new URL(url);
    alias.hostname = "localhost";
    assert.equal((await send(alias)).kind, "delayed");
    assert.deepEqual(requests, []);
    assert.equal((await send(alias, { allowedPrivateHosts: ["LOCALHOST"] })).kind, "delivered");
  });
});
