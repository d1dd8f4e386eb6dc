import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BodyInputOf } from "../../src/contract/endpoint.ts";
import { correctionEndpoints } from "../../src/contract/endpoints/corrections.ts";
import { draftAttachmentEndpoints } from "../../src/contract/endpoints/draft-attachments.ts";
import { draftImportEndpoints } from "../../src/contract/endpoints/draft-imports.ts";
import { type createDraft, draftEndpoints } from "../../src/contract/endpoints/drafts.ts";
import type { OwnedDatabase } from "../../src/server/database/database.ts";
import { sql } from "../../src/server/database/sql.ts";
import { openAttachmentFiles } from "../../src/server/drafts/attachment-files.ts";
import { createAttachmentService } from "../../src/server/drafts/attachment-service.ts";
import { createCorrectionService } from "../../src/server/drafts/correction-service.ts";
import { draftRoutes } from "../../src/server/drafts/draft-routes.ts";
import { createDraftService } from "../../src/server/drafts/draft-service.ts";
import { createImportService } from "../../src/server/drafts/import-service.ts";
import { createPartService } from "../../src/server/drafts/part-service.ts";
import { type DraftLevel, levelNumber } from "../../src/vocabulary/level.ts";
import { withTestDatabase } from "../database/test-database.ts";
import { openSubjectDesk, type Seat, type SubjectDesk, takeSeat } from "./subject-desk.ts";
import { type TrustedActors, withTrustedActors } from "./trusted-actors.ts";

export type StatedParts = NonNullable<BodyInputOf<typeof createDraft>["parts"]>;

/** Draft advisories over HTTP, with an owner; the clock is the test's. */
export type DraftScene = {
  readonly database: OwnedDatabase;
  readonly actors: TrustedActors;
  readonly desk: SubjectDesk;
  readonly owner: Seat;
  /** A member of an organisation to which the draft is opened at a level. */
  readonly openTo: (draft: string, level: DraftLevel, role?: "administrator" | "editor" | "reader" | "auditor") => Promise<Seat>;
};

/** Defines one test a driver, each with a scene of its own. */
export function scene(title: string, work: (scene: DraftScene) => Promise<void>): void {
  withTestDatabase(title, (database) =>
    withTrustedActors(database, async (actors) => {
      const directory = await mkdtemp(join(tmpdir(), "sluice-draft-routes-"));
      const parts = { database, clock: actors.clock, keys: actors.keys };
      const attachments = createAttachmentService({ ...parts, files: openAttachmentFiles({ directory, keys: actors.keys }) });
      const routes = draftRoutes({
        drafts: createDraftService(parts),
        parts: createPartService(parts),
        corrections: createCorrectionService({ database, publish: async () => {} }),
        imports: createImportService(parts),
        attachments,
      });
      const desk = await openSubjectDesk(
        actors,
        [...draftEndpoints, ...draftImportEndpoints, ...draftAttachmentEndpoints, ...correctionEndpoints],
        routes,
      );
      try {
        const owner = await takeSeat(actors, { id: await actors.makeOrganisation("Harbour desk", "coordinator"), kind: "coordinator" });
        const openTo: DraftScene["openTo"] = async (draft, level, role = "editor") => {
          const seat = await takeSeat(actors, { id: await actors.makeOrganisation(`At ${level}`, "vendor") }, role);
          await database.query(
            "releaser",
            sql`insert into opening (organisation_id, record_id, circle_id, level, opened_by, opened_at)
                values (${owner.organisation}, ${draft}, ${seat.organisation}, ${levelNumber(level)}, 'hour', ${new Date(actors.clock())})`,
          );
          return seat;
        };
        await work({ database, actors, desk, owner, openTo });
      } finally {
        await desk.close();
        await rm(directory, { recursive: true });
      }
    }),
  );
}

/** Of each confidential level: notice, fix twice, build, and research last. */
export const everyKind: StatedParts = [
  { kind: "notice", body: { packages: [{ ecosystem: "npm", name: "left-pad" }] } },
  { kind: "summary", body: { text: "Padding to the right" } },
  { kind: "affected", body: { package: { ecosystem: "npm", name: "left-pad" }, versions: ["1.0.0"] } },
  { kind: "build", body: { text: "make" } },
  { kind: "research", body: { text: "how it is done" } },
];

export const osvRecord = { id: "GHSA-xxxx-0001-test", modified: "2026-11-20T09:00:00Z", summary: "Padding" };
