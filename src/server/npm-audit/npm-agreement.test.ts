import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { parse, Range, satisfies } from "semver";
import { openHeldRecords, type HeldRecords } from "../../../tests/support/held-records.ts";
import { takeDirectory } from "../../../tests/support/take-records.ts";
import { npm } from "../../matching/ecosystems/npm/npm.ts";
import { createMatcher } from "../../matching/match.ts";
import type { Snapshot } from "../../matching/snapshot/snapshot.ts";
import { createNpmAuditService, type NpmAuditService } from "./npm-audit-service.ts";

const feeds = process.env["SLUICE_FEEDS"];
const asNpmReads = { includePrerelease: true, loose: true };

describe("npm's reading of every advisory of the feed", { skip: feeds === undefined && "SLUICE_FEEDS is not set" }, () => {
  let held: HeldRecords;
  let audits: NpmAuditService;
  before(async () => {
    held = await openHeldRecords();
    await takeDirectory(held.syncs, join(feeds ?? "", "osv"), { statedAt: new Date().toISOString(), malware: true });
    audits = createNpmAuditService({
      snapshots: held.snapshots,
      config: { emptyAnswerWithoutEvidence: true, publicUrl: undefined, tls: undefined },
      now: Date.now,
    });
  });
  after(() => held.close());

  it("is ours, at every bound and around it", () => {
    const { snapshot } = held.snapshots.require();
    const match = createMatcher(snapshot, () => npm);
    let compared = 0;
    for (let index = 0; index < snapshot.packageCount; index++) {
      if (snapshot.packageEcosystem(index) !== "npm") continue;
      const name = snapshot.packageName(index);
      const versions = boundaryVersions(snapshot, index);
      const answers = audits.bulk({ [name]: versions }, "localhost")[name] ?? [];
      for (const version of versions) {
        const hits = match({ ecosystem: "npm", name, version }).hits.map(({ advisory }) => snapshot.advisoryVulnerability(advisory));
        const read = answers.filter(({ vulnerable_versions: range }) => satisfies(version, range, asNpmReads));
        assert.equal(
          read.length,
          new Set(hits).size,
          `${name} ${version} in ${answers.map(({ vulnerable_versions: range }) => range).join(" and in ")}`,
        );
        compared++;
      }
      for (const { vulnerable_versions: range, title, severity } of answers) {
        assert.doesNotThrow(() => new Range(range, asNpmReads));
        assert.ok(title !== "" && severity.length > 0);
      }
    }
    assert.ok(compared > 5000, `compared ${compared}`);
  });
});

/** Every bound of the package, its neighbours and prereleases, as far as npm takes them for versions. */
function boundaryVersions(snapshot: Snapshot, index: number): string[] {
  const versions = new Set(["0.0.0", "0.0.0-0", "9999.0.0"]);
  for (const row of snapshot.rowsOf(index)) {
    const { loText, hiText } = snapshot.row(row);
    for (const bound of [loText, hiText]) {
      const parsed = bound === undefined ? null : parse(bound, asNpmReads);
      if (parsed === null) continue;
      const { major, minor, patch, prerelease } = parsed;
      const whole = `${major}.${minor}.${patch}`;
      for (const version of [
        parsed.version,
        whole,
        `${whole}-0`,
        `${whole}-rc.1`,
        `${major}.${minor}.${patch + 1}`,
        `${major}.${minor}.${patch + 1}-0`,
        `${whole}+build`,
      ])
        versions.add(version);
      if (patch > 0) versions.add(`${major}.${minor}.${patch - 1}`);
      if (prerelease.length > 0) versions.add(`${parsed.version}.0`);
    }
  }
  return [...versions];
}
