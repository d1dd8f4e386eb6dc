import { createHash } from "node:crypto";
import { acceptInvitation, circleEndpoints, createCircle, inviteToCircle } from "../../src/contract/endpoints/circles.ts";
import { circleRoutes } from "../../src/server/circles/circle-routes.ts";
import { createCircleService } from "../../src/server/circles/circle-service.ts";
import { createInvitationService } from "../../src/server/circles/invitation-service.ts";
import type { OwnedDatabase } from "../../src/server/database/database.ts";
import { sql } from "../../src/server/database/sql.ts";
import { withTestDatabase } from "../database/test-database.ts";
import { openSubjectDesk, type Seat, type SubjectDesk, takeSeat } from "./subject-desk.ts";
import { type TrustedActors, withTrustedActors } from "./trusted-actors.ts";

export const DAY_MS = 24 * 60 * 60 * 1000;
export const AGREEMENT = "Nothing of what is read here leaves the organisation before its hour.\n";

/** Circles over HTTP, with a desk that owns them and a bank that is invited; the clock is the test's. */
export type CircleScene = {
  readonly database: OwnedDatabase;
  readonly actors: TrustedActors;
  readonly desk: SubjectDesk;
  readonly harbour: Seat;
  readonly vault: Seat;
};

/** Defines one test a driver, each with a scene of its own. */
export function scene(title: string, work: (scene: CircleScene) => Promise<void>): void {
  withTestDatabase(title, (database) =>
    withTrustedActors(database, async (actors) => {
      const parts = { database, clock: actors.clock };
      const desk = await openSubjectDesk(actors, circleEndpoints, circleRoutes(createCircleService(parts), createInvitationService(parts)));
      try {
        const harbour = await takeSeat(actors, { id: await actors.makeOrganisation("Harbour desk", "coordinator"), kind: "coordinator" });
        const vault = await takeSeat(actors, { id: await actors.makeOrganisation("Vault bank", "operator"), kind: "operator" });
        await work({ database, actors, desk, harbour, vault });
      } finally {
        await desk.close();
      }
    }),
  );
}

/** What a circle without conditions states. */
export const stated = { name: "Fixers", purpose: "Build and test fixes", needsSecondFactor: false };

/** A circle of the desk's. */
export async function makeCircle({ desk, harbour }: CircleScene, more: Partial<Parameters<typeof statedWith>[0]> = {}): Promise<string> {
  return (await desk.as(harbour)(createCircle, { body: statedWith(more) })).id;
}

export function statedWith(more: {
  readonly agreement?: string;
  readonly longestDays?: number;
  readonly needsSponsor?: boolean;
  readonly needsSecondFactor?: boolean;
  readonly membersListed?: boolean;
}) {
  return { ...stated, ...more };
}

export async function invite(
  scene: CircleScene,
  circle: string,
  seat: Seat,
  more: { readonly memberUntilMs?: number; readonly sponsor?: string } = {},
): Promise<string> {
  const sent = await scene.desk.as(scene.harbour)(inviteToCircle, {
    params: { circle },
    body: { organisation: seat.organisation, ...more },
  });
  return sent.id;
}

/** Invited by the desk, and accepted. */
export async function admit(
  scene: CircleScene,
  circle: string,
  seat: Seat,
  more: { readonly memberUntilMs?: number; readonly sponsor?: string } = {},
): Promise<void> {
  const invitation = await invite(scene, circle, seat, more);
  await scene.desk.as(seat)(acceptInvitation, { params: { invitation }, body: {} });
}

/** The circles that count for what the member is shown now. */
export async function inForce({ database, actors }: CircleScene, seat: Seat, secondFactor = true): Promise<readonly string[]> {
  const [row] = await database.query<{ ids: readonly string[] }>(actors.as(seat, { secondFactor }), sql`select circles() as ids`);
  return (row?.ids ?? []).filter((id) => id !== seat.organisation && !id.startsWith("00000000"));
}

/** An organisation's audit trail, in order. */
export async function trailOf({ database }: CircleScene, organisation: string): Promise<readonly string[]> {
  const rows = await database.query<{ verb: string }>(
    "keeper",
    sql`select verb from audit_event where organisation_id = ${organisation} order by at, verb`,
  );
  return rows.map(({ verb }) => verb);
}

export function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}
