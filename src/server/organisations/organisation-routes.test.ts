import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { withTestDatabase } from "../../../tests/database/test-database.ts";
import { refused } from "../../../tests/support/refused.ts";
import { openSubjectDesk, type Seat, type SubjectDesk, takeSeat } from "../../../tests/support/subject-desk.ts";
import { TEST_NOW, type TrustedActors, withTrustedActors } from "../../../tests/support/trusted-actors.ts";
import {
  changeMember,
  changeOrganisation,
  createOrganisation,
  createServiceAccount,
  listMembers,
  listOrganisations,
  organisationEndpoints,
  readOwnOrganisation,
  revokeMember,
} from "../../contract/endpoints/organisations.ts";
import { type MemberRole, ORGANISATION_KINDS } from "../../vocabulary/organisation.ts";
import type { OwnedDatabase } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import { isStatementError } from "../database/statement-error.ts";
import { organisationRoutes } from "./organisation-routes.ts";
import { createOrganisationService } from "./organisation-service.ts";

type Scene = {
  readonly database: OwnedDatabase;
  readonly actors: TrustedActors;
  readonly desk: SubjectDesk;
  /** A coordinator's administrator, and a vendor's. */
  readonly harbour: Seat;
  readonly ferry: Seat;
};

function scene(title: string, work: (scene: Scene) => Promise<void>): void {
  withTestDatabase(title, (database) =>
    withTrustedActors(database, async (actors) => {
      const organisations = createOrganisationService({ database, clock: actors.clock });
      const desk = await openSubjectDesk(actors, organisationEndpoints, organisationRoutes(organisations));
      try {
        const harbour = await takeSeat(actors, { id: await actors.makeOrganisation("Harbour desk", "coordinator"), kind: "coordinator" });
        const ferry = await takeSeat(actors, { id: await actors.makeOrganisation("Ferry", "vendor") });
        await work({ database, actors, desk, harbour, ferry });
      } finally {
        await desk.close();
      }
    }),
  );
}

const beside = (scene: Scene, seat: Seat, role: MemberRole): Promise<Seat> =>
  takeSeat(scene.actors, { id: seat.organisation, kind: seat.kind }, role);

