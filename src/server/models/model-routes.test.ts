import assert from "node:assert/strict";
import { countSealed, enrol, modelBody, SECRET, testingWindow, toldTo, withAccessDesk } from "../../../tests/support/access-desk.ts";
import { takeSeat } from "../../../tests/support/subject-desk.ts";
import { addWindow, endWindow, extendWindow, giveCredential } from "../../contract/endpoints/access-windows.ts";
import { changeGrant, endGrant, listGrants, makeGrant, readGrant } from "../../contract/endpoints/grants.ts";
import { listCertificates, listModelEvents, listUse } from "../../contract/endpoints/model-history.ts";
import {
  acceptProgramme,
  addModelVersion,
  addProgramme,
  enrolModel,
  listDesks,
  listModels,
  listProgrammes,
  moveRelease,
  previewRelease,
  readModel,
  retireModelVersion,
  withdrawModel,
} from "../../contract/endpoints/models.ts";
import { isCodedError, type RefusalCode } from "../../vocabulary/coded-error.ts";
import { sql } from "../database/sql.ts";
import { isStatementError } from "../database/statement-error.ts";

const refused =
  (code: RefusalCode, words?: RegExp) =>
  (error: unknown): boolean =>
    isCodedError(error, code) && (words === undefined || words.test(error.message));

withAccessDesk("a testing window opens at its hour, closes by itself, and leaves a certificate of its credential's key", async (scene) => {
  const { desk, lab, evaluator, coordinator } = scene;
  assert.deepEqual(
    (await desk.as(lab)(listDesks, { query: {} })).rows.map(({ name }) => name),
    ["Harbour desk"],
  );
  const model = await enrol(scene);
  assert.deepEqual(await toldTo(scene, coordinator.organisation), ["model-offered"]);
  const { window, grant } = await testingWindow(scene, model.id);
  await scene.toDay(9);
  const before = await desk.as(lab)(readModel, { params: { model: model.id } });
  assert.equal(before.windows[0]?.state, "agreed");
  assert.equal(before.windows[0]?.credential, "given");
  // The credential is told to nobody, and whether it was given to the lab alone.
  assert.ok(!JSON.stringify(before).includes(SECRET));
  assert.equal((await desk.as(coordinator)(readModel, { params: { model: model.id } })).windows[0]?.credential, undefined);
  await scene.toDay(10);
  const open = await desk.as(evaluator)(readGrant, { params: { grant } });
  assert.equal(open.window.state, "open");
  assert.deepEqual(open.left, { requests: 1000, tokens: 1_000_000 });
  assert.deepEqual(await toldTo(scene, evaluator.organisation), ["window-opened"]);
  await scene.toDay(40);
  const after = await desk.as(lab)(readModel, { params: { model: model.id } });
  assert.equal(after.windows[0]?.state, "closed");
  assert.equal(after.windows[0]?.closed?.by, "release");
  assert.equal(after.windows[0]?.credential, "destroyed");
  for (const seat of [lab, coordinator, evaluator]) {
    const { rows } = await desk.as(seat)(listCertificates, { query: {} });
    assert.deepEqual(
      rows.map((row) => [row.what, row.window, row.keyId, row.revokeUpstream]),
      [["credential", window, `grant-${window}-credential`, "asked"]],
    );
  }
  assert.equal((await desk.as(evaluator)(readGrant, { params: { grant } })).endedAtMs, scene.day(40).instantMs);
  assert.deepEqual(await toldTo(scene, evaluator.organisation), ["window-opened", "window-closed"]);
  assert.deepEqual(await toldTo(scene, lab.organisation), ["revocation-asked"]);
  assert.equal(await countSealed(scene), 0);
  assert.deepEqual(scene.errors, []);
});

