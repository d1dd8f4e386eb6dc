import { withTestDatabase } from "../database/test-database.ts";
import type { AnswerOf, BodyInputOf } from "../../src/contract/endpoint.ts";
import { accessRequestEndpoints } from "../../src/contract/endpoints/access-requests.ts";
import { addWindow, giveCredential, windowEndpoints } from "../../src/contract/endpoints/access-windows.ts";
import { grantEndpoints, makeGrant } from "../../src/contract/endpoints/grants.ts";
import { modelHistoryEndpoints } from "../../src/contract/endpoints/model-history.ts";
import { enrolModel, modelEndpoints } from "../../src/contract/endpoints/models.ts";
import { modelTermsEndpoints } from "../../src/contract/endpoints/model-terms.ts";
import { partnerEndpoints, proposePartner, turnPartnerKey } from "../../src/contract/endpoints/partners.ts";
import { probeEndpoints } from "../../src/contract/endpoints/probes.ts";
import { type KeyRing, openKeyRing } from "../../src/sealing/key-ring.ts";
import type { Database, OwnedDatabase } from "../../src/server/database/database.ts";
import { sql } from "../../src/server/database/sql.ts";
import { type Custodian, createCustodian } from "../../src/server/models/custodian.ts";
import { createGrantService } from "../../src/server/models/grant-service.ts";
import { modelRoutes } from "../../src/server/models/model-routes.ts";
import { createModelService } from "../../src/server/models/model-service.ts";
import { requestRoutes } from "../../src/server/models/request-routes.ts";
import { createRequestService } from "../../src/server/models/request-service.ts";
import { termsRoutes } from "../../src/server/models/terms-routes.ts";
import { createTermsService } from "../../src/server/models/terms-service.ts";
import { createWindowService } from "../../src/server/models/window-service.ts";
import { partnerRoutes } from "../../src/server/models/partner-routes.ts";
import { createPartnerService } from "../../src/server/models/partner-service.ts";
import { probeHistoryRoutes } from "../../src/server/models/probe-history-routes.ts";
import { createProbeHistoryService } from "../../src/server/models/probe-history-service.ts";
import { createReleaseClock } from "../../src/server/releases/release-clock.ts";
import { openSubjectDesk, type Seat, type SubjectDesk, takeSeat } from "./subject-desk.ts";
import { TEST_MASTER, TEST_NOW, type TrustedActors, withTrustedActors } from "./trusted-actors.ts";

export const DAY_MS = 24 * 60 * 60 * 1000;
export const SECRET = "sk-upstream-credential-that-nobody-may-see";

/** Labs' models over HTTP, with a lab, a desk and an evaluator; the clock is the test's. */
export type AccessDesk = {
  readonly database: OwnedDatabase;
  readonly actors: TrustedActors;
  readonly desk: SubjectDesk;
  readonly custodian: Custodian;
  readonly lab: Seat;
  readonly coordinator: Seat;
  readonly evaluator: Seat;
  /** What the custodian wrote to its log. */
  readonly errors: readonly string[];
  /** Moves the clock to so many days after the test began, and lets the custodian look. */
  readonly toDay: (day: number) => Promise<void>;
  readonly day: (day: number) => { readonly instantMs: number; readonly zone: string };
  /** Another server's custodian over the same database and directory of keys. */
  readonly anotherCustodian: (other?: { readonly monotonic?: () => number; readonly database?: Database }) => Promise<AnotherCustodian>;
};

export type AnotherCustodian = Custodian & { readonly keys: KeyRing };

export function withAccessDesk(title: string, work: (desk: AccessDesk) => Promise<void>): void {
  withTestDatabase(title, (database) =>
    withTrustedActors(database, async (actors) => {
      const errors: string[] = [];
      const newCustodian = (keys: KeyRing, over: Database = database, monotonic = actors.clock): Custodian => {
        const { look } = createReleaseClock(actors.clock, monotonic, undefined);
        const log = { error: (about: object, words?: string): void => void errors.push(`${words}: ${JSON.stringify(about)}`) } as never;
        return createCustodian({ database: over, keys, clock: actors.clock, lookAtClocks: look, log });
      };
      const custodian = newCustodian(actors.keys);
      const parts = { database, custodian, clock: actors.clock };
      const models = createModelService(parts);
      const routes = [
        ...modelRoutes(models, createWindowService({ ...parts, keys: actors.keys }), createGrantService(parts)),
        ...termsRoutes(createTermsService(parts), models),
        ...requestRoutes(createRequestService(parts)),
        ...partnerRoutes(createPartnerService(parts)),
        ...probeHistoryRoutes(createProbeHistoryService(parts)),
      ];
      const desk = await openSubjectDesk(
        actors,
        [
          ...modelEndpoints,
          ...windowEndpoints,
          ...grantEndpoints,
          ...modelHistoryEndpoints,
          ...modelTermsEndpoints,
          ...accessRequestEndpoints,
          ...partnerEndpoints,
          ...probeEndpoints,
        ],
        routes,
      );
      const seat = async (name: string, kind: Seat["kind"]): Promise<Seat> =>
        takeSeat(actors, { id: await actors.makeOrganisation(name, kind), kind });
      try {
        await work({
          database,
          actors,
          desk,
          custodian,
          errors,
          lab: await seat("Aurora lab", "lab"),
          coordinator: await seat("Harbour desk", "coordinator"),
          evaluator: await seat("Beacon evaluators", "finder"),
          day: (day) => ({ instantMs: TEST_NOW + day * DAY_MS, zone: "UTC" }),
          toDay: async (day) => {
            actors.setClock(TEST_NOW + day * DAY_MS);
            await custodian.settle();
          },
          anotherCustodian: async ({ monotonic = actors.clock, database: over = database } = {}) => {
            const keys = await openKeyRing({ directory: actors.keys.directory, master: TEST_MASTER, clock: actors.clock });
            return { ...newCustodian(keys, over, monotonic), keys };
          },
        });
      } finally {
        await desk.close();
        await custodian.close();
      }
    }),
  );
}

