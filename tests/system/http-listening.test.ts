import assert from "node:assert/strict";
import { nobodyIsKnown } from "../../src/server/http/caller.ts";
import { existsSync, statSync } from "node:fs";
import { mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pino } from "pino";
import { z } from "zod";
import { createDoorTransport } from "../../src/cli/door-transport.ts";
import { endpoint } from "../../src/contract/endpoint.ts";
import { noBody, nothing } from "../../src/contract/schemas.ts";
import { type App, createApp } from "../../src/server/app.ts";
import { listen } from "../../src/server/http/listener.ts";
import { createOpenRequests } from "../../src/server/http/open-requests.ts";
import { route } from "../../src/server/http/route.ts";
import { doorPath } from "../../src/server/local-door/door-path.ts";
import { openDoor } from "../../src/server/local-door/open-door.ts";
import { createTraffic } from "../../src/server/system/traffic.ts";
import { isCodedError } from "../../src/vocabulary/coded-error.ts";

const asked = {
  params: nothing,
  query: nothing,
  bodyKind: "none",
  body: noBody,
  bodyLimitBytes: 0,
  answerType: "application/json",
  answer: z.unknown(),
  errors: "problem",
  method: "GET",
  title: "",
  description: "",
} as const;
const open = endpoint({ ...asked, id: "open", path: "/test/open", access: "anyone" });
const slow = endpoint({ ...asked, id: "slow", path: "/test/slow", access: "anyone" });
const behind = endpoint({ ...asked, id: "behind", path: "/test/behind", access: "local-door" });

type Slow = { readonly started: Promise<AbortSignal>; readonly finish: () => void };

