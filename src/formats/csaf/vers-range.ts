import type { RangeEvent } from "../../vocabulary/advisory.ts";

/** What a `vers:` range says in OSV's words: versions by themselves, events of a range, and what OSV has no word for. */
export type VersRange = {
  readonly versions: readonly string[];
  readonly events: readonly RangeEvent[];
  readonly unsaid: readonly string[];
};

type Constraint = { readonly comparator: string; readonly version: string };

/**
 * Reads `vers:<scheme>/<constraint>|<constraint>` (VERS). Bounds must alternate, as the specification has them; what is no such range is undefined.
 * An exclusive lower bound has no OSV event: the bound counts as affected and that is said, since the other way round somebody would be told nothing.
 */
export function readVersRange(text: string): VersRange | undefined {
  const match = /^vers:[a-z][a-z0-9.+-]*\/(.+)$/s.exec(text);
  if (match?.[1] === undefined || match[1].length > LONGEST_RANGE) return undefined;
  const constraints = match[1].split("|").map(readConstraint);
  if (constraints.some((constraint) => constraint === undefined)) return undefined;
  return rangeOf(constraints as readonly Constraint[]);
}

const LONGEST_RANGE = 20_000;

function readConstraint(text: string): Constraint | undefined {
  if (text === "*") return { comparator: "*", version: "" };
  const [, comparator = "", encoded = ""] = /^(<=|>=|!=|<|>|=)?([^<>=!*|\s]+)$/.exec(text) ?? [];
  const version = decoded(encoded);
  return version === undefined || version === "" ? undefined : { comparator: comparator === "" ? "=" : comparator, version };
}

/** The specification percent-encodes what would be read as a comparator. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function rangeOf(constraints: readonly Constraint[]): VersRange | undefined {
  const versions: string[] = [];
  const events: RangeEvent[] = [];
  const unsaid: string[] = [];
  let isOpen = false;
  for (const { comparator, version } of constraints) {
    switch (comparator) {
      case "*":
        if (constraints.length > 1) return undefined;
        events.push({ kind: "introduced", version: "0" });
        break;
      case "=":
        versions.push(version);
        break;
      case "!=":
        unsaid.push(`${version} is excepted from the range, which OSV cannot say: it counts as affected`);
        break;
      case ">":
      case ">=":
        if (isOpen) return undefined;
        if (comparator === ">") unsaid.push(`the range begins above ${version}, which OSV cannot say: ${version} counts as affected`);
        events.push({ kind: "introduced", version });
        isOpen = true;
        break;
      default:
        if (!isOpen && events.length > 0) return undefined;
        if (!isOpen) events.push({ kind: "introduced", version: "0" });
        events.push({ kind: comparator === "<" ? "fixed" : "last_affected", version });
        isOpen = false;
    }
  }
  return { versions, events, unsaid };
}
