import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Client } from "pg";
import { addWindow, giveCredential } from "../src/contract/endpoints/access-windows.ts";
import { issueModelToken } from "../src/contract/endpoints/exchanges.ts";
import { makeGrant } from "../src/contract/endpoints/grants.ts";
import { enrolModel } from "../src/contract/endpoints/models.ts";
import { issueAdministratorLink } from "../src/contract/endpoints/one-time-links.ts";
import { createOrganisation } from "../src/contract/endpoints/organisations.ts";
import { packageRoot } from "../src/server/package-root.ts";
import { enrolAt } from "../tests/support/http-member.ts";
import { type BenchLine, besidePeer, withinLimit } from "./bench-line.ts";
import { SLUICE } from "./fixtures.ts";
import type { Bench } from "./question.ts";
import { median } from "./rounds.ts";
import { startServer } from "./running-server.ts";

const STREAMS = 200;
const CALLS_AT_ONCE = 64;
const SECONDS = 4;
const ROUNDS = 9;
/** Until the compiler has seen the paths that streams take. */
const WARM_UP_ROUNDS = 4;
/** Of the table of bars: what the gateway adds at 200 streams at once, in the median. */
const LIMIT_MS = 2;
const DAY_MS = 24 * 60 * 60 * 1000;
const CREDENTIAL = "sk-bench-0123456789";

/**
 * What the gateway adds to a model's answers at 200 streams at once, and short calls a second, beside the same model asked directly in the same
 * run: server, gateway, model and whoever asks are processes of their own. On the embedded database, and on PostgreSQL when DATABASE_URL is set.
 */
export async function measure(bench: Bench): Promise<readonly BenchLine[]> {
  return [
    ...(await onDatabase(bench, "embedded", { DATABASE_URL: undefined, DATABASE_REQUEST_URL: undefined })),
    ...(await onPostgres(bench)),
  ];
}

async function onPostgres(bench: Bench): Promise<readonly BenchLine[]> {
  const { DATABASE_URL: server, DATABASE_REQUEST_URL: requests } = process.env;
  if (server === undefined || requests === undefined) {
    bench.say("PostgreSQL is left out: DATABASE_URL and DATABASE_REQUEST_URL are not both set");
    return [];
  }
  const name = `sluice_bench_${randomBytes(6).toString("hex")}`;
  const at = (address: string): string => Object.assign(new URL(address), { pathname: `/${name}` }).href;
  const administrator = new Client({ connectionString: server });
  await administrator.connect();
  try {
    await administrator.query(`create database ${name}`);
    return await onDatabase(bench, "postgres", { DATABASE_URL: at(server), DATABASE_REQUEST_URL: at(requests) });
  } finally {
    await administrator.query(`drop database if exists ${name} with (force)`);
    await administrator.end();
  }
}

async function onDatabase(
  bench: Bench,
  kind: string,
  databaseAddresses: Readonly<Record<string, string | undefined>>,
): Promise<readonly BenchLine[]> {
  const dataDirectory = bench.work.fresh(`gateway-${kind}`);
  const environment = {
    ...databaseAddresses,
    SLUICE_KEYS_DIR: join(bench.work.fresh(`gateway-keys-${kind}`), "keys"),
    ALLOWED_PRIVATE_HOSTS: "127.0.0.1",
  };
  const server = await startServer(dataDirectory, environment);
  const started: ChildProcess[] = [];
  try {
    const model = startChild([join(packageRoot, "bench", "inside", "timed-model.ts")], {}, started);
    const baseUrl = await lineOf(model, /^(http:\S+)$/);
    const gateway = startChild(
      [SLUICE, "gateway", "--data-dir", dataDirectory, "--port", "0"],
      { ...environment, LOG_LEVEL: "silent" },
      started,
    );
    const url = `${await lineOf(gateway, /listens on (http:\S+)/)}/v1`;
    const token = await tokenFor(server, baseUrl);
    const load = startChild([join(packageRoot, "bench", "inside", "model-load.ts")], {}, started);
    const ask = asker(load);
    await untilOpen(`${url}/models`, token);
    const direct = { url: baseUrl, token: CREDENTIAL };
    const through = { url, token };
    const streams = await inTurns(bench, ROUNDS, ask, direct, through, { kind: "streams", atOnce: STREAMS, seconds: SECONDS });
    const calls = await inTurns(bench, ROUNDS, ask, direct, through, { kind: "calls", atOnce: CALLS_AT_ONCE, seconds: SECONDS });
    return linesOf(kind, streams, calls);
  } finally {
    await Promise.all(started.map(stop));
    await server.stop();
  }
}

type Figures = {
  readonly asked: number;
  readonly refused: number;
  readonly perSecond: number;
  readonly firstByteMs: { readonly median: number; readonly p99: number };
  readonly chunkMs: { readonly median: number; readonly p99: number };
};
type Asked = { readonly url: string; readonly token: string };
type Turns = { readonly direct: readonly Figures[]; readonly through: readonly Figures[] };

