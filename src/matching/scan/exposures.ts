import type { Component } from "../../vocabulary/component.ts";
import type { CannotCompare, Fix } from "../../vocabulary/scan-answer.ts";
import type { Ecosystem } from "../ecosystems/ecosystem.ts";
import { createMatcher, type Hit, type MatchOutcome } from "../match.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { bestUpgrade, fixOfHit, type Upgrade } from "./best-upgrade.ts";
import type { DocumentToAnswer } from "./answer-scan.ts";

/** A component inside an affected range, with what ends it. */
export type Exposure = {
  readonly document: DocumentToAnswer;
  readonly component: Component & { readonly ecosystem: string; readonly version: string };
  readonly hit: Hit;
  readonly fix: Fix;
};

export type ExposureSearch = { readonly exposures: readonly Exposure[]; readonly cannotCompare: readonly CannotCompare[] };

type Judged = { readonly outcome: MatchOutcome; readonly upgrade: Upgrade | undefined };

/** Matches every component of every document. The same package version in many places is judged once. */
export function findExposures(
  snapshot: Snapshot,
  ecosystemOf: (ecosystem: string) => Ecosystem | undefined,
  documents: readonly DocumentToAnswer[],
): ExposureSearch {
  const match = createMatcher(snapshot, ecosystemOf);
  const judged = new Map<string, Judged>();
  const exposures: Exposure[] = [];
  const cannotCompare: CannotCompare[] = [];
  for (const document of documents) {
    for (const component of document.inventory.components) {
      const ecosystem = component.ecosystem === undefined ? undefined : ecosystemOf(component.ecosystem);
      if (component.ecosystem === undefined || ecosystem === undefined) continue;
      const { name, version } = component;
      const key = `${component.ecosystem}\0${name}\0${version ?? ""}`;
      const known =
        judged.get(key) ??
        judge(snapshot, ecosystem, match({ ecosystem: component.ecosystem, name, version }), component.ecosystem, name, version);
      judged.set(key, known);
      const { outcome, upgrade } = known;
      const place = `${document.name}: ${component.place}`;
      const base = { ecosystem: component.ecosystem, name, version, place };
      if (outcome.kind === "cannot-compare") cannotCompare.push({ ...base, reason: outcome.reason, advisories: [] });
      else cannotCompare.push(...asides(snapshot, outcome, base));
      if (version === undefined) continue;
      const found = { ...component, ecosystem: component.ecosystem, version };
      for (const hit of outcome.hits) exposures.push({ document, component: found, hit, fix: fixOfHit(snapshot, hit, upgrade) });
    }
  }
  return { exposures, cannotCompare };
}

function judge(
  snapshot: Snapshot,
  ecosystem: Ecosystem,
  outcome: MatchOutcome,
  osvEcosystem: string,
  name: string,
  version: string | undefined,
): Judged {
  if (version === undefined || outcome.hits.length === 0) return { outcome, upgrade: undefined };
  const index = snapshot.findPackage(osvEcosystem, ecosystem.normaliseName(name));
  return { outcome, upgrade: bestUpgrade(snapshot, ecosystem, index, version, outcome.hits) };
}

function asides(
  snapshot: Snapshot,
  outcome: Extract<MatchOutcome, { kind: "compared" }>,
  base: Pick<CannotCompare, "ecosystem" | "name" | "version" | "place">,
): readonly CannotCompare[] {
  const reasons = new Map<string, string[]>();
  for (const { advisory, reason } of outcome.setAside) reasons.set(reason, [...(reasons.get(reason) ?? []), snapshot.advisoryId(advisory)]);
  return [...reasons].map(([reason, advisories]) => ({ ...base, reason, advisories: [...new Set(advisories)] }));
}
