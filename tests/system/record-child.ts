import { randomUUID } from "node:crypto";
import { writeSync } from "node:fs";
import { openExchangeRecord } from "../../src/gateway/record/exchange-record.ts";
import { isCodedError } from "../../src/vocabulary/coded-error.ts";
import { recordedChunk } from "../support/recorded-chunk.ts";

/** Exchanges one after the other, each step told as soon as it is acknowledged. `DIRECTORY KEY GRANT COUNT` */
const [directory = "", key = "", grantId = "", count = ""] = process.argv.slice(2);
const record = await openExchangeRecord({ directory, gatewayId: "traced", recordKey: () => Buffer.from(key, "hex") });
for (let n = 0; n < Number(count); n += 1) {
  const exchangeId = randomUUID();
  try {
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
      body: Buffer.from("question"),
    });
    tell(`spend ${exchangeId}`);
    await exchange.open(200, []);
    tell(`open ${exchangeId}`);
    await recordedChunk(exchange, Buffer.from("answer"));
    tell(`chunk ${exchangeId}`);
    await exchange.close({ outcome: "complete", usage: {}, charged: { requests: 1, tokens: 1 } });
    tell(`close ${exchangeId}`);
  } catch (error) {
    if (!isCodedError(error)) throw error;
    tell(`refused ${error.code}`);
  }
}
await record.close();

function tell(line: string): void {
  writeSync(1, `${line}\n`);
}
