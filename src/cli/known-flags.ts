import type { ArgsDef } from "citty";
import { UsageError } from "./terminal-error.ts";

/**
 * A mistyped flag must not be passed over: `--fail-om high` would turn a failing build green.
 * @throws UsageError naming the flag and the nearest one there is
 */
export function refuseUnknownFlags(rawArgs: readonly string[], args: ArgsDef): void {
  const flags = flagsOf(args);
  for (let index = 0; index < rawArgs.length; index++) {
    const raw = rawArgs[index] ?? "";
    if (raw === "--") return;
    if (!raw.startsWith("-") || raw === "-") continue;
    const [flag = "", value] = raw.split(/=(.*)/s);
    const takes = flags.get(flag);
    if (takes === undefined) throw new UsageError(`unknown flag ${flag}${suggestion(flag, [...flags.keys()])}`);
    if (takes === "nothing") {
      if (value !== undefined && !/^(?:true|false)$/.test(value))
        throw new UsageError(`${flag}: expected no value, got ${JSON.stringify(value)}`);
      continue;
    }
    if (value !== undefined) continue;
    index++;
    if (rawArgs[index] === undefined) throw new UsageError(`${flag}: expected a value after it`);
  }
}

function flagsOf(args: ArgsDef): ReadonlyMap<string, "value" | "nothing"> {
  const flags = new Map<string, "value" | "nothing">([
    ["--help", "nothing"],
    ["-h", "nothing"],
  ]);
  for (const [name, arg] of Object.entries(args)) {
    if (arg.type === "positional") continue;
    const takes = arg.type === "string" || arg.type === "enum" ? "value" : "nothing";
    const given = "alias" in arg ? arg.alias : undefined;
    const aliases = typeof given === "string" ? [given] : (given ?? []);
    for (const word of [name, ...aliases]) flags.set(word.length === 1 ? `-${word}` : `--${word}`, takes);
    if (takes === "nothing") flags.set(`--no-${name}`, "nothing");
  }
  return flags;
}

function suggestion(flag: string, known: readonly string[]): string {
  const near = known.map((name) => ({ name, distance: distanceBetween(flag, name) })).sort((a, b) => a.distance - b.distance)[0];
  return near !== undefined && near.distance <= 2 ? `; did you mean ${near.name}` : "";
}

/** Levenshtein distance. */
export function distanceBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
