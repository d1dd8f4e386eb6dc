import assert from "node:assert/strict";
import { nobodyIsKnown } from "../../src/server/http/caller.ts";
import { after, before, describe, it } from "node:test";
import { gzipSync, deflateSync } from "node:zlib";
import { pino } from "pino";
import { z } from "zod";
import { endpoint } from "../../src/contract/endpoint.ts";
import { nothing } from "../../src/contract/schemas.ts";
import { type App, createApp } from "../../src/server/app.ts";
import { createOpenRequests } from "../../src/server/http/open-requests.ts";
import { route } from "../../src/server/http/route.ts";
import { createTraffic } from "../../src/server/system/traffic.ts";
import { CodedError } from "../../src/vocabulary/coded-error.ts";

const asked = { params: nothing, query: nothing, answerType: "application/json", answer: z.unknown(), access: "anyone" } as const;

const echo = endpoint({
  ...asked,
  id: "echo",
  method: "POST",
  path: "/test/echo",
  title: "Echo",
  description: "Says what it was told.",
  errors: "problem",
  bodyKind: "json",
  body: z.object({ names: z.array(z.string()) }),
  bodyLimitBytes: 1000,
});
const bytes = endpoint({ ...echo, id: "bytes", path: "/test/bytes", bodyKind: "bytes", body: z.instanceof(Uint8Array), errors: "osv" });
const asNpm = endpoint({ ...echo, id: "asNpm", path: "/test/npm", errors: "npm" });
const asPlain = endpoint({ ...echo, id: "asPlain", path: "/test/plain", errors: "plain" });
const faulty = endpoint({ ...echo, id: "faulty", path: "/test/faulty" });
const secret = endpoint({ ...echo, id: "secret", path: "/test/secret", access: "local-door" });

