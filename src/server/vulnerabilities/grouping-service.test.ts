import assert from "node:assert/strict";
import { withTestDatabase } from "../../../tests/database/test-database.ts";
import { importAndGroup, importOnly } from "../../../tests/support/import-and-group.ts";
import { manyRecords, osvRecord } from "../../../tests/support/osv-records.ts";
import { recordDigests } from "../../../tests/support/record-digest.ts";
import type { KevEntry } from "../../formats/kev/kev.ts";
import { unlistAdvisories } from "../advisories/advisory-store.ts";
import type { Database } from "../database/database.ts";
import { openEmbedded } from "../database/open-embedded.ts";
import { sql } from "../database/sql.ts";
import { replaceExploited } from "../exploited/exploited-store.ts";
import { MAX_GROUP_MEMBERS } from "./alias-groups.ts";
import { groupAdvisories, type GroupingBatches } from "./grouping-service.ts";
import { surrogateOf } from "./grouping-store.ts";

const SMALL: GroupingBatches = { lone: 7, waiting: 5, groups: 2 };

withTestDatabase("advisories that name one another become one vulnerability, which goes by all their ids", async (database) => {
  await importAndGroup(database, [
    osvRecord("GHSA-b", "left-pad", "1.3.0", {
      aliases: ["CVE-2026-1"],
      summary: "From GitHub",
      database_specific: { cwe_ids: ["CWE-79"] },
    }),
    osvRecord("x_OTHER-1", "left-pad", "1.3.1", { aliases: ["CVE-2026-1"], summary: "From elsewhere", modified: "2026-11-02T00:00:00Z" }),
    osvRecord("x_ALONE-1", "right-pad", "2.0.0", { upstream: ["CVE-2026-1"], related: ["GHSA-b"] }),
  ]);
  assert.deepEqual(await readVulnerabilities(database), [
    `${surrogateOf("GHSA-b")} From GitHub: CVE-2026-1 GHSA-b x_OTHER-1; 2026-11-02`,
    `${surrogateOf("x_ALONE-1")} right-pad is affected: x_ALONE-1; 2026-11-01`,
  ]);
  assert.equal(await holderOf(database, "CVE-2026-1"), surrogateOf("GHSA-b"));
  assert.deepEqual(await facetsOf(database, surrogateOf("GHSA-b")), ["CWE-79", "ecosystem npm", "package left-pad"]);
});

withTestDatabase(
  "vulnerabilities join and split with their advisories' aliases, and an id that was merged away still leads somewhere",
  async (database) => {
    const a = osvRecord("GHSA-a", "pad", "1.0.0");
    const b = osvRecord("GHSA-b", "pad", "1.0.0");
    await importAndGroup(database, [a, b]);
    assert.equal((await readVulnerabilities(database)).length, 2);

    const joined = { ...b, aliases: ["GHSA-a", "CVE-2026-9"], modified: "2026-11-03T00:00:00Z" };
    await importAndGroup(database, [joined]);
    assert.deepEqual(await readVulnerabilities(database), [
      `${surrogateOf("GHSA-a")} pad is affected: CVE-2026-9 GHSA-a GHSA-b; 2026-11-03`,
    ]);
    assert.deepEqual(await readRedirects(database), [`${surrogateOf("GHSA-b")} > ${surrogateOf("GHSA-a")}`]);
    assert.equal(await holderOf(database, "GHSA-b"), surrogateOf("GHSA-a"));

    await importAndGroup(database, [{ ...b, modified: "2026-11-04T00:00:00Z" }]);
    assert.equal((await readVulnerabilities(database)).length, 2);
    assert.deepEqual(await readRedirects(database), []);
    assert.equal(await holderOf(database, "GHSA-b"), surrogateOf("GHSA-b"));
    assert.equal(await holderOf(database, "CVE-2026-9"), undefined);
  },
);

