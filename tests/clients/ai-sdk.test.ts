import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { type GatewayStand, openGatewayStand } from "../support/gateway-stand.ts";
import type { ModelWire } from "../../src/vocabulary/exchange.ts";
import { runEvaluation, runJavaScript, SAID, saidIn, TALK, type Told } from "./gateway-clients.ts";
import { howToExamples } from "./how-to-examples.ts";
import { installClients } from "./outside-client.ts";

const ways: readonly (readonly [provider: string, wire: ModelWire, path: string, tools: string])[] = [
  ["chat", "openai", "/v1/chat/completions", "tools"],
  ["responses", "openai", "/v1/responses", "tools-stateless"],
  ["anthropic", "anthropic", "/v1/messages", "tools"],
];

describe("the AI SDK through a gateway", () => {
  let stands: Readonly<Record<ModelWire, GatewayStand>>;
  before(async () => {
    await installClients();
    stands = {
      openai: await openGatewayStand({ wire: "openai", script: TALK }),
      anthropic: await openGatewayStand({ wire: "anthropic", script: TALK }),
    };
  });
  beforeEach(() => {
    for (const { model } of Object.values(stands)) model.received.splice(0);
  });
  after(async () => {
    for (const stand of Object.values(stands)) await stand.close();
  });

  it("runs the how-to's examples as they stand", async () => {
    const [openai = "", anthropic = ""] = howToExamples("AI SDK", "js");
    const first = await runJavaScript(stands.openai, openai);
    assert.deepEqual([first.code, first.stdout], [0, `${SAID}\n${SAID}\n`], first.stderr);
    const second = await runJavaScript(stands.anthropic, anthropic);
    assert.deepEqual([second.code, second.stdout], [0, SAID], second.stderr);
  });

  for (const [provider, wire, path, tools] of ways) {
    const run = (what: string): Promise<Told> => runEvaluation(stands[wire], "ai-sdk", what, provider);
    const asked = (): readonly string[] => stands[wire].model.received.map(({ target }) => target);

    it(`generates text over ${path}`, async () => {
      const said = saidIn(await run("text"));
      assert.deepEqual([said["text"], said["ends"]], [SAID, "stop"]);
      assert.ok((said["usage"] as { readonly output: number }).output > 0);
      assert.deepEqual(asked(), [path]);
    });

    it(`streams text over ${path}`, async () => {
      const said = saidIn(await run("stream"));
      assert.deepEqual([said["text"], said["ends"], (said["pieces"] as readonly string[]).join("")], [SAID, "stop", SAID]);
    });

    it(`runs its loop of tools over ${path}`, async () => {
      assert.deepEqual(saidIn(await run(tools)), { text: SAID, results: ["水門 is 2 deep"], steps: 2 });
      assert.deepEqual(asked(), [path, path]);
    });
  }

  it("goes on with a conversation on the responses wire when it is told that nothing is kept, and else is told why it cannot", async () => {
    const stand = stands.openai;
    assert.deepEqual(saidIn(await runEvaluation(stand, "ai-sdk", "conversation-stateless", "responses")), { text: SAID });
    const { error } = await runEvaluation(stand, "ai-sdk", "conversation", "responses");
    assert.deepEqual([error?.class, error?.status], ["APICallError", 403]);
    assert.match(error?.message ?? "", /stored-state at input\[1\]/);
  });
});