withAccessDesk("the list of models says of each how its window stands, as far as one may know of it", async (scene) => {
  const { desk, lab, coordinator, evaluator } = scene;
  const { id: model } = await enrol(scene);
  const { id: bare } = await enrol(scene, { name: "Aurora 3" });
  await testingWindow(scene, model, { closes: scene.day(30) });
  await desk.as(lab)(addWindow, { params: { model }, body: { kind: "testing-window", name: "Second", opens: scene.day(35) } });
  const listed = async (seat: typeof lab): Promise<unknown> => {
    const { rows } = await desk.as(seat)(listModels, { query: {} });
    return rows.map(({ id, window }) => [id, window?.name, window?.state]).toSorted();
  };
  const hour = (day: number): number => scene.day(day).instantMs;
  await scene.toDay(9);
  const first = (await desk.as(evaluator)(listModels, { query: {} })).rows[0]?.window;
  const name = "Pre-release tests";
  assert.deepEqual(first, { name, kind: "testing-window", state: "agreed", opensAtMs: hour(10), closesAtMs: hour(30) });
  await scene.toDay(10);
  const open = [model, name, "open"];
  const none = [bare, undefined, undefined];
  assert.deepEqual(await listed(lab), [open, none].toSorted());
  assert.deepEqual(await listed(coordinator), [open, none].toSorted());
  await scene.toDay(31);
  assert.deepEqual(await listed(lab), [[model, "Second", "agreed"], none].toSorted());
  // Of the second window the evaluator is told nothing.
  assert.deepEqual(await listed(evaluator), [[model, name, "closed"]]);
});