scene("a coordinator's administrator adds organisations of every kind and states what they are", async ({ desk, harbour, database }) => {
  for (const kind of ORGANISATION_KINDS) {
    const made = await desk.as(harbour)(createOrganisation, { body: { name: `A ${kind}`, kind, country: "DE", sector: "energy" } });
    assert.deepEqual(made, {
      id: made.id,
      name: `A ${kind}`,
      kind,
      sector: "energy",
      country: "DE",
      hasIntelligenceFunction: false,
      createdAtMs: TEST_NOW,
    });
  }
  const { rows } = await desk.as(harbour)(listOrganisations, { query: { kind: "prosecutor" } });
  assert.deepEqual(
    rows.map(({ name }) => name),
    ["A prosecutor"],
  );
  const changed = await desk.as(harbour)(changeOrganisation, {
    params: { organisation: rows[0]?.id ?? "" },
    body: { name: "Public prosecutor", hasIntelligenceFunction: true },
  });
  assert.deepEqual(
    [changed.name, changed.kind, changed.sector, changed.hasIntelligenceFunction],
    ["Public prosecutor", "prosecutor", undefined, true],
  );
  const trail = await database.query<{ verb: string; person_id: string; details: string }>(
    "keeper",
    sql`select verb, person_id, details from audit_event where subject = ${`organisation:${changed.id}`} order by at, verb desc`,
  );
  assert.deepEqual(trail.map((row) => [row.verb, row.person_id]).sort(), [
    ["organisation.changed", harbour.person],
    ["organisation.created", harbour.person],
  ]);
  assert.match(
    String(trail.find(({ verb }) => verb === "organisation.changed")?.details),
    /"before":\{"name":"A prosecutor".*"after":\{"name":"Public prosecutor"/,
  );
});

scene("nobody else adds or changes organisations, and an organisation is known to those who met it", async (scene) => {
  const { desk, harbour, ferry } = scene;
  const seats = [ferry, await beside(scene, harbour, "editor"), await beside(scene, harbour, "auditor"), undefined];
  for (const seat of seats) {
    const ask = desk.as(seat);
    const codes = seat === undefined ? refused("sign-in-needed") : refused("not-allowed");
    await assert.rejects(ask(createOrganisation, { body: { name: "x", kind: "vendor" } }), codes);
    await assert.rejects(ask(changeOrganisation, { params: { organisation: ferry.organisation }, body: { name: "x" } }), codes);
  }
  assert.equal((await desk.as(ferry)(readOwnOrganisation)).name, "Ferry");
  const known = async (seat: Seat): Promise<readonly string[]> => (await desk.as(seat)(listOrganisations)).rows.map(({ name }) => name);
  assert.deepEqual(await known(ferry), ["Ferry"]);
  assert.deepEqual(await known(harbour), ["Ferry", "Harbour desk"]);
  await assert.rejects(
    desk.as(harbour)(changeOrganisation, { params: { organisation: randomUUID() }, body: { name: "x" } }),
    refused("not-found"),
  );
});

scene("administrators change and end memberships of their own organisation, and of no other", async (scene) => {
  const { desk, harbour, ferry } = scene;
  const editor = await beside(scene, ferry, "editor");
  const changed = await desk.as(ferry)(changeMember, {
    params: { member: editor.person },
    body: { name: "Ada", email: "ada@ferry.example", role: "auditor" },
  });
  assert.deepEqual([changed.name, changed.email, changed.role, changed.kind], ["Ada", "ada@ferry.example", "auditor", "human"]);
  const without = await desk.as(ferry)(changeMember, { params: { member: editor.person }, body: { email: null } });
  assert.deepEqual([without.name, without.email], ["Ada", undefined]);

  for (const [seat, member] of [
    [harbour, editor.person],
    [ferry, harbour.person],
    [ferry, randomUUID()],
  ] as const) {
    const ask = desk.as(seat);
    await assert.rejects(ask(changeMember, { params: { member }, body: { role: "reader" } }), refused("not-found"));
    await assert.rejects(ask(revokeMember, { params: { member } }), refused("not-found"));
  }
  for (const role of ["editor", "reader", "auditor"] as const) {
    const seat = await beside(scene, ferry, role);
    await assert.rejects(
      desk.as(seat)(changeMember, { params: { member: seat.person }, body: { role: "administrator" } }),
      refused("not-allowed"),
    );
    await assert.rejects(desk.as(seat)(revokeMember, { params: { member: editor.person } }), refused("not-allowed"));
  }
  const ended = await desk.as(ferry)(revokeMember, { params: { member: editor.person } });
  assert.deepEqual([ended.revokedAtMs, ended.revokedBy], [TEST_NOW, ferry.person]);
  await assert.rejects(desk.as(ferry)(revokeMember, { params: { member: editor.person } }), refused("not-found"));
});

scene("what a member may do ends with its membership, in that moment", async (scene) => {
  const { desk, ferry, database, actors } = scene;
  const editor = await beside(scene, ferry, "editor");
  const actor = actors.as(editor);
  await database.query(actor, sql`select id from organisation`);
  await desk.as(ferry)(revokeMember, { params: { member: editor.person } });
  await assert.rejects(database.query(actor, sql`select id from organisation`), (error) => isStatementError(error, "SL001"));
  // A request that was let in just before is refused as any credential that is over.
  await assert.rejects(desk.as(editor)(readOwnOrganisation), refused("credential-refused"));
});

scene("the last administrator neither steps down nor is revoked; with a second one it may", async (scene) => {
  const { desk, ferry } = scene;
  const itself = { params: { member: ferry.person } };
  await assert.rejects(desk.as(ferry)(revokeMember, itself), refused("conflict"));
  await assert.rejects(desk.as(ferry)(changeMember, { ...itself, body: { role: "editor" } }), refused("conflict"));
  const second = await beside(scene, ferry, "administrator");
  assert.equal((await desk.as(ferry)(changeMember, { ...itself, body: { role: "editor" } })).role, "editor");
  await assert.rejects(desk.as(second)(revokeMember, { params: { member: second.person } }), refused("conflict"));
});

scene("of two administrators who end one another's role at the same time, one stays", async (scene) => {
  const { desk, ferry, database } = scene;
  for (const work of ["change", "revoke", "themselves"] as const) {
    const second = await beside(scene, ferry, "administrator");
    const pairs =
      work === "themselves"
        ? ([
            [ferry, ferry],
            [second, second],
          ] as const)
        : ([
            [ferry, second],
            [second, ferry],
          ] as const);
    const answers = await Promise.allSettled(
      pairs.map(([seat, other]) =>
        work === "change"
          ? desk.as(seat)(changeMember, { params: { member: other.person }, body: { role: "reader" } })
          : desk.as(seat)(revokeMember, { params: { member: other.person } }),
      ),
    );
    const left = await database.query(
      "keeper",
      sql`select person_id from member where organisation_id = ${ferry.organisation} and role = 'administrator' and revoked_at is null`,
    );
    assert.equal(left.length, 1, `${work}: ${JSON.stringify(answers)}`);
    await database.query("keeper", sql`update member set role = 'administrator', revoked_at = null where person_id = ${ferry.person}`);
    await database.query("keeper", sql`update member set revoked_at = now() where person_id = ${second.person}`);
  }
});

scene("a service account is a member that manages nobody", async (scene) => {
  const { desk, ferry, database, actors } = scene;
  const made = await desk.as(ferry)(createServiceAccount, { body: { name: "Nightly scan", role: "reader" } });
  assert.deepEqual([made.kind, made.role], ["service", "reader"]);
  await assert.rejects(
    desk.as(ferry)(changeMember, { params: { member: made.person }, body: { role: "administrator" } }),
    refused("conflict"),
  );
  await assert.rejects(
    desk.as(ferry)(createServiceAccount, { body: { name: "x", role: "administrator" as never } }),
    refused("input-invalid"),
  );
  const { rows } = await desk.as(ferry)(listMembers);
  assert.deepEqual(
    rows.map(({ name, kind }) => [name, kind]),
    [
      ["A member", "human"],
      ["Nightly scan", "service"],
    ],
  );
  // Whoever was an administrator when it asked, and is none any more.
  const second = await beside(scene, ferry, "administrator");
  await database.query("keeper", sql`update member set role = 'reader' where person_id = ${second.person}`);
  await assert.rejects(desk.as(second)(createServiceAccount, { body: { name: "x", role: "reader" } }), refused("not-allowed"));
  const names = await database.query(actors.as(ferry), sql`select id from person`);
  assert.equal(names.length, 3, "whether a member is a machine is known of one's own members alone");
});

scene("members of one organisation are not another's to list, and pages go on", async (scene) => {
  const { desk, ferry, harbour } = scene;
  for (let made = 0; made < 4; made++) await beside(scene, ferry, "reader");
  const persons = new Set<string>();
  let after: string | undefined;
  do {
    const page = await desk.as(ferry)(listMembers, { query: { limit: 2, ...(after === undefined ? {} : { after }) } });
    for (const { person } of page.rows) persons.add(person);
    after = page.next;
  } while (after !== undefined);
  assert.equal(persons.size, 5);
  assert.deepEqual(
    (await desk.as(harbour)(listMembers)).rows.map(({ person }) => person),
    [harbour.person],
  );
});
