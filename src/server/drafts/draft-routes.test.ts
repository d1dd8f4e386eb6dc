import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withTestDatabase } from "../../../tests/database/test-database.ts";
import { openSubjectDesk, type Seat, type SubjectDesk, takeSeat } from "../../../tests/support/subject-desk.ts";
import { type TrustedActors, withTrustedActors } from "../../../tests/support/trusted-actors.ts";
import type { Client } from "../../contract/client.ts";
import type { BodyInputOf } from "../../contract/endpoint.ts";
import { MAX_PARTS } from "../../contract/draft-part-schemas.ts";
import { correctAdvisory, correctionEndpoints, withdrawAdvisory } from "../../contract/endpoints/corrections.ts";
import {
  addAttachment,
  downloadAttachment,
  draftAttachmentEndpoints,
  MAX_ATTACHMENT_BYTES,
  removeAttachment,
} from "../../contract/endpoints/draft-attachments.ts";
import { draftImportEndpoints, importDraft, importIntoDraft } from "../../contract/endpoints/draft-imports.ts";
import {
  abandonDraft,
  changePart,
  createDraft,
  downloadDraftOsv,
  draftEndpoints,
  listDraftEvents,
  listDrafts,
  readDraft,
  readPartHistory,
  readResearch,
  removePart,
  writePart,
} from "../../contract/endpoints/drafts.ts";
import { CodedError, isCodedError, type RefusalCode } from "../../vocabulary/coded-error.ts";
import { type DraftLevel, levelNumber } from "../../vocabulary/level.ts";
import type { OwnedDatabase } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import { openAttachmentFiles } from "./attachment-files.ts";
import { createAttachmentService } from "./attachment-service.ts";
import { draftRoutes } from "./draft-routes.ts";
import { createCorrectionService } from "./correction-service.ts";
import { createDraftService } from "./draft-service.ts";
import { createImportService } from "./import-service.ts";
import { createPartService } from "./part-service.ts";

type StatedParts = NonNullable<BodyInputOf<typeof createDraft>["parts"]>;

type Scene = {
  readonly database: OwnedDatabase;
  readonly actors: TrustedActors;
  readonly desk: SubjectDesk;
  readonly owner: Seat;
  /** A member of an organisation to which the draft is opened at a level. */
  readonly openTo: (draft: string, level: DraftLevel, role?: "administrator" | "editor" | "reader" | "auditor") => Promise<Seat>;
};

function scene(title: string, work: (scene: Scene) => Promise<void>): void {
  withTestDatabase(title, (database) =>
    withTrustedActors(database, async (actors) => {
      const directory = await mkdtemp(join(tmpdir(), "sluice-draft-routes-"));
      const parts = { database, clock: actors.clock, keys: actors.keys };
      const attachments = createAttachmentService({ ...parts, files: openAttachmentFiles({ directory, keys: actors.keys }) });
      const routes = draftRoutes({
        drafts: createDraftService(parts),
        parts: createPartService(parts),
        corrections: createCorrectionService({ database, publish: async () => {} }),
        imports: createImportService(parts),
        attachments,
      });
      const desk = await openSubjectDesk(
        actors,
        [...draftEndpoints, ...draftImportEndpoints, ...draftAttachmentEndpoints, ...correctionEndpoints],
        routes,
      );
      try {
        const owner = await takeSeat(actors, { id: await actors.makeOrganisation("Harbour desk", "coordinator"), kind: "coordinator" });
        const openTo: Scene["openTo"] = async (draft, level, role = "editor") => {
          const seat = await takeSeat(actors, { id: await actors.makeOrganisation(`At ${level}`, "vendor") }, role);
          await database.query(
            "releaser",
            sql`insert into opening (organisation_id, record_id, circle_id, level, opened_by, opened_at)
                values (${owner.organisation}, ${draft}, ${seat.organisation}, ${levelNumber(level)}, 'hour', ${new Date(actors.clock())})`,
          );
          return seat;
        };
        await work({ database, actors, desk, owner, openTo });
      } finally {
        await desk.close();
        await rm(directory, { recursive: true });
      }
    }),
  );
}

const everyKind: StatedParts = [
  { kind: "notice", body: { packages: [{ ecosystem: "npm", name: "left-pad" }] } },
  { kind: "summary", body: { text: "Padding to the right" } },
  { kind: "affected", body: { package: { ecosystem: "npm", name: "left-pad" }, versions: ["1.0.0"] } },
  { kind: "build", body: { text: "make" } },
  { kind: "research", body: { text: "how it is done" } },
];

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

