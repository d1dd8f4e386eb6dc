import { randomUUID } from "node:crypto";
import { writeSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { openExchangeRecord } from "../../src/gateway/record/exchange-record.ts";
import type { RecordedExchange } from "../../src/gateway/record/recorded-exchange.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { recordedChunk } from "../support/recorded-chunk.ts";

/**
 * A gateway's part of the work until it is killed: exchanges side by side, whose bytes go to the other end of a pipe as soon as they may.
 * `DIRECTORY SEED KEY GRANT…`
 */
const [directory = "", seed = "", key = "", ...grants] = process.argv.slice(2);
const random = seededRandom(Number(seed));
const record = await openExchangeRecord({
  directory,
  gatewayId: "killed",
  recordKey: () => Buffer.from(key, "hex"),
  segmentLimitBytes: 60_000,
});
for (const { exchangeId } of record.recovered) tell({ saw: "recovered", exchangeId });
tell({ saw: "ready" });
await Promise.all(Array.from({ length: 30 }, (_, n) => client(n)));

async function client(n: number): Promise<void> {
  for (;;) {
    const grantId = grants[n % grants.length] ?? "";
    const exchangeId = randomUUID();
    const reserved = { requests: 1, tokens: 100 + n };
    const exchange = await record.begin({
      grantId,
      exchangeId,
      session: `session ${n % 7}`,
      leaseId: randomUUID(),
      reserved,
      facts: { n: String(n) },
      method: "POST",
      path: "/v1/messages",
      headers: [],
      body: Buffer.alloc(random.below(2000), n),
    });
    // From here on the request may be at the lab.
    tell({ saw: "spend", exchangeId, grantId });
    await answered(exchange, exchangeId, reserved.tokens);
  }
}

async function answered(exchange: RecordedExchange, exchangeId: string, reserved: number): Promise<void> {
  await delay(random.below(4));
  await exchange.open(200, []);
  tell({ saw: "head", exchangeId });
  for (let left = random.below(12); left > 0; left -= 1) {
    const bytes = Buffer.from(randomUUID().repeat(1 + random.below(4)));
    await recordedChunk(exchange, bytes);
    tell({ saw: "bytes", exchangeId, text: bytes.toString() });
    if (random.below(2) === 0) await delay(random.below(3));
  }
  const tokens = random.below(reserved);
  const ended = await exchange.close({ outcome: "complete", usage: { outputTokens: tokens }, charged: { requests: 1, tokens } });
  tell({ saw: "end", exchangeId, tokens });
  if (random.below(2) > 0) return;
  tell({ saw: "settled", exchangeId });
  await record.settled(ended.grantId, [exchangeId]);
}

function tell(event: object): void {
  const line = Buffer.from(`${JSON.stringify(event)}\n`);
  for (let written = 0; written < line.length;) written += writeSync(1, line, written);
}
