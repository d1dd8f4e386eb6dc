import assert from "node:assert/strict";
import { HOUR_MS, makeCircle, newDraft, read, scene } from "../../../tests/support/review-scene.ts";
import { type Seat, takeSeat } from "../../../tests/support/subject-desk.ts";
import { TEST_NOW } from "../../../tests/support/trusted-actors.ts";
import { exportAudit } from "../../contract/endpoints/access-review.ts";
import { sql } from "../database/sql.ts";
import { isStatementError } from "../database/statement-error.ts";
import { recordAudit } from "./audit-trail.ts";

scene(
  "an export has every event and every read of the organisation, in the order of time, and says that it is whole",
  async (scene) => {
    const { desk, actors, database, ferry } = scene;
    const { draft } = await newDraft(scene);
    for (let index = 0; index < 7; index++) {
      actors.setClock(TEST_NOW + index * 1000);
      await makeCircle(scene);
      await read(scene, ferry, draft, "case");
    }
    const stranger = await takeSeat(actors, { id: await actors.makeOrganisation("Stranger") });
    await database.transaction(actors.as(stranger), (transaction) =>
      recordAudit(transaction, { ...stranger, verb: "circle.created", subject: "circle:x", atMs: actors.clock() }),
    );
    const lines = linesOf(await desk.as(ferry)(exportAudit));
    const end = lines.pop();
    assert.deepEqual(end, { kind: "end", lines: 15 });
    assert.deepEqual(
      lines.map(({ kind, verb, level }) => `${String(kind)} ${String(verb ?? level)}`).sort(),
      [
        ...Array.from({ length: 7 }, () => "audit circle.created"),
        "audit audit.exported",
        ...Array.from({ length: 7 }, () => "read case"),
      ].sort(),
    );
    const times = lines.map(({ at }) => String(at));
    assert.deepEqual(times, times.toSorted());
    const range = linesOf(await desk.as(ferry)(exportAudit, { query: { sinceMs: TEST_NOW + 2000, untilMs: TEST_NOW + 4000 } }));
    assert.equal(range.length, 5);
  },
  { exportPage: 4 },
);

scene(
  "a long export ends with where to go on, and the parts together are the whole",
  async (scene) => {
    const { desk, ferry } = scene;
    for (let index = 0; index < 6; index++) await makeCircle(scene);
    const seen = new Set<unknown>();
    let after: string | undefined;
    let parts = 0;
    do {
      const lines = linesOf(await desk.as(ferry)(exportAudit, { query: after === undefined ? {} : { after } }));
      const last = lines.pop();
      for (const { id } of lines) seen.add(id);
      after = last?.["kind"] === "more" ? String(last["after"]) : undefined;
      parts++;
    } while (after !== undefined && parts < 50);
    assert.ok(parts > 2 && parts < 50, `${parts} parts`);
    assert.ok(seen.size >= 6);
  },
  { exportPage: 2, exportMs: 0 },
);

scene("the trail is written in one's own name, about one's own organisation, now, and is not altered", async (scene) => {
  const { database, actors, ferry } = scene;
  const reader = await takeSeat(actors, { id: ferry.organisation }, "reader");
  const other = await takeSeat(actors, { id: await actors.makeOrganisation("Other") });
  const write = (seat: Seat, entry: { readonly organisation?: string; readonly person?: string | undefined; readonly atMs?: number }) =>
    database.transaction(actors.as(seat), (transaction) =>
      recordAudit(transaction, {
        organisation: seat.organisation,
        person: seat.person,
        verb: "token.issued",
        subject: "token:x",
        atMs: actors.clock(),
        ...entry,
      }),
    );
  await write(reader, {});
  for (const [what, entry] of [
    ["another organisation", { organisation: other.organisation }],
    ["another person", { person: other.person }],
    ["nobody", { person: undefined }],
    ["the past", { atMs: TEST_NOW - HOUR_MS }],
    ["the future", { atMs: TEST_NOW + HOUR_MS }],
  ] as const) {
    await assert.rejects(write(reader, entry), (error) => isStatementError(error, "42501"), what);
  }
  for (const statement of [sql`update audit_event set verb = 'a.b'`, sql`delete from audit_event`]) {
    for (const actor of [actors.as(ferry), "gatekeeper", "releaser"] as const) {
      await assert.rejects(database.query(actor, statement), (error) => isStatementError(error, "42501"), statement.text);
    }
  }
  const rows = await database.query(actors.as(reader), sql`select id from audit_event`);
  assert.deepEqual(rows, [], "whoever writes need not be one who reads");
  assert.equal((await database.query(actors.as(ferry), sql`select id from audit_event`)).length, 1);
});

scene(
  "a change that does not hold is not in the trail, and one that cannot be written down does not hold",
  async ({ database, actors, ferry }) => {
    const rename = (verb: "circle.created", subject: string) =>
      database.transaction(actors.as(ferry), async (transaction) => {
        await transaction.run(
          sql`insert into circle (organisation_id, name, purpose, needs_second_factor, needs_sponsor, members_listed, created_at)
            values (${ferry.organisation}, 'x', 'x', false, false, true, ${new Date(TEST_NOW)})`,
        );
        await recordAudit(transaction, { ...ferry, verb, subject, atMs: TEST_NOW });
      });
    await assert.rejects(rename("circle.created", ""), (error) => isStatementError(error, "23514"));
    assert.deepEqual(await database.query("keeper", sql`select id from circle`), []);
    assert.deepEqual(await database.query("keeper", sql`select id from audit_event`), []);
  },
);

function linesOf(text: string): Record<string, unknown>[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
