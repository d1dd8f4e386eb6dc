import assert from "node:assert/strict";
import { withTestDatabase } from "../../../tests/database/test-database.ts";
import { withReleaseDesk, type ReleaseDesk } from "../../../tests/support/release-desk.ts";
import { makeCircle, writeDraft } from "../../../tests/support/staged-drafts.ts";
import type { TestMember } from "../../../tests/support/trusted-actors.ts";
import type { AffectedPackage, RangeEvent } from "../../vocabulary/advisory.ts";
import type { PartBody } from "../../vocabulary/draft-advisory.ts";
import type { StagedAnswer } from "../../vocabulary/staged-answer.ts";
import { sql } from "../database/sql.ts";
import { createStagedService } from "./staged-service.ts";

const affects = (ecosystem: string, name: string, events: readonly RangeEvent[], versions: readonly string[] = []): PartBody => ({
  kind: "affected",
  body: {
    package: { ecosystem, name },
    purl: undefined,
    ranges: events.length === 0 ? [] : [{ type: "ECOSYSTEM", repository: undefined, events }],
    versions,
  } satisfies AffectedPackage,
});

const parts: readonly PartBody[] = [
  { kind: "notice", body: { packages: [{ ecosystem: "npm", name: "halyard" }] } },
  { kind: "summary", body: { text: "A length is trusted" } },
  affects("npm", "halyard", [
    { kind: "introduced", version: "2.0.0" },
    { kind: "fixed", version: "2.4.1" },
  ]),
  affects("PyPI", "Hal_Yard", [
    { kind: "introduced", version: "0" },
    { kind: "last_affected", version: "1.9" },
  ]),
  affects("Ubuntu:22.04:LTS", "halyard", [{ kind: "introduced", version: "0" }]),
  affects("npm", "odd", [], ["one-of-a-kind"]),
  { kind: "patch", body: { kind: "fixed-version", ecosystem: "Ubuntu:22.04:LTS", name: "halyard", text: "2.4.1-1ubuntu1" } },
  { kind: "patch", body: { kind: "mitigation", ecosystem: undefined, name: undefined, text: "Close port 1883." } },
];

const asked = [
  { ecosystem: "npm", name: "halyard", version: "2.3.0" },
  { ecosystem: "npm", name: "halyard", version: "2.4.1" },
  { ecosystem: "npm", name: "halyard", version: "not a version" },
  { ecosystem: "PyPI", name: "hal-yard", version: "1.9" },
  { ecosystem: "Ubuntu:22.04", name: "halyard", version: "2.0.0-1" },
  { ecosystem: "npm", name: "odd", version: "one-of-a-kind" },
  { ecosystem: "npm", name: "left-pad", version: "1.0.0" },
  { ecosystem: "nowhere", name: "halyard", version: "1" },
];

type People = Record<"owner" | "atFix" | "atNotice" | "stranger", TestMember> & { readonly draft: string; readonly advisory: string };

async function staged({ database, actors, caller, releases, toHour, hour }: ReleaseDesk): Promise<People> {
  const named = async (name: string): Promise<TestMember> => actors.makeMember(await actors.makeOrganisation(name, "operator"));
  const people = {
    owner: await named("Owner"),
    atFix: await named("Fix"),
    atNotice: await named("Notice"),
    stranger: await named("Stranger"),
  };
  const atMs = actors.clock();
  const circle = (name: string, member: TestMember): Promise<string> =>
    makeCircle(database, people.owner.organisation, name, [member.organisation], { atMs });
  const { draft, advisory } = await writeDraft(database, { actor: actors.as(people.owner), member: people.owner, atMs }, parts);
  await releases.write(caller(people.owner), draft, {
    stages: [
      { circle: await circle("Fix", people.atFix), level: "fix", opens: { instantMs: hour(1), zone: "UTC" }, on: [] },
      { circle: await circle("Notice", people.atNotice), level: "notice", opens: { instantMs: hour(1), zone: "UTC" }, on: [] },
      { level: "public", opens: { instantMs: hour(50), zone: "Europe/Berlin" }, on: ["leak"] },
    ],
  });
  await releases.agree(caller(people.owner), draft, 1);
  await toHour(0.5);
  return { ...people, draft, advisory };
}

