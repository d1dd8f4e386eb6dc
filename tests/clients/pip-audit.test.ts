import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { readConfig } from "../../src/server/config.ts";
import { type RunningServer, startServer } from "../../src/server/main.ts";
import { openServer } from "../../src/server/open-server.ts";
import type { BucketRecord } from "../feed-server/bucket-objects.ts";
import { takeRecords } from "../support/take-records.ts";
import { outsideProgram, type Ran, runProgram } from "./outside-client.ts";

const record = (id: string, name: string, fixed: string): BucketRecord => ({
  schema_version: "1.7.5",
  id,
  modified: "2026-01-02T03:04:05Z",
  published: "2026-01-01T00:00:00Z",
  aliases: [`CVE-${id.slice(6)}`],
  details: `Details of ${id}`,
  affected: [{ package: { ecosystem: "PyPI", name }, ranges: [{ type: "ECOSYSTEM", events: [{ introduced: "0" }, { fixed }] }] }],
});
const records = [record("PYSEC-2026-1", "flask", "3.0"), record("PYSEC-2026-2", "zope-interface", "5.0")];

type Report = {
  readonly dependencies: readonly {
    readonly name: string;
    readonly vulns: readonly { readonly id: string; readonly aliases: readonly string[]; readonly fix_versions: readonly string[] }[];
  }[];
};

const program = outsideProgram("PIP_AUDIT", "pip-audit");

describe("pip-audit against a server", { skip: program === undefined && "pip-audit is not installed" }, () => {
  let home = "";
  let server: RunningServer;
  const settings = (): Record<string, string> => ({
    DATA_DIR: join(home, "data"),
    LOG_LEVEL: "silent",
    SYNC_EVERY_HOURS: "0",
    HOST: "127.0.0.1",
  });
  const start = async (statedAt: string): Promise<void> => {
    const open = await openServer(readConfig(settings()));
    await takeRecords(open.services.syncs, records, { ecosystem: "PyPI", statedAt });
    await open.close();
    server = await startServer({ ...readConfig(settings()), port: 0 });
  };
  const audit = async (requirements: string): Promise<Ran> => {
    await writeFile(join(home, "requirements.txt"), requirements);
    const source = ["-s", "osv", "--osv-url", new URL("v1/query", server.url).href];
    const offline = ["--no-deps", "--disable-pip", "--progress-spinner", "off", "--cache-dir", join(home, "cache")];
    return runProgram(program ?? "", [...source, ...offline, "-f", "json", "-r", "requirements.txt"], { cwd: home, home });
  };
  const found = ({ stdout, stderr }: Ran): readonly string[] => {
    assert.ok(stdout.startsWith("{"), stderr);
    return (JSON.parse(stdout) as Report).dependencies.flatMap(({ name, vulns }) =>
      vulns.map(({ id, aliases, fix_versions }) => `${name} ${[id, ...aliases].join(" ")} fixed ${fix_versions.join(" ")}`),
    );
  };
  before(async () => {
    home = await mkdtemp(join(tmpdir(), "sluice-pip-audit-"));
    await start(new Date().toISOString());
  });
  after(async () => {
    await server.stop();
    await rm(home, { recursive: true });
  });

  it("is told what is affected, with what ends it, however the name is written", async () => {
    const run = await audit("Flask==2.3.0\nzope.interface==4.7\nrequests==2.32.0\n");
    assert.equal(run.code, 1, run.stderr);
    assert.deepEqual(found(run), ["flask PYSEC-2026-1 CVE-2026-1 fixed 3.0", "zope-interface PYSEC-2026-2 CVE-2026-2 fixed 5.0"]);
  });

  it("is told that nothing is known of what is not", async () => {
    const run = await audit("flask==3.0\nrequests==2.32.0\n");
    assert.equal(run.code, 0, run.stderr);
    assert.deepEqual(found(run), []);
  });

  it("is not told that all is well by data that is too old to say so", async () => {
    await server.stop();
    await start("2026-01-04");
    const run = await audit("requests==2.32.0\n");
    assert.notEqual(run.code, 0, run.stdout);
    assert.ok(!run.stdout.startsWith("{"), run.stdout);
  });
});