describe("a server that listens", () => {
  let app: App;
  let folder: string;
  const openRequests = createOpenRequests();
  let pending: PromiseWithResolvers<AbortSignal>;
  let release: PromiseWithResolvers<void>;

  /** The next call of `slow` waits until it is told to finish, or until its signal aborts. */
  function armSlow(): Slow {
    pending = Promise.withResolvers();
    release = Promise.withResolvers();
    return { started: pending.promise, finish: release.resolve };
  }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "sluice-listening-"));
    app = await createApp({
      config: { host: "127.0.0.1", publicUrl: undefined, requestsPerMinute: 1_000_000 },
      endpoints: [open, slow, behind],
      routes: [
        route(open, ({ viaLocalDoor }) => ({ viaLocalDoor })),
        route(slow, async ({ signal }) => {
          pending.resolve(signal);
          await Promise.race([
            release.promise,
            new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error))),
          ]);
          return { finished: true };
        }),
        route(behind, ({ viaLocalDoor }) => ({ viaLocalDoor })),
      ],
      log: pino({ level: "silent" }),
      traffic: createTraffic(),
      openRequests,
      authenticate: nobodyIsKnown,
      consoleFiles: undefined,
    });
  });
  after(async () => {
    await app.close();
    await rm(folder, { recursive: true });
  });

  it("answers endpoints behind the door through the socket only, whatever a network client says of itself", async () => {
    const door = await openDoor(app.routing, folder);
    const network = await listen(app.routing, { host: "127.0.0.1", port: 0 });
    const client = createDoorTransport(doorPath(folder));
    try {
      const through = await client.transport({ method: "GET", path: "/test/behind", headers: {}, body: undefined, signal: undefined });
      assert.deepEqual([through.status, JSON.parse(Buffer.from(through.body).toString())], [200, { viaLocalDoor: true }]);
      const claims = [
        {},
        { host: "in-process" },
        { "x-forwarded-for": "in-process" },
        { forwarded: "for=in-process" },
        { "via-local-door": "true" },
      ];
      for (const headers of claims) {
        const { status } = await get(`http://127.0.0.1:${network.port}/test/behind`, headers);
        assert.ok(status === 404 || status === 421, JSON.stringify(headers));
        const head = await app.inject({ method: "HEAD", url: "/test/behind", headers });
        assert.ok(head.statusCode === 404 || head.statusCode === 421, JSON.stringify(headers));
      }
      assert.equal((await get(`http://127.0.0.1:${network.port}/test/open`)).body, `{"viaLocalDoor":false}`);
    } finally {
      client.close();
      await Promise.all([door.stop(0), network.stop(0)]);
    }
  });

  it(
    "opens the door for its owner only, and leaves no socket when it stops",
    { skip: process.platform === "win32" && "named pipes have no mode" },
    async () => {
      const before = process.umask(0o000);
      try {
        const door = await openDoor(app.routing, folder);
        assert.equal(statSync(doorPath(folder)).mode & 0o777, 0o600);
        assert.equal(process.umask(), 0o000);
        await door.stop(0);
        assert.equal(existsSync(doorPath(folder)), false);
      } finally {
        process.umask(before);
      }
    },
  );

  it(
    "replaces a socket that a killed server left, and nothing else",
    { skip: process.platform === "win32" && "named pipes leave nothing" },
    async () => {
      const stale = createServer().listen(`${folder}/stale`);
      await new Promise((resolve) => stale.once("listening", resolve));
      await rm(doorPath(folder), { force: true });
      await rename(`${folder}/stale`, doorPath(folder));
      stale.close();
      const door = await openDoor(app.routing, folder);
      await assert.rejects(openDoor(app.routing, folder), (error) => isCodedError(error, "directory-in-use"));
      await door.stop(0);
      await writeFile(doorPath(folder), "a file");
      await assert.rejects(openDoor(app.routing, folder), (error) => isCodedError(error, "directory-in-use"));
      assert.equal(await readFile(doorPath(folder), "utf8"), "a file");
      await rm(doorPath(folder));
    },
  );

  it(
    "makes the data directory out of reach for others when it makes it",
    { skip: process.platform === "win32" && "no modes" },
    async () => {
      const made = join(folder, "made");
      const door = await openDoor(app.routing, made);
      assert.equal(statSync(made).mode & 0o777, 0o700);
      await door.stop(0);
    },
  );

  it("finishes what is being answered when it stops, and takes nothing new", async () => {
    const network = await listen(app.routing, { host: "127.0.0.1", port: 0 });
    const { started, finish } = armSlow();
    const answer = get(`http://127.0.0.1:${network.port}/test/slow`);
    await started;
    const stopped = network.stop(60_000);
    await assert.rejects(get(`http://127.0.0.1:${network.port}/test/open`), { code: "ECONNREFUSED" });
    finish();
    assert.deepEqual([(await answer).status, (await answer).body], [200, `{"finished":true}`]);
    await stopped;
  });

  it("cuts off what does not finish in time, with a reason", async () => {
    const network = await listen(app.routing, { host: "127.0.0.1", port: 0 });
    const { started } = armSlow();
    const answer = get(`http://127.0.0.1:${network.port}/test/slow`);
    await started;
    const stopped = network.stop(60_000);
    openRequests.abortAll();
    assert.equal((await answer).status, 503);
    assert.match((await answer).body, /"code":"shutting-down"/);
    await stopped;
    assert.equal(openRequests.count(), 0);
  });

  it("gives up what takes too long, in words, even when the handler does not notice", async () => {
    const deaf = endpoint({ ...asked, id: "deaf", path: "/test/deaf", access: "anyone" });
    const impatient = await createApp({
      config: { host: "127.0.0.1", publicUrl: undefined, requestsPerMinute: 10 },
      endpoints: [deaf],
      routes: [route(deaf, () => new Promise(() => {}))],
      log: pino({ level: "silent" }),
      traffic: createTraffic(),
      openRequests: createOpenRequests(20),
      authenticate: nobodyIsKnown,
      consoleFiles: undefined,
    });
    const answer = await impatient.inject({ method: "GET", url: "/test/deaf" });
    assert.deepEqual([answer.statusCode, answer.json<{ code: string }>().code], [503, "statement-timeout"]);
    await impatient.close();
  });

  it("answers 429 with the time to wait to who asks too often, and never through the door", async () => {
    const strict = await createApp({
      config: { host: "127.0.0.1", publicUrl: undefined, requestsPerMinute: 2 },
      endpoints: [open],
      routes: [route(open, () => ({}))],
      log: pino({ level: "silent" }),
      traffic: createTraffic(),
      openRequests: createOpenRequests(),
      authenticate: nobodyIsKnown,
      consoleFiles: undefined,
    });
    const from = async (remoteAddress: string) => strict.inject({ method: "GET", url: "/test/open", remoteAddress });
    for (const expected of [200, 200, 429]) assert.equal((await from("192.0.2.1")).statusCode, expected);
    const refused = await from("192.0.2.1");
    assert.match(String(refused.headers["retry-after"]), /^[1-9]\d?$/);
    assert.equal(refused.json<{ code: string }>().code, "rate-limited");
    assert.equal((await from("192.0.2.2")).statusCode, 200);
    for (let count = 0; count < 5; count++) assert.equal((await from("in-process")).statusCode, 200);
    await strict.close();
  });

  it("tells the handler when the client goes away", async () => {
    const network = await listen(app.routing, { host: "127.0.0.1", port: 0 });
    const { started } = armSlow();
    const socket = connect(network.port ?? 0, "127.0.0.1", () => socket.write("GET /test/slow HTTP/1.1\r\nhost: localhost\r\n\r\n"));
    const signal = await started;
    const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve));
    socket.destroy();
    await aborted;
    await network.stop(0);
  });

  it("refuses what is no HTTP, and headers without end, in words", async () => {
    const network = await listen(app.routing, { host: "127.0.0.1", port: 0 });
    assert.match(await exchange(network.port ?? 0, "nonsense\r\n\r\n"), /^HTTP\/1\.1 400 [\s\S]*"code":"input-invalid"/);
    assert.match(
      await exchange(network.port ?? 0, `GET / HTTP/1.1\r\nhost: localhost\r\nx: ${"x".repeat(20_000)}\r\n\r\n`),
      /^HTTP\/1\.1 431 [\s\S]*"status":431/,
    );
    const smuggled = "POST /test/open HTTP/1.1\r\nhost: localhost\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n";
    assert.match(await exchange(network.port ?? 0, smuggled), /^HTTP\/1\.1 400 /);
    await network.stop(0);
  });

  it("speaks TLS with the certificate it is given", async () => {
    const testdata = join(import.meta.dirname, "testdata");
    const [cert, key] = [await readFile(join(testdata, "localhost-cert.pem")), await readFile(join(testdata, "localhost-key.pem"))];
    const network = await listen(app.routing, { host: "127.0.0.1", port: 0 }, { cert, key });
    const status = await new Promise((resolve, reject) => {
      httpsRequest({ host: "localhost", port: network.port, path: "/test/open", ca: cert, agent: false }, (response) =>
        resolve(response.resume().statusCode),
      )
        .on("error", reject)
        .end();
    });
    assert.equal(status, 200);
    await network.stop(0);
  });
});

function get(url: string, headers: Readonly<Record<string, string>> = {}): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const asked = httpRequest(url, { headers, agent: false }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
      response.on("error", reject).on("end", () => resolve({ status: response.statusCode ?? 0, body }));
    });
    asked.on("error", reject).end();
  });
}

function exchange(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    socket.setEncoding("utf8").on("data", (chunk: string) => (answer += chunk));
    socket.on("error", reject).on("close", () => resolve(answer));
  });
}
