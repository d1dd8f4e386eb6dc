import assert from "node:assert/strict";
import { pino } from "pino";
import { withTestDatabase } from "../../../tests/database/test-database.ts";
import { TEST_NOW, withTrustedActors, type TestMember, type TrustedActors } from "../../../tests/support/trusted-actors.ts";
import { notificationEndpoints } from "../../contract/endpoints/notifications.ts";
import { levelNumber, type DraftLevel } from "../../vocabulary/level.ts";
import { NOTIFICATION_RULES, type NotificationKind } from "../../vocabulary/notification.ts";
import { verbsOf, type MemberRole, type Verb } from "../../vocabulary/organisation.ts";
import { type App, createApp } from "../app.ts";
import type { OwnedDatabase, Row } from "../database/database.ts";
import { identifier, sql } from "../database/sql.ts";
import type { Caller } from "../http/caller.ts";
import { createOpenRequests } from "../http/open-requests.ts";
import { createTraffic } from "../system/traffic.ts";
import { notificationRoutes } from "./notification-routes.ts";
import { createNotificationService } from "./notification-service.ts";

type Answer = { readonly status: number; readonly body: Record<string, unknown> & { readonly rows?: readonly Record<string, unknown>[] } };
type Ask = (path: string, body?: unknown) => Promise<Answer>;
type Scene = {
  readonly database: OwnedDatabase;
  readonly actors: TrustedActors;
  readonly as: (
    member: TestMember,
    role: MemberRole,
    more?: { readonly floor?: number; readonly verbs?: readonly Verb[] },
  ) => { readonly get: Ask; readonly post: Ask };
  readonly tell: (
    organisation: string,
    kind: NotificationKind,
    more?: { readonly record?: readonly [string, string]; readonly atMs?: number },
  ) => Promise<string>;
};

function scene(title: string, work: (scene: Scene) => Promise<void>, hasMail = true): void {
  withTestDatabase(title, (database) =>
    withTrustedActors(database, async (actors) => {
      let caller: Caller | undefined;
      const app: App = await createApp({
        config: { host: "127.0.0.1", publicUrl: undefined, requestsPerMinute: 1_000_000 },
        endpoints: notificationEndpoints,
        routes: notificationRoutes(
          createNotificationService({ database, keys: actors.keys, hasMail, allowedPrivateHosts: ["127.0.0.1"], clock: actors.clock }),
        ),
        log: pino({ level: "silent" }),
        traffic: createTraffic(),
        openRequests: createOpenRequests(),
        authenticate: async () => caller,
        consoleFiles: undefined,
      });
      const ask = async (method: "GET" | "POST", url: string, body?: unknown): Promise<Answer> => {
        const answer = await app.inject({
          method,
          url,
          ...(body === undefined ? {} : { payload: JSON.stringify(body), headers: { "content-type": "application/json" } }),
        });
        return { status: answer.statusCode, body: answer.json() };
      };
      try {
        await work({
          database,
          actors,
          as: (member, role, { floor = 1, verbs = verbsOf(role, "operator") } = {}) => {
            const become = (): void => {
              caller = {
                ...member,
                role,
                verbs,
                floor,
                organisationKind: "operator",
                isToken: false,
                credential: crypto.randomUUID(),
                secondFactor: true,
                actor: actors.as(member, { floor }),
              };
            };
            return {
              get: (path) => (become(), ask("GET", path)),
              post: (path, body) => (become(), ask("POST", path, body)),
            };
          },
          tell: async (organisation, kind, { record, atMs = actors.clock() } = {}) => {
            const [row] = await database.query<{ id: string } & Row>(
              "keeper",
              sql`insert into notification (organisation_id, kind, level, record_organisation_id, record_id, at) values (${organisation}, ${kind},
                ${levelNumber(NOTIFICATION_RULES[kind].level)}, ${record?.[0] ?? null}, ${record?.[1] ?? null}, ${new Date(atMs)}) returning id`,
            );
            return row?.id ?? "";
          },
        });
      } finally {
        await app.close();
      }
    }),
  );
}

async function makeRecord({ database }: Scene, owner: string): Promise<readonly [string, string]> {
  const [row] = await database.query<{ id: string } & Row>(
    "keeper",
    sql`insert into confidential_record (organisation_id, kind, created_at) values (${owner}, 'draft-advisory', ${new Date(TEST_NOW)}) returning id`,
  );
  return [owner, row?.id ?? ""];
}

