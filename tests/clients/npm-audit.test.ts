import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { npmEndpoints } from "../../src/contract/endpoints/npm-audit.ts";
import { readConfig } from "../../src/server/config.ts";
import { listen, type Listener } from "../../src/server/http/listener.ts";
import { type RunningServer, startServer } from "../../src/server/main.ts";
import { npmAuditRoutes } from "../../src/server/npm-audit/npm-audit-routes.ts";
import { createNpmAuditService } from "../../src/server/npm-audit/npm-audit-service.ts";
import { openServer } from "../../src/server/open-server.ts";
import type { BucketRecord } from "../feed-server/bucket-objects.ts";
import { appOf } from "../support/held-records.ts";
import { takeRecords } from "../support/take-records.ts";
import { installClients, type Ran, runNpm } from "./outside-client.ts";

const lodash = (id: string, aliases: readonly string[], fixed: string): BucketRecord => ({
  id,
  modified: "2026-01-02T03:04:05Z",
  aliases,
  summary: `Title of ${id}`,
  severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H" }],
  affected: [{ package: { ecosystem: "npm", name: "lodash" }, ranges: [{ type: "SEMVER", events: [{ introduced: "0" }, { fixed }] }] }],
});
const records = [
  lodash("GHSA-35jh-r3h4-6jhm", ["CVE-2021-23337"], "4.17.21"),
  lodash("x_OTHER-lodash", ["CVE-2021-23337"], "4.17.20"),
  lodash("GHSA-later-late-late", [], "4.17.19"),
];

/** The parts of `npm audit --json` that are looked at. */
type Report = {
  readonly message?: string;
  readonly statusCode?: number;
  readonly vulnerabilities?: Readonly<
    Record<
      string,
      {
        readonly severity: string;
        readonly via: readonly { readonly url: string; readonly range: string; readonly source: number }[];
        readonly nodes: readonly string[];
      }
    >
  >;
  readonly metadata?: { readonly vulnerabilities: { readonly total: number; readonly high: number } };
};

let home = "";
before(async () => {
  await installClients();
  home = await mkdtemp(join(tmpdir(), "sluice-clients-"));
  await writeProject("affected", { lodash: "4.17.19", "left-pad": "1.3.0" });
  await writeProject("clean", { lodash: "99.0.0", "@scope/unheard-of": "1.0.0-rc.1" });
});
after(() => rm(home, { recursive: true }));