scene("whoever sees the case adds parts in its own name, and changes no one else's", async ({ desk, owner, openTo }) => {
  const { id, parts } = await desk.as(owner)(createDraft, { body: { parts: everyKind } });
  const [ask, own] = [desk.as(await openTo(id, "case")), desk.as(owner)];
  const written = await ask(writePart, {
    params: { draft: id },
    body: { kind: "patch", body: { kind: "mitigation", text: "Do not pad" }, level: "build" },
  });
  assert.equal(written.level, "build");
  const summary = parts[1]?.id ?? "";
  const change: BodyInputOf<typeof changePart> = { kind: "summary", body: { text: "Theirs" }, revision: 1 };
  await assert.rejects(ask(changePart, { params: { draft: id, part: summary }, body: change }), refused("not-allowed"));
  await assert.rejects(ask(removePart, { params: { draft: id, part: summary }, body: { revision: 1 } }), refused("not-allowed"));
  await assert.rejects(ask(abandonDraft, { params: { draft: id }, body: { reason: "x" } }), refused("not-found"));
  const mitigation: BodyInputOf<typeof changePart> = { kind: "patch", body: { kind: "mitigation", text: "Pad left" }, revision: 1 };
  await ask(changePart, { params: { draft: id, part: written.id }, body: mitigation });
  await own(changePart, { params: { draft: id, part: written.id }, body: { ...mitigation, level: "case", revision: 2 } });
  await assert.rejects(
    ask(changePart, { params: { draft: id, part: written.id }, body: { ...mitigation, revision: 3 } }),
    refused("not-allowed"),
  );
  const { revisions } = await ask(readPartHistory, { params: { draft: id, part: written.id } });
  assert.deepEqual(
    revisions.map(({ revision, level, author }) => [revision, level, author?.name]),
    [
      [3, "case", "Harbour desk"],
      [2, "fix", "At case"],
      [1, "build", "At case"],
    ],
  );
});

scene("a conflict carries what is there now, in the answer", async ({ desk, owner }) => {
  const ask = desk.as(owner);
  const { id, parts } = await ask(createDraft, { body: { parts: [everyKind[1], everyKind[4]] as StatedParts } });
  const [summary = "", research = ""] = parts.map((part) => part.id);
  await ask(changePart, { params: { draft: id, part: summary }, body: { kind: "summary", body: { text: "Two" }, revision: 1 } });
  const late = ask(changePart, { params: { draft: id, part: summary }, body: { kind: "summary", body: { text: "Mine" }, revision: 1 } });
  await assert.rejects(
    late,
    (error) => isCodedError(error, "conflict") && (error.current as { body: { text: string } }).body.text === "Two",
  );
  await ask(changePart, { params: { draft: id, part: research }, body: { kind: "research", body: { text: "Secret two" }, revision: 1 } });
  const lateResearch = ask(removePart, { params: { draft: id, part: research }, body: { revision: 1 } });
  await assert.rejects(lateResearch, (error) => isCodedError(error, "conflict") && !JSON.stringify(error.current).includes("Secret"));
  await ask(removePart, { params: { draft: id, part: summary }, body: { revision: 2 } });
  await assert.rejects(
    ask(changePart, { params: { draft: id, part: summary }, body: { kind: "summary", body: { text: "x" }, revision: 2 } }),
    refused("not-found"),
  );
});

scene(
  "a part that was too open and is closed stays closed to whoever is let in later, with what it was and what is told of it",
  async (scene) => {
    const { database, actors, desk, owner, openTo } = scene;
    const ask = desk.as(owner);
    const { id, parts } = await ask(createDraft, { body: { parts: [{ kind: "details", body: { text: "too open" } }] } });
    const part = parts[0]?.id ?? "";
    await ask(changePart, { params: { draft: id, part }, body: { kind: "details", body: { text: "closed" }, level: "case", revision: 1 } });
    const fix = await openTo(id, "fix");
    assert.deepEqual((await desk.as(fix)(readDraft, { params: { draft: id } })).parts, []);
    assert.deepEqual((await desk.as(fix)(listDraftEvents, { params: { draft: id }, query: {} })).rows, []);
    assert.deepEqual(await database.query(actors.as(fix), sql`select body from draft_part where draft_id = ${id}`), []);
    await ask(changePart, {
      params: { draft: id, part },
      body: { kind: "details", body: { text: "open again" }, level: "fix", revision: 2 },
    });
    const { rows } = await desk.as(fix)(listDraftEvents, { params: { draft: id }, query: {} });
    assert.deepEqual(new Set(rows.map(({ kind }) => kind)), new Set(["part-written"]));
    assert.ok(!JSON.stringify(rows).includes("case"));
  },
);

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

