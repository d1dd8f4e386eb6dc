import { isCodedError } from "../../../src/vocabulary/coded-error.ts";
import { Discrepancy } from "../discrepancy.ts";
import type { Guest } from "./house.ts";

/** Refusals that anybody may meet, and that say nothing of what is hidden. */
const REFUSALS: ReadonlySet<string> = new Set(["not-found", "not-allowed", "conflict", "input-invalid"]);

/** Undefined = refused, by one of the codes that say nothing. */
export async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (isCodedError(error) && REFUSALS.has(error.code)) return undefined;
    throw error;
  }
}

export function sameAll(what: string, got: readonly string[], expected: readonly string[]): void {
  const leaked = got.filter((one) => !expected.includes(one));
  const missing = expected.filter((one) => !got.includes(one));
  if (leaked.length + missing.length > 0 || new Set(got).size !== got.length)
    throw new Discrepancy(
      [
        what,
        ...leaked.map((one) => `  is shown and must not be: ${one}`),
        ...missing.map((one) => `  is not shown and must be: ${one}`),
      ].join("\n"),
    );
}

/** Without the id that was asked for. */
export function anonymous(body: string): string {
  return body.replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "ID");
}

export function zoned(instantMs: number): { readonly instantMs: number; readonly zone: string } {
  return { instantMs, zone: "Europe/Berlin" };
}

export function nameOf({ viewer, role, kind }: Guest): string {
  return `the ${role} ${viewer.person} of the ${kind} ${viewer.organisation} (floor ${viewer.floor})`;
}
