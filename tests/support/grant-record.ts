import { randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import type { EndedExchange, ExchangeBeginning, ExchangeEnding } from "../../src/gateway/record/exchange.ts";
import { type ExchangeRecord, openExchangeRecord } from "../../src/gateway/record/exchange-record.ts";
import type { RecordAccess } from "../../src/sealing/segment-files.ts";
import { grantDirectory } from "../../src/sealing/segment-paths.ts";
import { readTranscripts, type Transcript } from "../../src/sealing/transcript.ts";
import { recordedChunk } from "./recorded-chunk.ts";

/** A gateway's record of one grant, in directories that are gone after the tests. */
const root = mkdtempSync(join(tmpdir(), "sluice-record-"));
after(() => rmSync(root, { recursive: true, force: true }));

export const recordKey = randomBytes(32);
export const grantId = randomUUID();
export const ending: ExchangeEnding = {
  outcome: "complete",
  usage: { inputTokens: 3, outputTokens: 4 },
  charged: { requests: 1, tokens: 7 },
};

let count = 0;
export const newDirectory = (): string => join(root, `record-${++count}`);
export const opened = (directory: string, segmentLimitBytes = 1 << 20): Promise<ExchangeRecord> =>
  openExchangeRecord({ directory, gatewayId: "here", recordKey: () => recordKey, segmentLimitBytes });
export const accessTo = (directory: string): RecordAccess => ({ directory: grantDirectory(directory, grantId), recordKey });

export function beginning(session = "s", body = "{}"): ExchangeBeginning {
  return {
    grantId,
    exchangeId: randomUUID(),
    session,
    leaseId: randomUUID(),
    reserved: { requests: 1, tokens: 50 },
    facts: { tokenId: "t", model: "m" },
    method: "POST",
    path: "/v1/messages",
    headers: [["content-type", "application/json"]],
    body: Buffer.from(body),
  };
}

export async function exchanged(record: ExchangeRecord, begun: ExchangeBeginning, chunks: readonly string[]): Promise<EndedExchange> {
  const exchange = await record.begin(begun);
  await exchange.open(200, [["content-type", "text/event-stream"]]);
  for (const chunk of chunks) await recordedChunk(exchange, Buffer.from(chunk));
  return exchange.close(ending);
}

export async function all(directory: string): Promise<readonly Transcript[]> {
  return Array.fromAsync(readTranscripts(accessTo(directory), () => true));
}

export const answerOf = ({ chunks }: Transcript): string => Buffer.concat(chunks.map(({ bytes }) => bytes)).toString();
