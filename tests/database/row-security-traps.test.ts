import assert from "node:assert/strict";
import type { OwnedDatabase, SignedActor } from "../../src/server/database/database.ts";
import { sql } from "../../src/server/database/sql.ts";
import { isStatementError } from "../../src/server/database/statement-error.ts";
import { withTrustedActors, type TestMember, type TrustedActors } from "../support/trusted-actors.ts";
import { withTestDatabase } from "./test-database.ts";

const MISSING = "00000000-0000-4000-8000-00000000dead";

type Stage = {
  readonly database: OwnedDatabase;
  readonly owner: TestMember;
  readonly stranger: TestMember;
  readonly asOwner: SignedActor;
  readonly asStranger: SignedActor;
  /** Of the owner, which the stranger does not see. */
  readonly draft: string;
  readonly actors: TrustedActors;
};

/** One owner with a draft, and a stranger with the same role who sees nothing of it. */
function withStage(title: string, work: (stage: Stage) => Promise<void>): void {
  withTestDatabase(title, (database) =>
    withTrustedActors(database, async (actors) => {
      const owner = await actors.makeMember(await actors.makeOrganisation("Harbour"));
      const stranger = await actors.makeMember(await actors.makeOrganisation("Stranger"));
      const [asOwner, asStranger] = [actors.as(owner), actors.as(stranger)];
      const draft = await foundDraft(database, asOwner, owner);
      await work({ database, owner, stranger, asOwner, asStranger, draft, actors });
    }),
  );
}

async function foundDraft(database: OwnedDatabase, actor: SignedActor, { organisation, person }: TestMember): Promise<string> {
  return database.transaction(actor, async (transaction) => {
    const [record] = await transaction.query<{ id: string }>(
      sql`insert into confidential_record (organisation_id, kind, created_at) values (${organisation}, 'draft-advisory', actor_clock()) returning id`,
    );
    const id = record?.id ?? "";
    await transaction.run(
      sql`insert into opening (organisation_id, record_id, circle_id, level, opened_by, opened_at) values (${organisation}, ${id}, ${organisation}, 1, 'owner', actor_clock())`,
    );
    await transaction.run(
      sql`insert into draft_advisory (organisation_id, id, advisory_id, state, created_by, created_at) values (${organisation}, ${id}, 'SLU-1', 'open', ${person}, actor_clock())`,
    );
    return id;
  });
}

withStage(
  "a unique value of a hidden row is free to everybody else: only one's own collides",
  async ({ database, owner, stranger, asOwner, asStranger, draft }) => {
    const record = (organisation: string) =>
      sql`insert into confidential_record (organisation_id, id, kind, created_at) values (${organisation}, ${draft}, 'draft-advisory', actor_clock())`;
    await assert.rejects(database.query(asOwner, record(owner.organisation)), (error) => isStatementError(error, "23505"));
    await database.query(asStranger, record(stranger.organisation));
    // The owner's own row is refused before its key is looked at.
    await assert.rejects(database.query(asStranger, record(owner.organisation)), (error) => isStatementError(error, "42501"));
  },
);

withStage(
  "a key to a hidden row and to a row that is not there are refused alike",
  async ({ database, owner, stranger, asStranger, draft }) => {
    const faults: string[] = [];
    for (const named of [draft, MISSING]) {
      for (const organisation of [owner.organisation, stranger.organisation, MISSING]) {
        await assert.rejects(
          database.query(
            asStranger,
            sql`insert into draft_part (organisation_id, draft_id, revision, level, kind, body, author_organisation_id, author_person_id, written_at)
              values (${organisation}, ${named}, 1, 4, 'summary', '{}', ${stranger.organisation}, ${stranger.person}, actor_clock())`,
          ),
          (error) => isStatementError(error) && faults.push(`${error.message}|${error.constraint}|${error.detail}`) > 0,
        );
      }
    }
    assert.equal(new Set(faults).size, 1, faults.join("\n"));
  },
);

