import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { withTestDatabase } from "../../../tests/database/test-database.ts";
import { type ReleaseDesk, withReleaseDesk } from "../../../tests/support/release-desk.ts";
import { makeCircle, writeDraft } from "../../../tests/support/staged-drafts.ts";
import type { TestMember } from "../../../tests/support/trusted-actors.ts";
import type { StatedPart } from "../../contract/draft-part-schemas.ts";
import { ecosystemOf } from "../../matching/ecosystems/ecosystem-of.ts";
import { createMatcher } from "../../matching/match.ts";
import { isAdvisorySigned, parseAdvisoryKeys } from "../../sealing/advisory-signature.ts";
import { isCodedError, type RefusalCode } from "../../vocabulary/coded-error.ts";
import type { PartBody } from "../../vocabulary/draft-advisory.ts";
import { readBodyInForce, readRevisions } from "../advisories/advisory-service.ts";
import { sql } from "../database/sql.ts";
import { type CorrectionService, createCorrectionService } from "../drafts/correction-service.ts";
import { createDraftService } from "../drafts/draft-service.ts";
import { createPartService } from "../drafts/part-service.ts";
import { createAdvisorySignatures } from "../ledger/advisory-keys.ts";

const affectedUntil = (fixed: string): StatedPart & PartBody & { readonly kind: "affected" } => ({
  kind: "affected",
  body: {
    package: { ecosystem: "npm", name: "halyard" },
    purl: undefined,
    ranges: [
      {
        type: "SEMVER",
        repository: undefined,
        events: [
          { kind: "introduced", version: "0" },
          { kind: "fixed", version: fixed },
        ],
      },
    ],
    versions: [],
  },
});

type Published = {
  readonly owner: TestMember;
  readonly operator: TestMember;
  readonly circle: string;
  readonly draft: string;
  readonly advisory: string;
  readonly corrections: CorrectionService;
};

async function published(desk: ReleaseDesk): Promise<Published> {
  const { database, actors, releases, job, caller, hour, toHour } = desk;
  const owner = await actors.makeMember(await actors.makeOrganisation("Harbour desk"));
  const operator = await actors.makeMember(await actors.makeOrganisation("Northgate", "operator"));
  const circle = await makeCircle(database, owner.organisation, "Operators", [operator.organisation], { atMs: hour(0) });
  const { draft, advisory } = await writeDraft(database, { actor: caller(owner).actor, member: owner, atMs: hour(0) }, [
    { kind: "summary", body: { text: "A length is trusted" } },
    affectedUntil("2.4.1"),
    { kind: "research", body: { text: "how it is done" } },
  ]);
  const { revision } = await releases.write(caller(owner), draft, {
    stages: [
      { circle, level: "fix", opens: { instantMs: hour(1), zone: "UTC" }, on: [] },
      { level: "public", opens: { instantMs: hour(2), zone: "UTC" }, on: [] },
    ],
  });
  await releases.agree(caller(owner), draft, revision);
  await toHour(1);
  await toHour(2);
  return { owner, operator, circle, draft, advisory, corrections: createCorrectionService({ database, publish: job.publish }) };
}

async function partOf({ database, caller }: ReleaseDesk, { owner, draft }: Published, kind: string) {
  const { parts } = await createDraftService({ database, clock: () => 0 }).read(caller(owner).actor, draft);
  const found = parts.find((part) => part.kind === kind);
  assert.ok(found !== undefined);
  return { part: found.part, revision: found.revision };
}

async function recordOf({ database }: ReleaseDesk, { advisory }: Published): Promise<Record<string, unknown>> {
  return JSON.parse((await readBodyInForce(database, advisory)) ?? "{}") as Record<string, unknown>;
}

function hits({ snapshots }: ReleaseDesk, version: string): boolean {
  const snapshot = snapshots.current()?.snapshot;
  assert.ok(snapshot !== undefined);
  const component = { ecosystem: "npm", name: "halyard", version };
  return createMatcher(snapshot, ecosystemOf)(component as never).hits.length > 0;
}

async function refusedWith(code: RefusalCode, work: Promise<unknown>, words?: RegExp): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(isCodedError(error, code), String(error));
    if (words !== undefined) assert.match(error.message, words);
    return true;
  });
}

const nothing = { write: [], change: [], remove: [] };

