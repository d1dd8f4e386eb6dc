import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { BucketRecord } from "../../../tests/feed-server/bucket-objects.ts";
import { type HeldRecords, openHeldRecords } from "../../../tests/support/held-records.ts";
import { takeRecords } from "../../../tests/support/take-records.ts";
import type { Json } from "../../vocabulary/json.ts";
import { createPackageService } from "../packages/package-service.ts";
import { readOsvBatch, readOsvQuery } from "./osv-query.ts";
import { createOsvService, type OsvService } from "./osv-service.ts";

function record(id: string, affected: readonly (readonly [ecosystem: string, name: string, fixed: string])[]): BucketRecord {
  return {
    schema_version: "1.7.5",
    id,
    modified: "2026-01-02T03:04:05Z",
    affected: affected.map(([ecosystem, name, fixed]) => ({
      package: { ecosystem, name },
      ranges: [{ type: "ECOSYSTEM", events: [{ introduced: "0" }, { fixed }] }],
    })),
  };
}

const debian = [
  record("DSA-1", [
    ["Debian:11", "openssl", "1.1.1w-0"],
    ["Debian:12", "openssl", "3.0.11-1"],
  ]),
  record("DSA-2", [["Debian:12", "openssl", "3.0.13-1"]]),
  record("DSA-3", [["Debian:11", "pam", "1.4.0-9"]]),
];
const pypi = [record("PYSEC-1", [["PyPI", "Zope.Interface", "5.0"]])];

let held: HeldRecords;
let osv: OsvService;
before(async () => {
  held = await openHeldRecords();
  const statedAt = new Date().toISOString();
  await takeRecords(held.syncs, debian, { ecosystem: "Debian", statedAt });
  await takeRecords(held.syncs, pypi, { ecosystem: "PyPI", statedAt });
  const { database, snapshots } = held;
  osv = createOsvService({ database, snapshots, config: { emptyAnswerWithoutEvidence: false }, now: Date.now });
});
after(() => held.close());

async function ids(query: Json): Promise<readonly string[]> {
  return idsIn(await osv.query(readOsvQuery(query)));
}

function idsIn(text: string): readonly string[] {
  const { vulns = [] } = JSON.parse(text) as { readonly vulns?: readonly { readonly id: string }[] };
  return vulns.map(({ id }) => id);
}

describe("the OSV API over a distribution", () => {
  const named = (ecosystem: string, name: string): Json => ({ package: { ecosystem, name } });

  it("finds a package without its release in every release, once an advisory", async () => {
    const cases: readonly (readonly [Json, readonly string[]])[] = [
      [named("Debian", "openssl"), ["DSA-1", "DSA-2"]],
      [named("Debian:12", "openssl"), ["DSA-1", "DSA-2"]],
      [named("Debian:bookworm", "openssl"), ["DSA-1", "DSA-2"]],
      [named("Debian:11", "openssl"), ["DSA-1"]],
      [named("Debian:12", "pam"), []],
      [named("PyPI", "zope_interface"), ["PYSEC-1"]],
      [{ package: { purl: "pkg:deb/debian/libssl3?upstream=openssl&distro=debian-11" } }, ["DSA-1"]],
    ];
    for (const [query, expected] of cases) assert.deepEqual(await ids(query), expected, JSON.stringify(query));
  });

  it("compares a version with what each release says", async () => {
    assert.deepEqual(await ids({ ...(named("Debian", "openssl") as object), version: "3.0.12-1" }), ["DSA-2"]);
    assert.deepEqual(await ids({ ...(named("Debian:11", "openssl") as object), version: "1.1.1v-0" }), ["DSA-1"]);
  });

  it("says of a binary package whose source nobody names that it cannot say, with a version and without", async () => {
    for (const purl of ["pkg:deb/debian/libssl3@3.0.11-1?distro=debian-12", "pkg:deb/debian/libssl3?distro=debian-12"])
      await assert.rejects(ids({ package: { purl } }), { code: "cannot-say", message: /does not name the source package/ });
    assert.deepEqual(await ids({ package: { purl: "pkg:deb/debian/openssl@3.0.12-1?distro=debian-12" } }), ["DSA-2"]);
    assert.deepEqual(await ids({ package: { purl: "pkg:deb/debian/libssl3@3.0.12-1?arch=source&distro=debian-12" } }), []);
  });

  it("takes a batch as one document: where a purl names its source, the others have that of their name", async () => {
    const silent = { package: { purl: "pkg:deb/debian/adduser@3.134?distro=debian-12" } };
    const naming = { package: { purl: "pkg:deb/debian/libssl3@3.0.12-1?upstream=openssl&distro=debian-12" } };
    const answer = await osv.queryBatch(readOsvBatch({ queries: [silent, naming] }));
    const { results } = JSON.parse(answer) as { readonly results: readonly object[] };
    assert.deepEqual(results[0], {});
    assert.deepEqual(idsIn(JSON.stringify(results[1])), ["DSA-2"]);
    await assert.rejects(osv.queryBatch(readOsvBatch({ queries: [silent] })), { code: "cannot-say", message: /at index 0/ });
  });
});

