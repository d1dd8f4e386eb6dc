import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { everyKind, osvRecord, scene, type StatedParts } from "../../../tests/support/draft-scene.ts";
import { refused } from "../../../tests/support/refused.ts";
import type { Seat } from "../../../tests/support/subject-desk.ts";
import type { Client } from "../../contract/client.ts";
import type { BodyInputOf } from "../../contract/endpoint.ts";
import { addAttachment, downloadAttachment, removeAttachment } from "../../contract/endpoints/draft-attachments.ts";
import { importIntoDraft } from "../../contract/endpoints/draft-imports.ts";
import {
  abandonDraft,
  changePart,
  createDraft,
  downloadDraftOsv,
  listDraftEvents,
  listDrafts,
  readDraft,
  readPartHistory,
  readResearch,
  removePart,
  writePart,
} from "../../contract/endpoints/drafts.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { sql } from "../database/sql.ts";

scene("the answer for each level has exactly what that level shows, field by field", async (scene) => {
  const { actors, database, desk, owner, openTo } = scene;
  const { id, advisory } = await desk.as(owner)(createDraft, { body: { parts: everyKind } });
  await database.query(
    "releaser",
    sql`insert into staged_date (organisation_id, draft_id, level, public_at, public_zone)
        values (${owner.organisation}, ${id}, 4, ${new Date(actors.clock() + 1000)}, 'Europe/Berlin')`,
  );
  const known = {
    id,
    state: "open",
    packages: [{ ecosystem: "npm", name: "left-pad" }],
    publicOn: { instantMs: actors.clock() + 1000, zone: "Europe/Berlin" },
  };
  const answer = async (seat: Seat, floor = 1): Promise<Record<string, unknown>> => {
    const { status, body } = await desk.transport(seat, { floor })({
      method: "GET",
      path: `/api/drafts/${id}`,
      headers: {},
      body: undefined,
      signal: undefined,
    });
    assert.equal(status, 200);
    return JSON.parse(new TextDecoder().decode(body)) as Record<string, unknown>;
  };
  const notice = await openTo(id, "notice");
  assert.deepEqual(await answer(notice), { ...known, level: "notice" });
  assert.deepEqual(await answer(owner, 4), { ...known, level: "notice" });
  const fix = await answer(await openTo(id, "fix"));
  assert.deepEqual(Object.keys(fix).toSorted(), [
    "advisory",
    "attachments",
    "id",
    "level",
    "owner",
    "packages",
    "parts",
    "publicOn",
    "state",
  ]);
  for (const part of fix["parts"] as readonly object[]) {
    assert.deepEqual(Object.keys(part).toSorted(), ["body", "id", "kind", "level", "writtenAtMs"]);
  }
  const whole = await answer(owner);
  assert.deepEqual([whole["advisory"], (whole["parts"] as readonly unknown[]).length], [advisory, 5]);
  const research = (whole["parts"] as readonly { readonly kind: string; readonly body?: unknown }[]).find(
    ({ kind }) => kind === "research",
  );
  assert.equal(research !== undefined && "body" in research, false);
  for (const [seat, found] of [
    [notice, false],
    [await openTo(id, "fix"), true],
  ] as const) {
    for (const ask of [
      () => desk.as(seat)(downloadDraftOsv, { params: { draft: id } }),
      () => desk.as(seat)(listDraftEvents, { params: { draft: id }, query: {} }),
    ]) {
      if (found) await ask();
      else await assert.rejects(ask(), refused("not-found"));
    }
  }
});

scene("what is hidden and what is missing are refused in the same words, on every endpoint", async ({ desk, owner, openTo }) => {
  const { id, parts } = await desk.as(owner)(createDraft, { body: { parts: everyKind } });
  const fix = await openTo(id, "fix");
  const research = parts[4]?.id ?? "";
  const summary: BodyInputOf<typeof writePart> = { kind: "summary", body: { text: "x" } };
  const asks = (ask: Client, draft: string, part: string): readonly (() => Promise<unknown>)[] => [
    () => ask(writePart, { params: { draft }, body: summary }),
    () => ask(changePart, { params: { draft, part }, body: { kind: "research", body: { text: "x" }, revision: 1 } }),
    () => ask(removePart, { params: { draft, part }, body: { revision: 1 } }),
    () => ask(readPartHistory, { params: { draft, part } }),
    () => ask(readResearch, { params: { draft, part }, body: {} }),
    () => ask(importIntoDraft, { params: { draft }, body: new TextEncoder().encode(JSON.stringify(osvRecord)) }),
    () => ask(addAttachment, { params: { draft }, query: { name: "x" }, body: new Uint8Array(3) }),
    () => ask(downloadAttachment, { params: { draft, attachment: part } }),
    () => ask(removeAttachment, { params: { draft, attachment: part }, body: {} }),
    () => ask(abandonDraft, { params: { draft }, body: { reason: "x" } }),
  ];
  const hidden = await refusalsOf(asks(desk.as(fix), id, research));
  const missing = await refusalsOf(asks(desk.as(fix), randomUUID(), randomUUID()));
  assert.deepEqual(hidden, missing);
  assert.deepEqual(new Set(hidden), new Set(["not-found There is no such thing among the draft advisories that are open to you"]));
});

