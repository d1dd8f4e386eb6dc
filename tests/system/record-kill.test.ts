import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { openExchangeRecord } from "../../src/gateway/record/exchange-record.ts";
import { grantDirectory } from "../../src/sealing/segment-paths.ts";
import { readTranscripts, type Transcript } from "../../src/sealing/transcript.ts";
import { verifyRecord } from "../../src/sealing/verify-record.ts";
import { seededRandom } from "../support/seeded-random.ts";

const CHILD = fileURLToPath(new URL("record-kill-child.ts", import.meta.url));
const KILLS = process.env["SLUICE_SOAK"] === undefined ? 3 : 50;
const key = randomBytes(32);
const grants = [randomUUID(), randomUUID()];

type Event = {
  readonly saw: "ready" | "recovered" | "spend" | "head" | "bytes" | "end" | "settled";
  readonly exchangeId: string;
  readonly grantId?: string;
  readonly text?: string;
  readonly tokens?: number;
};
type Seen = { grantId: string; text: string; hasHead: boolean; tokens: number | undefined; maybeSettled: boolean };

test("a gateway killed at any moment has recorded every exchange that went upstream and every byte that went on", async () => {
  const directory = await mkdtemp(join(tmpdir(), "sluice-record-kill-"));
  const random = seededRandom(20_261_125);
  const seen = new Map<string, Seen>();
  try {
    for (let kill = 0; kill < KILLS; kill += 1) {
      const before = [...seen].filter(([, { maybeSettled }]) => !maybeSettled).map(([id]) => id);
      const events = await killedAfter(directory, kill, 20 + random.below(300));
      const told = new Set(events.flatMap(({ saw, exchangeId }) => (saw === "recovered" ? [exchangeId] : [])));
      for (const id of before) assert.ok(told.has(id), `exchange ${id} was not told by the recovery after kill ${kill}`);
      for (const event of events) take(seen, event);
    }
    assert.ok(seen.size > KILLS * 20, `only ${seen.size} exchanges`);
    await holdsTogether(directory, seen);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

async function holdsTogether(directory: string, seen: ReadonlyMap<string, Seen>): Promise<void> {
  const record = await openExchangeRecord({ directory, gatewayId: "killed", recordKey: () => key });
  await record.close();
  assert.deepEqual(record.problems, []);
  const recovered = new Map(record.recovered.map((exchange) => [exchange.exchangeId, exchange]));
  const recorded = new Map<string, Transcript>();
  for (const grantId of grants) {
    const access = { directory: grantDirectory(directory, grantId), recordKey: key };
    const { problems, running } = await verifyRecord(access, grantId);
    assert.deepEqual({ problems, running }, { problems: [], running: 0 });
    for await (const transcript of readTranscripts(access, () => true)) recorded.set(transcript.exchangeId, transcript);
  }
  let cut = 0;
  for (const [exchangeId, { text, hasHead, tokens, maybeSettled }] of seen) {
    const transcript = recorded.get(exchangeId);
    assert.ok(transcript !== undefined, `exchange ${exchangeId} went upstream and is not in the record`);
    const answer = Buffer.concat(transcript.chunks.map(({ bytes }) => bytes)).toString();
    assert.ok(answer.startsWith(text), `${text.length} bytes of ${exchangeId} went on, the record has ${answer.length}`);
    if (hasHead) assert.equal(transcript.answer?.status, 200);
    const { end } = transcript;
    if (tokens !== undefined) assert.deepEqual([end?.outcome, end?.charged.tokens, answer], ["complete", tokens, text]);
    if (end?.outcome === "cut") {
      cut += 1;
      assert.deepEqual(end.charged, transcript.reserved);
    }
    if (!maybeSettled) assert.deepEqual(recovered.get(exchangeId)?.charged, end?.charged);
  }
  assert.ok(cut > 0, "none was really killed in the middle");
}

function take(seen: Map<string, Seen>, { saw, exchangeId, grantId, text, tokens }: Event): void {
  if (saw === "ready" || saw === "recovered") return;
  if (saw === "spend") {
    seen.set(exchangeId, { grantId: grantId ?? "", text: "", hasHead: false, tokens: undefined, maybeSettled: false });
    return;
  }
  const exchange = seen.get(exchangeId);
  assert.ok(exchange !== undefined, `${saw} of an exchange whose beginning was not told`);
  if (saw === "head") exchange.hasHead = true;
  if (saw === "bytes") exchange.text += text ?? "";
  if (saw === "end") exchange.tokens = tokens;
  if (saw === "settled") exchange.maybeSettled = true;
}

/** What the other end of the pipe saw: a line that the kill tore was not seen. */
async function killedAfter(directory: string, seed: number, workMs: number): Promise<readonly Event[]> {
  const child = spawn(process.execPath, [CHILD, directory, String(seed), key.toString("hex"), ...grants], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  const ready = Promise.withResolvers<void>();
  child.stdout.on("data", (bytes: Buffer) => {
    text += bytes.toString();
    if (text.includes('"ready"')) ready.resolve();
  });
  const closed = new Promise<void>((resolve) => child.on("close", () => resolve()));
  await Promise.race([ready.promise, closed]);
  await delay(workMs);
  child.kill("SIGKILL");
  await closed;
  assert.equal(child.signalCode, "SIGKILL");
  return text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Event);
}
