import type { WireScanAnswer } from "../../../contract/schemas.ts";
import type { Status } from "../../queries.ts";
import { FactStrip, type Fact } from "../../ui/fact-strip.tsx";
import { Instant } from "../../ui/instant.tsx";
import { State } from "../../ui/state.tsx";
import { countText, listText, numberText } from "../../words/count-text.ts";
import { ageText } from "../../words/instant-text.ts";
import { planFacts } from "../../words/plan-facts.ts";

/** What was found, and beside it, as large, what could not be said. */
export function PlanStrip({ answer, exploitedSource }: { readonly answer: WireScanAnswer; readonly exploitedSource: Status["exploited"] }) {
  const facts = planFacts(answer);
  const saying = answer.ecosystems.filter(({ cannotSay }) => cannotSay === undefined);
  const exploited: Fact = {
    label: "Exploited now",
    value:
      facts.exploited > 0 ? (
        <State kind="exploited">{countText(facts.exploited, "vulnerability", "vulnerabilities")}</State>
      ) : exploitedSource === undefined ? (
        <State kind="cannot-say">cannot say</State>
      ) : (
        <State kind="waits">none known</State>
      ),
    note:
      exploitedSource === undefined ? (
        "The KEV catalogue has not been read"
      ) : exploitedSource.statedAtMs === undefined ? (
        "CISA KEV, of unknown age"
      ) : (
        <>
          CISA KEV, stated <Instant ms={exploitedSource.statedAtMs} form="distance" />
        </>
      ),
  };
  const patch: Fact = {
    label: "Patch exists for",
    value: (
      <>
        <strong className="number">{numberText(facts.withPatch)}</strong> of {numberText(facts.findings)}
      </>
    ),
    note: patchNote(facts.findings, facts.withPatch),
  };
  const nothing: Fact = {
    label: "Nothing found in",
    value: (
      <>
        <strong className="number">{numberText(facts.nothingFound)}</strong> {facts.nothingFound === 1 ? "component" : "components"}
      </>
    ),
    note:
      saying.length === 0
        ? "no data here can carry such an answer"
        : `in ${listText(saying.map(({ ecosystem, standing }) => (standing?.statedAtMs === undefined ? ecosystem : `${ecosystem} (data ${ageText(standing.statedAtMs, answer.answeredAtMs)} old)`)))}`,
  };
  const cannotSay: Fact = {
    label: "Cannot say",
    value: facts.cannotSay > 0 ? <State kind="cannot-say">{countText(facts.cannotSay, "component")}</State> : <>none</>,
    note:
      facts.cannotSay > 0
        ? [...facts.unsaid].map(([ecosystem, components]) => `${ecosystem} ${numberText(components)}`).join(", ")
        : "every ecosystem can answer",
  };
  const cannotCompare: Fact = {
    label: "Cannot compare",
    value: facts.cannotCompare > 0 ? <State kind="cannot-compare">{countText(facts.cannotCompare, "component")}</State> : <>none</>,
    note: facts.cannotCompare > 0 ? "no version, or none with a place in the order" : "every version has a place in its order",
  };
  return <FactStrip facts={[exploited, patch, nothing, cannotSay, cannotCompare]} />;
}

function patchNote(findings: number, withPatch: number): string {
  if (findings === 0) return "nothing was found";
  const without = findings - withPatch;
  return without === 0 ? "each has a fixed version" : `${countText(without, "other")} ${without === 1 ? "has" : "have"} none`;
}
