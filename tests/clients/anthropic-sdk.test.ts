import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { type GatewayStand, openGatewayStand } from "../support/gateway-stand.ts";
import { runEvaluation, runJavaScript, SAID, saidIn, TALK, type Told } from "./gateway-clients.ts";
import { howToExamples } from "./how-to-examples.ts";
import { installClients } from "./outside-client.ts";

describe("Anthropic's SDK through a gateway", () => {
  let stand: GatewayStand;
  before(async () => {
    await installClients();
    stand = await openGatewayStand({ wire: "anthropic", script: TALK });
  });
  beforeEach(() => {
    stand.model.received.splice(0);
  });
  after(() => stand.close());

  const run = (what: string): Promise<Told> => runEvaluation(stand, "anthropic-sdk", what);

  it("runs the how-to's example as it stands", async () => {
    const [example = ""] = howToExamples("Anthropic's SDK", "js");
    const { code, stdout, stderr } = await runJavaScript(stand, example);
    assert.equal(code, 0, stderr);
    assert.equal(stdout, `${SAID}\n${SAID}`);
    assert.equal(stand.model.received.length, 2);
  });

  it("gets a whole answer with its end and usage", async () => {
    const said = saidIn(await run("messages"));
    assert.deepEqual([said["text"], said["ends"]], [SAID, "end_turn"]);
    assert.ok((said["usage"] as { readonly output_tokens: number }).output_tokens > 0);
  });

  it("gets a stream and its last message", async () => {
    const said = saidIn(await run("stream"));
    assert.deepEqual([said["text"], said["ends"], (said["pieces"] as readonly string[]).join("")], [SAID, "end_turn", SAID]);
    assert.ok((said["usage"] as { readonly output_tokens: number }).output_tokens > 0);
  });

  it("sees every event of the stream", async () => {
    const types = ["message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta", "message_stop"];
    assert.deepEqual(saidIn(await run("raw-stream")), { types });
  });

  it("runs its tool runner, which goes on without the thread that it is refused", async () => {
    assert.deepEqual(saidIn(await run("tools")), { text: SAID });
    const bodies = stand.model.received.map(({ body }) => JSON.parse(body.toString()) as { readonly messages: readonly unknown[] });
    assert.deepEqual(
      bodies.map(({ messages }) => messages.length),
      [1, 3],
    );
    assert.ok(!bodies.some((body) => "thread" in body));
  });

  it("puts a streamed call of a tool together", async () => {
    const said = saidIn(await run("tools-streamed"));
    const { name, input } = said["called"] as { readonly name: string; readonly input: unknown };
    assert.deepEqual([name, input, said["ends"]], ["lookup", { place: "水門", deep: { level: 2 } }, "tool_use"]);
  });

  it("counts tokens", async () => {
    assert.ok(Number(saidIn(await run("count"))["input_tokens"]) > 0);
  });

  it("lists the grant's models alone", async () => {
    assert.deepEqual(saidIn(await run("models")), { listed: ["aurora-1"], one: "aurora-1" });
  });
});
