import type { AnswerOf } from "../../contract/endpoint.ts";
import type { npmBulkAdvisories } from "../../contract/endpoints/npm-audit.ts";
import type { Matcher } from "../../matching/match.ts";
import { compareIds } from "../../matching/scan/ranking.ts";
import type { AdvisoryFacts, Snapshot } from "../../matching/snapshot/snapshot.ts";
import { exactClause, vulnerableVersions } from "./vulnerable-versions.ts";

export type NpmAdvisory = AnswerOf<typeof npmBulkAdvisories>[string][number];

/** What is known of one package's versions. */
export type PackageAudit = {
  readonly advisories: readonly NpmAdvisory[];
  /** Why some of it could not be compared; undefined = all of it was. */
  readonly notCompared: string | undefined;
};

export type AuditedPackage = { readonly name: string; readonly versions: readonly string[] };

export type AdvisoryWords = {
  /** The highest score any statement about the vulnerability has. */
  readonly scoreOf: (vulnerability: number) => number | undefined;
  /** The console's page of an id. */
  readonly pageOf: (id: string) => string;
};

const NPM = "npm";
const NOT_AUDITED: PackageAudit = { advisories: [], notCompared: undefined };

/** One advisory a vulnerability that any of the versions has, however many sources describe it. */
export function auditPackage(snapshot: Snapshot, match: Matcher, { name, versions }: AuditedPackage, words: AdvisoryWords): PackageAudit {
  const index = snapshot.findPackage(NPM, name);
  if (index < 0) return NOT_AUDITED;
  const hitVersions = new Map<number, string[]>();
  let notCompared: string | undefined;
  for (const version of new Set(versions)) {
    const outcome = match({ ecosystem: NPM, name, version });
    if (outcome.kind === "cannot-compare") notCompared ??= `${name} ${version}: ${outcome.reason}`.slice(0, 400);
    else if (outcome.setAside[0] !== undefined) {
      const { advisory, reason } = outcome.setAside[0];
      notCompared ??= `${name} ${version} and ${snapshot.advisoryId(advisory)}: ${reason}`.slice(0, 400);
    }
    for (const vulnerability of new Set(outcome.hits.map((hit) => snapshot.advisoryVulnerability(hit.advisory)))) {
      const known = hitVersions.get(vulnerability);
      if (known === undefined) hitVersions.set(vulnerability, [version]);
      else known.push(version);
    }
  }
  const advisories = [...hitVersions].map(([vulnerability, hit]) => npmAdvisory(snapshot, index, vulnerability, hit, words));
  return { advisories: advisories.toSorted((a, b) => a.id - b.id), notCompared };
}

function npmAdvisory(
  snapshot: Snapshot,
  packageIndex: number,
  vulnerability: number,
  hitVersions: readonly string[],
  words: AdvisoryWords,
): NpmAdvisory {
  const facts = advisoriesOf(snapshot, packageIndex, vulnerability, hitVersions)
    .map((advisory) => snapshot.advisory(advisory))
    .toSorted((a, b) => Number(!isGhsa(a.id)) - Number(!isGhsa(b.id)) || compareIds(a.id, b.id));
  const [first, ...others] = facts;
  if (first === undefined) throw new Error("invariant broken: a version was hit by no advisory");
  const scored = facts.find((fact) => fact.score !== undefined && fact.vector !== "");
  const weaknesses = [...new Set(facts.flatMap((fact) => fact.weaknesses))];
  const ghsa = [first.id, ...first.vulnerabilityIds].find(isGhsa);
  return {
    id: first.number,
    url: ghsa === undefined ? words.pageOf(first.id) : `https://github.com/advisories/${ghsa}`,
    title: [first, ...others].find(({ title }) => title !== "")?.title ?? first.vulnerabilityIds[0] ?? first.id,
    severity: severityOf(facts, words.scoreOf(vulnerability)),
    vulnerable_versions: rangeOf(snapshot, packageIndex, vulnerability, hitVersions),
    ...(weaknesses.length === 0 ? {} : { cwe: weaknesses }),
    ...(scored?.score === undefined ? {} : { cvss: { score: scored.score, vectorString: scored.vector } }),
  };
}

/** The statements about the vulnerability that name the package, whether by a range or by listing one of the versions. */
function advisoriesOf(snapshot: Snapshot, packageIndex: number, vulnerability: number, versions: readonly string[]): readonly number[] {
  const naming = [
    ...snapshot.rowsOf(packageIndex).map((row) => snapshot.rowAdvisory(row)),
    ...versions.flatMap((version) => snapshot.advisoriesListing(packageIndex, version)),
  ];
  return [...new Set(naming)].filter((advisory) => snapshot.advisoryVulnerability(advisory) === vulnerability);
}

/** What npm is told is affected: all of it where npm has words for it, otherwise at least the versions it asked about. */
function rangeOf(snapshot: Snapshot, packageIndex: number, vulnerability: number, hitVersions: readonly string[]): string {
  const rows = snapshot.rowsOf(packageIndex).filter((row) => snapshot.advisoryVulnerability(snapshot.rowAdvisory(row)) === vulnerability);
  const { clauses, unspelled } = vulnerableVersions(snapshot, rows);
  const isListed = hitVersions.some((version) =>
    snapshot.advisoriesListing(packageIndex, version).some((advisory) => snapshot.advisoryVulnerability(advisory) === vulnerability),
  );
  const exact = unspelled.length > 0 || isListed ? hitVersions.flatMap((version) => exactClause(version) ?? []) : [];
  const all = [...new Set([...clauses, ...exact])];
  return all.length === 0 ? hitVersions.join(" || ") : all.join(" || ");
}

/**
 * npm counts by this word, and fails by it. Malware has no score and is never less than critical. Without any score it is high, as npm itself takes an
 * advisory without a severity, and critical when it is known to be exploited.
 */
function severityOf(facts: readonly AdvisoryFacts[], vulnerabilityScore: number | undefined): NpmAdvisory["severity"] {
  if (facts.some(({ kind }) => kind === "malware")) return "critical";
  const score = facts.find((fact) => fact.score !== undefined)?.score ?? vulnerabilityScore;
  if (score === undefined) return facts.some(({ exploited }) => exploited) ? "critical" : "high";
  if (score < 0.1) return "info";
  if (score < 4) return "low";
  if (score < 7) return "moderate";
  return score < 9 ? "high" : "critical";
}

function isGhsa(id: string): boolean {
  return id.startsWith("GHSA-");
}