withTestDatabase("a correction is one new revision: record, scans, ledger, signature and those who were told follow", async (database) => {
  await withReleaseDesk(database, async (desk) => {
    const cast = await published(desk);
    const { owner, circle, draft, advisory, corrections } = cast;
    const { caller, hour, actors } = desk;
    assert.deepEqual([hits(desk, "2.4.0"), hits(desk, "2.4.1")], [true, false]);
    const first = await recordOf(desk, cast);
    actors.setClock(hour(5));
    const affected = await partOf(desk, cast, "affected");
    const reason = "2.4.1 trusts the length still";
    const corrected = await corrections.correct(caller(owner).actor, draft, {
      ...nothing,
      reason,
      change: [{ ...affectedUntil("2.4.2"), ...affected }],
      write: [{ kind: "alias", body: { text: "CVE-2026-9001" } }],
    });
    assert.deepEqual(corrected, { advisory, version: 2 });
    assert.deepEqual([hits(desk, "2.4.1"), hits(desk, "2.4.2")], [true, false]);

    const record = await recordOf(desk, cast);
    const at = new Date(hour(5)).toISOString();
    assert.deepEqual([record["published"], record["modified"], record["aliases"]], [first["published"], at, ["CVE-2026-9001"]]);
    assert.deepEqual(record["database_specific"], { changes: [{ modified: at, reason }] });
    const bodies = await readRevisions(database, advisory);
    assert.deepEqual(
      bodies.map(({ revision, body }) => [revision, JSON.parse(body).modified]),
      [
        [2, at],
        [1, first["modified"]],
      ],
      "what was told stays to be read",
    );

    const leaves = await database.query<{ version: number; sha256: string }>(
      "reader",
      sql`select version, sha256 from ledger_revision where advisory_id = ${advisory} order by version`,
    );
    const digests = bodies.toReversed().map(({ body }) => createHash("sha256").update(body).digest("hex"));
    assert.deepEqual(leaves, [
      { version: 1, sha256: digests[0] },
      { version: 2, sha256: digests[1] },
    ]);
    const signatures = createAdvisorySignatures({ database, keys: actors.keys });
    const key = parseAdvisoryKeys(signatures.advisoryKey("current"));
    const signature = await signatures.signature(advisory, { key: undefined, version: undefined });
    assert.equal(isAdvisorySigned(Buffer.from(bodies[0]?.body ?? ""), signature, key), true);

    const told = await database.query<{ circle_id: string }>(
      "keeper",
      sql`select circle_id from announcement where kind = 'advisory-corrected' and record_id = ${draft}`,
    );
    assert.deepEqual(new Set(told.map(({ circle_id }) => circle_id)), new Set([owner.organisation, circle]));
    const events = await database.query<{ kind: string }>(
      "keeper",
      sql`select kind from draft_event where draft_id = ${draft} and kind like '%correct%' order by at, kind desc`,
    );
    assert.deepEqual(events.map(({ kind }) => kind).toSorted(), ["advisory-corrected", "correction-stated"]);
    await desk.job.settle();
    assert.equal((await readRevisions(database, advisory)).length, 2, "nothing is published twice");
  });
});

withTestDatabase("an advisory that turns out to be another ecosystem's is listed under that one alone", async (database) => {
  await withReleaseDesk(database, async (desk) => {
    const cast = await published(desk);
    const { owner, draft, advisory, corrections } = cast;
    const listed = (): Promise<readonly object[]> =>
      database.query("reader", sql`select feed, ecosystem from feed_record where advisory_id = ${advisory}`);
    assert.deepEqual(await listed(), [{ feed: "sluice", ecosystem: "npm" }]);
    const { body } = affectedUntil("2.4.2");
    const other = { ...body, package: { ecosystem: "PyPI", name: "halyard" }, ranges: [{ ...body.ranges[0], type: "ECOSYSTEM" as const }] };
    await corrections.correct(desk.caller(owner).actor, draft, {
      ...nothing,
      reason: "it is the Python package",
      change: [{ kind: "affected", body: other as typeof body, ...(await partOf(desk, cast, "affected")) }],
    });
    assert.deepEqual(await listed(), [{ feed: "sluice", ecosystem: "PyPI" }]);
    assert.equal(hits(desk, "2.4.0"), false);
  });
});

withTestDatabase("a withdrawal says since when and why, ends matching, and is for good", async (database) => {
  await withReleaseDesk(database, async (desk) => {
    const cast = await published(desk);
    const { owner, operator, draft, corrections } = cast;
    const { caller, hour, actors } = desk;
    actors.setClock(hour(5));
    assert.equal((await corrections.withdraw(caller(owner).actor, draft, "the length is checked by the caller")).version, 2);
    const record = await recordOf(desk, cast);
    assert.equal(record["withdrawn"], new Date(hour(5)).toISOString());
    assert.deepEqual(record["database_specific"], {
      changes: [{ modified: record["withdrawn"], reason: "the length is checked by the caller" }],
    });
    assert.equal(hits(desk, "2.4.0"), false);
    const drafts = createDraftService({ database, clock: desk.actors.clock });
    const seen = await drafts.read(caller(operator).actor, draft);
    assert.deepEqual(
      seen.corrections.map(({ withdraws, version }) => [withdraws, version]),
      [[true, 2]],
      "whoever saw the draft sees its history",
    );
    assert.match(new TextDecoder().decode(await drafts.osv(caller(operator).actor, draft)), /"withdrawn"/);
    await refusedWith("conflict", corrections.withdraw(caller(owner).actor, draft, "again"), /is withdrawn/);
    const summary = await partOf(desk, cast, "summary");
    await refusedWith(
      "conflict",
      corrections.correct(caller(owner).actor, draft, { ...nothing, reason: "late", remove: [summary] }),
      /is withdrawn/,
    );
    const told = await database.query("keeper", sql`select from announcement where kind = 'advisory-withdrawn' and record_id = ${draft}`);
    assert.equal(told.length, 2);
  });
});

