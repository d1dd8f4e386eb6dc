import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";

/**
 * What asks a model, in a process of its own. Each line of standard input is one round: `{"url", "token", "kind": "streams" | "calls", "atOnce", "seconds"}`;
 * each answer is one line of figures. `firstByteMs` is from the asking until the first byte of the body, `chunkMs` from the writing of an event at
 * the model until it is here. What is refused is counted, and asked again a little later. On bare sockets, kept open for a round, so that what is
 * measured is what answers.
 */
type Round = {
  readonly url: string;
  readonly token: string;
  readonly kind: "streams" | "calls";
  readonly atOnce: number;
  readonly seconds: number;
};

const HEAD_END = "\r\n\r\n";
const STAMP_START = '"content":"';
const STAMP_LENGTH = 16;
const LONGEST_PAUSE_MS = 20;
const CHUNKS_END = Buffer.from("0\r\n\r\n");

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await run(JSON.parse(line) as Round))}\n`);
}

async function run({ url, token, kind, atOnce, seconds }: Round): Promise<object> {
  const { hostname, port, pathname } = new URL(`${url}/chat/completions`);
  const stream = kind === "streams";
  const body = JSON.stringify({ model: "timed", stream, max_tokens: 64, messages: [{ role: "user", content: "How long does it take" }] });
  const asked = Buffer.from(
    `POST ${pathname} HTTP/1.1\r\nhost: ${hostname}:${port}\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  const firstByteMs: number[] = [];
  const chunkMs: number[] = [];
  let refused = 0;
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1000;
  await Promise.all(
    Array.from({ length: atOnce }, async (_, place) => {
      // Not all in one millisecond: nobody's tools ask so.
      if (stream) await new Promise((resolve) => setTimeout(resolve, (place * 850) / atOnce));
      let socket: Socket | undefined;
      while (performance.now() < endsAt) {
        if (socket === undefined || socket.destroyed) {
          socket = connect({ host: hostname, port: Number(port), noDelay: true });
          await once(socket, "connect");
        }
        if (await ask(socket, asked, firstByteMs, chunkMs)) {
          // Those that were held up together do not go on in step.
          if (stream) await new Promise((resolve) => setTimeout(resolve, Math.random() * LONGEST_PAUSE_MS));
          continue;
        }
        refused++;
        socket.destroy();
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      socket?.destroy();
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
function ask(socket: Socket, asked: Buffer, firstByteMs: number[], chunkMs: number[]): Promise<boolean> {
  return new Promise((resolve) => {
    const askedAt = performance.now();
    let head = "";
    /** Of the body: undefined while the head is not whole, Infinity for chunks. */
    let bytesLeft: number | undefined;
    let isFirst = true;
    const done = (isWhole: boolean): void => {
      socket.off("data", take).off("close", cut).off("error", cut);
      resolve(isWhole);
    };
    const cut = (): void => done(false);
    const take = (received: Buffer): void => {
      let bytes = received;
      if (bytesLeft === undefined) {
        head += bytes.toString("latin1");
        const end = head.indexOf(HEAD_END);
        if (end === -1) return;
        if (!head.startsWith("HTTP/1.1 200 ")) return done(false);
        const length = /^content-length: (\d+)\r$/im.exec(head.slice(0, end + 2))?.[1];
        bytesLeft = length === undefined ? Number.POSITIVE_INFINITY : Number(length);
        bytes = Buffer.from(head.slice(end + HEAD_END.length), "latin1");
        if (bytes.length === 0) return;
      }
      if (isFirst) firstByteMs.push(performance.now() - askedAt);
      isFirst = false;
      const nowUs = Number(process.hrtime.bigint() / 1000n);
      for (let from = bytes.indexOf(STAMP_START); from !== -1; from = bytes.indexOf(STAMP_START, from + 1)) {
        const stamp = from + STAMP_START.length;
        chunkMs.push((nowUs - Number(bytes.toString("latin1", stamp, stamp + STAMP_LENGTH))) / 1000);
      }
      bytesLeft -= bytes.length;
      const isWhole = bytesLeft === Number.POSITIVE_INFINITY ? bytes.subarray(-CHUNKS_END.length).equals(CHUNKS_END) : bytesLeft <= 0;
      if (isWhole) done(true);
    };
    socket.on("data", take).once("close", cut).once("error", cut);
    socket.write(asked);
  });
}

function at(figures: readonly number[], share: number): number {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