const nothing: StagedAnswer = { findings: [], notices: [], cannotCompare: [] };

withTestDatabase("a member's scan says what its level allows from the hour on, and nothing before it", async (database) => {
  await withReleaseDesk(database, async (desk) => {
    const people = await staged(desk);
    const { caller, toHour, hour } = desk;
    const service = createStagedService({ database, clock: desk.actors.clock });
    for (const member of [people.atFix, people.atNotice, people.stranger])
      assert.deepEqual(await service.match(caller(member), asked), nothing);
    await toHour(1);
    const { draft, advisory } = people;
    const facts = { draft, advisory, publicAt: { instantMs: hour(50), zone: "Europe/Berlin" } };
    const component = (index: number, affected: string, fix: object) => ({ ...asked[index], affected, places: [], fix });
    assert.deepEqual(await service.match(caller(people.atFix), asked), {
      findings: [
        {
          ...facts,
          title: "A length is trusted",
          components: [
            component(0, "[2.0.0, 2.4.1)", { kind: "version", version: "2.4.1", majorChange: false }),
            component(3, "[0, 1.9]", { kind: "above", version: "1.9", majorChange: false }),
            component(4, "[0, ∞)", { kind: "version", version: "2.4.1-1ubuntu1", majorChange: false }),
            component(5, "=one-of-a-kind", { kind: "none" }),
          ],
          patches: [
            { kind: "fixed-version", text: "2.4.1-1ubuntu1" },
            { kind: "mitigation", text: "Close port 1883." },
          ],
        },
      ],
      notices: [],
      cannotCompare: [{ ...facts, ...asked[2], places: [], reason: "expected a digit at the start, or after a leading v" }],
    });
    assert.deepEqual(await service.match(caller(people.atNotice), asked), {
      findings: [],
      notices: [{ ...facts, ecosystem: "npm", name: "halyard", places: [] }],
      cannotCompare: [],
    });
    assert.deepEqual(await service.match(caller(people.stranger), asked), nothing);
  });
});

withTestDatabase("what a member's scan showed stands in the register of the draft, once an hour", async (database) => {
  await withReleaseDesk(database, async (desk) => {
    const people = await staged(desk);
    const { caller, toHour, hour, actors } = desk;
    const service = createStagedService({ database, clock: actors.clock });
    await service.match(caller(people.atFix), asked);
    await toHour(1);
    for (const member of [people.atFix, people.atFix, people.atNotice, people.stranger, people.owner])
      await service.match(caller(member), asked);
    actors.setClock(hour(2.5));
    await service.match(caller(people.atFix), asked);
    const rows = await database.query("keeper", sql`select reader_organisation_id as reader, level, at from read_event order by at, level`);
    assert.deepEqual(rows, [
      { reader: people.atFix.organisation, level: 3, at: new Date(hour(1)) },
      { reader: people.atNotice.organisation, level: 4, at: new Date(hour(1)) },
      { reader: people.atFix.organisation, level: 3, at: new Date(hour(2.5)) },
    ]);
  });
});

withTestDatabase("what is published is matched by everyone's snapshot, and staged for nobody", async (database) => {
  await withReleaseDesk(database, async (desk) => {
    const people = await staged(desk);
    const { caller, toHour, snapshots, actors } = desk;
    const service = createStagedService({ database, clock: actors.clock });
    await toHour(50);
    for (const member of [people.owner, people.atFix, people.atNotice])
      assert.deepEqual(await service.match(caller(member), asked), nothing);
    const { snapshot } = snapshots.require();
    assert.ok(snapshot.findPackage("npm", "halyard") >= 0);
    const [record] = await database.query<{ feed: string; title: string }>(
      "reader",
      sql`select feed, title from advisory where id = ${people.advisory}`,
    );
    assert.deepEqual(record, { feed: "sluice", title: "A length is trusted" });
    assert.deepEqual(desk.errors, []);
  });
});
