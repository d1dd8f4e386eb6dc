import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createDraftService } from "./draft-service.ts";
import { createImportService } from "./import-service.ts";
import { createPartService } from "./part-service.ts";
import type { PartRequest } from "./stated-part.ts";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import { type DraftLevel, levelNumber } from "../../vocabulary/level.ts";
import { withTestDatabase } from "../../../tests/database/test-database.ts";
import { type TestMember, type TrustedActors, withTrustedActors } from "../../../tests/support/trusted-actors.ts";
import type { OwnedDatabase } from "../database/database.ts";
import { sql } from "../database/sql.ts";

const affected: PartRequest = {
  kind: "affected",
  body: {
    package: { ecosystem: "npm", name: "left-pad" },
    ranges: [
      {
        type: "SEMVER",
        events: [
          { kind: "introduced", version: "0" },
          { kind: "fixed", version: "1.3.1" },
        ],
      },
    ],
    versions: [],
  },
};
const notice: PartRequest = { kind: "notice", body: { packages: [{ ecosystem: "npm", name: "left-pad" }] } };
const everyKind: readonly PartRequest[] = [
  notice,
  { kind: "summary", body: { text: "Padding to the right" } },
  affected,
  { kind: "build", body: { text: "make" } },
  { kind: "research", body: { text: "how it is done" } },
];

withTestDatabase("each organisation is shown exactly what its level shows, and nothing below it", async (database) => {
  await withDrafts(database, async ({ actors, drafts, parts, owner, open, makeReader }) => {
    const { id, advisory } = await drafts.create(actors.as(owner), everyKind);
    const expected: Readonly<Record<DraftLevel, readonly string[] | undefined>> = {
      case: ["notice", "summary", "affected", "build", "research"],
      build: ["notice", "summary", "affected", "build"],
      fix: ["notice", "summary", "affected"],
      notice: ["notice"],
      public: undefined,
    };
    for (const [level, kinds] of Object.entries(expected) as readonly (readonly [DraftLevel, readonly string[] | undefined])[]) {
      const reader = await makeReader(level);
      await assert.rejects(drafts.read(actors.as(reader), id), isNotFound, `${level} before`);
      await open(id, reader, level);
      if (kinds === undefined) await assert.rejects(drafts.read(actors.as(reader), id), isNotFound, level);
      else {
        const seen = await drafts.read(actors.as(reader), id);
        assert.deepEqual(
          [seen.level, seen.advisory, seen.parts.map(({ kind }) => kind).toSorted()],
          [level, advisory, kinds.toSorted()],
          level,
        );
        const research = seen.parts.find(({ kind }) => kind === "research");
        assert.equal(research?.body, undefined);
      }
      const listed = await drafts.list(actors.as(reader), { limit: 10 });
      assert.deepEqual(
        listed.rows.map(({ level: shown, summary, packageCount }) => [shown, summary, packageCount]),
        kinds === undefined ? [] : [[level, kinds.includes("summary") ? "Padding to the right" : undefined, 1]],
      );
    }
    const mailed = await drafts.read(actors.as(owner, { floor: 4 }), id);
    assert.deepEqual([mailed.level, mailed.parts.map(({ kind }) => kind)], ["notice", ["notice"]]);
    await assert.rejects(parts.write(actors.as(owner, { floor: 4 }), id, notice), isNotFound);
  });
});

