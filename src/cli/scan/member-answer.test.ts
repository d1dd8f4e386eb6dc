import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { test } from "node:test";
import { withTestDatabase } from "../../../tests/database/test-database.ts";
import { withReleaseDesk, type ReleaseDesk } from "../../../tests/support/release-desk.ts";
import { runSluice, type SluiceRun } from "../../../tests/support/run-sluice.ts";
import { makeCircle, writeDraft } from "../../../tests/support/staged-drafts.ts";
import { lockfileOf } from "../../../tests/support/stated-project.ts";
import type { TestMember } from "../../../tests/support/trusted-actors.ts";
import { scanEndpoints } from "../../contract/endpoints/scans.ts";
import { createApp } from "../../server/app.ts";
import type { Caller } from "../../server/http/caller.ts";
import { listen } from "../../server/http/listener.ts";
import { createOpenRequests } from "../../server/http/open-requests.ts";
import { createStagedService } from "../../server/releases/staged-service.ts";
import { scanRoutes } from "../../server/scanning/scan-routes.ts";
import { createScanService } from "../../server/scanning/scan-service.ts";
import { createTraffic } from "../../server/system/traffic.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { readMemberAccess } from "./member-answer.ts";

test("a token goes with the server it is for, from a file or the environment", () => {
  const stated = { server: "https://sluice.example", tokenFile: undefined, environmentToken: undefined };
  assert.equal(readMemberAccess(stated), undefined);
  assert.deepEqual(readMemberAccess({ ...stated, environmentToken: " slu_a \n" }), { server: "https://sluice.example", token: "slu_a" });
  assert.equal(readMemberAccess({ ...stated, server: undefined, environmentToken: "slu_a" }), undefined);
  assert.throws(() => readMemberAccess({ ...stated, server: undefined, tokenFile: "token" }), /expected --server URL/);
  assert.throws(() => readMemberAccess({ ...stated, tokenFile: join(tmpdir(), "there-is-none") }), /no such file/);
  assert.throws(() => readMemberAccess({ ...stated, environmentToken: "two words" }), /on one line/);
});

test("a token beside a file that answers is refused, not passed over", async () => {
  const { code, stderr } = await runSluice(["scan", ".", "--offline", "none.sluice", "--token", "token"]);
  assert.equal(code, 2);
  assert.match(stderr, /--token: expected no --offline beside it/);
});

withTestDatabase("the command's answer changes in the hour in which a stage opens, for its member alone", async (database) => {
  await withReleaseDesk(database, async (desk) => {
    const { atFix, atNotice, toHour } = await staged(desk);
    await desk.snapshots.rebuild();
    const tokens = new Map<string, () => Caller>([
      ["slu_fix", () => desk.caller(atFix)],
      ["slu_notice", () => desk.caller(atNotice)],
      ["slu_other", () => ({ ...desk.caller(atFix), verbs: ["draft.read"], isToken: true })],
    ]);
    await withServer(desk, tokens, async (scan) => {
      const asFix = () => scan("slu_fix");
      const before = await asFix();
      assert.ok(!before.stdout.includes("Not public yet"), before.stderr);
      await toHour(1);
      const fix = await asFix();
      assert.match(fix.stdout, /halyard 2\.3\.0: affected \[2\.0\.0, 2\.4\.1\); upgrade to 2\.4\.1, in .*node_modules\/halyard/);
      assert.equal(fix.code, 1);
      const notice = await scan("slu_notice");
      assert.match(notice.stdout, /halyard \(npm\): something is coming on .* Europe\/Berlin/);
      assert.ok(!notice.stdout.includes("2.4.1") && !notice.stdout.includes("A length"));
      const stranger = await scan(undefined);
      assert.ok(!stranger.stdout.includes("Not public yet"));
      const sarif = await scan("slu_fix", "--format", "sarif");
      assert.ok(!sarif.stdout.includes("x_TEST"));
      assert.match(sarif.stderr, /1 that are not public yet are left out of SARIF/);
      for (const [token, words] of [
        ["slu_expired", /not in force/],
        ["slu_other", /Expected the right scan/],
      ] as const) {
        const refused = await scan(token);
        assert.deepEqual([refused.code, refused.stdout], [2, ""], token);
        assert.match(refused.stderr, words);
      }
    });
  });
});

