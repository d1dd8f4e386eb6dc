import assert from "node:assert/strict";
import { test } from "node:test";
import { axisSpan, changesAt, eventWords, momentHeads, planHeading, readerGroups, stageState, type PlanAnswer } from "./release-words.ts";

const NOW = Date.parse("2026-11-24T09:12:00Z");
const DAY = 86_400_000;
const row = { id: "everyone", name: "Everyone", levels: [null, "public"] as (null | "public")[], ifEnded: "public" as const };

const plan: PlanAnswer = {
  draft: "d",
  advisory: "x_SLUICE-1",
  owner: { id: "o", name: "Harbour desk" },
  isOwner: true,
  state: "agreed",
  revision: 1,
  stages: [
    { id: "build", circle: "distributors", level: "build", on: ["patch-ready"] },
    { id: "fix", circle: "operators", level: "fix", on: [], opens: { instantMs: NOW + 2 * DAY, zone: "UTC" } },
    { id: "notice", circle: "agencies", level: "notice", on: [], opens: { instantMs: NOW + DAY, zone: "UTC" } },
    { id: "public", level: "public", on: ["leak"], opens: { instantMs: NOW + 6 * DAY, zone: "UTC" } },
  ],
  opened: [{ stage: "build", atMs: NOW - 3 * DAY, plannedMs: NOW - 3 * DAY, by: "patch-ready" }],
  consenters: [],
  holds: [],
  events: [],
  given: [{ circle: "o", level: "case", sinceMs: NOW - 10 * DAY }],
  excluded: [],
  exceptions: [],
  circles: [],
  problems: [],
  preview: { momentsMs: [], circles: [], organisations: [], everyone: row },
  nowMs: NOW,
};

test("the heading says what the page is and how it stands", () => {
  const cases: readonly (readonly [Partial<PlanAnswer>, string])[] = [
    [{}, "Release plan: public in 6 days"],
    [{ state: "held" }, "Release plan: held, nothing opens"],
    [{ state: "writing" }, "Release plan: public in 6 days, not agreed yet"],
    [{ state: "writing", stages: [] }, "Release plan: nobody has written one yet"],
    [{ state: "writing", stages: plan.stages.slice(0, 3) }, "Release plan: no public hour, not agreed yet"],
    [{ state: "ended" }, "Release plan: ended"],
    [
      { state: "ended", opened: [{ stage: "public", atMs: NOW - 3_600_000, plannedMs: NOW, by: "hour" }] },
      "Release plan: public 1 hour ago",
    ],
  ];
  for (const [stated, heading] of cases) assert.equal(planHeading({ ...plan, ...stated }, NOW), heading);
});

test("the next stage is the one whose hour comes first, whatever its place", () => {
  assert.deepEqual(
    plan.stages.map(({ id }) => stageState(plan, id)),
    ["opened", "waits", "next", "waits"],
  );
});

test("events are words", () => {
  assert.equal(eventWords([], true), "");
  assert.equal(eventWords(["patch-ready"], false), "on the patch is ready");
  assert.equal(eventWords(["leak", "exploitation"], true), "or at once on a leak or an attack seen");
});

test("a moment's head has its day and hour, and now is now", () => {
  assert.deepEqual(momentHeads([NOW, NOW + 3_600_000, NOW + 2 * DAY], "Europe/Brussels"), [
    { first: "Now", second: "Tue 24 Nov" },
    { first: "Today", second: "from 11:12" },
    { first: "Thu 26 Nov", second: "from 10:12" },
  ]);
});

test("readers who see the same throughout are one row, the closest first and everyone last", () => {
  const organisation = (name: string, levels: PlanAnswer["preview"]["everyone"]["levels"]) => ({ id: name, name, levels, ifEnded: null });
  const organisations = [
    ...["Northgate", "Harbour", "Quay", "Pier", "Mole"].map((name) => organisation(name, [null, "fix"])),
    organisation("Meridian", ["build", "build"]),
  ];
  const groups = readerGroups({ ...plan.preview, organisations });
  assert.deepEqual(
    groups.map(({ name, note }) => [name, note]),
    [
      ["Meridian", ""],
      ["Harbour, Mole, Northgate", "and 2 more"],
      ["Everyone", "no account needed"],
    ],
  );
});

test("a circle whose members are not told stands as a row of its own", () => {
  const circle = { id: "c", name: "Critical operators", levels: [null, "fix" as const], ifEnded: "fix" as const };
  const known = [
    { id: "c", name: "Critical operators", needs: [], isOrganisation: false },
    { id: "d", name: "Distributors", needs: [], isOrganisation: false, organisations: 2, entered: 2 },
  ];
  const groups = readerGroups({ ...plan.preview, circles: [circle, { ...circle, id: "d", name: "Distributors" }] }, known);
  assert.deepEqual(
    groups.map(({ name, note }) => [name, note]),
    [
      ["Critical operators", "its owner knows who"],
      ["Everyone", "no account needed"],
    ],
  );
});

test("a mark stands where a reader begins to see something else", () => {
  assert.deepEqual(
    [0, 1, 2].map((index) => changesAt([null, "fix", "fix"], index)),
    [false, true, false],
  );
});

test("the axis goes from the first opening to two days after the last hour, and is a week at least", () => {
  assert.deepEqual(axisSpan(plan), { fromMs: NOW - 10 * DAY, toMs: NOW + 8 * DAY });
  assert.deepEqual(axisSpan({ ...plan, stages: [], opened: [], given: [] }), { fromMs: NOW - DAY, toMs: NOW + 6 * DAY });
});
