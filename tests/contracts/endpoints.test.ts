import assert from "node:assert/strict";
import { nobodyIsKnown } from "../../src/server/http/caller.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { pino } from "pino";
import { z } from "zod";
import { ACCESS_RULES, type AnyEndpoint, endpoint } from "../../src/contract/endpoint.ts";
import { allEndpoints } from "../../src/contract/endpoints/all.ts";
import { signInEndpoints } from "../../src/contract/endpoints/sign-in.ts";
import { health } from "../../src/contract/endpoints/system.ts";
import { STATUS_OF } from "../../src/contract/problem.ts";
import { createApp } from "../../src/server/app.ts";
import { readConfig } from "../../src/server/config.ts";
import { createOpenRequests } from "../../src/server/http/open-requests.ts";
import { renderRefusal } from "../../src/server/http/refusals.ts";
import { type Route, route } from "../../src/server/http/route.ts";
import { openServer } from "../../src/server/open-server.ts";
import { createTraffic } from "../../src/server/system/traffic.ts";
import { CodedError, type RefusalCode } from "../../src/vocabulary/coded-error.ts";

describe("the contract", () => {
  it("has one id, and one place for each method and path", () => {
    const ids = allEndpoints.map(({ id }) => id);
    const places = allEndpoints.map(({ method, path }) => `${method} ${path.replaceAll(/\{\+?\w+\}/g, "{}")}`);
    assert.deepEqual([new Set(ids).size, new Set(places).size], [ids.length, places.length]);
  });

  for (const declared of allEndpoints) {
    it(`${declared.id} names its parameters as its path does, says what it is and bounds what it takes`, () => {
      const inPath = [...declared.path.matchAll(/\{\+?(\w+)\}/g)].map(([, name = ""]) => name);
      assert.ok(declared.params instanceof z.ZodObject);
      assert.deepEqual(Object.keys(declared.params.shape).sort(), inPath.sort());
      assert.ok(declared.title !== "" && declared.description !== "");
      assert.equal(declared.bodyLimitBytes > 0, declared.bodyKind !== "none");
      assert.ok(declared.method === "POST" || declared.bodyKind === "none");
      assert.ok(ACCESS_RULES.includes(declared.access));
    });
  }

  it("changes nothing on a stranger's word: what anyone may call reads public data", () => {
    const writes = allEndpoints.filter(({ method, access }) => method === "POST" && access === "anyone").map(({ id }) => id);
    const reads = ["npmBulkAdvisories", "osvQuery", "osvQueryBatch", "scanDocument"];
    // Each of these takes a credential in its body: a passkey's answer, a code, or a link that works once.
    const signsIn = new Set(signInEndpoints.map(({ id }) => id as string));
    assert.deepEqual(writes.filter((id) => !signsIn.has(id)).sort(), reads);
  });

  for (const code of Object.keys(STATUS_OF) as readonly RefusalCode[]) {
    it(`a refusal ${code} has a status that says who is at fault, in every dialect`, () => {
      assert.ok(STATUS_OF[code] >= 400 && STATUS_OF[code] < 600);
      const refusal = new CodedError(code, "expected a, got b", { place: "c" });
      for (const dialect of ["problem", "osv", "npm"] as const) {
        const { status, body } = renderRefusal(refusal, dialect);
        assert.equal(status, STATUS_OF[code]);
        assert.match(JSON.stringify(JSON.parse(body)), /expected a, got b/);
      }
    });
  }
});

describe("the server and the contract", () => {
  const start = (endpoints: readonly AnyEndpoint[], routes: readonly Route[]) =>
    createApp({
      config: { host: "127.0.0.1", publicUrl: undefined, requestsPerMinute: 1 },
      endpoints,
      routes,
      log: pino({ level: "silent" }),
      traffic: createTraffic(),
      openRequests: createOpenRequests(),
      authenticate: nobodyIsKnown,
      consoleFiles: undefined,
    });
  const answered = route(health, () => "ok");
  const ruleless = endpoint({ ...health, id: "ruleless", path: "/ruleless", access: undefined as never });

  it("does not start with an endpoint that nothing answers", async () => {
    await assert.rejects(start([health], []), /invariant broken: the endpoint health has no route/);
  });

  it("does not start with a route that is not in the contract", async () => {
    await assert.rejects(start([], [answered]), /invariant broken: the route health is not in the contract/);
  });

  it("does not start with two routes for one endpoint", async () => {
    await assert.rejects(start([health], [answered, answered]), /invariant broken: the endpoint health has two routes/);
  });

  it("does not start with an endpoint that has no access rule", async () => {
    await assert.rejects(start([ruleless], [route(ruleless, () => "ok")]), /invariant broken: the endpoint ruleless has no access rule/);
  });

  it("answers every endpoint", async () => {
    const dataDirectory = await mkdtemp(join(tmpdir(), "sluice-contract-"));
    const server = await openServer({ ...readConfig({ LOG_LEVEL: "silent" }), dataDirectory });
    try {
      const silent = allEndpoints.filter(
        ({ method, path }) => !server.app.hasRoute({ method, url: path.replaceAll(/\{(\w+)\}/g, ":$1").replace(/\{\+\w+\}$/, "*") }),
      );
      assert.deepEqual(
        silent.map(({ id }) => id),
        [],
      );
    } finally {
      await server.close();
      await rm(dataDirectory, { recursive: true });
    }
  });
});