scene("what a part cannot say is refused at its place, and nothing of it is kept", async ({ database, desk, owner }) => {
  const ask = desk.as(owner);
  const { id } = await ask(createDraft, { body: {} });
  const affected = { package: { ecosystem: "npm", name: "left-pad" } };
  const range = (events: readonly object[], more: object = {}) => ({
    kind: "affected",
    body: { ...affected, ranges: [{ type: "SEMVER", events, ...more }] },
  });
  const cases: readonly (readonly [string, unknown, string])[] = [
    ["a kind that is none", { kind: "gossip", body: { text: "x" } }, "body.kind"],
    ["another kind's body", { kind: "summary", body: affected }, "body.body.text"],
    ["an empty text", { kind: "details", body: { text: "" } }, "body.body.text"],
    ["a text with U+0000", { kind: "details", body: { text: "a\0b" } }, "body.body.text"],
    ["a text without end", { kind: "details", body: { text: "x".repeat(100_001) } }, "body.body.text"],
    ["a less confidential level than the kind's", { kind: "build", body: { text: "x" }, level: "fix" }, "body.level"],
    ["research at another level", { kind: "research", body: { text: "x" }, level: "build" }, "body.level"],
    ["a public part", { kind: "notice", body: { packages: [affected.package] }, level: "public" }, "body.level"],
    ["no package at all", { kind: "notice", body: { packages: [] } }, "body.body.packages"],
    [
      "an ecosystem of nobody's",
      { kind: "affected", body: { package: { ecosystem: "Appliance", name: "x" } } },
      "body.body.package.ecosystem",
    ],
    ["a name with a line end", { kind: "affected", body: { package: { ecosystem: "npm", name: "a\nb" } } }, "body.body.package.name"],
    ["a range that introduces nothing", range([{ kind: "fixed", version: "1" }]), "body.body.ranges[0].events"],
    [
      "both kinds of end in one range",
      range([
        { kind: "introduced", version: "0" },
        { kind: "fixed", version: "2" },
        { kind: "last_affected", version: "1" },
      ]),
      "body.body.ranges[0]",
    ],
    [
      "a short commit",
      range([{ kind: "introduced", version: "abc" }], { type: "GIT", repository: "https://git.example" }),
      "body.body.ranges[0]",
    ],
    ["a vector of another scale", { kind: "severity", body: { type: "CVSS_V4", vector: "CVSS:3.1/AV:N" } }, "body.body.vector"],
    ["an address that runs", { kind: "reference", body: { type: "WEB", url: "javascript:alert(1)" } }, "body.body.url"],
    ["an alias that is a path", { kind: "alias", body: { text: "../../etc" } }, "body.body.text"],
  ];
  for (const [what, body, place] of cases) {
    await assert.rejects(
      ask(writePart, { params: { draft: id }, body: body as never }),
      (error) => isCodedError(error, "input-invalid") && error.place === place,
      what,
    );
  }
  const many = Array.from({ length: MAX_PARTS }, () => ({ kind: "weakness" as const, body: { text: "CWE-79" } }));
  const full = await ask(createDraft, { body: { parts: many } });
  await assert.rejects(ask(writePart, { params: { draft: full.id }, body: many[0] as never }), refused("conflict"));
  const { length } = await database.query("keeper", sql`select from draft_part where draft_id = ${id}`);
  assert.equal(length, 0);
});

