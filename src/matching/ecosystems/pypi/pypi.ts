import { encodeVersion } from "../../versions/encode-version.ts";
import type { Ecosystem, UpgradeStep } from "../ecosystem.ts";
import { encodePurlSegment } from "../purl-segment.ts";
import { isPrerelease, specifierAdmits } from "./pep440-specifier.ts";
import { parsePep440, pep440 } from "./pep440-version.ts";
import { pipCommands, pipCompileCommands, uvCompileCommands } from "./pip-commands.ts";
import { pipenvCommands } from "./pipenv-commands.ts";
import { poetryCommands } from "./poetry-commands.ts";
import { isProjectName, type ToolCommands } from "./tool-commands.ts";
import { uvCommands, uvExportCommands } from "./uv-commands.ts";

export const pypi: Ecosystem = {
  id: "PyPI",
  scheme: pep440,
  purlTypes: ["pypi"],
  nameFromPurl: (_, name) => normaliseName(name),
  purlOf: (name) => `pkg:pypi/${encodePurlSegment(normaliseName(name))}`,
  normaliseName,
  admits: specifierAdmits,
  isBreaking,
  isPrerelease: (version) => {
    const parsed = parsePep440(version);
    return parsed !== undefined && isPrerelease(parsed);
  },
  commandsFor,
  removalCommands: (package_) => (isProjectName(package_.name) ? (TOOLS.get(package_.tool)?.removalCommands(package_) ?? []) : []),
  feedSize: undefined,
};

/** PEP 503. */
function normaliseName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}

/** PEP 440 promises nothing; what most projects keep is the first number, or in `0.x` the second. */
function isBreaking(from: string, to: string): boolean {
  const old = parsePep440(from);
  const next = parsePep440(to);
  if (old === undefined || next === undefined || old.epoch !== next.epoch || old.release[0] !== next.release[0]) return true;
  return old.release[0] === "0" && (old.release[1] ?? "0") !== (next.release[1] ?? "0");
}

/** By the names that formats give them; pip's also where no document says which it is. */
const TOOLS: ReadonlyMap<string | undefined, ToolCommands> = new Map([
  [undefined, pipCommands],
  ["pip", pipCommands],
  ["pip-compile", pipCompileCommands],
  ["uv-pip-compile", uvCompileCommands],
  ["uv", uvCommands],
  ["uv-export", uvExportCommands],
  ["poetry", poetryCommands],
  ["pipenv", pipenvCommands],
]);

function commandsFor(step: UpgradeStep): readonly string[] {
  const version = parsePep440(step.version);
  if (!isProjectName(step.name) || version === undefined || !(encodeVersion(step.version, pep440) instanceof Uint8Array)) return [];
  return TOOLS.get(step.tool)?.commandsFor({ ...step, version }) ?? [];
}