describe("what comes in over HTTP", () => {
  let app: App;
  const logged: string[] = [];
  before(async () => {
    app = await createApp({
      config: { host: "127.0.0.1", publicUrl: undefined, requestsPerMinute: 1_000_000 },
      endpoints: [echo, bytes, asNpm, asPlain, faulty, secret],
      routes: [
        route(echo, ({ body }) => body),
        route(bytes, ({ body }) => ({ length: body.byteLength })),
        route(asNpm, () => ({})),
        route(asPlain, () => ({})),
        route(faulty, ({ body }) => {
          if (body.names[0] === "coded") throw new CodedError("internal", "the pepper is s3cret");
          throw new Error("the salt is s3cret");
        }),
        route(secret, () => ({ open: true })),
      ],
      log: pino({ level: "info" }, { write: (line: string) => void logged.push(line) }),
      traffic: createTraffic(),
      openRequests: createOpenRequests(),
      authenticate: nobodyIsKnown,
      consoleFiles: undefined,
    });
  });
  after(() => app.close());

  const json = { "content-type": "application/json" };
  const post = (url: string, payload: string | Buffer, headers: Record<string, string> = json, remoteAddress = "127.0.0.1") =>
    app.inject({ method: "POST", url, payload, headers, remoteAddress });

  it("passes what the schema takes", async () => {
    const answer = await post("/test/echo", `{"names":["a"],"more":1}`);
    assert.equal(answer.statusCode, 200);
    assert.deepEqual(answer.json(), { names: ["a"] });
  });

  const refused: readonly (readonly [
    title: string,
    payload: string | Buffer,
    status: number,
    place: string | undefined,
    headers?: Record<string, string>,
  ])[] = [
    ["a value of the wrong type, with its path", `{"names":["a",2]}`, 400, "body.names[1]"],
    ["JSON that ends early", `{"names":[`, 400, "body, 1:11"],
    ["no body", "", 400, "body"],
    ["bytes that are not UTF-8", Buffer.from([0x22, 0xff, 0x22]), 400, "body, byte 1"],
    ["a __proto__ key", `{"names":[],"__proto__":{"admin":true}}`, 400, "body"],
    ["an escaped __proto__ key", `{"names":[],"\\u005f_proto__":{"admin":true}}`, 400, "body"],
    ["a constructor with a prototype", `{"names":[],"constructor":{"prototype":{}}}`, 400, "body"],
    ["65 levels of nesting", "[".repeat(65), 400, "body, byte 64"],
    ["more bytes than the limit", JSON.stringify({ names: ["x".repeat(1000)] }), 413, undefined],
    [
      "a small body that unpacks to more than the limit",
      gzipSync("x".repeat(100_000)),
      413,
      "body",
      { ...json, "content-encoding": "gzip" },
    ],
    ["a compressed body that is cut off", gzipSync(`{"names":[]}`).subarray(0, 15), 400, "body", { ...json, "content-encoding": "gzip" }],
    ["an encoding that is not known", "x", 415, "content-encoding", { ...json, "content-encoding": "br" }],
    ["a form", "names=a", 415, "content-type", { "content-type": "application/x-www-form-urlencoded" }],
    ["text that a page could send without asking", `{"names":[]}`, 415, "content-type", { "content-type": "text/plain" }],
    ["a media type that is none", `{"names":[]}`, 415, "content-type", { "content-type": "json" }],
  ];
  for (const [title, payload, status, place, headers] of refused) {
    it(`refuses ${title}`, async () => {
      const answer = await post("/test/echo", payload, headers);
      assert.equal(answer.statusCode, status, answer.body);
      assert.match(String(answer.headers["content-type"]), /^application\/problem\+json/);
      const problem = answer.json<Record<string, unknown>>();
      assert.equal(problem["place"], place);
      assert.equal(problem["status"], status);
      assert.equal(problem["type"], `/docs#${String(problem["code"])}`);
    });
  }

  for (const [encoding, pack] of [
    ["gzip", gzipSync],
    ["deflate", deflateSync],
  ] as const) {
    it(`takes a ${encoding} body`, async () => {
      const answer = await post("/test/echo", pack(`{"names":["a"]}`), { ...json, "content-encoding": encoding });
      assert.deepEqual(answer.json(), { names: ["a"] });
    });
  }

  it("takes bytes under any media type or none", async () => {
    for (const headers of [{}, { "content-type": "x/y" }, { "content-type": "application/x-www-form-urlencoded" }, json]) {
      const answer = await post("/test/bytes", Buffer.from([0xff, 0xfe]), headers);
      assert.deepEqual(answer.json(), { length: 2 }, JSON.stringify(headers));
    }
  });

  it("writes errors in the dialect of the endpoint", async () => {
    assert.deepEqual((await post("/test/bytes", "x".repeat(1001))).json(), {
      code: 3,
      message: "the body is larger than this endpoint takes",
    });
    const npm = (await post("/test/npm", "{")).json<Record<string, unknown>>();
    assert.deepEqual([npm["code"], npm["statusCode"], typeof npm["error"]], ["input-invalid", 400, "string"]);
    const plain = await post("/test/plain", "{");
    assert.match(String(plain.headers["content-type"]), /^text\/plain/);
    assert.match(plain.body, /^Expected .*\n$/);
  });

  it("writes errors of unknown paths in the dialect of their neighbours", async () => {
    assert.deepEqual((await post("/v1/none", "{}")).json(), { code: 5, message: "nothing at POST /v1/none; /docs lists what there is" });
    assert.equal((await post("/-/npm/v1/none", "{}")).json<{ statusCode: number }>().statusCode, 404);
    assert.equal((await post("/none", "{}")).json<{ code: string }>().code, "not-found");
  });

  it("tells nothing of a fault but the request under which the log has it", async () => {
    for (const name of ["plain", "coded"]) {
      const answer = await post("/test/faulty", JSON.stringify({ names: [name] }));
      assert.equal(answer.statusCode, 500);
      assert.doesNotMatch(answer.body, /s3cret|Error|at /);
      const request = /under request ([\w-]+)/.exec(answer.body)?.[1];
      assert.ok(request !== undefined);
      const line = logged.find((entry) => entry.includes(request) && entry.includes("s3cret"));
      assert.match(line ?? "", /"stack":/);
    }
  });

  it("logs neither bodies nor query texts", async () => {
    await app.inject({ method: "POST", url: "/test/echo?text=quince", payload: `{"names":["medlar"]}`, headers: json });
    await app.inject({ method: "GET", url: "/none?text=quince" });
    assert.ok(logged.some((line) => line.includes(`"endpoint":"echo"`)));
    assert.ok(!logged.some((line) => /quince|medlar/.test(line)));
  });

  it("answers for an endpoint behind the door as for a path that does not exist", async () => {
    for (const [payload, headers] of [
      [`{"names":[]}`, json],
      ["x".repeat(5000), json],
      ["", {}],
      ["{", { ...json, "x-via-local-door": "true" }],
    ] as const) {
      const behind = await post("/test/secret", payload, headers);
      const absent = await post("/test/absent", payload, headers);
      assert.equal(behind.statusCode, 404);
      assert.equal(behind.body, absent.body.replace("absent", "secret"));
      const { date: _, "content-length": __, ...headersBehind } = behind.headers;
      const { date: ___, "content-length": ____, ...headersAbsent } = absent.headers;
      assert.deepEqual(headersBehind, headersAbsent);
    }
    assert.deepEqual((await post("/test/secret", `{"names":[]}`, json, "in-process")).json(), { open: true });
  });

  it("answers a bad address with a refusal", async () => {
    const answer = await app.inject({ method: "GET", url: "/test/%zz" });
    assert.equal(answer.statusCode, 400);
    assert.equal(answer.json<{ code: string }>().code, "input-invalid");
  });

  it("sends the security headers with answers and refusals, and neither cookies nor CORS", async () => {
    for (const answer of [
      await post("/test/echo", `{"names":[]}`),
      await post("/none", ""),
      await app.inject({ method: "OPTIONS", url: "/test/echo" }),
    ]) {
      assert.match(String(answer.headers["content-security-policy"]), /default-src 'self'.*frame-ancestors 'none'/);
      assert.equal(answer.headers["x-content-type-options"], "nosniff");
      assert.equal(answer.headers["referrer-policy"], "no-referrer");
      assert.equal(answer.headers["set-cookie"], undefined);
      assert.equal(answer.headers["access-control-allow-origin"], undefined);
    }
  });

  it("refuses names of other hosts while it is bound to loopback", async () => {
    const statusFor = async (host: string): Promise<number> =>
      (await app.inject({ method: "GET", url: "/none", headers: { host } })).statusCode;
    for (const host of ["localhost:8080", "127.0.0.1", "[::1]:80", "a.localhost"]) assert.equal(await statusFor(host), 404, host);
    for (const host of ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "127.0.0.1@evil.example", " "]) {
      assert.equal(await statusFor(host), 421, host);
    }
  });
});
