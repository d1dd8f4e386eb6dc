import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import type { BucketRecord } from "../../../tests/feed-server/bucket-objects.ts";
import { takeRecords } from "../../../tests/support/take-records.ts";
import { appOf, type HeldRecords, openHeldRecords } from "../../../tests/support/held-records.ts";
import { npmBulkAdvisories, npmEndpoints } from "../../contract/endpoints/npm-audit.ts";
import type { Json } from "../../vocabulary/json.ts";
import type { App } from "../app.ts";
import { npmAuditRoutes } from "./npm-audit-routes.ts";
import { createNpmAuditService } from "./npm-audit-service.ts";

const HIGH = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N";
const CRITICAL = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
const MEDIUM = "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:N/A:N";
const LOW = "CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N";
const NONE = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N";

type More = { readonly [key: string]: Json };

function record(id: string, name: string, fixed: string, more: More = {}): BucketRecord {
  const affected = [{ package: { ecosystem: "npm", name }, ranges: [{ type: "SEMVER", events: [{ introduced: "0" }, { fixed }] }] }];
  return { id, modified: "2026-01-02T03:04:05Z", summary: `Title of ${id}`, affected, ...more };
}

function scored(vector: string): More {
  return { severity: [{ type: "CVSS_V3", score: vector }] };
}

const elsewhere = (id: string, aliases: readonly string[], more: More): BucketRecord =>
  record(id, "another-package", "1.0.0", { aliases, ...more });

const records: readonly BucketRecord[] = [
  record("GHSA-high-high-high", "prophet", "1.2.0", { ...scored(HIGH), database_specific: { cwe_ids: ["CWE-79", "CWE-80"] } }),
  record("x_OTHER-1", "prophet", "1.3.0", { aliases: ["GHSA-high-high-high"] }),
  record("CVE-2026-2000", "prophet", "1.2.5", { aliases: ["GHSA-high-high-high"], ...scored(LOW) }),
  record("x_OTHER-2", "prophet", "1.1.0", { ...scored(LOW), summary: "" }),
  record("x_OTHER-3", "alias-named", "1.0.0", { aliases: ["GHSA-held-else-wher"] }),
  record("MAL-2026-1", "attack", "9999.0.0"),
  record("x_CRITICAL", "critical", "1.0.0", scored(CRITICAL)),
  record("x_MEDIUM", "medium", "1.0.0", scored(MEDIUM)),
  record("x_NONE", "none", "1.0.0", scored(NONE)),
  record("x_UNSCORED", "unscored", "1.0.0"),
  record("x_ODD", "odd", "1.0.0", { severity: [{ type: "CVSS_V3", score: "not a vector" }] }),
  record("x_TOLD", "told", "1.0.0", { aliases: ["CVE-2026-1000"] }),
  elsewhere("x_TELLS", ["CVE-2026-1000"], scored(CRITICAL)),
  record("x_OPAQUE", "opaque", "soon"),
  record("x_LISTED", "listed", "1.0.0", { affected: [{ package: { ecosystem: "npm", name: "listed" }, versions: ["2.0.0", "nightly"] }] }),
  record("x_FOUR", "four", "1.2.3.4"),
  record("GHSA-with-draw-nnnn", "withdrawn", "1.0.0", { withdrawn: "2026-01-03T00:00:00Z" }),
];

type Ask = ReturnType<typeof asking>;
type Answer = { readonly status: number; readonly body: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> };

let held: HeldRecords;
const apps: App[] = [];
before(async () => {
  held = await openHeldRecords();
  await takeRecords(held.syncs, records, { statedAt: new Date().toISOString(), malware: true });
  const config = { emptyAnswerWithoutEvidence: false, publicUrl: undefined, tls: undefined };
  const parts = { snapshots: held.snapshots, config, now: Date.now };
  const later = { ...parts, now: () => Date.now() + 8 * 24 * 60 * 60 * 1000 };
  const overruled = { ...later, config: { ...config, emptyAnswerWithoutEvidence: true, publicUrl: "https://sluice.test/" } };
  for (const each of [parts, later, overruled]) apps.push(await appOf(npmEndpoints, npmAuditRoutes(createNpmAuditService(each))));
});
after(async () => {
  for (const app of apps) await app.close();
  await held.close();
});

