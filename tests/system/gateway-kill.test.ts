import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { grantDirectory } from "../../src/sealing/segment-paths.ts";
import { readTranscripts, type Transcript } from "../../src/sealing/transcript.ts";
import { verifyRecord } from "../../src/sealing/verify-record.ts";
import { openModelServer } from "../model-servers/model-server.ts";
import type { ChildGateway } from "../support/gateway-child.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { openSteward } from "../support/steward.ts";
import { CHAT_STREAM, callTool } from "../support/tool-call.ts";

const SOAK = process.env["SLUICE_SOAK"] !== undefined;
const KILLS = SOAK ? 50 : 2;
const STREAMS = 30;
const CREDENTIAL = "sk-lab-credential";

type Seen = { readonly prompt: string; readonly text: Buffer };

it(`a gateway killed ${KILLS} times under ${STREAMS} streams misses no exchange and no byte, breaks no chain and overspends nothing`, async () => {
  const random = seededRandom(20261125);
  const model = await openModelServer({ wire: "openai", credential: CREDENTIAL, script: { kind: "answer", words: 30, pauseMs: 4 } });
  const steward = await openSteward();
  const window = steward.openWindow({ wire: "openai", baseUrl: model.baseUrl, credential: CREDENTIAL, models: [["m", "m"]] });
  const grant = steward.openGrant(window);
  const token = steward.issueToken(grant);
  const recordDirectory = mkdtempSync(join(tmpdir(), "sluice-killed-"));
  const recordKey = steward.recordKey(grant.id) ?? new Uint8Array();
  const child: ChildGateway = {
    socketPath: steward.socketPath,
    recordDirectory,
    credentialKeys: { [window.id]: Buffer.from(steward.credentialKey(window.id) ?? []).toString("hex") },
    recordKeys: { [grant.id]: Buffer.from(recordKey).toString("hex") },
  };
  const seen: Seen[] = [];
  let running: ChildProcess | undefined;
  try {
    for (let kill = 0; kill < KILLS; kill++) {
      const gateway = await startChild(child);
      running = gateway.process;
      const killed = new AbortController();
      const streams = Array.from({ length: STREAMS }, async (_, stream) => {
        for (let call = 0; !killed.signal.aborted; call++) {
          const prompt = `kill ${kill} stream ${stream} call ${call}`;
          const pieces: Buffer[] = [];
          await callTool(
            { url: gateway.url, token },
            {
              body: { ...CHAT_STREAM, model: "m", messages: [{ role: "user", content: prompt }], stream_options: { include_usage: true } },
              began: (response) => void response.on("data", (piece: Buffer) => pieces.push(piece)),
            },
          ).catch(() => undefined);
          if (pieces.length > 0) seen.push({ prompt, text: Buffer.concat(pieces) });
        }
      });
      // Some streams have ended by then, and others are under way.
      const calls = model.received.length + STREAMS + 1 + random.below(2 * STREAMS);
      while (model.received.length < calls) await delay(5);
      killed.abort();
      const exited = once(gateway.process, "exit");
      gateway.process.kill("SIGKILL");
      await exited;
      await Promise.all(streams);
    }
    const last = await startChild(child);
    running = last.process;
    while (steward.leases().some(({ ended }) => !ended)) await delay(20);
    const exited = once(last.process, "exit");
    last.process.kill("SIGKILL");
    await exited;

    const access = { directory: grantDirectory(recordDirectory, grant.id), recordKey };
    assert.deepEqual((await verifyRecord(access, grant.id)).problems, []);
    const transcripts = new Map<string, Transcript>();
    for await (const one of readTranscripts(access, () => true)) transcripts.set(promptOf(one), one);
    // No exchange that the model or a tool saw is missing.
    for (const { body } of model.received) assert.ok(transcripts.has(promptIn(body)), "an exchange reached the model without a record");
    for (const { prompt, text } of seen) {
      const recorded = Buffer.concat((transcripts.get(prompt)?.chunks ?? []).map(({ bytes }) => Buffer.from(bytes)));
      assert.ok(recorded.subarray(0, text.length).equals(text), `a tool saw more than the record of ${prompt}`);
    }
    const exchanges = steward.exchanges();
    assert.equal(exchanges.length, transcripts.size);
    assert.ok(exchanges.some(({ outcome }) => outcome === "cut") && exchanges.some(({ outcome }) => outcome === "complete"));
    const ofLeases = Map.groupBy(exchanges, ({ lease }) => lease);
    for (const { id, requests, tokens } of steward.leases()) {
      const spent = ofLeases.get(id) ?? [];
      assert.ok(spent.length <= requests);
      assert.ok(spent.reduce((sum, { chargedTokens }) => sum + chargedTokens, 0) <= tokens);
    }
  } finally {
    running?.kill("SIGKILL");
    await steward.stop();
    await model.stop();
    rmSync(recordDirectory, { recursive: true, force: true });
  }
});

async function startChild(child: ChildGateway): Promise<{ readonly process: ChildProcess; readonly url: string }> {
  const started = fork(join(import.meta.dirname, "../support/gateway-child.ts"), [JSON.stringify(child)]);
  const [message] = (await once(started, "message")) as [{ readonly url: string }];
  return { process: started, url: message.url };
}

function promptOf({ request }: Transcript): string {
  return promptIn(Buffer.from(request.body));
}

function promptIn(body: Buffer): string {
  const { messages } = JSON.parse(body.toString("utf8")) as { messages: readonly { content: string }[] };
  return messages[0]?.content ?? "";
}
