import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { type CodedError, isCodedError, type RefusalCode } from "../vocabulary/coded-error.ts";
import { createClient, type Transport } from "./client.ts";
import { endpoint } from "./endpoint.ts";
import { STATUS_OF } from "./problem.ts";
import { noBody, nothing } from "./schemas.ts";

const common = {
  access: "anyone",
  errors: "problem",
  title: "t",
  description: "d",
  answerType: "application/json",
  answer: z.object({ ok: z.boolean() }),
} as const;
const asked = { ...common, method: "GET", params: nothing, query: nothing, bodyKind: "none", body: noBody, bodyLimitBytes: 0 } as const;
const read = endpoint({
  ...asked,
  id: "read",
  path: "/things/{thing}/parts/{part}",
  params: z.object({ thing: z.string(), part: z.string() }),
  query: z.object({ q: z.string().optional(), limit: z.coerce.number().default(3), full: z.coerce.boolean().optional() }),
});
const plain = endpoint({ ...asked, id: "plain", path: "/plain", answerType: "text/plain", answer: z.string() });
const file = endpoint({ ...asked, id: "file", path: "/file", answerType: "application/octet-stream", answer: z.instanceof(Uint8Array) });
const write = endpoint({
  ...asked,
  id: "write",
  method: "POST",
  path: "/write",
  bodyKind: "json",
  body: z.object({ n: z.number() }),
  bodyLimitBytes: 10,
});
const upload = endpoint({
  ...asked,
  id: "upload",
  method: "POST",
  path: "/upload",
  bodyKind: "bytes",
  body: z.instanceof(Uint8Array),
  bodyLimitBytes: 10,
});

type Sent = Parameters<Transport>[0];

test("what is asked travels as the endpoint says", async () => {
  const signal = AbortSignal.timeout(60_000);
  const [client, sent] = answering(200, '{"ok":true}');
  assert.deepEqual(
    await client(read, { params: { thing: "a/b?c", part: "@x/é" }, query: { q: "1 & 2", limit: 5, full: undefined }, signal }),
    { ok: true },
  );
  await client(write, { body: { n: 1 } });
  await client(upload, { body: Uint8Array.of(1, 2) });
  assert.deepEqual(sent, [
    { method: "GET", path: "/things/a%2Fb%3Fc/parts/%40x%2F%C3%A9?q=1+%26+2&limit=5", headers: {}, body: undefined, signal },
    { method: "POST", path: "/write", headers: { "content-type": "application/json" }, body: '{"n":1}', signal: undefined },
    {
      method: "POST",
      path: "/upload",
      headers: { "content-type": "application/octet-stream" },
      body: Uint8Array.of(1, 2),
      signal: undefined,
    },
  ]);
});

test("an answer is JSON, text or bytes, as the endpoint says", async () => {
  assert.deepEqual(await answering(200, '{"ok":true,"more":1}')[0](read, { params: { thing: "a", part: "b" } }), { ok: true });
  assert.equal(await answering(200, "ok\n")[0](plain), "ok\n");
  assert.deepEqual(await answering(200, Uint8Array.of(0, 255))[0](file), Uint8Array.of(0, 255));
});

test("an answer that is not as the contract says is not passed on", async () => {
  for (const body of ['{"ok":"yes"}', "[]", "", "<html>"])
    await assert.rejects(async () => answering(200, body)[0](write, { body: { n: 1 } }), body);
});

for (const code of Object.keys(STATUS_OF) as readonly RefusalCode[]) {
  test(`a refusal ${code} comes back as itself, with its words and place`, async () => {
    const problem = { type: "t", title: "t", status: STATUS_OF[code], code, detail: "expected a, got b" };
    assert.deepEqual(pick(await refusalOf(STATUS_OF[code], JSON.stringify({ ...problem, place: "x.json" }))), [
      code,
      "expected a, got b",
      "x.json",
    ]);
    assert.deepEqual(pick(await refusalOf(STATUS_OF[code], JSON.stringify(problem))), [code, "expected a, got b", undefined]);
  });
}

test("a refusal in no words of this API is an internal one, that shows what there was", async () => {
  const unknownCode = JSON.stringify({ type: "t", title: "t", status: 400, code: "from-the-future", detail: "d" });
  assert.deepEqual(pick(await refusalOf(400, unknownCode)), ["internal", "d", undefined]);
  for (const body of ["", "<html>Bad gateway</html>", "{}", "null", '{"code":"conflict"}', "x".repeat(5000)]) {
    const [code, message, place] = pick(await refusalOf(502, body));
    assert.deepEqual(
      [code, message, place],
      ["internal", `expected an answer of this API, got status 502: ${body.slice(0, 200)}`, undefined],
    );
  }
});

test("what goes wrong on the way is passed on as it is", async () => {
  const lost = new Error("connection lost");
  const client = createClient(async () => {
    throw lost;
  });
  await assert.rejects(client(plain), lost);
});

function answering(status: number, body: string | Uint8Array): readonly [ReturnType<typeof createClient>, readonly Sent[]] {
  const sent: Sent[] = [];
  const client = createClient(async (request) => {
    sent.push(request);
    return { status, headers: {}, body: typeof body === "string" ? new TextEncoder().encode(body) : body };
  });
  return [client, sent];
}

async function refusalOf(status: number, body: string): Promise<CodedError> {
  try {
    await answering(status, body)[0](plain);
  } catch (error) {
    if (isCodedError(error)) return error;
    throw error;
  }
  return assert.fail("expected a refusal");
}

function pick({ code, message, place }: CodedError): readonly [RefusalCode, string, string | undefined] {
  return [code, message, place];
}
