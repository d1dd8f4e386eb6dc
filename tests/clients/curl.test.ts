import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type GatewayStand, openGatewayStand } from "../support/gateway-stand.ts";
import type { ModelWire } from "../../src/vocabulary/exchange.ts";
import { clientSettings, runClient, SAID, TALK } from "./gateway-clients.ts";
import { howToExamples } from "./how-to-examples.ts";
import { outsideProgram, type Ran } from "./outside-client.ts";

const skip = outsideProgram("CURL", "curl") === undefined && "curl is not installed";

describe("curl through a gateway", { skip }, () => {
  const [whole = "", streamed = "", messages = ""] = howToExamples("curl", "sh");

  it("gets a whole answer by the how-to's line", async () => {
    const { code, stdout } = await at("openai", (stand) => shell(stand, whole));
    assert.equal(code, 0);
    const { choices } = JSON.parse(stdout) as { readonly choices: readonly { readonly message: { readonly content: string } }[] };
    assert.equal(choices[0]?.message.content, SAID);
  });

  it("gets a stream up to the wire's own end, without the usage that only the gateway asked for", async () => {
    const { stdout } = await at("openai", (stand) => shell(stand, streamed));
    const events = stdout.trimEnd().split("\n\n");
    assert.equal(events.at(-1), "data: [DONE]");
    const chunks = events.slice(0, -1).map((event) => JSON.parse(event.slice("data: ".length)) as Chunk);
    assert.equal(chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join(""), SAID);
    assert.ok(chunks.every(({ choices }) => choices.length === 1));
  });

  it("gets Anthropic's events up to their end", async () => {
    const { stdout } = await at("anthropic", (stand) => shell(stand, messages));
    assert.match(stdout, /^event: message_start\n/);
    assert.match(stdout, /event: message_stop\ndata: \{"type":"message_stop"\}\n\n$/);
  });

  it("gets byte for byte what the model's server gives", async () => {
    await at("anthropic", async (stand) => {
      const through = await shell(stand, messages);
      const direct = await shell({ url: stand.model.baseUrl, token: { id: "", text: stand.window.credential } }, messages);
      assert.equal(anonymous(through.stdout), anonymous(direct.stdout).replaceAll('"model":"aurora-1"', '"model":"aurora-1-internal"'));
    });
  });

  it("fails on a refusal and shows its sentence", async () => {
    await at("openai", async (stand) => {
      const { code, stdout } = await shell({ url: stand.url, token: { id: "", text: "slm_of_nobody" } }, whole);
      assert.equal(code, 22);
      assert.match(stdout, /"code":"token-unknown"/);
      assert.equal(stand.model.received.length, 0);
    });
  });
});

type Chunk = { readonly choices: readonly { readonly delta: { readonly content?: string } }[] };

async function at<T>(wire: ModelWire, work: (stand: GatewayStand) => Promise<T>): Promise<T> {
  const stand = await openGatewayStand({ wire, script: TALK });
  try {
    return await work(stand);
  } finally {
    await stand.close();
  }
}

function shell(stand: Pick<GatewayStand, "url" | "token">, line: string): Promise<Ran> {
  return runClient("/bin/sh", ["-ec", line], { settings: clientSettings(stand) });
}

/** Without the number that the scripted server counts up. */
function anonymous(events: string): string {
  return events.replaceAll(/scripted-\d+/g, "scripted-n");
}
