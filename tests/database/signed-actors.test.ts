import assert from "node:assert/strict";
import { actorMac } from "../../src/sealing/actor-seal.ts";
import { createActorSigner } from "../../src/server/actors/sign-actor.ts";
import { trustActorKeys } from "../../src/server/actors/actor-key-store.ts";

import { sql } from "../../src/server/database/sql.ts";
import { isStatementError } from "../../src/server/database/statement-error.ts";
import { TEST_NOW, withTrustedActors } from "../support/trusted-actors.ts";
import { withTestDatabase } from "./test-database.ts";

const whoAmI = sql`select actor_organisation() as organisation, actor_person() as person, actor_role() as role, actor_kind() as kind,
  actor_floor() as floor, actor_clock() as clock, circles() as circles`;

withTestDatabase("the database knows a signed actor by what the server signed and by its own rows", async (database) => {
  await withTrustedActors(database, async (actors) => {
    const organisation = await actors.makeOrganisation("Harbour", "operator");
    const member = await actors.makeMember(organisation, "reader");
    const [found] = await database.query(actors.as(member, { floor: 4 }), whoAmI);
    assert.deepEqual(found, {
      organisation,
      person: member.person,
      role: "reader",
      kind: "operator",
      floor: 4,
      clock: new Date(TEST_NOW),
      circles: [organisation, "00000000-0000-0000-0000-000000000001"],
    });
  });
});

withTestDatabase(
  "an actor that was not signed, was altered, has expired or is no member any more is refused, never nobody",
  async (database) => {
    await withTrustedActors(database, async (actors) => {
      const harbour = await actors.makeOrganisation("Harbour");
      const other = await actors.makeOrganisation("Other");
      const member = await actors.makeMember(harbour);
      const { signed } = actors.as(member);
      const [payload = "", mac = ""] = signed.split(".");
      const forged: readonly (readonly [string, string])[] = [
        ["another organisation under the same seal", `${payload.replace(harbour, other)}.${mac}`],
        [
          "a lower floor under the same seal",
          `${actors.as(member, { floor: 4 }).signed.split(".")[0]?.replace("|4|", "|1|")}.${actors.as(member, { floor: 4 }).signed.split(".")[1]}`,
        ],
        ["sealed by a key of the forger's", `${payload}.${actorMac(new Uint8Array(32), payload)}`],
        ["no seal", payload],
        ["an empty seal", `${payload}.${"A".repeat(43)}`],
        ["one character", "x"],
        ["another version", signedAs(actors.keys.current("actor").secret, payload.replace("v1|", "v2|"))],
        ["a field more", signedAs(actors.keys.current("actor").secret, `${payload}|x`)],
        [
          "long expired",
          createActorSigner(
            actors.keys,
            actors.clock,
            () => Date.now() - 3_600_000,
          )({ ...member, session: undefined, floor: 1, secondFactor: true }).signed,
        ],
      ];
      for (const [what, value] of forged) {
        await assert.rejects(database.query({ signed: value }, whoAmI), (error) => isStatementError(error, "SL001"), what);
      }
      await database.query("keeper", sql`update member set revoked_at = now() where person_id = ${member.person}`);
      await assert.rejects(database.query({ signed }, whoAmI), (error) => isStatementError(error, "SL001"));
    });
  },
);

withTestDatabase("a key that is no longer trusted signs nobody, and one that is rotated in does", async (database) => {
  await withTrustedActors(database, async (actors) => {
    const member = await actors.makeMember(await actors.makeOrganisation("Harbour"));
    const before = actors.as(member);
    const old = actors.keys.current("actor");
    await actors.keys.rotate("actor");
    await trustActorKeys(database, actors.keys);
    for (const actor of [before, actors.as(member)]) assert.equal((await database.query(actor, whoAmI)).length, 1);
    actors.keys.retire(old.id);
    await trustActorKeys(database, actors.keys);
    await assert.rejects(database.query(before, whoAmI), (error) => isStatementError(error, "SL001"));
    assert.equal((await database.query(actors.as(member), whoAmI)).length, 1);
  });
});

withTestDatabase("a statement cannot make, change or read what signs an actor", async (database) => {
  await withTrustedActors(database, async (actors) => {
    const member = await actors.makeMember(await actors.makeOrganisation("Harbour"));
    const actor = actors.as(member);
    const refused = [
      sql`select set_config('sluice.actor', 'x', true)`,
      sql`select * from actor_key`,
      sql`select trust_actor_keys('{}', '{}', '{}')`,
      sql`update pg_settings set setting = 'x' where name = 'sluice.actor'`,
      sql`insert into member (organisation_id, person_id, name, role, since) values (${member.organisation}, ${member.person}, 'x', 'administrator', now())`,
      sql`select * from person`,
      sql`select give_to_registrar('circles()', 'sluice_actor')`,
      sql`select guard_confidential_table('opening')`,
    ];
    for (const query of refused)
      await assert.rejects(database.query(actor, query), (error) => isStatementError(error, "42501"), query.text);
    for (const system of ["reader", "importer", "keeper", "gatekeeper", "releaser", "courier", "notary", "custodian", "gateway"] as const) {
      await assert.rejects(database.query(system, sql`select * from actor_key`), (error) => isStatementError(error, "42501"), system);
    }
    // The words that would lead out of the role are not sent at all.
    for (const text of [
      "set local role sluice_keeper",
      "reset role",
      "commit",
      "explain analyze select 1",
      "do $$ begin end $$",
      "copy opening to stdout",
    ]) {
      await assert.rejects(database.query(actor, { text, values: [] }), /statement not allowed/, text);
    }
  });
});

withTestDatabase("nobody's transaction is an actor's, and one actor's is not the next one's", async (database) => {
  await withTrustedActors(database, async (actors) => {
    const member = await actors.makeMember(await actors.makeOrganisation("Harbour"));
    const rounds = await Promise.all(
      Array.from({ length: 12 }, async (_, index) => {
        if (index % 2 === 0)
          return (await database.query<{ own: string }>(actors.as(member), sql`select actor_organisation() as own`))[0]?.own;
        return (
          await database.query<{ own: string | null }>("keeper", sql`select nullif(current_setting('sluice.actor', true), '') as own`)
        )[0]?.own;
      }),
    );
    assert.deepEqual(
      rounds,
      rounds.map((_, index) => (index % 2 === 0 ? member.organisation : null)),
    );
  });
});

withTestDatabase("what other sessions are doing is not told to an actor", async (database) => {
  await withTrustedActors(database, async (actors) => {
    const actor = actors.as(await actors.makeMember(await actors.makeOrganisation("Harbour")));
    const rows = await database.query<{ query: string | null }>(
      actor,
      sql`select query from pg_stat_activity where pid <> pg_backend_pid()`,
    );
    assert.ok(
      rows.every(({ query }) => query === null || !query.includes("sluice.actor")),
      JSON.stringify(rows),
    );
  });
});

function signedAs(key: Uint8Array, payload: string): string {
  return `${payload}.${actorMac(key, payload)}`;
}
