import { memberWord, overridePaths, packageWord, quoted, type ToolCommands } from "./tool-commands.ts";

/** What is typed for npm itself. */
export const npmCommands: ToolCommands = {
  commandsFor: (step) => {
    const { name, version, above, direct, development, blocked, within } = step;
    if (direct === true) {
      const install = `npm install ${development ? "--save-dev " : ""}${packageWord(step)}`;
      // `$name` is npm's word for "as the project itself asks for it"; without it the nested copies stay, and npm refuses an override that contradicts the project.
      return blocked ? [install, ...overrideCommands(name, within, `$${name}`)] : [install];
    }
    if (!blocked) return [`npm update ${quoted(name)}`];
    return direct === undefined || above ? [] : overrideCommands(name, within, version);
  },
  removalCommands: ({ name, direct }) => (direct === true ? [`npm uninstall ${quoted(name)}`] : []),
};

function overrideCommands(name: string, within: readonly string[] | undefined, value: string): readonly string[] {
  const keys = overridePaths(name, within)?.map((path) => `overrides${path.map(memberWord).join("")}`);
  return keys === undefined ? [] : [`npm pkg set ${keys.map((key) => quoted(`${key}=${value}`)).join(" ")}`, "npm install"];
}