type Scan = (token: string | undefined, ...more: readonly string[]) => Promise<SluiceRun>;

async function withServer(
  desk: ReleaseDesk,
  tokens: ReadonlyMap<string, () => Caller>,
  work: (scan: Scan) => Promise<void>,
): Promise<void> {
  const log = pino({ level: "silent" });
  const service = createStagedService({ database: desk.database, clock: desk.actors.clock });
  const app = await createApp({
    config: { host: "127.0.0.1", publicUrl: undefined, requestsPerMinute: 1_000_000 },
    endpoints: scanEndpoints,
    routes: scanRoutes(createScanService({ snapshots: desk.snapshots, staged: service, now: desk.actors.clock }), service),
    log,
    traffic: createTraffic(),
    openRequests: createOpenRequests(),
    authenticate: async ({ header }) => {
      const stated = header("authorization");
      if (stated === undefined) return undefined;
      const caller = tokens.get(stated.replace("Bearer ", ""));
      if (caller === undefined) throw new CodedError("credential-refused", "the token is not in force");
      return caller();
    },
    consoleFiles: undefined,
  });
  const listener = await listen(app.routing, { host: "127.0.0.1", port: 0 });
  const root = await mkdtemp(join(tmpdir(), "sluice-member-"));
  try {
    await writeFile(join(root, "package-lock.json"), lockfileOf({ needs: { halyard: "^2.0.0" }, installed: { halyard: "2.3.0" } }));
    await work(async (token, ...more) => {
      const file = join(root, "token");
      if (token !== undefined) await writeFile(file, `${token}\n`);
      const asMember = token === undefined ? [] : ["--token", file];
      const args = ["scan", join(root, "package-lock.json"), "--server", `http://127.0.0.1:${listener.port}`, ...asMember, ...more];
      return runSluice(args, { environment: { DATA_DIR: join(root, "data") } });
    });
  } finally {
    await listener.stop(0);
    await app.close();
    await rm(root, { recursive: true });
  }
}

type People = Record<"atFix" | "atNotice", TestMember> & Pick<ReleaseDesk, "toHour">;

async function staged({ database, actors, caller, releases, toHour, hour }: ReleaseDesk): Promise<People> {
  const named = async (name: string): Promise<TestMember> => actors.makeMember(await actors.makeOrganisation(name, "operator"));
  const [owner, atFix, atNotice] = [await named("Owner"), await named("Fix"), await named("Notice")];
  const atMs = actors.clock();
  const circle = (name: string, member: TestMember): Promise<string> =>
    makeCircle(database, owner.organisation, name, [member.organisation], { atMs });
  const { draft } = await writeDraft(database, { actor: actors.as(owner), member: owner, atMs }, [
    { kind: "notice", body: { packages: [{ ecosystem: "npm", name: "halyard" }] } },
    { kind: "summary", body: { text: "A length is trusted" } },
    {
      kind: "affected",
      body: {
        package: { ecosystem: "npm", name: "halyard" },
        purl: undefined,
        ranges: [
          {
            type: "SEMVER",
            repository: undefined,
            events: [
              { kind: "introduced", version: "2.0.0" },
              { kind: "fixed", version: "2.4.1" },
            ],
          },
        ],
        versions: [],
      },
    },
  ]);
  await releases.write(caller(owner), draft, {
    stages: [
      { circle: await circle("Fix", atFix), level: "fix", opens: { instantMs: hour(1), zone: "UTC" }, on: [] },
      { circle: await circle("Notice", atNotice), level: "notice", opens: { instantMs: hour(1), zone: "UTC" }, on: [] },
      { level: "public", opens: { instantMs: hour(50), zone: "Europe/Berlin" }, on: ["leak"] },
    ],
  });
  await releases.agree(caller(owner), draft, 1);
  return { atFix, atNotice, toHour };
}
