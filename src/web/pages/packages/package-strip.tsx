import type { PackageAnswer, Status } from "../../queries.ts";
import { FactStrip, type Fact } from "../../ui/fact-strip.tsx";
import { Instant } from "../../ui/instant.tsx";
import { State } from "../../ui/state.tsx";
import { countText, numberText } from "../../words/count-text.ts";
import { whyCannotSay } from "../../words/standing-words.ts";

/** What is known of a package, over all of its vulnerabilities, whatever page is shown. */
export function PackageStrip({ answer, status }: { readonly answer: PackageAnswer; readonly status: Status | undefined }) {
  return <FactStrip facts={[exploitedFact(answer, status), vulnerabilityFact(answer), dataFact(answer)]} />;
}

function exploitedFact({ counts, version }: PackageAnswer, status: Status | undefined): Fact {
  const isCatalogueMissing = status !== undefined && status.exploited === undefined;
  const ofVersion = counts.verdicts?.affectedExploited ?? 0;
  const exploited = version === undefined ? counts.exploited : ofVersion;
  const others = counts.exploited - exploited;
  return {
    label: version === undefined ? "Exploited now" : "Exploited, of those that affect it",
    value:
      exploited > 0 ? (
        <State kind="exploited">{countText(exploited, "vulnerability", "vulnerabilities")}</State>
      ) : isCatalogueMissing ? (
        <State kind="cannot-say">cannot say</State>
      ) : (
        <State kind="waits">none known</State>
      ),
    note: isCatalogueMissing
      ? "The KEV catalogue has not been read"
      : others > 0
        ? `CISA KEV; ${numberText(others)} of other versions`
        : "CISA KEV",
  };
}

function vulnerabilityFact({ counts: { vulnerabilities, withoutPatch, verdicts }, caution, releases }: PackageAnswer): Fact {
  const affect = caution !== undefined && releases.length > 0 ? "may affect it" : "affect it";
  const patch = withoutPatch === 0 ? "each has a patch" : `${numberText(withoutPatch)} without a patch`;
  return {
    label: "Vulnerabilities",
    value: <strong className="number">{numberText(vulnerabilities)}</strong>,
    note:
      vulnerabilities === 0
        ? "none names it"
        : verdicts === undefined
          ? patch
          : [
              `${numberText(verdicts.affected)} ${affect}`,
              ...(verdicts.cannotCompare > 0 ? [`${numberText(verdicts.cannotCompare)} cannot be compared`] : []),
              ...(verdicts.notAffected > 0 ? [`${numberText(verdicts.notAffected)} do not`] : []),
            ].join(", "),
  };
}

function dataFact({ answer: { ecosystem, cannotSay, standing } }: PackageAnswer): Fact {
  const advisories = standing?.advisories ?? 0;
  return {
    label: "Data",
    value:
      cannotSay !== undefined ? (
        <State kind="cannot-say">cannot say</State>
      ) : standing?.statedAtMs === undefined ? (
        "of unknown age"
      ) : (
        <>
          <Instant ms={standing.statedAtMs} form="age" /> old
        </>
      ),
    note:
      cannotSay === undefined ? `${countText(advisories, "advisory", "advisories")} of ${ecosystem}` : whyCannotSay(cannotSay, advisories),
  };
}
