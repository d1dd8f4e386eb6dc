import { memberWord, overridePaths, packageWord, quoted, type ToolCommands } from "./tool-commands.ts";

/** What is typed for yarn 2 and later. */
export const yarnCommands: ToolCommands = {
  commandsFor: (step) => {
    const { name, version, above, direct, blocked, within } = step;
    if (direct === true) {
      const up = `yarn up ${packageWord(step)}`;
      return blocked && !above ? [up, ...resolutionCommands(name, within, version)] : [up];
    }
    if (!blocked) return [`yarn up --recursive ${quoted(name)}`];
    return direct === undefined || above ? [] : resolutionCommands(name, within, version);
  },
  removalCommands: ({ name, direct }) => (direct === true ? [`yarn remove --all ${quoted(name)}`] : []),
};

/** What is typed for yarn 1, whose `upgrade` reaches nothing that others bring in, and of the workspaces only the one it is run in. */
export const yarnClassicCommands: ToolCommands = {
  commandsFor: ({ name, version, above, direct, blocked, within }) => {
    const entries = [`# yarn.lock: take out the entries of ${name}`, "yarn install"];
    if (direct === true) {
      const asked = `# package.json: "${name}": "${above ? ">" : "^"}${version}" where it is asked for`;
      return blocked && !above ? [asked, ...resolutionCommands(name, within, version)] : [asked, ...entries];
    }
    if (!blocked) return entries;
    return above ? [] : resolutionCommands(name, within, version);
  },
  removalCommands: ({ name, direct }) => (direct === true ? [`# package.json: no "${name}"`, "yarn install"] : []),
};

/** `yarn` writes into no resolutions; npm, which comes with Node.js, does. */
function resolutionCommands(name: string, within: readonly string[] | undefined, version: string): readonly string[] {
  const keys = overridePaths(name, within)?.map((path) => `resolutions${memberWord(path.join("/"))}`);
  return keys === undefined ? [] : [`npm pkg set ${keys.map((key) => quoted(`${key}=${version}`)).join(" ")}`, "yarn install"];
}