async function open(
  { database }: Scene,
  [owner, id]: readonly [string, string],
  circle: string,
  level: DraftLevel,
  closesAtMs?: number,
): Promise<void> {
  await database.query(
    "keeper",
    sql`insert into opening (organisation_id, record_id, circle_id, level, opened_by, opened_at, closes_at) values (${owner}, ${id}, ${circle},
      ${levelNumber(level)}, 'hour', ${new Date(TEST_NOW)}, ${closesAtMs === undefined ? "infinity" : new Date(closesAtMs).toISOString()}::timestamptz)`,
  );
}

const kindsOf = ({ body }: Answer): unknown => body.rows?.map(({ kind }) => kind);

scene("a member reads what it may do something about, newest first, page by page, in fixed words", async ({ actors, as, tell }) => {
  const member = await actors.makeMember(await actors.makeOrganisation("Fennel", "operator"), "reader");
  await tell(member.organisation, "circle-invitation", { atMs: TEST_NOW - 3000 });
  const ids = await Promise.all([2000, 1000].map((ago) => tell(member.organisation, "draft-abandoned", { atMs: TEST_NOW - ago })));
  const reader = as(member, "reader");
  const first = await reader.get("/api/notifications?limit=1");
  assert.deepEqual(first.body.rows, [
    { id: ids[1], kind: "draft-abandoned", sentence: NOTIFICATION_RULES["draft-abandoned"].sentence, atMs: TEST_NOW - 1000 },
  ]);
  const second = await reader.get(`/api/notifications?limit=1&after=${String(first.body["next"])}`);
  assert.deepEqual([second.body.rows?.map(({ id }) => id), second.body["next"]], [[ids[0]], undefined]);
  assert.deepEqual(kindsOf(await as(member, "administrator").get("/api/notifications")), [
    "draft-abandoned",
    "draft-abandoned",
    "circle-invitation",
  ]);
  assert.equal((await reader.get("/api/notifications?after=x")).status, 400);
});

scene("another organisation's notification, one above the member's role and one that is not there are refused alike", async (stage) => {
  const { actors, as, tell } = stage;
  const [mine, other] = [
    await actors.makeMember(await actors.makeOrganisation("Fennel"), "reader"),
    await actors.makeMember(await actors.makeOrganisation("Corvid")),
  ];
  const [foreign, above, shown] = [
    await tell(other.organisation, "test"),
    await tell(mine.organisation, "circle-invitation"),
    await tell(mine.organisation, "test"),
  ];
  const reader = as(mine, "reader");
  assert.equal((await reader.get(`/api/notifications/${shown}`)).status, 200);
  const refused = await Promise.all([foreign, above, crypto.randomUUID()].map((id) => reader.get(`/api/notifications/${id}`)));
  assert.deepEqual(new Set(refused.map(({ status, body }) => JSON.stringify([status, body]))).size, 1);
  assert.equal(refused[0]?.status, 404);
});

scene("what is about a draft is shown to those whom an opening shows it, and no longer than that", async (stage) => {
  const { actors, as, tell } = stage;
  const owner = await actors.makeOrganisation("Corvid", "vendor");
  const member = await actors.makeMember(await actors.makeOrganisation("Fennel", "operator"), "editor");
  const [opened, ending, hidden] = [await makeRecord(stage, owner), await makeRecord(stage, owner), await makeRecord(stage, owner)];
  await open(stage, opened, member.organisation, "case");
  await open(stage, ending, member.organisation, "fix", TEST_NOW + 1000);
  for (const record of [opened, ending, hidden]) await tell(member.organisation, "stage-opened", { record });
  await tell(member.organisation, "release-held", { record: opened, atMs: TEST_NOW - 1 });
  // Of a level that its opening does not show.
  await tell(member.organisation, "release-held", { record: ending });
  const shown = async (floor = 1): Promise<readonly unknown[]> =>
    ((await as(member, "editor", { floor }).get("/api/notifications")).body.rows ?? [])
      .map(({ kind, draft }) => [kind, (draft as { id: string }).id])
      .toSorted();
  const both = [
    ["stage-opened", opened[1]],
    ["stage-opened", ending[1]],
  ].toSorted();
  assert.deepEqual(await shown(), [["release-held", opened[1]], ...both].toSorted());
  assert.deepEqual(await shown(4), both);
  actors.setClock(TEST_NOW + 1000);
  assert.deepEqual(await shown(4), [["stage-opened", opened[1]]]);
});

scene("a token reads only what its scopes are for", async ({ actors, as, tell }) => {
  const member = await actors.makeMember(await actors.makeOrganisation("Fennel"));
  await tell(member.organisation, "circle-invitation");
  assert.equal((await as(member, "administrator", { verbs: ["scan"] }).get("/api/notifications")).status, 403);
  assert.deepEqual(kindsOf(await as(member, "administrator", { verbs: ["notification.manage"] }).get("/api/notifications")), []);
});

