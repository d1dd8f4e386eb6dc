import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { openKeyRing } from "../src/sealing/key-ring.ts";
import { trustActorKeys } from "../src/server/actors/actor-key-store.ts";
import { createActorSigner } from "../src/server/actors/sign-actor.ts";
import type { OwnedDatabase } from "../src/server/database/database.ts";
import { openOwnedDatabase } from "../src/server/database/open-database.ts";
import type { Caller } from "../src/server/http/caller.ts";
import { createStagedService } from "../src/server/releases/staged-service.ts";
import { createScanService, type ScanService } from "../src/server/scanning/scan-service.ts";
import { createSnapshotService } from "../src/server/snapshot/snapshot-service.ts";
import { verbsOf } from "../src/vocabulary/organisation.ts";
import { type BenchLine, besidePeer, withinLimit } from "./bench-line.ts";
import { quarterMillionSnapshot, sbomOf } from "./fixtures.ts";
import type { Bench } from "./question.ts";
import { elapsedMs, medians } from "./rounds.ts";
import { makeStagedAdvisories, STAGED, type StagedReader } from "./synthetic/staged-advisories.ts";
import { QUARTER_MILLION } from "./synthetic/osv-records.ts";

const COMPONENTS = 1_000;
const ROUNDS = 15;
/** Of the table of bars: a scan of 1,000 components, whole. */
const LIMIT_MS = 400;

/**
 * The server's scan of 1,000 components by a member, with 10,000 staged advisories of which half are open to it at fix and half at notice, and by a
 * member who may know of none, beside the same scan by a stranger. On the embedded database, and on PostgreSQL when DATABASE_URL is set.
 */
export async function measure(bench: Bench): Promise<readonly BenchLine[]> {
  const embedded = await openOwnedDatabase({ dataDirectory: bench.work.fresh("staged-embedded"), databaseUrl: undefined });
  try {
    return [...(await linesOf(embedded, bench)), ...(await onPostgres(bench))];
  } finally {
    await embedded.close();
  }
}

async function linesOf(database: OwnedDatabase, bench: Bench): Promise<readonly BenchLine[]> {
  bench.say(`writing ${STAGED.toLocaleString("en")} staged advisories (${database.kind})`);
  const nowMs = Date.now();
  const readers = await makeStagedAdvisories(database, QUARTER_MILLION.packages, nowMs);
  const keys = await openKeyRing({
    directory: join(bench.work.fresh(`staged-keys-${database.kind}`), "keys"),
    master: new Uint8Array(32).fill(1),
  });
  await trustActorKeys(database, keys);
  const sign = createActorSigner(keys, () => nowMs);
  const caller = (reader: StagedReader): Caller => ({
    ...reader,
    organisationKind: "operator",
    role: "editor",
    verbs: verbsOf("editor", "operator"),
    isToken: true,
    credential: "00000000-0000-4000-8000-0000000000c1",
    floor: 1,
    secondFactor: true,
    actor: sign({ ...reader, session: undefined, floor: 1, secondFactor: true }),
  });
  const snapshots = await createSnapshotService({ database, dataDirectory: await quarterMillionSnapshot(bench) });
  try {
    const staged = createStagedService({ database, clock: () => nowMs });
    const scans = createScanService({ snapshots, staged, now: () => nowMs });
    const document = { name: "bom.cdx.json", bytes: readFileSync(await sbomOf(bench, COMPONENTS)) };
    const found = (await scans.scan(document, undefined, caller(readers.informed))).staged;
    bench.say(`${database.kind}: ${found?.findings.length} at fix, ${found?.notices.length} notices of ${STAGED.toLocaleString("en")}`);
    if (found === undefined || found.findings.length === 0 || found.notices.length === 0) throw new Error("nothing staged was matched");
    const figures = await medians(ROUNDS, {
      informed: () => elapsedMs(() => scan(scans, document, caller(readers.informed))),
      stranger: () => elapsedMs(() => scan(scans, document, caller(readers.stranger))),
      nobody: () => elapsedMs(() => scan(scans, document, undefined)),
    });
    const place = `staged-scan, ${database.kind}: ${COMPONENTS.toLocaleString("en")} components`;
    const peer = { name: "the same scan without", value: figures.nobody };
    return [
      withinLimit(`${place}, a member told of ${STAGED.toLocaleString("en")} drafts`, figures.informed, LIMIT_MS, "ms"),
      besidePeer(`${place}, beside a stranger's scan`, figures.informed, "ms", peer),
      besidePeer(`${place}, a member told of none`, figures.stranger, "ms", peer),
    ];
  } finally {
    await snapshots.close();
  }
}

async function scan(
  scans: ScanService,
  document: { readonly name: string; readonly bytes: Uint8Array },
  member: Caller | undefined,
): Promise<void> {
  await scans.scan(document, undefined, member);
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
    const database = await openOwnedDatabase({
      dataDirectory: join(bench.work.path, "none"),
      databaseUrl: at(server),
      databaseRequestUrl: at(requests),
    });
    try {
      return await linesOf(database, bench);
    } finally {
      await database.close();
    }
  } finally {
    await administrator.query(`drop database if exists ${name} with (force)`);
    await administrator.end();
  }
}
