import { accessReviewEndpoints } from "../../src/contract/endpoints/access-review.ts";
import { circleEndpoints, createCircle } from "../../src/contract/endpoints/circles.ts";
import { accessReviewRoutes } from "../../src/server/access-review/access-review-routes.ts";
import { createAccessReviewService } from "../../src/server/access-review/access-review-service.ts";
import { createAuditService } from "../../src/server/access-review/audit-service.ts";
import { circleRoutes } from "../../src/server/circles/circle-routes.ts";
import { createCircleService } from "../../src/server/circles/circle-service.ts";
import { createInvitationService } from "../../src/server/circles/invitation-service.ts";
import type { OwnedDatabase } from "../../src/server/database/database.ts";
import { sql } from "../../src/server/database/sql.ts";
import { type DraftLevel, levelNumber } from "../../src/vocabulary/level.ts";
import { withTestDatabase } from "../database/test-database.ts";
import { writeDraft } from "./staged-drafts.ts";
import { openSubjectDesk, type Seat, type SubjectDesk, takeSeat } from "./subject-desk.ts";
import { type TrustedActors, withTrustedActors } from "./trusted-actors.ts";

export const HOUR_MS = 60 * 60 * 1000;

/** Access reviews and circles over HTTP, with an owner of drafts; the clock is the test's. */
export type ReviewScene = {
  readonly database: OwnedDatabase;
  readonly actors: TrustedActors;
  readonly desk: SubjectDesk;
  /** The owner of the drafts that are reviewed. */
  readonly ferry: Seat;
};

type SceneOptions = { readonly exportPage?: number; readonly exportMs?: number };

/** Defines one test a driver, each with a scene of its own. */
export function scene(title: string, work: (scene: ReviewScene) => Promise<void>, options: SceneOptions = {}): void {
  withTestDatabase(title, (database) =>
    withTrustedActors(database, async (actors) => {
      const parts = { database, clock: actors.clock };
      const desk = await openSubjectDesk(
        actors,
        [...accessReviewEndpoints, ...circleEndpoints],
        [
          ...accessReviewRoutes(createAccessReviewService(parts), createAuditService({ ...parts, ...options })),
          ...circleRoutes(createCircleService(parts), createInvitationService(parts)),
        ],
      );
      try {
        await work({ database, actors, desk, ferry: await takeSeat(actors, { id: await actors.makeOrganisation("Ferry", "vendor") }) });
      } finally {
        await desk.close();
      }
    }),
  );
}

/** A draft of the owner's. */
export function newDraft({ database, actors, ferry }: ReviewScene): ReturnType<typeof writeDraft> {
  return writeDraft(database, { actor: actors.as(ferry), member: ferry, atMs: actors.clock() }, [{ kind: "summary", body: { text: "x" } }]);
}

/** A circle of the owner's. */
export async function makeCircle(
  { desk, ferry }: ReviewScene,
  more: { readonly agreement?: string; readonly needsSecondFactor?: boolean } = {},
): Promise<string> {
  return (await desk.as(ferry)(createCircle, { body: { name: "Fixers", purpose: "fix", needsSecondFactor: false, ...more } })).id;
}

/** Writes down that a member read a draft at a level. */
export async function read({ database, actors, ferry }: ReviewScene, seat: Seat, draft: string, level: DraftLevel): Promise<void> {
  await database.query(
    actors.as(seat),
    sql`insert into read_event (organisation_id, draft_id, level, reader_organisation_id, reader_person_id, at)
        values (${ferry.organisation}, ${draft}, ${levelNumber(level)}, ${seat.organisation}, ${seat.person}, ${new Date(actors.clock())})`,
  );
}