withTestDatabase("of two who change one part at once one is told what is there now, and nothing is lost", async (database) => {
  await withDrafts(database, async ({ actors, drafts, parts, owner }) => {
    const { id, parts: made } = await drafts.create(actors.as(owner), [{ kind: "details", body: { text: "one" } }]);
    const part = made[0]?.id ?? "";
    const change = (text: string) => parts.change(actors.as(owner), id, part, { kind: "details", body: { text }, revision: 1 });
    const outcomes = await Promise.allSettled([change("two"), change("three")]);
    assert.deepEqual(outcomes.map(({ status }) => status).toSorted(), ["fulfilled", "rejected"]);
    const refused = outcomes.find((outcome) => outcome.status === "rejected");
    const [now] = (await drafts.read(actors.as(owner), id)).parts;
    assert.ok(refused !== undefined && isCodedError(refused.reason, "conflict"));
    assert.deepEqual((refused.reason.current as { body: unknown }).body, now?.body);
    const history = await parts.history(actors.as(owner), id, part);
    assert.deepEqual(
      history.map(({ revision, replacedAtMs }) => [revision, replacedAtMs === undefined]),
      [
        [2, true],
        [1, false],
      ],
    );
    assert.deepEqual(history[1]?.body, { text: "one" });
  });
});

withTestDatabase("scans meet a part's revision in force, at its level, and nothing of what it was", async (database) => {
  await withDrafts(database, async ({ actors, drafts, parts, owner, staged }) => {
    const { id, parts: made } = await drafts.create(actors.as(owner), [affected]);
    const part = made[0]?.id ?? "";
    assert.deepEqual(await staged(id), { packages: [["npm", "left-pad", 3]], intervals: [["0", "1.3.1", 3]] });
    await parts.change(actors.as(owner), id, part, { ...affected, level: "case", revision: 1 });
    assert.deepEqual(await staged(id), { packages: [["npm", "left-pad", 1]], intervals: [["0", "1.3.1", 1]] });
    await parts.write(actors.as(owner), id, notice);
    assert.deepEqual((await staged(id)).packages, [
      ["npm", "left-pad", 1],
      ["npm", "left-pad", 4],
    ]);
    await parts.remove(actors.as(owner), id, part, 2);
    assert.deepEqual(await staged(id), { packages: [["npm", "left-pad", 4]], intervals: [] });
    await drafts.abandon(actors.as(owner), id, "a duplicate");
    assert.deepEqual(await staged(id), { packages: [], intervals: [] });
  });
});

withTestDatabase(
  "the same document begins one draft of an organisation, says nothing of others', and begins another once that is abandoned",
  async (database) => {
    await withDrafts(database, async ({ actors, drafts, imports, owner, makeReader }) => {
      const bytes = new TextEncoder().encode(JSON.stringify(osvRecord));
      const begun = await Promise.allSettled([imports.begin(actors.as(owner), { bytes }), imports.begin(actors.as(owner), { bytes })]);
      const [first] = begun.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
      const refused = begun.find((outcome) => outcome.status === "rejected");
      assert.ok(first !== undefined && refused !== undefined && isCodedError(refused.reason, "conflict"));
      assert.deepEqual(refused.reason.current, { id: first.id, advisory: first.advisory });
      const stranger = await makeReader("Stranger");
      const other = await imports.begin(actors.as(stranger), { bytes });
      assert.notEqual(other.id, first.id);
      await assert.rejects(imports.add(actors.as(owner), first.id, { bytes }), (error) => isCodedError(error, "conflict"));
      await assert.rejects(imports.add(actors.as(owner), other.id, { bytes }), isNotFound);
      await drafts.abandon(actors.as(owner), first.id, "begun again");
      assert.equal((await imports.begin(actors.as(owner), { bytes })).parts, 3);
    });
  },
);

withTestDatabase("what a document's marking or whoever imports it asks for is never made less confidential", async (database) => {
  await withDrafts(database, async ({ actors, drafts, imports, owner }) => {
    const csaf = JSON.parse(
      readFileSync(new URL("../../formats/csaf/testdata/two-vulnerabilities.json", import.meta.url), "utf8"),
    ) as object;
    const bytes = new TextEncoder().encode(JSON.stringify(csaf));
    const red = await imports.begin(actors.as(owner), { bytes, vulnerability: "CVE-2026-99999" });
    assert.deepEqual(new Set((await drafts.read(actors.as(owner), red.id)).parts.map(({ level }) => level)), new Set(["case"]));
    const osv = await imports.begin(actors.as(owner), { bytes: new TextEncoder().encode(JSON.stringify(osvRecord)), level: "build" });
    assert.deepEqual(new Set((await drafts.read(actors.as(owner), osv.id)).parts.map(({ level }) => level)), new Set(["build"]));
    assert.deepEqual(JSON.parse(new TextDecoder().decode(await drafts.osv(actors.as(owner), osv.id))).affected, []);
  });
});

