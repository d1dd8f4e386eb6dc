import { join } from "node:path";
import { openKeyRing } from "../src/sealing/key-ring.ts";
import { trustActorKeys } from "../src/server/actors/actor-key-store.ts";
import { createActorSigner } from "../src/server/actors/sign-actor.ts";
import type { OwnedDatabase } from "../src/server/database/database.ts";
import { openOwnedDatabase } from "../src/server/database/open-database.ts";
import type { Caller } from "../src/server/http/caller.ts";
import { createReleaseJob } from "../src/server/releases/release-job.ts";
import { createReleaseService } from "../src/server/releases/release-service.ts";
import { createSnapshotService, type SnapshotService } from "../src/server/snapshot/snapshot-service.ts";
import { writeDraft } from "../tests/support/staged-drafts.ts";
import { verbsOf } from "../src/vocabulary/organisation.ts";
import { type BenchLine, withinLimit } from "./bench-line.ts";
import { quarterMillionInstallation } from "./fixtures.ts";
import type { Bench } from "./question.ts";
import { elapsedMs, medians } from "./rounds.ts";
import { makeReader, type StagedReader } from "./synthetic/staged-advisories.ts";

const HOUR_MS = 3_600_000;

/** From the public hour of a draft advisory until the served answer has it, of 250,000 advisories. */
export async function measure(bench: Bench): Promise<readonly BenchLine[]> {
  const dataDirectory = await quarterMillionInstallation(bench);
  const database = await openOwnedDatabase({ dataDirectory, databaseUrl: undefined });
  const snapshots = await createSnapshotService({ database, dataDirectory });
  try {
    await snapshots.catchUp();
    const publish = await publisherOf(bench, database, snapshots);
    let number = 0;
    const { ours } = await medians(5, { ours: () => publish(`published-${Date.now()}-${number++}`) });
    return [withinLimit("published-draft: a public hour until it is served, of 250,000", ours, 5, "s")];
  } finally {
    await snapshots.close();
    await database.close();
  }
}

/** Seconds from the public hour of a draft about the package until the snapshot has it. */
async function publisherOf(bench: Bench, database: OwnedDatabase, snapshots: SnapshotService): Promise<(name: string) => Promise<number>> {
  let nowMs = Date.now();
  const clock = (): number => nowMs;
  const keys = await openKeyRing({ directory: join(bench.work.fresh("published-keys"), "keys"), master: new Uint8Array(32).fill(1) });
  await trustActorKeys(database, keys);
  const sign = createActorSigner(keys, clock);
  const owner: StagedReader = await makeReader(database, "Owner", new Date(nowMs));
  const caller = (): Caller => ({
    ...owner,
    organisationKind: "vendor",
    role: "editor",
    verbs: verbsOf("editor", "vendor"),
    isToken: true,
    credential: "00000000-0000-4000-8000-0000000000c1",
    floor: 1,
    secondFactor: true,
    actor: sign({ ...owner, session: undefined, floor: 1, secondFactor: true }),
  });
  const log = { error: (_: object, words?: string) => bench.say(words ?? ""), warn: () => undefined } as never;
  const job = await createReleaseJob({ database, keys, snapshots, clock, monotonic: clock, log });
  const releases = createReleaseService({ database, clock, job });
  return async (name) => {
    const { draft } = await writeDraft(database, { actor: caller().actor, member: owner, atMs: nowMs }, [
      { kind: "summary", body: { text: "What was kept until now" } },
      {
        kind: "affected",
        body: {
          package: { ecosystem: "npm", name },
          purl: undefined,
          ranges: [{ type: "SEMVER", repository: undefined, events: [{ kind: "introduced", version: "0" }] }],
          versions: [],
        },
      },
    ]);
    await releases.write(caller(), draft, {
      stages: [{ level: "public", opens: { instantMs: nowMs + HOUR_MS, zone: "UTC" }, on: ["leak"] }],
    });
    await releases.agree(caller(), draft, 1);
    nowMs += HOUR_MS;
    const tookMs = await elapsedMs(() => job.settle());
    if (snapshots.require().snapshot.findPackage("npm", name) < 0) throw new Error(`${name} is not served`);
    return tookMs / 1000;
  };
}
