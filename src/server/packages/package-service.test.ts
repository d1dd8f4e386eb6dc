import assert from "node:assert/strict";
import { withTestDatabase } from "../../../tests/database/test-database.ts";
import { type HeldRecords, openHeldRecords } from "../../../tests/support/held-records.ts";
import { importAndGroup } from "../../../tests/support/import-and-group.ts";
import { osvRecord } from "../../../tests/support/osv-records.ts";
import { recordDigests } from "../../../tests/support/record-digest.ts";
import { takeRecords } from "../../../tests/support/take-records.ts";
import { listPackages, readPackage } from "../../contract/endpoints/record.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { unlistAdvisories } from "../advisories/advisory-store.ts";
import type { Database } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import { writeCursor } from "../page-cursor.ts";
import { replaceExploited } from "../exploited/exploited-store.ts";
import { groupAdvisories } from "../vulnerabilities/grouping-service.ts";
import { createPackageService, type PackageService } from "./package-service.ts";

const NOW = Date.parse("2026-11-03T00:00:00Z");
const SEVERE = { severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" }] };
const WHOLE = { limit: 200 };
const at = (version: string) => ({ ...WHOLE, version });
const noSnapshot = {
  current: () => undefined,
  require: () => {
    throw new CodedError("snapshot-missing", "none was built");
  },
};

withTestDatabase("packages are counted with what is in force against them, and counted again when any of it changes", async (database) => {
  const packages = createPackageService({ database, snapshots: noSnapshot, now: () => NOW });
  const pad = osvRecord("GHSA-a", "pad", "1.0.0", { aliases: ["CVE-2026-1"], ...SEVERE });
  const unfixed = { affected: [{ package: { ecosystem: "npm", name: "pad" }, versions: ["1.0.0"] }], modified: "2026-11-02T00:00:00Z" };
  await importAndGroup(database, [
    pad,
    osvRecord("x_B-1", "pad", "", unfixed),
    osvRecord("x_C-1", "odd", "2.0.0", { aliases: ["CVE-2026-1"] }),
  ]);
  assert.deepEqual(await counted(packages), [
    "npm pad: 2, 0 exploited, 9.8, 1 without patch, 2026-11-02",
    "npm odd: 1, 0 exploited, 9.8, 0 without patch, 2026-11-01",
  ]);

  await replaceExploited(database, [kevEntry("CVE-2026-1"), kevEntry("CVE-2026-1"), kevEntry("CVE-2026-2")]);
  assert.deepEqual(await counted(packages), [
    "npm pad: 2, 1 exploited, 9.8, 1 without patch, 2026-11-02",
    "npm odd: 1, 1 exploited, 9.8, 0 without patch, 2026-11-01",
  ]);
  await replaceExploited(database, []);

  await importAndGroup(database, [{ ...pad, withdrawn: "2026-11-03T00:00:00Z", modified: "2026-11-03T00:00:00Z" }]);
  assert.deepEqual(await counted(packages), [
    "npm odd: 1, 0 exploited, -, 0 without patch, 2026-11-03",
    "npm pad: 1, 0 exploited, -, 1 without patch, 2026-11-02",
  ]);

  await importAndGroup(database, [osvRecord("x_C-1", "renamed", "2.0.0", { modified: "2026-11-04T00:00:00Z" })]);
  assert.deepEqual(await counted(packages), [
    "npm pad: 1, 0 exploited, -, 1 without patch, 2026-11-02",
    "npm renamed: 1, 0 exploited, -, 0 without patch, 2026-11-04",
  ]);

  await unlistAdvisories(database, ["x_B-1"], { feed: "osv", ecosystem: "npm", receivedAt: new Date(NOW) });
  await groupAdvisories(database);
  assert.deepEqual(await counted(packages), ["npm renamed: 1, 0 exploited, -, 0 without patch, 2026-11-04"]);
  assert.deepEqual(await database.query("reader", sql`select * from package_to_summarise`), []);
});

withTestDatabase("a catalogue whose packages were not counted before the end is counted by the next", async (database) => {
  await importAndGroup(database, [osvRecord("GHSA-a", "pad", "1.0.0", { aliases: ["CVE-2026-1"] })]);
  let left = 1;
  const stopping: Database = {
    ...database,
    transaction: (actor, work, options) => {
      if (left-- === 0) throw new Error("stopped");
      return database.transaction(actor, work, options);
    },
  };
  await assert.rejects(replaceExploited(stopping, [kevEntry("CVE-2026-1")]), { message: "stopped" });
  await groupAdvisories(database);
  const resumed = await recordDigests(database);
  await replaceExploited(database, []);
  await replaceExploited(database, [kevEntry("CVE-2026-1")]);
  assert.deepEqual(await recordDigests(database), resumed);
});

withTestDatabase("packages are listed by count, or by name from a text on, each once", async (database) => {
  const packages = createPackageService({ database, snapshots: noSnapshot, now: () => NOW });
  const names = ["a", "b", "c", "d", "e", "f"];
  await importAndGroup(
    database,
    names.flatMap((name, at) => Array.from({ length: at % 3 === 0 ? 3 : 1 }, (_, copy) => osvRecord(`GHSA-${name}${copy}`, name, "1.0.0"))),
  );
  await importAndGroup(database, [
    osvRecord("x_PY-1", "", "", { affected: [{ package: { ecosystem: "PyPI", name: "c" }, versions: ["1"] }] }),
  ]);
  const byCount = ["npm a", "npm d", "PyPI c", "npm b", "npm c", "npm e", "npm f"];
  const byName = ["npm a", "npm b", "PyPI c", "npm c", "npm d", "npm e", "npm f"];
  const cases: readonly (readonly [object, readonly string[]])[] = [
    [{}, byCount],
    [{ text: "" }, byCount],
    [{ ecosystem: "npm" }, byCount.filter((name) => name.startsWith("npm"))],
    [{ ecosystem: "PyPI" }, ["PyPI c"]],
    [{ ecosystem: "Go" }, []],
    [{ text: "a" }, byName],
    [{ text: "c" }, byName.slice(2)],
    [{ text: "bb" }, byName.slice(2)],
    [{ text: "c", ecosystem: "npm" }, byName.slice(3)],
    [{ text: "zz" }, []],
  ];
  for (const [query, expected] of cases) {
    for (const limit of [1, 2, 200]) {
      assert.deepEqual(await allPages(packages, { limit, ...query }), expected, `${JSON.stringify(query)} by ${limit}`);
    }
  }
  const { next } = await packages.list({ limit: 1 });
  await assert.rejects(packages.list({ limit: 1, text: "a", after: next }), { code: "input-invalid", place: "query.after" });
  await assert.rejects(packages.list({ limit: 1, after: "x" }), { code: "input-invalid", place: "query.after" });
});

const LODASH = [
  osvRecord("GHSA-a", "lodash", "4.17.19", { aliases: ["CVE-2020-1"], ...SEVERE }),
  osvRecord("x_SAME-1", "lodash", "4.17.20", { aliases: ["CVE-2020-1"] }),
  osvRecord("GHSA-b", "lodash", "4.17.12"),
  osvRecord("GHSA-c", "lodash", "4.17.21"),
  osvRecord("x_ASIDE-1", "lodash", "", {
    affected: [{ package: { ecosystem: "npm", name: "lodash" }, ranges: [{ type: "SEMVER", events: [{ introduced: "first" }] }] }],
  }),
  osvRecord("x_LISTED-1", "lodash", "", { affected: [{ package: { ecosystem: "npm", name: "lodash" }, versions: ["4.0.0", "four"] }] }),
  osvRecord("x_TEXT-1", "lodash", "", { affected: [{ package: { ecosystem: "npm", name: "lodash" }, versions: ["four"] }] }),
  osvRecord("x_SILENT-1", "lodash", "", { affected: [{ package: { ecosystem: "npm", name: "lodash" } }] }),
  osvRecord("x_GONE-1", "lodash", "9.0.0", { withdrawn: "2026-01-01T00:00:00Z" }),
];

withTestDatabase("a package is read with what each vulnerability says of it, or of one version of it, and why", async (database) => {
  await withLodash(database, async (packages) => {
    const whole = await packages.read("npm", "lodash", WHOLE);
    assert.deepEqual(JSON.parse(JSON.stringify(readPackage.answer.parse(whole))), JSON.parse(JSON.stringify(whole)));
    assert.deepEqual(
      [whole.version, whole.upgrade, whole.answer.components, whole.answer.cannotSay, whole.answer.standing?.advisories],
      [undefined, undefined, 0, undefined, 8],
    );
    assert.deepEqual(
      whole.vulnerabilities.map(({ ids, intervals, verdict }) => [ids[0], intervals, verdict]),
      [
        ["CVE-2020-1", ["[0, 4.17.19)", "[0, 4.17.20)"], undefined],
        ["GHSA-b", ["[0, 4.17.12)"], undefined],
        ["GHSA-c", ["[0, 4.17.21)"], undefined],
        ["x_ASIDE-1", [], undefined],
        ["x_LISTED-1", ["=4.0.0", "=four"], undefined],
        ["x_SILENT-1", [], undefined],
        ["x_TEXT-1", ["=four"], undefined],
      ],
    );

    const asked = await packages.read("npm", "lodash", at("4.17.15"));
    assert.deepEqual([asked.version, asked.answer.components], ["4.17.15", 1]);
    assert.deepEqual(
      asked.vulnerabilities.map(({ ids, verdict, why }) => `${ids[0]} ${verdict}: ${why}`),
      [
        "CVE-2020-1 affected: introduced 0 is at or below it, and it lies before fixed 4.17.19",
        "GHSA-c affected: introduced 0 is at or below it, and it lies before fixed 4.17.21",
        'x_ASIDE-1 cannot-compare: introduced "first" has no place in the order: expected a digit at the start, or after a leading v',
        "GHSA-b not-affected: fixed 4.17.12 is at or below it",
        "x_LISTED-1 not-affected: it is not among the listed versions; the nearest below is 4.0.0",
        "x_SILENT-1 not-affected: the record has no range and no version for this package",
        "x_TEXT-1 not-affected: it is not among the versions that the record lists",
      ],
    );
    assert.deepEqual(asked.upgrade, {
      to: "4.17.21",
      sentence: "4.17.21 ends 2 of 2; not checked against the registry",
      commands: ["npm install lodash@4.17.21"],
    });
    assert.deepEqual(verdictsOf(await packages.read("npm", "lodash", at("4.17.19")))["CVE-2020-1"], "affected");
    assert.equal((await packages.read("npm", "lodash", at("4.17.21"))).upgrade, undefined);
  });
});

withTestDatabase(
  "a version that has no place in the order is compared with nothing, but its exact text is still found",
  async (database) => {
    await withLodash(database, async (packages) => {
      const asked = await packages.read("npm", "lodash", at("four"));
      assert.deepEqual(verdictsOf(asked), {
        "x_LISTED-1": "affected",
        "x_TEXT-1": "affected",
        "CVE-2020-1": "cannot-compare",
        "GHSA-b": "cannot-compare",
        "GHSA-c": "cannot-compare",
        "x_ASIDE-1": "cannot-compare",
        "x_SILENT-1": "not-affected",
      });
      for (const row of asked.vulnerabilities) if (row.verdict === "cannot-compare") assert.match(row.why ?? "", /expected a digit/);
      assert.deepEqual(verdictsOf(await packages.read("npm", "lodash", at("five")))["x_TEXT-1"], "cannot-compare");
    });
  },
);

withTestDatabase("a package is read page by page in one order, and each page counts and judges all of it", async (database) => {
  await withLodash(database, async (packages) => {
    await replaceExploited(database, [kevEntry("CVE-2020-1")]);
    for (const version of [undefined, "4.17.15", "four"]) {
      const whole = await packages.read("npm", "lodash", { ...WHOLE, version });
      assert.equal(whole.next, undefined);
      const verdicts = Object.groupBy(whole.vulnerabilities, ({ verdict }) => verdict ?? "none");
      const [affected, cannotCompare, notAffected] = (["affected", "cannot-compare", "not-affected"] as const).map(
        (verdict) => verdicts[verdict]?.length ?? 0,
      );
      const affectedExploited = verdicts["affected"]?.filter(({ exploited }) => exploited).length ?? 0;
      const counts = { vulnerabilities: 7, exploited: 1, withoutPatch: 4 };
      assert.deepEqual(whole.counts, {
        ...counts,
        verdicts: version === undefined ? undefined : { affected, affectedExploited, cannotCompare, notAffected },
      });
      for (const limit of [1, 2, 3, 7]) {
        const rows: unknown[] = [];
        let after: string | undefined;
        do {
          const page = await packages.read("npm", "lodash", { version, after, limit });
          assert.deepEqual([page.counts, page.upgrade], [whole.counts, whole.upgrade]);
          rows.push(...page.vulnerabilities);
          after = page.next;
        } while (after !== undefined);
        assert.deepEqual(rows, whole.vulnerabilities, `${version} by ${limit}`);
      }
    }
    for (const after of ["x", writeCursor([7, "npm", "lodash"])]) {
      await assert.rejects(packages.read("npm", "lodash", { limit: 1, after }), { code: "input-invalid", place: "query.after" });
    }
  });
});

withTestDatabase("what is not known is not called clean: each answer says what its data is worth", async (database) => {
  await withLodash(database, async (packages) => {
    const cases: readonly (readonly [string, string, string | undefined, string | undefined])[] = [
      ["npm", "nothing-here", "1.0.0", undefined],
      ["npm", "nothing-here", undefined, undefined],
      ["Haiku", "lodash", "1.0.0", "no-scheme"],
    ];
    for (const [ecosystem, name, version, cannotSay] of cases) {
      const { answer, vulnerabilities, upgrade } = await packages.read(ecosystem, name, { ...WHOLE, version });
      assert.deepEqual([answer.ecosystem, answer.cannotSay, vulnerabilities, upgrade], [ecosystem, cannotSay, [], undefined]);
    }
  });
  const later = createPackageService({ database, snapshots: noSnapshot, now: () => NOW });
  assert.equal((await later.read("npm", "lodash", WHOLE)).answer.cannotSay, "no-data");
  assert.equal((await later.read("npm", "lodash", at(""))).vulnerabilities.length, 7);
  await assert.rejects(later.read("npm", "lodash", at("4.17.15")), { code: "snapshot-missing" });
});

withTestDatabase(
  "a distribution without its release is read over all of them, and no release's version is recommended",
  async (database) => {
    const held = await openHeldRecords(database);
    try {
      const of = (id: string, release: string, fixed: string) => {
        const ranges = [{ type: "ECOSYSTEM", events: [{ introduced: "0" }, { fixed }] }];
        return osvRecord(id, "", "", { affected: [{ package: { ecosystem: `Debian:${release}`, name: "linux" }, ranges }] });
      };
      await takeRecords(held.syncs, [of("DSA-1", "11", "5.10.2-1"), of("DSA-2", "12", "6.1.2-1")], {
        ecosystem: "Debian",
        statedAt: "2026-11-01",
      });
      const packages = createPackageService({ ...held, now: () => NOW });
      const all = await packages.read("Debian", "linux", at("5.10.1-1"));
      assert.deepEqual(all.releases, ["Debian:11", "Debian:12"]);
      assert.deepEqual([all.upgrade?.to, all.upgrade?.sentence], [undefined, "what ends it differs by release: ask about one"]);
      assert.match(all.caution ?? "", /^the question does not name the release of Debian/);
      const one = await packages.read("Debian:12", "linux", at("6.1.1-1"));
      assert.deepEqual([one.releases, one.caution, one.upgrade?.to], [[], undefined, "6.1.2-1"]);
      assert.match(one.upgrade?.commands[0] ?? "", /^apt-get install --only-upgrade .*linux/);
    } finally {
      await held.close();
    }
  },
);

withTestDatabase("what arrived after the snapshot is not called unaffected, and malware is to be removed", async (database) => {
  const held = await openHeldRecords(database);
  try {
    await takeRecords(held.syncs, [osvRecord("MAL-2026-1", "lodahs", "9.9.9"), osvRecord("GHSA-a", "pad", "1.0.0")], {
      statedAt: "2026-11-01",
      malware: true,
    });
    const packages = createPackageService({ ...held, now: () => NOW + 8 * 24 * 3600 * 1000 });
    const malware = await packages.read("npm", "lodahs", at("1.0.0"));
    assert.deepEqual(
      [malware.upgrade, malware.answer.cannotSay],
      [{ sentence: "lodahs 1.0.0 is malware: remove it", commands: [] }, "stale"],
    );

    await importAndGroup(database, [osvRecord("GHSA-b", "pad", "2.0.0")]);
    assert.deepEqual(
      (await packages.read("npm", "pad", at("1.5.0"))).vulnerabilities.map(({ ids, verdict, why }) => [ids[0], verdict, why]),
      [
        ["GHSA-b", "cannot-compare", "it arrived after this server's snapshot was built; ask again in a moment"],
        ["GHSA-a", "not-affected", "fixed 1.0.0 is at or below it"],
      ],
    );
  } finally {
    await held.close();
  }
});

async function withLodash(database: Database, work: (packages: PackageService, held: HeldRecords) => Promise<void>): Promise<void> {
  const held = await openHeldRecords(database);
  try {
    await takeRecords(held.syncs, LODASH, { statedAt: "2026-11-01" });
    await work(createPackageService({ ...held, now: () => NOW }), held);
  } finally {
    await held.close();
  }
}

function verdictsOf({ vulnerabilities }: Awaited<ReturnType<PackageService["read"]>>): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(vulnerabilities.map(({ ids, verdict }) => [ids[0], verdict]));
}

async function counted(packages: PackageService): Promise<readonly string[]> {
  const answer = await packages.list({ limit: 200 });
  assert.deepEqual(listPackages.answer.parse(answer).rows.length, answer.rows.length);
  return answer.rows.map(
    (row) =>
      `${row.ecosystem} ${row.name}: ${row.vulnerabilities}, ${row.exploited} exploited, ${row.highestScore ?? "-"}, ${row.withoutPatch} without patch, ${new Date(row.newestChangeMs ?? 0).toISOString().slice(0, 10)}`,
  );
}

async function allPages(packages: PackageService, query: Parameters<PackageService["list"]>[0]): Promise<readonly string[]> {
  const names: string[] = [];
  let after: string | undefined;
  do {
    const page = await packages.list({ ...query, after });
    names.push(...page.rows.map((row) => `${row.ecosystem} ${row.name}`));
    after = page.next;
  } while (after !== undefined);
  return names;
}

function kevEntry(cve: string): Parameters<typeof replaceExploited>[1][number] {
  return {
    cve,
    vendor: "v",
    product: "p",
    name: "n",
    dateAdded: "2026-10-04",
    dueDate: "",
    requiredAction: "Update.",
    ransomware: "unknown",
  };
}