const [current, stale, overruled] = [0, 1, 2].map((index) =>
  asking(() => {
    const app = apps[index];
    assert.ok(app !== undefined);
    return app;
  }),
) as [Ask, Ask, Ask];

describe("npm's bulk audit over current data", () => {
  const ask = current;
  const first = async (name: string, version: string): Promise<Readonly<Record<string, unknown>> | undefined> =>
    (await ask({ [name]: [version] })).body[name]?.[0];

  it("names a vulnerability once, by its GHSA, with what all its statements say together", async () => {
    const { status, body } = await ask({ prophet: ["1.1.5", "3.0.0"], "unheard-of": ["1.0.0"] });
    assert.equal(status, 200);
    const { id, ...rest } = body["prophet"]?.[0] ?? {};
    assert.deepEqual(
      [Object.keys(body), body["prophet"]?.length, rest],
      [
        ["prophet"],
        1,
        {
          url: "https://github.com/advisories/GHSA-high-high-high",
          title: "Title of GHSA-high-high-high",
          severity: "high",
          vulnerable_versions: "<1.3.0",
          cwe: ["CWE-79", "CWE-80"],
          cvss: { score: 7.5, vectorString: HIGH },
        },
      ],
    );
    assert.ok(Number.isSafeInteger(id) && String(id).length <= 13);
  });

  it("gives a vulnerability the same number whichever of its versions is asked about", async () => {
    assert.equal((await first("prophet", "1.1.5"))?.["id"], (await first("prophet", "1.2.5"))?.["id"]);
  });

  it("names several vulnerabilities of a package", async () => {
    assert.deepEqual((await ask({ prophet: ["1.0.0"] })).body["prophet"]?.map((each) => each["title"]).sort(), [
      "Title of GHSA-high-high-high",
      "x_OTHER-2",
    ]);
  });

  it("links to the GHSA that is an alias, otherwise to the page here", async () => {
    assert.equal((await first("alias-named", "0.1.0"))?.["url"], "https://github.com/advisories/GHSA-held-else-wher");
    assert.equal((await first("medium", "0.1.0"))?.["url"], "http://localhost:8080/vulnerabilities/x_MEDIUM");
    assert.equal((await overruled({ medium: ["0.1.0"] })).body["medium"]?.[0]?.["url"], "https://sluice.test/vulnerabilities/x_MEDIUM");
  });

  const severities: readonly (readonly [name: string, severity: string, why: string])[] = [
    ["critical", "critical", "its score"],
    ["medium", "moderate", "its score, in npm's word"],
    ["none", "info", "its score of 0"],
    ["attack", "critical", "being malware"],
    ["unscored", "high", "having no score: not known is not low"],
    ["odd", "high", "having a vector that is none"],
    ["told", "critical", "the score of another statement about the same vulnerability"],
  ];
  for (const [name, severity, why] of severities) {
    it(`calls ${name} ${severity} for ${why}`, async () => assert.equal((await first(name, "0.1.0"))?.["severity"], severity));
  }

  it("says at least what was asked where npm has no words for the range", async () => {
    assert.equal((await first("four", "1.2.3"))?.["vulnerable_versions"], "=1.2.3");
    assert.equal((await first("listed", "2.0.0"))?.["vulnerable_versions"], "=2.0.0");
    assert.equal((await first("listed", "nightly"))?.["vulnerable_versions"], "=2.0.0");
  });

  it("answers nothing where the data can say so", async () => {
    assert.deepEqual(await ask({ prophet: ["1.3.0"], withdrawn: ["0.1.0"], "unheard-of": ["1.0.0", "not a version"] }), {
      status: 200,
      body: {},
    });
    assert.deepEqual(await ask({}), { status: 200, body: {} });
  });

  it("takes names that objects have of themselves as any other", async () => {
    assert.deepEqual(await ask({ constructor: ["1.0.0"], hasOwnProperty: ["1.0.0"], toString: ["1.0.0"] }), { status: 200, body: {} });
  });

  it("takes gzip, as npm and bun send it", async () => {
    const { body } = await ask(gzipSync(JSON.stringify({ medium: ["0.1.0"] })), { "content-encoding": "gzip" });
    assert.deepEqual(Object.keys(body), ["medium"]);
  });

  for (const [name, version] of [
    ["opaque", "1.0.0"],
    ["prophet", "not a version"],
  ] as const) {
    it(`does not say that it found nothing of ${name} ${version}, which cannot be compared`, async () => {
      const alone = await ask({ [name]: [version] });
      assert.deepEqual([alone.status, alone.body["code"]], [503, "cannot-say"]);
      assert.match(String(alone.body["error"]), new RegExp(`^Nothing was found, but not everything could be compared: ${name} ${version}`));
      assert.deepEqual(Object.keys((await ask({ [name]: [version], medium: ["0.1.0"] })).body), ["medium"]);
    });
  }

  const refused: readonly (readonly [title: string, payload: Json | Buffer, status: number])[] = [
    ["what is no JSON", Buffer.from("lodash"), 400],
    ["a list", [], 400],
    ["versions that are no list", { lodash: "1.0.0" }, 400],
    ["a version that is no text", { lodash: [1] }, 400],
    ["a key that reaches for prototypes", Buffer.from(`{"__proto__":["1.0.0"]}`), 400],
    ["nesting without end", Buffer.from("[".repeat(100_000)), 400],
    ["bytes that are not UTF-8", Buffer.from([0x7b, 0xff, 0x7d]), 400],
    ["a body above its limit", Buffer.alloc(npmBulkAdvisories.bodyLimitBytes + 1, " "), 413],
  ];
  for (const [title, payload, status] of refused) {
    it(`refuses ${title} in words that npm prints`, async () => {
      const answer = await ask(payload);
      assert.equal(answer.status, status);
      assert.equal(typeof answer.body["error"], "string");
    });
  }
});