function linesOf(kind: string, streams: Turns, calls: Turns): readonly BenchLine[] {
  const of = (turns: readonly Figures[], read: (figures: Figures) => number): number => median(turns.map(read));
  const added = (read: (figures: Figures) => number): number => of(streams.through, read) - of(streams.direct, read);
  const place = `model-gateway, ${kind}: ${STREAMS} streams at once`;
  const bar = kind === "postgres" ? LIMIT_MS : undefined;
  const within = (question: string, value: number): BenchLine =>
    bar === undefined
      ? besidePeer(question, value, "ms", { name: `limit on PostgreSQL`, value: LIMIT_MS })
      : withinLimit(question, value, bar, "ms");
  const beside = (what: string, read: (figures: Figures) => number): BenchLine =>
    besidePeer(`${place}, ${what}`, of(streams.through, read), "ms", { name: "the same model directly", value: of(streams.direct, read) });
  return [
    within(
      `${place}, added to the first byte, median`,
      added(({ firstByteMs }) => firstByteMs.median),
    ),
    within(
      `${place}, added to a chunk, median`,
      added(({ chunkMs }) => chunkMs.median),
    ),
    beside("first byte, median", ({ firstByteMs }) => firstByteMs.median),
    beside("first byte, 99 of 100", ({ firstByteMs }) => firstByteMs.p99),
    beside("a chunk, median", ({ chunkMs }) => chunkMs.median),
    beside("a chunk, 99 of 100", ({ chunkMs }) => chunkMs.p99),
    besidePeer(
      `model-gateway, ${kind}: a short call, ${CALLS_AT_ONCE} at once (${of(calls.through, ({ perSecond }) => perSecond).toFixed(0)} a second)`,
      1000 / of(calls.through, ({ perSecond }) => perSecond),
      "ms",
      {
        name: `directly (${of(calls.direct, ({ perSecond }) => perSecond).toFixed(0)} a second)`,
        value: 1000 / of(calls.direct, ({ perSecond }) => perSecond),
      },
    ),
  ];
}

async function inTurns(
  bench: Bench,
  rounds: number,
  ask: (round: object) => Promise<Figures>,
  direct: Asked,
  through: Asked,
  what: { readonly kind: "streams" | "calls"; readonly atOnce: number; readonly seconds: number },
): Promise<Turns> {
  const turns = { direct: [] as Figures[], through: [] as Figures[] };
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    const [plainly, gated] = [await ask({ ...direct, ...what }), await ask({ ...through, ...what })];
    if (round < 0) continue;
    turns.direct.push(plainly);
    turns.through.push(gated);
    bench.say(
      `${what.kind}: first byte ${plainly.firstByteMs.median.toFixed(2)} / ${gated.firstByteMs.median.toFixed(2)} ms, ${plainly.perSecond.toFixed(0)} / ${gated.perSecond.toFixed(0)} a second`,
    );
    // On a machine that other work keeps busy the server's word may come late; figures of such a run say nothing.
    if (plainly.refused + gated.refused > 0.01 * gated.asked)
      throw new Error(`${gated.refused} of ${gated.asked} calls were refused or cut`);
  }
  return turns;
}

/** A lab, an evaluator and a model between them, made as people make them. */
async function tokenFor({ client, url }: Awaited<ReturnType<typeof startServer>>, baseUrl: string): Promise<string> {
  const { link } = await client(issueAdministratorLink, { body: {} });
  const desk = await enrolAt(url, link, { name: "Ada", email: "ada@desk.example", organisation: "Harbour desk" });
  const lab = await desk.ask(createOrganisation, { body: { name: "Example lab", kind: "lab" } });
  const institute = await desk.ask(createOrganisation, { body: { name: "Testing institute", kind: "vendor" } });
  const forLab = await desk.invite({ name: "Lea", role: "administrator", organisation: lab.id });
  const forInstitute = await desk.invite({ name: "Eva", role: "administrator", organisation: institute.id });
  const hour = (instantMs: number) => ({ instantMs, zone: "UTC" });
  const nowMs = Date.now();
  const model = await forLab.ask(enrolModel, {
    body: {
      name: "timed",
      desk: desk.session.acting.organisation,
      wire: "openai",
      custody: "here",
      versions: [{ name: "timed", baseUrl, upstreamName: "timed" }],
      partnerRelease: hour(nowMs + 20 * DAY_MS),
      terms: {
        purposes: ["measuring"],
        retentionDays: 1,
        destruction: "All of it",
        confidentiality: "None of it is passed on",
        whoMaySee: "The institute",
        contacts: [{ name: "Lea", reach: "lea@lab.example" }],
      },
    },
  });
  const window = await forLab.ask(addWindow, {
    params: { model: model.id },
    body: { kind: "testing-window", name: "Measuring", opens: hour(nowMs + 1000) },
  });
  await forLab.ask(giveCredential, { params: { window: window.id }, body: { credential: CREDENTIAL } });
  const grant = await forLab.ask(makeGrant, {
    params: { window: window.id },
    body: {
      organisation: institute.id,
      purposes: ["measuring"],
      budget: { requests: 1_000_000_000, tokens: 1_000_000_000_000 },
      requestsPerMinute: 1_000_000,
    },
  });
  const { token } = await forInstitute.ask(issueModelToken, { params: { grant: grant.id }, body: { name: "bench", purpose: "measuring" } });
  return token;
}

async function untilOpen(url: string, token: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    const { status } = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    if (status === 200) return;
    if (tries === 600) throw new Error(`the window has not opened: status ${status}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function startChild(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  started: ChildProcess[],
): ChildProcess {
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"], env: { ...process.env, ...environment } });
  started.push(child);
  return child;
}

async function lineOf({ stdout }: ChildProcess, pattern: RegExp): Promise<string> {
  if (stdout === null) throw new Error("a child has no standard output");
  for await (const line of createInterface({ input: stdout })) {
    const found = pattern.exec(line)?.[1];
    if (found === undefined) continue;
    stdout.resume();
    return found;
  }
  throw new Error("a child ended before it listened");
}

function asker({ stdin, stdout }: ChildProcess): (round: object) => Promise<Figures> {
  if (stdin === null || stdout === null) throw new Error("a child has no pipes");
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  return async (round) => {
    stdin.write(`${JSON.stringify(round)}\n`);
    const { value, done } = await lines.next();
    if (done === true) throw new Error("whoever asks has ended");
    return JSON.parse(value) as Figures;
  };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}