describe("a package of a distribution", () => {
  const page = (ecosystem: string, name: string, version?: string) =>
    createPackageService({ ...held, now: Date.now }).read(ecosystem, name, { version, limit: 50 });

  it("is shown without its release with what every release says, and with that in mind", async () => {
    const whole = await page("Debian", "openssl");
    assert.deepEqual(whole.vulnerabilities.map(({ ids: [id] }) => id).toSorted(), ["DSA-1", "DSA-2"]);
    assert.match(whole.caution ?? "", /does not name the release of Debian/);
    const one = await page("Debian", "openssl", "3.0.12-1");
    assert.deepEqual(
      new Map(one.vulnerabilities.map(({ ids: [id], verdict }) => [id, verdict])),
      new Map([
        ["DSA-2", "affected"],
        ["DSA-1", "not-affected"],
      ]),
    );
    // A version of another release would be none that the machine can install.
    assert.deepEqual(one.upgrade, { sentence: "what ends it differs by release: ask about one", commands: [] });
    assert.equal((await page("Debian:12", "openssl", "3.0.12-1")).upgrade?.to, "3.0.13-1");
  });

  it("is shown of one release with what that says, by number and by code name", async () => {
    for (const ecosystem of ["Debian:11", "Debian:bullseye"]) {
      const { vulnerabilities, caution } = await page(ecosystem, "openssl", "1.1.1v-0");
      assert.deepEqual(
        vulnerabilities.map(({ ids: [id], verdict }) => [id, verdict]),
        [["DSA-1", "affected"]],
        ecosystem,
      );
      assert.equal(caution, undefined);
    }
  });

  it("of a release that no advisory is about is shown with that said", async () => {
    const { vulnerabilities, caution } = await page("Debian:9", "openssl", "1.0-1");
    assert.deepEqual([vulnerabilities, caution], [[], "no advisory is about the release 9 of Debian"]);
  });

  it("is listed under its distribution, page by page, by count and by name", async () => {
    const packages = createPackageService({ ...held, now: Date.now });
    for (const [text, order] of [
      [undefined, ["Debian:12 openssl", "Debian:11 openssl", "Debian:11 pam"]],
      ["o", ["Debian:11 openssl", "Debian:12 openssl", "Debian:11 pam"]],
    ] as const) {
      const seen: string[] = [];
      let after: string | undefined;
      do {
        const { rows, next } = await packages.list({ ecosystem: "Debian", text, after, limit: 1 });
        seen.push(...rows.map(({ ecosystem, name }) => `${ecosystem} ${name}`));
        after = next;
      } while (after !== undefined);
      assert.deepEqual(seen, order);
    }
    const { rows } = await packages.list({ ecosystem: "Debian:bookworm", limit: 10 });
    assert.deepEqual(
      rows.map(({ ecosystem, name }) => `${ecosystem} ${name}`),
      ["Debian:12 openssl"],
    );
  });
});
