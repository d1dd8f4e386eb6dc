import assert from "node:assert/strict";
import { test } from "node:test";
import { allModelLists, allWires, routeOf, tokenOf } from "./route.ts";

const ANTHROPIC = { "anthropic-version": "2023-06-01" };

test("each wire is reached by exactly its path", () => {
  for (const wire of allWires) {
    const route = routeOf("POST", wire.path, {});
    assert.ok(route?.kind === "exchange" && route.wire === wire);
  }
});

const elsewhere: readonly (readonly [string, string])[] = [
  ["GET", "/v1/chat/completions"],
  ["DELETE", "/v1/chat/completions"],
  ["POST", "/v1/models"],
  ["POST", "/v1/chat/completions/"],
  ["POST", "//v1/chat/completions"],
  ["POST", "/v1//chat/completions"],
  ["POST", "/v1/./chat/completions"],
  ["POST", "/v1/x/../chat/completions"],
  ["POST", "/v1/chat%2fcompletions"],
  ["POST", "/v1/chat/completion%73"],
  ["POST", "/V1/chat/completions"],
  ["POST", "/v1/chat/completions;x=y"],
  ["POST", "/v1/chat/completions#x"],
  ["POST", "http://host.example/v1/chat/completions"],
  ["POST", "\\v1\\chat\\completions"],
  ["POST", "/v1/chat/completions\0"],
  ["POST", "/v1/responses/resp_1/cancel"],
  ["GET", "/v1/responses/resp_1"],
  ["POST", "/v1/messages/batches"],
  ["POST", "/v1/files"],
  ["POST", "/v1/embeddings"],
  ["GET", "/v1/models/"],
  ["GET", "/v1/models/%ff"],
  ["GET", "/v1/modelsx"],
  ["CONNECT", "host.example:443"],
  ["OPTIONS", "*"],
  ["POST", ""],
];

for (const [method, target] of elsewhere) {
  test(`${method} ${JSON.stringify(target)} leads nowhere`, () => {
    assert.equal(routeOf(method, target, {}), undefined);
  });
}

test("of a query, only what the SDK's beta methods say is passed on", () => {
  const query = (target: string): unknown => {
    const route = routeOf("POST", target, {});
    return route?.kind === "exchange" ? route.query : undefined;
  };
  assert.equal(query("/v1/messages?beta=true"), "?beta=true");
  assert.equal(query("/v1/messages?beta=true&key=secret"), "?beta=true");
  assert.equal(query("/v1/messages?beta=1&organization=lab"), "");
  assert.equal(query("/v1/messages?x=/v1/chat/completions"), "");
});

test("a list of models has the shape of the family that asks", () => {
  for (const [headers, family] of [
    [{}, "openai"],
    [{ authorization: "Bearer t" }, "openai"],
    [ANTHROPIC, "anthropic"],
    [{ "x-api-key": "t" }, "anthropic"],
  ] as const) {
    const route = routeOf("GET", "/v1/models?limit=20", headers);
    assert.ok(route?.kind === "models" && route.list.family === family && route.model === undefined);
  }
  assert.equal(allModelLists.length, 2);
});

test("one model is asked for by its name, whatever characters it has", () => {
  const route = routeOf("GET", "/v1/models/lab%2Fmodel%20one", ANTHROPIC);
  assert.ok(route?.kind === "models" && route.model === "lab/model one");
});

test("a token is found wherever an SDK puts it", () => {
  assert.equal(tokenOf({ authorization: "Bearer abc" }), "abc");
  assert.equal(tokenOf({ authorization: "bearer  abc" }), "abc");
  assert.equal(tokenOf({ "x-api-key": "abc" }), "abc");
  assert.equal(tokenOf({ "x-api-key": "abc", authorization: "Bearer abc" }), "abc");
});

test("no token, another scheme, and two tokens that differ are none", () => {
  for (const headers of [
    {},
    { authorization: "Basic abc" },
    { authorization: "Bearer" },
    { authorization: "Bearer a b" },
    { "x-api-key": "" },
    { "x-api-key": "abc", authorization: "Bearer def" },
  ]) {
    assert.equal(tokenOf(headers), undefined);
  }
});
