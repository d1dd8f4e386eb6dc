import type { Component } from "../../vocabulary/component.ts";
import type { CannotCompare, Fix } from "../../vocabulary/scan-answer.ts";
import type { Ecosystem } from "../ecosystems/ecosystem.ts";
import { withoutOrder } from "../ecosystems/without-order.ts";
import { createMatcher, type Hit, type MatchOutcome } from "../match.ts";
import { createPackageLookup, type PackageLookup } from "../package-lookup.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { sourcesUnsaidIn } from "../source-names.ts";
import { newToldElsewhere } from "./stated-elsewhere.ts";
import { bestUpgrade, type Upgrade } from "./best-upgrade.ts";
import type { DocumentToAnswer } from "./answer-scan.ts";

/** A component inside an affected range, with what ends it. */
export type Exposure = {
  readonly document: DocumentToAnswer;
  readonly component: Component & { readonly ecosystem: string; readonly version: string };
  readonly hit: Hit;
  readonly fix: Fix;
  /** Vulnerabilities, by number, that the version to go to has and this one has not. */
  readonly brings: ReadonlySet<number>;
};

export type ExposureSearch = { readonly exposures: readonly Exposure[]; readonly cannotCompare: readonly CannotCompare[] };

type Judged = {
  readonly outcome: MatchOutcome;
  readonly upgrade: Upgrade | undefined;
  readonly isMalware: boolean;
  /** Whether an advisory may mean it: what none names is not affected at any version, and no version stands in the way of that. */
  readonly isNamed: boolean;
};

const NOTHING: ReadonlySet<number> = new Set();

/** Matches every component of every document. The same package version in many places is judged once. */
export function findExposures(
  snapshot: Snapshot,
  ecosystemOf: (ecosystem: string) => Ecosystem | undefined,
  documents: readonly DocumentToAnswer[],
): ExposureSearch {
  const match = createMatcher(snapshot, ecosystemOf);
  const lookup = createPackageLookup(snapshot, ecosystemOf);
  const isToldElsewhere = newToldElsewhere(documents);
  const judged = new Map<string, Judged>();
  const exposures: Exposure[] = [];
  const cannotCompare: CannotCompare[] = [];
  for (const document of documents) {
    const isSourceUnsaid = sourcesUnsaidIn(document.inventory.components);
    for (const component of document.inventory.components) {
      if (component.ecosystem === undefined) continue;
      const ecosystem = ecosystemOf(component.ecosystem);
      const asked = { ecosystem: component.ecosystem, name: component.name, version: component.version };
      const sourceUnsaid = isSourceUnsaid(component);
      const key = `${sourceUnsaid ? "?" : ""}${asked.ecosystem}\0${asked.name}\0${asked.version ?? ""}`;
      const known =
        judged.get(key) ??
        judge(snapshot, ecosystem ?? withoutOrder, lookup, { ...asked, sourceUnsaid }, match({ ...asked, sourceUnsaid }));
      judged.set(key, known);
      // That versions without an order cannot be compared is said once, of their ecosystem.
      if (ecosystem !== undefined && known.isNamed && !isToldElsewhere(document, component))
        cannotCompare.push(...notCompared(snapshot, known.outcome, { ...asked, place: `${document.name}: ${component.place}` }));
      if (asked.version === undefined) continue;
      const found = { ...component, ecosystem: asked.ecosystem, version: asked.version };
      const brings = known.upgrade?.brings ?? NOTHING;
      for (const hit of known.outcome.hits) exposures.push({ document, component: found, hit, fix: fixOf(snapshot, hit, known), brings });
    }
  }
  return { exposures, cannotCompare };
}

type Asked = { readonly ecosystem: string; readonly name: string; readonly version: string | undefined };

function judge(
  snapshot: Snapshot,
  ecosystem: Ecosystem,
  lookup: PackageLookup,
  { ecosystem: suffixed, name, version, sourceUnsaid }: Asked & { readonly sourceUnsaid: boolean },
  outcome: MatchOutcome,
): Judged {
  const isMalware = outcome.hits.some((hit) => snapshot.isMalware(hit.advisory));
  const { packages, obstacle } = lookup(suffixed, name, sourceUnsaid);
  const isNamed = packages.length > 0 || obstacle !== undefined;
  if (version === undefined || isMalware || outcome.hits.length === 0) return { outcome, isMalware, isNamed, upgrade: undefined };
  return { outcome, isMalware, isNamed, upgrade: bestUpgrade(snapshot, ecosystem, packages, version, outcome.hits) };
}

/** Taking malware out ends whatever else that version has. */
function fixOf(snapshot: Snapshot, hit: Hit, { isMalware, upgrade }: Judged): Fix {
  if (isMalware) return { kind: "remove" };
  if (upgrade === undefined || !upgrade.ends.has(snapshot.advisoryVulnerability(hit.advisory))) return { kind: "none" };
  return { kind: upgrade.kind, version: upgrade.version, majorChange: upgrade.breaking };
}

/** The component itself when its version or release is the obstacle; otherwise one entry for what hits it doubtfully, and one for each reason that set ranges aside. */
function notCompared(snapshot: Snapshot, outcome: MatchOutcome, component: Asked & { readonly place: string }): readonly CannotCompare[] {
  if (outcome.kind === "cannot-compare") return [{ ...component, reason: outcome.reason, advisories: [] }];
  const { doubt } = outcome;
  const doubtful = doubt === undefined ? [] : outcome.hits.map(({ advisory }) => ({ advisory, reason: doubt }));
  const byReason = Map.groupBy([...doubtful, ...outcome.setAside], ({ reason }) => reason);
  return [...byReason].map(([reason, asides]) => ({
    ...component,
    reason,
    advisories: [...new Set(asides.map(({ advisory }) => snapshot.advisoryId(advisory)))],
  }));
}
