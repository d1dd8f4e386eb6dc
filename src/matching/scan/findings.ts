import type { Finding, FoundComponent } from "../../vocabulary/scan-answer.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { affectedText } from "./affected-text.ts";
import type { Exposure } from "./exposures.ts";
import { compareIds, compareWorstFirst, rankOfFacts, worstOf } from "./ranking.ts";
import type { PlannedChange } from "./remediation.ts";

const MAX_PLACES = 20;

/** One finding a vulnerability, worst first, each with the changes that end it. */
export function findingsOf(snapshot: Snapshot, exposures: readonly Exposure[], planned: readonly PlannedChange[]): readonly Finding[] {
  const groups = Map.groupBy(exposures, (exposure) => snapshot.advisoryVulnerability(exposure.hit.advisory));
  const changeOf = new Map<Exposure, number>();
  for (const { change, exposures: ended } of planned) for (const exposure of ended) changeOf.set(exposure, change.number);
  return [...groups.values()]
    .map((group) => findingOf(snapshot, group, changeOf))
    .toSorted((a, b) => compareWorstFirst(rankOfFacts(a), rankOfFacts(b)) || compareIds(a.ids[0] ?? "", b.ids[0] ?? ""));
}

function findingOf(snapshot: Snapshot, group: readonly Exposure[], changeOf: ReadonlyMap<Exposure, number>): Finding {
  const facts = [...new Set(group.map((exposure) => exposure.hit.advisory))].map((advisory) => snapshot.advisory(advisory));
  const named = facts.toSorted((a, b) => Number(a.title === "") - Number(b.title === "") || compareIds(a.id, b.id))[0];
  const { exploited, malware, score } = worstOf(facts.map(rankOfFacts));
  const ids = (named?.vulnerabilityIds ?? []).toSorted(compareIds);
  return {
    vulnerability: named?.vulnerability ?? "",
    ids,
    title: named === undefined || named.title === "" ? (ids[0] ?? "") : named.title,
    kind: malware ? "malware" : "vulnerability",
    exploited,
    score,
    components: foundComponents(snapshot, group),
    endedBy: [...new Set(group.flatMap((exposure) => changeOf.get(exposure) ?? []))].sort((a, b) => a - b),
  };
}

/** One entry a package version: of several advisories of the same vulnerability the first that matched speaks. */
function foundComponents(snapshot: Snapshot, group: readonly Exposure[]): readonly FoundComponent[] {
  const found = new Map<string, FoundComponent & { places: string[] }>();
  for (const { component, document, hit, fix } of group) {
    const key = `${component.ecosystem}\0${component.name}\0${component.version}`;
    const place = `${document.name}: ${component.place}`;
    const known = found.get(key);
    if (known !== undefined) {
      if (known.places.length < MAX_PLACES && !known.places.includes(place)) known.places.push(place);
      continue;
    }
    found.set(key, {
      ecosystem: component.ecosystem,
      name: component.name,
      version: component.version,
      advisory: snapshot.advisoryId(hit.advisory),
      affected: hit.row === undefined ? `=${component.version}` : affectedText(snapshot.row(hit.row)),
      places: [place],
      fix,
    });
  }
  return [...found.values()];
}
