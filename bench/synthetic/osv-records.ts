import { seededRandom, type SeededRandom } from "../../tests/support/seeded-random.ts";

/** An OSV record as its source has it, with what the bench asks about. */
export type SyntheticRecord = { readonly id: string; readonly modified: string; readonly json: string };

export type SyntheticFeed = {
  readonly records: number;
  /** Names that any record may affect; the first are the most popular. */
  readonly packages: number;
};

/** Shape of the npm part of the public feeds, at the size that the bars name. */
export const QUARTER_MILLION: SyntheticFeed = { records: 250_000, packages: 80_000 };
export const THIRTY_THOUSAND: SyntheticFeed = { records: 30_000, packages: 12_000 };

const EPOCH_MS = Date.parse("2021-01-01T00:00:00Z");
const MS_BETWEEN = 600_000;

/** Every record of the feed, oldest first; the same on every machine. */
export function* syntheticRecords(feed: SyntheticFeed): Generator<SyntheticRecord> {
  for (let number = 0; number < feed.records; number++) yield syntheticRecord(feed, number);
}

/** One record by its number. */
export function syntheticRecord({ packages }: SyntheticFeed, number: number): SyntheticRecord {
  const { id, modified, ...rest } = recordObject(packages, number);
  return { id, modified, json: JSON.stringify({ schema_version: "1.7.0", id, modified, ...rest }) };
}

export type ChangedRecord = SyntheticRecord & { readonly name: string; readonly version: string };

/** The same record as its source has it from `atMs` on: it affects a version of its first package that nothing affected before. */
export function changedRecord({ packages }: SyntheticFeed, number: number, atMs: number): ChangedRecord {
  const { id, affected, ...rest } = recordObject(packages, number);
  const [first, ...others] = affected;
  const seconds = Math.floor(atMs / 1000);
  const version = `9000.0.${seconds}`;
  const modified = instantText(seconds * 1000);
  const added = { type: "SEMVER", events: [{ introduced: version }, { fixed: `9000.0.${seconds + 1}` }] };
  const changed = first === undefined ? [] : [{ ...first, ranges: [...first.ranges, added] }];
  const json = JSON.stringify({ schema_version: "1.7.0", id, ...rest, affected: [...changed, ...others], modified });
  return { id, modified, json, name: first?.package.name ?? "", version };
}

function recordObject(packages: number, number: number) {
  const random = seededRandom(number * 7919 + 17);
  const id = ghsaId(number);
  const published = instantText(EPOCH_MS + number * MS_BETWEEN);
  const modified = instantText(EPOCH_MS + number * MS_BETWEEN + random.below(3600) * 1000);
  const affected = Array.from({ length: affectedCount(random) }, () => affectedPackage(random, packages));
  const weakness = `CWE-${random.pick(WEAKNESSES)}`;
  return {
    id,
    modified,
    published,
    ...(random.below(10) < 8 ? { aliases: [cveId(number, random)] } : {}),
    summary: sentence(random, 6 + random.below(6)),
    details: Array.from({ length: 4 + random.below(5) }, () => `${sentence(random, 18 + random.below(14))}.`).join("\n\n"),
    severity: severities(random),
    affected,
    references: [
      { type: "WEB", url: `https://github.com/example/${affected[0]?.package.name ?? "project"}/security/advisories/${id}` },
      { type: "WEB", url: `https://github.com/example/project/commit/${hexText(random, 40)}` },
      { type: "PACKAGE", url: `https://github.com/example/project-${random.below(packages)}` },
    ],
    database_specific: {
      cwe_ids: [weakness],
      github_reviewed: true,
      github_reviewed_at: published,
      nvd_published_at: null,
      severity: random.pick(["LOW", "MODERATE", "HIGH", "CRITICAL"]),
    },
  };
}

function instantText(ms: number): string {
  return new Date(ms).toISOString().replace(".000Z", "Z");
}

/** The name of package `rank`; 0 is the most popular. A third of them have a scope. */
export function packageName(rank: number): string {
  const word = `${WORDS[rank % WORDS.length] ?? "word"}-${rank.toString(36)}`;
  return rank % 3 === 1 ? `@${WORDS[(rank * 7) % WORDS.length] ?? "scope"}/${word}` : word;
}

/** A version such as a lockfile has. */
export function plausibleVersion(random: SeededRandom): string {
  const release = `${random.below(12)}.${random.below(30)}.${random.below(20)}`;
  return random.oneIn(40) ? `${release}-beta.${random.below(10)}` : release;
}

/** Ranks by popularity: the density falls with the square root, so that of 250,000 advisories the first package has some 900. */
export function popularRank(random: SeededRandom, packages: number): number {
  const unit = random.below(2 ** 30) / 2 ** 30;
  return Math.floor(packages * unit * unit);
}

function affectedCount(random: SeededRandom): number {
  if (random.oneIn(100)) return 10;
  return random.oneIn(10) ? 2 : 1;
}

function affectedPackage(random: SeededRandom, packages: number) {
  const name = packageName(popularRank(random, packages));
  const ranges = 1 + (random.oneIn(4) ? random.below(5) : 0);
  return {
    package: { ecosystem: "npm", name, purl: `pkg:npm/${name.split("/").map(encodeURIComponent).join("/")}` },
    ranges: Array.from({ length: ranges }, (_, branch) => ({ type: "SEMVER", events: events(random, branch, ranges) })),
    database_specific: { source: "synthetic" },
  };
}

