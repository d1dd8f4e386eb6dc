import assert from "node:assert/strict";
import { everyKind, scene, type StatedParts } from "../../../tests/support/draft-scene.ts";
import { refused } from "../../../tests/support/refused.ts";
import { MAX_PARTS } from "../../contract/draft-part-schemas.ts";
import type { BodyInputOf } from "../../contract/endpoint.ts";
import {
  abandonDraft,
  changePart,
  createDraft,
  listDraftEvents,
  readDraft,
  readPartHistory,
  removePart,
  writePart,
} from "../../contract/endpoints/drafts.ts";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import { sql } from "../database/sql.ts";

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