scene("what one member has seen, another has not", async ({ actors, as, tell }) => {
  const one = await actors.makeMember(await actors.makeOrganisation("Fennel"));
  const other = { ...(await actors.makeMember(one.organisation)) };
  const id = await tell(one.organisation, "draft-abandoned");
  const foreign = await tell((await actors.makeMember(await actors.makeOrganisation("Corvid"))).organisation, "test");
  for (let time = 0; time < 2; time += 1) {
    assert.deepEqual(
      await as(one, "administrator").post("/api/notifications/seen", { notifications: [id, foreign, crypto.randomUUID()] }),
      {
        status: 200,
        body: { done: true },
      },
    );
    actors.setClock(actors.clock() + 1000);
  }
  assert.deepEqual(kindsOf(await as(one, "administrator").get("/api/notifications?unseen=true")), []);
  assert.equal((await as(one, "administrator").get(`/api/notifications/${id}`)).body["seenAtMs"], TEST_NOW);
  assert.deepEqual(kindsOf(await as(other, "administrator").get("/api/notifications?unseen=true")), ["draft-abandoned"]);
});

scene("a webhook's secret is shown once and stands nowhere in the clear", async ({ database, actors, as }) => {
  const member = await actors.makeMember(await actors.makeOrganisation("Fennel"));
  const administrator = as(member, "administrator");
  const added = await administrator.post("/api/webhooks", { url: "https://user:word@hook.example:8443/path?token=hidden" });
  assert.equal(added.status, 200);
  assert.equal(added.body["location"], "https://hook.example:8443");
  assert.match(String(added.body["secret"]), /^whsec_/);
  assert.deepEqual((await administrator.get("/api/webhooks")).body.rows, [
    { id: added.body["id"], location: "https://hook.example:8443", createdAtMs: TEST_NOW },
  ]);
  const [row] = await database.query<Row>(
    "keeper",
    sql`select row_to_json(w)::text as whole, encode(sealed, 'escape') as sealed from webhook w`,
  );
  for (const secret of ["hidden", "word", "/path", String(added.body["secret"]).slice(6)]) assert.ok(!JSON.stringify(row).includes(secret));

  const other = await actors.makeMember(await actors.makeOrganisation("Corvid"));
  const path = `/api/webhooks/${String(added.body["id"])}`;
  for (const action of ["remove", "test"]) assert.equal((await as(other, "administrator").post(`${path}/${action}`)).status, 404);
  assert.equal((await administrator.post(`${path}/test`)).status, 200);
  assert.deepEqual(
    (await administrator.get("/api/deliveries")).body.rows?.map(({ channel, state, location }) => [channel, state, location]),
    [["webhook", "waiting", "https://hook.example:8443"]],
  );
  assert.equal((await administrator.post(`${path}/remove`)).status, 200);
  assert.equal((await administrator.post(`${path}/remove`)).status, 404);
  assert.equal((await administrator.post(`${path}/test`)).status, 404);
  assert.deepEqual((await administrator.get("/api/webhooks")).body.rows, []);
});

scene("webhooks are for administrators, and lead to https or to a listed host", async ({ actors, as }) => {
  const member = await actors.makeMember(await actors.makeOrganisation("Fennel"));
  const post = async (role: MemberRole, url: string): Promise<unknown> => {
    const { status, body } = await as(member, role).post("/api/webhooks", { url });
    return [status, body["code"]];
  };
  assert.deepEqual(await post("editor", "https://hook.example/"), [403, "not-allowed"]);
  assert.deepEqual(await post("administrator", "http://hook.example/"), [400, "input-invalid"]);
  assert.deepEqual(await post("administrator", "ftp://127.0.0.1/"), [400, "input-invalid"]);
  assert.deepEqual(await post("administrator", "http://127.0.0.1:9/"), [200, undefined]);
  assert.equal((await as(member, "auditor").get("/api/webhooks")).status, 403);
});

scene("mail is on until the member switches it off, for itself alone", async ({ database, actors, as }) => {
  const member = await actors.makeMember(await actors.makeOrganisation("Fennel"), "reader");
  const reader = as(member, "reader");
  assert.deepEqual((await reader.get("/api/notifications/mail")).body, { wantsMail: true, hasServer: true });
  assert.equal((await reader.post("/api/notifications/mail/test")).status, 409);
  await database.query("keeper", sql`update member set email = 'reader@x.example' where person_id = ${member.person}`);
  for (const wantsMail of [false, true, false]) {
    assert.equal((await reader.post("/api/notifications/mail", { wantsMail })).status, 200);
    assert.deepEqual((await reader.get("/api/notifications/mail")).body, { address: "reader@x.example", wantsMail, hasServer: true });
  }
  const other = await actors.makeMember(member.organisation);
  assert.equal((await as(other, "administrator").get("/api/notifications/mail")).body["wantsMail"], true);
  assert.equal((await reader.post("/api/notifications/mail/test")).status, 200);
  assert.deepEqual(
    (await reader.get("/api/deliveries")).body.rows?.map(({ channel, state }) => [channel, state]),
    [["mail", "waiting"]],
  );
  // Not the business of an administrator either.
  assert.deepEqual((await as(other, "administrator").get("/api/deliveries")).body.rows, []);
});

