import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OwnedDatabase } from "../../src/server/database/database.ts";
import type { Caller } from "../../src/server/http/caller.ts";
import { createReleaseJob, type ReleaseJob, type ReleaseJobParts } from "../../src/server/releases/release-job.ts";
import { createReleaseService, type ReleaseService } from "../../src/server/releases/release-service.ts";
import { createSnapshotService, type SnapshotService } from "../../src/server/snapshot/snapshot-service.ts";
import { verbsOf, type MemberRole } from "../../src/vocabulary/organisation.ts";
import { withTrustedActors, type TestMember, type TrustedActors } from "./trusted-actors.ts";

/** Release plans over a real database, with a clock of the test's. */
export type ReleaseDesk = {
  readonly database: OwnedDatabase;
  readonly actors: TrustedActors;
  readonly releases: ReleaseService;
  readonly job: ReleaseJob;
  readonly snapshots: SnapshotService;
  /** A member as a request of theirs would have it, now. */
  readonly caller: (member: TestMember, role?: MemberRole) => Caller;
  /** Moves the clock to so many hours after the test began, and lets the job look. */
  readonly toHour: (hour: number) => Promise<void>;
  readonly hour: (hour: number) => number;
  /** What the job wrote to its log. */
  readonly errors: readonly string[];
  /** A second job over the same database, as another server would run it. */
  readonly anotherJob: (clocks?: JobClocks) => Promise<ReleaseJob>;
};

export type JobClocks = Partial<Pick<ReleaseJobParts, "monotonic" | "readDatabaseMs" | "marks" | "lookEveryMs">>;

const HOUR_MS = 3_600_000;

export async function withReleaseDesk(database: OwnedDatabase, work: (desk: ReleaseDesk) => Promise<void>): Promise<void> {
  const dataDirectory = await mkdtemp(join(tmpdir(), "sluice-releases-"));
  const snapshots = await createSnapshotService({ database, dataDirectory });
  try {
    await withTrustedActors(database, async (actors) => {
      const beganMs = actors.clock();
      const errors: string[] = [];
      const note = (_: object, words?: string): void => void errors.push(words ?? "");
      const log = { error: note, warn: note } as never;
      const newJob = (clocks: JobClocks = {}): Promise<ReleaseJob> =>
        createReleaseJob({ database, keys: actors.keys, clock: actors.clock, monotonic: actors.clock, log, snapshots, ...clocks });
      const job = await newJob();
      await work({
        database,
        actors,
        job,
        snapshots,
        errors,
        releases: createReleaseService({ database, clock: actors.clock, job }),
        caller: (member, role = "administrator") => ({
          ...member,
          organisationKind: "vendor",
          role,
          verbs: verbsOf(role, "vendor"),
          isToken: false,
          credential: "00000000-0000-0000-0000-0000000000c1",
          floor: 1,
          secondFactor: true,
          actor: actors.as(member),
        }),
        hour: (hour) => beganMs + hour * HOUR_MS,
        toHour: async (hour) => {
          actors.setClock(beganMs + hour * HOUR_MS);
          await job.settle();
        },
        anotherJob: newJob,
      });
      await job.close();
    });
  } finally {
    await snapshots.close();
    await rm(dataDirectory, { recursive: true });
  }
}
