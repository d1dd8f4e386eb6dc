import { Section } from "../../ui/section.tsx";
import { State } from "../../ui/state.tsx";
import { circleName } from "./plan-axis.tsx";
import type { PlanAnswer } from "../../words/release-words.ts";
import "./plan-checks.css";

/** What keeps the plan from being agreed, and what a person should weigh. Warnings do not block. */
export function PlanChecks({ plan, problems = plan.problems }: { readonly plan: PlanAnswer; readonly problems?: PlanAnswer["problems"] }) {
  const refused = problems.filter(({ severity }) => severity === "refused");
  const warned = problems.filter(({ severity }) => severity === "warned");
  return (
    <Section title="Checks" note="Run at each change and each time somebody looks.">
      <ul className="plan-checks">
        {refused.length === 0 ? (
          <li>
            <State kind="passed">Nothing refuses it</State>
            <span className="second">Order, levels and hours hold.</span>
          </li>
        ) : null}
        {refused.map((problem) => (
          <Check key={`${problem.code} ${problem.stage ?? ""} ${problem.message}`} plan={plan} problem={problem} />
        ))}
        {warned.map((problem) => (
          <Check key={`${problem.code} ${problem.stage ?? ""} ${problem.message}`} plan={plan} problem={problem} />
        ))}
      </ul>
    </Section>
  );
}

function Check({ plan, problem }: { readonly plan: PlanAnswer; readonly problem: PlanAnswer["problems"][number] }) {
  const { severity, code, stage: id, message } = problem;
  const stage = plan.stages.find((one) => one.id === id);
  return (
    <li>
      <State kind={severity === "refused" ? "affected" : "due"}>{TITLES[code] ?? code}</State>
      <span className="second">
        {stage === undefined ? null : (
          <>
            <strong>{circleName(plan, stage)}</strong>:{" "}
          </>
        )}
        {message}
      </span>
    </li>
  );
}

const TITLES: Readonly<Record<string, string>> = {
  "after-public": "After the public hour",
  "case-by-hour": "Research by the clock",
  "circle-empty": "Empty circle",
  "circle-unknown": "Unknown circle",
  "closes-before-opening": "Closes too early",
  "consenters-missing": "Nobody has a say",
  "excluded-member": "Kept out by rule",
  "hour-passed": "Hour has passed",
  "leak-not-heard": "A leak is not heard",
  "member-cannot-enter": "Cannot enter yet",
  "member-expires": "Leaves before it opens",
  "members-unknown": "Members not shown",
  "never-opens": "Would never open",
  "nothing-new": "Shows nothing new",
  order: "Out of order",
  "public-closes": "Public cannot close",
  "public-missing": "No public stage",
  "public-not-last": "Public is not last",
  "public-off-duty": "Outside working hours",
  "public-twice": "Two public stages",
  "public-without-hour": "No public hour",
  "stage-twice": "A stage twice",
  "two-levels": "Two levels for one",
  "zone-unknown": "Unknown time zone",
};
