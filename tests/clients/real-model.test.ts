import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { type GatewayStand, LAB_CREDENTIAL, openGatewayStand } from "../support/gateway-stand.ts";
import { callTool } from "../support/tool-call.ts";
import { until } from "../support/until.ts";
import { runEvaluation, saidIn } from "./gateway-clients.ts";
import { installClients, skipOffLinux } from "./outside-client.ts";
import { tinyModel } from "./tiny-model.ts";

type Served = { readonly url: string; readonly stop: () => Promise<void> };

const upstreamName = "tiny-llama";
const models = [["aurora-1", upstreamName]] as const;
/** Enough for all repeats at opening and two runs more. */
const probes = { callsPerDay: 400, tokensPerDay: 200_000 };

const conversation = [
  { role: "system", content: "You are terse." },
  { role: "user", content: "Name a weir, with a ü and a 漢." },
  { role: "assistant", content: "kalo" },
  { role: "user", content: "And another?" },
];

describe("a real model behind a gateway: llama.cpp with random weights", { skip: skipOffLinux }, () => {
  let home = "";
  let served: Served;
  let stand: GatewayStand;
  before(async () => {
    await installClients();
    await installClients("llama");
    home = await mkdtemp(join(tmpdir(), "sluice-llama-"));
    served = await serve(home, 1);
    stand = await openGatewayStand({ wire: "openai", models, probes, baseUrl: () => served.url });
  });
  after(async () => {
    await stand.close();
    await served.stop();
    await rm(home, { recursive: true });
  });

  const direct = (): Parameters<typeof runEvaluation>[0] => ({
    url: served.url.replace(/\/v1$/, ""),
    token: { id: "", text: LAB_CREDENTIAL },
  });
  const talk = async (
    through: Parameters<typeof runEvaluation>[0],
    how: string,
    model: string,
  ): Promise<Readonly<Record<string, unknown>>> => saidIn(await runEvaluation(through, "talk", how, model, JSON.stringify(conversation)));

  it("says the same to the same, directly and through the gateway, whole and streamed", async () => {
    const { text, ends, usage } = await talk(direct(), "whole", upstreamName);
    assert.match(String(text), /^(?:[a-z]+ ){10,}[a-z]+$/);
    assert.equal(ends, "length");
    assert.deepEqual(await talk(stand, "whole", "aurora-1"), { text, ends, usage });
    const { pieces, ...streamed } = await talk(stand, "streamed", "aurora-1");
    assert.deepEqual(streamed, { text, ends, usage });
    assert.ok((pieces as readonly string[]).length > 5);
    assert.equal((pieces as readonly string[]).join(""), text);
  });

  it("is charged what the model says it used", async () => {
    const { usage } = await talk(stand, "whole", "aurora-1");
    const { total_tokens: stated } = usage as { readonly total_tokens: number };
    await until(() => stand.steward.exchanges().length === 3);
    assert.deepEqual(
      stand.steward.exchanges().map(({ chargedTokens }) => chargedTokens),
      [stated, stated, stated],
    );
  });

  it("is the same to the identity probes after a restart, and different once it has other weights", async () => {
    await until(() => stand.steward.probes().length === 10);
    assert.equal(lastProbe(), "opening same");
    for (const [seed, verdict] of [
      [1, "reconnect same"],
      [2, "reconnect different"],
    ] as const) {
      const soFar = stand.steward.probes().length;
      await served.stop();
      assert.equal((await callTool(stand)).status, 502);
      served = await serve(home, seed, new URL(served.url).port);
      assert.equal((await callTool(stand)).status, 200);
      await until(() => stand.steward.probes().length > soFar);
      assert.equal(lastProbe(), verdict, JSON.stringify(stand.steward.probes().at(-1)?.basis));
    }
  });

  function lastProbe(): string {
    const { occasion, verdict } = stand.steward.probes().at(-1) ?? {};
    return `${occasion} ${verdict}`;
  }
});

/** Starts the model's server on weights of this seed, in a process of its own. */
async function serve(home: string, seed: number, port = "0"): Promise<Served> {
  const file = join(home, `tiny-${seed}.gguf`);
  await writeFile(file, tinyModel(seed));
  const child = spawn(process.execPath, [join(import.meta.dirname, "llama", "model-server.mjs"), file, LAB_CREDENTIAL, port], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  return { url: await firstLine(child), stop: () => stop(child) };
}

async function firstLine(child: ChildProcess): Promise<string> {
  let said = "";
  for await (const piece of child.stdout ?? []) {
    said += String(piece);
    if (said.includes("\n")) return said.trim();
  }
  throw new Error(`the model's server ended before it listened: ${child.exitCode}`);
}

async function stop(child: ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}
