import type { AnswerOf } from "../../contract/endpoint.ts";
import type { readVulnerability } from "../../contract/endpoints/record.ts";
import { ecosystemOf } from "../../matching/ecosystems/ecosystem-of.ts";
import type { Interval } from "../../matching/interval.ts";
import { compareKeys, NO_END } from "../../matching/versions/key-writer.ts";
import type { CompiledAffected } from "../advisories/compile-advisory.ts";
import type { ReadStatement } from "./read-statement.ts";

type PackageBounds = AnswerOf<typeof readVulnerability>["packages"][number];

/** The packages that statements name, most often named first, each with the order of the versions at which ranges begin and end. */
export function packageBounds(statements: readonly Pick<ReadStatement, "packages" | "inForce">[]): PackageBounds[] {
  const named = statements.flatMap(({ packages, inForce }) => packages.map((affected) => ({ affected, inForce })));
  const grouped = Map.groupBy(named, ({ affected }) => `${affected.ecosystem}\0${affected.name}`);
  return [...grouped.values()]
    .toSorted((a, b) => b.length - a.length)
    .flatMap((said) => {
      const [first] = said;
      if (first === undefined) return [];
      const { ecosystem, name } = first.affected;
      const bounds = boundsOf(said.flatMap(({ affected }) => affected.compiled.intervals));
      const outside = outsideOf(said.filter(({ inForce }) => inForce).map(({ affected }) => affected));
      if (outside === undefined) return [{ ecosystem, name, bounds }];
      const step = { name, version: outside.version, above: !outside.isItself, direct: true, development: false, blocked: false };
      return [{ ecosystem, name, bounds, outside: { ...outside, commands: [...(ecosystemOf(ecosystem)?.commandsFor(step) ?? [])] } }];
    });
}

function boundsOf(intervals: readonly Interval[]): string[] {
  const keys = new Map<string, Uint8Array>();
  const add = (text: string | undefined, key: Uint8Array): void => {
    if (text === undefined) return;
    const known = keys.get(text);
    // `last_affected` ends just above the version that it names: the version's own place is the lower of the two.
    if (known === undefined || compareKeys(key, known) < 0) keys.set(text, key);
  };
  for (const interval of intervals) {
    if (interval.hiKind === "listed") continue;
    add(interval.loText, interval.lo);
    add(interval.hiText, interval.hi);
  }
  return [...keys].toSorted(([, a], [, b]) => compareKeys(a, b)).map(([text]) => text);
}

/** Where the last range ends; undefined while one is open, cannot be compared, or holds versions known by their text alone. */
function outsideOf(said: readonly CompiledAffected[]): { readonly version: string; readonly isItself: boolean } | undefined {
  if (said.some(({ compiled }) => compiled.setAside.length > 0 || compiled.texts.length > 0)) return undefined;
  const last = said.flatMap(({ compiled }) => compiled.intervals).toSorted((a, b) => compareKeys(b.hi, a.hi))[0];
  if (last?.hiText === undefined || compareKeys(last.hi, NO_END) === 0) return undefined;
  return { version: last.hiText, isItself: last.hiKind === "fixed" || last.hiKind === "limit" };
}
