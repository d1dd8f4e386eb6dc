import type { UpgradeStep } from "../ecosystem.ts";
import { atLeast, quoted, target, type ToolCommands } from "./tool-commands.ts";

/**
 * What is typed for pip and a requirements file by hand, which others read as well.
 * The version itself, since a pin is what stands there: with `>=` pip would take the newest, which was not chosen.
 */
export const pipCommands: ToolCommands = {
  commandsFor: (step) => {
    const requirement = target(step);
    if (requirement === undefined) return [];
    const file = requirementsFile(step);
    if (step.direct === true) return [`# ${step.statedIn ?? file}: ${requirement}`, `pip install -r ${file}`];
    return step.blocked ? [] : [`pip install ${quoted(requirement)}`];
  },
  removalCommands: (package_) => {
    const { name, direct } = package_;
    return direct === true ? [`# ${requirementsFile(package_)}: no ${name}`, `pip uninstall ${name}`] : [];
  },
};

export const pipCompileCommands = compilerCommands((from, to) => (to === USUAL ? "pip-compile" : `pip-compile ${from} -o ${to}`));
export const uvCompileCommands = compilerCommands((from, to) => `uv pip compile ${from} -o ${to}`);

/** A compiled requirements file is not edited, but made again from what the project asks for. */
function compilerCommands(compile: (from: string, to: string) => string): ToolCommands {
  return {
    commandsFor: (step) => {
      const [requirement, wanted] = [atLeast(step), target(step)];
      if (requirement === undefined || wanted === undefined) return [];
      const [from, to] = sourceAndFile(step);
      const upgrade = `${compile(from, to)} --upgrade-package ${quoted(wanted)}`;
      if (step.direct === true) return [`# ${from}: ${requirement}`, upgrade];
      return step.blocked ? [] : [upgrade];
    },
    removalCommands: (package_) => {
      const [from, to] = sourceAndFile(package_);
      return package_.direct === true ? [`# ${from}: no ${package_.name}`, compile(from, to)] : [];
    },
  };
}

const USUAL = "requirements.txt";

type Named = Pick<UpgradeStep, "document" | "tool">;

/** The document where it is one of requirements, whose name is a plain word to every shell; else the usual name. */
function requirementsFile({ document, tool }: Named): string {
  return tool !== undefined && document !== undefined && /^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}\.txt$/.test(document) ? document : USUAL;
}

function sourceAndFile(named: Named): readonly [string, string] {
  const file = requirementsFile(named);
  return [file.replace(/\.txt$/, ".in"), file];
}
