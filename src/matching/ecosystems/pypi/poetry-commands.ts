import { publicText } from "./pep440-version.ts";
import { atLeast, quoted, type PypiStep, type ToolCommands } from "./tool-commands.ts";

/** What is typed for Poetry, which has no way around a requirement of another package. */
export const poetryCommands: ToolCommands = {
  commandsFor: (step) => {
    const constraint = constraintOf(step);
    if (constraint === undefined) return [];
    const update = `poetry update ${step.name}`;
    if (step.direct !== true) return step.blocked ? [] : [update];
    // In which group it stands is not known, and `poetry add` would put it into another as well.
    if (step.development) return [`# pyproject.toml: ${step.name} = "${constraint}"`, update];
    return [`poetry add ${quoted(`${step.name}@${constraint}`)}`];
  },
  removalCommands: ({ name, direct }) => (direct === true ? [`poetry remove ${name}`] : []),
};

/** The caret that Poetry itself writes, where it has a meaning. */
function constraintOf(step: PypiStep): string | undefined {
  const { name, version, above } = step;
  if (!above && version.local.length === 0 && version.epoch === "0") return `^${publicText(version)}`;
  return atLeast(step)?.slice(name.length);
}
