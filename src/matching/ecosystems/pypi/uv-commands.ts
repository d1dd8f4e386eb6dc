import { atLeast, quoted, target, type ToolCommands } from "./tool-commands.ts";

/** What is typed for uv and a project with its lockfile. */
export const uvCommands: ToolCommands = {
  commandsFor: (step) => {
    const [requirement, wanted] = [atLeast(step), target(step)];
    if (requirement === undefined || wanted === undefined) return [];
    const upgrade = `uv lock --upgrade-package ${quoted(wanted)}`;
    // It may stand in the dependencies, in an extra or in a group: `uv add` would put it into the first.
    if (step.direct === true) return [`# pyproject.toml: ${requirement}`, upgrade];
    if (!step.blocked) return [upgrade];
    // An override is for all copies; where others must stay, there is none.
    if (step.direct === undefined || step.above || step.within !== undefined) return [];
    return [`# pyproject.toml, [tool.uv]: override-dependencies = ["${wanted}"]`, "uv lock"];
  },
  removalCommands: ({ name, direct }) => (direct === true ? [`# pyproject.toml: no ${name}`, "uv lock"] : []),
};

/** A requirements file that `uv export` made of the lockfile is made again when that has changed. */
export const uvExportCommands: ToolCommands = {
  commandsFor: (step) => withExport(uvCommands.commandsFor(step)),
  removalCommands: (package_) => withExport(uvCommands.removalCommands(package_)),
};

function withExport(commands: readonly string[]): readonly string[] {
  return commands.length === 0 ? [] : [...commands, "uv export -o requirements.txt"];
}
