import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { type BucketRecord, bucketObjects } from "../feed-server/bucket-objects.ts";
import { osvRecord } from "../support/osv-records.ts";
import { runSluice } from "../support/run-sluice.ts";
import { lockfileOf } from "../support/stated-project.ts";
import { outsideProgram, type Ran, runProgram } from "./outside-client.ts";

const lodash = osvRecord("GHSA-35jh-r3h4-6jhm", "lodash", "4.17.21", { aliases: ["CVE-2021-23337"] });
const withdrawn = osvRecord("GHSA-2222-3333-4444", "lodash", "9.0.0", { withdrawn: "2026-01-03T00:00:00Z" });
const flask = osvRecord("PYSEC-2026-1", "flask", "", {
  affected: [
    { package: { ecosystem: "PyPI", name: "flask" }, ranges: [{ type: "ECOSYSTEM", events: [{ introduced: "0" }, { fixed: "3.0" }] }] },
  ],
});
const RECORDS: readonly (readonly [string, readonly BucketRecord[]])[] = [
  ["npm", [lodash, withdrawn]],
  ["PyPI", [flask]],
];

type Report = {
  readonly results: readonly {
    readonly packages: readonly {
      readonly package: { readonly name: string };
      readonly vulnerabilities?: readonly { readonly id: string }[];
    }[];
  }[];
};

const program = outsideProgram("OSV_SCANNER", "osv-scanner");

describe(
  "osv-scanner over the directory that sluice snapshot osv writes",
  { skip: program === undefined && "osv-scanner is not installed" },
  () => {
    let home = "";
    const at = (...names: readonly string[]): string => join(home, ...names);
    before(async () => {
      home = await mkdtemp(join(tmpdir(), "sluice-osv-scanner-"));
      for (const [ecosystem, records] of RECORDS) {
        for (const [path, bytes] of bucketObjects(ecosystem, records)) {
          await mkdir(dirname(at("bucket", path)), { recursive: true });
          await writeFile(at("bucket", path), bytes);
        }
      }
      for (const args of [
        ["sync", "--from", at("bucket"), "--stated-at", new Date().toISOString()],
        ["snapshot", "osv", at("database")],
      ]) {
        const run = await runSluice(args, { environment: { DATA_DIR: at("data") } });
        assert.equal(run.code, 0, run.stderr);
      }
    });
    after(() => rm(home, { recursive: true }));

    const scan = (document: string): Promise<Ran> =>
      runProgram(program ?? "", ["scan", "source", "-L", document, "--offline", "--local-db-path", at("database"), "--format", "json"], {
        cwd: home,
        home,
      });
    const found = ({ stdout }: Ran): readonly string[] =>
      (JSON.parse(stdout) as Report).results.flatMap(({ packages }) =>
        packages.flatMap(({ package: { name }, vulnerabilities = [] }) => vulnerabilities.map(({ id }) => `${name} ${id}`)),
      );

    it("finds what is affected, in each ecosystem, and not what was withdrawn", async () => {
      await writeFile(at("package-lock.json"), lockfileOf({ installed: { lodash: "4.17.19", ms: "2.1.3" } }));
      await writeFile(at("requirements.txt"), "flask==2.3.0\n");
      for (const [document, expected] of [
        ["package-lock.json", "lodash GHSA-35jh-r3h4-6jhm"],
        ["requirements.txt", "flask PYSEC-2026-1"],
      ] as const) {
        const run = await scan(at(document));
        assert.equal(run.code, 1, run.stderr);
        assert.deepEqual(found(run), [expected]);
      }
    });

    it("finds nothing in what is not", async () => {
      await mkdir(at("clean"));
      await writeFile(at("clean", "package-lock.json"), lockfileOf({ installed: { lodash: "4.17.21", ms: "2.1.3" } }));
      const run = await scan(at("clean", "package-lock.json"));
      assert.equal(run.code, 0, run.stderr);
      assert.deepEqual(found(run), []);
    });

    it("does not call clean what the directory has no ecosystem for", async () => {
      await writeFile(
        at("Gemfile.lock"),
        "GEM\n  remote: https://rubygems.org/\n  specs:\n    rails (5.0.0)\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  rails\n",
      );
      const run = await scan(at("Gemfile.lock"));
      assert.ok(run.code > 1, `${run.code}: ${run.stdout}${run.stderr}`);
    });
  },
);