withStage(
  "a conflict that is to be passed over tells nothing: whoever may not write there is refused, row or no row",
  async ({ database, owner, asStranger, draft }) => {
    for (const named of [draft, MISSING]) {
      await assert.rejects(
        database.query(
          asStranger,
          sql`insert into confidential_record (organisation_id, id, kind, created_at) values (${owner.organisation}, ${named}, 'draft-advisory', actor_clock())
            on conflict (organisation_id, id) do nothing`,
        ),
        (error) => isStatementError(error, "42501"),
      );
    }
  },
);

withStage(
  "a change or a removal of what is hidden touches as much as of what is not there: nothing",
  async ({ database, owner, asStranger, draft }) => {
    for (const named of [draft, MISSING]) {
      const touched = await database.transaction(asStranger, async ({ run }) => [
        await run(sql`update draft_advisory set state = 'abandoned' where organisation_id = ${owner.organisation} and id = ${named}`),
        await run(
          sql`update draft_part set replaced_at = actor_clock() where organisation_id = ${owner.organisation} and draft_id = ${named}`,
        ),
        await run(sql`delete from staged_interval where organisation_id = ${owner.organisation} and draft_id = ${named}`),
      ]);
      assert.deepEqual(touched, [0, 0, 0]);
    }
  },
);

withStage("a change without a condition touches one's own rows alone", async ({ database, owner, asStranger, asOwner }) => {
  assert.equal(await database.transaction(asStranger, ({ run }) => run(sql`update draft_advisory set state = 'abandoned'`)), 0);
  assert.equal(await database.transaction(asStranger, ({ run }) => run(sql`delete from release_stage`)), 0);
  const rows = await database.query(asOwner, sql`select state from draft_advisory where organisation_id = ${owner.organisation}`);
  assert.deepEqual(rows, [{ state: "open" }]);
});

withStage(
  "a cast or a division that fails on a hidden row is never tried on it",
  async ({ database, owner, asOwner, asStranger, draft }) => {
    await database.query(
      asOwner,
      sql`insert into draft_part (organisation_id, draft_id, revision, level, kind, body, author_organisation_id, author_person_id, written_at)
        values (${owner.organisation}, ${draft}, 1, 3, 'summary', 'not a number', ${owner.organisation}, ${owner.person}, actor_clock())`,
    );
    const cast = sql`select id from draft_part where body::int > 0`;
    const division = sql`select id from draft_part where 1 / (level - level) > 0`;
    for (const query of [cast, division]) {
      assert.deepEqual(await database.query(asStranger, query), []);
      await assert.rejects(database.query(asOwner, query), (error) => isStatementError(error, "22P02", "22012"));
    }
  },
);

withStage(
  "a view shows its asker's rows when it asks with the asker's rights, and everybody's when it does not",
  async ({ database, asOwner, asStranger }) => {
    await database.asOwner((transaction) =>
      transaction.script(`create view safe_view with (security_invoker = true) as select id from draft_advisory; grant select on safe_view to sluice_actor;
      grant create on schema public to sluice_keeper; set local role sluice_keeper; create view open_view as select id from draft_advisory;
      grant select on open_view to sluice_actor; reset role; revoke create on schema public from sluice_keeper`),
    );
    const counts = await Promise.all(
      [asOwner, asStranger].flatMap((actor) =>
        [sql`select id from safe_view`, sql`select id from open_view`].map(async (query) => (await database.query(actor, query)).length),
      ),
    );
    // The rule of the catalogue that every view asks with the asker's rights is there because of the last figure.
    assert.deepEqual(counts, [1, 1, 0, 1]);
  },
);

withStage("no statement explains itself: what a filter removed would be counted", async ({ database, asStranger }) => {
  for (const text of ["explain analyze select * from draft_part", "explain (analyze) select 1", "/* */ explain select 1"]) {
    await assert.rejects(database.query(asStranger, { text, values: [] }), /statement not allowed/, text);
  }
});

