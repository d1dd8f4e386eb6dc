import type { SystemActor } from "../../src/server/database/database.ts";
import { DAY_MS, field, isTold, type Draw } from "./draw.ts";
import { MOVES_OF_MODELS } from "./model-job-moves.ts";
import type { Fact } from "./oracle/facts.ts";
import { EVERYONE } from "./oracle/who-sees.ts";

/** What happens to a table in the walk by the hand of a job, whole rows of it. */
export type JobMove =
  | { readonly does: "add"; readonly table: string; readonly make: (draw: Draw) => Fact | undefined }
  | {
      readonly does: "change";
      readonly table: string;
      readonly which: (fact: Fact) => boolean;
      readonly make: (draw: Draw, fact: Fact) => Fact;
    }
  | { readonly does: "remove"; readonly table: string; readonly which: (fact: Fact) => boolean };

/** The jobs that the walk acts as. */
export const JOBS = [
  "gatekeeper",
  "registrar",
  "releaser",
  "courier",
  "notary",
  "importer",
  "reader",
  "custodian",
  "gateway",
] as const satisfies readonly SystemActor[];

export const JOB_MOVES: readonly JobMove[] = [
  { does: "add", table: "opening", make: openStage },
  { does: "add", table: "opening", make: openStage },
  { does: "add", table: "opening", make: openStage },
  {
    does: "add",
    table: "draft_event",
    make: (draw) => {
      const draft = draw.one("draft_advisory");
      return (
        draft && {
          organisation_id: field(draft, "organisation_id"),
          draft_id: field(draft, "id"),
          level: draw.level(),
          kind: "stage-opened",
          details: JSON.stringify({ text: draw.text() }),
          actor_organisation_id: null,
          actor_person_id: null,
          at: draw.hour(),
          once_key: draw.text(),
        }
      );
    },
  },
  {
    does: "change",
    table: "draft_advisory",
    which: (fact) => fact["state"] === "open",
    make: (draw) => ({ state: "published", published_at: draw.hour() }),
  },
  { does: "change", table: "release_plan", which: () => true, make: () => ({ state: "ended" }) },
  {
    does: "change",
    table: "staged_date",
    which: () => true,
    make: (draw) => ({ public_at: draw.hour(3 * DAY_MS), public_zone: draw.text() }),
  },
  { does: "remove", table: "staged_interval", which: () => true },
  { does: "remove", table: "staged_package", which: () => true },
  {
    does: "add",
    table: "notification",
    make: (draw) => {
      const record = draw.mostly(draw.one("confidential_record"), () => undefined);
      return {
        organisation_id: draw.organisation(),
        id: draw.uuid(),
        announcement_id: draw.uuid(),
        kind: "stage-opened",
        level: record === undefined ? 5 : draw.level(),
        record_organisation_id: field(record, "organisation_id"),
        record_id: field(record, "id"),
        at: draw.hour(),
      };
    },
  },
  {
    does: "add",
    table: "delivery",
    make: (draw) => {
      const notification = draw.one("notification");
      const member = draw.facts.of("member").find((told) => told["organisation_id"] === field(notification, "organisation_id"));
      if (notification === undefined || member === undefined) return undefined;
      return {
        organisation_id: field(notification, "organisation_id"),
        notification_id: field(notification, "id"),
        person_id: field(member, "person_id"),
        webhook_id: null,
        next_at: draw.hour(),
      };
    },
  },
  {
    does: "change",
    table: "delivery",
    which: () => true,
    make: (draw) => ({ state: "failed", attempts: 3, tried_at: draw.hour(), last_reason: draw.text() }),
  },
  { does: "change", table: "announcement", which: (fact) => fact["taken_at"] === null, make: (draw) => ({ taken_at: draw.hour() }) },
  { does: "change", table: "announcement", which: (fact) => fact["taken_at"] !== null, make: (draw) => ({ taken_at: draw.hour() }) },
  { does: "change", table: "announcement", which: () => true, make: () => ({ taken_at: null }) },
  { does: "remove", table: "announcement", which: (fact) => fact["taken_at"] !== null },
  { does: "remove", table: "announcement", which: (fact) => fact["taken_at"] === null },
  { does: "add", table: "announcement", make: announceOwn },
  {
    does: "add",
    table: "announcement",
    make: (draw) => {
      const record = draw.one("confidential_record");
      return (
        record && {
          organisation_id: field(record, "organisation_id"),
          circle_id: draw.organisation(),
          kind: "stage-opened",
          record_id: field(record, "id"),
          level: draw.level(),
          at: draw.hour(),
        }
      );
    },
  },
  { does: "add", table: "organisation", make: newOrganisation },
  { does: "add", table: "person", make: (draw) => ({ id: draw.uuid(), kind: "human", created_at: draw.hour() }) },
  { does: "add", table: "member", make: newMember },
  { does: "add", table: "member", make: newMember },
  { does: "change", table: "member", which: () => true, make: (draw) => ({ name: draw.text() }) },
  {
    does: "add",
    table: "passkey",
    make: (draw) => ({
      person_id: draw.person(),
      id: draw.uuid(),
      credential_id: draw.text(),
      public_key: draw.bytes(),
      counter: 0,
      transports: [],
      synced: false,
      name: draw.text(),
      only_organisation_id: null,
      created_at: draw.hour(),
      last_used_at: null,
      revoked_at: null,
    }),
  },
  { does: "change", table: "passkey", which: () => true, make: (draw) => ({ last_used_at: draw.hour() }) },
  {
    does: "add",
    table: "recovery_code",
    make: (draw) => ({
      person_id: draw.person(),
      id: draw.uuid(),
      digest: draw.digest(),
      only_organisation_id: null,
      made_at: draw.hour(),
      used_at: null,
    }),
  },
  { does: "change", table: "recovery_code", which: () => true, make: (draw) => ({ used_at: draw.hour() }) },
  {
    does: "add",
    table: "session",
    make: (draw) => {
      const member = draw.one("member");
      return {
        person_id: field(member, "person_id"),
        id: draw.uuid(),
        organisation_id: field(member, "organisation_id"),
        digest: draw.digest(),
        way: "passkey",
        floor: 1,
        second_factor: true,
        bound: false,
        agent: draw.text(),
        started_at: draw.hour(),
        last_used_at: draw.hour(),
        expires_at: draw.hour(DAY_MS),
        ended_at: null,
      };
    },
  },
  { does: "change", table: "session", which: () => true, make: (draw) => ({ last_used_at: draw.hour() }) },
  { does: "change", table: "access_token", which: () => true, make: (draw) => ({ last_used_at: draw.hour() }) },
  {
    does: "add",
    table: "challenge",
    make: (draw) =>
      ({ id: draw.uuid(), digest: draw.digest(), purpose: "oidc", content: {}, expires_at: draw.hour(DAY_MS) }) as unknown as Fact,
  },
  {
    does: "add",
    table: "one_time_link",
    make: (draw) => ({
      id: draw.uuid(),
      digest: draw.digest(),
      purpose: draw.random.pick(["mailed", "recovery"]),
      organisation_id: draw.organisation(),
      person_id: draw.person(),
      name: null,
      email: null,
      role: null,
      issued_by: null,
      issued_at: draw.hour(),
      expires_at: draw.hour(DAY_MS),
      used_at: null,
      withdrawn_at: null,
    }),
  },
  { does: "change", table: "one_time_link", which: () => true, make: (draw) => ({ used_at: draw.hour() }) },
  {
    does: "add",
    table: "sign_on_identity",
    make: (draw) => {
      const signOn = draw.one("sign_on");
      return (
        signOn && {
          organisation_id: field(signOn, "organisation_id"),
          sign_on_id: field(signOn, "id"),
          subject: draw.text(),
          id: draw.uuid(),
          person_id: draw.person(),
          email: draw.text(),
          created_at: draw.hour(),
          last_used_at: null,
          revoked_at: null,
        }
      );
    },
  },
  { does: "change", table: "sign_on_identity", which: () => true, make: (draw) => ({ last_used_at: draw.hour() }) },
  ...ledgerMoves(),
  ...MOVES_OF_MODELS,
];

