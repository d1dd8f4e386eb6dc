import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { openTlogWitness } from "./tlog-witness.ts";

const body = readFileSync(new URL("testdata/add-checkpoint.txt", import.meta.url), "utf8");
const never = new AbortController().signal;

test("the body is posted below the prefix, with or without a slash at its end, and the answer handed on", async () => {
  for (const suffix of ["/w1", "/w1/"]) {
    await withWitness(
      async (request, response) => {
        let text = "";
        for await (const chunk of request) text += String(chunk);
        assert.deepEqual([request.method, request.url, text], ["POST", "/w1/add-checkpoint", body]);
        response.writeHead(409, { "content-type": "text/x.tlog.size" }).end("17\n");
      },
      async (url, client) => {
        assert.deepEqual(await client.addCheckpoint(new URL(url + suffix), body, never), { kind: "answered", status: 409, text: "17\n" });
      },
    );
  }
});

test("an answer without end is cut", async () => {
  await withWitness(
    (_, response) => {
      response.writeHead(200);
      const more = (): void => {
        while (!response.destroyed && response.write("a".repeat(65_536)));
        if (!response.destroyed) response.once("drain", more);
      };
      more();
    },
    async (url, client) => {
      const answer = await client.addCheckpoint(new URL(url), body, never);
      assert.equal(answer.kind === "answered" ? answer.text.length : 0, 128 * 1024);
    },
  );
});

test("a witness that is not there, says nothing, or is private and not listed is unreachable, with the reason", async () => {
  const client = openTlogWitness({ allowedPrivateHosts: ["127.0.0.1"], wholeMs: 300 });
  assert.equal((await client.addCheckpoint(new URL("http://127.0.0.1:1"), body, never)).kind, "unreachable");
  client.close();
  await withWitness(
    () => {},
    async (url, patient) => assert.equal((await patient.addCheckpoint(new URL(url), body, never)).kind, "unreachable"),
  );
  const strict = openTlogWitness({ allowedPrivateHosts: [] });
  for (const url of ["https://127.0.0.1:1", "http://witness.example"]) {
    assert.equal((await strict.addCheckpoint(new URL(url), body, never)).kind, "unreachable", url);
  }
  strict.close();
});

test("a request that is given up rejects with the signal's reason", async () => {
  const given = new AbortController();
  await withWitness(
    () => given.abort(new Error("stopped")),
    async (url, client) => assert.rejects(client.addCheckpoint(new URL(url), body, given.signal), /stopped/),
  );
});

async function withWitness(
  answer: (request: IncomingMessage, response: ServerResponse) => unknown,
  work: (url: string, client: ReturnType<typeof openTlogWitness>) => Promise<unknown>,
): Promise<void> {
  const failures: unknown[] = [];
  const server = createServer((request, response) => {
    Promise.resolve(answer(request, response)).catch((error: unknown) => failures.push(error));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = openTlogWitness({ allowedPrivateHosts: ["127.0.0.1"], wholeMs: 1000 });
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, client);
    assert.deepEqual(failures, []);
  } finally {
    client.close();
    server.closeAllConnections();
    server.close();
  }
}