scene("every reading is written down once, at the most confidential level that was shown, and the owner sees it", async (scene) => {
  const { database, actors, desk, owner, openTo } = scene;
  const { id, parts } = await desk.as(owner)(createDraft, { body: { parts: everyKind } });
  const [fix, notice, full] = [await openTo(id, "fix", "reader"), await openTo(id, "notice", "reader"), await openTo(id, "case")];
  await desk.as(fix)(readDraft, { params: { draft: id } });
  await desk.as(fix)(downloadDraftOsv, { params: { draft: id } });
  await desk.as(notice)(listDrafts, { query: {} });
  await desk.as(notice)(readDraft, { params: { draft: id } });
  const params = { draft: id, part: parts[4]?.id ?? "" };
  assert.deepEqual(await desk.as(full)(readResearch, { params, body: {} }), { text: "how it is done", revision: 1 });
  const reads = await database.query<{ reader: string; level: number; part_id: string | null }>(
    actors.as(owner),
    sql`select reader_person_id as reader, level, part_id from read_event where draft_id = ${id} and reader_person_id <> ${owner.person}`,
  );
  const names = new Map([fix, notice, full].map(({ person }, index) => [person, ["fix", "notice", "case"][index]]));
  assert.deepEqual(reads.map(({ reader, level, part_id }) => `${names.get(reader)} ${level} ${part_id === params.part}`).toSorted(), [
    "case 1 true",
    "fix 3 false",
    "fix 3 false",
    "notice 4 false",
    "notice 4 false",
  ]);
});

scene("roles and scopes that lack the right are told so before any draft is looked at", async ({ desk, owner, openTo }) => {
  const { id, parts } = await desk.as(owner)(createDraft, { body: { parts: everyKind } });
  const reader = desk.as(await openTo(id, "case", "reader"));
  const params = { draft: id, part: parts[4]?.id ?? "" };
  for (const draft of [id, randomUUID()]) {
    await assert.rejects(reader(writePart, { params: { draft }, body: { kind: "build", body: { text: "x" } } }), refused("not-allowed"));
    await assert.rejects(reader(readResearch, { params: { ...params, draft }, body: {} }), refused("not-allowed"));
    await assert.rejects(reader(abandonDraft, { params: { draft }, body: { reason: "x" } }), refused("not-allowed"));
    await assert.rejects(desk.as(owner, { verbs: ["scan"] })(readDraft, { params: { draft } }), refused("not-allowed"));
    await assert.rejects(desk.as(undefined)(readDraft, { params: { draft } }), refused("sign-in-needed"));
  }
  const seen = await reader(readDraft, { params: { draft: id } });
  assert.deepEqual([seen.case?.mayWrite, seen.case?.mayReadResearch], [false, false]);
});

scene("the list and the events come in pages that lose and repeat nothing, whatever the clock does", async ({ actors, desk, owner }) => {
  const ask = desk.as(owner);
  const made: string[] = [];
  for (let count = 0; count < 7; count++) {
    if (count % 3 === 0) actors.setClock(actors.clock() + 1);
    made.push((await ask(createDraft, { body: { parts: everyKind.slice(0, 2) as StatedParts } })).id);
  }
  const listed: string[] = [];
  for (let after: string | undefined; ;) {
    const page = await ask(listDrafts, { query: { limit: 2, ...(after === undefined ? {} : { after }) } });
    listed.push(...page.rows.map(({ id }) => id));
    if (page.next === undefined) break;
    after = page.next;
  }
  assert.deepEqual(listed.toSorted(), made.toSorted());
  const draft = made[0] ?? "";
  const kinds: string[] = [];
  for (let after: string | undefined; ;) {
    const page = await ask(listDraftEvents, { params: { draft }, query: { limit: 1, ...(after === undefined ? {} : { after }) } });
    kinds.push(...page.rows.map(({ kind }) => kind));
    if (page.next === undefined) break;
    after = page.next;
  }
  assert.deepEqual(kinds, ["part-written", "part-written", "draft-begun"]);
  for (const after of [
    "x",
    Buffer.from('["a","b"]').toString("base64url"),
    Buffer.from(`["1","${draft}' or true"]`).toString("base64url"),
  ]) {
    await assert.rejects(ask(listDrafts, { query: { after } }), refused("input-invalid"), after);
    await assert.rejects(ask(listDraftEvents, { params: { draft }, query: { after } }), refused("input-invalid"), after);
  }
});

scene("an abandoned draft changes no more, opens no more and is told as such", async ({ database, desk, owner, openTo }) => {
  const ask = desk.as(owner);
  const { id } = await ask(createDraft, { body: { parts: everyKind } });
  const notice = desk.as(await openTo(id, "notice"));
  await ask(abandonDraft, { params: { draft: id }, body: { reason: "A duplicate" } });
  assert.equal((await notice(readDraft, { params: { draft: id } })).state, "abandoned");
  await assert.rejects(ask(writePart, { params: { draft: id }, body: everyKind[1] as never }), refused("conflict"));
  await assert.rejects(ask(abandonDraft, { params: { draft: id }, body: { reason: "again" } }), refused("conflict"));
  const trail = await database.query<{ verb: string }>(
    "keeper",
    sql`select verb from audit_event where subject = ${`draft:${id}`} order by at, verb`,
  );
  assert.deepEqual(
    trail.map(({ verb }) => verb),
    ["draft.abandoned", "draft.created"],
  );
  const told = await database.query<{ kind: string }>("courier", sql`select kind from announcement where record_id = ${id}`);
  assert.deepEqual(
    told.map(({ kind }) => kind),
    ["draft-abandoned"],
  );
});

async function refusalsOf(asks: readonly (() => Promise<unknown>)[]): Promise<readonly string[]> {
  const refusals: string[] = [];
  for (const ask of asks) {
    try {
      await ask();
      refusals.push("answered");
    } catch (error) {
      assert.ok(error instanceof CodedError);
      refusals.push(`${error.code} ${error.message}`);
    }
  }
  return refusals;
}
