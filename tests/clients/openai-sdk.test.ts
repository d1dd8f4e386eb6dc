import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { type GatewayStand, openGatewayStand } from "../support/gateway-stand.ts";
import { runEvaluation, runJavaScript, SAID, saidIn, TALK, type Told } from "./gateway-clients.ts";
import { howToExamples } from "./how-to-examples.ts";
import { installClients } from "./outside-client.ts";

describe("OpenAI's SDK through a gateway", () => {
  let stand: GatewayStand;
  before(async () => {
    await installClients();
    stand = await openGatewayStand({ wire: "openai", script: TALK });
  });
  beforeEach(() => void stand.model.received.splice(0));
  after(() => stand.close());

  const run = (what: string): Promise<Told> => runEvaluation(stand, "openai-sdk", what);
  const askedUpstream = (): readonly string[] => stand.model.received.map(({ target }) => target);

  it("runs the how-to's example as it stands", async () => {
    const [example = ""] = howToExamples("OpenAI's SDK", "js");
    const { code, stdout, stderr } = await runJavaScript(stand, example);
    assert.equal(code, 0, stderr);
    assert.equal(stdout, `${SAID}\n${SAID}${SAID}\n`);
    assert.deepEqual(askedUpstream(), ["/v1/chat/completions", "/v1/chat/completions", "/v1/responses"]);
  });

  it("gets a whole answer with its end and usage", async () => {
    const said = saidIn(await run("chat"));
    assert.deepEqual([said["text"], said["ends"]], [SAID, "stop"]);
    assert.ok((said["usage"] as { readonly completion_tokens: number }).completion_tokens > 0);
  });

  it("gets a stream, whose usage it sees only when it asks", async () => {
    assert.deepEqual(saidIn(await run("stream")), { text: SAID, ends: "stop", usage: null });
    const said = saidIn(await run("usage"));
    assert.deepEqual(said["choices"], []);
    assert.ok((said["usage"] as { readonly total_tokens: number }).total_tokens > 0);
  });

  it("runs its loop of tools", async () => {
    const said = saidIn(await run("tools"));
    assert.equal(said["text"], SAID);
    assert.equal((said["called"] as { readonly name: string }).name, "lookup");
    assert.equal(askedUpstream().length, 2);
  });

  it("puts a streamed call of a tool together", async () => {
    const said = saidIn(await run("tools-streamed"));
    assert.deepEqual(said, { called: { name: "lookup", arguments: '{"place":"水門","deep":{"level":2}}' }, ends: "tool_calls" });
  });

  it("gets responses, whole and streamed, that are not stored", async () => {
    assert.equal(saidIn(await run("responses"))["text"], SAID);
    const said = saidIn(await run("responses-streamed"));
    assert.deepEqual([said["text"], said["ends"], (said["pieces"] as readonly string[]).join("")], [SAID, "completed", SAID]);
    for (const { body } of stand.model.received) assert.equal((JSON.parse(body.toString()) as { readonly store: boolean }).store, false);
  });

  it("is asked to run a tool on the responses wire", async () => {
    const called = saidIn(await run("responses-tools"))["called"] as { readonly type: string; readonly arguments: string };
    assert.deepEqual([called.type, called.arguments], ["function_call", '{"place":"水門","deep":{"level":2}}']);
  });

  it("is told what would leave the sandbox, and the model is not asked", async () => {
    const { error } = await run("responses-continued");
    assert.deepEqual([error?.class, error?.status, error?.code], ["PermissionDeniedError", 403, "outside-refused"]);
    assert.match(error?.message ?? "", /previous_response_id.*the lab can/);
    assert.deepEqual(askedUpstream(), []);
  });

  it("lists the grant's models alone", async () => {
    assert.deepEqual(saidIn(await run("models")), { listed: ["aurora-1"], one: "aurora-1" });
  });
});