function ledgerMoves(): readonly JobMove[] {
  return [
    {
      does: "add",
      table: "ledger",
      make: (draw) =>
        draw.facts.of("ledger").length > 0
          ? undefined
          : { id: 1, origin: draw.text(), size: 0, root: draw.digest(), started_at: draw.hour(), last_batch_at: null },
    },
    { does: "change", table: "ledger", which: () => true, make: (draw) => ({ root: draw.digest(), last_batch_at: draw.hour() }) },
    {
      does: "add",
      table: "ledger_tile",
      make: (draw) => ({ level: 0, index: draw.facts.of("ledger_tile").length, hashes: draw.digest() }),
    },
    { does: "change", table: "ledger_tile", which: () => true, make: (draw) => ({ hashes: draw.digest() }) },
    { does: "add", table: "ledger_bundle", make: (draw) => ({ index: draw.facts.of("ledger_bundle").length, entries: draw.bytes() }) },
    { does: "change", table: "ledger_bundle", which: () => true, make: (draw) => ({ entries: draw.bytes() }) },
    {
      does: "add",
      table: "ledger_checkpoint",
      make: (draw) => ({
        origin: draw.text(),
        size: draw.facts.of("ledger_checkpoint").length,
        root: draw.digest(),
        note: draw.text(),
        signed_at: draw.hour(),
      }),
    },
    {
      does: "add",
      table: "ledger_cosignature",
      make: (draw) => {
        const checkpoint = draw.one("ledger_checkpoint");
        return (
          checkpoint && {
            origin: field(checkpoint, "origin"),
            size: field(checkpoint, "size"),
            witness: draw.text(),
            line: draw.text(),
            stated_at: draw.hour(),
          }
        );
      },
    },
    { does: "change", table: "ledger_cosignature", which: () => true, make: (draw) => ({ line: draw.text(), stated_at: draw.hour() }) },
    {
      does: "add",
      table: "ledger_revision",
      make: (draw) => ({
        advisory_id: draw.text(),
        version: 1,
        sha256: draw.digest().slice(2),
        leaf: draw.text(),
        recorded_at: draw.hour(),
      }),
    },
    {
      does: "add",
      table: "advisory_signature",
      make: (draw) => {
        const revision = draw.one("ledger_revision");
        return (
          revision && {
            advisory_id: field(revision, "advisory_id"),
            version: field(revision, "version"),
            key_id: draw.text(),
            signature: `\\x${"5a".repeat(64)}`,
            signed_at: draw.hour(),
          }
        );
      },
    },
    { does: "change", table: "draft_correction", which: () => true, make: (draw) => ({ version: 2 + draw.random.below(9) }) },
    { does: "change", table: "ledger_revision", which: () => true, make: (draw) => ({ leaf_index: draw.random.below(1000) }) },
    {
      does: "add",
      table: "ledger_statement",
      make: (draw) => {
        const record = draw.mostly(draw.one("confidential_record"), () => undefined);
        return {
          organisation_id: draw.organisation(),
          id: draw.uuid(),
          kind: "stage.opened",
          record_organisation_id: field(record, "organisation_id"),
          record_id: field(record, "id"),
          level: draw.level(),
          statement: draw.text(),
          nonce: draw.digest(),
          leaf: draw.digest(),
          recorded_at: draw.hour(),
        };
      },
    },
    { does: "change", table: "ledger_statement", which: () => true, make: (draw) => ({ leaf_index: draw.random.below(1000) }) },
    {
      does: "add",
      table: "audit_event",
      make: (draw) => ({
        organisation_id: draw.organisation(),
        at: draw.hour(),
        person_id: null,
        verb: "member.join",
        subject: draw.text(),
        details: "{}",
      }),
    },
  ];
}

