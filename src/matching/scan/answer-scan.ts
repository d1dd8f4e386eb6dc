import type { Inventory } from "../../vocabulary/component.ts";
import { cannotSayReason, type DataStanding } from "../../vocabulary/data-standing.ts";
import type { Problem } from "../../vocabulary/problem.ts";
import type { EcosystemAnswer, ScanAnswer } from "../../vocabulary/scan-answer.ts";
import type { Ecosystem } from "../ecosystems/ecosystem.ts";
import { baseEcosystemName } from "../ecosystems/ecosystem-of.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { findExposures } from "./exposures.ts";
import { findingsOf } from "./findings.ts";
import { planChanges } from "./remediation.ts";

export type DocumentToAnswer = { readonly name: string; readonly inventory: Inventory };

export type ScanQuestion = {
  readonly snapshot: Snapshot;
  /** The version order of an OSV ecosystem; undefined = none is known. */
  readonly ecosystemOf: (ecosystem: string) => Ecosystem | undefined;
  /** Each with a name of its own. */
  readonly documents: readonly DocumentToAnswer[];
  readonly unreadable: readonly Problem[];
  readonly nowMs: number;
};

/** The one answer to a scan, wherever it is asked. Pure: same snapshot, documents and moment, same answer. */
export function answerScan({ snapshot, ecosystemOf, documents, unreadable, nowMs }: ScanQuestion): ScanAnswer {
  const { exposures, cannotCompare } = findExposures(snapshot, ecosystemOf, documents);
  const planned = planChanges(snapshot, ecosystemOf, exposures);
  return {
    documents: documents.map(({ name, inventory }) => ({
      name,
      format: inventory.format,
      components: inventory.components.length,
      problems: inventory.problems,
    })),
    unreadable,
    changes: planned.map(({ change }) => change),
    findings: findingsOf(snapshot, exposures, planned),
    cannotCompare,
    ecosystems: ecosystemAnswers(snapshot, ecosystemOf, documents, nowMs),
    answeredAtMs: nowMs,
  };
}

/** What stands for an ecosystem in the snapshot; the release suffix (`Debian:12`) does not count. */
export function standingOf(snapshot: Snapshot, ecosystem: string): DataStanding | undefined {
  const base = baseEcosystemName(ecosystem);
  return snapshot.header.standings.find((standing) => standing.ecosystem === base);
}

function ecosystemAnswers(
  snapshot: Snapshot,
  ecosystemOf: (ecosystem: string) => Ecosystem | undefined,
  documents: readonly DocumentToAnswer[],
  nowMs: number,
): readonly EcosystemAnswer[] {
  const counts = new Map<string, number>();
  // By the whole name: `TuxCare:npm` has an order, `TuxCare` has none.
  const withoutOrder = new Set<string>();
  for (const { inventory } of documents) {
    const distribution = inventory.components.find(
      ({ ecosystem }) => ecosystem !== undefined && ecosystemOf(ecosystem)?.releases !== undefined,
    );
    for (const component of inventory.components) {
      // What there is to say of an operating system is said of its packages, where they are listed.
      const { ecosystem, packageType } = component.packageType === "operating-system" ? (distribution ?? component) : component;
      // A package type is no ecosystem, whatever it is called: nothing was asked about it.
      const key = ecosystem === undefined ? `${inventory.lacksRelease === true ? "!" : "?"}${packageType}` : baseEcosystemName(ecosystem);
      counts.set(key, (counts.get(key) ?? 0) + 1);
      if (ecosystem !== undefined && ecosystemOf(ecosystem) === undefined) withoutOrder.add(key);
    }
  }
  return [...counts]
    .map(([name, count]): EcosystemAnswer => {
      if (name.startsWith("?") || name.startsWith("!")) {
        const cannotSay = name.startsWith("!") ? "no-release" : "no-scheme";
        return { ecosystem: name.slice(1), components: count, standing: undefined, cannotSay };
      }
      const standing = standingOf(snapshot, name);
      const cannotSay = withoutOrder.has(name) ? "no-scheme" : cannotSayReason(standing, nowMs);
      return { ecosystem: name, components: count, standing, cannotSay };
    })
    .toSorted((a, b) => b.components - a.components || (a.ecosystem < b.ecosystem ? -1 : 1));
}
