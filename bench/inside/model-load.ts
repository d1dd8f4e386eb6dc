import { Agent, request } from "node:http";
import { createInterface } from "node:readline";

/**
 * What asks a model, in a process of its own. Each line of standard input is one round: `{"url", "token", "kind": "streams" | "calls", "atOnce", "seconds"}`;
 * each answer is one line of figures. `firstByteMs` is from the asking until the first byte of the body, `chunkMs` from the writing of an event at
 * the model until it is here. What is refused is counted, and asked again a little later.
 */
type Round = {
  readonly url: string;
  readonly token: string;
  readonly kind: "streams" | "calls";
  readonly atOnce: number;
  readonly seconds: number;
};

const STAMP = /"content":"(\d+)"/g;
const agent = new Agent({ keepAlive: true, maxSockets: 1000, maxFreeSockets: 1000 });

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await run(JSON.parse(line) as Round))}\n`);
}
agent.destroy();

async function run({ url, token, kind, atOnce, seconds }: Round): Promise<object> {
  const firstByteMs: number[] = [];
  const chunkMs: number[] = [];
  let refused = 0;
  const endsAt = performance.now() + seconds * 1000;
  const startedAt = performance.now();
  const stream = kind === "streams";
  const body = JSON.stringify({ model: "timed", stream, max_tokens: 64, messages: [{ role: "user", content: "How long does it take" }] });
  await Promise.all(
    Array.from({ length: atOnce }, async (_, place) => {
      // Not all in one millisecond: nobody's tools ask so.
      if (stream) await new Promise((resolve) => setTimeout(resolve, (place * 850) / atOnce));
      while (performance.now() < endsAt) {
        if (await ask(`${url}/chat/completions`, token, body, firstByteMs, chunkMs)) continue;
        refused++;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }),
  );
  const tookMs = performance.now() - startedAt;
  return {
    asked: firstByteMs.length,
    refused,
    perSecond: (firstByteMs.length * 1000) / tookMs,
    firstByteMs: { median: at(firstByteMs, 0.5), p99: at(firstByteMs, 0.99) },
    chunkMs: { median: at(chunkMs, 0.5), p99: at(chunkMs, 0.99) },
  };
}

/** False = refused, or cut. */
function ask(url: string, token: string, body: string, firstByteMs: number[], chunkMs: number[]): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const askedAt = performance.now();
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body), authorization: `Bearer ${token}` };
    const asked = request(url, { agent, method: "POST", headers }, (response) => {
      let isFirst = response.statusCode === 200;
      response.on("data", (chunk: Buffer) => {
        const nowUs = Number(process.hrtime.bigint() / 1000n);
        if (isFirst) firstByteMs.push(performance.now() - askedAt);
        isFirst = false;
        for (const [, stamp] of chunk.toString("latin1").matchAll(STAMP)) chunkMs.push((nowUs - Number(stamp)) / 1000);
      });
      response.on("error", () => resolve(false));
      response.on("end", () => resolve(response.statusCode === 200));
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

function at(figures: readonly number[], share: number): number {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
