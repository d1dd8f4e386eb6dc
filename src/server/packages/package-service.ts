import type { AnswerOf, QueryOf } from "../../contract/endpoint.ts";
import type { listPackages, readPackage } from "../../contract/endpoints/record.ts";
import type { Ecosystem } from "../../matching/ecosystems/ecosystem.ts";
import { baseEcosystemName, ecosystemOf } from "../../matching/ecosystems/ecosystem-of.ts";
import { createMatcher } from "../../matching/match.ts";
import { createPackageLookup, type FoundPackages, isMeant } from "../../matching/package-lookup.ts";
import { standingOf } from "../../matching/scan/answer-scan.ts";
import { bestUpgrade } from "../../matching/scan/best-upgrade.ts";
import type { Snapshot } from "../../matching/snapshot/snapshot.ts";
import { cannotSayReason } from "../../vocabulary/data-standing.ts";
import type { Database } from "../database/database.ts";
import { heldEcosystems } from "./held-ecosystems.ts";
import { readEcosystemsFrom } from "./package-summary-store.ts";
import { readCursor, writeCursor } from "../page-cursor.ts";
import type { SnapshotService } from "../snapshot/snapshot-service.ts";
import { type PackageSummaryRow, readPackagesByCount, readPackagesByName } from "./package-store.ts";
import { pageOfPackage } from "./package-vulnerabilities.ts";
import { judgeVersion, type PackageVersionAsked } from "./version-verdicts.ts";

export type PackageListQuery = QueryOf<typeof listPackages>;
export type PackageListAnswer = AnswerOf<typeof listPackages>;
export type PackageAnswer = AnswerOf<typeof readPackage>;

export type PackageService = {
  readonly list: (query: PackageListQuery) => Promise<PackageListAnswer>;
  /** A package that no advisory names is no refusal: whether that means anything stands in `answer`. @throws CodedError `snapshot-missing` when a version is asked about */
  readonly read: (ecosystem: string, name: string, query: QueryOf<typeof readPackage>) => Promise<PackageAnswer>;
};

export type PackageServiceParts = {
  readonly database: Database;
  readonly snapshots: Pick<SnapshotService, "current" | "require">;
  readonly now: () => number;
};

export function createPackageService({ database, snapshots, now }: PackageServiceParts): PackageService {
  return {
    list: (query) =>
      query.text === undefined || query.text === "" ? listByCount(database, query) : listByName(database, query, query.text),
    read: async (ecosystem, name, { version: versionText, after, limit }) => {
      const version = versionText === "" ? undefined : versionText;
      const order = ecosystemOf(ecosystem);
      const asked = { ecosystem, name: order?.normaliseName(name) ?? name };
      const loaded = version === undefined ? snapshots.current() : snapshots.require();
      const [ecosystems = []] = await heldEcosystems(database, [asked]);
      const found = loaded === undefined ? undefined : createPackageLookup(loaded.snapshot, ecosystemOf)(asked.ecosystem, asked.name);
      const judged =
        version === undefined || loaded === undefined || found === undefined
          ? undefined
          : {
              version,
              judge: judgeVersion(loaded.snapshot, order, { ...asked, version }, found),
              upgrade: order === undefined ? undefined : upgradeOf(loaded.snapshot, order, { ...asked, version }, found),
            };
      return {
        ...asked,
        answer: answerEcosystem(loaded?.snapshot, ecosystem, version === undefined ? 0 : 1, now()),
        releases: ecosystems.filter((held) => held !== ecosystem),
        // The words were made for documents; here it is the question that leaves something out.
        caution: (found?.obstacle ?? found?.doubt)?.replace(/^the document\b/, "the question"),
        version: judged?.version,
        ...(await pageOfPackage(database, { ecosystems, name: asked.name, judge: judged?.judge, after, limit })),
        upgrade: judged?.upgrade,
      };
    },
  };
}

async function listByCount(database: Database, { ecosystem, after, limit }: PackageListQuery): Promise<PackageListAnswer> {
  const [vulnerabilities, afterEcosystem, name] = after === undefined ? [] : readCursor(after, [0, "", ""]);
  const position =
    vulnerabilities === undefined || afterEcosystem === undefined || name === undefined
      ? undefined
      : { vulnerabilities, ecosystem: afterEcosystem, name };
  const ecosystems = await ecosystemsListed(database, ecosystem);
  const rows = await readPackagesByCount(database, { ecosystems, after: position, limit: limit + 1 });
  return pageOf(rows, limit, (last) => writeCursor([last.vulnerabilities, last.ecosystem, last.name]));
}