export type ModelBody = BodyInputOf<typeof enrolModel>;

/** A model planned for partners in 40 days and for the public in 60. */
export function modelBody({ coordinator, day }: Pick<AccessDesk, "coordinator" | "day">, more: Partial<ModelBody> = {}): ModelBody {
  return {
    name: "Aurora 2",
    desk: coordinator.organisation,
    wire: "openai",
    custody: "here",
    versions: [{ name: "aurora-2", baseUrl: "https://models.aurora.example/v1", upstreamName: "aurora-2-internal" }],
    partnerRelease: day(40),
    publicRelease: day(60),
    terms: {
      purposes: ["cyber evaluation", "biology evaluation"],
      retentionDays: 30,
      destruction: "Copies of transcripts are deleted.",
      confidentiality: "Nothing is told outside the desk.",
      whoMaySee: "The desk and the lab.",
      contacts: [{ name: "Ada Ember", reach: "ada@aurora.example" }],
    },
    ...more,
  };
}

export async function enrol(scene: AccessDesk, more: Partial<ModelBody> = {}): Promise<AnswerOf<typeof enrolModel>> {
  return scene.desk.as(scene.lab)(enrolModel, { body: modelBody(scene, more) });
}

/** A testing window from day 10 on, with its credential and a grant of the evaluator's. */
export async function testingWindow(
  scene: AccessDesk,
  model: string,
  more: Partial<BodyInputOf<typeof addWindow>> = {},
): Promise<{ readonly window: string; readonly grant: string }> {
  const ask = scene.desk.as(scene.lab);
  const body = { kind: "testing-window" as const, name: "Pre-release tests", opens: scene.day(10), ...more };
  const { id: window } = await ask(addWindow, { params: { model }, body });
  await ask(giveCredential, { params: { window }, body: { credential: SECRET } });
  const grant = await ask(makeGrant, {
    params: { window },
    body: { organisation: scene.evaluator.organisation, purposes: ["cyber evaluation"], budget: { requests: 1000, tokens: 1_000_000 } },
  });
  return { window, grant: grant.id };
}

/** A stage from day 40 on, with its credential. */
export async function partnerStage(scene: AccessDesk, model: string, more: Partial<BodyInputOf<typeof addWindow>> = {}): Promise<string> {
  const ask = scene.desk.as(scene.lab);
  const body = { kind: "partner-stage" as const, name: "First partners", opens: scene.day(40), ...more };
  const { id: window } = await ask(addWindow, { params: { model }, body });
  await ask(giveCredential, { params: { window }, body: { credential: `${SECRET}-${window}` } });
  return window;
}

/** Proposed by the desk, with both keys. */
export async function agreedPartner(scene: AccessDesk, window: string, organisation: string): Promise<AnswerOf<typeof proposePartner>> {
  const body = { organisation, purpose: "cyber evaluation", budget: { requests: 100, tokens: 100_000 } };
  const proposal = await scene.desk.as(scene.coordinator)(proposePartner, { params: { window }, body });
  for (const seat of [scene.coordinator, scene.lab]) {
    const { statedSha256 } = proposal;
    await scene.desk.as(seat)(turnPartnerKey, { params: { proposal: proposal.id }, body: { statedSha256 } });
  }
  return proposal;
}

/** What was announced to an organisation, in order. */
export async function toldTo({ database }: AccessDesk, organisation: string): Promise<readonly string[]> {
  const rows = await database.query<{ kind: string }>(
    "keeper",
    sql`select kind from announcement where circle_id = ${organisation} order by at, kind`,
  );
  return rows.map(({ kind }) => kind);
}

/** Statements of the ledger of one kind, as they were recorded. */
export async function statedKinds({ database }: AccessDesk, organisation: string): Promise<readonly string[]> {
  const rows = await database.query<{ kind: string }>(
    "keeper",
    sql`select kind from ledger_statement where organisation_id = ${organisation} order by recorded_at, kind`,
  );
  return rows.map(({ kind }) => kind);
}

/** What an evaluator's tool states, as its organisation made it. */
export async function insertToken({ database, actors }: AccessDesk, grantee: Seat, lab: string, grant: string): Promise<string> {
  const [row] = await database.query<{ id: string }>(
    actors.as(grantee),
    sql`insert into gateway_token (organisation_id, lab_organisation_id, grant_id, name, purpose, digest, created_by, created_at, expires_at)
        values (${grantee.organisation}, ${lab}, ${grant}, 'harness', 'cyber evaluation', ${new Uint8Array(32).fill(1)}, ${grantee.person},
          ${new Date(actors.clock())}, ${new Date(actors.clock() + DAY_MS)}) returning id`,
  );
  return row?.id ?? "";
}

export async function isRevoked({ database }: AccessDesk, token: string): Promise<boolean> {
  const [row] = await database.query<{ revoked_at: Date | null }>("keeper", sql`select revoked_at from gateway_token where id = ${token}`);
  return row !== undefined && row.revoked_at !== null;
}

export async function countSealed({ database }: AccessDesk): Promise<number> {
  return (await database.query("keeper", sql`select window_id from sealed_credential`)).length;
}