withTestDatabase("redirects are one step long however often a vulnerability is merged", async (database) => {
  const plain = ["c", "b", "a"].map((letter) => osvRecord(`GHSA-${letter}`, "pad", "1.0.0"));
  await importAndGroup(database, plain);
  await importAndGroup(database, [osvRecord("GHSA-c", "pad", "1.0.0", { aliases: ["GHSA-b"] })]);
  await importAndGroup(database, [osvRecord("GHSA-b", "pad", "1.0.0", { aliases: ["GHSA-a"] })]);
  assert.deepEqual(
    await readRedirects(database),
    [`${surrogateOf("GHSA-b")} > ${surrogateOf("GHSA-a")}`, `${surrogateOf("GHSA-c")} > ${surrogateOf("GHSA-a")}`].toSorted(),
  );
});

withTestDatabase("what is withdrawn or gone says nothing any more, until nothing else is left", async (database) => {
  const severe = {
    severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" }],
    summary: "Severe",
    aliases: ["CVE-2026-1"],
  };
  const mild = {
    severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N" }],
    summary: "Mild",
    aliases: ["CVE-2026-1"],
  };
  const receivedAt = new Date("2026-11-05T00:00:00Z");
  await importAndGroup(database, [osvRecord("GHSA-a", "pad", "1.0.0", severe), osvRecord("x_B-1", "padding", "1.0.0", mild)]);
  const read = async (): Promise<unknown> => {
    const rows = await database.query(
      "reader",
      sql`select title, score, withdrawn, words @@ search_query('pad severe') as finds from vulnerability`,
    );
    return { ...rows[0], facets: await facetsOf(database, surrogateOf("GHSA-a")) };
  };
  const both = ["ecosystem npm", "package pad", "package padding"];
  assert.deepEqual(await read(), { title: "Severe", score: 9.8, withdrawn: false, finds: true, facets: both });

  await importAndGroup(database, [
    osvRecord("GHSA-a", "pad", "1.0.0", { ...severe, withdrawn: "2026-11-04T00:00:00Z", modified: "2026-11-04T00:00:00Z" }),
  ]);
  assert.deepEqual(await read(), {
    title: "Mild",
    score: 5.3,
    withdrawn: false,
    finds: false,
    facets: ["ecosystem npm", "package padding"],
  });

  await unlistAdvisories(database, ["x_B-1"], { feed: "osv", ecosystem: "npm", receivedAt });
  await groupAdvisories(database);
  assert.deepEqual(await read(), { title: "Severe", score: 9.8, withdrawn: true, finds: true, facets: both });
});

withTestDatabase("a group too large to be believed is noted among the problems, and forgotten when it is mended", async (database) => {
  const claims = Array.from({ length: MAX_GROUP_MEMBERS + 1 }, (_, at) =>
    osvRecord(`GHSA-${at + 10}`, "pad", "1.0.0", { aliases: ["CVE-2026-1"] }),
  );
  await importAndGroup(database, claims);
  assert.equal((await readVulnerabilities(database)).length, MAX_GROUP_MEMBERS + 1);
  assert.equal(await holderOf(database, "CVE-2026-1"), undefined);
  const problems = sql`select record_id, reason from feed_problem where feed = 'aliases'`;
  assert.deepEqual(await database.query("reader", problems), [
    {
      record_id: "GHSA-10",
      reason: `${MAX_GROUP_MEMBERS + 1} advisories with ${MAX_GROUP_MEMBERS + 2} ids between them claim to be one vulnerability; they stand alone until the source mends it`,
    },
  ]);

  await importAndGroup(database, [osvRecord("GHSA-42", "pad", "1.0.0", { modified: "2026-11-09T00:00:00Z" })]);
  assert.deepEqual(await database.query("reader", problems), []);
  assert.equal((await readVulnerabilities(database)).length, 2);
});

