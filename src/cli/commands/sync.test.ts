import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { bucketObjects } from "../../../tests/feed-server/bucket-objects.ts";
import { type FeedServer, startFeedServer } from "../../../tests/feed-server/feed-server.ts";
import { osvRecord } from "../../../tests/support/osv-records.ts";
import { runSluice, type SluiceRun } from "../../../tests/support/run-sluice.ts";
import { lockfileOf } from "../../../tests/support/stated-project.ts";

const CATALOGUE = JSON.stringify({
  title: "A made-up catalogue",
  catalogVersion: "2026.11.24",
  dateReleased: "2026-11-24T10:00:00.000Z",
  count: 1,
  vulnerabilities: [
    {
      cveID: "CVE-2026-10001",
      dateAdded: "2026-11-20",
      vendorProject: "v",
      product: "p",
      vulnerabilityName: "n",
      dueDate: "2026-12-11",
      shortDescription: "s",
      requiredAction: "r",
      knownRansomwareCampaignUse: "Unknown",
      notes: "",
      cwes: [],
    },
  ],
});

describe("sluice sync, as a process", () => {
  let root: string;
  let feed: FeedServer;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), "sluice-sync-command-"));
    await writeFile(
      join(root, "package-lock.json"),
      lockfileOf({ needs: { lodash: "^4.17.0" }, installed: { lodash: "4.17.15", ms: "2.1.3" } }),
    );
    const records = [
      osvRecord("GHSA-1", "lodash", "4.17.21", { aliases: ["CVE-2026-10001"] }),
      osvRecord("GHSA-2", "qs", "6.5.3"),
      osvRecord("GHSA-3\u001b[2J", "x", "1.0.0", { affected: 5 }),
    ];
    feed = await startFeedServer({ objects: new Map([...bucketObjects("npm", records), ["kev.json", Buffer.from(CATALOGUE)]]) });
  });
  after(async () => {
    await feed.close();
    await rm(root, { recursive: true, force: true });
  });

  const sluice = (data: string, args: readonly string[]): Promise<SluiceRun> =>
    runSluice(args, {
      cwd: root,
      environment: {
        DATA_DIR: join(root, data),
        OSV_FEED_URL: feed.url,
        KEV_FEED_URL: `${feed.url}kev.json`,
        ALLOWED_PRIVATE_HOSTS: "127.0.0.1",
      },
    });

  it("takes what is named and the catalogue that ranks it, saying before and after what that is", async () => {
    const run = await sluice("named", ["sync", "npm"]);
    assert.equal(run.code, 0, run.stderr);
    assert.match(
      run.stdout,
      /^npm from http:\S+: \d+ kB, less than a minute, about \d+ kB on disk, .* free\nkev from http:\S+kev\.json\S*\nnpm: 2 records read in \d+ s: 2 new or changed, 0 as before, 1 record kept aside \(sluice sync --problems\)\nkev: 1 record read in \d+ s: 1 new or changed, 0 as before\n$/,
    );
    assert.match(run.stderr, /^npm: /m);
    assert.doesNotMatch(run.stderr, /waiting for another sync/);
    const scan = await sluice("named", ["scan", "package-lock.json"]);
    assert.equal(scan.code, 1);
    assert.match(scan.stdout, /^1 change ends the one vulnerability found\n/);
    assert.match(scan.stdout, /lodash 4\.17\.15 → 4\.17\.21 {2}exploited, no score\n/);
  });

  it("lists what was kept aside, on one line each that cannot move the cursor", async () => {
    const run = await sluice("named", ["sync", "--problems"]);
    assert.equal(run.code, 0);
    assert.match(run.stdout, /^npm\/all\.zip!GHSA-3\uFFFD\[2J\.json: .+\n1 record kept aside; what was readable before stays in force\n$/);
    assert.equal((await sluice("named", ["sync", "--problems", "RubyGems"])).stdout, "No record was kept aside\n");
  });

  it("without names takes what was scanned here, and nothing unasked", async () => {
    feed.requests.length = 0;
    const nothing = await sluice("unnamed", ["sync"]);
    assert.deepEqual([nothing.code, nothing.stdout, feed.requests.length], [2, "", 0]);
    assert.match(nothing.stderr, /^sluice: nothing was scanned here yet, .*Name an ecosystem: sluice sync npm\n$/);
    await sluice("unnamed", ["scan", "package-lock.json"]);
    assert.equal(feed.requests.length, 0, "a scan takes nothing");
    const run = await sluice("unnamed", ["sync"]);
    assert.deepEqual([run.code, run.stdout.match(/^(?:npm|kev): /gm)], [0, ["npm: ", "kev: "]]);
  });

  it("takes from a directory of this place, of the age that is said", async () => {
    const bucket = join(root, "bucket", "npm");
    await mkdir(bucket, { recursive: true });
    for (const [path, bytes] of bucketObjects("npm", [osvRecord("GHSA-9", "ms", "9.0.0")]))
      await writeFile(join(root, "bucket", path), bytes);
    feed.requests.length = 0;
    const undated = await sluice("directory", ["sync", "npm", "--from", "bucket"]);
    assert.deepEqual([undated.code, feed.requests.length], [0, 0], undated.stderr);
    await writeFile(join(root, "clean.json"), lockfileOf({ installed: { ms: "9.0.0" } }));
    const unsaid = await sluice("directory", ["scan", "clean.json"]);
    assert.deepEqual([unsaid.code, /The age of the data is unknown/.test(unsaid.stdout)], [3, true], unsaid.stdout);
    const today = new Date().toISOString().slice(0, 10);
    assert.equal((await sluice("directory", ["sync", "npm", "--from", "bucket", "--stated-at", today])).code, 0);
    const said = await sluice("directory", ["scan", "clean.json"]);
    assert.deepEqual([said.code, said.stdout.startsWith("Nothing found in 1 component")], [0, true], said.stdout);
  });

  it("takes all that a directory holds when it is named without an ecosystem, and says what is none", async () => {
    const place = join(root, "whole");
    for (const [ecosystem, record] of [
      ["npm", osvRecord("GHSA-9", "ms", "9.0.0")],
      ["Red Hat", osvRecord("RHSA-1", "git-lfs", "2.0", { affected: [{ package: { ecosystem: "Red Hat:9", name: "git-lfs" } }] })],
      ["GIT", osvRecord("OSV-1", "x", "1.0.0", { affected: [{ ranges: [] }] })],
      ["[EMPTY]", osvRecord("OSV-2", "x", "1.0.0", { affected: [] })],
    ] as const) {
      await mkdir(join(place, ecosystem), { recursive: true });
      for (const [path, bytes] of bucketObjects(ecosystem, [record])) await writeFile(join(place, path), bytes);
    }
    await mkdir(join(place, "Hex"));
    const run = await sluice("whole", ["sync", "--from", place]);
    assert.equal(run.code, 0, run.stderr);
    assert.match(run.stdout, /^\[EMPTY\]: left out: OSV has no ecosystem of this name$/m);
    assert.deepEqual(run.stdout.match(/^.*: 1 record read(?= in)/gm), [
      "GIT: 1 record read",
      "Red Hat: 1 record read",
      "npm: 1 record read",
    ]);
    const one = await sluice("one", ["sync", "--from", join(place, "npm", "all.zip")]);
    assert.match(one.stdout, /^npm: 1 record read/m);
  });

  it("goes on to the next when one cannot be reached, and says in the end that not all is well", async () => {
    feed.setFault("npm/all.zip", { status: 404 });
    const run = await sluice("broken", ["sync", "npm"]);
    feed.setFault("npm/all.zip", undefined);
    assert.equal(run.code, 1);
    assert.match(run.stdout, /^npm: failed: .*404/m);
    assert.match(run.stdout, /^kev: 1 record read/m);
  });

  it("refuses what it cannot do, in words", async () => {
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [
        ["sync", "--from", "."],
        /^sluice: --from: expected folders named as OSV's ecosystems in \S+, found "sluice-sync-command-\w+"\. Name the ecosystem: /,
      ],
      [["sync", "--from", "nowhere"], /^sluice: expected a directory or a zip, got nothing at \S+nowhere\n$/],
      [["sync", "NPM"], /^sluice: expected an ecosystem as OSV names it, which would be npm, got "NPM"\n$/],
      [["sync", "winget"], /^sluice: expected an ecosystem as OSV names it, such as PyPI, got "winget"\n$/],
      [["sync", "npm", "--from", "https://user:secret@example.org/"], /^sluice: --from: expected an address without a user and a password/],
    ];
    for (const [args, words] of cases) {
      const run = await sluice("named", args);
      assert.equal(run.code, 2, args.join(" "));
      assert.match(run.stderr, words);
      assert.ok(!`${run.stdout}${run.stderr}`.includes("secret"));
    }
  });
});
