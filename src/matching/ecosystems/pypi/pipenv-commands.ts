import { atLeast, type ToolCommands } from "./tool-commands.ts";

/** What is typed for Pipenv, whose lockfile does not say what the project itself asks for. */
export const pipenvCommands: ToolCommands = {
  commandsFor: (step) => {
    const { name, direct, development, blocked } = step;
    const requirement = atLeast(step);
    if (requirement === undefined) return [];
    const update = `pipenv update ${development ? "--dev " : ""}${name}`;
    if (direct !== true && !blocked) return [update];
    if (direct === false) return [];
    return [`# Pipfile, [${development ? "dev-packages" : "packages"}]: ${name} = "${requirement.slice(name.length)}"`, update];
  },
  removalCommands: ({ name, direct }) => (direct === true ? [`pipenv uninstall ${name}`] : []),
};