withAccessDesk("of a model everyone sees their own part, and to everybody else it is not there", async (scene) => {
  const { desk, lab, evaluator, coordinator, actors } = scene;
  const seat = async (name: string, kind: "lab" | "finder" | "agency") =>
    takeSeat(actors, { id: await actors.makeOrganisation(name, kind), kind });
  const [other, rival, stranger] = [
    await seat("Second evaluators", "finder"),
    await seat("Rival lab", "lab"),
    await seat("Agency", "agency"),
  ];
  const { id: model } = await enrol(scene);
  const { window, grant } = await testingWindow(scene, model);
  const body = { organisation: other.organisation, purposes: ["biology evaluation"], budget: { requests: 5, tokens: 500 } };
  const { id: second } = await desk.as(lab)(makeGrant, { params: { window }, body });
  const { id: unseen } = await desk.as(lab)(addWindow, {
    params: { model },
    body: { kind: "testing-window", name: "Second", opens: scene.day(20) },
  });
  await scene.toDay(10);

  const side = async (asker: typeof lab): Promise<readonly unknown[]> => {
    const answer = await desk.as(asker)(readModel, { params: { model } });
    const grants = await desk.as(asker)(listGrants, { query: { model } });
    return [answer.side, answer.versions[0]?.endpoint?.upstreamName, answer.windows.map(({ id }) => id), grants.rows.map(({ id }) => id)];
  };
  assert.deepEqual(await side(lab), ["lab", "aurora-2-internal", [window, unseen], [second, grant].toSorted(newestFirst(second, grant))]);
  assert.deepEqual(await side(coordinator), ["desk", undefined, [window, unseen], [second, grant].toSorted(newestFirst(second, grant))]);
  assert.deepEqual(await side(evaluator), ["grantee", undefined, [window], [grant]]);
  assert.deepEqual(await side(other), ["grantee", undefined, [window], [second]]);
  await assert.rejects(desk.as(other)(readGrant, { params: { grant } }), refused("not-found"));
  const told = (await desk.as(other)(listModelEvents, { params: { model }, query: {} })).rows;
  assert.ok(told.length > 0);
  assert.deepEqual([...new Set(told.map(({ organisation }) => organisation?.id))].toSorted(), [other.organisation, undefined]);
  assert.ok(told.every((row) => row.window === undefined || row.window === window));

  for (const outsider of [rival, stranger]) {
    const ask = desk.as(outsider);
    assert.deepEqual((await ask(listModels, { query: {} })).rows, []);
    assert.deepEqual((await ask(listGrants, { query: { model } })).rows, []);
    assert.deepEqual((await ask(listCertificates, { query: { model } })).rows, []);
    await assert.rejects(ask(readModel, { params: { model } }), refused("not-found"));
    await assert.rejects(ask(listModelEvents, { params: { model }, query: {} }), refused("not-found"));
    await assert.rejects(ask(listUse, { params: { model }, query: {} }), refused("not-found"));
  }
  // Another lab is told the same of a model that is there as of one that is not.
  const ask = desk.as(rival);
  const release = { partnerRelease: scene.day(50) };
  const use = { purposes: ["x"], budget: { requests: 1, tokens: 1 } };
  const tries = (ids: { readonly model: string; readonly window: string; readonly grant: string }): (() => Promise<unknown>)[] => [
    () => ask(withdrawModel, { params: { model: ids.model } }),
    () => ask(addModelVersion, { params: { model: ids.model }, body: { name: "a", baseUrl: "https://a.example", upstreamName: "a" } }),
    () => ask(retireModelVersion, { params: { model: ids.model, version: ids.model } }),
    () => ask(previewRelease, { params: { model: ids.model }, body: release }),
    () => ask(moveRelease, { params: { model: ids.model }, body: release }),
    () => ask(acceptProgramme, { params: { model: ids.model }, body: { programme: "eo-14409" } }),
    () => ask(addWindow, { params: { model: ids.model }, body: { kind: "testing-window", name: "w", opens: scene.day(20) } }),
    () => ask(giveCredential, { params: { window: ids.window }, body: { credential: "c" } }),
    () => ask(extendWindow, { params: { window: ids.window }, body: {} }),
    () => ask(endWindow, { params: { window: ids.window } }),
    () => ask(makeGrant, { params: { window: ids.window }, body: { organisation: rival.organisation, ...use } }),
    () => ask(changeGrant, { params: { grant: ids.grant }, body: use }),
    () => ask(endGrant, { params: { grant: ids.grant } }),
    () => ask(readGrant, { params: { grant: ids.grant } }),
  ];
  const nowhere = crypto.randomUUID();
  for (const attempt of [...tries({ model, window, grant }), ...tries({ model: nowhere, window: nowhere, grant: nowhere })]) {
    await assert.rejects(attempt(), refused("not-found", /There is no such thing/));
  }
  // Whoever sees it without being the lab is told that it is the lab's to change.
  await assert.rejects(desk.as({ ...coordinator, kind: "lab" })(endWindow, { params: { window } }), refused("not-allowed", /the lab/));
  await assert.rejects(desk.as(coordinator)(endWindow, { params: { window } }), refused("not-allowed", /model\.enrol/));
  await assert.rejects(desk.as(undefined)(listModels, { query: {} }), refused("sign-in-needed"));
  // A session of a mailed link sees nothing of models.
  assert.deepEqual((await desk.as(lab, { floor: 4 })(listModels, { query: {} })).rows, []);
  assert.deepEqual(scene.errors, []);
});