withTestDatabase("a grouping that is stopped after any transaction and begun again ends with the same record", async (database) => {
  const records = manyRecords(40);
  const changed = records
    .filter((_, at) => at % 5 < 2)
    .map((record, at) => ({ ...record, aliases: at % 3 === 0 ? [] : [`CVE-2026-${10_000 + at}`], modified: "2026-11-05T00:00:00Z" }));
  const kev = records.slice(0, 6).flatMap((record) => (record["aliases"] as readonly string[]).map((cve) => entryOf(cve)));
  const whole = await openEmbedded({ directory: undefined });
  try {
    for (const [target, group] of [
      [whole, (target: Database) => groupAdvisories(target)],
      [database, groupInPieces],
    ] as const) {
      await importOnly(target, records);
      await group(target);
      await replaceExploited(target, kev);
      await importOnly(target, changed);
      await group(target);
    }
    assert.deepEqual(await recordDigests(database), await recordDigests(whole));
  } finally {
    await whole.close();
  }
});

withTestDatabase(
  "a record of any size is grouped and found by its first words, and its title stays one that can be shown",
  async (database) => {
    const aliases = Array.from({ length: 20_000 }, (_, at) => `x_ALIAS-${at}-${"é".repeat(20)}`);
    const affected = Array.from({ length: 60 }, (_, at) => ({ package: { ecosystem: "npm", name: `${"é".repeat(490)}-${at}` } }));
    const summary = `first ${Array.from({ length: 100_000 }, (_, at) => `word${at}`).join(" ")}`;
    await importAndGroup(database, [osvRecord("GHSA-a", "", "", { summary, aliases, affected }), osvRecord("GHSA-b", "pad", "1.0.0")]);
    const found = sql`select length(title) as title, cardinality(names) as names from vulnerability where words @@ search_query('first word7')`;
    assert.deepEqual(await database.query("reader", found), [{ title: 500, names: 20_001 }]);
  },
);

/** Stops after the first transaction, begins again and stops after the second, and so on to the end. */
async function groupInPieces(database: Database): Promise<void> {
  for (let transactions = 1; ; transactions++) {
    let left = transactions;
    const stopping: Database = {
      ...database,
      transaction: (actor, work, options) => {
        if (left-- === 0) throw new Error("stopped");
        return database.transaction(actor, work, options);
      },
    };
    try {
      await groupAdvisories(stopping, () => {}, { ...SMALL, lone: 100 });
      return;
    } catch (error) {
      if (!(error instanceof Error) || error.message !== "stopped") throw error;
    }
  }
}

function entryOf(cve: string): KevEntry {
  return {
    cve,
    vendor: "v",
    product: "p",
    name: "n",
    dateAdded: "2026-01-01",
    dueDate: "",
    requiredAction: "patch",
    ransomware: "unknown",
  };
}

async function readVulnerabilities(database: Database): Promise<readonly string[]> {
  const rows = await database.query<{ id: string; title: string; names: readonly string[]; modified_at: Date }>(
    "reader",
    sql`select id, title, names, modified_at from vulnerability order by names[1] collate "C"`,
  );
  return rows.map(({ id, title, names, modified_at }) => `${id} ${title}: ${names.join(" ")}; ${modified_at.toISOString().slice(0, 10)}`);
}

async function readRedirects(database: Database): Promise<readonly string[]> {
  const rows = await database.query<{ from_id: string; to_id: string }>(
    "reader",
    sql`select from_id, to_id from vulnerability_redirect order by from_id`,
  );
  return rows.map(({ from_id, to_id }) => `${from_id} > ${to_id}`);
}

async function holderOf(database: Database, name: string): Promise<string | undefined> {
  const rows = await database.query<{ vulnerability_id: string }>(
    "reader",
    sql`select vulnerability_id from vulnerability_name where name = ${name}`,
  );
  return rows[0]?.vulnerability_id;
}

async function facetsOf(database: Database, vulnerability: string): Promise<readonly string[]> {
  const rows = await database.query<{ facet: string }>(
    "reader",
    sql`select facet from vulnerability_facet where vulnerability_id = ${vulnerability} order by facet`,
  );
  return rows.map(({ facet }) => facet);
}
