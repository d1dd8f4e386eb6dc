import { atLeast, quoted, target, type ToolCommands } from "./tool-commands.ts";

/** What is typed for pip and a requirements file by hand, which others read as well. */
export const pipCommands: ToolCommands = {
  commandsFor: (step) => {
    const requirement = atLeast(step);
    if (requirement === undefined) return [];
    if (step.direct === true) return [`# ${step.statedIn ?? "requirements.txt"}: ${requirement}`, "pip install -r requirements.txt"];
    return step.blocked ? [] : [`pip install ${quoted(requirement)}`];
  },
  removalCommands: ({ name, direct }) => (direct === true ? [`# requirements.txt: no ${name}`, `pip uninstall ${name}`] : []),
};

export const pipCompileCommands = compilerCommands("pip-compile");
export const uvCompileCommands = compilerCommands("uv pip compile requirements.in -o requirements.txt");

/** A compiled requirements file is not edited, but made again from what the project asks for. */
function compilerCommands(compile: string): ToolCommands {
  return {
    commandsFor: (step) => {
      const [requirement, wanted] = [atLeast(step), target(step)];
      if (requirement === undefined || wanted === undefined) return [];
      const upgrade = `${compile} --upgrade-package ${quoted(wanted)}`;
      if (step.direct === true) return [`# requirements.in: ${requirement}`, upgrade];
      return step.blocked ? [] : [upgrade];
    },
    removalCommands: ({ name, direct }) => (direct === true ? [`# requirements.in: no ${name}`, compile] : []),
  };
}
