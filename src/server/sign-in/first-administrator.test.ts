import assert from "node:assert/strict";
import { withTestDatabase } from "../../../tests/database/test-database.ts";
import { enrol, secretOf, whoIs, withSignInDesk } from "../../../tests/support/sign-in-desk.ts";
import { issueAdministratorLink, readLink } from "../../contract/endpoints/one-time-links.ts";
import { signInWays } from "../../contract/endpoints/sign-in.ts";
import { sql } from "../database/sql.ts";
import { FIRST_LINK_MS } from "./link-service.ts";

const ada = { name: "Ada", email: "ada@desk.example", organisation: "Harbour desk" };
const origin = "http://localhost:8080";

withTestDatabase("the link of the first start makes the first administrator, of the first organisation, once", async (database) => {
  await withSignInDesk(database, async (desk) => {
    const browser = desk.browser();
    assert.equal((await browser.ask(signInWays)).body.needsFirstAdministrator, true);
    const link = secretOf((await desk.service.links.firstAdministrator(origin))?.link);
    assert.equal((await browser.ask(readLink, { body: { link } })).body.purpose, "first-administrator");
    const { status, body } = await enrol(browser, link, ada);
    assert.equal(status, 200);
    assert.deepEqual(
      [body.name, body.acting.name, body.acting.kind, body.acting.role, body.shows, body.secondFactor],
      ["Ada", "Harbour desk", "coordinator", "administrator", "case", true],
    );
    assert.equal((await whoIs(browser))?.person, body.person);
    assert.equal((await browser.ask(signInWays)).body.needsFirstAdministrator, false);
    assert.equal(await desk.service.links.firstAdministrator(origin), undefined);
    assert.equal((await enrol(desk.browser(), link, ada)).code, "credential-refused");
    const trail = await database.query("keeper", sql`select verb, person_id as person from audit_event order by verb`);
    assert.deepEqual(trail, [
      { verb: "member.joined", person: body.person },
      { verb: "session.started", person: body.person },
    ]);
  });
});

withTestDatabase("of two who use it at once one becomes administrator", async (database) => {
  await withSignInDesk(database, async (desk) => {
    const link = secretOf((await desk.service.links.firstAdministrator(origin))?.link);
    const replies = await Promise.all([desk.browser(), desk.browser(), desk.browser()].map((browser) => enrol(browser, link, ada)));
    assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 401, 401]);
    assert.deepEqual(await database.query("keeper", sql`select count(*) as n from organisation`), [{ n: 1 }]);
    assert.deepEqual(await database.query("keeper", sql`select count(*) as n from person`), [{ n: 1 }]);
  });
});

withTestDatabase("a restart replaces it, and it ends after a day", async (database) => {
  await withSignInDesk(database, async (desk) => {
    const first = secretOf((await desk.service.links.firstAdministrator(origin))?.link);
    const second = secretOf((await desk.service.links.firstAdministrator(origin))?.link);
    assert.equal((await enrol(desk.browser(), first, ada)).code, "credential-refused");
    desk.setClock(desk.clock() + FIRST_LINK_MS);
    assert.equal((await enrol(desk.browser(), second, ada)).code, "credential-refused");
  });
});

withTestDatabase("it does not say who one is: what is missing is asked for by name", async (database) => {
  await withSignInDesk(database, async (desk) => {
    const link = secretOf((await desk.service.links.firstAdministrator(origin))?.link);
    const browser = desk.browser();
    const { status, body } = await enrol(browser, link, { name: "Ada", email: "ada@desk.example" });
    assert.deepEqual([status, (body as { place?: string }).place], [400, "organisation"]);
    assert.equal((await enrol(browser, link, ada)).status, 200);
  });
});

withTestDatabase(
  "through the local door an administrator comes back in, for every organisation, and the trail says so",
  async (database) => {
    await withSignInDesk(database, async (desk) => {
      const administrator = await desk.administrator();
      const before = await whoIs(administrator);
      assert.equal((await administrator.ask(issueAdministratorLink, { body: { email: "ada@desk.example" } })).code, "not-found");
      await assert.rejects(
        desk.service.links.issueForAdministrator("nobody@desk.example", origin),
        /expected the address of an administrator/,
      );
      await assert.rejects(desk.service.links.issueForAdministrator(undefined, origin), /there is one already/);
      const issued = await desk.service.links.issueForAdministrator("ADA@desk.example", origin);
      assert.deepEqual(issued.administrator, { name: "Ada", organisation: "Harbour desk" });
      const elsewhere = desk.browser();
      const { body } = await enrol(elsewhere, secretOf(issued.link), {});
      assert.equal(body.person, before?.person);
      const trail = await database.query<{ verb: string; person: string | null }>(
        "keeper",
        sql`select verb, person_id as person from audit_event where verb not in ('member.joined', 'session.started') order by verb`,
      );
      assert.deepEqual(trail, [
        { verb: "administrator-link.issued", person: null },
        { verb: "member.recovered", person: body.person },
      ]);
    });
  },
);