describe("npm's bulk audit without evidence", () => {
  it("does not say that it found nothing", async () => {
    const { status, body } = await stale({ "unheard-of": ["1.0.0"] });
    assert.deepEqual(
      [status, body],
      [503, { error: "The npm data is over 7 days old. An administrator runs: sluice sync npm", code: "cannot-say", statusCode: 503 }],
    );
  });

  it("sends what it finds, also beside what it cannot say", async () => {
    const { status, body } = await stale({ "unheard-of": ["1.0.0"], medium: ["0.1.0"] });
    assert.deepEqual([status, Object.keys(body)], [200, ["medium"]]);
  });

  it("sends an empty answer all the same where the administrator wants it", async () => {
    assert.deepEqual(await overruled({ "unheard-of": ["1.0.0"], opaque: ["1.0.0"] }), { status: 200, body: {} });
  });

  it("says that there is no data before any was taken", () => {
    const audits = createNpmAuditService({
      snapshots: { current: () => undefined },
      config: { emptyAnswerWithoutEvidence: false, publicUrl: undefined, tls: undefined },
      now: Date.now,
    });
    assert.throws(() => audits.bulk({ lodash: ["1.0.0"] }, "localhost"), { code: "cannot-say", message: /^No data for npm/ });
    assert.deepEqual(audits.bulk({}, "localhost"), {});
  });
});

/** How to ask an app that is there only once the tests run. */
function asking(app: () => App) {
  return async (body: Json | Buffer, headers: Readonly<Record<string, string>> = {}): Promise<Answer> => {
    const answer = await app().inject({
      method: "POST",
      url: npmBulkAdvisories.path,
      headers: { "content-type": "application/json", host: "localhost:8080", ...headers },
      payload: Buffer.isBuffer(body) ? body : JSON.stringify(body),
    });
    return { status: answer.statusCode, body: answer.json() };
  };
}
