import type { AnswerOf } from "../../contract/endpoint.ts";
import type { readPackage } from "../../contract/endpoints/record.ts";
import { affectedText } from "../../matching/scan/affected-text.ts";
import { compareIds, UNSCORED_RANK } from "../../matching/scan/ranking.ts";
import type { Database } from "../database/database.ts";
import { readCursor, writeCursor } from "../page-cursor.ts";
import { shownIntervals } from "../vulnerabilities/statement-answer.ts";
import { listVulnerabilitiesById } from "../vulnerabilities/vulnerability-row.ts";
import { type NamedVulnerability, type PackageStatement, readPackageStatements, readVulnerabilitiesNaming } from "./package-store.ts";
import { outsideSnapshot, type Verdict, type VersionJudge, type VersionVerdict, WORST } from "./version-verdicts.ts";

export type PackageAsked = {
  /** Under which it is held: of a distribution without its release, every one. */
  readonly ecosystems: readonly string[];
  readonly name: string;
  /** Of the version asked about, when one is. */
  readonly judge: VersionJudge | undefined;
  readonly after: string | undefined;
  readonly limit: number;
};

type Answered = Pick<AnswerOf<typeof readPackage>, "counts" | "vulnerabilities" | "next">;

/** Where one stands among all, as a cursor carries it: verdict, exploited, malware, score in hundredths, best known id, id. */
type Place = readonly [number, number, number, number, string, string];
type Placed = { readonly place: Place; readonly named: NamedVulnerability; readonly verdict: Verdict | undefined };

/**
 * One page of what is in force against a package, worst first. All of it is judged, counted and put in order; only what the page shows is read whole
 * and explained, since a kernel has tens of thousands.
 */
export async function pageOfPackage(database: Database, asked: PackageAsked): Promise<Answered> {
  const start = asked.after === undefined ? undefined : readCursor(asked.after, [0, 0, 0, 0, "", ""]);
  const named = await readVulnerabilitiesNaming(database, asked.ecosystems, asked.name);
  const verdicts = asked.judge === undefined ? undefined : await verdictsOn(database, asked, asked.judge, named);
  const placed = named.map((each): Placed => {
    const verdict = verdicts?.get(each.id);
    return { place: placeOf(each, verdict), named: each, verdict };
  });
  const behind = placed.filter(({ place }) => start === undefined || comparePlaces(place, start) > 0);
  behind.sort((a, b) => comparePlaces(a.place, b.place));
  const page = behind.slice(0, asked.limit);
  const last = page.at(-1);
  return {
    counts: countsOf(placed, verdicts !== undefined),
    vulnerabilities: await describe(database, asked, page),
    next: behind.length > asked.limit && last !== undefined ? writeCursor(last.place) : undefined,
  };
}

/** Of each vulnerability the worst that its statements say of the version. */
async function verdictsOn(
  database: Database,
  { ecosystems, name }: PackageAsked,
  judge: VersionJudge,
  named: readonly NamedVulnerability[],
): Promise<ReadonlyMap<string, Verdict>> {
  const worst = new Map<string, Verdict>();
  const outside: string[] = [];
  const note = (vulnerability: string, verdict: Verdict): void => {
    const before = worst.get(vulnerability);
    if (before === undefined || WORST[verdict] < WORST[before]) worst.set(vulnerability, verdict);
  };
  for (const each of named) {
    for (const [at, advisory] of each.advisories.entries()) {
      const verdict = judge.verdictOf(each.ecosystems[at] ?? "", advisory);
      if (verdict === undefined) outside.push(advisory);
      else note(each.id, verdict);
    }
  }
  for (const statement of await readPackageStatements(database, ecosystems, name, outside)) {
    if (judge.verdictOf(statement.ecosystem, statement.advisory) === undefined) {
      note(statement.vulnerability, outsideSnapshot(statement).verdict);
    }
  }
  return worst;
}

function countsOf(placed: readonly Placed[], isJudged: boolean): Answered["counts"] {
  const count = (holds: (each: Placed) => boolean): number => placed.reduce((sum, each) => sum + Number(holds(each)), 0);
  return {
    vulnerabilities: placed.length,
    exploited: count(({ named }) => named.exploited),
    withoutPatch: count(({ named }) => !named.has_patch),
    verdicts: isJudged
      ? {
          affected: count(({ verdict }) => verdict === "affected"),
          affectedExploited: count(({ verdict, named }) => verdict === "affected" && named.exploited),
          cannotCompare: count(({ verdict }) => verdict === "cannot-compare"),
          notAffected: count(({ verdict }) => verdict === "not-affected"),
        }
      : undefined,
  };
}

async function describe(database: Database, asked: PackageAsked, page: readonly Placed[]): Promise<Answered["vulnerabilities"]> {
  const advisories = page.flatMap(({ named }) => named.advisories);
  const statements = await readPackageStatements(database, asked.ecosystems, asked.name, advisories);
  const said = Map.groupBy(statements, ({ vulnerability }) => vulnerability);
  const listed = await listVulnerabilitiesById(
    database,
    page.map(({ named }) => named.id),
    asked.name,
  );
  const rows = new Map(listed.map((row) => [row.vulnerability, row]));
  return page.flatMap(({ named }) => {
    const row = rows.get(named.id);
    if (row === undefined) return [];
    const about = said.get(named.id) ?? [];
    return [{ ...row, intervals: intervalTexts(about), ...(asked.judge === undefined ? {} : worstExplained(asked.judge, about)) }];
  });
}

function worstExplained(judge: VersionJudge, statements: readonly PackageStatement[]): VersionVerdict | undefined {
  let worst: VersionVerdict | undefined;
  for (const statement of statements.toSorted((a, b) => compareIds(a.advisory, b.advisory))) {
    const said = judge.explain(statement);
    if (worst === undefined || WORST[said.verdict] < WORST[worst.verdict]) worst = said;
  }
  return worst;
}

function intervalTexts(statements: readonly PackageStatement[]): string[] {
  const intervals = shownIntervals(statements.flatMap((statement) => statement.intervals)).map(affectedText);
  const texts = statements.flatMap((statement) => statement.texts.map((text) => `=${text}`));
  return [...new Set([...intervals, ...texts])];
}

function placeOf({ id, names, kind, score, exploited }: NamedVulnerability, verdict: Verdict | undefined): Place {
  const hundredths = Math.round((score ?? UNSCORED_RANK) * 100);
  const best = names.reduce((least, name) => (compareIds(name, least) < 0 ? name : least), names[0] ?? "");
  return [verdict === undefined ? 0 : WORST[verdict], exploited ? 0 : 1, kind === "malware" ? 0 : 1, -hundredths, best, id];
}

function comparePlaces(a: Place, b: Place): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || a[3] - b[3] || compareIds(a[4], b[4]) || compareTexts(a[5], b[5]);
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