withAccessDesk(
  "whether a version's streams are asked for usage is stated with it, told to whoever uses it, and never changed",
  async (scene) => {
    const { desk, lab, coordinator, evaluator, database, actors } = scene;
    const at = { baseUrl: "https://models.aurora.example/v1" };
    const { id: model, ...offered } = await enrol(scene, {
      versions: [
        { ...at, name: "asked", upstreamName: "a" },
        { ...at, name: "not-asked", upstreamName: "b", asksStreamUsage: false },
      ],
    });
    const added = { ...at, name: "added", upstreamName: "c", asksStreamUsage: false };
    await desk.as(lab)(addModelVersion, { params: { model }, body: added });
    await desk.as(lab)(addModelVersion, { params: { model }, body: { ...added, name: "added-asked", asksStreamUsage: true } });
    const expected = [
      ["asked", true],
      ["not-asked", false],
      ["added", false],
      ["added-asked", true],
    ].toSorted();
    const stated = (versions: (typeof offered)["versions"]) =>
      versions.map((version) => [version.name, version.asksStreamUsage]).toSorted();
    await testingWindow(scene, model);
    // Not the address, which is the lab's alone, but what a stream will cost.
    for (const seat of [lab, coordinator, evaluator]) {
      assert.deepEqual(stated((await desk.as(seat)(readModel, { params: { model } })).versions), expected);
    }
    const body = { ...added, name: "neither", asksStreamUsage: "no" as never };
    await assert.rejects(desk.as(lab)(addModelVersion, { params: { model }, body }), refused("input-invalid"));
    await assert.rejects(
      database.query(actors.as(lab), sql`update model_version set asks_stream_usage = true where enrolment_id = ${model}`),
      (error) => isStatementError(error, "42501"),
    );
    await database.query(
      actors.as(lab),
      sql`update model_version set retired_at = ${new Date(actors.clock())} where enrolment_id = ${model}`,
    );
  },
);

withAccessDesk("a programme record bounds the windows of the model for which its lab accepted it, and no others", async (scene) => {
  const { desk, lab, coordinator } = scene;
  const [order] = (await desk.as(undefined)(listProgrammes)).rows;
  assert.deepEqual([order?.id, order?.days, order?.citedOn], ["eo-14409", 30, "2026-06-02"]);
  const record = {
    id: "pilot-2027",
    name: "Pilot 2027",
    title: "A pilot with longer windows",
    citation: "Memorandum of 4 November 2026",
    citedOn: "2026-11-04",
    source: "primary" as const,
    rule: "Up to 45 days.",
    days: 45,
  };
  await assert.rejects(desk.as(lab)(addProgramme, { body: record }), refused("not-allowed"));
  await assert.rejects(desk.as(coordinator)(addProgramme, { body: { ...record, days: 400 } }), refused("input-invalid", /400/));
  await assert.rejects(desk.as(coordinator)(addProgramme, { body: { ...record, id: "eo-14409" } }), refused("conflict"));
  await desk.as(coordinator)(addProgramme, { body: record });
  await assert.rejects(desk.as(coordinator)(addProgramme, { body: record }), refused("conflict"));
  assert.deepEqual(
    (await desk.as(undefined)(listProgrammes)).rows.map(({ id }) => id),
    ["eo-14409", "pilot-2027"],
  );
  const { id: model } = await enrol(scene, { partnerRelease: scene.day(60), publicRelease: scene.day(90) });
  const body = { kind: "testing-window" as const, name: "Early", opens: scene.day(20) };
  await assert.rejects(desk.as(lab)(addWindow, { params: { model }, body }), refused("input-invalid", /EO 14409/));
  const accepted = await desk.as(lab)(acceptProgramme, { params: { model }, body: { programme: "pilot-2027" } });
  assert.deepEqual(
    accepted.programmes.map(({ id }) => id),
    ["eo-14409", "pilot-2027"],
  );
  const window = await desk.as(lab)(addWindow, { params: { model }, body });
  assert.deepEqual([window.opens.by, window.closes?.by], ["lab", "release"]);
  const { id: other } = await enrol(scene, { partnerRelease: scene.day(60), publicRelease: scene.day(90) });
  await assert.rejects(desk.as(lab)(addWindow, { params: { model: other }, body }), refused("input-invalid", /EO 14409/));
  await assert.rejects(desk.as(lab)(acceptProgramme, { params: { model }, body: { programme: "pilot-2027" } }), refused("conflict"));
  await assert.rejects(desk.as(lab)(acceptProgramme, { params: { model }, body: { programme: "none" } }), refused("not-found"));
  await assert.rejects(
    desk.as(lab)(acceptProgramme, { params: { model }, body: { programme: "eo-14409" } }),
    refused("conflict", /always/),
  );
});

