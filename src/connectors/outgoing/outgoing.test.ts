import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { startFeedServer, type FeedServer } from "../../../tests/feed-server/feed-server.ts";
import { openOutgoing, type Outgoing } from "./outgoing.ts";
import { readWhole } from "./read-whole.ts";
import { openRemoteFile } from "./remote-file.ts";

const signal = AbortSignal.timeout(60_000);
let first: FeedServer;
let second: FeedServer;
let outgoing: Outgoing;

beforeEach(async () => {
  [first, second] = await Promise.all([startFeedServer(), startFeedServer()]);
  outgoing = openOutgoing({ allowedPrivateHosts: ["127.0.0.1"], idleTimeoutMs: 20_000, attempts: 2, wait: async () => undefined });
});
afterEach(async () => {
  outgoing.close();
  await Promise.all([first.close(), second.close()]);
});

function urlOf(server: FeedServer, path: string, credentials = ""): URL {
  return new URL(server.url.replace("//", `//${credentials}`) + path);
}

test("a redirect to another port over plain http is refused even where both are listed", async () => {
  first.setFault("a", { status: 302, headers: { location: `${second.url}a` } });
  await assert.rejects(outgoing.send({ method: "GET", url: urlOf(first, "a"), signal }), {
    code: "feed-unreachable",
    message: /stay on its host/,
  });
  assert.deepEqual(second.requests, []);
});

test("a redirect on the same host keeps the credentials and drops those it brings", async () => {
  first.setObject("b", "b");
  first.setFault("a", { status: 307, headers: { location: `${first.url.replace("//", "//other:word@")}b` } });
  const file = await readWhole(outgoing, urlOf(first, "a", "me:secret@"), 10, signal);
  assert.equal(Buffer.from(file?.bytes ?? []).toString(), "b");
  assert.equal(first.requests[1]?.headers.authorization, `Basic ${btoa("me:secret")}`);
});

for (const location of ["ftp://127.0.0.1/a", "file:///etc/passwd", "http://", "javascript:alert(1)"]) {
  test(`a redirect to ${location} is refused`, async () => {
    first.setFault("a", { status: 301, headers: { location } });
    await assert.rejects(outgoing.send({ method: "GET", url: urlOf(first, "a"), signal }), { code: "feed-unreachable" });
  });
}

test("a redirect without a place to go is an answer like any other", async () => {
  first.setFault("a", { status: 302 });
  assert.equal((await outgoing.send({ method: "GET", url: urlOf(first, "a"), signal })).status, 302);
});

test("a host that is not there is tried again and then named", async () => {
  const url = urlOf(first, "a");
  await first.close();
  await assert.rejects(outgoing.send({ method: "GET", url, signal }), {
    code: "feed-unreachable",
    message: /ECONNREFUSED.*\(tried 2 times\)/,
  });
});

test("a host name is compared without regard to case and with or without brackets", async () => {
  first.setObject("a", "a");
  for (const [listed, hostname] of [
    ["LOCALHOST", "localhost"],
    ["127.0.0.1", "127.1"],
  ] as const) {
    const open = openOutgoing({
      allowedPrivateHosts: [listed],
      attempts: 1,
      resolve: (_name, _options, callback) => callback(null, [{ address: "127.0.0.1", family: 4 }]),
    });
    const url = urlOf(first, "a");
    url.hostname = hostname;
    assert.equal((await open.send({ method: "GET", url, signal })).status, 200);
    open.close();
  }
});

test("a file larger than what is read ahead reaches a slow reader whole", async () => {
  const bytes = Buffer.alloc(6_000_000, "0123456789abcdefg");
  first.setObject("a", bytes);
  const answer = await openRemoteFile(outgoing, urlOf(first, "a"), signal);
  assert.ok(answer.kind === "file");
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer.bytes()) {
    chunks.push(chunk);
    await turn();
  }
  assert.ok(Buffer.concat(chunks).equals(bytes));
});

test("an answer that is not wanted costs no second connection when it is short", async () => {
  first.setObject("a", "a");
  for (const method of ["HEAD", "GET", "HEAD"] as const) (await outgoing.send({ method, url: urlOf(first, "a"), signal })).discard();
  await readWhole(outgoing, urlOf(first, "a"), 10, signal);
  assert.equal(new Set(first.requests.map(({ fromPort }) => fromPort)).size, 1);
});

test("an aborted request throws the reason it was aborted with", async () => {
  first.setFault("a", { neverAnswers: true });
  const controller = new AbortController();
  const asked = outgoing.send({ method: "GET", url: urlOf(first, "a"), signal: controller.signal });
  controller.abort(new Error("stopped"));
  await assert.rejects(asked, /stopped/);
  await assert.rejects(outgoing.send({ method: "GET", url: urlOf(first, "a"), signal: controller.signal }), /stopped/);
});

test("waiting between tries ends when it is aborted", async () => {
  first.setFault("a", { status: 503, headers: { "retry-after": "60" } });
  const patient = openOutgoing({ allowedPrivateHosts: ["127.0.0.1"] });
  await assert.rejects(patient.send({ method: "GET", url: urlOf(first, "a"), signal: AbortSignal.timeout(50) }), { name: /Abort|Timeout/ });
  patient.close();
});
