import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { Client } from "pg";
import { openKeyRing } from "../src/sealing/key-ring.ts";
import { trustActorKeys } from "../src/server/actors/actor-key-store.ts";
import { createActorSigner } from "../src/server/actors/sign-actor.ts";
import type { OwnedDatabase, SignedActor, Transaction } from "../src/server/database/database.ts";
import { openOwnedDatabase } from "../src/server/database/open-database.ts";
import { openPostgres } from "../src/server/database/open-postgres.ts";
import { listDrafts } from "../src/server/drafts/draft-store.ts";
import { readParts } from "../src/server/drafts/part-store.ts";
import { type BenchLine, besidePeer, withinLimit } from "./bench-line.ts";
import type { Bench } from "./question.ts";
import { elapsedMs, medians } from "./rounds.ts";
import { idOf, KNOWN_DRAFT, makeMillionParts, PARTS, READERS, type Reader } from "./synthetic/million-parts.ts";

const LIMIT_MS = 200;
const ROUNDS = 15;
/** After the last draft was opened. */
const NOW_MS = Date.UTC(2026, 11, 1);

/**
 * The list of drafts and one draft's parts as the services read them, for who sees much and who sees little, beside the same statements
 * without policies. On the embedded database, and on PostgreSQL when DATABASE_URL and DATABASE_SUPERUSER_URL are set (`tools/with-postgres.ts`).
 */
export async function measure(bench: Bench): Promise<readonly BenchLine[]> {
  const folder = await bench.work.made("confidential-million", async (directory) => {
    const database = await openOwnedDatabase({ dataDirectory: directory, databaseUrl: undefined });
    try {
      await makeMillionParts(database, told(bench));
    } finally {
      await database.close();
    }
  });
  const embedded = await openOwnedDatabase({ dataDirectory: folder, databaseUrl: undefined });
  try {
    const lines = await linesOf({ database: embedded, unguarded: embedded }, bench);
    return [...lines, ...(await onPostgres(bench))];
  } finally {
    await embedded.close();
  }
}

/** `unguarded` passes every policy: its login is a superuser. */
type Side = { readonly database: OwnedDatabase; readonly unguarded: OwnedDatabase };

async function linesOf(side: Side, bench: Bench): Promise<readonly BenchLine[]> {
  const { database } = side;
  const keys = await openKeyRing({
    directory: join(bench.work.fresh(`keys-${database.kind}`), "keys"),
    master: new Uint8Array(32).fill(1),
  });
  await trustActorKeys(database, keys);
  const sign = createActorSigner(keys, () => NOW_MS);
  const lines: BenchLine[] = [];
  const worst: Record<"list" | "read", number> = { list: 0, read: 0 };
  for (const reader of Object.keys(READERS) as Reader[]) {
    const member = { organisation: idOf("organisation", READERS[reader]), person: idOf("person", READERS[reader]) };
    const actor = (): SignedActor => sign({ ...member, session: undefined, floor: 1, secondFactor: true });
    const draft = { organisation: idOf("organisation", 6 + (KNOWN_DRAFT[reader] % 995)), draft: idOf("draft", KNOWN_DRAFT[reader]) };
    const list = (transaction: Transaction): Promise<unknown> =>
      listDrafts(transaction, { state: undefined, own: undefined }, undefined, 50);
    const read = (transaction: Transaction): Promise<unknown> => readParts(transaction, draft);
    const figures = await medians(ROUNDS, {
      list: () => elapsedMs(() => database.transaction(actor(), list)),
      listUnguarded: () => elapsedMs(() => unguardedBy(side, actor(), list)),
      read: () => elapsedMs(() => database.transaction(actor(), read)),
      readUnguarded: () => elapsedMs(() => unguardedBy(side, actor(), read)),
    });
    const place = `confidential-lists, ${database.kind}, who sees ${reader}`;
    worst.list = Math.max(worst.list, figures.list);
    worst.read = Math.max(worst.read, figures.read);
    lines.push(besidePeer(`${place}: 50 drafts`, figures.list, "ms", { name: "without policies", value: figures.listUnguarded }));
    lines.push(besidePeer(`${place}: one draft's parts`, figures.read, "ms", { name: "without policies", value: figures.readUnguarded }));
  }
  return [
    withinLimit(
      `confidential-lists, ${database.kind}: the slowest list of ${PARTS.toLocaleString("en")} parts`,
      worst.list,
      LIMIT_MS,
      "ms",
    ),
    withinLimit(`confidential-lists, ${database.kind}: the slowest single read`, worst.read, LIMIT_MS, "ms"),
    ...lines,
  ];
}

/** The same statements by the same actor, as a login that no policy holds for. */
function unguardedBy({ unguarded }: Side, { signed }: SignedActor, work: (transaction: Transaction) => Promise<unknown>): Promise<unknown> {
  return unguarded.asOwner(async (transaction) => {
    await transaction.script(`set local sluice.actor = '${signed}'`);
    return work(transaction);
  });
}

async function onPostgres(bench: Bench): Promise<readonly BenchLine[]> {
  const { DATABASE_URL: server, DATABASE_REQUEST_URL: requests, DATABASE_SUPERUSER_URL: superuser } = process.env;
  if (server === undefined || requests === undefined || superuser === undefined) {
    bench.say("PostgreSQL is left out: DATABASE_URL, DATABASE_REQUEST_URL and DATABASE_SUPERUSER_URL are not all set");
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
    const unguarded = await openPostgres({ url: at(superuser) });
    try {
      await makeMillionParts(database, told(bench));
      // Only the owner of the catalogue may analyse all of it.
      await unguarded.vacuum();
      return await linesOf({ database, unguarded }, bench);
    } finally {
      await unguarded.close();
      await database.close();
    }
  } finally {
    await administrator.query(`drop database if exists ${name} with (force)`);
    await administrator.end();
  }
}

function told(bench: Bench): (done: number) => void {
  return (done) => bench.say(`${done.toLocaleString("en")} of ${PARTS.toLocaleString("en")} parts`);
}