withTestDatabase("what is written at once keeps its order", async (database) => {
  await withDrafts(database, async ({ actors, drafts, owner }) => {
    const texts = Array.from({ length: 40 }, (_, index) => `part ${index}`);
    const { id } = await drafts.create(
      actors.as(owner),
      texts.map((text): PartRequest => ({ kind: "details", body: { text } })),
    );
    const { parts } = await drafts.read(actors.as(owner), id);
    assert.deepEqual(
      parts.map(({ body }) => (body as { readonly text: string }).text),
      texts,
    );
    const record = JSON.parse(new TextDecoder().decode(await drafts.osv(actors.as(owner), id))) as { readonly details: string };
    assert.equal(record.details, texts.join("\n\n"));
  });
});

const osvRecord = {
  id: "GHSA-xxxx-0001-test",
  modified: "2026-11-20T09:00:00Z",
  summary: "Padding",
  affected: [{ package: { ecosystem: "npm", name: "left-pad" }, ranges: [{ type: "SEMVER", events: [{ introduced: "0" }] }] }],
};

type Setting = {
  readonly actors: TrustedActors;
  readonly drafts: ReturnType<typeof createDraftService>;
  readonly parts: ReturnType<typeof createPartService>;
  readonly imports: ReturnType<typeof createImportService>;
  readonly owner: TestMember;
  readonly makeReader: (name: string) => Promise<TestMember>;
  /** As the release job opens a stage to an organisation's own circle. */
  readonly open: (draft: string, reader: TestMember, level: DraftLevel) => Promise<void>;
  readonly staged: (draft: string) => Promise<{ readonly packages: readonly unknown[]; readonly intervals: readonly unknown[] }>;
};

async function withDrafts(database: OwnedDatabase, work: (setting: Setting) => Promise<void>): Promise<void> {
  await withTrustedActors(database, async (actors) => {
    const owner = await actors.makeMember(await actors.makeOrganisation("Owner"), "editor");
    await work({
      actors,
      drafts: createDraftService({ database, clock: actors.clock }),
      parts: createPartService({ database }),
      imports: createImportService({ database, clock: actors.clock }),
      owner,
      makeReader: async (name) => actors.makeMember(await actors.makeOrganisation(name), "editor"),
      open: async (draft, reader, level) => {
        await database.query(
          "releaser",
          sql`insert into opening (organisation_id, record_id, circle_id, level, opened_by, opened_at)
              values (${owner.organisation}, ${draft}, ${reader.organisation}, ${levelNumber(level)}, 'hour', ${new Date(actors.clock())})`,
        );
      },
      staged: async (draft) => {
        const packages = await database.query<{ ecosystem: string; name: string; level: number }>(
          "keeper",
          sql`select ecosystem, name, level from staged_package where draft_id = ${draft} order by level, name`,
        );
        const intervals = await database.query<{ lo_text: string; hi_text: string; level: number }>(
          "keeper",
          sql`select lo_text, hi_text, level from staged_interval where draft_id = ${draft} order by lo`,
        );
        return {
          packages: packages.map(({ ecosystem, name, level }) => [ecosystem, name, level]),
          intervals: intervals.map(({ lo_text, hi_text, level }) => [lo_text, hi_text, level]),
        };
      },
    });
  });
}

function isNotFound(error: unknown): boolean {
  return isCodedError(error, "not-found");
}