withStage(
  "what leads around policies is refused: large objects, files, temporary tables, functions, settings, locks of tables",
  async ({ database, asStranger }) => {
    const refused = [
      sql`select lo_create(0)`,
      sql`select lo_get(1)`,
      sql`select lo_import('/etc/passwd')`,
      sql`select pg_read_file('PG_VERSION')`,
      sql`select set_config('role', 'sluice_keeper', true)`,
      sql`select set_config('sluice.actor', 'x', true)`,
      sql`select * into temporary kept from draft_part`,
    ];
    for (const query of refused) {
      await assert.rejects(database.query(asStranger, query), (error) => isStatementError(error, "42501"), query.text);
    }
    for (const text of [
      "copy draft_part to stdout",
      "lock table draft_part",
      "truncate draft_part",
      "listen x",
      "set role sluice_keeper",
      "create temp table t (id int)",
    ]) {
      await assert.rejects(database.query(asStranger, { text, values: [] }), /statement not allowed/, text);
    }
  },
);

withStage("a bulk load is held to the policies row by row", async ({ database, owner, stranger, asStranger, draft }) => {
  const columns = ["organisation_id", "draft_id", "part_id", "level", "ecosystem", "name", "texts", "set_aside"];
  const row = [owner.organisation, draft, MISSING, 4, "npm", "left-pad", "{}", "{}"];
  await assert.rejects(
    database.transaction(asStranger, (transaction) => transaction.copyIn("staged_package", columns, [row])),
    (error) => isStatementError(error, "42501"),
  );
  assert.notEqual(owner.organisation, stranger.organisation);
});

withStage(
  "policies are asked anew for every actor, however often one statement was sent before",
  async ({ database, asOwner, asStranger }) => {
    for (let round = 0; round < 24; round++) {
      const rows = await database.query(
        round % 2 === 0 ? asOwner : asStranger,
        sql`select id from draft_advisory where advisory_id = ${"SLU-1"}`,
      );
      assert.equal(rows.length, round % 2 === 0 ? 1 : 0, `round ${round}`);
    }
  },
);

withStage(
  "an exception that one owner made says nothing of another owner's record of the same id",
  async ({ database, owner, stranger, asStranger, asOwner, draft, actors }) => {
    const agency = await actors.makeMember(await actors.makeOrganisation("Agency", "agency", true));
    await database.query(
      "releaser",
      sql`insert into opening (organisation_id, record_id, circle_id, level, opened_by, opened_at, stage_id)
        values (${owner.organisation}, ${draft}, '00000000-0000-0000-0000-000000000001', 4, 'hour', ${new Date(actors.clock())}, gen_random_uuid())`,
    );
    const look = sql`select id from draft_advisory`;
    assert.equal((await database.query(asStranger, look)).length, 1);
    const exception = (organisation: string, person: string) =>
      sql`insert into exclusion_exception (organisation_id, record_id, excepted_organisation_id, reason, made_by, made_at)
        values (${organisation}, ${draft}, ${agency.organisation}, 'They asked', ${person}, actor_clock())`;
    await database.query(
      asStranger,
      sql`insert into confidential_record (organisation_id, id, kind, created_at) values (${stranger.organisation}, ${draft}, 'draft-advisory', actor_clock())`,
    );
    await database.query(asStranger, exception(stranger.organisation, stranger.person));
    assert.deepEqual(await database.query(actors.as(agency), look), []);
    await database.query(asOwner, exception(owner.organisation, owner.person));
    assert.equal((await database.query(actors.as(agency), look)).length, 1);
  },
);

withTestDatabase("the roles, policies and revoked rights of a prepared cluster are those of the migrations", async (database) => {
  const [found] = await database.asOwner((transaction) =>
    transaction.query<{ policies: number; forced: number; open: number }>(sql`select
      (select count(*) from pg_policy) as policies,
      (select count(*) from pg_class where relrowsecurity and relforcerowsecurity) as forced,
      (select count(*) from pg_proc p where proname in ('lo_create', 'set_config', 'loread') and has_function_privilege('sluice_actor', p.oid, 'execute')) as open`),
  );
  assert.ok(found !== undefined && found.policies > 150 && found.forced > 40, JSON.stringify(found));
  assert.equal(found.open, 0);
});