scene(
  "without a mail server a test says who can set one",
  async ({ actors, as }) => {
    const member = await actors.makeMember(await actors.makeOrganisation("Fennel"));
    const { status, body } = await as(member, "administrator").post("/api/notifications/mail/test");
    assert.equal(status, 409);
    assert.match(String(body["detail"]), /sets SMTP_URL/);
  },
  false,
);

scene("a failed delivery begins anew when asked, and no other does", async ({ database, actors, as }) => {
  const member = await actors.makeMember(await actors.makeOrganisation("Fennel"), "reader");
  await database.query("keeper", sql`update member set email = 'reader@x.example' where person_id = ${member.person}`);
  const reader = as(member, "reader");
  await reader.post("/api/notifications/mail/test");
  const again = async (): Promise<number> => {
    const { body } = await reader.get("/api/deliveries");
    return (await reader.post(`/api/deliveries/${String(body.rows?.[0]?.["id"])}/again`)).status;
  };
  assert.equal(await again(), 404);
  await database.query("keeper", sql`update delivery set state = 'failed', attempts = 6, last_reason = 'no such user'`);
  assert.deepEqual(
    (await reader.get("/api/deliveries?state=failed")).body.rows?.map(({ reason, attempts }) => [reason, attempts]),
    [["no such user", 6]],
  );
  const other = await actors.makeMember(await actors.makeOrganisation("Corvid"));
  const [row] = await database.query<{ id: string } & Row>("keeper", sql`select id from delivery`);
  assert.equal((await as(other, "administrator").post(`/api/deliveries/${row?.id}/again`)).status, 404);
  assert.equal(await again(), 200);
  assert.deepEqual(
    (await reader.get("/api/deliveries?state=waiting")).body.rows?.map(({ attempts, nextAtMs }) => [attempts, nextAtMs]),
    [[0, TEST_NOW]],
  );
});

scene("the database holds a member to its own rows, whatever the server asks", async ({ database, actors, as, tell }) => {
  const [mine, other] = [
    await actors.makeMember(await actors.makeOrganisation("Fennel"), "editor"),
    await actors.makeMember(await actors.makeOrganisation("Corvid")),
  ];
  const foreign = await tell(other.organisation, "test");
  const own = await tell(mine.organisation, "test");
  const theirs = as(other, "administrator");
  await theirs.post("/api/webhooks", { url: "https://hook.example/" });
  await theirs.post("/api/notifications/mail", { wantsMail: false });
  await theirs.post("/api/notifications/seen", { notifications: [foreign] });
  const actor = actors.as(mine);
  const at = new Date(TEST_NOW);
  for (const table of ["notification", "delivery", "webhook", "mail_choice", "notification_seen"] as const)
    assert.deepEqual(
      await database.query(actor, sql`select organisation_id from ${identifier(table)} where organisation_id = ${other.organisation}`),
      [],
      table,
    );
  const refused = [
    sql`insert into notification (organisation_id, kind, level, at) values (${mine.organisation}, 'stage-opened', 5, ${at})`,
    sql`insert into notification (organisation_id, kind, level, at) values (${other.organisation}, 'test', 5, ${at})`,
    sql`insert into delivery (organisation_id, notification_id, person_id, next_at) values (${other.organisation}, ${foreign}, ${other.person}, ${at})`,
    sql`insert into delivery (organisation_id, notification_id, person_id, next_at) values (${mine.organisation}, ${own}, ${other.person}, ${at})`,
    sql`insert into notification_seen (organisation_id, notification_id, person_id, seen_at) values (${mine.organisation}, ${own}, ${other.person}, ${at})`,
    sql`insert into mail_choice (organisation_id, person_id, wants_mail) values (${other.organisation}, ${other.person}, false)`,
    sql`insert into webhook (organisation_id, location, sealed, created_by, created_at) values (${mine.organisation}, 'x', '\\x00', ${mine.person}, ${at})`,
    sql`insert into announcement (organisation_id, circle_id, kind, level, at) values (${other.organisation}, ${other.organisation}, 'test', 5, ${at})`,
    sql`select sealed from webhook`,
    sql`select * from announcement`,
  ];
  for (const query of refused) await assert.rejects(database.query(actor, query), { sqlState: "42501" }, query.text);
});
