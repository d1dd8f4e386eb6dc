import { createHash, randomBytes } from "node:crypto";
import type { OwnedDatabase } from "../../src/server/database/database.ts";
import { sql } from "../../src/server/database/sql.ts";
import type { GatewayCaller } from "../../src/server/http/gateway-caller.ts";
import { makeToken } from "../../src/sealing/token.ts";
import type { GrantKind } from "../../src/vocabulary/access-window.ts";
import type { Custody } from "../../src/vocabulary/enrolment.ts";
import { invariant } from "../../src/vocabulary/invariant.ts";
import { type Seat, takeSeat } from "./subject-desk.ts";
import type { TrustedActors } from "./trusted-actors.ts";

/** A lab that offered a model to a desk, and an evaluator that uses it: rows as the server writes them. */
export type ModelDesk = {
  readonly lab: Seat;
  readonly desk: Seat;
  readonly evaluator: Seat;
  readonly enrol: (more?: NewModel) => Promise<EnrolledModel>;
  /** Open since an hour ago, for a day. */
  readonly openWindow: (model: EnrolledModel, more?: NewWindow) => Promise<string>;
  readonly grant: (model: EnrolledModel, window: string, more?: NewGrant) => Promise<string>;
  readonly issueToken: (grant: string, more?: NewUse) => Promise<{ readonly id: string; readonly text: string }>;
  /** A gateway on the lab's premises, in force. */
  readonly ownGateway: (name?: string) => Promise<GatewayCaller & { readonly kind: "premises" }>;
  /** Model, window and grant at once. */
  readonly grantedModel: (more?: NewModel & NewWindow & NewGrant) => Promise<GrantedModel>;
};

export type EnrolledModel = { readonly id: string; readonly lab: string; readonly desk: string };
export type GrantedModel = { readonly model: EnrolledModel; readonly window: string; readonly grant: string };
export type NewModel = {
  readonly lab?: Seat;
  readonly custody?: Custody;
  readonly terms?: object;
  readonly baseUrl?: string;
  readonly asksStreamUsage?: boolean;
};
export type NewWindow = {
  readonly kind?: GrantKind;
  readonly opensMs?: number;
  readonly closesMs?: number | undefined;
  /** Undefined = the window has no credential. */
  readonly sealed?: string | ((window: string) => string) | undefined;
};
export type NewGrant = {
  readonly grantee?: Seat;
  readonly purposes?: readonly string[];
  readonly requests?: number;
  readonly tokens?: number;
  readonly requestsPerMinute?: number;
};
export type NewUse = { readonly purpose?: string; readonly expiresMs?: number };

const HOUR_MS = 3_600_000;
const TERMS = {
  purposes: ["cyber evaluation", "biosecurity evaluation"],
  retentionDays: 90,
  destruction: "Outputs are destroyed after the report",
  confidentiality: "Nothing is passed on",
  whoMaySee: "The evaluators alone",
  contacts: [{ name: "Lia", reach: "lia@lab.example" }],
};

