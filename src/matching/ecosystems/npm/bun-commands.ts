import { memberWord, packageWord, quoted, type ToolCommands } from "./tool-commands.ts";

/** What is typed for bun. Its overrides take every copy of a package along. */
export const bunCommands: ToolCommands = {
  commandsFor: (step) => {
    const { name, version, above, direct, blocked, within } = step;
    const overrides =
      blocked && !above && within === undefined
        ? [`bun pm pkg set ${quoted(`overrides${memberWord(name)}=${version}`)}`, "bun install"]
        : [];
    if (direct === true) {
      const update = `bun update --recursive ${packageWord(step)}`;
      return blocked ? (overrides.length === 0 ? [] : [update, ...overrides]) : [update];
    }
    if (!blocked) return [`bun update ${quoted(name)}`];
    return direct === undefined ? [] : overrides;
  },
  removalCommands: ({ name, direct }) => (direct === true ? [`bun remove ${quoted(name)}`] : []),
};