async function listByName(database: Database, { ecosystem, after, limit }: PackageListQuery, text: string): Promise<PackageListAnswer> {
  const [name, afterEcosystem] = after === undefined ? [] : readCursor(after, ["", ""]);
  const from = ecosystem === undefined ? text : (ecosystemOf(ecosystem)?.normaliseName(text) ?? text);
  const position = name === undefined || afterEcosystem === undefined ? undefined : { name, ecosystem: afterEcosystem };
  const ecosystems = await ecosystemsListed(database, ecosystem);
  const rows = await readPackagesByName(database, { ecosystems, from, after: position, limit: limit + 1 });
  return pageOf(rows, limit, (last) => writeCursor([last.name, last.ecosystem]));
}

/** A distribution is listed with its releases, as it is found without one. */
async function ecosystemsListed(database: Database, ecosystem: string | undefined): Promise<readonly string[] | undefined> {
  const order = ecosystem === undefined ? undefined : ecosystemOf(ecosystem);
  if (ecosystem === undefined || order?.releases === undefined) return ecosystem === undefined ? undefined : [ecosystem];
  const held = await readEcosystemsFrom(database, order.id);
  return held.filter((stated) => isMeant(order, stated, ecosystem));
}

function pageOf(rows: readonly PackageSummaryRow[], limit: number, cursorOf: (last: PackageSummaryRow) => string): PackageListAnswer {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    rows: page.map((row) => ({
      ecosystem: row.ecosystem,
      name: row.name,
      vulnerabilities: row.vulnerabilities,
      exploited: row.exploited,
      highestScore: row.highest_score ?? undefined,
      withoutPatch: row.without_patch,
      newestChangeMs: row.newest_change.getTime(),
    })),
    next: rows.length > limit && last !== undefined ? cursorOf(last) : undefined,
  };
}

function answerEcosystem(snapshot: Snapshot | undefined, ecosystem: string, components: number, nowMs: number): PackageAnswer["answer"] {
  const standing = snapshot === undefined ? undefined : standingOf(snapshot, ecosystem);
  const cannotSay = ecosystemOf(ecosystem) === undefined ? "no-scheme" : cannotSayReason(standing, nowMs);
  return { ecosystem: baseEcosystemName(ecosystem), components, standing, cannotSay };
}

/** Where to go from an affected version. The version is the advisories' word: nobody asked the registry whether it exists. */
function upgradeOf(
  snapshot: Snapshot,
  order: Ecosystem,
  asked: PackageVersionAsked,
  { packages, doubt }: FoundPackages,
): PackageAnswer["upgrade"] {
  const { hits } = createMatcher(snapshot, ecosystemOf)(asked);
  if (hits.length === 0) return undefined;
  if (hits.some(({ advisory }) => snapshot.advisory(advisory).kind === "malware")) {
    return { sentence: `${asked.name} ${asked.version} is malware: remove it`, commands: [] };
  }
  // A version of another release would be none that the machine can install.
  if (doubt !== undefined) return { sentence: "what ends it differs by release: ask about one", commands: [] };
  const upgrade = bestUpgrade(snapshot, order, packages, asked.version, hits);
  if (upgrade === undefined) return { sentence: `no advisory says what ends it above ${asked.version}`, commands: [] };
  const all = new Set(hits.map(({ advisory }) => snapshot.advisoryVulnerability(advisory)));
  const goal = upgrade.kind === "above" ? `a version above ${upgrade.version}` : upgrade.version;
  const brings = upgrade.brings.size === 0 ? "" : ` and brings ${upgrade.brings.size}`;
  const step = upgrade.breaking ? ", a step that may break things" : "";
  return {
    to: upgrade.kind === "above" ? undefined : upgrade.version,
    sentence: `${goal} ends ${upgrade.ends.size} of ${all.size}${brings}${step}; not checked against the registry`,
    commands: [
      ...order.commandsFor({
        name: asked.name,
        version: upgrade.version,
        above: upgrade.kind === "above",
        direct: true,
        development: false,
        blocked: false,
      }),
    ],
  };
}