describe("npm audit against a server", () => {
  let server: RunningServer;
  const dataDirectory = (): string => join(home, "data");
  const start = async (environment: Readonly<Record<string, string>> = {}): Promise<void> => {
    server = await startServer({
      ...readConfig({ ...environment, DATA_DIR: dataDirectory(), LOG_LEVEL: "silent", SYNC_EVERY_HOURS: "0", HOST: "127.0.0.1" }),
      port: 0,
    });
  };
  const restart = async (statedAt: string | undefined, environment: Readonly<Record<string, string>> = {}): Promise<void> => {
    await server.stop();
    const open = await openServer(readConfig({ DATA_DIR: dataDirectory(), LOG_LEVEL: "silent" }));
    await takeRecords(open.services.syncs, records, statedAt === undefined ? {} : { statedAt });
    await open.close();
    await start(environment);
  };
  before(() => start());
  after(() => server.stop());

  it("is not told that all is well by the bundled sample, and shows the reason", () =>
    refusesToBeClean(server.url, "Only a bundled sample of npm is here. An administrator runs: sluice sync npm"));

  it("nor by data whose age is unknown", async () => {
    await restart(undefined);
    await refusesToBeClean(server.url, "The age of the npm data is unknown. Sync it with --stated-at DATE, or from the public feed");
  });

  it("nor by data over 7 days old, which still finds", async () => {
    await restart("2020-01-01");
    await refusesToBeClean(server.url, "The npm data is over 7 days old. An administrator runs: sluice sync npm");
    assert.equal((await audit("affected", server.url)).ran.code, 1);
  });

  it("reports what is affected, once a vulnerability, and exits with 1", async () => {
    await restart(new Date().toISOString());
    const { ran, report } = await audit("affected", server.url);
    assert.equal(ran.code, 1);
    assert.deepEqual(Object.keys(report.vulnerabilities ?? {}), ["lodash"]);
    const found = report.vulnerabilities?.["lodash"];
    assert.deepEqual([found?.severity, found?.nodes, report.metadata?.vulnerabilities.high], ["high", ["node_modules/lodash"], 1]);
    assert.deepEqual(
      found?.via.map(({ url, range }) => [url, range]),
      [["https://github.com/advisories/GHSA-35jh-r3h4-6jhm", "<4.17.21"]],
    );
    assert.ok(found?.via.every(({ source }) => Number.isSafeInteger(source)));
  });

  it("prints it for people, although the registry's part of the address answers 404", async () => {
    const { code, stdout } = await runNpm(["audit", `--registry=${server.url}`], projectOf("affected"));
    assert.equal(code, 1);
    assert.match(
      stdout,
      /^lodash[^]*Severity: high\nTitle of GHSA-35jh-r3h4-6jhm - https:\/\/github\.com\/advisories\/GHSA-35jh-r3h4-6jhm\nNo fix available\nnode_modules\/lodash/m,
    );
  });

  it("exits with 0 where nothing is affected and the data can say so", async () => {
    const { ran, report } = await audit("clean", server.url);
    assert.deepEqual([ran.code, report.metadata?.vulnerabilities.total], [0, 0]);
  });

  it("heeds --audit-level", async () => {
    assert.equal((await audit("affected", server.url, "--audit-level=critical")).ran.code, 0);
    assert.equal((await audit("affected", server.url, "--audit-level=high")).ran.code, 1);
  });

  it("exits with 0 on old data where the administrator wants the empty answer", async () => {
    await restart("2020-01-01", { EMPTY_ANSWER_WITHOUT_EVIDENCE: "true" });
    assert.equal((await audit("clean", server.url)).ran.code, 0);
  });
});

describe("npm audit against a server without any data", () => {
  let listener: Listener;
  before(async () => {
    const config = { emptyAnswerWithoutEvidence: false, publicUrl: undefined, tls: undefined };
    const app = await appOf(
      npmEndpoints,
      npmAuditRoutes(createNpmAuditService({ snapshots: { current: () => undefined }, config, now: Date.now })),
    );
    listener = await listen(app.routing, { host: "127.0.0.1", port: 0 });
  });
  after(() => listener.stop(0));

  it("is not told that all is well", () =>
    refusesToBeClean(`http://127.0.0.1:${listener.port}`, "No data for npm. An administrator runs: sluice sync npm"));
});

async function refusesToBeClean(url: string, reason: string): Promise<void> {
  const { ran, report } = await audit("clean", url);
  assert.deepEqual([ran.code, report.statusCode], [1, 503]);
  assert.ok(report.message?.endsWith(reason), report.message ?? "no message");
  assert.match(ran.stderr, new RegExp(`npm warn audit 503 .* - ${reason}`));
}

async function audit(project: string, url: string, ...more: readonly string[]): Promise<{ readonly ran: Ran; readonly report: Report }> {
  const ran = await runNpm(["audit", `--registry=${url}`, "--json", ...more], projectOf(project));
  return { ran, report: JSON.parse(ran.stdout) as Report };
}

function projectOf(name: string): { readonly cwd: string; readonly home: string } {
  return { cwd: join(home, name), home };
}

/** A project as `npm install` leaves it, lockfile version 3, but never installed. */
async function writeProject(name: string, dependencies: Readonly<Record<string, string>>): Promise<void> {
  const root = { name, version: "1.0.0", dependencies };
  const installed = Object.entries(dependencies).map(([dependency, version]) => [`node_modules/${dependency}`, { version }] as const);
  await mkdir(join(home, name));
  await writeFile(join(home, name, "package.json"), JSON.stringify(root));
  await writeFile(
    join(home, name, "package-lock.json"),
    JSON.stringify({
      name,
      version: "1.0.0",
      lockfileVersion: 3,
      requires: true,
      packages: { "": root, ...Object.fromEntries(installed) },
    }),
  );
}
