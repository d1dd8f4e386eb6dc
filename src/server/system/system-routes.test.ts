import assert from "node:assert/strict";
import { nobodyIsKnown } from "../http/caller.ts";
import { createHash } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { pino } from "pino";
import { allEndpoints } from "../../contract/endpoints/all.ts";
import { systemEndpoints } from "../../contract/endpoints/system.ts";
import { STATUS_OF } from "../../contract/problem.ts";
import { type App, createApp } from "../app.ts";
import { createOpenRequests } from "../http/open-requests.ts";
import { systemRoutes } from "./system-routes.ts";
import type { Status } from "./system-service.ts";
import { createTraffic } from "./traffic.ts";

const nowMs = Date.UTC(2026, 7, 22);
const held: Status = {
  version: "1.2.3",
  database: "embedded",
  requestLogin: "none",
  gateway: { connected: false },
  nowMs,
  advisories: 12,
  vulnerabilities: 10,
  problems: 2,
  ecosystems: [
    {
      ecosystem: "npm",
      components: 0,
      standing: { ecosystem: "npm", source: "a directory", advisories: 12, statedAtMs: nowMs - 60_000, sample: false },
    },
    {
      ecosystem: `Odd"\\\n`,
      components: 0,
      standing: { ecosystem: "Odd", source: "a zip", advisories: 1, sample: false },
      cannotSay: "undated",
    },
  ],
};

describe("the system endpoints", () => {
  let app: App;
  let missing: readonly string[] = [];
  before(async () => {
    const traffic = createTraffic();
    app = await createApp({
      config: { host: "127.0.0.1", publicUrl: undefined, requestsPerMinute: 1_000_000 },
      endpoints: systemEndpoints,
      routes: systemRoutes({
        service: { status: async () => held, missing: async () => missing },
        traffic,
        endpoints: allEndpoints,
        version: "1.2.3",
        serverUrl: () => "https://sluice.example/",
      }),
      log: pino({ level: "silent" }),
      traffic,
      openRequests: createOpenRequests(),
      authenticate: nobodyIsKnown,
      consoleFiles: undefined,
    });
  });
  after(() => app.close());

  const get = (url: string) => app.inject({ method: "GET", url });

  it("is alive whatever is missing, and ready only when nothing is", async () => {
    missing = ["No snapshot is loaded"];
    assert.deepEqual([(await get("/healthz")).statusCode, (await get("/readyz")).statusCode], [200, 503]);
    assert.equal((await get("/readyz")).body, "No snapshot is loaded\n");
    missing = [];
    assert.deepEqual([(await get("/readyz")).statusCode, (await get("/readyz")).body], [200, "ready\n"]);
  });

  it("states what it holds", async () => {
    assert.deepEqual((await get("/api/status")).json(), held);
  });

  it("counts requests, ages and problems in the Prometheus text format", async () => {
    await get("/healthz");
    const answer = await get("/metrics");
    assert.equal(answer.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    assert.match(answer.body, /^sluice_requests_total\{endpoint="health",status="200"\} [1-9]/m);
    assert.match(answer.body, /^sluice_request_duration_seconds_bucket\{endpoint="health",le="\+Inf"\} [1-9]/m);
    assert.match(answer.body, /^sluice_data_age_seconds\{ecosystem="npm"\} 60$/m);
    assert.match(answer.body, /^sluice_data_can_say\{ecosystem="npm"\} 1$/m);
    assert.match(answer.body, /^sluice_data_can_say\{ecosystem="Odd\\"\\\\\\n"\} 0$/m);
    assert.doesNotMatch(answer.body, /sluice_data_age_seconds\{ecosystem="Odd/);
    assert.match(answer.body, /^sluice_problems 2$/m);
    for (const line of answer.body.trimEnd().split("\n")) {
      assert.match(line, /^(?:# (?:HELP|TYPE) sluice_\w+ .+|sluice_\w+(?:\{(?:\w+="(?:[^"\\\n]|\\["\\n])*",?)+\})? -?[\d.e+-]+)$/);
    }
  });

  it("describes every endpoint in OpenAPI, with its access rule", async () => {
    const document = (await get("/openapi.json")).json<{
      openapi: string;
      servers: unknown;
      paths: Record<string, Record<string, { operationId: string; "x-access": string }>>;
    }>();
    assert.equal(document.openapi, "3.1.0");
    assert.deepEqual(document.servers, [{ url: "https://sluice.example/" }]);
    const described = Object.values(document.paths).flatMap((path) =>
      Object.values(path).map((operation) => [operation.operationId, operation["x-access"]]),
    );
    assert.deepEqual(described.sort(), allEndpoints.map(({ id, access }) => [id, access]).sort());
  });

  it("documents every endpoint and every refusal under an anchor of its own, with a style sheet that its own policy admits", async () => {
    const answer = await get("/docs");
    const ids = [...answer.body.matchAll(/ id="([^"]+)"/g)].map(([, id = ""]) => id);
    assert.equal(new Set(ids).size, ids.length);
    for (const id of [...allEndpoints.map((endpoint) => endpoint.id), ...Object.keys(STATUS_OF)]) assert.ok(ids.includes(id), id);
    for (const [, target = ""] of answer.body.matchAll(/ href="#([^"]+)"/g)) assert.ok(ids.includes(target), target);
    assert.doesNotMatch(answer.body, /<script/);
    const style = /<style>([\s\S]*?)<\/style>/.exec(answer.body)?.[1] ?? "";
    const hash = createHash("sha256").update(style).digest("base64");
    assert.ok(String(answer.headers["content-security-policy"]).includes(`'sha256-${hash}'`));
  });

  it("gives each endpoint a command to copy, those behind the door through it", async () => {
    const { body } = await get("/docs");
    const examples = [...body.matchAll(/class="example" tabindex="0"><code>(.*?)<\/code>/g)].map(([, example = ""]) => example);
    assert.equal(examples.length, allEndpoints.length);
    for (const [index, endpoint] of allEndpoints.entries()) {
      const example = examples[index] ?? "";
      assert.match(example, endpoint.access === "local-door" ? /--unix-socket/ : /'https:\/\/sluice\.example\//, endpoint.id);
      assert.equal(/--json|--data-binary|--request POST/.test(example), endpoint.method === "POST", endpoint.id);
      assert.doesNotMatch(example, /\{\w+\}/, endpoint.id);
    }
  });
});
