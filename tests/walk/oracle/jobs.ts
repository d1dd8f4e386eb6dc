import type { Fact } from "./facts.ts";

/** What of the ledger is for everybody. */
const TREE = ["ledger", "ledger_tile", "ledger_bundle", "ledger_checkpoint", "ledger_cosignature", "ledger_revision"];

/** What lab and desk have between them. */
const BETWEEN = [
  "enrolment",
  "model_version",
  "accepted_programme",
  "changed_terms",
  "access_window",
  "access_grant",
  "enrolment_event",
  "partner_proposal",
  "partner_key",
  "destruction_certificate",
];

/** Which tables each job reads, and of them which facts. What is not here a job is refused. */
export const JOB_SEES: Readonly<Record<string, Readonly<Record<string, (fact: Fact) => boolean>>>> = {
  gatekeeper: {
    ...whole([
      "person",
      "organisation",
      "member",
      "passkey",
      "recovery_code",
      "session",
      "access_token",
      "challenge",
      "one_time_link",
      "sign_on_identity",
    ]),
    sign_on: (fact) => fact["ended_at"] === null,
  },
  registrar: {
    ...whole([
      "organisation",
      "member",
      "circle",
      "circle_member",
      "circle_signature",
      "invitation",
      "exclusion_exception",
      "draft_part",
      "draft_research",
    ]),
    // Only on behalf of a signed actor.
    opening: () => false,
  },
  releaser: {
    ...whole([
      ...TREE,
      "advisory_signature",
      "opening",
      "confidential_record",
      "draft_advisory",
      "release_plan",
      "release_stage",
      "release_consenter",
      "release_consent",
      "release_hold",
      "release_event",
      "organisation",
      "exclusion_exception",
      "circle",
      "circle_member",
      "circle_signature",
      "draft_event",
      "draft_correction",
      "staged_interval",
      "staged_package",
      "staged_date",
    ]),
    draft_part: (fact) => Number(fact["level"]) >= 3 && fact["kind"] !== "research",
  },
  courier: whole([
    "announcement",
    "notification",
    "delivery",
    "mail_choice",
    "webhook",
    "organisation",
    "member",
    "circle",
    "circle_member",
    "circle_signature",
    "opening",
    "exclusion_exception",
  ]),
  notary: whole([...TREE, "ledger_statement"]),
  importer: whole(["programme_record"]),
  reader: whole([...TREE, "advisory_signature", "programme_record"]),
  custodian: whole([...BETWEEN, "programme_record", "sealed_credential", "organisation", "gateway_token", "access_use"]),
  gateway: whole([
    ...BETWEEN,
    "programme_record",
    "sealed_credential",
    "organisation",
    "model_endpoint",
    "gateway",
    "gateway_token",
    "access_stop",
    "key_place",
    "budget_lease",
    "exchange",
    "segment_head",
    "access_use",
    "identity_probe",
  ]),
};

function whole(tables: readonly string[]): Readonly<Record<string, (fact: Fact) => boolean>> {
  return Object.fromEntries(tables.map((table) => [table, () => true]));
}

type Rule = (fact: Fact, changes: Fact) => boolean;
type Writes = { readonly add?: Rule; readonly change?: Rule; readonly remove?: Rule };
const any = (): boolean => true;

/** Which tables each job writes, and of them which facts. */
export const JOB_WRITES: Readonly<Record<string, Readonly<Record<string, Writes>>>> = {
  gatekeeper: {
    person: { add: any },
    organisation: { add: any },
    member: { add: any, change: any },
    passkey: { add: any, change: any },
    recovery_code: { add: any, change: any, remove: any },
    session: { add: any, change: any, remove: any },
    access_token: { change: any },
    challenge: { add: any, remove: any },
    one_time_link: { add: any, change: any, remove: any },
    sign_on_identity: { add: any, change: any },
    announcement: { add: (fact) => fact["record_id"] === null && fact["circle_id"] === fact["organisation_id"] },
    audit_event: { add: any },
    ledger_statement: { add: any },
  },
  registrar: {},
  releaser: {
    opening: { add: any },
    draft_event: { add: any },
    draft_advisory: { change: any },
    release_plan: { change: any },
    staged_date: { add: any, change: any, remove: any },
    staged_interval: { remove: any },
    staged_package: { remove: any },
    announcement: { add: any },
    ledger_statement: { add: any },
    ledger_revision: { add: any },
    advisory_signature: { add: any },
    draft_correction: { change: any },
  },
  courier: {
    announcement: {
      change: (fact, changes) => fact["taken_at"] === null && changes["taken_at"] !== null,
      remove: (fact) => fact["taken_at"] !== null,
    },
    notification: { add: any },
    delivery: { add: any, change: any },
  },
  notary: {
    ledger: { add: any, change: any },
    ledger_tile: { add: any, change: any },
    ledger_bundle: { add: any, change: any },
    ledger_checkpoint: { add: any },
    ledger_cosignature: { add: any, change: any },
    ledger_revision: { change: any },
    ledger_statement: { change: any },
  },
  importer: { programme_record: { add: any, change: any, remove: any } },
  reader: {},
  custodian: {
    access_window: { change: any },
    access_grant: { add: any, change: changesOnly("ended_at") },
    partner_proposal: { change: any },
    enrolment_event: { add: any },
    destruction_certificate: { add: any },
    sealed_credential: { remove: any },
    gateway_token: { change: changesOnly("revoked_at") },
    announcement: { add: (fact) => fact["record_id"] === null },
    ledger_statement: { add: any },
  },
  gateway: {
    access_grant: {
      change: changesOnly(
        "reserved_requests",
        "reserved_tokens",
        "spent_requests",
        "spent_tokens",
        "unaccounted_requests",
        "unaccounted_tokens",
      ),
    },
    key_place: { add: any },
    gateway: { change: changesOnly("last_seen_at") },
    gateway_token: { change: changesOnly("last_used_at") },
    budget_lease: { add: any, change: any },
    exchange: { add: any },
    segment_head: { add: any, change: any },
    access_use: { add: any, change: any },
    identity_probe: { add: any },
    enrolment_event: { add: any },
    announcement: { add: (fact) => fact["record_id"] === null && fact["kind"] === "probe-different" },
    ledger_statement: { add: any },
  },
};

function changesOnly(...columns: readonly string[]): Rule {
  return (_fact, changes) => Object.keys(changes).every((column) => columns.includes(column));
}