export async function openModelDesk(database: OwnedDatabase, actors: TrustedActors): Promise<ModelDesk> {
  const seat = async (name: string, kind: Seat["kind"]): Promise<Seat> =>
    takeSeat(actors, { id: await actors.makeOrganisation(name, kind), kind });
  const lab = await seat("Northwind lab", "lab");
  const desk = await seat("Testing institute", "agency");
  const evaluator = await seat("Evaluators", "vendor");
  const row = async (query: ReturnType<typeof sql>): Promise<string> => {
    const [made] = await database.query<{ id: string }>("keeper", query);
    invariant(made !== undefined, "an insert returns its row");
    return made.id;
  };

  const model: ModelDesk = {
    lab,
    desk,
    evaluator,
    enrol: async ({ lab: by = lab, custody = "here", terms = {}, baseUrl = "http://127.0.0.1:9/v1", asksStreamUsage = true } = {}) => {
      const at = new Date(actors.clock());
      const release = new Date(actors.clock() + 20 * 24 * HOUR_MS);
      const id =
        await row(sql`insert into enrolment (organisation_id, desk_organisation_id, name, wire, custody, partner_release_at, partner_release_zone,
          terms, created_by, created_at)
        values (${by.organisation}, ${desk.organisation}, 'Aurora', 'openai', ${custody}, ${release}, 'UTC', ${JSON.stringify({ ...TERMS, ...terms })},
          ${by.person}, ${at}) returning id`);
      const version =
        await row(sql`insert into model_version (organisation_id, enrolment_id, desk_organisation_id, name, added_at, asks_stream_usage)
        values (${by.organisation}, ${id}, ${desk.organisation}, 'aurora-1', ${at}, ${asksStreamUsage}) returning id`);
      await row(sql`insert into model_endpoint (organisation_id, enrolment_id, version_id, base_url, upstream_name)
        values (${by.organisation}, ${id}, ${version}, ${baseUrl}, 'aurora-1-internal') returning version_id as id`);
      return { id, lab: by.organisation, desk: desk.organisation };
    },
    openWindow: async ({ id, lab: owner, desk: offered }, more = {}) => {
      const opens = new Date(more.opensMs ?? actors.clock() - HOUR_MS);
      const closesMs = "closesMs" in more ? more.closesMs : actors.clock() + 24 * HOUR_MS;
      const closes = closesMs === undefined ? null : new Date(closesMs);
      const kind = more.kind ?? "testing-window";
      const window =
        await row(sql`insert into access_window (organisation_id, enrolment_id, desk_organisation_id, kind, position, name, opens_at, opens_zone,
          closes_at, closes_zone, created_by, created_at, opened_at)
        values (${owner}, ${id}, ${offered}, ${kind}, (select count(*) + 1 from access_window where organisation_id = ${owner} and enrolment_id = ${id} and kind = ${kind}),
          'First', ${opens}, 'UTC', ${closes}, ${closes === null ? null : "UTC"}, ${lab.person}, ${opens}, ${opens}) returning id`);
      const sealed = "sealed" in more ? more.sealed : "sluice-credential-1.sealed";
      if (sealed !== undefined) {
        await row(sql`insert into sealed_credential (organisation_id, window_id, sealed, key_id, given_by, given_at)
          values (${owner}, ${window}, ${typeof sealed === "string" ? sealed : sealed(window)}, ${`grant-${window}`}, ${lab.person}, ${opens}) returning window_id as id`);
      }
      return window;
    },
    grant: async ({ id, lab: owner, desk: offered }, window, more = {}) => {
      const { grantee = evaluator, purposes = ["cyber evaluation"], requests = 1000, tokens = 1_000_000, requestsPerMinute = 600 } = more;
      return row(sql`insert into access_grant (organisation_id, window_id, enrolment_id, desk_organisation_id, kind, grantee_organisation_id, purposes,
          budget_requests, budget_tokens, requests_per_minute, created_by, created_at)
        select organisation_id, id, ${id}, ${offered}, kind, ${grantee.organisation}, ${purposes}, ${requests}, ${tokens}, ${requestsPerMinute}, ${lab.person},
          ${new Date(actors.clock())} from access_window where organisation_id = ${owner} and id = ${window} returning id`);
    },
    issueToken: async (grant, { purpose = "cyber evaluation", expiresMs = actors.clock() + 24 * HOUR_MS } = {}) => {
      const text = makeToken("slm");
      const id =
        await row(sql`insert into gateway_token (organisation_id, lab_organisation_id, grant_id, name, purpose, digest, created_by, created_at, expires_at)
        select grantee_organisation_id, organisation_id, id, 'harness', ${purpose}, ${createHash("sha256").update(text).digest()}, ${evaluator.person},
          ${new Date(actors.clock())}, ${new Date(expiresMs)} from access_grant where id = ${grant} returning id`);
      return { id, text };
    },
    ownGateway: async (name = "Basement") => {
      const id = await row(sql`insert into gateway (organisation_id, name, digest, digest_key_id, created_by, created_at)
        values (${lab.organisation}, ${name}, ${randomBytes(32)}, 'token-1', ${lab.person}, ${new Date(actors.clock())}) returning id`);
      return { kind: "premises", id, lab: lab.organisation };
    },
    grantedModel: async (more = {}) => {
      const enrolled = await model.enrol(more);
      const window = await model.openWindow(enrolled, more);
      return { model: enrolled, window, grant: await model.grant(enrolled, window, more) };
    },
  };
  return model;
}
