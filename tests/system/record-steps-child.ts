import { randomUUID } from "node:crypto";
import { writeSync } from "node:fs";
import { openExchangeRecord } from "../../src/gateway/record/exchange-record.ts";
import { isCodedError } from "../../src/vocabulary/coded-error.ts";
import { recordedChunk } from "../support/recorded-chunk.ts";

/**
 * A gateway's work on its record, each step told as soon as it is acknowledged. `DIRECTORY KEY GRANT EXCHANGES` records exchanges in segments that
 * hold one or two of them and settles every other; KEY `-`: removes what is recorded of GRANT.
 */
const [directory = "", key = "", grantId = "", count = "0"] = process.argv.slice(2);
const recordKey = key === "-" ? undefined : Buffer.from(key, "hex");
try {
  const record = await openExchangeRecord({ directory, gatewayId: "stopped", recordKey: () => recordKey, segmentLimitBytes: 1500 });
  for (const { exchangeId, outcome } of record.recovered) tell(`recovered ${exchangeId} ${outcome}`);
  if (recordKey === undefined) tell(`removed ${(await record.remove(grantId))?.files ?? "nothing"}`);
  else for (let n = 0; n < Number(count); n += 1) await exchanged(n);
  await record.close();

  async function exchanged(n: number): Promise<void> {
    const exchangeId = randomUUID();
    const exchange = await record.begin({
      grantId,
      exchangeId,
      session: "s",
      leaseId: randomUUID(),
      reserved: { requests: 1, tokens: 10 },
      facts: {},
      method: "POST",
      path: "/",
      headers: [],
      body: Buffer.alloc(600),
    });
    tell(`spend ${exchangeId}`);
    await exchange.open(200, []);
    await recordedChunk(exchange, Buffer.from(`answer ${n}`));
    tell(`chunk ${exchangeId}`);
    await exchange.close({ outcome: "complete", usage: {}, charged: { requests: 1, tokens: 1 } });
    tell(`close ${exchangeId}`);
    if (n % 2 === 0) return;
    tell(`settled ${exchangeId}`);
    await record.settled(grantId, [exchangeId]);
  }
} catch (error) {
  if (!isCodedError(error)) throw error;
  tell(`refused ${error.code}`);
}

function tell(line: string): void {
  writeSync(1, `${line}\n`);
}