/** Branches do not overlap: each lies in a major version of its own. */
function events(random: SeededRandom, branch: number, branches: number): readonly Readonly<Record<string, string>>[] {
  const fixed = `${branch + 1}.${random.below(30)}.${1 + random.below(20)}`;
  const introduced = branches === 1 && !random.oneIn(3) ? "0" : `${branch + 1}.0.0`;
  const end = random.below(20);
  if (end === 0) return [{ introduced }];
  return [{ introduced }, end < 3 ? { last_affected: fixed } : { fixed }];
}

function severities(random: SeededRandom): readonly { readonly type: string; readonly score: string }[] {
  const three = random.below(10) === 0 ? [] : [{ type: "CVSS_V3", score: vector3(seededRandom(skewed(random, 600))) }];
  const four = random.below(100) < 12 ? [{ type: "CVSS_V4", score: vector4(seededRandom(skewed(random, 1000))) }] : [];
  return [...three, ...four];
}

function skewed(random: SeededRandom, kinds: number): number {
  return Math.floor((random.below(kinds) * random.below(kinds)) / kinds);
}

function vector3(random: SeededRandom): string {
  const impact = (): string => random.pick(["N", "L", "H"]);
  return `CVSS:3.1/AV:${random.pick(["N", "L", "A", "P"])}/AC:${random.pick(["L", "H"])}/PR:${impact()}/UI:${random.pick(["N", "R"])}/S:${random.pick(["U", "C"])}/C:${impact()}/I:${impact()}/A:${impact()}`;
}

function vector4(random: SeededRandom): string {
  const impact = (): string => random.pick(["N", "L", "H"]);
  return `CVSS:4.0/AV:${random.pick(["N", "L", "A", "P"])}/AC:${random.pick(["L", "H"])}/AT:${random.pick(["N", "P"])}/PR:${impact()}/UI:${random.pick(["N", "P", "A"])}/VC:${impact()}/VI:${impact()}/VA:${impact()}/SC:${impact()}/SI:${impact()}/SA:${impact()}`;
}

const GHSA_DIGITS = "23456789cfghjmpqrvwx";

/** Numbers one to one to ids, spread so that order of number is not order of id. */
function ghsaId(number: number): string {
  let rest = (number * 2_654_435_761) % 2 ** 32;
  let digits = "";
  for (let place = 0; place < 12; place++) {
    digits += GHSA_DIGITS[rest % GHSA_DIGITS.length] ?? "2";
    rest = Math.floor(rest / GHSA_DIGITS.length);
  }
  return `GHSA-${digits.slice(0, 4)}-${digits.slice(4, 8)}-${digits.slice(8)}`;
}

/** One in 25 shares its CVE with the record before: two advisories of one vulnerability. */
function cveId(number: number, random: SeededRandom): string {
  const own = random.oneIn(25) ? number - (number % 2) : number;
  return `CVE-${2021 + (own % 5)}-${10_000 + own}`;
}

function hexText(random: SeededRandom, length: number): string {
  return Array.from({ length }, () => random.below(16).toString(16)).join("");
}

function sentence(random: SeededRandom, words: number): string {
  const text = Array.from({ length: words }, () => random.pick(WORDS)).join(" ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const WEAKNESSES = [
  20, 22, 59, 77, 78, 79, 88, 89, 94, 113, 116, 125, 190, 200, 203, 209, 248, 255, 269, 276, 284, 287, 295, 306, 312, 327, 345, 346, 352,
  362, 384, 400, 401, 409, 416, 434, 444, 471, 502, 522, 532, 552, 601, 611, 613, 639, 668, 674, 693, 732, 754, 770, 772, 776, 787, 798,
  835, 843, 862, 863, 915, 917, 918, 1321, 1333, 1336,
];

const WORDS =
  "access account admin allow analysis anchor archive argument array attacker attribute author backup badge balance batch binary block border branch bridge browser buffer bundle button bypass cache call canvas chain channel chart check cipher class client clock cluster code column command compile config console content cookie core craft cursor data decode default delay denial depth design detect device digest direct disk document domain draft dynamic edge editor element embed encode engine entry error escape event execute export expose expression extract feature field file filter finger flag flow folder font form format frame function gateway global grant graph guard handle hash header helper hidden host image import index inject inline input insert inspect instance integer invoke isolate issue iterate join journal kernel label lambda layer leak length level limit link list loader local lock logger login loop macro mail manifest marker match member memory merge message method middle mirror module monitor mount native network node notice number object offset option order origin output overflow owner packet page parse parser patch path pattern payload permit pixel plugin pointer policy pollute pool port prefix prepare process prompt property protocol prototype proxy query queue quote random range read record redirect reflect regex register relay release remote render replace request resolve resource restrict result return rewrite role route rule runtime sample sandbox scan schema scope script search secret section secure segment select send sequence server session setting shadow share shell shift signal socket sort source space split stack stage state static storage stream string structure style submit switch symbol syntax system table target task template text thread throw ticket token trace track transform traverse tree trigger trust tunnel type unsafe update upload user validate value variable vector version victim view virtual volume vulnerable web widget window worker wrapper write zone".split(
    " ",
  );