function openStage(draw: Draw): Fact | undefined {
  const record = draw.one("confidential_record");
  // Before its owner's opening a record is in nobody's plan.
  if (
    record === undefined ||
    !isTold(draw, "opening", { record_id: field(record, "id"), organisation_id: field(record, "organisation_id") })
  )
    return undefined;
  const circle = draw.random.oneIn(8) ? EVERYONE : draw.random.oneIn(4) ? draw.organisation() : draw.one("circle")?.["id"];
  const place = {
    organisation_id: field(record, "organisation_id"),
    record_id: field(record, "id"),
    circle_id: circle ?? draw.organisation(),
    level: draw.level(),
  };
  if (isTold(draw, "opening", place)) return undefined;
  return {
    ...place,
    stage_id: draw.uuid(),
    opened_by: draw.random.pick(["hour", "leak", "early-end"]),
    planned_at: draw.hour(-1000),
    opened_at: draw.hour(),
    closes_at: draw.random.oneIn(2) ? "infinity" : draw.hour((1 + draw.random.below(6)) * DAY_MS),
  };
}

function announceOwn(draw: Draw): Fact {
  const organisation = draw.organisation();
  return { organisation_id: organisation, circle_id: organisation, kind: "member-joined", record_id: null, level: 5, at: draw.hour() };
}

function newOrganisation(draw: Draw): Fact | undefined {
  if (draw.facts.of("organisation").length > 24) return undefined;
  return {
    id: draw.uuid(),
    kind: "vendor",
    name: draw.text(),
    sector: null,
    country: null,
    has_intelligence_function: false,
    created_at: draw.hour(),
  };
}

function newMember(draw: Draw): Fact | undefined {
  const person = draw.one("person");
  const key = { organisation_id: draw.organisation(), person_id: field(person, "id") };
  if (person === undefined || isTold(draw, "member", key)) return undefined;
  return {
    ...key,
    name: draw.text(),
    email: draw.text(),
    role: draw.random.pick(["administrator", "editor", "reader", "auditor"]),
    since: draw.hour(),
    revoked_at: null,
    revoked_by: null,
  };
}