withTestDatabase(
  "what was stated and not published, by a kill in between, the next look publishes once, also with two servers",
  async (database) => {
    await withReleaseDesk(database, async (desk) => {
      const cast = await published(desk);
      const { owner, draft, advisory } = cast;
      const { caller, hour, actors } = desk;
      const stopped = createCorrectionService({ database, publish: async () => {} });
      actors.setClock(hour(5));
      const summary = await partOf(desk, cast, "summary");
      const correct = (text: string, revision: number) =>
        stopped.correct(caller(owner).actor, draft, {
          ...nothing,
          reason: `now ${text}`,
          change: [{ kind: "summary", body: { text }, part: summary.part, revision }],
        });
      assert.equal((await correct("second", 1)).version, undefined);
      assert.equal((await correct("third", 2)).version, undefined);
      const other = await desk.anotherJob();
      await Promise.all([desk.job.settle(), other.settle(), desk.job.settle(), other.settle()]);
      await other.close();
      const record = await recordOf(desk, cast);
      assert.equal(record["summary"], "third");
      const [newest] = await database.query<{ version: number; sha256: string }>(
        "reader",
        sql`select version, sha256 from ledger_revision where advisory_id = ${advisory} order by version desc limit 1`,
      );
      const body = await readBodyInForce(database, advisory);
      assert.deepEqual(newest, {
        version: 2,
        sha256: createHash("sha256")
          .update(body ?? "")
          .digest("hex"),
      });
      const versions = await database.query("keeper", sql`select version from draft_correction where draft_id = ${draft}`);
      assert.deepEqual(versions, [{ version: 2 }, { version: 2 }]);
      const [changes] = [
        (record["database_specific"] as { readonly changes: readonly { readonly modified: string; readonly reason: string }[] }).changes,
      ];
      assert.deepEqual(
        changes.map(({ reason }) => reason),
        ["now second", "now third"],
      );
      assert.ok((changes[0]?.modified ?? "") < (changes[1]?.modified ?? ""), "each later than the one before");
      const announced = await database.query(
        "keeper",
        sql`select from announcement where kind = 'advisory-corrected' and record_id = ${draft} and circle_id = ${owner.organisation}`,
      );
      assert.equal(announced.length, 1);
    });
  },
);

withTestDatabase("only the owner corrects, only what is published, and a refused correction changes nothing", async (database) => {
  await withReleaseDesk(database, async (desk) => {
    const cast = await published(desk);
    const { owner, operator, draft, advisory, corrections } = cast;
    const { caller } = desk;
    const summary = await partOf(desk, cast, "summary");
    const research = await partOf(desk, cast, "research");
    const ask = { ...nothing, reason: "because", remove: [summary] };
    await refusedWith("not-found", corrections.correct(caller(operator).actor, draft, ask));
    await refusedWith("not-found", corrections.withdraw(caller(operator).actor, draft, "mine now"));
    await refusedWith("not-found", corrections.correct(caller(owner, "reader").actor, "7a7c6f5e-0000-4000-8000-000000000000", ask));
    await refusedWith(
      "conflict",
      corrections.correct(caller(owner).actor, draft, { ...nothing, reason: "nothing" }),
      /nothing would be corrected/,
    );
    await refusedWith(
      "conflict",
      corrections.correct(caller(owner).actor, draft, { ...ask, remove: [research] }),
      /parts that are published/,
    );
    await refusedWith(
      "conflict",
      corrections.correct(caller(owner).actor, draft, { ...ask, remove: [{ ...summary, revision: 2 }] }),
      /Revision 1 of the summary/,
    );
    await refusedWith(
      "input-invalid",
      corrections.correct(caller(owner).actor, draft, {
        ...ask,
        write: [{ kind: "affected", body: { ...affectedUntil("1.0.0").body, package: { ecosystem: "nowhere", name: "x" } } }],
      }),
      /body.write\[0\].body.package.ecosystem/,
    );
    await refusedWith(
      "conflict",
      createPartService({ database }).write(caller(owner).actor, draft, { kind: "summary", body: { text: "past the correction" } }),
    );
    await desk.job.settle();
    assert.equal((await readRevisions(database, advisory)).length, 1);
    assert.deepEqual(await database.query("keeper", sql`select from draft_correction`), []);
  });
});
