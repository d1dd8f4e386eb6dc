import { overridePaths, packageWord, quoted, type ToolCommands } from "./tool-commands.ts";

/** What is typed for pnpm. `--recursive` reaches the workspaces: without it pnpm 8 and 9 leave what only they bring in. */
export const pnpmCommands: ToolCommands = {
  commandsFor: (step) => {
    const { name, version, above, direct, blocked, within } = step;
    if (direct === true) {
      const update = `pnpm update --recursive ${packageWord(step)}`;
      return blocked && !above ? [update, ...overrideCommands(name, within, version)] : [update];
    }
    if (!blocked) return [`pnpm update --recursive ${quoted(name)}`];
    return direct === undefined || above ? [] : overrideCommands(name, within, version);
  },
  removalCommands: ({ name, direct }) => (direct === true ? [`pnpm remove --recursive ${quoted(name)}`] : []),
};

/** No command of pnpm adds to its overrides, and where they stand has changed. */
function overrideCommands(name: string, within: readonly string[] | undefined, version: string): readonly string[] {
  const members = overridePaths(name, within)?.map((path) => [path.join(">"), version]);
  if (members === undefined) return [];
  return [
    `# pnpm-workspace.yaml, until pnpm 9 "pnpm" in package.json: "overrides": ${JSON.stringify(Object.fromEntries(members))}`,
    "pnpm install",
  ];
}