scene("documents that are none, or are hostile, are refused with their place", async ({ desk, owner }) => {
  const ask = desk.as(owner);
  const bytes = (value: unknown): Uint8Array<ArrayBuffer> =>
    new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
  const cases: readonly (readonly [string, Uint8Array<ArrayBuffer>, RefusalCode])[] = [
    ["no bytes", new Uint8Array(0), "document-invalid"],
    ["no JSON", bytes("<xml/>"), "document-invalid"],
    ["neither kind", bytes({ hello: "world" }), "document-unknown"],
    ["a list", bytes([]), "document-unknown"],
    ["too deep", bytes(`{"document":${"[".repeat(5000)}`), "document-invalid"],
    ["too many values", bytes(`{"id":1,"modified":[${"1,".repeat(5_100_000)}1]}`), "document-too-large"],
    ["wrong types", bytes({ id: {}, modified: 3 }), "document-invalid"],
    ["another version", bytes({ document: { csaf_version: "2.1" } }), "document-unknown"],
    [
      "more parts than a draft takes",
      bytes({
        ...osvRecord,
        references: Array.from({ length: MAX_PARTS }, (_, index) => ({ type: "WEB", url: `https://a.example/${index}` })),
      }),
      "document-too-large",
    ],
  ];
  for (const [what, body, code] of cases) await assert.rejects(ask(importDraft, { body, query: {} }), refused(code), what);
  const tooLarge = await desk.transport(owner)({
    method: "POST",
    path: "/api/drafts/import",
    headers: { "content-type": "application/json" },
    body: new Uint8Array(17 << 20),
    signal: undefined,
  });
  assert.equal(tooLarge.status, 413);
  assert.deepEqual((await ask(listDrafts, { query: {} })).rows, []);
  const csaf = new Uint8Array(await readFile(new URL("../../formats/csaf/testdata/halyard-broker.json", import.meta.url)));
  const imported = await ask(importDraft, { body: csaf, query: {} });
  assert.deepEqual([imported.format, imported.leftOut.length], ["csaf", 4]);
  const record = await ask(downloadDraftOsv, { params: { draft: imported.id } });
  assert.deepEqual([record["affected"], record["details"]], [[], undefined]);
  const { parts = [] } = await ask(readDraft, { params: { draft: imported.id } });
  assert.ok(
    parts.every(({ level }) => level === "build"),
    "a document marked TLP:AMBER+STRICT makes no part less confidential than build",
  );
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

scene(
  "what is public is not written to any more, and who sees it as public alone is led to the record",
  async ({ database, actors, desk, owner, openTo }) => {
    const { id, advisory } = await desk.as(owner)(createDraft, { body: { parts: everyKind } });
    const anyone = desk.as(await openTo(id, "public"));
    await assert.rejects(anyone(readDraft, { params: { draft: id } }), refused("not-found"));
    await assert.rejects(desk.as(owner)(writePart, { params: { draft: id }, body: everyKind[1] as never }), refused("conflict"));
    await assert.rejects(desk.as(owner)(abandonDraft, { params: { draft: id }, body: { reason: "too late" } }), refused("conflict"));
    await database.query(
      "releaser",
      sql`update draft_advisory set state = 'published', published_at = ${new Date(actors.clock())} where id = ${id}`,
    );
    assert.deepEqual(await anyone(readDraft, { params: { draft: id } }), {
      id,
      level: "public",
      state: "published",
      packages: [],
      advisory,
      published: { isWithdrawn: false, mayCorrect: false, revisions: [{ version: 1, withdraws: false, atMs: actors.clock() }] },
    });
    const reason = "a word was wrong";
    const part = (await desk.as(owner)(readDraft, { params: { draft: id } })).parts?.find(({ kind }) => kind === "summary");
    const change = [{ kind: "summary" as const, body: { text: "put right" }, part: part?.id ?? "", revision: 1 }];
    await assert.rejects(anyone(correctAdvisory, { params: { draft: id }, body: { reason, change } }), refused("not-found"));
    await assert.rejects(anyone(withdrawAdvisory, { params: { draft: id }, body: { reason } }), refused("not-found"));
    const corrected = await desk.as(owner)(correctAdvisory, { params: { draft: id }, body: { reason, change } });
    assert.deepEqual(corrected, { advisory }, "it comes into the record with the release job, which this desk has not");
    const { published, parts } = await desk.as(owner)(readDraft, { params: { draft: id } });
    assert.deepEqual(
      [published?.mayCorrect, published?.revisions.map((one) => one.reason), parts?.find(({ kind }) => kind === "summary")?.body],
      [true, [undefined, reason], { text: "put right" }],
    );
    assert.deepEqual((await anyone(readDraft, { params: { draft: id } })).published?.revisions[1]?.reason, reason);
    assert.deepEqual((await anyone(listDrafts, { query: {} })).rows, []);
  },
);

scene("a file's answer is a download whatever it is called or holds", async ({ desk, owner }) => {
  const { id } = await desk.as(owner)(createDraft, { body: {} });
  const page = new TextEncoder().encode("<script>alert(1)</script>");
  const added = await desk.as(owner)(addAttachment, {
    params: { draft: id },
    query: { name: "a'b\"ö.html", mediaType: "text/html", level: "fix" },
    body: page,
  });
  const { headers, body } = await desk.transport(owner)({
    method: "GET",
    path: `/api/drafts/${id}/attachments/${added.id}`,
    headers: {},
    body: undefined,
    signal: undefined,
  });
  assert.deepEqual(new Uint8Array(body), page);
  assert.equal(headers["content-type"], "application/octet-stream");
  assert.equal(headers["content-disposition"], "attachment; filename*=UTF-8''a%27b%22%C3%B6.html");
  const tooLarge = await desk.transport(owner)({
    method: "POST",
    path: `/api/drafts/${id}/attachments?name=x`,
    headers: { "content-type": "application/octet-stream" },
    body: new Uint8Array(MAX_ATTACHMENT_BYTES + 1),
    signal: undefined,
  });
  assert.equal(tooLarge.status, 413);
  for (const name of ["../x", "a/b", "a\\b", "a\nb", ""]) {
    await assert.rejects(
      desk.as(owner)(addAttachment, { params: { draft: id }, query: { name }, body: page }),
      refused("input-invalid"),
      name,
    );
  }
});

const osvRecord = { id: "GHSA-xxxx-0001-test", modified: "2026-11-20T09:00:00Z", summary: "Padding" };

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

function refused(code: RefusalCode) {
  return (error: unknown): boolean => isCodedError(error, code);
}
