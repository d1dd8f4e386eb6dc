import assert from "node:assert/strict";
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { after, before, describe, it } from "node:test";
import { scanAnswerSchema } from "../../src/contract/schemas.ts";
import { packageRoot, packageVersion } from "../../src/server/package-root.ts";
import { startFeedServer } from "../feed-server/feed-server.ts";
import { runSluice, type SluiceRun, type SluiceRunOptions } from "../support/run-sluice.ts";
import { lockfileOf, type StatedProject } from "../support/stated-project.ts";
import { npmStanding, statedSnapshotFile } from "../support/stated-snapshot.ts";

const AFFECTED: StatedProject = { needs: { lodash: "^4.17.0" }, installed: { lodash: "4.17.15" } };
const CLEAN: StatedProject = { needs: { lodash: "^4.17.0" }, installed: { lodash: "4.17.21" } };

describe("sluice scan, as a process", () => {
  let root: string;
  let snapshot: string;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), "sluice-scan-"));
    snapshot = join(root, "fresh.sluice");
    const advisories = [
      {
        id: "GHSA-1",
        vulnerability: "v1",
        vulnerabilityIds: ["CVE-2026-1", "GHSA-1"],
        score: 5,
        affects: { lodash: "introduced 0, fixed 4.17.21" },
      },
    ];
    await writeFile(snapshot, statedSnapshotFile(advisories, { standings: [{ ...npmStanding, statedAtMs: Date.now() - 60_000 }] }));
  });
  after(() => rm(root, { recursive: true, force: true }));

  /** A folder with the given documents. */
  async function folderWith(name: string, documents: Readonly<Record<string, StatedProject | string>>): Promise<string> {
    const folder = join(root, name);
    await mkdir(folder);
    for (const [file, content] of Object.entries(documents)) {
      await writeFile(join(folder, file), typeof content === "string" ? content : lockfileOf(content));
    }
    return folder;
  }
  const scan = (args: readonly string[], options: SluiceRunOptions = {}): Promise<SluiceRun> =>
    runSluice(["scan", ...args], { ...options, environment: { DATA_DIR: join(root, "data"), ...options.environment } });

  it("exits 0 on nothing found, 1 on a finding, 3 on what cannot be said and 2 on what cannot be read", async () => {
    const sbom = JSON.stringify({
      bomFormat: "CycloneDX",
      specVersion: "1.5",
      components: [{ type: "library", name: "django", version: "1", purl: "pkg:pypi/django@1" }],
    });
    const cases: readonly (readonly [string, Readonly<Record<string, StatedProject | string>>, readonly string[], number, RegExp])[] = [
      ["clean", { "package-lock.json": CLEAN }, [], 0, /^Nothing found in 1 component \(npm; data 1 minute old\)\n/],
      ["affected", { "package-lock.json": AFFECTED }, [], 1, /^1 change ends the one vulnerability found\n/],
      ["affected-but-lower", { "package-lock.json": AFFECTED }, ["--fail-on", "high"], 0, /^1 change ends/],
      [
        "unsaid",
        { "package-lock.json": CLEAN, "sbom.cdx.json": sbom },
        [],
        3,
        /^Nothing found in 1 component \(npm; .*\)\. Cannot say: 1\n/,
      ],
      ["unsaid-allowed", { "package-lock.json": CLEAN, "sbom.cdx.json": sbom }, ["--allow-unknown"], 0, /Cannot say: 1/],
      ["unread", { "package-lock.json": AFFECTED, "broken.cdx.json": "{" }, [], 2, /not read: .*broken\.cdx\.json: /],
      ["nothing-to-read", { "readme.md": "" }, [], 2, /^Nothing could be read\n.*expected a lockfile, an SBOM/],
    ];
    for (const [name, documents, flags, code, words] of cases) {
      const run = await scan([await folderWith(name, documents), "--offline", snapshot, ...flags]);
      assert.deepEqual([run.code, run.stderr], [code, ""], `${name}: ${run.stdout}`);
      assert.match(run.stdout, words, name);
    }
  });

  it("reads the working directory when nothing is named, and several paths when they are", async () => {
    const [one, two] = [
      await folderWith("here", { "package-lock.json": AFFECTED }),
      await folderWith("there", { "package-lock.json": CLEAN }),
    ];
    const here = await scan(["--offline", snapshot], { cwd: one });
    assert.match(here.stdout, /^ {2}package-lock\.json: package-lock 3, 1 component$/m);
    const both = await scan([one, join(two, "package-lock.json"), "--offline", snapshot]);
    assert.equal(both.stdout.match(/: package-lock 3, 1 component$/gm)?.length, 2);
  });

  it("reads standard input", async () => {
    const run = await scan(["-", "--offline", snapshot], { input: lockfileOf(AFFECTED) });
    assert.equal(run.code, 1);
    assert.match(run.stdout, /^ {2}-: package-lock 3, 1 component$/m);
    const nothing = await scan(["-", "--offline", snapshot]);
    assert.deepEqual([nothing.code, /not read: -: .*Found an empty document/.test(nothing.stdout)], [2, true]);
  });

  it("reads a document together with what lies beside it, and never what lies outside of what is scanned", async () => {
    const stated = join(root, "beside.sluice");
    const standing = { ...npmStanding, statedAtMs: Date.now() - 60_000 };
    const advisories = [
      { id: "M-1", affects: { "Maven g:a": "introduced 0, fixed 2.0" } },
      { id: "P-1", affects: { "PyPI flask": "introduced 0, fixed 2.0" } },
      { id: "N-1", affects: { lodash: "introduced 0, fixed 4.17.21" } },
    ];
    const standings = ["npm", "Maven", "PyPI"].map((ecosystem) => ({ ...standing, ecosystem }));
    await writeFile(stated, statedSnapshotFile(advisories, { standings }));
    const coordinates = (artifact: string): string => `<groupId>w</groupId><artifactId>${artifact}</artifactId><version>1</version>`;
    const a = "<groupId>g</groupId><artifactId>a</artifactId>";
    const files: Readonly<Record<string, string>> = {
      "pom.xml": `<project>${coordinates("top")}<dependencyManagement><dependencies><dependency>${a}<version>1.0</version></dependency></dependencies></dependencyManagement></project>`,
      "gate/pom.xml": `<project><parent>${coordinates("top")}</parent><artifactId>gate</artifactId><dependencies><dependency>${a}</dependency></dependencies></project>`,
      "web/yarn.lock": '# yarn lockfile v1\n\nlodash@^4.17.0:\n  version "4.17.15"\n',
      "web/package.json": JSON.stringify({ name: "web", devDependencies: { lodash: "^4.17.0" } }),
      "py/requirements.txt": "flask\n-c limits.txt\n-r ../../outside.txt\n-r link.txt\n",
      "py/limits.txt": "flask==1.0\n",
    };
    const folder = await folderWith("beside", {});
    await writeFile(join(root, "outside.txt"), "flask==0.1\n");
    for (const [file, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), text);
    }
    await symlink(join(root, "outside.txt"), join(folder, "py/link.txt"));

    const whole = await scan([folder, "--offline", stated, "--format", "json"]);
    const answer = scanAnswerSchema.parse(JSON.parse(whole.stdout));
    assert.deepEqual(
      answer.documents.map(({ name, format }) => [relative(folder, name), format]),
      [
        [join("gate", "pom.xml"), "pom.xml, declared versions only, with ../pom.xml"],
        ["pom.xml", "pom.xml, declared versions only"],
        [join("py", "requirements.txt"), "requirements.txt, with limits.txt"],
        [join("web", "yarn.lock"), "yarn.lock 1, with package.json"],
      ],
    );
    assert.deepEqual(
      answer.changes.map(({ name, from, direct, development, document, commands }) => [
        name,
        from,
        direct,
        development,
        relative(folder, document),
        commands[0],
      ]),
      [
        ["flask", ["1.0"], true, false, join("py", "requirements.txt"), "# limits.txt: flask==2.0"],
        ["g:a", ["1.0"], true, false, "pom.xml", "# pom.xml: g:a:2.0 in dependencyManagement"],
        ["lodash", ["4.17.15"], true, true, join("web", "yarn.lock"), '# package.json: "lodash": "^4.17.21" where it is asked for'],
      ],
    );
    assert.deepEqual(
      answer.documents.flatMap(({ problems }) => problems.map(({ place }) => place)),
      ["line 3", "link.txt"],
    );

    const named = await scan([join(folder, "gate/pom.xml"), "--offline", stated]);
    assert.match(named.stdout, /^ {4}in \.\.\/pom\.xml: g:a:2\.0 where its version stands$/m);
    const alone = await scan([join(folder, "gate"), "--offline", stated]);
    assert.deepEqual([alone.code, /Cannot say.*g:a without a version/s.test(alone.stdout)], [3, true], alone.stdout);
    const input = await scan(["-", "--offline", stated], { input: files["web/yarn.lock"] ?? "" });
    assert.match(input.stdout, /^ {2}-: yarn\.lock 1, 1 component$/m);
  });

  it("gives JSON that is as the API's, and SARIF", async () => {
    const folder = await folderWith("formats", { "package-lock.json": AFFECTED });
    const json = await scan([folder, "--offline", snapshot, "--format", "json"]);
    const answer = scanAnswerSchema.parse(JSON.parse(json.stdout));
    assert.deepEqual(
      [json.code, answer.findings[0]?.ids, answer.changes[0]?.commands],
      [1, ["CVE-2026-1", "GHSA-1"], ["npm install lodash@4.17.21"]],
    );
    const sarif = await scan([folder, "--offline", snapshot, "--format", "sarif"]);
    const log = JSON.parse(sarif.stdout) as {
      readonly version: string;
      readonly runs: readonly {
        readonly results: readonly unknown[];
        readonly tool: { readonly driver: { readonly semanticVersion: string } };
      }[];
    };
    assert.deepEqual([sarif.code, log.version, log.runs[0]?.results.length], [1, "2.1.0", 1]);
    assert.equal(log.runs[0]?.tool.driver.semanticVersion, packageVersion);
  });

  it("explains why an id does or does not match, with the exit code of the scan", async () => {
    const folder = await folderWith("why", { "package-lock.json": AFFECTED });
    const run = await scan([folder, "--offline", snapshot, "--why", "CVE-2026-1"]);
    assert.equal(run.code, 1);
    assert.match(run.stdout, /^lodash 4\.17\.15: affected, because introduced 0 is at or below it, and it lies before fixed 4\.17\.21\n/);
    const json = await scan([folder, "--offline", snapshot, "--why", "GHSA-1", "--format", "json"]);
    assert.equal((JSON.parse(json.stdout) as readonly { readonly verdict: string }[])[0]?.verdict, "affected");
    const unknown = await scan([folder, "--offline", snapshot, "--why", "CVE-1"]);
    assert.match(unknown.stdout, /^No component here is of a package that CVE-1 names in this data/);
  });

  it("writes no colour where there is no terminal, and none with NO_COLOR", async () => {
    const folder = await folderWith("colour", { "package-lock.json": AFFECTED });
    for (const environment of [{}, { NO_COLOR: "1" }]) {
      // oxlint-disable-next-line no-control-regex -- escapes are what must not be there
      assert.doesNotMatch((await scan([folder, "--offline", snapshot], { environment })).stdout, /\u001b/);
    }
  });

  it("keeps its exit code when the reader has gone", async () => {
    const folder = await folderWith("pipe", { "package-lock.json": AFFECTED });
    const run = await scan([folder, "--offline", snapshot, "--format", "json"], { closesOutput: true });
    assert.deepEqual([run.code, run.stderr], [1, ""]);
  });

  it("refuses flags it does not know and values it does not take, before anything is read", async () => {
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [["--fail-om", "high"], /^sluice: unknown flag --fail-om; did you mean --fail-on\n$/],
      [["--fail-on", "severe"], /any.*low.*medium.*high.*critical.*exploited/s],
      [["--format", "xml"], /table.*json.*sarif/s],
      [["--why"], /--why: expected a value/],
      [["--offline", join("absent", "x.sluice")], /absent.x\.sluice: expected a snapshot file, found none/],
      [["--server", "localhost:8080"], /--server: expected an http or https URL, got "localhost:8080"/],
    ];
    for (const [args, message] of cases) {
      const run = await scan(args, { cwd: root });
      assert.deepEqual([run.code, run.stdout], [2, ""], args.join(" "));
      assert.match(run.stderr, message);
    }
  });

  it("takes the data of a server that is configured, and says so when it cannot be asked", async () => {
    const folder = await folderWith("served", { "package-lock.json": AFFECTED });
    const bytes = statedSnapshotFile([{ id: "FROM-SERVER", affects: { lodash: "introduced 0" } }]);
    const server = await startFeedServer({ objects: new Map([["api/snapshot", bytes]]) });
    const environment = { SLUICE_SERVER: server.url };
    assert.match((await scan([folder], { environment })).stdout, /FROM-SERVER/);
    assert.doesNotMatch((await scan([folder, "--offline", snapshot], { environment })).stdout, /FROM-SERVER/);
    assert.deepEqual(
      server.requests.map(({ path, method }) => [method, path]),
      [["GET", "api/snapshot"]],
      "a server learns nothing of what is scanned",
    );
    await server.close();
    const gone = await scan([folder], { environment });
    assert.match(gone.stdout, /FROM-SERVER/);
    assert.match(gone.stderr, /^sluice: http.*cannot be reached.*; the copy taken before is used\n$/);
  });

  it("with no data at all makes itself the sample, finds with it, and never says clean by it", async () => {
    const environment = { DATA_DIR: join(root, "first") };
    const examples = await folderWith("examples", {});
    await cp(join(packageRoot, "examples"), examples, { recursive: true });
    const first = await scan([join(examples, "package-lock.json")], { environment });
    assert.equal(first.code, 1, first.stderr);
    assert.match(first.stdout, /^\d+ changes end \d+ of \d+ vulnerabilities\. Cannot say: \d+\n/);
    assert.match(first.stdout, /npm {2}24 components\. Only the bundled sample of \d+ advisories is here\. `sluice sync npm`: 142 MB/);
    for (const words of [
      /lodash 4\.17\.15 → .*\n {4}\$ npm install lodash@/,
      /underscore 1\.9\.1 → .*\n {4}\$ npm update underscore\n/,
      /lodash 3\.10\.1 → .*\n {4}\$ npm pkg set "overrides\.cli-table2\.lodash=/,
      /hoek 2\.16\.3 → 4\.2\.1 .*\n {4}\$ npm pkg set "overrides\.hoek=4\.2\.1"/,
      /^No fix known\n {2}vue 2\.7\.16 /m,
    ])
      assert.match(first.stdout, words);
    const clean = await scan([await folderWith("clean-by-sample", { "package-lock.json": { installed: { ms: "2.1.3" } } })], {
      environment,
    });
    assert.equal(clean.code, 3);
    assert.match(clean.stdout, /^Cannot say anything about 1 component\n/);
    assert.doesNotMatch(clean.stdout, /nothing found/i);
    const sbom = await scan([join(examples, "sbom.cdx.json")], { environment });
    assert.match(sbom.stdout, /^ {2}PyPI +1 component\. /m);
    assert.ok((await readdir(environment.DATA_DIR)).includes("scanned-ecosystems"));
  });
});
