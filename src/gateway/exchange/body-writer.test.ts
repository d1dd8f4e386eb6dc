import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request, type ServerResponse } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { bodyWriter } from "./body-writer.ts";

describe("what writes a body to its client", () => {
  const responses: ServerResponse[] = [];
  let waiting: (() => void) | undefined;
  const server = createServer((_, response) => {
    responses.push(response);
    waiting?.();
  });
  let port: number;
  before(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    port = (server.address() as AddressInfo).port;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  async function next(): Promise<ServerResponse> {
    while (responses.length === 0) await new Promise<void>((resolve) => (waiting = resolve));
    return responses.shift() ?? assert.fail();
  }

  async function asked(): Promise<{ readonly response: ServerResponse; readonly body: Promise<Buffer> }> {
    const call = request({ port, host: "127.0.0.1", agent: false });
    const body = new Promise<Buffer>((resolve, reject) => {
      call.on("error", reject);
      call.on("response", async (answer) => resolve(Buffer.concat(await Array.fromAsync(answer as AsyncIterable<Buffer>))));
    });
    call.end();
    return { response: await next(), body };
  }

  for (const [name, headers] of [
    ["in chunks", {}],
    ["as they are where the head states a length", { "content-length": 300_017 }],
  ] as const) {
    it(`passes pieces of any size ${name}`, async () => {
      const { response, body } = await asked();
      response.writeHead(200, headers);
      response.flushHeaders();
      const writer = bodyWriter(response, () => undefined);
      const pieces = [Buffer.from("a"), Buffer.alloc(15, "b"), Buffer.alloc(300_000, "c")];
      for (const piece of pieces) {
        writer.write(piece);
        await turn();
      }
      writer.release();
      response.end("d");
      assert.deepEqual(await body, Buffer.concat([...pieces, Buffer.from("d")]));
    });
  }

  it("tells when what was written is out, and not after it was released", async () => {
    const { response, body } = await asked();
    response.writeHead(200);
    response.flushHeaders();
    const { promise: drained, resolve } = Promise.withResolvers<void>();
    const writer = bodyWriter(response, resolve);
    writer.write(Buffer.alloc(8_000_000));
    assert.ok(response.writableLength > 0);
    await drained;
    const { socket } = response;
    const listeners = socket?.listenerCount("drain") ?? assert.fail();
    writer.release();
    assert.equal(socket?.listenerCount("drain"), listeners - 1);
    response.end();
    assert.equal((await body).length, 8_000_000);
  });

  it("keeps the order of answers that were asked for one behind the other on one connection", async () => {
    const socket = connect(port, "127.0.0.1");
    socket.write("GET /1 HTTP/1.1\r\nhost: a\r\n\r\nGET /2 HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    const received = Array.fromAsync(socket as AsyncIterable<Buffer>);
    const [first, second] = [await next(), await next()];
    const [one, two] = [first, second].map((response) => {
      response.writeHead(200);
      response.flushHeaders();
      return bodyWriter(response, () => undefined);
    });
    two?.write(Buffer.from("later"));
    one?.write(Buffer.from("sooner"));
    await turn();
    first.end();
    await turn();
    two?.write(Buffer.from("latest"));
    second.end();
    const text = Buffer.concat(await received).toString("latin1");
    const bodies = text.split("HTTP/1.1 200 OK\r\n").map((answer) => answer.slice(answer.indexOf("\r\n\r\n") + 4));
    assert.deepEqual(bodies.slice(1), ["6\r\nsooner\r\n0\r\n\r\n", "5\r\nlater\r\n6\r\nlatest\r\n0\r\n\r\n"]);
  });
});