withAccessDesk("what no enrolment, window or grant can be is refused with what was expected", async (scene) => {
  const { desk, lab, evaluator } = scene;
  const ask = desk.as(lab);
  const bodies: readonly (readonly [Parameters<typeof modelBody>[1], RegExp])[] = [
    [{ desk: evaluator.organisation }, /no such thing/],
    [{ desk: lab.organisation }, /a coordinator or an agency/],
    [{ partnerRelease: scene.day(-1) }, /to come/],
    [{ publicRelease: scene.day(30) }, /public release not before/],
    [{ partnerRelease: { instantMs: 1e12, zone: "+01:00" } }, /IANA/],
    [{ versions: [1, 2].map(() => ({ name: "a", baseUrl: "https://a.example", upstreamName: "a" })) }, /another name/],
    [{ versions: [{ name: "a", baseUrl: "https://user:secret@a.example", upstreamName: "a" }] }, /without user/],
    [{ versions: [{ name: "a", baseUrl: "https://a.example/v1?key=x", upstreamName: "a" }] }, /without user/],
    [{ versions: [{ name: "a", baseUrl: "file:///etc/passwd", upstreamName: "a" }] }, /http or https/],
  ];
  for (const [more, words] of bodies) {
    await assert.rejects(
      ask(enrolModel, { body: modelBody(scene, more) }),
      (error) => isCodedError(error) && words.test(error.message),
      String(words),
    );
  }
  const { id: model } = await enrol(scene);
  const hours: readonly (readonly ["testing-window" | "partner-stage", number, number | undefined, RegExp])[] = [
    ["testing-window", 9, undefined, /EO 14409/],
    ["testing-window", 12, 41, /close by the planned release/],
    ["testing-window", 41, undefined, /open before the planned release/],
    ["testing-window", 20, 15, /close after it opens/],
    ["partner-stage", 39, undefined, /not before the planned release/],
    ["partner-stage", 45, 70, /close by the public release/],
  ];
  for (const [kind, opens, closes, words] of hours) {
    const body = { kind, name: "w", opens: scene.day(opens), ...(closes === undefined ? {} : { closes: scene.day(closes) }) };
    await assert.rejects(ask(addWindow, { params: { model }, body }), refused("input-invalid", words), String(words));
  }
  const { window, grant } = await testingWindow(scene, model);
  await assert.rejects(ask(giveCredential, { params: { window }, body: { credential: "another" } }), refused("conflict", /given its own/));
  for (const credential of ["sk-one\r\nx-injected: two", "sk one", "s\u00e4cret", " "]) {
    const isRefused = (error: unknown): boolean =>
      isCodedError(error, "input-invalid") && !error.message.includes(credential.trim() || "sk");
    await assert.rejects(ask(giveCredential, { params: { window }, body: { credential } }), isRefused, credential);
  }
  const use = { organisation: evaluator.organisation, purposes: ["cyber evaluation"], budget: { requests: 1, tokens: 1 } };
  await assert.rejects(ask(makeGrant, { params: { window }, body: use }), refused("conflict", /has a grant/));
  await assert.rejects(
    ask(changeGrant, { params: { grant }, body: { ...use, purposes: ["poetry"] } }),
    refused("input-invalid", /"poetry"/),
  );
  const unknown = { ...use, organisation: crypto.randomUUID() };
  await assert.rejects(ask(makeGrant, { params: { window }, body: unknown }), refused("not-found"));
  const changed = await ask(changeGrant, { params: { grant }, body: { ...use, requestsPerMinute: 7, outside: ["store"] } });
  assert.deepEqual([changed.budget, changed.requestsPerMinute, changed.outside], [{ requests: 1, tokens: 1 }, 7, ["store"]]);
  const { id: premises } = await enrol(scene, { custody: "premises", name: "Kept" });
  const kept = await ask(addWindow, { params: { model: premises }, body: { kind: "testing-window", name: "w", opens: scene.day(12) } });
  assert.equal(kept.credential, "premises");
  await assert.rejects(
    ask(giveCredential, { params: { window: kept.id }, body: { credential: "c" } }),
    refused("conflict", /gateway of the lab's own/),
  );
});

withAccessDesk("lab and desk see what every organisation used, and each organisation what it used itself", async (scene) => {
  const { desk, lab, evaluator, coordinator, database, actors } = scene;
  const other = await takeSeat(actors, { id: await actors.makeOrganisation("Second evaluators", "finder"), kind: "finder" });
  const { id: model } = await enrol(scene);
  const { window, grant } = await testingWindow(scene, model);
  const body = { organisation: other.organisation, purposes: ["biology evaluation"], budget: { requests: 5, tokens: 500 } };
  const { id: second } = await desk.as(lab)(makeGrant, { params: { window }, body });
  const used = (of: string, grantee: string, purpose: string, hour: number, requests: number) =>
    database.query(
      "gateway",
      sql`insert into access_use (organisation_id, grant_id, enrolment_id, desk_organisation_id, grantee_organisation_id, token_id, purpose, hour, requests,
            incomplete, input_tokens, output_tokens, charged_tokens, unknown_usage, first_at, last_at)
          values (${lab.organisation}, ${of}, ${model}, ${coordinator.organisation}, ${grantee}, ${crypto.randomUUID()}, ${purpose},
            ${new Date(scene.day(10).instantMs + hour * 3_600_000)}, ${requests}, 1, 10, 20, 30, 0, now(), now())`,
    );
  await used(grant, evaluator.organisation, "cyber evaluation", 0, 3);
  await used(grant, evaluator.organisation, "cyber evaluation", 0, 4);
  await used(grant, evaluator.organisation, "cyber evaluation", 1, 5);
  await used(second, other.organisation, "biology evaluation", 0, 6);
  await database.query(
    "gateway",
    sql`update access_grant set spent_requests = 12, spent_tokens = 90, reserved_requests = 8 where id = ${grant}`,
  );

  const seen = async (asker: typeof lab): Promise<readonly unknown[]> =>
    (await desk.as(asker)(listUse, { params: { model }, query: {} })).rows
      .map((row) => [
        row.organisation.name,
        row.purpose,
        (row.hourMs - scene.day(10).instantMs) / 3_600_000,
        row.requests,
        row.chargedTokens,
      ])
      .toSorted();
  const all = [
    ["Beacon evaluators", "cyber evaluation", 0, 7, 60],
    ["Beacon evaluators", "cyber evaluation", 1, 5, 30],
    ["Second evaluators", "biology evaluation", 0, 6, 30],
  ];
  assert.deepEqual(await seen(lab), all);
  assert.deepEqual(await seen(coordinator), all);
  assert.deepEqual(await seen(evaluator), all.slice(0, 2));
  assert.deepEqual(await seen(other), all.slice(2));
  const left = await desk.as(evaluator)(readGrant, { params: { grant } });
  assert.deepEqual(
    [left.left, left.spent, left.reserved],
    [
      { requests: 980, tokens: 999_910 },
      { requests: 12, tokens: 90 },
      { requests: 8, tokens: 0 },
    ],
  );
  const first = await desk.as(lab)(listUse, { params: { model }, query: { limit: 2 } });
  assert.ok(first.next !== undefined);
  const rest = await desk.as(lab)(listUse, { params: { model }, query: { limit: 2, after: first.next } });
  assert.equal(first.rows.length + rest.rows.length, 3);
  assert.equal(new Set([...first.rows, ...rest.rows].map((row) => `${row.grant} ${row.hourMs}`)).size, 3);
});

/** Two made in the same millisecond are listed by id, the greatest first. */
function newestFirst(...ids: readonly string[]): (a: string, b: string) => number {
  const known = new Set(ids);
  return (a, b) => (known.has(a) && known.has(b) && a < b ? 1 : -1);
}
